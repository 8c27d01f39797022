"""The binary evaluation tree (paper, section III-B)."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated, ClassVar, final

from annotated_types import Interval

from nastoolkit.architecture import Architecture, Signature, canonical
from nastoolkit.arrays import Genomes
from nastoolkit.encoders.base import Encoder, check_genome
from nastoolkit.encoders.growth import distinct, planted
from nastoolkit.errors import ConfigError
from nastoolkit.genome import Gene, Layout


@final
@dataclass(frozen=True, slots=True)
class TreeEncoder(Encoder):
    """A full binary tree whose levels are the layers of a chain: each bit keeps the edge from a node to its parent.

    A node lives while every edge on its way to the root is kept. The live nodes of a level give its layer's width: each
    is a quantum of ``max_nodes // (2**max_depth - 1)`` units. With ``max_depth`` = 5 there are 31 nodes: 31 bits, the
    paper's l (the paper gives the name and the length; the reading is ours). The root has no edge: its bit off means
    the base model, as the root alone does, a single block of one quantum.

    Args:
        max_depth: hidden layers at most.
        max_nodes: units in all hidden layers together.
    """

    name: ClassVar[str] = "tree"
    max_depth: Annotated[int, Interval(ge=1, le=10)] = 5
    max_nodes: Annotated[int, Interval(ge=1, le=100_000)] = 320

    def layout(self, signature: Signature) -> Layout:
        """Nodes in heap order: the root, then level by level; of the base model the root alone is on."""
        genes = (Gene(_title(node), node - 1, 1, self._meaning(node)) for node in range(1, self._nodes + 1))
        return Layout(tuple(genes), (1, *[0] * (self._nodes - 1)))

    def decode(self, genome: Genomes, signature: Signature) -> Architecture:
        """``(G,)`` bits -> the architecture; the values of hyperparameters are not looked at."""
        check_genome(genome, self._nodes)
        quantum = self._quantum()
        levels = [_layer(node) for node in self._live(genome)] or [1]
        widths = [quantum * levels.count(level) for level in range(1, max(levels) + 1)]
        return canonical(signature, widths, pairwise(range(len(widths) + 2)), quantum)

    def quanta(self, genome: Genomes, signature: Signature) -> dict[str, list[Genomes]]:
        """One more node below a live one: a layer where it is the first of its level, else a width step."""
        rooted = genome if genome[0] else planted(genome, self.layout(signature))
        return distinct(self._grown(rooted), lambda one: self.decode(one, signature))

    @property
    def _nodes(self) -> int:
        return 2**self.max_depth - 1

    def _quantum(self) -> int:
        """Units of a node."""
        if self.max_nodes < self._nodes:
            raise ConfigError(
                f"[encoder] max_nodes = {self.max_nodes} leaves no unit for each of the {self._nodes} nodes of a tree "
                f"with max_depth = {self.max_depth}: there is no architecture to search for. Give at least "
                f"{self._nodes} nodes, or fewer layers."
            )
        return self.max_nodes // self._nodes

    def _meaning(self, node: int) -> str:
        units = f"{self._quantum()} units of layer {_layer(node)}"
        return f"{units}; off means the base model" if node == 1 else units

    def _live(self, genome: Genomes) -> set[int]:
        """Nodes, counted from 1, whose whole way to the root is kept."""
        live: set[int] = set()
        for node, bit in enumerate(genome[: self._nodes].tolist(), 1):
            if bit and (node == 1 or node // 2 in live):
                live.add(node)
        return live

    def _grown(self, genome: Genomes) -> Iterator[tuple[str, Genomes]]:
        """Every genome with one live node more, and the kind of the quantum."""
        live = self._live(genome)
        depth = max(map(_layer, live))
        for node in range(2, self._nodes + 1):
            if node not in live and node // 2 in live:
                one = genome.copy()
                one[node - 1] = 1
                if _layer(node) < self.max_depth:
                    one[2 * node - 1 : 2 * node + 1] = 0  # what hangs below it would come to life with it
                yield "layer" if _layer(node) > depth else "width step", one


def _layer(node: int) -> int:
    """The level of a node in heap order; the root's is 1."""
    return node.bit_length()


def _title(node: int) -> str:
    return "node 1 (root)" if node == 1 else f"node {node} below node {node // 2}"
