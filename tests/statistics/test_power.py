"""Power against closed forms for few pairs, simulated tests one by one, and the t test's."""

import numpy as np
import pytest
from scipy import stats

from nastoolkit.statistics.paired import wilcoxon
from nastoolkit.statistics.power import detectable, power


@pytest.mark.parametrize("effect", [0.5, 0.7, 0.95])
def test_five_pairs_find_a_difference_if_all_agree(effect: float) -> None:
    assert power(5, effect, 0.1) == pytest.approx(effect**5 + (1 - effect) ** 5, abs=0.025)  # p = 1/16, else 1/8


def test_power_is_how_often_the_test_itself_finds_a_difference() -> None:
    first, second = np.random.default_rng(7).normal(size=(2, 1500, 12))
    found = [wilcoxon(a + 1.0, b).p < 0.02 for a, b in zip(first, second, strict=True)]
    assert power(12, float(stats.norm.cdf(1 / np.sqrt(2))), 0.02) == pytest.approx(np.mean(found), abs=0.04)


@pytest.mark.parametrize(("pairs", "effect"), [(30, 0.7), (30, 0.8), (100, 0.6)])
def test_power_is_that_of_the_t_test_with_5_percent_fewer_pairs(pairs: int, effect: float) -> None:
    n = pairs * 3 / np.pi  # the asymptotic relative efficiency
    center, edge = np.sqrt(n) * stats.norm.ppf(effect), stats.t.isf(0.025, n - 1)
    assert power(pairs, effect, 0.05) == pytest.approx(stats.nct.sf(edge, n - 1, center), abs=0.03)


@pytest.mark.parametrize("pairs", [10, 30, 100])
def test_without_a_difference_power_is_the_size_of_the_test(pairs: int) -> None:
    assert 0.03 < power(pairs, 0.5, 0.05) < 0.062


def test_worse_is_found_as_often_as_better() -> None:
    assert power(20, 0.25, 0.05) == pytest.approx(power(20, 0.75, 0.05), abs=0.04)


@pytest.mark.parametrize(("pairs", "level"), [(10, 0.05), (30, 0.05 / 600), (100, 0.05)])
def test_what_is_detectable_has_that_power(pairs: int, level: float) -> None:
    found = detectable(pairs, level)
    assert found is not None
    assert power(pairs, found, level) >= 0.8 > power(pairs, found - 0.001, level)


def test_five_pairs_can_show_what_is_nearly_always_so() -> None:
    assert detectable(5, 0.1) == pytest.approx(0.8**0.2, abs=0.01)


def test_no_difference_is_detectable_where_the_least_p_is_not_below_the_level() -> None:
    assert detectable(5, 2 / 2**5) is None
    assert detectable(5, 2 / 2**5 + 1e-9) is not None
    assert power(5, 0.999, 2 / 2**5) == 0
    assert detectable(10, 0.05 / 600) is None
    assert detectable(0, 0.05) is None
