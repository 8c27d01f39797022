"""The binary matrix encoding (paper, section III-B)."""

from dataclasses import dataclass
from typing import Annotated, ClassVar, final

from annotated_types import Interval

from nastoolkit.architecture import Architecture, Signature, canonical
from nastoolkit.arrays import Genomes
from nastoolkit.encoders.adjacency import WIDTH_BITS, Adjacency
from nastoolkit.encoders.base import Encoder, check_genome
from nastoolkit.encoders.growth import distinct, planted
from nastoolkit.genome import Layout


@final
@dataclass(frozen=True, slots=True)
class MatrixEncoder(Encoder):
    """Upper-triangular adjacency, row by row, and a width gene for each hidden layer.

    With ``max_depth`` = 5 there are 7 vertices, 21 connections and 5 width genes of 2 bits: 31 bits, the paper's l
    (the paper gives the length alone; the layout is ours). A width gene of value v means (v + 1) / 4 of
    ``max_nodes // max_depth`` units.

    Args:
        max_depth: hidden layers at most.
        max_nodes: units in all hidden layers together.
    """

    name: ClassVar[str] = "matrix"
    max_depth: Annotated[int, Interval(ge=1, le=20)] = 5
    max_nodes: Annotated[int, Interval(ge=1, le=100_000)] = 320

    def layout(self, signature: Signature) -> Layout:
        """Connections first, then widths; the base model is the chain input, layer 1 at full width, output."""
        adjacency = self._adjacency()
        widths = [adjacency.width_gene(layer) for layer in range(self.max_depth)]
        base = [*adjacency.block(), *[1] * (WIDTH_BITS * self.max_depth)]
        return Layout((*adjacency.connection_genes(), *widths), tuple(base))

    def decode(self, genome: Genomes, signature: Signature) -> Architecture:
        """``(G,)`` bits -> the architecture; the values of hyperparameters are not looked at."""
        adjacency = self._adjacency()
        check_genome(genome, adjacency.bits)
        return canonical(signature, adjacency.widths(genome), adjacency.connections(genome), adjacency.full_width)

    def quanta(self, genome: Genomes, signature: Signature) -> dict[str, list[Genomes]]:
        """A layer of the narrowest width with one predecessor and one successor, a width step, or a connection."""
        adjacency = self._adjacency()
        if not adjacency.has_path(genome):
            genome = planted(genome, self.layout(signature))
        return distinct(adjacency.grown(genome), lambda one: self.decode(one, signature))

    def _adjacency(self) -> Adjacency:
        return Adjacency(self.max_depth, self.max_nodes)
