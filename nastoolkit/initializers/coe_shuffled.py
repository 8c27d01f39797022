"""The control of initialization at the edge of chaos: its states without their order."""

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
class ShuffledEdgeOfChaos(Initializer):
    """The states of ``coe``, dealt out anew over individuals and positions.

    The same stream gives the same automaton as ``coe``, so a run with it and a run with ``coe`` of the same seed begin
    with the very same states. They are permuted uniformly before they are combined with the base model by exclusive
    or: every state is there as often as it was, among them the quiescent one that is the base model's own value, and
    what the automaton did in space and time is gone. Where ``coe`` is no better than this, it was the dose of the base
    model and not the edge of chaos that helped. The control is ours; the paper has none.

    Args:
        lambda_c: share of the rule table that does not lead to the quiescent state, or where to take it from, as for
            ``coe``.
        scope: what is drawn: all bits, or the hyperparameters alone, with the base model's single block as every
            individual's architecture.
    """

    name: ClassVar[str] = "coe_shuffled"
    lambda_c: CriticalLambda = "auto"
    scope: Scope = "all"

    def genomes(self, size: int, layout: Layout, stream: Stream) -> Genomes:
        """``(size, G)`` uint8."""
        region = Region(layout, self.scope)
        states = rows(lambda_at(self.lambda_c), size, region.symbols, stream)
        shuffled = stream.at("shuffle").generator().permutation(states.ravel()).reshape(states.shape)
        return region.deviations(region.spelled(shuffled))
