"""What every phase works with: the population of a generation, its diversity, and the networks that are kept."""

from itertools import combinations
from typing import Any

import numpy as np
import pytest
from fakes import Lab
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from searches import FRONT, prepared, searched

from nastoolkit.evaluation import evaluate_population
from nastoolkit.phases.base import Search, diversity
from nastoolkit.search import begin
from nastoolkit.state import Individual
from nastoolkit.storage.records import Counters, Kept


@given(genomes=arrays(np.uint8, st.tuples(st.integers(2, 8), st.integers(1, 12)), elements=st.integers(0, 1)))
def test_diversity_is_the_mean_hamming_distance_of_all_pairs(genomes: np.ndarray) -> None:
    distances = [np.mean(one != other) for one, other in combinations(genomes, 2)]
    assert diversity(genomes) == pytest.approx(np.mean(distances))


def test_a_population_of_copies_has_no_diversity_and_one_of_opposites_all_there_is() -> None:
    assert diversity(np.zeros((4, 3), np.uint8)) == 0
    assert diversity(np.array([[0, 0], [1, 1]], np.uint8)) == 1


def test_a_population_comes_back_from_its_generation_scored(lab: Lab) -> None:
    search = prepared(lab)
    last = begin(search)[0]
    population = search.revived(last)
    assert [one.genome.tolist() for one in population] == last.genomes.tolist()
    assert [one.fitness.values for one in population] == [(value,) for value in last.fitness]
    assert [one.key for one in population] == list(last.keys)


@pytest.mark.parametrize(("limit", "left"), [(None, 9), (100, 9), (15, 9), (14, 8), (7, 1)])
def test_only_so_many_evaluations_are_affordable_as_the_limit_leaves(lab: Lab, limit: int | None, left: int) -> None:
    search = prepared(lab, {"search.evaluations": limit})
    last = begin(search)[0]
    assert last.counters == Counters(evaluations=6, trained=6, diverged=last.counters.diverged)
    assert search.affordable(last, 9) == left


def whole(search: Search, one: Kept) -> bool:
    """Whether a kept network's genome decodes to its key, and its weights are those of its training."""
    subject = search.evaluator.subject(Individual(one.genome.tolist(), search.layout))
    (found,) = evaluate_population([subject], search.parts, search.data, search.stream)
    assert found.weights is not None
    return subject.key == one.key and np.array_equal(found.weights, one.weights)


@pytest.mark.parametrize(("phases", "count"), [(["evolve"], 1), (["evolve", "prune"], 4), (["grow", "prune"], 4)])
def test_the_best_distinct_networks_are_kept_with_their_weights(lab: Lab, phases: list[str], count: int) -> None:
    settings: dict[str, Any] = {"search.phases": phases, "search.candidates": 4, "encoder.max_depth": 3}
    search = prepared(lab, {"seed": 2, "search.generations": 8, **settings})
    seen: dict[str, float] = {}
    generations = [one for one in searched(search) if one.phase != "prune"]
    for one in generations:
        seen |= dict(zip(one.keys, one.fitness.tolist(), strict=True))
        found = [search.evaluator.known(kept.key).fitness for kept in one.kept]
        assert len({kept.key for kept in one.kept}) == len(found) == min(count, len(seen))
        assert found == sorted(found)
        assert found[0] == one.best_fitness
        assert all(best <= other for best, other in zip(found, sorted(seen.values()), strict=False))
    assert {one.key for one in generations[-1].kept} != {one.key for one in generations[0].kept}
    assert all(whole(search, one) for one in generations[-1].kept)


def test_the_front_of_everything_that_was_ever_scored_is_kept(lab: Lab) -> None:
    search = prepared(lab, FRONT)
    seen: set[tuple[float, ...]] = set()
    for one in (generations := searched(search)):
        seen |= {search.evaluator.known(key).objectives for key in one.keys}
        finite = {point for point in seen if np.isfinite(point).all()}
        best = {a for a in finite if not any(b != a and b[0] <= a[0] and b[1] <= a[1] for b in finite)}
        assert {search.evaluator.known(kept.key).objectives for kept in one.kept} >= best
        assert one.best_fitness == min(f for f, _ in seen)
    assert len(generations[-1].kept) > 2
    assert any(kept.key not in generations[-1].keys for kept in generations[-1].kept)
    assert all(whole(search, kept) for kept in generations[-1].kept)
