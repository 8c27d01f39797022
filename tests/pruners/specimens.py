"""Networks to prune, benches to prune them on, and pruning to the end."""

from collections.abc import Callable, Sequence

import numpy as np

from nastoolkit.architecture import Architecture, Edge, Signature
from nastoolkit.arrays import Floats
from nastoolkit.pruners.base import Bench, Pruner, Specimen
from nastoolkit.rng import Stream
from nastoolkit.testing.samples import architectures, error, weights_of

TRIANGLE = Architecture(Signature(1, 1), 1, (1,), ((0, 1), (0, 2), (1, 2)))
"""Weights: stem, kernel, bias, head, bias."""


def specimen(
    architecture: Architecture, weights: Sequence[float] | Floats, fitness: float = 0.5, step: int = 0
) -> Specimen:
    """A network from which nothing was taken away yet, whatever the step."""
    vector = np.array(weights, np.float32)
    return Specimen(architecture, architecture, vector, len(vector), fitness, step)


def bench(
    without: Callable[[frozenset[Edge]], float] = lambda _: 1.0,
    population: Sequence[Architecture] = (),
    fitness: Sequence[float] = (),
) -> Bench:
    """One that knows F without some connections, in a population."""
    return Bench(
        lambda cuts: np.array([without(cut) for cut in cuts], np.float64),
        tuple(population),
        np.array(fitness, np.float64),
    )


def course(pruner: Pruner, origin: Architecture, seed: int = 0) -> list[Specimen]:
    """An untrained network on its way, from the whole one to the last, measured on a few rows."""
    architecture, weights = origin, weights_of(origin, seed)
    found: list[Specimen] = []
    while True:
        remaining = int(np.count_nonzero(weights)) if pruner.unstructured else architecture.complexity
        now = Specimen(origin, architecture, weights, remaining, error(architecture, weights), len(found))
        found.append(now)
        known = architectures()
        where = bench(
            lambda cut, now=now: error(now.architecture, now.weights, cut),
            known,
            [error(one, weights_of(one, n)) for n, one in enumerate(known)],
        )
        smaller = pruner.prune(now, where, Stream(seed).at(now.step))
        if smaller is None:
            return found
        architecture, weights = smaller
