"""More than one comparison: Holm's correction, and ranks of several arms over data sets."""

from itertools import pairwise
from typing import NamedTuple

import numpy as np

from nastoolkit.arrays import Numbers
from nastoolkit.statistics.scipy_door import stats


class Friedman(NamedTuple):
    """Several arms ranked on several data sets, the best first.

    Args:
        statistic: Friedman's chi-squared, corrected for ties.
        p: that all arms are alike; from the chi-squared law, which is rough for fewer than ten data sets.
        ranks: ``(k,)`` mean rank of each arm, from 1, the best, to k.
        critical_difference: mean ranks that differ by more than this differ (Nemenyi).
        groups: arms that are not told apart, by their place, the best first; a line each in Demsar's diagram.
    """

    statistic: float
    p: float
    ranks: Numbers
    critical_difference: float
    groups: tuple[tuple[int, ...], ...]


def holm(p: Numbers) -> Numbers:
    """``(m,)`` p-values -> as many that hold for all comparisons together (Holm, 1979).

    If all below a level are called differences, one or more of them is false with at most that probability, however
    the comparisons depend on each other. NaN stays NaN and is no comparison.
    """
    adjusted = np.full(len(p), np.nan)
    order = np.argsort(p)[: np.isfinite(p).sum()]  # NaN sorts last
    still = np.arange(len(order), 0, -1)
    adjusted[order] = np.minimum(np.maximum.accumulate(still * p[order]), 1.0)
    return adjusted


def friedman(values: Numbers, level: float = 0.05) -> Friedman | None:
    """``(D, k)`` a value for each data set and arm, higher being better -> Friedman's test and Nemenyi's after it.

    As Demsar (2006) describes them. The groups say something only where p is below the level.

    Returns:
        None for fewer than 2 data sets or 3 arms; two arms are compared pair by pair.
    """
    sets, arms = values.shape
    if sets < 2 or arms < 3:  # noqa: PLR2004 - see above
        return None
    ranks = stats.rankdata(-values, axis=1).mean(axis=0)
    all_tied = (values == values[:, :1]).all()
    statistic, p = (0.0, 1.0) if all_tied else map(float, stats.friedmanchisquare(*values.T))
    critical = critical_difference(arms, sets, level)
    return Friedman(statistic, p, ranks, critical, _groups(ranks, critical))


def critical_difference(arms: int, sets: int, level: float = 0.05) -> float:
    """By how much mean ranks must differ: Nemenyi's ``q sqrt(k (k + 1) / (6 D))`` (Demsar, 2006).

    q is the studentized range's quantile for infinite degrees of freedom over the square root of 2.
    """
    q = stats.studentized_range.ppf(1 - level, arms, np.inf) / np.sqrt(2)
    return float(q * np.sqrt(arms * (arms + 1) / (6 * sets)))


def _groups(ranks: Numbers, critical: float) -> tuple[tuple[int, ...], ...]:
    """Runs of arms whose ranks are within the critical difference, and that are part of no longer run."""
    order = np.argsort(ranks, kind="stable")
    ends = np.searchsorted(ranks[order], ranks[order] + critical, side="right")
    longer = [end > before for before, end in pairwise([0, *ends])]
    return tuple(
        tuple(order[start:end].tolist()) for start, end in enumerate(ends) if longer[start] and end - start > 1
    )
