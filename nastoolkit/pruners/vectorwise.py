"""Pruning of whole units."""

from dataclasses import dataclass
from typing import Annotated, ClassVar, final

import numpy as np
import numpy.typing as npt
from annotated_types import Ge, Interval

from nastoolkit.architecture import Architecture
from nastoolkit.arrays import Floats
from nastoolkit.pruners.base import Bench, Pruner, Specimen
from nastoolkit.pruners.compact import compacted, groups, without
from nastoolkit.rng import Stream
from nastoolkit.weights import split


@final
@dataclass(frozen=True, slots=True)
class VectorwisePruner(Pruner):
    """Takes out whole vectors, a unit with its incoming and outgoing weights, the least important ones first.

    The paper prunes vectors "once an error threshold is crossed". What makes a vector important is ours: the norm of
    its incoming weights, bias included, times the norm of its outgoing ones. Where this is 0, nothing changes without
    it. Vertices that feed a common successor are added up unit by unit there, so a unit of one of them is a unit of all
    and they lose it together (Fang et al. 2023).

    The sparsity is reached in equal increments, each followed by back-propagation. An increment ends with the vector
    that reaches it, and so may go beyond it by one vector, or by a layer that has no units left. A vector without which
    no path to the output would be left is kept; where only such are left, pruning ends.

    Args:
        sparsity: the share of weights to take away (paper, Table II: 0.5 and 0.7).
        epochs: back-propagation cycles after each increment.
        steps: increments.
        threshold: pruning begins only where F is at or below it.
    """

    name: ClassVar[str] = "vectorwise"
    sparsity: Annotated[float, Interval(ge=0, lt=1)] = 0.5  # pyright: ignore[reportIncompatibleVariableOverride] - it does not stop by itself
    epochs: Annotated[int, Ge(0)] = 10
    steps: Annotated[int, Ge(1)] = 5
    threshold: float | None = None

    def prune(self, specimen: Specimen, bench: Bench, stream: Stream) -> tuple[Architecture, Floats] | None:
        """One increment."""
        waits = self.threshold is not None and specimen.step == 0 and specimen.fitness > self.threshold
        if waits or specimen.remaining <= specimen.allowed(self.sparsity):
            return None
        architecture, goal = specimen.architecture, specimen.allowed_next(self.sparsity, self.steps)
        gone: dict[int, frozenset[int]] = {}
        left = architecture.complexity
        for vertex, position in _vectors(architecture, specimen.weights):
            more = gone | {vertex: gone.get(vertex, frozenset()) | {position}}
            smaller = without(architecture, gone=more)
            if smaller.edges:
                gone, left = more, smaller.complexity
            if gone and left <= goal:
                break
        return compacted(architecture, specimen.weights, gone=gone) if gone else None


def _vectors(architecture: Architecture, weights: Floats) -> list[tuple[int, int]]:
    """(first vertex of a group, position) of every vector, by the product of its norms; ties as they lie."""
    products = {
        (group[0], position): product
        for group in groups(architecture.edges)
        for position, product in enumerate(_products(architecture, weights, group))
    }
    return sorted(products, key=lambda vector: products[vector])


def _products(architecture: Architecture, weights: Floats, group: tuple[int, ...]) -> npt.NDArray[np.float64]:
    """The product of the norms of each position of a group, squared."""
    parts = [np.square(one, dtype=np.float64) for one in split(architecture, weights)]
    units = (architecture.stem, *architecture.widths)
    size = max(units[vertex] for vertex in group)
    incoming, outgoing = np.zeros(size), np.zeros(size)
    for vertex in group:
        own = parts[2 * vertex - 1 : 2 * vertex + 1] if vertex else parts[:1]
        incoming[: units[vertex]] += sum(one.reshape(-1, units[vertex]).sum(axis=0) for one in own)
    for successor, sources in enumerate(architecture.predecessors, 1):
        if sources[0] in group:
            kernel = parts[2 * successor - 1]
            outgoing[: kernel.shape[-2]] += kernel.sum(axis=(*range(kernel.ndim - 2), -1))
    return incoming * outgoing
