"""The state of a search: individuals as DEAP wants them, and what a generation leaves behind.

DEAP's ``creator`` makes classes at run time that no type checker sees, and copies made by it drop what lives on the
object; the two classes it would make stand here instead.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from deap import base

from nastoolkit.arrays import Genomes, Scores
from nastoolkit.genome import Hyperparameters, Layout, decode_hyperparameters


class Fitness(base.Fitness):  # pyright: ignore[reportUntypedBaseClass] - deap has no types
    """F, minimized. Weights other than +1 and -1 would change values on the way through DEAP."""

    weights = (-1.0,)
    values: tuple[float, ...]
    valid: bool

    def __deepcopy__(self, memo: dict[int, Any]) -> "Fitness":
        twin = type(self)()
        twin.wvalues = self.wvalues
        return twin


class Individual(list[int]):
    """G bits, with a fitness and the layout that says what they mean."""

    __slots__ = ("fitness", "layout")

    def __init__(self, bits: Iterable[int], layout: Layout) -> None:
        super().__init__(bits)
        self.layout = layout
        self.fitness = Fitness()

    @property
    def hyperparameters(self) -> Hyperparameters:
        """What the bits say now; mating and mutation change it."""
        return decode_hyperparameters(self[self.layout.hyperparameters])

    @property
    def genome(self) -> Genomes:
        """``(G,)`` uint8."""
        return np.array(self, np.uint8)

    def __deepcopy__(self, memo: dict[int, Any]) -> "Individual":
        twin = type(self)(self, self.layout)
        twin.fitness = self.fitness.__deepcopy__(memo)
        return twin

    def __reduce__(self) -> tuple[Any, ...]:
        return _individual, (list(self), self.layout, self.fitness.values if self.fitness.valid else ())


def _individual(bits: list[int], layout: Layout, values: tuple[float, ...]) -> Individual:
    individual = Individual(bits, layout)
    if values:
        individual.fitness.values = values
    return individual
