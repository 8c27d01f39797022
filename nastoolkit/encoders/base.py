"""The contract of an encoder: bits to architectures."""

from abc import ABC, abstractmethod
from typing import ClassVar

from nastoolkit.architecture import Architecture, Signature
from nastoolkit.arrays import Genomes
from nastoolkit.components import Component
from nastoolkit.errors import DataError
from nastoolkit.genome import HYPERPARAMETER_BITS, Layout


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

        Raises:
            DataError: there are more bits or fewer, as in a run of another configuration: see :func:`check_genome`.
        """

    @abstractmethod
    def quanta(self, genome: Genomes, signature: Signature) -> dict[str, list[Genomes]]:
        """Every genome that has one quantum of structure more than a given one, by the kind of quantum.

        The steps of the paper's GROW phase (Algorithm 1). Pure and total: a genome that decodes to the base model for
        want of a path grows from the base model's chromosome.

        Args:
            genome: ``(G,)`` bits.
            signature: features in, outputs out.

        Returns:
            genomes ``(G,)`` by kind: ``"layer"``, ``"width step"``, ``"connection"`` or a kind of the encoder's own;
            a kind without any is left out. Each has the given hyperparameters and decodes to a network that is within
            the encoding's limits and larger: more units or, with as many units, more connections. (Weights may get
            fewer: a narrow last layer makes the head smaller.) No two decode alike.
        """


def check_genome(genome: Genomes, chromosome: int) -> None:
    """Whether a genome is one of an encoding.

    Args:
        genome: ``(G,)``.
        chromosome: bits of the architecture.

    Raises:
        DataError: it has another length, or holds something else than 0 and 1.
    """
    length = chromosome + HYPERPARAMETER_BITS
    if genome.shape != (length,) or genome.max() > 1:
        raise DataError(
            f"A genome of shape {genome.shape} cannot be read: the encoder takes {length} bits. Is it from a search "
            "with another encoder or max_depth?"
        )
