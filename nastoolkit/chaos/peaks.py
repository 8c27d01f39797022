"""Where a mean curve peaks, and how sure that is."""

from typing import NamedTuple

import numpy as np

from nastoolkit.arrays import Numbers

REACH = 0.08
"""How far from the highest point a peak's parabola is fitted: what it leans on must be near the top of a curve that
falls more steeply on one side."""

DRAWS = 1000
"""Bootstrap samples."""


class Estimate(NamedTuple):
    """A critical value, and the ends of its 95 % interval."""

    value: float
    low: float
    high: float


def estimate_peak(lambdas: Numbers, sweeps: Numbers, generator: np.random.Generator) -> Estimate:
    """Where the mean over sweeps peaks, with the percentile interval of a bootstrap that draws whole sweeps again.

    Args:
        lambdas: ``(L,)`` in rising order.
        sweeps: ``(R, L)`` what was measured.
        generator: draws the bootstrap's samples.
    """
    size = len(sweeps)
    weights = generator.multinomial(size, np.full(size, 1 / size), DRAWS) / size
    low, high = np.quantile([peak(lambdas, mean) for mean in weights @ sweeps], [0.025, 0.975])
    return Estimate(peak(lambdas, sweeps.mean(axis=0)), float(low), float(high))


def peak(lambdas: Numbers, curve: Numbers) -> float:
    """``(L,)``, ``(L,)`` -> where a curve is highest, between the points of the grid.

    It is the top of the least-squares parabola through the points within 0.08 of the highest one, at least its two
    neighbours; the highest point itself where it is at an end, or where the parabola has no top among these points.
    """
    top = int(np.argmax(curve))
    if top in {0, len(curve) - 1}:
        return float(lambdas[top])
    near = np.abs(lambdas - lambdas[top]) <= REACH
    near[top - 1 : top + 2] = True
    away = lambdas[near] - lambdas[top]
    bend, slope, _ = np.linalg.lstsq(np.vander(away, 3), curve[near])[0].tolist()
    shift = -slope / (2 * bend) if bend < 0 else 0.0
    return float(lambdas[top] + (shift if away[0] <= shift <= away[-1] else 0.0))
