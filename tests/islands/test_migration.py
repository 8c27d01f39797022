"""Who migrates, when and from where, and whose place they take."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from fakes import Lab
from hypothesis import given
from hypothesis import strategies as st
from searches import prepared, searched

from nastoolkit.config import SearchConfig
from nastoolkit.genome import Layout
from nastoolkit.islands.migration import arriving, emigrants, is_due, source
from nastoolkit.phases.evolve import taken_in
from nastoolkit.state import Individual
from nastoolkit.storage.records import Generation, Migrants

LAYOUT = Layout((), np.zeros(1, np.uint8))
SCORES = st.floats(0, 9) | st.sampled_from([1.0, 2.0, np.inf])


def scored(scores: list[float]) -> list[Individual]:
    individuals = [Individual([n % 2], LAYOUT) for n in range(len(scores))]
    for n, (one, score) in enumerate(zip(individuals, scores, strict=True)):
        one.take(str(n), (score,))
    return individuals


@pytest.fixture(scope="module")
def generation() -> Generation:
    return searched(prepared(Lab()))[-1]


@given(st.lists(SCORES, min_size=2, max_size=12), st.data())
def test_migrants_take_the_places_of_the_worst_and_the_best_stays(scores: list[float], data: st.DataObject) -> None:
    count = data.draw(st.integers(0, len(scores) - 1))
    population, migrants = scored(scores), scored([0.5] * count)
    together = taken_in(population, migrants)
    staying = together[: len(scores) - count]
    assert len(together) == len(population)
    assert list(map(id, together[len(staying) :])) == list(map(id, migrants))
    assert sorted(one.fitness.values[0] for one in staying) == sorted(scores)[: len(staying)]
    places = [int(one.key) for one in staying]
    assert places == sorted(places)
    assert scores.index(min(scores)) in places


@given(st.integers(2, 20))
def test_the_islands_are_one_ring(islands: int) -> None:
    path = [1]
    while len(path) < islands:
        path.append(source(path[-1], islands))
    assert sorted(path) == list(range(1, islands + 1))
    assert source(path[-1], islands) == 1
    assert source(2, islands) == 1


@given(st.lists(st.tuples(SCORES, st.integers(0, 5)), min_size=2, max_size=12), st.sets(st.integers(0, 5)), st.data())
def test_emigrants_are_the_best_networks_each_once_that_are_not_known(
    generation: Generation, found: list[tuple[float, int]], known: set[int], data: st.DataObject
) -> None:
    count = data.draw(st.integers(1, 6))
    scores = [score for score, _ in found]
    genomes = np.arange(len(found), dtype=np.uint8)[:, None]
    keys = tuple(f"{key}" for _, key in found)
    there = replace(generation, genomes=genomes, fitness=np.array(scores), keys=keys)
    places = emigrants(there, count, [f"{key}" for key in known])[:, 0].tolist()
    fits = {place for place, (score, key) in enumerate(found) if np.isfinite(score) and key not in known}
    chosen = [keys[place] for place in places]
    assert set(places) <= fits
    assert len(set(chosen)) == len(chosen) == min(count, len({keys[place] for place in fits}))
    assert [scores[place] for place in places] == sorted(scores[place] for place in places)
    left = [scores[place] for place in fits if keys[place] not in chosen]
    assert max((scores[place] for place in places), default=0) <= min(left, default=np.inf)


@pytest.mark.parametrize(
    ("settings", "phase", "step", "due"),
    [
        ({}, "evolve", 2, True),
        ({}, "evolve", 1, False),
        ({}, "evolve", 5, True),
        ({}, "final", 2, False),
        ({"migration_interval": 0}, "evolve", 2, False),
        ({"islands": 1}, "evolve", 2, False),
    ],
)
def test_migrants_come_every_so_many_generations_of_evolution(
    generation: Generation, settings: dict[str, Any], phase: str, step: int, *, due: bool
) -> None:
    config = SearchConfig(**{"islands": 3, "migration_interval": 3, "island": 1, **settings})
    last = replace(generation, step=step)
    assert is_due(config, last, phase) is due
    assert (arriving(config, last, phase, replace(generation, keys=("x",) * 6, number=7)) is not None) is due


def test_what_came_says_from_where_and_nobody_comes_where_nobody_is(generation: Generation) -> None:
    config = SearchConfig(islands=3, migration_interval=1, migrants=2, island=1)
    elsewhere = replace(generation, keys=tuple("abcdef"), number=7)
    came = arriving(config, generation, "evolve", elsewhere)
    assert came is not None
    assert came.origin == (3, 7, 2)
    assert arriving(config, None, "evolve", elsewhere) is None
    assert arriving(config, generation, "evolve", None) is None
    assert arriving(config, generation, "evolve", generation) is None  # it knows them all


def test_the_digest_covers_where_migrants_came_from(generation: Generation) -> None:
    came = [
        replace(generation, migrants=Migrants(island, number, generation.genomes[-count:]))
        for island, number, count in [(1, 2, 1), (2, 2, 1), (1, 3, 1), (1, 2, 2)]
    ]
    assert len({one.digest for one in (generation, *came)}) == 5
