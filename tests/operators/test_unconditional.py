from collections.abc import Callable, Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nastoolkit.operators.unconditional import Unconditional
from nastoolkit.state import Individual

FITNESS = st.sampled_from([0.1, 0.2, 0.3, np.inf])


def places(chosen: list[Individual], individuals: list[Individual]) -> list[int]:
    where = {id(one): n for n, one in enumerate(individuals)}
    return [where[id(one)] for one in chosen if id(one) in where]


@given(
    old=st.lists(FITNESS, min_size=1, max_size=9),
    new=st.lists(FITNESS, max_size=12),
    elites=st.integers(0, 10),
)
def test_the_best_parents_survive_and_the_best_offspring_fill_the_rest(
    population: Callable[[Sequence[float]], list[Individual]], old: list[float], new: list[float], elites: int
) -> None:
    parents, offspring = population(old), population(new)
    found = Unconditional(elites=elites).replace(parents, offspring)
    kept, born = places(found, parents), places(found, offspring)
    ranked_parents, ranked_offspring = np.argsort(old, kind="stable"), np.argsort(new, kind="stable")
    room = max(len(old) - elites, 0)
    assert len(found) == len(parents)
    assert born == sorted(ranked_offspring[:room])  # the offspring's own order; the worst are left out
    assert kept == list(ranked_parents[: len(old) - len(born)])


@pytest.mark.parametrize("elites", [0, 1, 3])
def test_worse_offspring_replace_better_parents(
    population: Callable[[Sequence[float]], list[Individual]], elites: int
) -> None:
    parents, offspring = population([0.1, 0.2, 0.3, 0.4]), population([9.0, 8.0, np.inf, 7.0])
    found = [one.fitness.values[0] for one in Unconditional(elites=elites).replace(parents, offspring)]
    expected = {0: [9, 8, np.inf, 7], 1: [0.1, 9, 8, 7], 3: [0.1, 0.2, 0.3, 7]}
    assert found == expected[elites]


def test_survivors_are_the_parents_themselves_unchanged(
    population: Callable[[Sequence[float]], list[Individual]],
) -> None:
    parents = population([0.3, 0.1, 0.2])
    before = [list(one) for one in parents]
    found = Unconditional().replace(parents, population([1.0, 2.0, 3.0]))
    assert found[0] is parents[1]
    assert [list(one) for one in parents] == before
