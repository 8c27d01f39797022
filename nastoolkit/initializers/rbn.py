"""A random Boolean network in place of the automaton."""

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal, final

import numpy as np
from annotated_types import Interval

from nastoolkit.arrays import Genomes
from nastoolkit.chaos.boolean import critical_bias, random_network
from nastoolkit.genome import Layout
from nastoolkit.initializers.automaton import CELLS, TRANSIENT
from nastoolkit.initializers.base import Initializer
from nastoolkit.initializers.scope import Region, Scope
from nastoolkit.rng import Stream


@final
@dataclass(frozen=True, slots=True)
class BooleanNetworkInitializer(Initializer):
    """Individuals are consecutive states of a random Boolean network, at the edge of chaos unless a bias is given.

    Kauffman's model (1969): 256 nodes, or as many as there are bits to draw if those are more; each looks at K nodes
    drawn without replacement, and its table gives 1 with probability p. After 300 steps each state of the network is
    one individual: its first nodes are the bits, combined with the base model's by exclusive or, so 0 is the base
    model's own bit. Damage spreads by a factor of ``2 p (1 - p) K`` a step; ``critical`` is the p of at most 1/2 where
    that is 1 (Derrida and Pomeau 1986; Luque and Solé 1997). It is a second system with an edge of chaos, and one whose
    edge is known exactly; it is ours, the paper has none.

    One network a seed. A network at its edge has often come to rest or entered a short cycle after 300 steps; then
    individuals repeat, and they are kept.

    Args:
        inputs: K, the nodes that a node looks at.
        bias: p, the probability that an entry of a node's table is 1, or the critical one for this K.
        scope: what is drawn: all bits, or the hyperparameters alone, with the base model's single block as every
            individual's architecture.
    """

    name: ClassVar[str] = "rbn"
    inputs: Annotated[int, Interval(ge=1, le=10)] = 2
    bias: Annotated[float, Interval(ge=0, le=1)] | Literal["critical"] = "critical"
    scope: Scope = "all"

    def genomes(self, size: int, layout: Layout, stream: Stream) -> Genomes:
        """``(size, G)`` uint8, states of one network in order."""
        region, generator = Region(layout, self.scope), stream.generator()
        bias = critical_bias(self.inputs) if self.bias == "critical" else self.bias
        nodes = max(CELLS, region.bits)
        network = random_network(nodes, self.inputs, bias, generator)
        start = generator.integers(0, 2, nodes, np.uint8)
        return region.deviations(network.evolve(start, TRANSIENT + size - 1)[TRANSIENT:, : region.bits])
