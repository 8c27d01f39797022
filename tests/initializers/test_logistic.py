from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reading import layout_of, symbols_of
from scipy.stats import chisquare

from nastoolkit.arrays import Array
from nastoolkit.initializers.logistic import LogisticMap, trajectory
from nastoolkit.rng import Stream

LAYOUT = layout_of(30)
"""50 bits, 10 symbols without a spare bit."""


def symbols(initializer: LogisticMap, size: int, seed: int) -> Array:
    """The whole trajectory of symbols, individual after individual."""
    return symbols_of(initializer.genomes(size, LAYOUT, Stream(seed))).ravel()


def test_orbits_worked_by_hand() -> None:
    assert trajectory(0.25, 2.0, 3).tolist() == [0.25, 0.375, 0.46875, 0.498046875]
    assert trajectory(0.75, 4.0, 3).tolist() == [0.75] * 4
    assert trajectory(0.5, 4.0, 3).tolist() == [0.5, 1.0, 0.0, 0.0]


@given(x=st.floats(0, 1))
def test_at_4_the_orbit_has_a_closed_form(x: float) -> None:
    expected = [np.sin(2**n * np.arcsin(np.sqrt(x))) ** 2 for n in range(9)]  # Ulam and von Neumann
    assert trajectory(x, 4.0, 8) == pytest.approx(expected, abs=1e-10)


@given(seed=st.integers(0, 999))
def test_each_symbol_leaves_two_for_the_next_one(seed: int) -> None:
    for one, after in pairwise(symbols(LogisticMap(), 40, seed)):
        assert after in ({2 * one, 2 * one + 1} if one < 16 else {62 - 2 * one, 63 - 2 * one})  # the tent map


def test_at_4_all_levels_are_equally_likely() -> None:
    spread = np.concatenate([symbols(LogisticMap(), 100, seed)[::20] for seed in range(100)])
    assert chisquare(np.bincount(spread, minlength=32)).pvalue > 0.001


@pytest.mark.parametrize(("r", "rest"), [(0.5, 0.0), (2.0, 0.5), (2.5, 0.6)])
def test_below_3_the_map_comes_to_rest_and_so_do_the_individuals(r: float, rest: float) -> None:
    level = int(32 * np.arcsin(np.sqrt(rest)) * 2 / np.pi + 1e-9)
    assert rest == pytest.approx(max(0, 1 - 1 / r))
    assert set(symbols(LogisticMap(r=r), 10, 1)) <= ({level} if r != 2 else {15, 16})  # 1/2 lies on an edge


def test_at_3_2_it_alternates() -> None:
    found = symbols(LogisticMap(r=3.2), 10, 1)
    assert len(set(found)) == 2
    assert np.array_equal(found[2:], found[:-2])


def test_a_larger_population_goes_on_where_a_smaller_one_ends() -> None:
    assert np.array_equal(symbols(LogisticMap(), 10, 3), symbols(LogisticMap(), 25, 3)[:100])
