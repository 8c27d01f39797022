"""The paper's mutation (Table I)."""

from dataclasses import dataclass
from typing import ClassVar, final

from nastoolkit.operators.base import Mutation, mutates
from nastoolkit.operators.deap_tools import deap_tool
from nastoolkit.state import Individual


@final
@dataclass(frozen=True, slots=True)
class BinaryInversion(Mutation):
    """Flips each bit with probability 1 / G, one on average.

    How often an individual is mutated at all is its own mutation rate, as it stood before. The paper can also be read
    as a rate for each bit; but then a random gene makes most children noise, so that reading is not the default.

    Args:
        per_bit: every bit flips with the individual's own mutation rate, and every individual is mutated.
    """

    name: ClassVar[str] = "binary_inversion"
    per_bit: bool = False

    def mutate(self, individual: Individual) -> tuple[Individual]:
        """Flip bits in place."""
        if self.per_bit:
            return deap_tool("mutFlipBit")(individual, individual.hyperparameters.mutation_rate)
        return deap_tool("mutFlipBit")(individual, 1 / len(individual)) if mutates(individual) else (individual,)
