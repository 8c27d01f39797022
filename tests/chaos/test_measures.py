from itertools import pairwise, product
from math import log, log2, prod

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from nastoolkit.chaos import measures
from nastoolkit.chaos.automata import Cells, evolve, rule_table
from nastoolkit.errors import ConfigError

SIZES = st.sampled_from([(2, 2), (3, 2), (2, 3), (3, 3), (2, 4), (4, 2)])
SEEDS = st.integers(0, 999)


def automaton(size: tuple[int, int], seed: int, cells: int = 40, steps: int = 30) -> tuple[Cells, Cells]:
    """A rule table and a space-time diagram."""
    generator = np.random.default_rng(seed)
    table = rule_table(*size, 0.7, generator)
    return table, evolve(table, *size, generator.integers(0, size[0], cells, np.uint8), steps)


def test_miller_madow_by_hand() -> None:
    counts = np.array([[2.0, 1.0, 1.0, 0.0], [4.0, 0.0, 0.0, 0.0]])
    assert measures.entropy(counts) == pytest.approx([1.5 + 2 / (2 * 4 * log(2)), 0.0])


@given(weights=st.lists(st.integers(0, 9), min_size=2, max_size=6).filter(any))
def test_entropy_without_correction_is_scipys(weights: list[int]) -> None:
    shares = np.array([weights]) / sum(weights)
    assert measures.plain_entropy(shares)[0] == pytest.approx(float(stats.entropy(weights, base=2)))


@pytest.mark.parametrize("states", [2, 5, 32])
def test_information_of_copied_and_of_independent_cells_in_closed_form(states: int) -> None:
    copied, independent = np.eye(states) * 100, np.ones((states, states))
    known, unknown = measures.mutual_information(np.stack([copied, independent]))
    assert known == pytest.approx(log2(states) + (states - 1) / (2 * 100 * states * log(2)))
    assert unknown == pytest.approx(-((states - 1) ** 2) / (2 * states**2 * log(2)))


def test_the_correction_takes_the_bias_of_few_samples_away() -> None:
    states, samples, generator = 8, 640, np.random.default_rng(1)
    pairs = generator.integers(0, states**2, (400, samples))
    counts = np.stack([np.bincount(one, minlength=states**2) for one in pairs]).reshape(-1, states, states)
    found = measures.mutual_information(counts.astype(np.float64))
    error = found.std() / np.sqrt(len(found))
    assert abs(found.mean()) < 4 * error
    shares = counts / samples
    plain = sum(measures.plain_entropy(shares.sum(axis=k)) for k in (1, 2)) - measures.plain_entropy(shares)
    assert plain.mean() > 40 * error


@given(size=SIZES, seed=SEEDS)
def test_pairs_are_those_that_a_walk_over_the_diagram_counts(size: tuple[int, int], seed: int) -> None:
    states, (table, diagram) = size[0], automaton(size, seed)
    seen = measures.count_neighbourhoods(diagram[None, :-1], *size)
    own, space, time = np.zeros(states), np.zeros((states, states)), np.zeros((states, states))
    for row, after in pairwise(diagram):
        for n, cell in enumerate(row):
            own[cell] += 1
            space[cell, row[(n + 1) % len(row)]] += 1
            time[cell, after[n]] += 1
    assert np.array_equal(measures.own_states(seen, *size)[0], own)
    assert np.array_equal(measures.pairs_in_space(seen, *size)[0], space)
    assert np.array_equal(measures.pairs_in_time(seen, table[None], *size)[0], time)


@given(size=SIZES, seed=SEEDS)
def test_the_floor_is_the_sum_over_all_neighbourhoods(size: tuple[int, int], seed: int) -> None:
    (states, neighbours), (table, _) = size, automaton(size, seed, steps=0)
    shares = np.random.default_rng(seed).dirichlet(np.ones(states))
    pairs = np.zeros((states, states))
    for place, cells in enumerate(product(range(states), repeat=neighbours)):
        pairs[cells[(neighbours - 1) // 2], table[place]] += prod(shares[cell] for cell in cells)
    apart = np.outer(pairs.sum(axis=1), pairs.sum(axis=0))
    expected = sum(
        pairs[place] * log2(pairs[place] / apart[place]) for place in np.ndindex(pairs.shape) if pairs[place]
    )
    assert measures.floor(table[None], shares[None], neighbours)[0] == pytest.approx(expected, abs=1e-9)


def test_information_falls_to_the_floor_where_cells_are_independent() -> None:
    generator = np.random.default_rng(4)
    table, row = rule_table(4, 2, 0.6, generator), generator.integers(0, 4, 200_000, np.uint8)
    seen = measures.count_neighbourhoods(row[None, None], 4, 2)
    found = measures.mutual_information(measures.pairs_in_time(seen, table[None], 4, 2))
    floor = measures.floor(table[None], np.full((1, 4), 0.25), 2)
    assert floor[0] > 0.1
    assert found == pytest.approx(floor, abs=0.005)


def test_too_few_samples_are_an_error_that_says_how_many_it_takes() -> None:
    diagram = np.zeros((1, 10, 15), np.uint8)
    assert measures.count_neighbourhoods(diagram[:, :, :9], 3, 2)[0, 0] == 90
    with pytest.raises(ConfigError, match=r"150 cells .* 4 states.* 160"):
        measures.count_neighbourhoods(diagram, 4, 2)


@given(size=st.sampled_from([(2, 3), (3, 2)]), seed=SEEDS, cells=st.integers(2, 7))
def test_orbits_are_told_by_the_first_row_that_comes_again(size: tuple[int, int], seed: int, cells: int) -> None:
    _, diagram = automaton(size, seed, cells, 40)
    seen: dict[bytes, int] = {}
    expected = (40, 0)
    for step, row in enumerate(diagram):
        if row.tobytes() in seen:
            expected = (seen[row.tobytes()], step - seen[row.tobytes()])
            break
        seen[row.tobytes()] = step
    transient, period = measures.orbits(diagram[None])
    assert (transient[0], period[0]) == expected


def test_a_row_that_does_not_come_again_in_time_is_censored() -> None:
    counting = np.arange(6, dtype=np.uint8)[None, :, None]
    assert measures.orbits(counting) == (np.array([5]), np.array([0]))


@pytest.mark.parametrize(
    ("rule", "low", "high"),
    [
        (0, 0, 0),  # all die
        (204, 0, 0),  # every cell stays as it is, the changed one too
        (170, 0, 0),  # all move to the left, the changed one among them
        (30, 0.95, 1.05),
    ],
)
def test_damage_of_elementary_rules(rule: int, low: float, high: float) -> None:
    generator = np.random.default_rng(5)
    tables = np.repeat(np.array([[rule >> place & 1 for place in range(8)]], np.uint8), 10, axis=0)
    diagrams = evolve(tables, 2, 3, generator.integers(0, 2, (10, 101), np.uint8), 300)
    assert low <= measures.damage(tables, 2, 3, diagrams, generator).mean() <= high


def test_damage_by_hand() -> None:
    """A changed cell of a quiescent ring fills it leftwards, one cell a step, by the rule of `or`."""
    tables = np.array([[0, 1, 1, 1]], np.uint8)
    diagrams = np.zeros((1, 9, 6), np.uint8)  # in the last two of eight steps all six cells of the copy are on
    found = measures.damage(tables, 2, 2, diagrams, np.random.default_rng(0))
    assert found == pytest.approx([1 / (1 - 0.5)])  # five of five others differ; both rings together are half on
