"""Architectures as plain data: a directed acyclic graph in canonical form.

Vertex 0 is the input, 1 to depth are hidden, depth + 1 is the output. The input passes a linear stem; a hidden vertex
computes ``activation(kernel . sum of its predecessors + bias)``; the output adds its predecessors and passes the head
(Genetic CNN, Xie and Yuille 2017). A vertex sees its predecessors' units padded with zeros to the widest of them.

Where the data has places (images, texts that are read in order), a vertex is a convolution and its units are channels;
:mod:`nastoolkit.grids` says at which resolution.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import prod
from typing import Any

from nastoolkit.documents import whole_number, whole_numbers
from nastoolkit.errors import DataError
from nastoolkit.grids import TAPS, Size, grids, head_grid, stages, stem_taps
from nastoolkit.labelling import canonical_order

Edge = tuple[int, int]

RELABELLED = 2**15
"""Networks whose canonical form is remembered: many genomes differ in what is dead alone."""


@dataclass(frozen=True, slots=True)
class Signature:
    """What an architecture must fit.

    Args:
        features: what comes in at each place: columns of a table, channels of an image, different words of a text.
        outputs: what leaves.
        size: of what comes in where neighbours belong together: ``(H, W)`` of an image, ``(L,)`` of a text that is read
            in its order; empty for anything else.
        embedding: units of the stem at most; 0 where there is no such limit.
    """

    features: int
    outputs: int
    size: Size = ()
    embedding: int = 0

    @property
    def is_image(self) -> bool:
        """Whether what comes in has two dimensions."""
        return len(self.size) > 1

    def stem(self, width: int) -> int:
        """Units of the stem in front of vertices that are so wide."""
        return min(width, self.embedding or width)

    def to_json(self) -> dict[str, Any]:
        """Plain lists and numbers; :meth:`from_json` is the inverse. What is empty or 0 is left out."""
        own = {"size": list(self.size), "embedding": self.embedding}
        return {
            "features": self.features,
            "outputs": self.outputs,
            **{name: value for name, value in own.items() if value},
        }

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> "Signature":
        """The signature that :meth:`to_json` wrote, among other keys.

        Raises:
            LookupError, TypeError, ValueError: it did not.
        """
        size = whole_numbers(document.get("size", ()), 1)
        if len(size) > 2:  # noqa: PLR2004 - height and width
            raise ValueError("it has more dimensions than images")
        features, outputs = whole_numbers([document["features"], document["outputs"]], 1)
        return cls(features, outputs, size, whole_number(document.get("embedding", 0), 0))


@dataclass(frozen=True)
class Architecture:
    """A network's shape, in canonical form when made by :func:`canonical`; equal shapes compare and hash as equal.

    Args:
        signature: features in, outputs out.
        stem: units of the stem. From :func:`canonical` it is as wide as the widest hidden vertex; pruning may change
            either.
        widths: ``(depth,)`` units of the hidden vertices, in topological order.
        edges: (from, to), sorted; every vertex lies on a path from the input to the output.
        activations: ``(depth,)`` Keras's name for each hidden vertex's activation, or empty where the trainer's own
            holds for all.
        biases: ``(depth,)`` whether each hidden vertex has a bias, or empty where all have.
        stages: ``(depth,)`` the stage of each hidden vertex, or empty where the data has no places.
    """

    signature: Signature
    stem: int
    widths: tuple[int, ...]
    edges: tuple[Edge, ...]
    activations: tuple[str, ...] = ()
    biases: tuple[bool, ...] = ()
    stages: tuple[int, ...] = ()

    @property
    def depth(self) -> int:
        """Number of hidden vertices."""
        return len(self.widths)

    @cached_property
    def predecessors(self) -> tuple[tuple[int, ...], ...]:
        """For each hidden vertex and then the output, the vertices it adds up."""
        found: list[list[int]] = [[] for _ in range(self.depth + 1)]
        for i, j in self.edges:
            found[j - 1].append(i)
        return tuple(map(tuple, found))

    @cached_property
    def shapes(self) -> tuple[tuple[int, ...], ...]:
        """Shapes of the trainable weights, in the one order that weight vectors use.

        The stem's kernel; each hidden vertex's kernel (incoming, own width) and bias; the head's kernel and bias. A
        vertex without a bias has one of shape (0,), so that every vertex has two weights. Kernels of convolutions have
        their taps before that, as in Keras.
        """
        size, outputs = self.signature.size, self.signature.outputs
        units = (self.stem, *self.widths)
        rows = [max(units[i] for i in sources) for sources in self.predecessors]
        taps = [*[(TAPS,) * len(size)] * self.depth, head_grid(size)]
        biases = (*(self.biases or [True] * self.depth), True)
        pairs = [
            shape
            for tap, row, width, bias in zip(taps, rows, (*self.widths, outputs), biases, strict=True)
            for shape in ((*tap, row, width), (width * bias,))
        ]
        stem = (stem_taps(size),) * len(size) if self.signature.is_image else ()
        return ((*stem, self.signature.features, self.stem), *pairs)

    @cached_property
    def complexity(self) -> int:
        """C of Equation 3: the number of trainable weights."""
        return sum(map(prod, self.shapes))

    @cached_property
    def text(self) -> str:
        """:meth:`to_json` as text, which keys are made from."""
        return json.dumps(self.to_json(), sort_keys=True)

    def to_json(self) -> dict[str, Any]:
        """Plain lists; :meth:`from_json` is the inverse. What is empty is left out."""
        own = {"activations": list(self.activations), "biases": list(self.biases), "stages": list(self.stages)}
        return {
            **self.signature.to_json(),
            "stem": self.stem,
            "widths": list(self.widths),
            "edges": [list(edge) for edge in self.edges],
            **{name: values for name, values in own.items() if values},
        }

    @classmethod
    def from_json(cls, document: Any) -> "Architecture":  # noqa: ANN401 - JSON
        """The architecture that :meth:`to_json` wrote.

        Raises:
            DataError: it did not: this is no network.
        """
        try:
            stem, widths = whole_number(document["stem"], 0), whole_numbers(document["widths"], 0)
            edges = tuple(map(_edge, document["edges"]))
            own = (tuple(document.get(name, ())) for name in ("activations", "biases", "stages"))
            found = cls(Signature.from_json(document), stem, widths, edges, *own)
            found._check()
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            raise DataError(f"This describes no network: {error}.") from error
        return found

    def _check(self) -> None:
        """Raise a ValueError where vertices or what they have are not those of a network."""
        hidden = {vertex for edge in self.edges for vertex in edge} - {0, self.depth + 1}
        live = tuple(live_edges(set(self.edges), self.depth + 1))
        if not live or live != self.edges or hidden != set(range(1, self.depth + 1)):
            raise ValueError("not every vertex lies on a path from the input to the output")
        for own, kind in ((self.activations, str), (self.biases, bool), (self.stages, int)):
            if own and (len(own) != self.depth or any(type(one) is not kind for one in own)):
                raise ValueError("not every vertex has an activation, a bias and a stage")
        coarsest = len(grids(self.signature.size)) - 1
        if len(self.stages) != self.depth * (coarsest >= 0) or [*self.stages] != sorted(self.stages):
            raise ValueError("the stages of its vertices are not in order")
        whole_numbers(self.stages, 0, coarsest)


def _edge(ends: Any) -> Edge:  # noqa: ANN401 - JSON
    i, j = whole_numbers(ends, 0)
    if i >= j:
        raise ValueError(f"the edge from {i} to {j} leads back")
    return i, j


def canonical(  # noqa: PLR0913 - what a network is made of
    signature: Signature,
    widths: Sequence[int],
    edges: Iterable[Edge],
    full_width: int,
    activations: Sequence[str] = (),
    biases: Sequence[bool] = (),
) -> Architecture:
    """Remove what is dead and relabel what lives, so that two networks of one shape are equal.

    A vertex with no live path from the input or none to the output is removed, recursively (paper, section III-B.1).
    Where no path is left at all, the result is the base model: one hidden block of ``full_width`` units. A network
    without hidden vertices (the input feeds the output) has a stem of ``full_width`` units (our choice).

    Args:
        signature: features in, outputs out.
        widths: units of the hidden vertices 1 to ``len(widths)``.
        edges: pairs (i, j) with i < j; 0 is the input, ``len(widths) + 1`` the output.
        full_width: units of a vertex at its widest.
        activations: of the hidden vertices, or empty; see :class:`Architecture`.
        biases: whether the hidden vertices have one, or empty; see :class:`Architecture`.
    """
    live = live_edges(edges, len(widths) + 1)
    if not live:
        return Architecture(
            signature, signature.stem(full_width), (full_width,), ((0, 1), (1, 2)), stages=stages(signature.size, 1)
        )
    vertices = sorted({vertex for edge in live for vertex in edge})
    place = {vertex: k for k, vertex in enumerate(vertices)}
    columns = widths, activations, biases, stages(signature.size, len(widths))
    kept = [tuple(column[vertex - 1] for vertex in vertices[1:-1] if column) for column in columns]
    return _relabelled(signature, full_width, tuple((place[i], place[j]) for i, j in live), *kept)


@lru_cache(maxsize=RELABELLED)
def _relabelled(  # noqa: PLR0913 - what a network is made of
    signature: Signature,
    full_width: int,
    edges: tuple[Edge, ...],
    widths: tuple[int, ...],
    activations: tuple[str, ...],
    biases: tuple[bool, ...],
    levels: tuple[int, ...],
) -> Architecture:
    """The canonical form of a network without anything dead; ``levels`` are the stages of its hidden vertices."""
    output = len(widths) + 1
    kinds = zip(*filter(None, (levels, widths, activations, biases)), strict=True)
    order = canonical_order(dict(enumerate(kinds, 1)), edges, output)
    place = {0: 0, output: output} | {vertex: k for k, vertex in enumerate(order, 1)}
    return Architecture(
        signature,
        signature.stem(max(widths, default=full_width)),
        tuple(widths[vertex - 1] for vertex in order),
        tuple(sorted((place[i], place[j]) for i, j in edges)),
        tuple(activations[vertex - 1] for vertex in order if activations),
        tuple(biases[vertex - 1] for vertex in order if biases),
        tuple(levels[vertex - 1] for vertex in order if levels),
    )


def live_edges(edges: Iterable[Edge], output: int) -> list[Edge]:
    """The edges (i, j), i < j, on paths from vertex 0 to the output, sorted; none where no path is left."""
    ordered = sorted(edges)
    forward, backward = {0}, {output}
    for i, j in ordered:  # sources in topological order
        if i in forward:
            forward.add(j)
    for i, j in reversed(ordered):
        if j in backward:
            backward.add(i)
    live = forward & backward
    return [(i, j) for i, j in ordered if i in live and j in live]
