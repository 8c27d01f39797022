"""One network at its own widths, in numpy: what it predicts with something changed.

The compiled programs train and predict with padded networks. A cut connection or another layer changes only what lies
behind it, and most networks are far from their padding: what is left to compute is a fraction of a padded prediction.
"""

from bisect import bisect_right
from collections.abc import Callable, Collection, Generator, Iterable
from contextlib import contextmanager
from functools import lru_cache

import numpy as np
from scipy import special  # pyright: ignore[reportMissingTypeStubs] - scipy has no types
from threadpoolctl import ThreadpoolController  # pyright: ignore[reportMissingTypeStubs] - it has no types

from nastoolkit.architecture import Architecture, Edge, live_edges
from nastoolkit.arrays import Array, Floats
from nastoolkit.datasets.base import Task
from nastoolkit.grids import grids
from nastoolkit.trainers.places import convolve, head, pool, stem
from nastoolkit.weights import ends

ACTIVATIONS: dict[str, Callable[[Floats], Floats]] = {
    "relu": lambda x: np.maximum(x, 0),
    "tanh": np.tanh,
    "gelu": lambda x: x * special.ndtr(x),  # pyright: ignore[reportUnknownMemberType] - scipy has no types
    "elu": lambda x: np.where(x > 0, x, np.expm1(np.minimum(x, 0))),
    "swish": lambda x: x * special.expit(x),  # pyright: ignore[reportUnknownMemberType] - scipy has no types
}
"""Keras' activations of the same names."""


class Forward:
    """A network on some rows; it remembers the states of its vertices.

    Args:
        architecture: the canonical form.
        weights: ``(C,)``.
        activation: of hidden vertices that do not name their own.
        features: what the stem takes: ``(N, F)``, ``(N, H, W, channels)`` standardized images, or ``(N, L)`` numbers of
            the words of texts that are read in order.
    """

    def __init__(self, architecture: Architecture, weights: Floats, activation: str, features: Array) -> None:
        self._architecture, self._weights, self._features = architecture, weights, features
        names = architecture.activations or [activation] * architecture.depth
        self._activations = [ACTIVATIONS[name] for name in names]
        self._ends = ends(architecture)
        self._states: dict[int, Floats] = {}
        self._size = architecture.signature.size
        self._stages = (0, *(architecture.stages or [0] * architecture.depth), max(len(grids(self._size)) - 1, 0))

    def predict(self, task: Task, without: Collection[Edge] = (), weights: Floats | None = None) -> Floats:
        """``(N, O)`` probabilities or standardized values of the network with something changed.

        Args:
            task: which link function.
            without: connections that are gone; those left must reach the output.
            weights: ``(C,)`` in place of its own.
        """
        edges, output = self._architecture.edges, self._architecture.depth + 1
        left = live_edges((edge for edge in edges if edge not in without), output) if without else edges
        outputs = self._behind(left, self._weights if weights is None else weights)
        return _softmax(outputs) if task == "classification" else outputs

    def _behind(self, edges: Iterable[Edge], weights: Floats) -> Floats:
        """The output's state; what nothing has changed for is computed once for all variants."""
        first, last = self._changed(weights)
        sources: dict[int, tuple[int, ...]] = {0: ()}
        for i, j in edges:
            sources[j] = (*sources.get(j, ()), i)
        others: dict[int, Floats] = {}
        for j in sorted(sources):
            cut = j > 0 and sources[j] != self._architecture.predecessors[j - 1]
            if first <= j <= last or cut or any(i in others for i in sources[j]):
                incoming = {i: others[i] if i in others else self._own(i) for i in sources[j]}
                others[j] = self._state(j, incoming, weights)
        output = self._architecture.depth + 1
        return others[output] if output in others else self._own(output)

    def _own(self, vertex: int) -> Floats:
        """The state of a vertex of the network as it is."""
        if vertex not in self._states:
            incoming = {i: self._own(i) for i in self._architecture.predecessors[vertex - 1]} if vertex else {}
            self._states[vertex] = self._state(vertex, incoming, self._weights)
        return self._states[vertex]

    def _state(self, vertex: int, incoming: dict[int, Floats], weights: Floats) -> Floats:
        if vertex == 0:
            return stem(self._architecture.signature, self._features, self._part(0, weights))
        kernel, bias = self._part(2 * vertex - 1, weights), self._part(2 * vertex, weights)
        here = self._stages[vertex]
        pooled = [pool(state, here - self._stages[i], self._size) for i, state in incoming.items()]
        value = self._layer(vertex, _sum(pooled, kernel.shape[-2]), kernel)
        if bias.size:
            value += bias
        return value if vertex > self._architecture.depth else self._activations[vertex - 1](value)

    def _layer(self, vertex: int, incoming: Floats, kernel: Floats) -> Floats:
        if not self._size:
            return incoming @ kernel
        return convolve(incoming, kernel) if vertex <= self._architecture.depth else head(incoming, kernel)

    def _part(self, place: int, weights: Floats) -> Floats:
        """One of the weights in its own shape."""
        return weights[self._ends[place] : self._ends[place + 1]].reshape(self._architecture.shapes[place])

    def _changed(self, weights: Floats) -> tuple[int, int]:
        """The first and the last vertex whose weights are not the network's own; (1, 0) where all are."""
        if weights is self._weights or not (differs := weights != self._weights).any():
            return 1, 0
        places = int(differs.argmax()), len(differs) - 1 - int(differs[::-1].argmax())
        first, last = (bisect_right(self._ends, place) // 2 for place in places)
        return first, last


def _sum(states: list[Floats], width: int) -> Floats:
    """The states added up, the narrower padded with zeros."""
    if len(states) == 1 and states[0].shape[-1] == width:
        return states[0]
    total = np.zeros((*states[0].shape[:-1], width), np.float32)
    for state in states:
        total[..., : state.shape[-1]] += state
    return total


@contextmanager
def quietly() -> Generator[None]:
    """Compute with numpy on one thread, and without warnings of what diverged.

    The products are small here: several threads would wait for each other, and round otherwise.
    """
    limit = _controller().limit(limits=1, user_api="blas")  # pyright: ignore[reportUnknownMemberType] - it has no types
    with limit, np.errstate(all="ignore"):
        yield


@lru_cache(maxsize=1)
def _controller() -> ThreadpoolController:
    return ThreadpoolController()


def _softmax(logits: Floats) -> Floats:
    """``(N, O)`` along outputs; numpy is fast along long axes, and these are short."""
    columns = np.ascontiguousarray(logits.T)
    exponentials = np.exp(columns - columns.max(axis=0))
    return (exponentials / exponentials.sum(axis=0)).T
