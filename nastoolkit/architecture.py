"""Architectures as plain data: a directed acyclic graph in canonical form.

Vertex 0 is the input, 1 to depth are hidden, depth + 1 is the output. The input passes a linear stem; a hidden vertex
computes ``activation(kernel . sum of its predecessors + bias)``; the output adds its predecessors and passes the head
(Genetic CNN, Xie and Yuille 2017). A vertex sees its predecessors' units padded with zeros to the widest of them.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

Edge = tuple[int, int]
_Colours = dict[int, int]
_Leaf = tuple[tuple[Edge, ...], list[int]]


@dataclass(frozen=True, slots=True)
class Signature:
    """What an architecture must fit: the numbers of features that come in and of outputs that leave."""

    features: int
    outputs: int


@dataclass(frozen=True)
class Architecture:
    """A network's shape, in canonical form when made by :func:`canonical`; equal shapes compare and hash as equal.

    Args:
        signature: features in, outputs out.
        stem: units of the stem, which is the working width: the widest hidden vertex's.
        widths: ``(depth,)`` units of the hidden vertices, in topological order.
        edges: (from, to), sorted; every vertex lies on a path from the input to the output.
    """

    signature: Signature
    stem: int
    widths: tuple[int, ...]
    edges: tuple[Edge, ...]

    @property
    def depth(self) -> int:
        """Number of hidden vertices."""
        return len(self.widths)

    @cached_property
    def predecessors(self) -> tuple[tuple[int, ...], ...]:
        """For each hidden vertex and then the output, the vertices it adds up."""
        return tuple(tuple(i for i, k in self.edges if k == j) for j in range(1, self.depth + 2))

    @cached_property
    def shapes(self) -> tuple[tuple[int, ...], ...]:
        """Shapes of the trainable weights, in the one order that weight vectors use.

        The stem's kernel; each hidden vertex's kernel (incoming, own width) and bias; the head's kernel and bias.
        """
        units = (self.stem, *self.widths)
        rows = [max(units[i] for i in sources) for sources in self.predecessors]
        outputs = (*self.widths, self.signature.outputs)
        pairs = [shape for row, width in zip(rows, outputs, strict=True) for shape in ((row, width), (width,))]
        return ((self.signature.features, self.stem), *pairs)

    @cached_property
    def complexity(self) -> int:
        """C of Equation 3: the number of trainable weights."""
        return sum(shape[0] * (shape[1] if len(shape) > 1 else 1) for shape in self.shapes)

    def to_json(self) -> dict[str, Any]:
        """Plain lists and numbers; :meth:`from_json` is the inverse."""
        return {
            "features": self.signature.features,
            "outputs": self.signature.outputs,
            "stem": self.stem,
            "widths": list(self.widths),
            "edges": [list(edge) for edge in self.edges],
        }

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> "Architecture":
        """The architecture that :meth:`to_json` wrote."""
        signature = Signature(int(document["features"]), int(document["outputs"]))
        edges = tuple((int(i), int(j)) for i, j in document["edges"])
        return cls(signature, int(document["stem"]), tuple(int(width) for width in document["widths"]), edges)


def canonical(signature: Signature, widths: Sequence[int], edges: Iterable[Edge], full_width: int) -> Architecture:
    """Remove what is dead and relabel what lives, so that two networks of one shape are equal.

    A vertex with no live path from the input or none to the output is removed, recursively (paper, section III-B.1).
    Where no path is left at all, the result is the base model: one hidden block of ``full_width`` units. A network
    without hidden vertices (the input feeds the output) has a stem of ``full_width`` units (our choice).

    Args:
        signature: features in, outputs out.
        widths: units of the hidden vertices 1 to ``len(widths)``.
        edges: pairs (i, j) with i < j; 0 is the input, ``len(widths) + 1`` the output.
        full_width: units of a vertex at its widest.
    """
    output = len(widths) + 1
    live = _live(edges := list(edges), output)
    if output not in live:
        return Architecture(signature, full_width, (full_width,), ((0, 1), (1, 2)))
    edges = [(i, j) for i, j in edges if i in live and j in live]
    order = _Labelling({j: widths[j - 1] for j in sorted(live - {0, output})}, edges, output).order()
    place = {0: 0, output: len(order) + 1} | {vertex: k for k, vertex in enumerate(order, 1)}
    kept = tuple(widths[vertex - 1] for vertex in order)
    return Architecture(
        signature, max(kept, default=full_width), kept, tuple(sorted((place[i], place[j]) for i, j in edges))
    )


def _live(edges: list[Edge], output: int) -> set[int]:
    """Vertices on a path from the input to the output."""
    forward, backward = {0}, {output}
    for i, j in sorted(edges):  # sources in topological order
        if i in forward:
            forward.add(j)
    for i, j in sorted(edges, key=lambda edge: -edge[1]):
        if j in backward:
            backward.add(i)
    return forward & backward


class _Labelling:
    """An order of hidden vertices that does not depend on their labels.

    Colours are refined until vertices of one colour have neighbours of the same colours; then those of the first colour
    that several share are set apart, one in each branch, and the branch that ends in the smallest edge list wins. Of
    branches whose first leaves are equal one is enough: an automorphism takes them into each other (McKay and Piperno
    2014). Without that, parallel chains would take time factorial in their number.

    Args:
        widths: of each hidden vertex, in topological order.
        edges: pairs (i, j); every vertex lies on a path from the input to the output.
        output: the output's label; the input's is 0.
    """

    def __init__(self, widths: dict[int, int], edges: list[Edge], output: int) -> None:
        self.widths, self.edges = widths, edges
        self.ends = {0: -1, output: len(widths)}
        self.before = {vertex: [i for i, j in edges if j == vertex] for vertex in widths}
        self.after = {vertex: [j for i, j in edges if i == vertex] for vertex in widths}

    def order(self) -> list[int]:
        """The hidden vertices, each after those that feed it."""
        level = {0: 0}
        for vertex in self.widths:
            level[vertex] = 1 + max(level[i] for i in self.before[vertex])
        return self._smallest_leaf(_ranks({v: (level[v], width) for v, width in self.widths.items()}))[1]

    def _smallest_leaf(self, colours: _Colours) -> _Leaf:
        branches = self._branches(colours := self._refined(colours))
        distinct = {self._first_leaf(branch)[0]: branch for branch in branches}
        return min(map(self._smallest_leaf, distinct.values()), default=self._leaf(colours))

    def _first_leaf(self, colours: _Colours) -> _Leaf:
        while branches := self._branches(colours := self._refined(colours)):
            colours = branches[0]
        return self._leaf(colours)

    def _leaf(self, colours: _Colours) -> _Leaf:
        """The edges relabelled by colour, and the vertices in that order."""
        place = colours | self.ends
        edges = tuple(sorted((place[i], place[j]) for i, j in self.edges))
        return edges, sorted(self.widths, key=colours.__getitem__)

    def _branches(self, colours: _Colours) -> list[_Colours]:
        """The colourings that set one vertex of the first shared colour apart, just before the others."""
        counts = Counter(colours.values())
        first = min((colour for colour, count in counts.items() if count > 1), default=None)
        shared = [vertex for vertex, colour in colours.items() if colour == first]
        return [_ranks({v: (2 * colour - (v == chosen),) for v, colour in colours.items()}) for chosen in shared]

    def _refined(self, colours: _Colours) -> _Colours:
        """Colours split by those of the neighbours, until nothing is left to split."""
        while True:
            seen = colours | self.ends
            keys = {
                v: (colour, *sorted(seen[i] for i in self.before[v]), -2, *sorted(seen[j] for j in self.after[v]))
                for v, colour in colours.items()
            }
            if (finer := _ranks(keys)) == colours:
                return colours
            colours = finer


def _ranks(key: dict[int, tuple[Any, ...]]) -> dict[int, int]:
    """Each vertex's key replaced by the number of distinct keys below it."""
    rank = {value: k for k, value in enumerate(sorted(set(key.values())))}
    return {vertex: rank[value] for vertex, value in key.items()}
