"""Several comparisons against statsmodels, and against Demsar's tables and worked example (JMLR 7, 2006)."""

from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.multitest import multipletests

from nastoolkit.statistics.several import Friedman, critical_difference, friedman, holm

P_VALUES = st.lists(st.floats(0, 1), min_size=1, max_size=30).map(np.array)

DEMSAR = np.array(
    [
        (0.763, 0.768, 0.771, 0.798),
        (0.599, 0.591, 0.590, 0.569),
        (0.954, 0.971, 0.968, 0.967),
        (0.628, 0.661, 0.654, 0.657),
        (0.882, 0.888, 0.886, 0.898),
        (0.936, 0.931, 0.916, 0.931),
        (0.661, 0.668, 0.609, 0.685),
        (0.583, 0.583, 0.563, 0.625),
        (0.775, 0.838, 0.866, 0.875),
        (1.000, 1.000, 1.000, 1.000),
        (0.940, 0.962, 0.965, 0.962),
        (0.619, 0.666, 0.614, 0.669),
        (0.972, 0.981, 0.9751, 0.975),
        (0.957, 0.978, 0.946, 0.970),
    ]
)
"""His Table 6: AUC of C4.5, C4.5+m, C4.5+cf and C4.5+m+cf on 14 data sets.

In the 13th row the last two print the same, and his ranks tell them apart.
"""


def compared(values: np.ndarray, level: float = 0.05) -> Friedman:
    found = friedman(values, level)
    assert found is not None
    return found


@given(p=P_VALUES)
def test_holm_is_that_of_statsmodels(p: np.ndarray) -> None:
    with patch("gc.collect"):  # statsmodels collects garbage at every call, which takes its time
        expected = multipletests(p, method="holm")[1]
    assert holm(p) == pytest.approx(expected, abs=1e-12)


@given(p=P_VALUES, places=st.lists(st.integers(0, 30), max_size=5))
def test_what_is_unknown_is_no_comparison(p: np.ndarray, places: list[int]) -> None:
    holed = np.insert(p, [min(place, len(p)) for place in places], np.nan)
    found = holm(holed)
    assert np.isnan(found).tolist() == np.isnan(holed).tolist()
    assert found[~np.isnan(found)].tolist() == holm(p).tolist()


def test_holm_by_hand() -> None:
    assert holm(np.array([0.01, 0.04, 0.03, 0.005])) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm(np.empty(0)).size == 0


def test_demsars_example() -> None:
    found = compared(DEMSAR)
    assert found.ranks == pytest.approx([3.143, 2.0, 2.893, 1.964], abs=5e-4)
    uncorrected = 12 * 14 / (4 * 5) * ((found.ranks**2).sum() - 4 * 5**2 / 4)
    assert uncorrected == pytest.approx(9.28, abs=5e-3)  # as printed
    ties = 3 * (2**3 - 2) + (4**3 - 4)  # rows 6, 8 and 11; row 10
    assert found.statistic == pytest.approx(uncorrected / (1 - ties / (14 * (4**3 - 4))))
    assert found.p == pytest.approx(stats.chi2.sf(found.statistic, 3))
    assert found.critical_difference == pytest.approx(1.25, abs=5e-3)
    assert compared(DEMSAR, 0.1).critical_difference == pytest.approx(1.12, abs=5e-3)


def test_arms_that_are_not_told_apart() -> None:
    assert compared(DEMSAR).groups == ((3, 1, 2, 0),)  # 3.143 - 1.964 < 1.25
    assert compared(DEMSAR, 0.1).groups == ((3, 1, 2), (2, 0))  # 3.143 - 2.000 > 1.12


def test_arms_that_are_all_told_apart() -> None:
    clear = compared(np.tile([1.0, 3.0, 2.0], (100, 1)))
    assert clear.ranks.tolist() == [3, 1, 2]
    assert clear.groups == ()


@pytest.mark.parametrize(
    ("level", "printed"),
    [
        (0.05, (1.960, 2.343, 2.569, 2.728, 2.850, 2.949, 3.031, 3.102, 3.164)),
        (0.10, (1.645, 2.052, 2.291, 2.459, 2.589, 2.693, 2.780, 2.855, 2.920)),
    ],
)
def test_q_is_that_of_demsars_table_5(level: float, printed: tuple[float, ...]) -> None:
    for arms, q in enumerate(printed, 2):
        found = critical_difference(arms, 7, level) / np.sqrt(arms * (arms + 1) / 42)
        assert found == pytest.approx(q, abs=1.1e-3)


def test_where_all_are_alike_nothing_is_told() -> None:
    found = compared(np.ones((5, 3)))
    assert (found.statistic, found.p, found.ranks.tolist(), found.groups) == (0, 1, [2, 2, 2], ((0, 1, 2),))


@pytest.mark.parametrize("shape", [(1, 3), (5, 2), (0, 4)])
def test_too_few_to_rank(shape: tuple[int, int]) -> None:
    assert friedman(np.ones(shape)) is None
