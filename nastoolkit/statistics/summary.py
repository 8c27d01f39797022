"""A sample in short: its middle, and an interval for its median."""

from typing import NamedTuple

import numpy as np

from nastoolkit.arrays import Numbers
from nastoolkit.statistics.scipy_door import stats

RESAMPLES = 2000
"""Of a bootstrap. The levels of a 95 % interval's ends then have a standard error of 0.35 %."""


class Interval(NamedTuple):
    """What a number lies between, with some confidence. NaN where nothing was observed."""

    low: float
    high: float


class Summary(NamedTuple):
    """A sample of n values in short. Everything but n is NaN where n is 0."""

    n: int
    mean: float
    median: float
    interval: Interval


def summary(values: Numbers, generator: np.random.Generator, confidence: float = 0.95) -> Summary:
    """``(n,)`` values -> their mean and median, with a bootstrap percentile interval of the median (Efron, 1979).

    Of paired differences ``a - b`` it says by how much one arm is ahead. The interval of a single value is that value.
    """
    n = len(values)
    if n == 0:
        return Summary(0, np.nan, np.nan, Interval(np.nan, np.nan))
    median = float(np.median(values))
    interval = Interval(median, median) if n == 1 else _median_interval(values, generator, confidence)
    return Summary(n, float(values.mean()), median, interval)


def _median_interval(values: Numbers, generator: np.random.Generator, confidence: float) -> Interval:
    found = stats.bootstrap(
        (values,), np.median, n_resamples=RESAMPLES, confidence_level=confidence, method="percentile", rng=generator
    )
    return Interval(*map(float, found.confidence_interval))
