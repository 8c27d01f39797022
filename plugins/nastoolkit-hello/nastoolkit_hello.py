"""A whole plugin: an initializer, and the hook that offers it."""

from dataclasses import dataclass
from typing import ClassVar, final

import numpy as np

import nastoolkit as nas


@final
@dataclass(frozen=True, slots=True)
class Ones(nas.Initializer):
    """Every connection present: the densest start, at the base model's hyperparameters."""

    name: ClassVar[str] = "ones"

    def genomes(self, size: int, layout: nas.Layout, stream: nas.Stream) -> nas.Genomes:
        """``(size, G)`` uint8: ``size`` times the same individual; nothing is drawn from the stream."""
        genomes = np.tile(layout.base, (size, 1))
        genomes[:, layout.chromosome] = 1
        return genomes


@nas.hookimpl
def nastoolkit_components() -> list[type[nas.Component]]:
    """Offer the initializer."""
    return [Ones]
