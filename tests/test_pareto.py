"""Pareto fronts, against their definition and against DEAP's."""

from itertools import starmap

import numpy as np
import pytest
from deap import tools
from hypothesis import given
from hypothesis import strategies as st

from nastoolkit.architecture import Architecture, Signature
from nastoolkit.encoders.matrix import MatrixEncoder
from nastoolkit.pareto import front, on_front
from nastoolkit.state import Individual
from nastoolkit.storage.records import Evaluation, Kept

LAYOUT = MatrixEncoder().layout(Signature(2, 3))
Point = tuple[float, ...]

values = st.sampled_from([-1.0, 0.0, 0.1, 0.25, 0.5, 1.0]) | st.floats(-1, 1)
finite = st.integers(1, 3).flatmap(lambda m: st.lists(st.tuples(*[values] * m), max_size=25))
objectives = st.integers(1, 3).flatmap(lambda m: st.lists(st.tuples(*[values | st.just(np.inf)] * m), max_size=25))


def dominates(one: Point, other: Point) -> bool:
    return all(a <= b for a, b in zip(one, other, strict=True)) and one != other


@given(points=objectives)
def test_the_front_is_what_nothing_dominates_each_point_once(points: list[Point]) -> None:
    found = front(points)
    best = {p for p in points if np.isfinite(p).all() and not any(dominates(q, p) for q in points)}
    assert {points[n] for n in found} == best
    assert found == sorted(points.index(p) for p in best)  # of equal points the first


@given(points=finite.filter(bool))
def test_the_front_is_the_first_one_of_deap(points: list[Point]) -> None:
    individuals = [Individual([0], LAYOUT) for _ in points]
    for one, point in zip(individuals, points, strict=True):
        one.take("", point)
    (first,) = tools.sortNondominated(individuals, len(points), first_front_only=True)
    assert {points[n] for n in front(points)} == {one.fitness.values for one in first}


@pytest.mark.parametrize(
    ("points", "expected"),
    [
        ([], []),
        ([(1.0,), (0.5,), (0.5,)], [1]),
        ([(0.1, 0.9), (0.2, 0.5), (0.3, 0.5), (0.9, 0.1), (0.2, 0.5)], [0, 1, 3]),
        ([(np.inf, np.inf)], []),
        ([(np.inf, 0.0), (0.5, 0.5)], [1]),
    ],
)
def test_fronts_by_hand(points: list[Point], expected: list[int]) -> None:
    assert front(points) == expected


def network(place: int, fitness: float, *others: float) -> tuple[Kept, Evaluation]:
    shape = Architecture(Signature(2, 3), 4, (4,), ((0, 1), (1, 2)))
    kept = Kept(f"{place}", np.zeros(3, np.uint8), np.full(2, place, np.float32))
    return kept, Evaluation(f"{place}", fitness, 50.0, (fitness,), 0, shape, others)


def keys_on_front(*objectives: Point) -> list[str]:
    kept, found = zip(*starmap(network, [(n, *point) for n, point in enumerate(objectives)]), strict=True)
    known = {one.key: one for one in found}
    return [one.key for one in on_front(kept, known.__getitem__)]


def test_networks_on_the_front_come_with_the_best_f_first() -> None:
    assert keys_on_front((0.9, 0.1), (0.1, 0.9), (0.95, 0.95), (0.5, 0.5), (np.inf, np.inf)) == ["1", "3", "0"]


def test_with_one_objective_there_is_no_front() -> None:
    assert keys_on_front((0.9,), (0.1,)) == []
    assert on_front([], {}.__getitem__) == []
