"""Individuals with chosen bits, rates and fitness."""

from collections.abc import Callable, Sequence

import pytest

from nastoolkit.architecture import Signature
from nastoolkit.encoders.matrix import MatrixEncoder
from nastoolkit.genome import Layout, bits_of
from nastoolkit.rng import Stream
from nastoolkit.state import Individual


@pytest.fixture(scope="session")
def layout() -> Layout:
    return MatrixEncoder().layout(Signature(64, 10))


@pytest.fixture(scope="session")
def individual(layout: Layout) -> Callable[..., Individual]:
    """An individual whose bits come from a seed, and whose rates are levels from 0 to 31."""

    def make(seed: int = 0, *, crossover: int = 31, mutation: int = 31, fitness: float = 0.5) -> Individual:
        bits = Stream(seed).generator().integers(0, 2, layout.length).tolist()
        bits[-10:] = [*bits_of(mutation), *bits_of(crossover)]
        made = Individual(bits, layout)
        made.fitness.values = (fitness,)
        return made

    return make


@pytest.fixture(scope="session")
def population(individual: Callable[..., Individual]) -> Callable[[Sequence[float]], list[Individual]]:
    """One individual for each fitness."""

    def make(fitness: Sequence[float]) -> list[Individual]:
        return [individual(seed, fitness=value) for seed, value in enumerate(fitness)]

    return make
