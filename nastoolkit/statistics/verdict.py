"""What a comparison comes to, in words."""

from typing import Literal

from nastoolkit.statistics.paired import Wilcoxon, least_p
from nastoolkit.statistics.summary import Interval

Verdict = Literal["better", "worse", "no difference", "too few seeds to tell"]

FEWEST = 10
"""Pairs that "no difference" takes: fewer are often all equal by chance, and a bootstrap then sees no spread."""

MEDIUM = 0.64
"""The A12 that Vargha and Delaney (2000) call a medium difference."""


def verdict(test: Wilcoxon, corrected: float, effect: Interval, level: float = 0.05) -> Verdict:
    """What can be said of the first of two arms, from paired values of which the higher are better.

    Not having found a difference does not mean that there is none. "No difference" needs its own evidence: an interval
    that leaves no room for a medium difference either way, from 10 pairs or more, enough that a difference could have
    shown.

    Args:
        test: of the pairs; it gives the direction.
        corrected: its p after Holm's correction for all comparisons; NaN where there were no pairs.
        effect: an interval of A12.
        level: below which a p is a difference.
    """
    if corrected < level:
        return "better" if test.rank_biserial > 0 else "worse"
    small = effect.low >= 1 - MEDIUM and effect.high <= MEDIUM
    enough = test.pairs >= FEWEST and least_p(test.pairs) < level
    return "no difference" if small and enough else "too few seeds to tell"
