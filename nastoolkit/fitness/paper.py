"""The paper's Equation 3."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal, final

import numpy as np

from nastoolkit.arrays import Scores
from nastoolkit.datasets.base import Data
from nastoolkit.errors import ConfigError
from nastoolkit.fitness.base import Candidate, Fitness

OBJECTIVES = (("fitness",), ("fitness", "complexity"))


@final
@dataclass(frozen=True, slots=True)
class PaperFitness(Fitness):
    """``F = E / O + alpha * C / C_max + mu * P``, minimized (paper, Equation 3).

    E is the mean over rows of the sum over outputs of |target - prediction|, one-hot targets against probabilities or
    standardized values against each other; O the number of outputs; C the number of trainable weights and C_max that of
    the largest architecture; P the fraction of connections that was pruned. The absolute value is our reading: the
    paper's difference has a sign.

    Args:
        alpha: weight of complexity; small, so that the error leads.
        mu: weight of pruning; below 0 it rewards pruning.
        objectives: ``fitness``, or ``fitness`` and ``complexity``, which is C / C_max: the search then keeps a Pareto
            front of the two. F counts complexity too, unless alpha is 0.
        literal: take the individual's learning rate for alpha and its momentum for mu, as the paper writes. Evolution
            then lowers F by shrinking those two genes.
    """

    name: ClassVar[str] = "paper"
    alpha: float = 0.001
    mu: float = 0.0
    literal: bool = False
    objectives: tuple[Literal["fitness", "complexity"], ...] = ("fitness",)

    def __post_init__(self) -> None:
        if self.objectives not in OBJECTIVES:
            raise ConfigError(
                f"[fitness] objectives = {list(self.objectives)} cannot be: give ['fitness'] or "
                "['fitness', 'complexity']."
            )
        if self.literal and len(self.objectives) > 1:
            raise ConfigError(
                "[fitness] literal = true has one objective: evolution lowers it by the genes that weigh complexity, "
                "so a front would tell nothing. Give objectives = ['fitness'], or literal = false."
            )

    def measure(self, candidates: Sequence[Candidate], data: Data) -> Scores:
        """``(P,)`` or ``(P, 2)``; NaN where a network diverged."""
        expected = data.expected(data.valid)
        errors = [np.abs(expected - one.predictions).mean(dtype=np.float64) for one in candidates]
        found = np.array([error + self._price(one) for error, one in zip(errors, candidates, strict=True)], np.float64)
        found = np.where(np.isfinite(found), found, np.nan)
        if len(self.objectives) == 1:
            return found
        return np.stack([found, [_share(one) for one in candidates]], axis=1)

    def _price(self, candidate: Candidate) -> float:
        genes = candidate.hyperparameters
        alpha, mu = (genes.learning_rate, genes.momentum) if self.literal else (self.alpha, self.mu)
        return alpha * _share(candidate) + mu * candidate.pruned_fraction


def _share(candidate: Candidate) -> float:
    return candidate.architecture.complexity / candidate.max_complexity
