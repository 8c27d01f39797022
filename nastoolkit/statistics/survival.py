"""Times to a target that not every run reaches: those that do not are censored, never left out."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from nastoolkit.arrays import Numbers
from nastoolkit.statistics.scipy_door import stats


class Times(NamedTuple):
    """Times to a target.

    Args:
        times: ``(n,)`` when the target was reached, or until when it was not.
        reached: ``(n,)`` whether it was. Where not, the time is right-censored.
    """

    times: Numbers
    reached: npt.NDArray[np.bool_]


def log_rank(a: Times, b: Times) -> float:
    """Two-sided p that two arms reach the target equally fast (Mantel, 1966; Peto and Peto, 1972).

    1 where nothing is to be compared: no run reached it, or all did at once. NaN where an arm has no runs.
    """
    if not (len(a.times) and len(b.times)):
        return np.nan
    return float(stats.logrank(_censored(a), _censored(b)).pvalue) if _differ(a, b) else 1.0


def median_time(arm: Times) -> float | None:
    """The time at which half of the runs have reached the target, by Kaplan and Meier's (1958) estimate.

    Returns:
        The first time at which a half or more have; None where it never comes to that.
    """
    if not arm.reached.any():
        return None
    curve = stats.ecdf(_censored(arm)).sf
    half = np.flatnonzero(2 * np.round(np.asarray(curve.probabilities, np.float64), 12) <= 1)
    return float(curve.quantiles[half[0]]) if len(half) else None


def _differ(a: Times, b: Times) -> bool:
    """Whether the log-rank statistic has a variance: at the first event both arms have runs, and not all have it."""
    times, reached = np.concatenate([a.times, b.times]), np.concatenate([a.reached, b.reached])
    first = times[reached].min(initial=np.inf)
    both = a.times.max() >= first and b.times.max() >= first
    return bool(both and ((times > first) | ((times == first) & ~reached)).any())


def _censored(arm: Times) -> Any:  # noqa: ANN401 - scipy has no types
    return stats.CensoredData.right_censored(arm.times, ~arm.reached)
