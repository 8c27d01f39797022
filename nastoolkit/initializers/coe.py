"""Initialization at the edge of chaos (paper, section III-A)."""

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal, final

import numpy as np
from annotated_types import Interval

from nastoolkit.arrays import Genomes
from nastoolkit.chaos import Cells, evolve, rule_table
from nastoolkit.genome import GENE_BITS, LEVELS, Layout
from nastoolkit.initializers.base import Initializer
from nastoolkit.rng import Stream

CELLS = 256
"""The ring's size; a genome that needs more cells makes it larger."""

NEIGHBOURS = 2
TRANSIENT = 300
"""Steps before the first individual is read off, so that it shows the automaton and not its random start."""


@final
@dataclass(frozen=True, slots=True)
class EdgeOfChaos(Initializer):
    """Individuals are consecutive rows of a cellular automaton whose rule table has Langton's parameter ``lambda_c``.

    A ring of 256 cells with K = 32 states, the levels of a gene, and a neighbourhood of N = 2, a cell and its right
    neighbour. After 300 steps each row is one individual: its first cells, 5 bits each, are its bits in order, and are
    combined with the base model's by exclusive or. The quiescent state 0 thus stands for the base model's own value:
    lambda = 0 is the base model everywhere, lambda = 1 - 1/K forgets it. One rule table a seed; equal individuals are
    kept.

    The paper names Langton's parameter and gives neither an automaton nor a table: this construction is ours. 0.786
    is the value that the paper reports for its text sets (0.881 for its image sets). It is taken from there:
    this release does not estimate where the edge lies.

    Args:
        lambda_c: share of the rule table that does not lead to the quiescent state.
        scope: what is drawn: all bits, or the hyperparameters alone, as in the paper, with the base model's single
            block as every individual's architecture.
    """

    name: ClassVar[str] = "coe"
    lambda_c: Annotated[float, Interval(ge=0, le=1)] = 0.786
    scope: Literal["all", "hyperparameters"] = "all"

    def genomes(self, size: int, layout: Layout, stream: Stream) -> Genomes:
        """``(size, G)`` uint8, rows of one space-time diagram in order."""
        drawn = slice(0, layout.length) if self.scope == "all" else layout.hyperparameters
        bits = drawn.stop - drawn.start
        needed = -(-bits // GENE_BITS)
        genomes = np.tile(layout.base, (size, 1))
        genomes[:, drawn] ^= _bits(self._rows(size, max(CELLS, needed), stream)[:, :needed])[:, :bits]
        return genomes

    def _rows(self, size: int, cells: int, stream: Stream) -> Cells:
        """``(size, cells)`` the rows after the transient."""
        generator = stream.generator()
        table = rule_table(LEVELS, NEIGHBOURS, self.lambda_c, generator)
        start = generator.integers(0, LEVELS, cells, np.uint8)
        return evolve(table, LEVELS, NEIGHBOURS, start, TRANSIENT + size - 1)[TRANSIENT:]


def _bits(symbols: Cells) -> Genomes:
    """``(P, S)`` -> ``(P, 5 S)``, most significant bit first."""
    return np.unpackbits(symbols[..., None], axis=2)[..., -GENE_BITS:].reshape(len(symbols), -1)
