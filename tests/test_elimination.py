"""Against closed forms of random walks, and against linear algebra."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nastoolkit.elimination import BLOCK, expected_at_exit, first_passage, stationary_law

SIZES = st.sampled_from([2, 3, 10, BLOCK, BLOCK + 1, BLOCK + 2, 2 * BLOCK + 5])


def walk(size: int, up: float, down: float) -> np.ndarray:
    """One step up or down on a line, and staying otherwise; at its ends a step beyond is staying too."""
    matrix = up * np.eye(size, k=1) + down * np.eye(size, k=-1)
    return matrix + np.diag(1 - matrix.sum(axis=1))


def ruin(size: int, up: float, down: float) -> np.ndarray:
    """The gambler's: both ends keep him."""
    matrix = walk(size, up, down)
    matrix[[0, -1]] = np.eye(size)[[0, -1]]
    return matrix


@given(size=SIZES, up=st.floats(0.05, 0.45), down=st.floats(0.05, 0.45))
def test_the_gambler_wins_as_often_as_the_textbook_says(size: int, up: float, down: float) -> None:
    won = expected_at_exit(ruin(size, up, down), np.array([0, size - 1]), np.array([0.0, 1.0]), 0.0)
    powers = (down / up) ** np.arange(size)
    steps = np.append(0, np.cumsum(powers[:-1]))
    assert won == pytest.approx(steps / steps[-1], rel=1e-10)


@pytest.mark.parametrize("size", [2, 3, 10, 150])
def test_a_fair_game_lasts_as_long_as_the_textbook_says(size: int) -> None:
    lasts = first_passage(ruin(size, 0.3, 0.3), np.array([0, size - 1]))
    k = np.arange(size)
    assert lasts == pytest.approx(k * (size - 1 - k) / 0.6, rel=1e-12)


@given(size=SIZES, seed=st.integers(0, 99))
def test_any_chain_agrees_with_linear_algebra(size: int, seed: int) -> None:
    generator = np.random.default_rng(seed)
    matrix = generator.dirichlet(np.ones(size), size)
    exits = generator.permutation(size)[: size // 2]
    rest = np.setdiff1d(np.arange(size), exits)
    values, within = generator.random(len(exits)), np.eye(len(rest)) - matrix[np.ix_(rest, rest)]
    solved = np.linalg.solve(within, 2.0 + matrix[np.ix_(rest, exits)] @ values)
    found = expected_at_exit(matrix, exits, values, 2.0)
    assert found[rest] == pytest.approx(solved, rel=1e-10)
    assert np.array_equal(found[exits], values)


def test_what_may_never_happen_takes_for_ever() -> None:
    matrix = np.array([[1, 0, 0, 0, 0], [0, 0, 1, 0, 0], [0, 0.5, 0, 0.5, 0], [0, 0, 0, 0, 1], [0.1, 0, 0, 0.9, 0]])
    assert first_passage(matrix, np.array([3])).tolist() == [np.inf, 4, 3, 0, np.inf]
    assert first_passage(matrix, np.array([0]))[0] == 0
    assert first_passage(np.eye(3), np.array([1])).tolist() == [np.inf, 0, np.inf]


def test_what_takes_longer_than_a_float_can_say_takes_for_ever() -> None:
    times = first_passage(walk(200, 0.9, 1e-9), np.array([0]))
    assert times[0] == 0
    assert np.isinf(times[1:]).all()


@given(size=SIZES, up=st.floats(0.05, 0.3), down=st.floats(0.2, 0.45))
def test_a_walk_settles_to_the_geometric_law(size: int, up: float, down: float) -> None:
    law = (up / down) ** np.arange(size)
    assert stationary_law(walk(size, up, down)) == pytest.approx(law / law.sum(), rel=1e-10)


@given(size=SIZES, seed=st.integers(0, 99))
def test_the_law_of_any_chain_is_left_as_it_is(size: int, seed: int) -> None:
    matrix = np.random.default_rng(seed).dirichlet(np.ones(size), size)
    law = stationary_law(matrix)
    assert law @ matrix == pytest.approx(law, rel=1e-11)
    assert law.sum() == pytest.approx(1)
