from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reading import layout_of, symbols_of, unexplained
from scipy.stats import chisquare

from nastoolkit.arrays import Array
from nastoolkit.initializers import coe_shuffled
from nastoolkit.initializers.base import Initializer
from nastoolkit.initializers.coe import EdgeOfChaos
from nastoolkit.initializers.coe_shuffled import ShuffledEdgeOfChaos
from nastoolkit.rng import Stream

LAYOUT = layout_of(30)
"""50 bits, 10 symbols without a spare bit."""


def states(initializer: Initializer, size: int, seed: int) -> Array:
    return symbols_of(initializer.genomes(size, LAYOUT, Stream(seed)) ^ LAYOUT.base)


@given(
    seed=st.integers(0, 999),
    size=st.integers(1, 40),
    lambda_c=st.sampled_from([0.0, 0.5, "paper-text", "paper-image", 1.0]),
    scope=st.sampled_from(["all", "hyperparameters"]),
)
@settings(max_examples=40)
def test_the_states_are_those_of_coe(seed: int, size: int, lambda_c: Any, scope: str) -> None:
    ordered, shuffled = (
        states(kind(lambda_c=lambda_c, scope=scope), size, seed) for kind in (EdgeOfChaos, ShuffledEdgeOfChaos)
    )
    assert sorted(ordered.flat) == sorted(shuffled.flat)


def test_no_rule_table_explains_them_any_more() -> None:
    assert unexplained(states(EdgeOfChaos(), 300, 1)) == 0
    assert unexplained(states(ShuffledEdgeOfChaos(), 300, 1)) > 0.5


def test_a_state_may_come_to_any_individual_and_any_position(monkeypatch: pytest.MonkeyPatch) -> None:
    labels = np.arange(32, dtype=np.uint8).reshape(8, 4)
    monkeypatch.setattr(coe_shuffled, "rows", lambda *_: labels)
    initializer = ShuffledEdgeOfChaos(scope="hyperparameters")
    found = np.array([states(initializer, 8, seed)[:, 6:].ravel() for seed in range(3000)])
    counts = np.array([np.bincount(place, minlength=32) for place in found.T])  # of labels at each place
    assert chisquare(counts.ravel()).pvalue > 0.001
