"""Individuals as DEAP wants them.

DEAP's ``creator`` makes classes at run time that no type checker sees, and copies made by it drop what lives on the
object; the two classes it would make stand here instead.
"""

from collections.abc import Iterable
from operator import neg
from typing import Any

import numpy as np
from deap import base as _base  # pyright: ignore[reportMissingTypeStubs] - deap has no types

from nastoolkit.arrays import Genomes
from nastoolkit.genome import Hyperparameters, Layout, decode_hyperparameters


class Fitness(_base.Fitness):
    """One or more objectives, minimized, of which the first is F.

    Weights other than +1 and -1 would change values on the way through DEAP.
    """

    weights: tuple[float, ...] = (-1.0,)

    def __init__(self, values: tuple[float, ...] = ()) -> None:
        # DEAP's looks at the class again for every individual, which takes longer than all else that is done to one.
        if values:
            self.values = values

    @property
    def values(self) -> tuple[float, ...]:
        """The objectives; empty where they are not known."""
        return tuple(map(neg, self.wvalues))

    @values.setter
    def values(self, values: tuple[float, ...]) -> None:
        self.weights = (-1.0,) * len(values)
        self.wvalues = tuple(map(neg, values))

    @values.deleter
    def values(self) -> None:
        self.wvalues = ()

    def __deepcopy__(self, memo: dict[int, Any]) -> "Fitness":
        return Fitness(self.values)

    def __reduce__(self) -> tuple[Any, ...]:
        return Fitness, (self.values,)


class Individual(list[int]):
    """G bits, with the layout that says what they mean, a fitness, and the key of the network that it was scored as.

    A fitness that is not ``valid`` and an empty key mean that it was not scored yet.
    """

    __slots__ = ("fitness", "key", "layout")

    def __init__(self, bits: Iterable[int], layout: Layout) -> None:
        super().__init__(bits)
        self.layout = layout
        self.fitness = Fitness()
        self.key = ""

    @property
    def hyperparameters(self) -> Hyperparameters:
        """What the bits say now; mating and mutation change it."""
        return decode_hyperparameters(self[self.layout.hyperparameters])

    @property
    def genome(self) -> Genomes:
        """``(G,)`` uint8."""
        return np.array(list(self), np.uint8)

    def take(self, key: str, objectives: tuple[float, ...]) -> None:
        """Take the objectives of the network that it decodes to, F first."""
        self.key = key
        self.fitness.values = objectives

    def __deepcopy__(self, memo: dict[int, Any]) -> "Individual":
        return _individual(self, self.layout, self.fitness, self.key)

    def __reduce__(self) -> tuple[Any, ...]:
        return _individual, (list(self), self.layout, self.fitness, self.key)


def _individual(bits: list[int], layout: Layout, fitness: Fitness, key: str) -> Individual:
    individual = Individual(bits, layout)
    individual.fitness = Fitness(fitness.values)
    individual.key = key
    return individual
