from itertools import pairwise
from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chisquare

from nastoolkit.chaos.automata import Cells, evolve, langton_lambda, neighbourhoods, rule_table, table_walk

SIZES = st.sampled_from([(2, 1), (2, 3), (3, 3), (4, 2), (8, 3), (32, 2), (256, 1)])


def elementary(number: int) -> Cells:
    """Wolfram's numbering: bit 4 l + 2 c + r of the number is the next state of c between l and r."""
    return np.array([number >> place & 1 for place in range(8)], np.uint8)


@given(size=SIZES, lambda_=st.floats(0, 1), seed=st.integers(0, 999))
def test_a_table_has_exactly_the_asked_share_of_quiescent_entries(
    size: tuple[int, int], lambda_: float, seed: int
) -> None:
    states, neighbours = size
    table = rule_table(states, neighbours, lambda_, np.random.default_rng(seed))
    entries = states**neighbours
    assert table.shape == (entries,)
    assert np.count_nonzero(table == 0) == max(round((1 - lambda_) * entries), 1)
    assert table[0] == 0
    assert table.max() < states


@pytest.mark.parametrize("lambda_", [0.0, 0.3, 0.786, 0.881, 31 / 32])
def test_the_measured_lambda_is_the_asked_one(lambda_: float) -> None:
    table = rule_table(32, 2, lambda_, np.random.default_rng(1))
    assert np.mean(table != 0) == pytest.approx(lambda_, abs=0.5 / 1024)


def test_entries_and_their_states_are_drawn_uniformly() -> None:
    generator = np.random.default_rng(2)
    tables = np.array([rule_table(4, 2, 0.5, generator) for _ in range(4000)])
    assert chisquare(np.bincount(tables[tables > 0])[1:]).pvalue > 0.001
    active = (tables > 0).mean(axis=0)[1:]  # 8 of the 15 entries that may be active
    assert np.all(np.abs(active - 8 / 15) < 5 * np.sqrt(8 / 15 * 7 / 15 / 4000))


def test_rule_90_from_one_cell_draws_the_odd_binomials() -> None:
    steps = 63
    start = np.zeros(2 * steps + 1, np.uint8)
    start[steps] = 1
    diagram = evolve(elementary(90), 2, 3, start, steps)
    for t, row in enumerate(diagram):
        expected = [
            comb(t, (t + x) // 2) % 2 if (t + x) % 2 == 0 and abs(x) <= t else 0 for x in range(-steps, steps + 1)
        ]
        assert row.tolist() == expected


def test_rule_110_from_one_cell_grows_to_the_left() -> None:
    start = np.zeros(9, np.uint8)
    start[-1] = 1
    rows = ["".join(map(str, row)).lstrip("0") for row in evolve(elementary(110), 2, 3, start, 6)]
    assert rows == ["1", "11", "111", "1101", "11111", "110001", "1110011"]


@given(cells=st.lists(st.integers(0, 4), min_size=1, max_size=12), steps=st.integers(0, 5))
def test_two_neighbours_are_the_cell_and_the_one_to_its_right_on_a_ring(cells: list[int], steps: int) -> None:
    table = np.array([(2 * own + right) % 5 for own in range(5) for right in range(5)], np.uint8)
    expected = [cells]
    for _ in range(steps):
        now = expected[-1]
        expected.append([(2 * now[n] + now[(n + 1) % len(now)]) % 5 for n in range(len(now))])
    assert evolve(table, 5, 2, np.array(cells, np.uint8), steps).tolist() == expected


@given(seed=st.integers(0, 99))
def test_a_quiescent_ring_stays_quiescent(seed: int) -> None:
    table = rule_table(8, 3, 0.9, np.random.default_rng(seed))
    assert not evolve(table, 8, 3, np.zeros(20, np.uint8), 10).any()


@pytest.mark.parametrize(("rule", "expected"), [(0, 0.0), (30, 0.5), (90, 0.5), (110, 0.625), (250, 0.75)])
def test_lambda_of_elementary_rules(rule: int, expected: float) -> None:
    assert langton_lambda(elementary(rule)) == expected


@given(size=SIZES, lambdas=st.lists(st.floats(0, 1), min_size=1, max_size=6), seed=st.integers(0, 999))
def test_a_walk_only_adds_entries_as_lambda_rises(size: tuple[int, int], lambdas: list[float], seed: int) -> None:
    tables = table_walk(*size, sorted(lambdas), np.random.default_rng(seed))
    assert np.all(np.diff(langton_lambda(tables)) >= 0)
    for lower, higher in pairwise(tables):
        assert np.array_equal(higher[lower > 0], lower[lower > 0])
    for lambda_, table in zip(sorted(lambdas), tables, strict=True):
        assert np.array_equal(table, rule_table(*size, lambda_, np.random.default_rng(seed)))


@given(size=st.sampled_from([(2, 1), (3, 2), (2, 3), (3, 4), (2, 5)]), cells=st.integers(1, 9), seed=st.integers(0, 99))
def test_a_neighbourhood_is_a_number_in_base_k(size: tuple[int, int], cells: int, seed: int) -> None:
    states, neighbours = size
    ring = np.random.default_rng(seed).integers(0, states, cells, np.uint8)
    left = (neighbours - 1) // 2
    words = [
        "".join(str(ring[(n + k - left) % cells]) for k in range(neighbours))  # on a tiny ring a cell comes twice
        for n in range(cells)
    ]
    assert neighbourhoods(ring, states, neighbours).tolist() == [int(word, states) for word in words]


def test_many_automata_run_as_each_would_alone() -> None:
    generator = np.random.default_rng(3)
    tables = np.stack([rule_table(5, 3, lambda_, generator) for lambda_ in (0.2, 0.5, 0.8)])
    rows = generator.integers(0, 5, (3, 4, 17), np.uint8)
    together = evolve(tables[:, None], 5, 3, rows, 12)
    assert together.shape == (3, 4, 13, 17)
    for place in np.ndindex(3, 4):
        assert np.array_equal(together[place], evolve(tables[place[0]], 5, 3, rows[place], 12))
