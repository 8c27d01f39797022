"""Paired tests against every sign there is, against scipy, and by hand."""

from collections.abc import Callable
from itertools import product
from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from nastoolkit.statistics.paired import least_p, sign_flip, signed_rank_law, wilcoxon

whole = st.lists(st.integers(-4, 4), min_size=1, max_size=9).map(lambda found: np.array(found, float))
seeds = st.integers(0, 2**32 - 1)


def every_sign(values: np.ndarray) -> np.ndarray:
    """``(2^n, n)`` the values with all signs that there are."""
    return np.array(list(product([-1, 1], repeat=len(values)))) * np.abs(values)


def zero(n: int) -> np.ndarray:
    return np.zeros(n)


@given(differences=whole)
def test_wilcoxon_with_ties_and_zeros_is_the_share_of_all_signs(differences: np.ndarray) -> None:
    ranks = stats.rankdata(np.abs(differences))
    observed = abs(np.sign(differences) @ ranks)
    share = (np.abs(np.sign(every_sign(differences)) @ ranks) >= observed - 1e-9).mean()
    assert wilcoxon(differences, zero(len(differences))).p == pytest.approx(share, abs=1e-12)


@given(seed=seeds, n=st.integers(1, 120))
@settings(max_examples=50)
def test_wilcoxon_without_ties_is_the_exact_test_of_scipy(seed: int, n: int) -> None:
    a, b = np.random.default_rng(seed).normal(0.1, 1, (2, n))
    assert wilcoxon(a, b).p == pytest.approx(stats.wilcoxon(a, b, method="exact").pvalue, abs=1e-12)


def test_wilcoxon_with_ties_approaches_the_approximation_of_pratt_and_cureton() -> None:
    a, b = np.random.default_rng(1).integers(0, 20, (2, 150)).astype(float)
    approximate = stats.wilcoxon(a, b, method="asymptotic", zero_method="pratt", correction=True).pvalue
    assert wilcoxon(a, b).p == pytest.approx(approximate, rel=0.01)


def test_wilcoxon_where_most_pairs_are_equal() -> None:
    a = np.concatenate([np.zeros(25), [0.1, 0.2, 0.3, 0.4, 0.5]])
    assert wilcoxon(a, zero(30)).p == 2 / 2**5  # scipy's approximation says 0.026


def test_ranks_in_favour_by_hand() -> None:
    found = wilcoxon(np.array([3.0, 1.0, 1.0, 0.0]), np.array([0.0, 2.0, 0.0, 0.0]))
    assert found.rank_biserial == pytest.approx((4 + 2.5 - 2.5) / 9)  # the zero took rank 1, the ones share 2 and 3
    assert found.pairs == 4


@given(seed=seeds, scale=st.sampled_from([1e-9, 1.0, 1e9]))
def test_swapping_the_arms_turns_the_direction_alone(seed: int, scale: float) -> None:
    a, b = scale * np.random.default_rng(seed).integers(0, 9, (2, 12)) / 360
    one, other = wilcoxon(a, b), wilcoxon(b, a)
    assert (one.p, one.rank_biserial) == (other.p, -other.rank_biserial)
    assert one == wilcoxon(a / scale * 3, b / scale * 3)


def test_rounding_does_not_break_ties() -> None:
    grid = np.random.default_rng(2).integers(300, 360, (2, 30))
    percent = 100 * (grid / 360)
    assert wilcoxon(*percent) == wilcoxon(*grid.astype(float))
    assert len(np.unique(np.abs(percent[0] - percent[1]))) > len(np.unique(np.abs(grid[0] - grid[1])))  # it would


@pytest.mark.parametrize(
    "test", [lambda a, b: wilcoxon(a, b).p, lambda a, b: sign_flip(a, b, np.random.default_rng(0))]
)
def test_pairs_that_show_nothing(test: Callable[[np.ndarray, np.ndarray], float]) -> None:
    for n in (1, 5, 20, 60):
        assert test(np.ones(n), np.ones(n)) == 1
    assert test(np.array([2.0]), np.array([1.0])) == 1
    assert np.isnan(test(zero(0), zero(0)))


def test_nothing_has_no_direction() -> None:
    assert wilcoxon(zero(3), zero(3)).rank_biserial == 0
    assert np.isnan(wilcoxon(zero(0), zero(0)).rank_biserial)


@pytest.mark.parametrize("n", [1, 2, 5, 13, 40])
def test_the_least_p_is_that_of_differences_of_one_sign(n: int) -> None:
    assert wilcoxon(np.arange(1.0, n + 1), zero(n)).p == pytest.approx(least_p(n), rel=1e-12)
    assert least_p(0) == 1


def test_the_law_of_equal_ranks_is_binomial() -> None:
    law = signed_rank_law(np.array([2, 2, 2, 2, 0]))
    assert law[::2] == pytest.approx([comb(4, k) / 16 for k in range(5)])
    assert not law[1::2].any()


@given(differences=whole)
@settings(max_examples=30)
def test_sign_flip_is_the_share_of_all_signs(differences: np.ndarray) -> None:
    share = (np.abs(every_sign(differences).sum(axis=1)) >= abs(differences.sum()) - 1e-9).mean()
    found = sign_flip(differences, zero(len(differences)), np.random.default_rng(0))
    assert found == pytest.approx(share, abs=1e-12)


def test_sign_flip_of_many_pairs_is_near_the_normal_law_and_never_zero() -> None:
    differences = np.random.default_rng(3).normal(0.2, 1, 60)
    z = differences.sum() / np.sqrt((differences**2).sum())
    assert sign_flip(differences, zero(60), np.random.default_rng(4)) == pytest.approx(2 * stats.norm.sf(z), abs=0.02)
    assert sign_flip(np.ones(60), zero(60), np.random.default_rng(4)) == 2 / 10_000
