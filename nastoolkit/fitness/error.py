"""Fitness that is the error alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, final

import numpy as np

from nastoolkit.arrays import Scores
from nastoolkit.datasets.base import Data
from nastoolkit.fitness.base import Candidate, Fitness
from nastoolkit.fitness.metrics import quality


@final
@dataclass(frozen=True, slots=True)
class ErrorFitness(Fitness):
    """1 - accuracy, or 1 - R2, on the validation part."""

    name: ClassVar[str] = "error"

    def measure(self, candidates: Sequence[Candidate], data: Data) -> Scores:
        """``(P,)``; NaN where a network diverged."""
        return np.array([1 - quality(one.predictions, data.valid.targets, data) for one in candidates], np.float64)
