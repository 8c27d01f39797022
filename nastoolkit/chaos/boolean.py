"""Random Boolean networks between order and chaos (Kauffman 1969; Derrida and Pomeau 1986).

Each of n nodes is 0 or 1 and looks at K nodes; a table of its own gives its next value for each of their 2**K values.
An entry of a table is 1 with probability p, the bias. A node flips with probability 2 p (1 - p) when one of its inputs
does, and a node is the input of K others on average: a flipped node flips 2 p (1 - p) K others a step later. Below 1
such damage dies out and the network is ordered, above 1 it spreads and the network is chaotic; at 1 it is critical.
"""

from dataclasses import dataclass
from math import sqrt

import numpy as np
import numpy.typing as npt

from nastoolkit.errors import ConfigError

States = npt.NDArray[np.uint8]
"""0 or 1 for each node."""


@dataclass(frozen=True, slots=True, eq=False)
class BooleanNetwork:
    """Who looks at whom, and what comes of it.

    Args:
        inputs: ``(n, K)`` the nodes that each node looks at.
        tables: ``(n, 2**K)`` the next value of each node; the inputs' values are a number in base 2 and its place, the
            first input the most significant digit.
    """

    inputs: npt.NDArray[np.intp]
    tables: States

    def evolve(self, states: States, steps: int) -> States:
        """``(..., n)`` -> ``(..., steps + 1, n)``, the given states first: all nodes change at once."""
        rows = np.empty((*states.shape[:-1], steps + 1, states.shape[-1]), np.uint8)
        rows[..., 0, :] = states
        nodes = np.arange(len(self.tables))
        for step in range(steps):
            place = np.zeros(states.shape, np.intp)
            for inputs in self.inputs.T:
                place = 2 * place + rows[..., step, inputs]
            rows[..., step + 1, :] = self.tables[nodes, place]
        return rows


def random_network(nodes: int, inputs: int, bias: float, generator: np.random.Generator) -> BooleanNetwork:
    """Draw a network of Kauffman's.

    Args:
        nodes: n.
        inputs: K, at most n; those of a node are distinct and may be the node itself.
        bias: p, the probability that an entry of a table is 1.
        generator: where the random numbers come from.
    """
    chosen = [generator.choice(nodes, inputs, replace=False) for _ in range(nodes)]
    tables = generator.random((nodes, 2**inputs)) < bias
    return BooleanNetwork(np.array(chosen, np.intp), tables.astype(np.uint8))


def critical_bias(inputs: int) -> float:
    """The p of at most 1/2 at which networks of K inputs are critical: ``2 p (1 - p) K = 1``.

    The other solution is 1 - p. For K = 2 both are 1/2 (Derrida and Pomeau 1986; Luque and Solé 1997).

    Raises:
        ConfigError: K is below 2: networks of one input are ordered whatever the bias is.
    """
    if inputs < 2:  # noqa: PLR2004 - where 2 p (1 - p) K reaches 1 at p = 1/2
        raise ConfigError(
            f"Boolean networks of {inputs} inputs are ordered at any bias: none is critical. Give 2 inputs or more, "
            "or a number for the bias."
        )
    return (1 - sqrt(1 - 2 / inputs)) / 2
