"""Verdicts by hand, and how often they are right where the truth is known."""

import numpy as np
import pytest
from scipy import stats

from nastoolkit.statistics.effects import a12_interval
from nastoolkit.statistics.paired import Wilcoxon, wilcoxon
from nastoolkit.statistics.several import holm
from nastoolkit.statistics.summary import Interval
from nastoolkit.statistics.verdict import Verdict, verdict

NARROW, WIDE = Interval(0.4, 0.6), Interval(0.4, 0.7)


@pytest.mark.parametrize(
    ("pairs", "corrected", "direction", "effect", "expected"),
    [
        (30, 0.01, 0.4, WIDE, "better"),
        (30, 0.01, -0.4, WIDE, "worse"),
        (30, 0.01, 0.4, NARROW, "better"),
        (30, 0.05, 0.4, WIDE, "too few seeds to tell"),
        (30, 0.05, 0.4, NARROW, "no difference"),
        (30, 0.05, 0.4, Interval(0.36, 0.64), "no difference"),
        (30, 0.05, 0.4, Interval(0.359, 0.64), "too few seeds to tell"),
        (10, 1.0, 0.0, Interval(0.5, 0.5), "no difference"),
        (9, 1.0, 0.0, Interval(0.5, 0.5), "too few seeds to tell"),  # all equal, as may be by chance
        (0, np.nan, np.nan, Interval(np.nan, np.nan), "too few seeds to tell"),
    ],
)
def test_verdicts(pairs: int, corrected: float, direction: float, effect: Interval, expected: Verdict) -> None:
    assert verdict(Wilcoxon(pairs, 0.001, direction), corrected, effect) == expected


def test_the_level_is_the_callers() -> None:
    assert verdict(Wilcoxon(30, 0.001, 1.0), 0.03, WIDE, level=0.01) == "too few seeds to tell"
    assert verdict(Wilcoxon(10, 0.001, 0.0), 1.0, NARROW, level=0.001) == "too few seeds to tell"


BOUND = int(stats.binom.ppf(0.99, 2000, 0.05))
"""Of 2,000 ablations of equal arms, a correct test at 0.05 calls more than these different once in a hundred times."""


@pytest.mark.parametrize("decimals", [False, True])
def test_equal_arms_are_called_different_as_seldom_as_promised(decimals: bool) -> None:  # noqa: FBT001 - parametrized
    values = np.random.default_rng(11).normal(0.95, 0.01, (2000, 2, 30))
    values = np.round(360 * values) / 360 if decimals else values
    found = sum(wilcoxon(a, b).p < 0.05 for a, b in values)
    assert 60 < found <= BOUND == 123


def test_equal_arms_in_several_comparisons_are_called_different_as_seldom_as_promised() -> None:
    values = np.random.default_rng(12).normal(size=(300, 6, 30))
    found = sum((holm(np.array([wilcoxon(one[0], other).p for other in one[1:]])) < 0.05).any() for one in values)
    assert 2 < found <= stats.binom.ppf(0.99, 300, 0.05)


def test_a_planted_difference_is_found() -> None:
    shift = np.sqrt(2) * stats.norm.ppf(0.8)
    generator = np.random.default_rng(13)
    pairs = generator.normal([[shift], [0]], 1, (100, 2, 30))
    tests = [wilcoxon(a, b) for a, b in pairs]
    found = [verdict(test, test.p, a12_interval(a, b, generator)) for test, (a, b) in zip(tests, pairs, strict=True)]
    assert np.mean([one == "better" for one in found]) >= 0.95
    assert "worse" not in found
