"""Any point of the way from order to chaos (paper, section III-A, Figure 1)."""

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal, final

from annotated_types import Interval

from nastoolkit.arrays import Genomes
from nastoolkit.chaos.critical import domain_lambda
from nastoolkit.genome import Layout
from nastoolkit.initializers.automaton import rows
from nastoolkit.initializers.base import Initializer
from nastoolkit.initializers.scope import Region, Scope
from nastoolkit.rng import Stream


@final
@dataclass(frozen=True, slots=True)
class LangtonInitializer(Initializer):
    """The automaton of ``coe`` at any value of Langton's parameter.

    The paper's Figure 1 has four domains: fixed, periodic, complex and chaotic. ``coe`` stands where mutual
    information peaks, between complex and chaotic; the other three have names here. The larger the parameter, the
    less is left of the base model, whatever the automaton does: what several points of this way come to shows how
    much of the effect of ``coe`` is this dose. At the same number and with the same stream it gives the individuals
    of ``coe``. The construction is ours.

    Args:
        at: share of the rule table that does not lead to the quiescent state, or the name of a domain.
        scope: what is drawn: all bits, or the hyperparameters alone, with the base model's single block as every
            individual's architecture.
    """

    name: ClassVar[str] = "lambda"
    at: Annotated[float, Interval(ge=0, le=1)] | Literal["fixed", "periodic", "chaotic"]
    scope: Scope = "all"

    def genomes(self, size: int, layout: Layout, stream: Stream) -> Genomes:
        """``(size, G)`` uint8, rows of one space-time diagram in order."""
        region = Region(layout, self.scope)
        lambda_ = domain_lambda(self.at) if isinstance(self.at, str) else self.at
        return region.deviations(region.spelled(rows(lambda_, size, region.symbols, stream)))
