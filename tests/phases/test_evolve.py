"""A generation of evolution, on networks in closed form."""

from typing import Any

import pytest
from fakes import EVENTS, Lab
from searches import prepared, searched

from nastoolkit.config import EVOLVE
from nastoolkit.search import begin, step

COPIES: dict[str, Any] = {
    "selection.use": "selBest",
    "crossover.use": "cxUniform",
    "crossover.indpb": 0.0,
    "mutation.use": "mutFlipBit",
    "mutation.indpb": 0.0,
}
"""Operators that change nothing."""


def test_without_crossover_and_mutation_a_generation_is_copies_and_nothing_is_trained(lab: Lab) -> None:
    search = prepared(lab, COPIES)
    first = begin(search)[0]
    EVENTS.clear()
    after, trained = step(search, first, EVOLVE)
    assert (trained, EVENTS) == ([], [])
    order = first.fitness.argsort(kind="stable")
    assert after.genomes.tolist() == first.genomes[[order[0], *order[:5]]].tolist()  # the elite, then the offspring
    assert after.counters.cache_hits == 6 == after.moved


def test_a_generation_follows_from_the_one_before_and_the_seed_alone(lab: Lab) -> None:
    first, second, *_ = searched(prepared(lab))
    search, bits = prepared(lab), first.genomes.copy()
    assert begin(search)[0].digest == first.digest
    assert step(search, first, EVOLVE)[0].digest == second.digest
    assert (first.genomes == bits).all()


@pytest.mark.parametrize(("limit", "born"), [(11, 5), (8, 2), (7, 1)])
def test_no_more_offspring_are_made_than_the_limit_pays_for(lab: Lab, limit: int, born: int) -> None:
    search = prepared(lab, {"search.evaluations": limit, "mutation.use": "mutFlipBit", "mutation.indpb": 0.5})
    first = begin(search)[0]
    after, _ = step(search, first, EVOLVE)
    assert (after.moved, after.counters.evaluations) == (born, limit)
    assert after.genomes.shape == first.genomes.shape
    parents = first.genomes.tolist()
    assert sum(one in parents for one in after.genomes.tolist()) >= 6 - born


def test_steps_are_counted_from_the_first_of_their_phase(lab: Lab) -> None:
    search = prepared(lab, {"search.phases": ["grow", "evolve"]})
    grown = begin(search)[0]
    first = step(search, grown, EVOLVE)[0]
    second = step(search, first, EVOLVE)[0]
    assert [(one.number, one.phase, one.step) for one in (grown, first, second)] == [
        *((0, "grow", 0), (1, "evolve", 0), (2, "evolve", 1)),
    ]
