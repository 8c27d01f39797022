"""Growth, on networks in closed form."""

from dataclasses import replace
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from fakes import EVENTS, Diary, Lab
from hypothesis import given, settings
from hypothesis import strategies as st
from searches import prepared, searched

from nastoolkit.architecture import Architecture
from nastoolkit.arrays import Genomes
from nastoolkit.phases.base import Search
from nastoolkit.search import begin, step
from nastoolkit.storage.records import Generation

ENCODERS = ["matrix", "tree", "heterogeneous"]
GROW: dict[str, Any] = {"search.phases": ["grow"], "encoder.max_depth": 3, "encoder.max_nodes": 48}
ALWAYS: dict[str, Any] = {**GROW, "fitness.alpha": -100.0}
"""Every weight more makes F fall."""

shared_lab = cache(Lab)


def grown(lab: Lab, **changes: Any) -> tuple[Search, list[Generation]]:
    search = prepared(lab, {**GROW, **changes})
    return search, searched(search)


def architecture(search: Search, genome: Genomes) -> Architecture:
    return search.parts.encoder.decode(genome, search.data.signature)


def largest(search: Search) -> int:
    return architecture(search, np.ones(search.layout.length, np.uint8)).complexity


@given(
    seed=st.integers(0, 10**6),
    encoder=st.sampled_from(ENCODERS),
    alpha=st.sampled_from([0.001, 0.0, -0.1, -100.0]),
    depth=st.integers(1, 4),
)
@settings(max_examples=30)
def test_growth_never_exceeds_a_limit_nor_raises_f(seed: int, encoder: str, alpha: float, depth: int) -> None:
    changes = {"encoder.use": encoder, "encoder.max_depth": depth, "fitness.alpha": alpha, "search.population": 4}
    search, generations = grown(shared_lab(), seed=seed, **changes)
    shapes = [[architecture(search, genome) for genome in one.genomes] for one in generations]
    for one in (shape for row in shapes for shape in row):
        assert one.complexity <= largest(search)
        assert one.depth <= depth
        assert sum(one.widths) <= 48
    for (before, was), (after, now) in pairwise(zip(generations, shapes, strict=True)):
        moved = (before.genomes != after.genomes).any(axis=1)
        assert after.moved == moved.sum()
        assert (after.fitness[moved] < before.fitness[moved]).all()
        assert after.fitness[~moved].tolist() == before.fitness[~moved].tolist()
        sizes = [[(sum(one.widths), len(one.edges)) for one in row] for row in (was, now)]
        assert [small < large for small, large in zip(*sizes, strict=True)] == moved.tolist()
    assert [one.moved == 0 for one in generations] == [False] * (len(generations) - 1) + [True]


@pytest.mark.parametrize("encoder", ENCODERS)
def test_where_more_is_always_better_growth_ends_at_the_largest_network(lab: Lab, encoder: str) -> None:
    search, generations = grown(lab, **ALWAYS, **{"encoder.use": encoder})
    finite = np.isfinite(generations[-1].fitness)
    assert finite.sum() > 2
    for genome in generations[-1].genomes[finite]:
        assert architecture(search, genome).complexity == largest(search)
        assert architecture(search, genome).depth == 3


@pytest.mark.parametrize("initializer", ["random", "coe"])
@pytest.mark.parametrize("encoder", ENCODERS)
def test_growth_begins_with_single_blocks_and_the_hyperparameters_that_were_drawn(
    lab: Lab, encoder: str, initializer: str
) -> None:
    search = prepared(lab, {**GROW, "encoder.use": encoder, "initializer.use": initializer})
    drawn = search.toolbox.population(6)
    first = begin(search)[0]
    bits = search.layout.hyperparameters
    assert [genome[bits].tolist() for genome in first.genomes] == [one[bits] for one in drawn]
    assert {architecture(search, genome).depth for genome in first.genomes} == {1}
    assert [list(one) for one in drawn] != first.genomes.tolist()


def test_evolution_begins_with_what_the_initializer_drew(lab: Lab) -> None:
    search = prepared(lab, {"search.phases": ["evolve", "grow"]})
    assert begin(search)[0].genomes.tolist() == [list(one) for one in search.toolbox.population(6)]


def test_every_instance_tries_one_quantum_of_each_kind_and_takes_the_best(lab: Lab) -> None:
    search, generations = grown(lab, **{"search.population": 8})
    for before, after in pairwise(generations):
        quanta = [search.parts.encoder.quanta(genome, search.data.signature) for genome in before.genomes]
        scored = after.counters.evaluations - before.counters.evaluations
        assert scored == sum(map(len, quanta))
        for options, old, new in zip(quanta, before.genomes.tolist(), after.genomes.tolist(), strict=True):
            assert new in [old, *(one.tolist() for kind in options.values() for one in kind)]


def test_the_quanta_are_drawn_for_each_instance_by_itself(lab: Lab) -> None:
    search = prepared(lab, GROW)
    first = begin(search)[0]
    alike = replace(first, genomes=np.repeat(first.best.genome[None], 6, axis=0), keys=(first.best_key,) * 6)
    kinds = search.parts.encoder.quanta(first.best.genome, search.data.signature)
    grew, trained = step(search, alike, "grow")
    assert len(kinds) < len(trained) <= 6 * len(kinds)
    assert grew.best_fitness == min(one.fitness for one in trained)


def test_all_trials_of_a_step_are_trained_together(lab: Lab) -> None:
    found = lab.start(GROW, Diary())
    steps = [place for place, event in enumerate(EVENTS) if str(event).startswith("generation")]
    batches = [EVENTS[start:end].count("training") for start, end in pairwise([0, *steps])]
    assert len(batches) == found["generations"] > 2
    assert max(batches) == 1
    assert sum(batches) > 2


@pytest.mark.parametrize("evaluations", range(6, 60, 4))
def test_growth_scores_no_more_than_the_limit_on_evaluations(lab: Lab, evaluations: int) -> None:
    search, generations = grown(lab, **{"search.evaluations": evaluations})
    whole = grown(lab)[1]
    assert len(whole) > 3
    total = generations[-1].counters.evaluations
    assert total == min(evaluations, whole[-1].counters.evaluations)
    assert [one.digest for one in generations[:-1]] == [one.digest for one in whole[: len(generations) - 1]]
    before, after = generations[-2:] if len(generations) > 1 else [generations[0]] * 2
    assert (after.fitness <= before.fitness).all()
    assert all(search.evaluator.knows(key) for key in after.keys)


def test_instances_that_diverge_stay_as_they_are(lab: Lab) -> None:
    _, generations = grown(lab, **ALWAYS, **{"search.population": 12})
    lost = ~np.isfinite(generations[0].fitness)
    assert 0 < lost.sum() < 12
    assert generations[-1].genomes[lost].tolist() == generations[0].genomes[lost].tolist()
