"""Pruning, on networks in closed form; the shipped pruners have tests of their own."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast

import numpy as np
import pytest
from fakes import EVENTS, IDLE, FakePruner, Lab
from searches import FRONT, prepared, searched

from nastoolkit.architecture import Architecture
from nastoolkit.arrays import Floats, Scores
from nastoolkit.phases.base import Search
from nastoolkit.pruners.base import Bench, Pruner, Specimen
from nastoolkit.pruners.compact import cuttable, without
from nastoolkit.rng import Stream
from nastoolkit.search import step
from nastoolkit.storage.records import Evaluation, Generation

PRUNE: Mapping[str, Any] = {
    "seed": 5,
    "encoder.max_depth": 3,
    "search.phases": ["evolve", "prune"],
    "search.candidates": 3,
    "search.generations": 3,
    "pruner.use": "fake",
    "trainer.representations": 2,
}
COST = 0.25
"""Of a step, in quality: F rises by it."""


def pruned(lab: Lab, **changes: Any) -> tuple[Search, list[Generation]]:
    """A search, and its generations from the last that evolved."""
    search = prepared(lab, {**PRUNE, **changes})
    generations = searched(search)
    return search, generations[sum(one.phase == "evolve" for one in generations) - 1 :]


def lineage(search: Search, key: str) -> list[Evaluation]:
    """A network and what it was pruned from, the dense one last."""
    found = [search.evaluator.known(key)]
    while found[-1].parent:
        found.append(search.evaluator.known(found[-1].parent))
    return found


def test_the_best_distinct_networks_of_the_search_are_pruned(lab: Lab) -> None:
    search, (before, *steps) = pruned(lab)
    best = sorted({*before.fitness.tolist(), *(search.evaluator.known(one.key).fitness for one in before.kept)})[:3]
    dense = [lineage(search, key)[-1] for key in steps[0].specimens]
    assert [one.fitness for one in dense] == best
    assert [one.key for one in dense] == [one.key for one in before.kept]
    for one in steps:
        assert [lineage(search, key)[-1] for key in one.specimens] == dense
        assert {*one.specimens, one.best_key} <= {kept.key for kept in one.kept}
        for kept in one.kept:
            assert kept.weights.shape == (search.evaluator.known(kept.key).architecture.complexity,)


def test_each_step_takes_every_specimen_further_until_the_pruner_leaves_them_as_they_are(lab: Lab) -> None:
    search, (_, *steps) = pruned(lab)
    depths = [[len(lineage(search, key)) - 1 for key in one.specimens] for one in steps]
    assert depths == [[1] * 3, [2] * 3, [2] * 3]
    assert [one.moved for one in steps] == [3, 3, 0]
    assert [one.step for one in steps] == [0, 1, 2]
    for key in steps[-1].specimens:
        small, middle, dense = (one.architecture for one in lineage(search, key))
        assert [width // 2 for width in dense.widths] == list(middle.widths)
        assert [width // 4 for width in dense.widths] == list(small.widths)


def test_the_population_stays_as_it_is(lab: Lab) -> None:
    _, (before, *steps) = pruned(lab)
    for one in steps:
        assert one.genomes.tobytes() == before.genomes.tobytes()
        assert one.fitness.tobytes() == before.fitness.tobytes()
        assert one.scores.tobytes() == before.scores.tobytes()
        assert (one.keys, one.diversity, one.chunk) == (before.keys, before.diversity, before.chunk)


def test_what_is_left_is_trained_further_all_specimens_together(lab: Lab) -> None:
    search, (before, *steps) = pruned(lab, **{"pruner.cost": COST})
    weights = {one.key: one.weights for step in (before, *steps) for one in step.kept}
    for key in steps[1].specimens:
        small, middle, dense = (weights[one.key][0] for one in lineage(search, key))
        assert [small - middle, middle - dense] == [8 / 1024 - COST] * 2
        assert (weights[key][1:] == IDLE).all()
    assert EVENTS.count("pruning") == 3 + 3 + 3
    assert EVENTS.count("tuning") == 2
    EVENTS.clear()
    pruned(lab, **{"pruner.epochs": 0})
    assert "tuning" not in EVENTS


def test_the_fitness_of_a_pruned_network_is_that_of_equation_3_by_hand(lab: Lab) -> None:
    search, (*_, last) = pruned(lab, **{"fitness.mu": 0.5, "seed": 2})
    everything = np.ones(search.layout.length, np.uint8)
    largest = search.parts.encoder.decode(everything, search.data.signature).complexity
    fractions = set()
    for kept in (one for one in last.kept if one.key in last.specimens):
        found, dense = search.evaluator.known(kept.key), lineage(search, kept.key)[-1]
        gone = 1 - len(found.architecture.edges) / len(dense.architecture.edges)
        error = 2 * (1 - float(kept.weights[0])) / 3
        assert found.fitness == pytest.approx(error + 0.001 * found.architecture.complexity / largest + 0.5 * gone)
        assert (found.spread, found.pruned, found.zeros) == ((found.fitness,), gone, 0)
        fractions.add(gone)
    assert max(fractions) > 0


@pytest.mark.parametrize(
    ("sparsity", "cost", "dense"), [(None, 0.0, False), (None, COST, True), (0.5, 0.0, False), (0.5, COST, False)]
)
def test_the_best_is_the_better_one_or_the_pruned_one_where_a_sparsity_was_asked_for(
    lab: Lab,
    sparsity: float | None,
    cost: float,
    dense: bool,  # noqa: FBT001 - a case
) -> None:
    search, (before, *steps) = pruned(lab, **{"pruner.sparsity": sparsity, "pruner.cost": cost})
    last = steps[-1]
    best = search.evaluator.known(last.best_key)
    assert (best.parent == "") == dense == (last.best_key == before.best_key)
    assert (best.fitness, best.score) == (last.best_fitness, last.best_score)
    assert (best.fitness > before.best_fitness) == (sparsity is not None and cost > 0)
    found = [search.evaluator.known(key).fitness for key in last.specimens]
    assert best.fitness == (before.best_fitness if dense else min(found))
    if sparsity:
        assert all(search.evaluator.known(key).remaining <= 0.5 * size(search, key) for key in last.specimens)


def size(search: Search, key: str) -> int:
    """The weights of a network before anything was pruned."""
    return lineage(search, key)[-1].architecture.complexity


def test_the_best_dense_network_stays_at_hand_to_compare_with(lab: Lab) -> None:
    _, (before, *steps) = pruned(lab, **{"pruner.sparsity": 0.9, "pruner.cost": COST})
    for one in steps:
        (kept,) = [kept for kept in one.kept if kept.key == before.best_key]
        assert kept.weights.tobytes() == before.best.weights.tobytes()


def shrunk(search: Search, before: Generation) -> list[int]:
    """How many weights each specimen would have after one step."""
    found = []
    for one in before.kept:
        shape = search.evaluator.known(one.key).architecture
        specimen = Specimen(shape, shape, one.weights, shape.complexity, 0.0, 0)
        cut = FakePruner().prune(specimen, Bench(cast("Any", None), (), np.empty(0)), Stream(0))
        assert cut is not None
        found.append(cut[0].complexity)
    return found


def test_networks_that_diverge_are_left_as_they_were_and_the_phase_ends(lab: Lab) -> None:
    search, (before, *steps) = pruned(lab, **{"pruner.fragile": 10**9, "pruner.sparsity": 0.5})
    (last,) = steps
    assert (last.moved, last.specimens) == (0, tuple(one.key for one in before.kept))
    assert (last.best_key, last.best_fitness) == (before.best_key, before.best_fitness)
    assert [one.digest for one in last.kept] == [one.digest for one in before.kept]
    lost = last.counters.diverged - before.counters.diverged
    assert (lost, last.counters.evaluations - before.counters.evaluations) == (3, 3)
    again, born = step(search, last, "prune")
    assert (born, again.kept[0].digest, again.moved) == ([], last.kept[0].digest, 0)


def test_a_diverged_network_is_written_down_without_an_answer(lab: Lab) -> None:
    search, (before, *_) = pruned(lab, **{"pruner.use": "none"})
    search.evaluator.parts = replace(search.parts, pruner=FakePruner(fragile=10**9))
    _, born = step(search, before, "prune")
    assert [one.parent for one in born] == [one.key for one in before.kept]
    for one in born:
        assert (one.fitness, one.spread, one.diverged) == (np.inf, (np.inf,), 1)
        assert np.isnan(one.score)


@pytest.mark.parametrize("sparsity", [None, 0.7])
def test_those_that_diverge_hold_nobody_up(lab: Lab, sparsity: float | None) -> None:
    """The best one cannot be pruned, so it is the best no more where a sparsity was asked for."""
    search, (before, *_) = pruned(lab)
    sizes = shrunk(search, before)
    assert len(set(sizes)) > 1
    fragile = {"pruner.fragile": min(sizes) + 1, "pruner.cost": COST, "pruner.sparsity": sparsity}
    search, (before, *steps) = pruned(lab, **fragile)
    last = steps[-1]
    stuck = [lineage(search, key)[-1].key == key for key in last.specimens]
    assert stuck == [one < min(sizes) + 1 for one in sizes]
    dense = {one.key for one in before.kept}
    assert (last.best_key in dense) == (sparsity is None)
    assert before.best_key in {one.key for one in last.kept}
    assert last.moved == 0


def test_weights_set_to_zero_are_counted_and_stay(lab: Lab) -> None:
    search, (before, *steps) = pruned(lab, **{"pruner.use": "zeros"})
    assert [one.moved for one in steps] == [3, 3, 0]
    for cut, share in zip(steps, (0.25, 0.5, 0.5), strict=True):
        for kept in (one for one in cut.kept if one.key in cut.specimens):
            found = search.evaluator.known(kept.key)
            assert found.zeros == (kept.weights == 0).sum() > 0
            assert found.remaining == found.architecture.complexity - found.zeros
            assert found.remaining == pytest.approx((1 - share) * found.architecture.complexity, abs=1)
            assert found.architecture == lineage(search, kept.key)[-1].architecture
            assert found.pruned == 0
    assert steps[-1].best_key in steps[-1].specimens
    assert steps[-1].best_fitness < before.best_fitness


def test_nothing_is_pruned_where_every_network_diverged(lab: Lab) -> None:
    _, (before, *steps) = pruned(lab, **{"trainer.diverges": True, "pruner.sparsity": 0.5})
    (last,) = steps
    assert (last.phase, last.moved, last.specimens, last.counters) == ("prune", 0, (), before.counters)
    assert (last.best_key, last.best_fitness) == (before.best_key, np.inf)
    assert "pruning" not in EVENTS


def test_fewer_networks_than_candidates_are_all_pruned(lab: Lab) -> None:
    search, (before, *steps) = pruned(lab, **{"search.candidates": 50})
    known = {key for key in before.keys if np.isfinite(search.evaluator.known(key).fitness)}
    assert {lineage(search, key)[-1].key for key in steps[-1].specimens} >= known
    assert all(np.isfinite(search.evaluator.known(key).fitness) for key in steps[-1].specimens)


def test_what_becomes_of_a_network_does_not_depend_on_its_company(lab: Lab) -> None:
    chains = [
        lineage(search, steps[-1].specimens[0])
        for search, steps in (pruned(lab, **{"search.candidates": count}) for count in (1, 3))
    ]
    assert chains[0] == chains[1]
    assert len(chains[0]) == 3


class Curious:
    """A pruner that asks for F without each connection that can go."""

    name, unstructured, sparsity, epochs = "curious", False, None, 0

    def __init__(self) -> None:
        self.asked: list[tuple[Specimen, Bench, Scores]] = []

    def prune(self, specimen: Specimen, bench: Bench, _stream: Stream) -> tuple[Architecture, Floats] | None:
        cuts = [frozenset({edge}) for edge in cuttable(specimen.architecture)]
        self.asked.append((specimen, bench, bench.toggled(cuts)))
        return None


def test_a_pruner_can_ask_what_f_would_be_without_some_connections(lab: Lab) -> None:
    search, (before, *_) = pruned(lab, **{"pruner.use": "none", "fitness.mu": 0.5, "seed": 2})
    curious = Curious()
    search.evaluator.parts = replace(search.parts, pruner=cast("Pruner", curious))
    step(search, before, "prune")
    everything = np.ones(search.layout.length, np.uint8)
    largest = search.parts.encoder.decode(everything, search.data.signature).complexity
    assert len(curious.asked) == 3
    assert max(len(answers) for *_, answers in curious.asked) > 1
    for specimen, bench, answers in curious.asked:
        whole = specimen.architecture
        assert (specimen.step, specimen.origin, specimen.sparsity) == (0, whole, 0)
        assert specimen.fitness in [search.evaluator.known(one.key).fitness for one in before.kept]
        assert bench.population == tuple(search.evaluator.known(key).architecture for key in before.keys)
        assert bench.fitness.tolist() == before.fitness.tolist()
        for (i, j), answer in zip(cuttable(whole), answers, strict=True):
            left = without(whole, [(i, j)])
            error = 2 * (1 - float(specimen.weights[0]) - (-1) ** (i + j) / 64) / 3
            gone = 1 - len(left.edges) / len(whole.edges)
            assert answer == pytest.approx(error + 0.001 * left.complexity / largest + 0.5 * gone)


def test_pruned_networks_enter_the_front(lab: Lab) -> None:
    front = {name: FRONT[name] for name in ("fitness.objectives", "selection.use")}
    search, (before, *steps) = pruned(lab, **front)
    objectives = {one.key: search.evaluator.known(one.key).objectives for one in (*before.kept, *steps[-1].kept)}
    assert len(steps[-1].specimens) == 3
    for key in steps[-1].specimens:
        now, dense = objectives[key], search.evaluator.known(lineage(search, key)[-1].key).objectives
        assert now[0] < dense[0]
        assert now[1] < dense[1]
    points = [objectives[one.key] for one in steps[-1].kept]
    assert all(min(objectives.values(), key=lambda point: point[n])[n] in {p[n] for p in points} for n in (0, 1))
