"""The paper's replacement (Table I)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar, final

from annotated_types import Ge

from nastoolkit.operators.base import Replacement, best_first
from nastoolkit.state import Individual


@final
@dataclass(frozen=True, slots=True)
class Unconditional(Replacement):
    """The offspring replace their parents whether they are better or not; the best parents alone survive.

    The paper names unconditional replacement beside elitism; that the best one survives is our reading of the two.

    Args:
        elites: parents that survive unchanged; 0 replaces them all.
    """

    name: ClassVar[str] = "unconditional"
    elites: Annotated[int, Ge(0)] = 1

    def replace(self, parents: Sequence[Individual], offspring: Sequence[Individual]) -> list[Individual]:
        """The best parents, best first, then the offspring in their own order.

        Where there are more offspring than places the worst are left out; where there are fewer, the next best parents
        stay too.
        """
        ranked = best_first(parents)
        elite = ranked[: self.elites]
        places = len(ranked) - len(elite)
        order = sorted(range(len(offspring)), key=lambda n: offspring[n].fitness.wvalues, reverse=True)
        children = [offspring[n] for n in sorted(order[:places])]
        return elite + children + ranked[len(elite) : len(ranked) - len(children)]
