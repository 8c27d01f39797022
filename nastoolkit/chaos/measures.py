"""What tells order from chaos in a cellular automaton, for many automata at once.

Mutual information follows Langton (1990): a cell and itself one step later. All of it comes from one table of counts,
how often each neighbourhood was seen: a neighbourhood holds a cell and its right neighbour, and the rule table tells
what the cell becomes. Entropies are in bits and have the correction of Miller (1955) and Madow.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from nastoolkit.arrays import Numbers
from nastoolkit.chaos.automata import Cells, evolve, neighbourhoods, table_size
from nastoolkit.errors import ConfigError

Counts = npt.NDArray[np.int64]

SAMPLES = 10
"""Cells that are to be counted for each pair of states: with fewer, the correction takes too little away."""


def count_neighbourhoods(diagrams: Cells, states: int, neighbours: int) -> Counts:
    """``(A, S, C)`` space-time diagrams -> ``(A, T)`` how often each of the T = K**N neighbourhoods was seen.

    Raises:
        ConfigError: there are fewer than 10 K**2 cells in a diagram.
    """
    check_samples(diagrams[0].size, states)
    size = table_size(states, neighbours)
    return np.stack([np.bincount(neighbourhoods(d, states, neighbours).ravel(), minlength=size) for d in diagrams])


def check_samples(samples: int, states: int) -> None:
    """Say that mutual information cannot be told from so few cells.

    Raises:
        ConfigError: there are fewer than 10 K**2.
    """
    if samples < SAMPLES * states**2:
        raise ConfigError(
            f"{samples:,} cells (cells of the ring times steps) are too few to measure the mutual information of "
            f"{states} states: it takes {SAMPLES} K^2 = {SAMPLES * states**2:,}. Measure more steps, a larger ring, or "
            "fewer states."
        )


def own_states(weights: Numbers | Counts, states: int, neighbours: int) -> Numbers:
    """``(A, T)`` counts or probabilities of neighbourhoods -> ``(A, K)``: of the cell's own state."""
    left = (neighbours - 1) // 2
    return weights.reshape(len(weights), states**left, states, -1).sum(axis=(1, 3), dtype=np.float64)


def pairs_in_space(weights: Numbers | Counts, states: int, neighbours: int) -> Numbers:
    """``(A, T)`` counts or probabilities of neighbourhoods -> ``(A, K, K)``: of a cell and its right neighbour."""
    left = (neighbours - 1) // 2
    return weights.reshape(len(weights), states**left, states, states, -1).sum(axis=(1, 4), dtype=np.float64)


def pairs_in_time(weights: Numbers | Counts, tables: Cells, states: int, neighbours: int) -> Numbers:
    """``(A, T)`` counts or probabilities of neighbourhoods -> ``(A, K, K)``: of a cell and itself one step later.

    Args:
        weights: of neighbourhoods.
        tables: ``(A, T)`` the automata's rule tables.
        states: K.
        neighbours: N.
    """
    right = neighbours // 2
    own = np.arange(table_size(states, neighbours)) // states**right % states
    pairs = own * states + tables
    counted = [np.bincount(one, weight, states**2) for one, weight in zip(pairs, weights, strict=True)]
    return np.array(counted, np.float64).reshape(-1, states, states)


def entropy(counts: Numbers) -> Numbers:
    """``(A, ...)`` counts -> ``(A,)`` bits, with the correction ``(seen - 1) / 2 n`` nats of Miller and Madow."""
    flat = counts.reshape(len(counts), -1)
    total = flat.sum(axis=1)
    seen = np.count_nonzero(flat, axis=1)
    return plain_entropy(flat / total[:, None]) + (seen - 1) / (2 * total * np.log(2))


def plain_entropy(shares: Numbers) -> Numbers:
    """``(A, ...)`` probabilities -> ``(A,)`` bits."""
    flat = shares.reshape(len(shares), -1)
    return -(flat * np.log2(np.where(flat > 0, flat, 1.0))).sum(axis=1)


def mutual_information(pairs: Numbers) -> Numbers:
    """``(A, K, K)`` counts -> ``(A,)`` bits that one of a pair tells of the other: H(X) + H(Y) - H(X, Y), corrected.

    Of independent states it is 0 on average, and so sometimes negative.
    """
    return entropy(pairs.sum(axis=2)) + entropy(pairs.sum(axis=1)) - entropy(pairs)


def floor(tables: Cells, shares: Numbers, neighbours: int) -> Numbers:
    """Mutual information in time that rule tables would show if cells were independent of each other.

    A table alone ties a cell to what it becomes, however chaotic the automaton is. The sum over all neighbourhoods is
    exact: each has the product of its cells' probabilities.

    Args:
        tables: ``(A, T)``.
        shares: ``(A, K)`` the probabilities of the states.
        neighbours: N.

    Returns:
        ``(A,)`` bits.
    """
    states = shares.shape[1]
    product = np.ones((len(shares), 1))
    for _ in range(neighbours):
        product = (product[:, :, None] * shares[:, None, :]).reshape(len(shares), -1)
    pairs = pairs_in_time(product, tables, states, neighbours)
    return plain_entropy(pairs.sum(axis=2)) + plain_entropy(pairs.sum(axis=1)) - plain_entropy(pairs)


class Orbits(NamedTuple):
    """How long rings wander before they repeat themselves."""

    transient: Counts
    """``(A,)`` steps before the first row that comes again; where none does, all that were seen: a lower bound."""
    period: Counts
    """``(A,)`` steps until it comes again; 0 where it does not."""


def orbits(diagrams: Cells) -> Orbits:
    """``(A, S, C)`` space-time diagrams from their first rows on -> transients and periods.

    A row that came before makes the last row come before too, so that only the last is looked for: this is exact.
    """
    found = [_orbit(diagram) for diagram in diagrams]
    return Orbits(*np.array(found, np.int64).T)


def _orbit(diagram: Cells) -> tuple[int, int]:
    last = len(diagram) - 1
    again = np.flatnonzero((diagram[:-1] == diagram[-1]).all(axis=1))
    if not len(again):
        return last, 0
    period = last - int(again[-1])
    return int(np.count_nonzero((diagram[:-period] != diagram[period:]).any(axis=1))), period


def damage(tables: Cells, states: int, neighbours: int, diagrams: Cells, generator: np.random.Generator) -> Numbers:
    """How far the change of one cell spreads: 0 in order, where it heals or stays where it was, 1 in chaos.

    A copy of each ring starts from the diagram's first row with one cell in another state. In the last quarter of the
    steps, the share of the other cells that differ is set in relation to what rows differ in that have nothing to do
    with each other: 1 - sum of p**2, for the shares p that the states have in both rings. Where all cells are alike it
    is 0. Damage moves at most ``N // 2`` cells a step one way and ``(N - 1) // 2`` the other, so that it takes time to
    fill a ring; in linear rules (such as Wolfram's 90) it stays thin for much longer.

    Args:
        tables: ``(A, T)``.
        states: K.
        neighbours: N.
        diagrams: ``(A, S + 1, C)`` of the undisturbed rings.
        generator: draws which cells are changed, and to what.

    Returns:
        ``(A,)``; chance may take it a little over 1.
    """
    automata, (steps, size) = np.arange(len(diagrams)), (diagrams.shape[1] - 1, diagrams.shape[2])
    rows, changed = diagrams[:, 0].copy(), generator.integers(0, size, len(diagrams))
    rows[automata, changed] = (rows[automata, changed] + generator.integers(1, states, len(rows))) % states
    copies = evolve(tables, states, neighbours, rows, steps)
    late = slice(steps - steps // 4, None)
    differing = np.count_nonzero(diagrams[:, late] != copies[:, late], axis=2)
    spread = np.maximum(differing - 1, 0).mean(axis=1) / (size - 1)
    both = np.stack([diagrams[:, late], copies[:, late]], axis=1)
    shares = np.stack([np.bincount(seen.ravel(), minlength=states) for seen in both]) / both[0].size
    chance = 1 - (shares**2).sum(axis=1)
    return np.divide(spread, chance, out=np.zeros_like(spread), where=chance > 0)
