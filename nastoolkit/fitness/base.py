"""The contract of a fitness function."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from nastoolkit.architecture import Architecture
from nastoolkit.arrays import Floats, Scores, seal
from nastoolkit.components import Component
from nastoolkit.datasets.base import Data
from nastoolkit.genome import Hyperparameters


@dataclass(frozen=True, slots=True)
class Candidate:
    """One trained network, as a fitness function sees it.

    Args:
        architecture: its canonical form.
        hyperparameters: its learning rate and momentum; the rates of evolution are no part of a network, and NaN here.
        curve: ``(E,)`` mean training loss of each epoch; ``(1,)`` zero where a pruner asks what would be.
        predictions: ``(N, O)`` for ``data.valid``: probabilities, or standardized values.
        max_complexity: C_max, the complexity of the largest architecture of the search space.
        pruned_fraction: connections removed over connections of the decoded canonical form.
    """

    architecture: Architecture
    hyperparameters: Hyperparameters
    curve: Floats
    predictions: Floats
    max_complexity: int
    pruned_fraction: float = 0.0

    def __post_init__(self) -> None:
        seal(self, "curve", "predictions")


class Fitness(Component, ABC):
    """Says how good a network is."""

    kind: ClassVar[str] = "fitness"

    @abstractmethod
    def measure(self, candidates: Sequence[Candidate], data: Data) -> Scores:
        """``(P,)`` F, or ``(P, M)`` several objectives of which F is the first; float64, smaller is better.

        NaN means no answer, and loses to every number.

        Predictions may hold NaN or infinity where a network diverged.
        """
