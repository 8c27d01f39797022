"""The loop, on networks in closed form."""

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fakes import EVENTS, Diary, Lab, network
from searches import FRONT, PHASES, ctrl_c, ctrl_c_in_training, interrupted, model, outcome, prepared, searched

from nastoolkit.encoders.matrix import MatrixEncoder
from nastoolkit.errors import Interrupted, PluginError
from nastoolkit.genome import decode_hyperparameters
from nastoolkit.phases.base import diversity
from nastoolkit.plugins import register
from nastoolkit.session import verify_run

GOLDEN = Path(__file__).parent / "golden"
BOTH = ["evolve", "prune"]
GENERATIONS = 5
SETTINGS = {"seed": 3, "search.generations": GENERATIONS, "trainer.representations": 2}


def test_the_same_seed_gives_the_same_bits_and_another_one_others(lab: Lab) -> None:
    first, again, other = (lab.start({**SETTINGS, "seed": seed}) for seed in (3, 3, 4))
    assert lab.digests(first["run"]) == lab.digests(again["run"])
    assert outcome(first) == outcome(again)
    assert model(first) == model(again)
    assert not set(lab.digests(first["run"])) & set(lab.digests(other["run"]))


@pytest.mark.parametrize("number", range(GENERATIONS - 1))
def test_going_on_after_any_generation_gives_the_bits_of_a_run_that_never_stopped(lab: Lab, number: int) -> None:
    whole = lab.start(SETTINGS)
    run = interrupted(lab, SETTINGS, number)
    assert len(lab.digests(run)) == number + 1
    EVENTS.clear()
    resumed = lab.resume(run)
    assert EVENTS.count("training") <= GENERATIONS - number - 1
    assert lab.digests(run) == lab.digests(whole["run"])
    assert outcome(resumed) == outcome(whole)
    assert model(resumed) == model(whole)
    weights = [lab.generations(one["run"])[-1].best.weights.tobytes() for one in (resumed, whole)]
    assert weights[0] == weights[1]


@pytest.mark.parametrize("number", range(3))
def test_going_on_after_a_generation_was_cut_short_gives_the_same_bits(lab: Lab, number: int) -> None:
    whole = lab.start(SETTINGS)
    register(lab.plugins.manager, ctrl_c_in_training(number), "ctrl-c")
    with pytest.raises(Interrupted) as caught:
        lab.start(SETTINGS)
    run = str(caught.value).rpartition(" ")[2]
    saved = len(lab.digests(run))
    assert number <= saved < GENERATIONS
    assert (f"generation {saved - 1} is saved" if saved else "no generation was saved yet") in str(caught.value)
    resumed = lab.resume(run)
    assert lab.digests(resumed["run"]) == lab.digests(whole["run"])
    assert outcome(resumed) == outcome(whole)


def test_a_run_that_is_stopped_after_every_generation_ends_like_one_that_is_not(lab: Lab) -> None:
    whole = lab.start(SETTINGS)
    run = interrupted(lab, SETTINGS, 0)
    for number in range(1, GENERATIONS):
        with suppress(Interrupted):
            lab.resume(run, ctrl_c(number))
    assert outcome(lab.resume(run)) == outcome(whole)
    assert lab.digests(run) == lab.digests(whole["run"])


@pytest.mark.parametrize("settings", [PHASES, FRONT], ids=["all phases", "two objectives"])
def test_every_step_of_every_phase_can_be_gone_on_from_to_the_bit(lab: Lab, settings: Mapping[str, Any]) -> None:
    whole = lab.start(settings)
    assert whole["generations"] > 5
    for number in range(whole["generations"] - 1):
        run = interrupted(lab, settings, number)
        resumed = lab.resume(run)
        assert lab.digests(run) == lab.digests(whole["run"])
        assert outcome(resumed) == outcome(whole)
        assert model(resumed) == model(whole)
        last, other = (lab.generations(one)[-1].kept for one in (run, whole["run"]))
        assert [one.weights.tobytes() for one in last] == [one.weights.tobytes() for one in other]
    assert len(last) > 1


@pytest.mark.parametrize("number", range(5))
def test_a_step_of_any_phase_that_was_cut_short_is_repeated_to_the_bit(lab: Lab, number: int) -> None:
    whole = lab.start(PHASES)
    register(lab.plugins.manager, ctrl_c_in_training(number), "ctrl-c")
    with pytest.raises(Interrupted):
        lab.start({**PHASES, "out": "run"})
    assert outcome(lab.resume("run")) == outcome(whole)
    assert lab.digests("run") == lab.digests(whole["run"])


@pytest.mark.parametrize("settings", [PHASES, FRONT], ids=["all phases", "two objectives"])
def test_every_step_of_every_phase_can_be_replayed(lab: Lab, settings: Mapping[str, Any]) -> None:
    found = lab.start(settings)
    replayed = verify_run(found["run"], lab.plugins, lab.said.append)
    assert replayed["equal"]
    assert len(replayed["generations"]) == found["generations"]


@pytest.mark.parametrize(("name", "settings"), [("search_fake", SETTINGS), ("phases_fake", PHASES)])
def test_a_recorded_search_comes_out_as_recorded(lab: Lab, name: str, settings: Mapping[str, Any]) -> None:
    """``NASTOOLKIT_REWRITE_GOLDEN=1 pytest tests/test_search.py`` records it anew; a reviewer sees the difference."""
    found, golden = lab.start(settings), GOLDEN / f"{name}.json"
    text = json.dumps({"digests": lab.digests(found["run"]), "best": found["best"]}, indent=2) + "\n"
    if os.environ.get("NASTOOLKIT_REWRITE_GOLDEN") == "1":
        golden.write_text(text)
    assert text == golden.read_text()


def phases_of(found: Mapping[str, Any]) -> list[str]:
    return [phase for phase, _ in groupby(one["phase"] for one in found["history"])]


@pytest.mark.parametrize(
    "phases",
    [
        *(["grow"], ["evolve"], ["grow", "evolve"], ["evolve", "grow"], ["grow", "prune"]),
        *(["evolve", "prune"], ["grow", "evolve", "prune"], ["evolve", "grow", "prune"]),
    ],
    ids=" ".join,
)
def test_phases_come_in_the_order_that_is_asked_for(lab: Lab, phases: list[str]) -> None:
    found = lab.start({**PHASES, "search.phases": phases, **({} if "prune" in phases else {"pruner.use": "none"})})
    assert phases_of(found) == phases
    generations = lab.generations(found["run"])
    for _, steps in groupby(generations, lambda one: one.phase):
        assert all(one.step == place for place, one in enumerate(steps))
    assert [one.number for one in generations] == list(range(len(generations)))
    last = next(one for one in reversed(phases) if one != "prune")
    assert found["stopped_because"] == {"evolve": "generations", "grow": "phases"}[last]


@pytest.mark.parametrize(
    ("pruner", "phases"), [({}, ["evolve"]), ({"pruner.use": "none"}, ["evolve"]), ({"pruner.use": "fake"}, BOTH)]
)
def test_evolution_is_what_is_done_and_pruning_where_a_pruner_is_named(
    lab: Lab, pruner: dict[str, str], phases: list[str]
) -> None:
    assert phases_of(lab.start(pruner)) == phases


def test_a_phase_of_pruning_without_a_pruner_is_one_step_that_changes_nothing(lab: Lab) -> None:
    *_, before, last = searched(prepared(lab, {"search.phases": BOTH}))
    assert (before.phase, last.phase, last.step, last.moved) == ("evolve", "prune", 0, 0)
    assert (last.best_key, last.counters) == (before.best_key, before.counters)


@pytest.mark.parametrize("generations", [1, 2, 5])
def test_generations_are_those_of_evolution_alone(lab: Lab, generations: int) -> None:
    found = lab.start({**PHASES, "search.generations": generations})
    phases = [one["phase"] for one in found["history"]]
    assert phases.count("evolve") == generations
    assert phases.count("grow") > 1
    assert phases.count("prune") > 1


@pytest.mark.parametrize(
    ("limit", "because", "before"),
    [
        ({"threshold": 1.0}, "threshold", ["grow"]),
        ({"minutes": 1e-9}, "minutes", ["grow"]),
        ({"evaluations": 6}, "evaluations", ["grow"]),
        ({"evaluations": 9}, "evaluations", ["grow"]),
        ({"evaluations": 56}, "evaluations", ["grow", "evolve"]),
    ],
)
def test_a_limit_ends_growth_and_evolution_and_pruning_still_follows(
    lab: Lab, limit: dict[str, float], because: str, before: list[str]
) -> None:
    settings = {**PHASES, "search.generations": 50, **{f"search.{name}": value for name, value in limit.items()}}
    found = lab.start(settings)
    assert found["stopped_because"] == because
    assert phases_of(found) == [*before, "prune"]
    generations = lab.generations(found["run"])
    searching = [one for one in generations if one.phase != "prune"]
    pruned = sum(one.moved for one in generations if one.phase == "prune")
    assert found["evaluations"] == searching[-1].counters.evaluations + pruned
    assert searching[-1].counters.evaluations == limit.get("evaluations", 6)
    assert pruned > 0
    alone = {**settings, "search.phases": ["grow", "evolve"], "pruner.use": "none"}
    assert phases_of(lab.start(alone)) == before


def test_evolution_goes_on_where_growth_ended(lab: Lab) -> None:
    found = lab.generations(lab.start(PHASES)["run"])
    grown, evolved = ([one for one in found if one.phase == phase] for phase in ("grow", "evolve"))
    assert grown[-1].moved == 0 < grown[-2].moved
    assert evolved[0].best_fitness <= grown[-1].best_fitness
    best = int(grown[-1].fitness.argmin())
    assert grown[-1].genomes[best].tolist() in evolved[0].genomes.tolist()


def test_a_search_with_two_objectives_ends_with_their_front(lab: Lab) -> None:
    found = lab.start(FRONT)
    points = [tuple(one["objectives"]) for one in found["front"]]
    assert len(points) > 2
    assert points == sorted(points)
    assert [shape for _, shape in points] == sorted((shape for _, shape in points), reverse=True)
    assert points[0][0] == found["best"]["fitness"]


@pytest.mark.parametrize(
    ("limits", "because", "generations", "evaluations"),
    [
        ({"generations": 1}, "generations", 1, 6),
        ({"generations": 3}, "generations", 3, 18),
        ({"generations": None, "evaluations": 6}, "evaluations", 1, 6),
        ({"generations": None, "evaluations": 18}, "evaluations", 3, 18),
        ({"generations": None, "evaluations": 20}, "evaluations", 4, 20),
        ({"generations": 2, "evaluations": 20}, "generations", 2, 12),
        ({"generations": None, "minutes": 1e-9}, "minutes", 1, 6),
        ({"generations": 2, "minutes": 60.0}, "generations", 2, 12),
        ({"threshold": 1.0}, "threshold", 1, 6),
        ({"threshold": -1.0}, "generations", 4, 24),
    ],
)
def test_the_first_limit_that_is_reached_stops_the_search(
    lab: Lab, limits: dict[str, Any], because: str, generations: int, evaluations: int
) -> None:
    found = lab.start({f"search.{name}": value for name, value in limits.items()})
    assert (found["stopped_because"], found["generations"], found["evaluations"]) == (because, generations, evaluations)
    assert all(len(generation.genomes) == 6 for generation in lab.generations(found["run"]))


def test_the_search_stops_at_the_generation_whose_best_is_good_enough(lab: Lab) -> None:
    best = [one["best_fitness"] for one in lab.start({**SETTINGS, "search.generations": 10})["history"]]
    assert best[-1] < best[0]
    found = lab.start({**SETTINGS, "search.generations": 10, "search.threshold": best[7]})
    assert found["generations"] == best.index(best[7]) + 1 > 1


def test_the_same_network_is_trained_once(lab: Lab) -> None:
    found = lab.start({**SETTINGS, "search.generations": 8})
    trained = [one for one in EVENTS if isinstance(one, tuple)]
    assert len(trained) == len(set(trained)) == found["trained"]
    assert found["cache_hits"] > 0
    assert found["evaluations"] == found["trained"] + found["cache_hits"] == 48
    signature, encoder = trained[0][0].signature, MatrixEncoder()
    generations = lab.generations(found["run"])
    key_of = {
        network(encoder.decode(genome, signature), decode_hyperparameters(genome[-20:].tolist())): key
        for generation in generations
        for genome, key in zip(generation.genomes, generation.keys, strict=True)
    }
    assert len(set(key_of.values())) == len(key_of)
    assert key_of.keys() <= set(trained)


def test_individuals_with_the_same_key_have_the_same_fitness_and_score(lab: Lab) -> None:
    generations = lab.generations(lab.start({**SETTINGS, "search.generations": 8})["run"])
    rows = [row for one in generations for row in zip(one.keys, one.fitness.tolist(), one.scores.tolist(), strict=True)]
    finite = {row for row in rows if np.isfinite(row[1])}
    assert len(rows) > len(finite)
    assert len({key for key, *_ in finite}) == len(finite)


def test_the_best_individual_survives_and_the_best_so_far_never_gets_worse(lab: Lab) -> None:
    generations = lab.generations(lab.start({**SETTINGS, "search.generations": 10})["run"])
    for before, after in pairwise(generations):
        assert before.best.genome.tolist() in after.genomes.tolist()
        assert after.best_fitness <= before.best_fitness
        assert after.best_fitness == min(after.fitness)


def test_without_elites_the_best_may_die_and_is_remembered(lab: Lab) -> None:
    settings = {"search.generations": 12, "replacement.elites": 0, "mutation.per_bit": True}
    generations = lab.generations(lab.start({**SETTINGS, **settings})["run"])
    assert any(generation.fitness.min() > generation.best_fitness for generation in generations)
    best = np.minimum.accumulate([generation.fitness.min() for generation in generations])
    assert [generation.best_fitness for generation in generations] == best.tolist()


def test_diverged_networks_lose_are_counted_and_stop_nothing(lab: Lab) -> None:
    found = lab.start({**SETTINGS, "search.population": 30})
    diverged = {one for one in EVENTS if isinstance(one, tuple) and one[1] > 0.5}
    assert 0 < found["diverged"] == len(diverged) < found["trained"]
    first = lab.generations(found["run"])[0]
    fast = [decode_hyperparameters(genome[-20:].tolist()).learning_rate > 0.5 for genome in first.genomes]
    assert np.isinf(first.fitness).tolist() == np.isnan(first.scores).tolist() == fast
    assert found["best"]["hyperparameters"]["learning_rate"] < 0.5
    finite = first.fitness[np.isfinite(first.fitness)]
    assert found["history"][0]["mean_fitness"] == pytest.approx(finite.mean())


def test_a_search_where_every_network_diverges_ends_with_a_warning_and_no_model(lab: Lab) -> None:
    found = lab.start({"trainer.diverges": True})
    assert found["stopped_because"] == "generations"
    assert found["diverged"] == found["trained"] > 0
    best = found["best"]
    assert (best["fitness"], best["score"], best["valid"], best["test"]) == (None, None, None, None)
    assert best["spread"] == [None]
    assert found["files"]["model"] is None
    assert not (Path("runs") / found["run"] / "best.keras").exists()
    assert any(text.startswith("Every network diverged, so there is no model.") for text in lab.said)
    assert found["history"][-1]["mean_fitness"] is None


def test_a_fitness_of_nan_never_wins(lab: Lab) -> None:
    found = lab.start({"fitness.use": "odd", "fitness.answer": "shallow", "search.population": 20})
    assert len(found["best"]["architecture"]["widths"]) == 2
    fitness = np.concatenate([one.fitness for one in lab.generations(found["run"])])
    assert set(fitness) <= {2.0, 3.0, 4.0, 5.0, np.inf}


def test_a_fitness_that_is_always_nan_is_no_divergence(lab: Lab) -> None:
    found = lab.start({"fitness.use": "odd"})
    assert (found["best"]["fitness"], found["best"]["score"]) == (None, None)
    assert found["diverged"] < found["trained"]


def test_a_fitness_of_another_shape_is_a_plugins_defect(lab: Lab) -> None:
    with pytest.raises(PluginError, match="'odd' returned shape"):
        lab.start({"fitness.use": "odd", "fitness.answer": "shape"})


def test_the_test_part_is_read_once_the_search_is_over_and_never_before(lab: Lab) -> None:
    lab.start(SETTINGS, Diary())
    read = EVENTS.index("test part read")
    assert f"generation {GENERATIONS - 1}" in EVENTS[:read]
    assert EVENTS.count("training") == EVENTS[:read].count("training") > 1
    assert set(EVENTS[read:]) == {"test part read", "finished: generations"}


def test_diversity_is_recorded_with_each_generation(lab: Lab) -> None:
    found = lab.start(SETTINGS)
    generations = lab.generations(found["run"])
    assert [one["diversity"] for one in found["history"]] == [diversity(one.genomes) for one in generations]
