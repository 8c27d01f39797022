import math
from collections import Counter
from collections.abc import Callable, Sequence

from fakes import Lab
from hypothesis import given
from hypothesis import strategies as st

from nastoolkit.operators.mu_plus_lambda import MuPlusLambda
from nastoolkit.state import Individual

Make = Callable[..., Individual]
Point = tuple[float, ...]

LEVELS = st.sampled_from([-0.5, 0.0, 0.25, 0.5, 1.0])
POINTS = st.lists(st.tuples(LEVELS, LEVELS), min_size=2, max_size=14)
DIVERGED = (math.inf, math.inf)


def scored(individual: Make, points: Sequence[Point], keys: Sequence[object] = ()) -> list[Individual]:
    """An individual for each point, each another network unless keys are given."""
    made = [individual(n) for n in range(len(points))]
    for one, point, key in zip(made, points, keys or range(len(points)), strict=True):
        one.take(str(key), point)
    return made


def replaced(individuals: list[Individual], size: int) -> list[Individual]:
    """The first are the parents, the others their offspring."""
    return MuPlusLambda().replace(individuals[:size], individuals[size:])


def values(individuals: Sequence[Individual]) -> list[Point]:
    return [one.fitness.values for one in individuals]


def rank(point: Point, points: Sequence[Point]) -> int:
    """How long the longest chain is of points of which each dominates the next and the last one this point."""
    better = [one for one in points if one != point and all(a <= b for a, b in zip(one, point, strict=True))]
    return 1 + max((rank(one, better) for one in better), default=-1)


@given(fitness=st.lists(LEVELS, min_size=2, max_size=14), data=st.data())
def test_with_one_objective_the_lowest_f_go_on(individual: Make, fitness: list[float], data: st.DataObject) -> None:
    size = data.draw(st.integers(1, len(fitness)))
    found = replaced(scored(individual, [(one,) for one in fitness]), size)
    assert sorted(values(found)) == [(one,) for one in sorted(fitness)[:size]]


@given(points=POINTS, data=st.data())
def test_nobody_goes_on_while_somebody_of_a_lower_rank_does_not(
    individual: Make, points: list[Point], data: st.DataObject
) -> None:
    size = data.draw(st.integers(1, len(points)))
    ranks = sorted(rank(one, points) for one in points)
    found = replaced(scored(individual, points), size)
    assert sorted(rank(one, points) for one in values(found)) == ranks[:size]


def test_a_front_without_room_keeps_its_ends_and_loses_where_it_is_crowded(individual: Make) -> None:
    front = [(0.0, 1.0), (0.1, 0.6), (0.2, 0.5), (0.3, 0.4), (1.0, 0.0)]
    # Widths of the gaps around the three inner points, both objectives together: 0.7, 0.4 and 1.3.
    assert set(values(replaced(scored(individual, front), 4))) == {*front} - {(0.2, 0.5)}
    assert set(values(replaced(scored(individual, front), 3))) == {(0.0, 1.0), (0.3, 0.4), (1.0, 0.0)}


def test_every_network_is_taken_once_before_any_is_taken_twice(individual: Make) -> None:
    points = [(0.1, 0.9)] * 6 + [(0.9, 0.1)] * 3 + [(0.95, 0.95)]
    everyone = scored(individual, points, "aaaaaabbbc")
    for size, expected in ((3, "abc"), (4, "abca"), (5, "abcab"), (7, "abcabab"), (8, "abcababa")):
        assert Counter(one.key for one in replaced(everyone, size)) == Counter(expected)


def test_of_equal_networks_the_parent_stays(individual: Make) -> None:
    parent, child = scored(individual, [(0.1, 0.9), (0.1, 0.9)], "aa")
    (found,) = MuPlusLambda().replace([parent], [child])
    assert found is parent


def test_diverged_networks_come_after_the_last_copy_of_one_that_did_not(individual: Make) -> None:
    everyone = scored(individual, [DIVERGED, (0.2, 0.2), DIVERGED, (0.2, 0.2), DIVERGED, (0.1, 0.3)], "dadbea")
    assert DIVERGED not in values(replaced(everyone, 3))
    assert values(replaced(everyone, 5)).count(DIVERGED) == 2
    assert values(replaced(scored(individual, [DIVERGED] * 4), 3)) == [DIVERGED] * 3


def test_a_search_keeps_its_front_in_the_population(lab: Lab) -> None:
    found = lab.start(
        {
            "fitness.alpha": 0,
            "fitness.objectives": ["fitness", "complexity"],
            "selection.use": "selNSGA2",
            "replacement.use": "mu_plus_lambda",
            "search.population": 20,
            "search.generations": 12,
        }
    )
    last = lab.generations(found["run"])[-1]
    assert 3 < len(found["front"]) == len(last.kept) < 20
    assert {one.key for one in last.kept} <= set(last.keys)
    assert len(set(last.keys)) == 20
