"""The contract of a pruner: one step from a network to a smaller one."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from nastoolkit.architecture import Architecture, Edge
from nastoolkit.arrays import Floats, Scores, seal
from nastoolkit.components import Component
from nastoolkit.rng import Stream


@dataclass(frozen=True, slots=True, eq=False)
class Specimen:
    """A network on its way from dense to sparse.

    Args:
        origin: the architecture that it had before anything was taken away.
        architecture: the one that it has now.
        weights: ``(C,)`` float32, trained.
        remaining: how many weights are left: 1 - remaining / C of the origin is the sparsity.
        fitness: F on the validation part.
        step: how many times something was taken away so far.
    """

    origin: Architecture
    architecture: Architecture
    weights: Floats
    remaining: int
    fitness: float
    step: int

    def __post_init__(self) -> None:
        seal(self, "weights")

    @property
    def sparsity(self) -> float:
        """Share of the origin's weights that are gone."""
        return 1 - self.remaining / self.origin.complexity

    def allowed(self, sparsity: float) -> int:
        """How many weights may be left where this sparsity is asked for."""
        return int((1 - sparsity) * self.origin.complexity + 1e-9)  # a product of floats may miss a whole number

    def allowed_next(self, sparsity: float, steps: int) -> int:
        """How many may be left after the next of so many equal increments up to a sparsity."""
        return self.allowed(sparsity * min(self.step + 1, steps) / steps)


@dataclass(frozen=True, slots=True, eq=False)
class Bench:
    """What a pruner may ask while it works on a specimen.

    Args:
        toggled: F of the specimen without some of its connections, for any number of such cuts at once; those that are
            left must reach the output.
        population: the architectures of the population, in canonical form.
        fitness: ``(P,)`` their F.
    """

    toggled: Callable[[Sequence[frozenset[Edge]]], Scores]
    population: tuple[Architecture, ...]
    fitness: Scores

    def __post_init__(self) -> None:
        seal(self, "fitness")


class Pruner(Component, ABC):
    """Takes something away from a network."""

    kind: ClassVar[str] = "pruner"
    unstructured: ClassVar[bool] = False
    """Whether it zeroes single weights, which then stay 0, instead of making the network smaller."""

    sparsity: float | None
    """The share of weights to take away, in [0, 1); None where it stops by itself."""
    epochs: int
    """Back-propagation cycles after each step."""

    @abstractmethod
    def prune(self, specimen: Specimen, bench: Bench, stream: Stream) -> tuple[Architecture, Floats] | None:
        """The next smaller network, before it is trained further, or None where this one is to stay as it is."""
