"""Initialization at the edge of chaos (paper, section III-A)."""

from dataclasses import dataclass
from typing import ClassVar, final

from nastoolkit.arrays import Genomes
from nastoolkit.genome import Layout
from nastoolkit.initializers.automaton import CriticalLambda, lambda_at, rows
from nastoolkit.initializers.base import Initializer
from nastoolkit.initializers.scope import Region, Scope
from nastoolkit.rng import Stream


@final
@dataclass(frozen=True, slots=True)
class EdgeOfChaos(Initializer):
    """Individuals are consecutive rows of a cellular automaton whose rule table has Langton's parameter ``lambda_c``.

    A ring of 256 cells with K = 32 states, the levels of a gene, and a neighbourhood of N = 2, a cell and its right
    neighbour. After 300 steps each row is one individual: its first cells, 5 bits each, are its bits in order, and are
    combined with the base model's by exclusive or. The quiescent state 0 thus stands for the base model's own value:
    lambda = 0 is the base model everywhere, lambda = 1 - 1/K forgets it. One rule table a seed; equal individuals are
    kept.

    The paper names Langton's parameter and gives neither an automaton nor a table: this construction is ours. It
    reports 0.786 for its text sets (``paper-text``) and 0.881 for its image sets (``paper-image``) and does not say how
    they were found. ``auto`` is where the mutual information between a cell and itself one step later peaks in this
    automaton (``nastoolkit chaos``).

    Args:
        lambda_c: share of the rule table that does not lead to the quiescent state, or where to take it from.
        scope: what is drawn: all bits, or the hyperparameters alone, as in the paper, with the base model's single
            block as every individual's architecture.
    """

    name: ClassVar[str] = "coe"
    lambda_c: CriticalLambda = "auto"
    scope: Scope = "all"

    def genomes(self, size: int, layout: Layout, stream: Stream) -> Genomes:
        """``(size, G)`` uint8, rows of one space-time diagram in order."""
        region = Region(layout, self.scope)
        states = rows(lambda_at(self.lambda_c), size, region.symbols, stream)
        return region.deviations(region.spelled(states))
