"""The logistic map: chaos of one dimension, a control."""

from dataclasses import dataclass
from typing import Annotated, ClassVar, final

import numpy as np
import numpy.typing as npt
from annotated_types import Interval

from nastoolkit.arrays import Genomes
from nastoolkit.genome import Layout
from nastoolkit.initializers.automaton import TRANSIENT
from nastoolkit.initializers.base import Initializer
from nastoolkit.initializers.scope import Region, Scope, symbols_at
from nastoolkit.rng import Stream


@final
@dataclass(frozen=True, slots=True)
class LogisticMap(Initializer):
    """Individuals are consecutive pieces of one trajectory of the logistic map ``x -> r x (1 - x)``.

    From a random x, and after 300 steps, each value is a symbol of 32 levels, read as it is without regard to the base
    model; an individual takes as many as it has bits for, the next one goes on from there. The levels divide the angle
    ``2/pi asin(sqrt x)`` evenly and not x itself: at r = 4 all 32 are then equally likely (Ulam and von Neumann 1947),
    as they are for ``random``, and what differs from it is that each symbol leaves only two for the next one.

    The paper says that its chaos is not of this kind: few dimensions, and deterministic. So this is a control (ours),
    for whether any chaos would do.

    Args:
        r: the map's parameter: chaotic at 4, and mostly beyond 3.57.
        scope: what is drawn: all bits, or the hyperparameters alone, with the base model's single block as every
            individual's architecture.
    """

    name: ClassVar[str] = "logistic"
    r: Annotated[float, Interval(ge=0, le=4)] = 4.0
    scope: Scope = "all"

    def genomes(self, size: int, layout: Layout, stream: Stream) -> Genomes:
        """``(size, G)`` uint8, pieces of one trajectory in order."""
        region = Region(layout, self.scope)
        values = trajectory(stream.generator().random(), self.r, TRANSIENT + size * region.symbols - 1)[TRANSIENT:]
        symbols = symbols_at(np.arcsin(np.sqrt(values)) * (2 / np.pi))
        return region.individuals(region.spelled(symbols.reshape(size, region.symbols)))


def trajectory(x: float, r: float, steps: int) -> npt.NDArray[np.float64]:
    """``(steps + 1,)`` x and what the map makes of it, again and again.

    At r = 4 an x so near 1/2 that the next one is rounded to 1 ends at 0 for good: about one step in 2e8.
    """
    values = np.empty(steps + 1)
    for step in range(steps + 1):
        values[step] = x
        x = r * x * (1 - x)
    return values
