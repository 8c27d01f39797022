"""The contracts of the genetic operators, which are DEAP's own.

An operator may draw from Python's ``random`` and nothing else: the search lends it a seeded state (``lend_to_deap``).
"""

import random
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import ClassVar

from nastoolkit.components import Component
from nastoolkit.state import Individual


class Selection(Component, ABC):
    """Chooses parents."""

    kind: ClassVar[str] = "selection"

    @abstractmethod
    def select(self, individuals: Sequence[Individual], k: int) -> list[Individual]:
        """``k`` of the individuals, the same one perhaps several times; references, not copies."""


class Crossover(Component, ABC):
    """Mixes two individuals."""

    kind: ClassVar[str] = "crossover"

    @abstractmethod
    def mate(self, first: Individual, second: Individual) -> tuple[Individual, Individual]:
        """Mix the two in place, as often as their own rates say (:func:`crosses`), and return them."""


class Mutation(Component, ABC):
    """Changes one individual."""

    kind: ClassVar[str] = "mutation"

    @abstractmethod
    def mutate(self, individual: Individual) -> tuple[Individual]:
        """Change it in place, as often as its own rate says (:func:`mutates`), and return it in a tuple."""


class Replacement(Component, ABC):
    """Makes the next population."""

    kind: ClassVar[str] = "replacement"

    @abstractmethod
    def replace(self, parents: Sequence[Individual], offspring: Sequence[Individual]) -> list[Individual]:
        """As many individuals as there are parents, all evaluated; references, not copies."""


def best_first(individuals: Sequence[Individual]) -> list[Individual]:
    """From the smallest F to the largest; equal ones keep their order."""
    return sorted(individuals, key=lambda individual: individual.fitness.wvalues, reverse=True)


def crosses(first: Individual, second: Individual) -> bool:
    """Draw whether a pair crosses over: with the mean of its two crossover rates (our reading)."""
    rates = first.hyperparameters.crossover_rate + second.hyperparameters.crossover_rate
    return random.random() < rates / 2  # noqa: S311 - evolution, not secrets


def mutates(individual: Individual) -> bool:
    """Draw whether an individual is mutated: with its own mutation rate, as it stood before (our reading)."""
    return random.random() < individual.hyperparameters.mutation_rate  # noqa: S311 - evolution, not secrets
