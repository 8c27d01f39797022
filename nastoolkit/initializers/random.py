"""Independent uniform bits: the paper's "complete chaos"."""

from dataclasses import dataclass
from typing import ClassVar, final

import numpy as np

from nastoolkit.arrays import Genomes
from nastoolkit.genome import Layout
from nastoolkit.initializers.base import Initializer
from nastoolkit.initializers.scope import Region, Scope
from nastoolkit.rng import Stream


@final
@dataclass(frozen=True, slots=True)
class RandomInitializer(Initializer):
    """Every bit that is drawn 0 or 1 with equal chance.

    Args:
        scope: what is drawn: all bits, or the hyperparameters alone, with the base model's single block as every
            individual's architecture.
    """

    name: ClassVar[str] = "random"
    scope: Scope = "all"

    def genomes(self, size: int, layout: Layout, stream: Stream) -> Genomes:
        """``(size, G)`` uint8."""
        region = Region(layout, self.scope)
        return region.individuals(stream.generator().integers(0, 2, (size, region.bits), np.uint8))
