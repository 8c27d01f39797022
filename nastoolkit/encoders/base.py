"""The contract of an encoder: bits to architectures."""

from abc import ABC, abstractmethod
from typing import ClassVar

from nastoolkit.architecture import Architecture, Signature
from nastoolkit.arrays import Genomes
from nastoolkit.components import Component
from nastoolkit.genome import Layout


class Encoder(Component, ABC):
    """Reads a chromosome as an architecture."""

    kind: ClassVar[str] = "encoder"

    @abstractmethod
    def layout(self, signature: Signature) -> Layout:
        """Name, position and meaning of every gene.

        Raises:
            ConfigError: the fields leave no architecture to search for.
        """

    @abstractmethod
    def decode(self, genome: Genomes, signature: Signature) -> Architecture:
        """``(G,)`` bits -> the architecture in canonical form. Total and pure: any bits decode, always alike.

        The all-ones genome decodes to the largest architecture, whose complexity is C_max.
        """
