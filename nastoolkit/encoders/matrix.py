"""The binary matrix encoding (paper, section III-B)."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, ClassVar, final

from annotated_types import Interval

from nastoolkit.architecture import Architecture, Edge, Signature, canonical
from nastoolkit.arrays import Genomes
from nastoolkit.encoders.base import Encoder
from nastoolkit.errors import ConfigError
from nastoolkit.genome import Gene, Layout, value_of

WIDTH_BITS = 2
WIDTH_STEPS = 2**WIDTH_BITS


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
        self._full_width()
        edges = _edges(self.max_depth)
        connections = [Gene(_title(edge, self.max_depth), k, 1, "connection") for k, edge in enumerate(edges)]
        widths = [
            Gene(f"width of layer {k + 1}", len(edges) + WIDTH_BITS * k, WIDTH_BITS, self._width_meaning())
            for k in range(self.max_depth)
        ]
        block = {(0, 1), (1, self.max_depth + 1)}
        base = [int(edge in block) for edge in edges] + [1] * (WIDTH_BITS * self.max_depth)
        return Layout((*connections, *widths), tuple(base))

    def decode(self, genome: Genomes, signature: Signature) -> Architecture:
        """``(G,)`` bits -> the architecture; bits beyond the chromosome are not looked at."""
        edges, full = _edges(self.max_depth), self._full_width()
        bits = genome.tolist()
        starts = range(len(edges), len(edges) + WIDTH_BITS * self.max_depth, WIDTH_BITS)
        widths = [full * (value_of(bits[k : k + WIDTH_BITS]) + 1) // WIDTH_STEPS for k in starts]
        return canonical(signature, widths, [edge for edge, bit in zip(edges, bits, strict=False) if bit], full)

    def _full_width(self) -> int:
        width = self.max_nodes // self.max_depth
        if width < WIDTH_STEPS:
            raise ConfigError(
                f"[encoder] max_nodes = {self.max_nodes} leaves {width} units for each of max_depth = {self.max_depth} "
                f"layers: there is no architecture to search for. Give at least {WIDTH_STEPS * self.max_depth} nodes."
            )
        return width

    def _width_meaning(self) -> str:
        full = self._full_width()
        return f"{', '.join(str(full * k // WIDTH_STEPS) for k in range(1, WIDTH_STEPS + 1))} units"


@lru_cache(maxsize=64)
def _edges(max_depth: int) -> tuple[Edge, ...]:
    """Row-major upper triangle over the input, the hidden layers and the output."""
    vertices = max_depth + 2
    return tuple((i, j) for i in range(vertices) for j in range(i + 1, vertices))


def _title(edge: Edge, max_depth: int) -> str:
    names = {0: "input", max_depth + 1: "output"}
    return "connection {} -> {}".format(*(names.get(vertex, f"layer {vertex}") for vertex in edge))
