"""Independent uniform bits: the paper's "complete chaos"."""

from dataclasses import dataclass
from typing import ClassVar, final

import numpy as np

from nastoolkit.arrays import Genomes
from nastoolkit.genome import Layout
from nastoolkit.initializers.base import Initializer
from nastoolkit.rng import Stream


@final
@dataclass(frozen=True, slots=True)
class RandomInitializer(Initializer):
    """Every bit 0 or 1 with equal chance, the architecture's and the hyperparameters' alike."""

    name: ClassVar[str] = "random"

    def genomes(self, size: int, layout: Layout, stream: Stream) -> Genomes:
        """``(size, G)`` uint8."""
        return stream.generator().integers(0, 2, (size, layout.length), np.uint8)
