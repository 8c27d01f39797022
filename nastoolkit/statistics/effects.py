"""How large a difference is, whatever the scale of the values."""

import numpy as np

from nastoolkit.arrays import Numbers
from nastoolkit.statistics.summary import RESAMPLES, Interval


def a12(a: Numbers, b: Numbers) -> float:
    """``(n,)``, ``(m,)`` -> the probability that a value of the first arm is larger than one of the second.

    Vargha and Delaney's (2000) A12; equal values count a half. 0.5 is no difference; they call 0.56 small, 0.64 medium
    and 0.71 large. NaN where an arm has no values.
    """
    return float(_wins(a, b).mean()) if len(a) and len(b) else np.nan


def cliffs_delta(a: Numbers, b: Numbers) -> float:
    """``(n,)``, ``(m,)`` -> how much likelier a larger value of the first arm is than a smaller one (Cliff, 1993).

    From -1 to 1; it is A12 on another scale: ``2 A12 - 1``.
    """
    return 2 * a12(a, b) - 1


def a12_interval(a: Numbers, b: Numbers, generator: np.random.Generator, confidence: float = 0.95) -> Interval:
    """``(n,)`` paired values -> a bootstrap percentile interval of A12 that draws pairs, as the seeds were drawn.

    What two arms share on a seed (its split, its data) stays together. A pair that is drawn w times weighs w, so the
    A12 of a resample is ``w^T M w / n^2``, where M says who wins. NaN for no pairs.
    """
    n = len(a)
    if n == 0:
        return Interval(np.nan, np.nan)
    weights = generator.multinomial(n, np.full(n, 1 / n), RESAMPLES)
    values = ((weights @ _wins(a, b)) * weights).sum(axis=1) / n**2
    low, high = np.quantile(values, [(1 - confidence) / 2, (1 + confidence) / 2])
    return Interval(float(low), float(high))


def _wins(a: Numbers, b: Numbers) -> Numbers:
    """``(n, m)`` 1 where the first arm's value is larger, 1/2 where they are equal, else 0."""
    return (np.sign(a[:, None] - b) + 1) / 2
