"""Effects against scipy, their definitions, and resamples drawn pair by pair."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from nastoolkit.statistics.effects import a12, a12_interval, cliffs_delta

values = st.lists(st.integers(0, 6).map(float), min_size=1, max_size=15).map(np.array)


@given(a=values, b=values)
def test_a12_is_the_u_of_mann_and_whitney_over_all_pairs(a: np.ndarray, b: np.ndarray) -> None:
    u = stats.mannwhitneyu(a, b, method="asymptotic").statistic if np.ptp([*a, *b]) else len(a) * len(b) / 2
    assert a12(a, b) == pytest.approx(u / (len(a) * len(b)), abs=1e-12)
    assert a12(b, a) == pytest.approx(1 - a12(a, b), abs=1e-12)


@given(a=values, b=values)
def test_cliffs_delta_is_more_wins_than_losses(a: np.ndarray, b: np.ndarray) -> None:
    wins, losses = (sum(sign * (x - y) > 0 for x in a for y in b) for sign in (1, -1))
    assert cliffs_delta(a, b) == pytest.approx((wins - losses) / (len(a) * len(b)), abs=1e-12)


def test_a12_by_hand() -> None:
    assert a12(np.array([3.0, 2.0]), np.array([2.0, 1.0])) == 3.5 / 4
    assert np.isnan(
        [a12(np.empty(0), np.ones(2)), a12(np.ones(2), np.empty(0)), cliffs_delta(np.empty(0), np.ones(2))]
    ).all()


def test_the_interval_is_that_of_pairs_drawn_one_by_one() -> None:
    generator = np.random.default_rng(0)
    a, b = generator.normal(0.5, 1, (2, 12)).round(1)
    drawn = [a12(a[pairs], b[pairs]) for pairs in generator.integers(0, 12, (4000, 12))]
    found = a12_interval(a, b, np.random.default_rng(1), confidence=0.8)
    assert found == pytest.approx(np.quantile(drawn, [0.1, 0.9]), abs=0.01)


def test_seeds_that_both_arms_share_narrow_the_interval() -> None:
    generator = np.random.default_rng(2)
    seeds, noise = generator.normal(size=40), generator.normal(0, 0.05, 40)
    low, high = a12_interval(seeds + noise, seeds, np.random.default_rng(3))
    apart_low, apart_high = a12_interval(seeds + noise, generator.permutation(seeds), np.random.default_rng(3))
    assert high - low < 0.2 * (apart_high - apart_low)


def test_intervals_without_spread() -> None:
    generator = np.random.default_rng(0)
    assert a12_interval(np.ones(4), np.ones(4), generator) == (0.5, 0.5)
    assert a12_interval(np.array([2.0]), np.array([1.0]), generator) == (1, 1)
    assert np.isnan(a12_interval(np.empty(0), np.empty(0), generator)).all()


def test_an_interval_of_95_percent_holds_about_that_often() -> None:
    generator, true = np.random.default_rng(5), 0.64
    shift = np.sqrt(2) * stats.norm.ppf(true)
    pairs = generator.normal([[shift], [0]], 1, (100, 2, 40))
    found = [a12_interval(*one, generator) for one in pairs]
    assert 0.9 < np.mean([low <= true <= high for low, high in found]) <= 0.99
