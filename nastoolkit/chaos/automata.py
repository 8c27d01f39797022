"""Cellular automata between order and chaos (Langton 1990; paper, section III-A).

A cell has one of K states and looks at a neighbourhood of N cells; a rule table gives its next state for each of the
K**N neighbourhoods. Langton's parameter is the share of the table that does not lead to the quiescent state 0: at 0
everything dies at once, at 1 - 1/K the states are drawn alike and the automaton is chaotic.
"""

import numpy as np
import numpy.typing as npt

Cells = npt.NDArray[np.uint8]
"""States of cells, or a rule table: a state for each neighbourhood."""


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
        ``(K**N,)`` the next state for each neighbourhood; see :func:`evolve` for their order.
    """
    size = states**neighbours
    active = min(size - round((1 - lambda_) * size), size - 1)
    table = np.zeros(size, np.uint8)
    places = generator.permutation(size - 1)[:active] + 1
    table[places] = generator.integers(1, states, active)
    return table


def evolve(table: Cells, states: int, neighbours: int, cells: Cells, steps: int) -> Cells:
    """Run an automaton on a ring.

    A neighbourhood is read from left to right as a number in base K, the leftmost cell the most significant digit, and
    that number is its place in the table. Of N cells ``(N - 1) // 2`` lie left of the cell itself: N = 2 is the cell
    and its right neighbour, N = 3 is Wolfram's elementary neighbourhood.

    Args:
        table: ``(K**N,)``.
        states: K.
        neighbours: N.
        cells: ``(C,)`` the first row.
        steps: how many rows to add.

    Returns:
        ``(steps + 1, C)`` the space-time diagram, one row a step.
    """
    diagram = np.empty((steps + 1, len(cells)), np.uint8)
    diagram[0] = cells
    left = (neighbours - 1) // 2
    for step in range(steps):
        place = np.zeros(len(cells), np.intp)
        for offset in range(-left, neighbours - left):
            place = place * states + np.roll(diagram[step], -offset)
        diagram[step + 1] = table[place]
    return diagram
