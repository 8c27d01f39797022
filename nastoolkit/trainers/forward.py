"""One network at its own widths, in numpy: what it predicts with something changed.

The compiled programs train and predict with padded networks. A cut connection or another layer changes only what lies
behind it, and most networks are far from their padding: what is left to compute is a fraction of a padded prediction.
"""

from collections.abc import Callable, Collection, Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from scipy import special  # pyright: ignore[reportMissingTypeStubs] - scipy has no types
from threadpoolctl import ThreadpoolController  # pyright: ignore[reportMissingTypeStubs] - it has no types

from nastoolkit.architecture import Architecture, Edge, live_edges
from nastoolkit.arrays import Floats
from nastoolkit.datasets.base import Task
from nastoolkit.trainers.packing import split

ACTIVATIONS: dict[str, Callable[[Floats], Floats]] = {
    "relu": lambda x: np.maximum(x, 0),
    "tanh": np.tanh,
    "gelu": lambda x: x * special.ndtr(x),  # pyright: ignore[reportUnknownMemberType] - scipy has no types
    "elu": lambda x: np.where(x > 0, x, np.expm1(np.minimum(x, 0))),
    "swish": lambda x: x * special.expit(x),  # pyright: ignore[reportUnknownMemberType] - scipy has no types
}
"""Keras' activations of the same names."""


@dataclass(frozen=True, slots=True, eq=False)
class Forward:
    """A network with the states of its vertices on some rows.

    Args:
        architecture: the canonical form.
        activations: of each hidden vertex.
        features: ``(N, F)``.
        parts: its weights, in the shapes of :attr:`Architecture.shapes`.
        states: ``(N, units)`` of the stem, each hidden vertex, and the output, by vertex.
    """

    architecture: Architecture
    activations: list[Callable[[Floats], Floats]]
    features: Floats
    parts: list[Floats]
    states: dict[int, Floats]

    @classmethod
    def of(cls, architecture: Architecture, weights: Floats, activation: str, features: Floats) -> "Forward":
        """``(C,)`` weights on ``(N, F)`` features."""
        parts = split(architecture, weights)
        names = architecture.activations or [activation] * architecture.depth
        begun = cls(architecture, [ACTIVATIONS[name] for name in names], features, parts, {})
        return replace(begun, states=begun._states(architecture.edges, parts))

    def predict(self, task: Task, without: Collection[Edge] = (), weights: Floats | None = None) -> Floats:
        """``(N, O)`` probabilities or standardized values of the network with something changed.

        Args:
            task: which link function.
            without: connections that are gone; those left must reach the output.
            weights: ``(C,)`` in place of its own.
        """
        edges, output = self.architecture.edges, self.architecture.depth + 1
        left = live_edges((edge for edge in edges if edge not in without), output) if without else edges
        parts = self.parts if weights is None else split(self.architecture, weights)
        outputs = self._states(left, parts)[output]
        return _softmax(outputs) if task == "classification" else outputs

    def _states(self, edges: Iterable[Edge], parts: list[Floats]) -> dict[int, Floats]:
        """The states with these edges and weights; those that nothing has changed for are taken as they are."""
        found = {0: self.states[0] if self._has(0, parts) else self.features @ parts[0]}
        sources: dict[int, list[int]] = {}
        for i, j in edges:
            sources.setdefault(j, []).append(i)
        for j in sorted(sources):
            same = tuple(sources[j]) == self.architecture.predecessors[j - 1] and self._has(j, parts)
            if same and all(found[i] is self.states[i] for i in sources[j]):
                found[j] = self.states[j]
            else:
                found[j] = self._state(j, [found[i] for i in sources[j]], *_of(j, parts))
        return found

    def _has(self, vertex: int, parts: list[Floats]) -> bool:
        """Whether the state of a vertex is known for these weights, as far as they are its own."""
        own, others = _of(vertex, self.parts), _of(vertex, parts)
        return vertex in self.states and (parts is self.parts or all(map(np.array_equal, own, others)))

    def _state(self, vertex: int, incoming: list[Floats], kernel: Floats, bias: Floats) -> Floats:
        total = np.zeros((len(self.features), len(kernel)), np.float32)
        for state in incoming:
            total[:, : state.shape[1]] += state
        value = total @ kernel
        if bias.size:
            value += bias
        return value if vertex > self.architecture.depth else self.activations[vertex - 1](value)


def _of(vertex: int, parts: list[Floats]) -> list[Floats]:
    """A vertex's own weights: the stem's kernel, or a kernel and a bias."""
    return parts[2 * vertex - 1 : 2 * vertex + 1] if vertex else parts[:1]


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
