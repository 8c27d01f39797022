"""One network at its own widths, in numpy: what it predicts without some of its connections.

The compiled programs train and predict with padded networks. Cutting a connection changes only what lies behind it, and
most networks are far from their padding: what is left to compute is a fraction of a padded prediction.
"""

from collections.abc import Callable, Collection, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
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
        parts: its weights, in the shapes of :attr:`Architecture.shapes`.
        activations: of each hidden vertex.
        states: ``(N, units)`` of the input's stem, each hidden vertex, and the output.
    """

    architecture: Architecture
    parts: list[Floats]
    activations: list[Callable[[Floats], Floats]]
    states: dict[int, Floats]

    @classmethod
    def of(cls, architecture: Architecture, weights: Floats, activation: str, features: Floats) -> "Forward":
        """``(C,)`` weights on ``(N, F)`` features."""
        parts = split(architecture, weights)
        names = architecture.activations or [activation] * architecture.depth
        activations = [ACTIVATIONS[name] for name in names]
        begun = cls(architecture, parts, activations, {0: features @ parts[0]})
        return cls(architecture, parts, activations, begun._behind(architecture.edges))

    def without(self, edges: Collection[Edge], task: Task) -> Floats:
        """``(N, O)`` probabilities or standardized values; the edges that are left must reach the output."""
        output = self.architecture.depth + 1
        left = live_edges((edge for edge in self.architecture.edges if edge not in edges), output)
        outputs = self._behind(left)[output]
        return _softmax(outputs) if task == "classification" else outputs

    def _behind(self, edges: Iterable[Edge]) -> dict[int, Floats]:
        """The states with these edges alone; those that nothing has changed for are taken as they are."""
        found = {0: self.states[0]}
        sources: dict[int, list[int]] = {}
        for i, j in edges:
            sources.setdefault(j, []).append(i)
        for j in sorted(sources):
            same = tuple(sources[j]) == self.architecture.predecessors[j - 1]
            if same and j in self.states and all(found[i] is self.states[i] for i in sources[j]):
                found[j] = self.states[j]
            else:
                found[j] = self._state(j, [found[i] for i in sources[j]])
        return found

    def _state(self, vertex: int, incoming: list[Floats]) -> Floats:
        kernel, bias = self.parts[2 * vertex - 1 : 2 * vertex + 1]
        total = np.zeros((len(incoming[0]), len(kernel)), np.float32)
        for state in incoming:
            total[:, : state.shape[1]] += state
        value = total @ kernel
        if bias.size:
            value += bias
        return value if vertex > self.architecture.depth else self.activations[vertex - 1](value)


def one_thread() -> AbstractContextManager[object]:
    """Keep numpy's products, which are small here, on one thread: more of them wait for each other, and may round."""
    return _controller().limit(limits=1, user_api="blas")  # pyright: ignore[reportUnknownMemberType] - it has no types


@lru_cache(maxsize=1)
def _controller() -> ThreadpoolController:
    return ThreadpoolController()


def _softmax(logits: Floats) -> Floats:
    """``(N, O)`` along outputs; numpy is fast along long axes, and these are short."""
    columns = np.ascontiguousarray(logits.T)
    exponentials = np.exp(columns - columns.max(axis=0))
    return (exponentials / exponentials.sum(axis=0)).T
