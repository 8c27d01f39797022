"""Cellular automata between order and chaos (Langton 1990; paper, section III-A).

A cell has one of K states and looks at a neighbourhood of N cells; a rule table gives its next state for each of the
T = K**N neighbourhoods. Langton's parameter is the share of the table that does not lead to the quiescent state 0: at 0
everything dies at once, at 1 - 1/K the states are drawn alike and the automaton is chaotic.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Cells = npt.NDArray[np.uint8]
"""States of cells, or rule tables: a state for each neighbourhood."""


def table_size(states: int, neighbours: int) -> int:
    """T = K**N, the entries of a rule table."""
    return states**neighbours


def langton_lambda(tables: Cells) -> npt.NDArray[np.float64]:
    """``(..., T)`` -> ``(...,)``: the share of a table that does not lead to the quiescent state."""
    return np.mean(tables != 0, axis=-1)


def rule_table(states: int, neighbours: int, lambda_: float, generator: np.random.Generator) -> Cells:
    """Draw a rule table of a given lambda (Langton's random-table method).

    Of the T = K**N entries exactly ``round((1 - lambda) * T)``, chosen at random, lead to the quiescent state, the rest
    to a state drawn uniformly from the others. The neighbourhood of quiescent cells always stays quiescent, so that at
    least one entry is.

    Args:
        states: K, from 2 to 256.
        neighbours: N.
        lambda_: Langton's parameter, from 0 to 1.
        generator: where the random numbers come from.

    Returns:
        ``(T,)`` the next state for each neighbourhood; see :func:`neighbourhoods` for their order.
    """
    return table_walk(states, neighbours, [lambda_], generator)[0]


def table_walk(states: int, neighbours: int, lambdas: Sequence[float], generator: np.random.Generator) -> Cells:
    """Draw nested rule tables (Langton's table-walk-through method).

    There is one order of the entries and one state for each; as lambda rises, more and more entries lead to theirs. Two
    tables thus differ only in the entries that separate their lambdas. Each table is by itself one of
    :func:`rule_table`.

    Args:
        states: K, from 2 to 256.
        neighbours: N.
        lambdas: ``(L,)`` Langton's parameters, in any order.
        generator: where the random numbers come from.

    Returns:
        ``(L, T)`` a table for each lambda.
    """
    size = table_size(states, neighbours)
    active = [min(size - round((1 - lambda_) * size), size - 1) for lambda_ in lambdas]
    places = generator.permutation(size - 1) + 1
    symbols = generator.integers(1, states, max(active))
    tables = np.zeros((len(active), size), np.uint8)
    for table, count in zip(tables, active, strict=True):
        table[places[:count]] = symbols[:count]
    return tables


def neighbourhoods(cells: Cells, states: int, neighbours: int) -> npt.NDArray[np.intp]:
    """``(..., C)`` rings -> ``(..., C)`` the place of each cell's neighbourhood in a rule table.

    A neighbourhood is read from left to right as a number in base K, the leftmost cell the most significant digit. Of N
    cells ``(N - 1) // 2`` lie left of the cell itself: N = 2 is the cell and its right neighbour, N = 3 is Wolfram's
    elementary neighbourhood.
    """
    size: int = cells.shape[-1]
    ring = np.arange(-((neighbours - 1) // 2), size + neighbours // 2)
    wide = cells.take(ring, axis=-1, mode="wrap").astype(np.intp)
    places = wide[..., :size]
    for offset in range(1, neighbours):
        places = places * states
        places += wide[..., offset : offset + size]
    return places


def evolve(tables: Cells, states: int, neighbours: int, cells: Cells, steps: int) -> Cells:
    """Run automata on rings, all of them at once.

    Args:
        tables: ``(..., T)`` a rule table each.
        states: K.
        neighbours: N.
        cells: ``(..., C)`` the first row of each; leading axes are broadcast against the tables'.
        steps: how many rows to add.

    Returns:
        ``(..., steps + 1, C)`` the space-time diagrams, one row a step.
    """
    automata = np.broadcast_shapes(tables.shape[:-1], cells.shape[:-1])
    rows = np.broadcast_to(cells, (*automata, cells.shape[-1]))
    first = np.arange(0, tables.size, table_size(states, neighbours)).reshape(*tables.shape[:-1], 1)
    entries = tables.ravel()
    diagrams = np.empty((*automata, steps + 1, cells.shape[-1]), np.uint8)
    diagrams[..., 0, :] = rows
    for step in range(1, steps + 1):
        rows = entries.take(neighbourhoods(rows, states, neighbours) + first)
        diagrams[..., step, :] = rows
    return diagrams
