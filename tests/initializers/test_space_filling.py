"""Sobol's sequence and the Latin hypercube: what makes them even."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reading import layout_of, symbols_of
from scipy.stats import chisquare

from nastoolkit.initializers.base import Initializer
from nastoolkit.initializers.latin import LatinHypercube
from nastoolkit.initializers.sobol import SobolInitializer
from nastoolkit.rng import Stream

LAYOUT = layout_of(30)
"""50 bits, 10 symbols without a spare bit."""


@given(seed=st.integers(0, 999), doublings=st.integers(0, 5), more=st.integers(0, 20))
def test_of_the_first_individuals_of_sobol_one_lies_in_each_part(seed: int, doublings: int, more: int) -> None:
    parts = 2**doublings
    symbols = symbols_of(SobolInitializer().genomes(parts + more, LAYOUT, Stream(seed)))[:parts]
    assert np.all(np.sort(symbols * parts // 32, axis=0) == np.arange(parts)[:, None])


@given(seed=st.integers(0, 999), size=st.integers(1, 100))
def test_a_latin_hypercube_has_one_individual_in_each_stratum(seed: int, size: int) -> None:
    symbols = np.sort(symbols_of(LatinHypercube().genomes(size, LAYOUT, Stream(seed))), axis=0)
    stratum = np.arange(size)[:, None]
    assert np.all(symbols >= 32 * stratum // size)  # the level in which the stratum begins
    assert np.all(symbols <= -(-32 * (stratum + 1) // size) - 1)  # and the one in which it ends


@pytest.mark.parametrize("initializer", [SobolInitializer(), LatinHypercube()])
def test_every_level_is_equally_likely_and_genes_are_independent(initializer: Initializer) -> None:
    pairs = [symbols_of(initializer.genomes(4, LAYOUT, Stream(seed)))[:1, [0, 7]] // 8 for seed in range(500)]
    first, second = np.concatenate(pairs).T
    assert chisquare(np.bincount(4 * first + second, minlength=16)).pvalue > 0.001
