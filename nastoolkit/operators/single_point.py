"""The paper's crossover (Table I)."""

from dataclasses import dataclass
from typing import ClassVar, final

from nastoolkit.operators.base import Crossover, crosses
from nastoolkit.operators.deap_tools import deap_tool
from nastoolkit.state import Individual


@final
@dataclass(frozen=True, slots=True)
class SinglePoint(Crossover):
    """Swaps everything behind one cut, which falls between any two bits with equal chance (DEAP's ``cxOnePoint``)."""

    name: ClassVar[str] = "single_point"

    def mate(self, first: Individual, second: Individual) -> tuple[Individual, Individual]:
        """Swap in place, as often as the mean of the two crossover rates says."""
        return deap_tool("cxOnePoint")(first, second) if crosses(first, second) else (first, second)
