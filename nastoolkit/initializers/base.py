"""The contract of an initializer: the first population."""

from abc import ABC, abstractmethod
from typing import ClassVar

from nastoolkit.arrays import Genomes
from nastoolkit.components import Component
from nastoolkit.genome import Layout
from nastoolkit.rng import Stream


class Initializer(Component, ABC):
    """Draws the first population."""

    kind: ClassVar[str] = "initializer"

    @abstractmethod
    def genomes(self, size: int, layout: Layout, stream: Stream) -> Genomes:
        """``(size, G)`` uint8 in {0, 1}; the same stream gives the same bits."""
