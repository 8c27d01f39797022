"""Architectures as plain data: a directed acyclic graph in canonical form.

Vertex 0 is the input, 1 to depth are hidden, depth + 1 is the output. The input passes a linear stem; a hidden vertex
computes ``activation(kernel . sum of its predecessors + bias)``; the output adds its predecessors and passes the head
(Genetic CNN, Xie and Yuille 2017). A vertex sees its predecessors' units padded with zeros to the widest of them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

Edge = tuple[int, int]


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
    order = _canonical_order(sorted(live - {0, output}), {j: widths[j - 1] for j in live - {0, output}}, edges, output)
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


def _canonical_order(hidden: list[int], widths: dict[int, int], edges: list[Edge], output: int) -> list[int]:
    """The hidden vertices in an order that does not depend on their labels.

    Colour refinement, then individualization of the first colour that several vertices share: the branch with the
    smallest edge list wins (McKay and Piperno 2014, without their pruning; vertices with the same neighbours are
    interchangeable and need no branch).
    """
    before = {vertex: frozenset(i for i, j in edges if j == vertex) for vertex in hidden}
    after = {vertex: frozenset(j for i, j in edges if i == vertex) for vertex in hidden}
    level = {0: 0}
    for vertex in hidden:
        level[vertex] = 1 + max(level[i] for i in before[vertex])
    ends = {0: -1, output: len(hidden)}

    def refine(colour: dict[int, int]) -> dict[int, int]:
        while True:
            seen = colour | ends
            key = {
                v: (
                    colour[v],
                    tuple(sorted(seen[i] for i in before[v])),
                    tuple(sorted(seen[j] for j in after[v])),
                )
                for v in hidden
            }
            ranks = _ranks(key)
            if ranks == colour:
                return colour
            colour = ranks

    def best(colour: dict[int, int]) -> tuple[list[Edge], list[int]]:
        colour = refine(colour)
        cells: dict[int, list[int]] = {}
        for vertex in hidden:
            cells.setdefault(colour[vertex], []).append(vertex)
        shared = next((cells[rank] for rank in sorted(cells) if len(cells[rank]) > 1), None)
        if shared is None:
            order = sorted(hidden, key=colour.__getitem__)
            place = {vertex: k for k, vertex in enumerate(order)} | ends
            return sorted((place[i], place[j]) for i, j in edges), order
        twins = len({(before[v], after[v]) for v in shared}) == 1
        # The vertex set apart goes just before the others of its colour.
        return min(
            best(_ranks({v: (2 * rank - (v == chosen),) for v, rank in colour.items()}))
            for chosen in (shared[:1] if twins else shared)
        )

    return best(_ranks({v: (level[v], widths[v]) for v in hidden}))[1]


def _ranks(key: dict[int, tuple[Any, ...]]) -> dict[int, int]:
    """Each vertex's key replaced by the number of distinct keys below it."""
    rank = {value: k for k, value in enumerate(sorted(set(key.values())))}
    return {vertex: rank[value] for vertex, value in key.items()}
