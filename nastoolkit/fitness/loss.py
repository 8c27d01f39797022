"""Fitness that is the loss alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, final

import numpy as np

from nastoolkit.arrays import Scores
from nastoolkit.datasets.base import Data
from nastoolkit.fitness.base import Candidate, Fitness
from nastoolkit.fitness.metrics import loss


@final
@dataclass(frozen=True, slots=True)
class LossFitness(Fitness):
    """Loss on the validation part: mean cross-entropy, or mean squared error of standardized values."""

    name: ClassVar[str] = "loss"

    def measure(self, candidates: Sequence[Candidate], data: Data) -> Scores:
        """``(P,)``; NaN where a network diverged."""
        return np.array([loss(one.predictions, data.valid.targets, data) for one in candidates], np.float64)
