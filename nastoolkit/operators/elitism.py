"""The paper's selection (Table I)."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, final

from nastoolkit.operators.base import Selection, best_first
from nastoolkit.state import Individual


@final
@dataclass(frozen=True, slots=True)
class Elitism(Selection):
    """Parents drawn uniformly, with replacement, from the better half of the population.

    The paper names elitism and no more; the half is our reading.
    """

    name: ClassVar[str] = "elitism"

    def select(self, individuals: Sequence[Individual], k: int) -> list[Individual]:
        """``k`` parents out of the best ``ceil(P / 2)``; of equal ones the earlier are taken to be better."""
        half = (len(individuals) + 1) // 2
        return random.choices(best_first(individuals)[:half], k=k)  # noqa: S311 - evolution, not secrets
