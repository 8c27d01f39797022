"""Networks without some of their connections and units, and without the weights that those needed.

Predecessors are added up unit by unit, so a unit is not one vertex's own: position p of all vertices that feed a common
successor is one vector, which stays or goes as a whole (dependency groups; Fang et al. 2023, DepGraph). Order is kept
everywhere, so a vertex's units still are the first ones of every sum that it is part of.
"""

from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType

import numpy as np

from nastoolkit.architecture import Architecture, Edge, live_edges
from nastoolkit.arrays import Array, Floats
from nastoolkit.weights import split

Units = Mapping[int, Collection[int]]
"""Positions of units by vertex, the stem being 0; any vertex of a group stands for all of it."""

NO_UNITS: Units = MappingProxyType({})


def without(architecture: Architecture, edges: Collection[Edge] = (), gone: Units = NO_UNITS) -> Architecture:
    """The shape that is left, with the other vertices in the order that they had.

    What has no path from the input or none to the output goes too, recursively (paper, section III-B.1), and so does a
    vertex without units. Where no path is left at all, there are no edges.
    """
    left, units = _left(architecture, edges, gone)
    return _renumbered(architecture, left, [len(one) for one in units])


def compacted(
    architecture: Architecture, weights: Floats, edges: Collection[Edge] = (), gone: Units = NO_UNITS
) -> tuple[Architecture, Floats]:
    """A network of the shape of :func:`without` that predicts what this one does with the rest of it silent.

    Args:
        architecture: of the network.
        weights: ``(C,)``.
        edges: the connections to cut; those that are left must reach the output.
        gone: the units to take out, after the connections.

    Returns:
        the architecture, and ``(C,)`` the weights that still matter.
    """
    left, units = _left(architecture, edges, gone)
    parts = split(architecture, weights)
    kept = [parts[0][..., units[0]]]
    for j in sorted({j for _, j in left}):
        kernel, bias = parts[2 * j - 1 : 2 * j + 1]
        rows = max((units[i] for i, k in left if k == j), key=len)
        kept += [kernel[..., rows[:, None], units[j]], bias[units[j]] if bias.size else bias]
    shape = _renumbered(architecture, left, [len(one) for one in units])
    return shape, np.concatenate([one.ravel() for one in kept])


def cuttable(architecture: Architecture) -> list[Edge]:
    """The connections without any one of which there still is a path to the output."""
    return [edge for edge in architecture.edges if without(architecture, [edge]).edges]


def groups(edges: Iterable[Edge]) -> list[tuple[int, ...]]:
    """The vertices whose units are one vector each: those that share a successor, directly or through others."""
    sources: dict[int, set[int]] = {}
    for i, j in edges:
        sources.setdefault(j, set()).add(i)
    found: list[set[int]] = []
    for one in sources.values():
        touching = [group for group in found if group & one]
        found = [group for group in found if group not in touching] + [one.union(*touching)]
    return sorted(tuple(sorted(group)) for group in found)


def _left(architecture: Architecture, edges: Collection[Edge], gone: Units) -> tuple[list[Edge], list[Array]]:
    """The edges that are left, and for the stem, each hidden vertex and the output the positions of its units."""
    output = architecture.depth + 1
    left = live_edges(set(architecture.edges).difference(edges), output)
    units = [np.arange(size) for size in (architecture.stem, *architecture.widths, architecture.signature.outputs)]
    for group in groups(left) if gone else ():
        out = sorted({position for vertex in group for position in gone.get(vertex, ())})
        for vertex in group:
            units[vertex] = np.setdiff1d(units[vertex], out)
    return live_edges([(i, j) for i, j in left if len(units[i])], output), units


def _renumbered(architecture: Architecture, left: list[Edge], units: list[int]) -> Architecture:
    hidden = sorted({j for _, j in left})[:-1]
    place = {0: 0, architecture.depth + 1: len(hidden) + 1} | {vertex: k for k, vertex in enumerate(hidden, 1)}
    return Architecture(
        architecture.signature,
        units[0],
        tuple(units[vertex] for vertex in hidden),
        tuple((place[i], place[j]) for i, j in left),
        tuple(architecture.activations[vertex - 1] for vertex in hidden if architecture.activations),
        tuple(architecture.biases[vertex - 1] for vertex in hidden if architecture.biases),
        tuple(architecture.stages[vertex - 1] for vertex in hidden if architecture.stages),
    )
