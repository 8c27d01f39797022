"""Rows of a cellular automaton, which several initializers take their individuals from.

The paper names Langton's parameter and gives neither an automaton nor a table: this construction is ours.
"""

from typing import Annotated, Literal, TypeAlias

import numpy as np
from annotated_types import Interval

from nastoolkit.chaos.automata import Cells, evolve, rule_table
from nastoolkit.chaos.critical import PAPER, critical_lambda
from nastoolkit.genome import LEVELS
from nastoolkit.rng import Stream

CELLS = 256
"""The ring's size; a genome that needs more cells makes it larger."""

NEIGHBOURS = 2

TRANSIENT = 300
"""Steps before the first individual is read off, so that it shows the automaton and not its random start."""

CriticalLambda: TypeAlias = Annotated[float, Interval(ge=0, le=1)] | Literal["auto", "paper-text", "paper-image"]
"""A number, or where it comes from: estimated for this automaton, or one of the two that the paper reports."""


def lambda_at(edge: CriticalLambda) -> float:
    """The number that is meant."""
    if edge == "auto":
        return critical_lambda(LEVELS, NEIGHBOURS)
    return PAPER[edge] if isinstance(edge, str) else edge


def rows(lambda_: float, size: int, symbols: int, stream: Stream) -> Cells:
    """``(size, symbols)`` states: the first cells of consecutive rows of one space-time diagram.

    A ring of 256 cells with K = 32 states, the levels of a gene, and a neighbourhood of N = 2, a cell and its right
    neighbour. The rule table and the first row are random, one of each for a stream; 300 steps come before the first
    row that is read off.
    """
    generator = stream.generator()
    table = rule_table(LEVELS, NEIGHBOURS, lambda_, generator)
    start = generator.integers(0, LEVELS, max(CELLS, symbols), np.uint8)
    return evolve(table, LEVELS, NEIGHBOURS, start, TRANSIENT + size - 1)[TRANSIENT:, :symbols]
