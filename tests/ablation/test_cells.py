"""The arms of one cell, generation by generation and trained together."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from fakes import EVENTS, Before, Diary, Lab
from labs import ALIKE, ablated, alone, failing, generations, networks, places, planned
from searches import FRONT, PHASES, model, outcome

from nastoolkit.ablation.plan import Cell
from nastoolkit.errors import Interrupted, StorageError
from nastoolkit.hookspecs import hookimpl
from nastoolkit.plugins import register
from nastoolkit.session import resume_run
from nastoolkit.storage.records import Run

# Keras 3.15 reads TensorFlow's variables in a way that NumPy 2 warns of, whenever a model is saved.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


class Firsts:
    """A watcher that writes down which arm begins."""

    def __init__(self) -> None:
        self.begun: list[str] = []

    @hookimpl
    def nastoolkit_run_started(self, run: Run) -> None:
        self.begun.append(str(run.config["mutation"]["per_bit"]).lower())


@pytest.mark.parametrize(
    ("varied", "settings"),
    [
        ("initializer=coe,random", {}),
        (ALIKE, {**PHASES, "search.evaluations": 150}),
        ("trainer.representations=1,2", {**PHASES, "search.evaluations": 150}),
        ("fitness.alpha=0.001,0.1", {"trainer.representations": 2}),
        ("selection.use=selNSGA2,selSPEA2", FRONT),
    ],
    ids=["initializers", "all phases", "two trainers", "two measures of fitness", "two objectives"],
)
def test_every_run_has_the_bits_that_it_has_alone(lab: Lab, varied: str, settings: Mapping[str, Any]) -> None:
    plan = planned(lab, varied, settings=settings, metrics=("test_score",))
    found = ablated(lab, plan)
    assert bool(found["targets"]) == ("fitness" not in varied)  # else F says nothing beside another's F
    rows = {(row["seed"], row["arm"]): row for row in found["runs"]}
    for cell, arm in places(plan):
        single = alone(lab, plan, cell, arm)
        here = generations(lab, plan, cell, arm, found)
        assert [one.digest for one in here] == lab.digests(single["folder"])
        assert {one.phase for one in here} == set(settings.get("search.phases", ["evolve"]))
        row, best = rows[cell.seed, arm], single["best"]
        assert (row["fitness"], row["score"]) == (best["fitness"], best["score"])
        assert row["test_score"] == 100 * best["test"]["accuracy"]
        counts = ("evaluations", "trained", "cache_hits", "diverged")
        assert [row[name] for name in counts] == [single[name] for name in counts]


def test_real_networks_trained_together_have_the_bits_that_they_have_alone(lab: Lab) -> None:
    tiny = {"encoder.max_depth": 2, "encoder.max_nodes": 16, "trainer.use": "keras", "trainer.epochs": 1}
    small = {"dataset.use": "iris", "search.population": 4, "search.evaluations": 8}
    plan = planned(lab, count=1, settings={**tiny, **small})
    found = ablated(lab, plan)
    assert [row["evaluations"] for row in found["runs"]] == [8, 8]
    for cell, arm in places(plan):
        here = [one.digest for one in generations(lab, plan, cell, arm, found)]
        assert here == lab.digests(alone(lab, plan, cell, arm)["folder"])


def test_arms_that_can_be_trained_together_are_and_what_both_want_is_trained_once(lab: Lab) -> None:
    plan = planned(lab, ALIKE, count=1)
    ablated(lab, plan)
    assert EVENTS.count("training") == 4  # one call a generation
    first = EVENTS[: EVENTS.index("training", 1)][1:]
    assert len(first) == len(set(first)) == 6  # both begin with the same population
    EVENTS.clear()
    for cell, arm in places(plan):
        alone(lab, plan, cell, arm)
    assert EVENTS.count("training") == 8


def test_arms_that_train_otherwise_are_trained_apart(lab: Lab) -> None:
    ablated(lab, planned(lab, "trainer.representations=1,2", count=1))
    assert EVENTS.count("training") == 8


def test_every_arm_scores_the_same_number_of_individuals(lab: Lab) -> None:
    found = ablated(lab, planned(lab, "search.population=6,4,9", settings={"search.evaluations": 25}))
    assert {row["evaluations"] for row in found["runs"]} == {25}
    assert len(found["runs"]) == 6


def test_the_test_part_is_read_when_every_arm_of_a_cell_has_ended(lab: Lab) -> None:
    ablated(lab, planned(lab, count=1))
    reading = EVENTS.index("test part read")
    assert "training" in EVENTS[:reading]
    assert set(EVENTS[reading:]) == {"test part read"}


def test_with_a_budget_of_minutes_arms_run_one_after_the_other(lab: Lab) -> None:
    plan = planned(lab, ALIKE, count=1, settings={"search.minutes": 1e-9})
    found = ablated(lab, plan)
    assert EVENTS.count("training") == 2
    assert len(networks()) == 12  # each arm pays for its own first population
    between = EVENTS[EVENTS.index("test part read") :]
    assert "training" in between
    assert [row["evaluations"] for row in found["runs"]] == [6, 6]
    assert all(row["seconds"] >= 60e-9 for row in found["runs"])


def test_arms_that_follow_each_other_take_turns_in_being_the_first(lab: Lab) -> None:
    register(lab.plugins.manager, first := Firsts(), "firsts")
    ablated(lab, planned(lab, ALIKE, count=3, settings={"search.minutes": 1e-9}))
    assert first.begun == ["true", "false", "false", "true", "true", "false"]


def test_watchers_are_told_of_every_run(lab: Lab) -> None:
    register(lab.plugins.manager, diary := Diary(), "diary")
    ablated(lab, planned(lab, count=1))
    steps = [f"generation {number}" for number in range(4) for _ in range(2)]
    assert diary.entries == ["started"] * 2 + steps + ["finished: evaluations"] * 2


@pytest.mark.parametrize("moment", ["started", "generation 2"])
def test_watchers_of_every_run_that_was_begun_are_told_of_ctrl_c(lab: Lab, moment: str) -> None:
    register(lab.plugins.manager, diary := Diary(moment, KeyboardInterrupt()), "diary")
    with pytest.raises(Interrupted):
        ablated(lab, planned(lab, count=1))
    begun = diary.entries.count("started")
    assert begun == (1 if moment == "started" else 2)
    assert diary.entries[-begun:] == ["finished: interrupted"] * begun
    assert sum(entry.startswith("finished") for entry in diary.entries) == begun


def test_a_watcher_that_fails_stops_nothing_and_is_named(lab: Lab) -> None:
    register(lab.plugins.manager, Diary("generation 1", ValueError("no ink")), "diary")
    found = ablated(lab, planned(lab, count=1))
    assert len(found["runs"]) == 2
    assert [text for text in lab.said if "no ink" in text] == lab.said[-2:]


def test_an_arm_that_fails_alone_does_not_harm_the_others(lab: Lab) -> None:
    plan = planned(lab, ALIKE, count=1)
    register(lab.plugins.manager, diary := Diary(), "diary")
    register(lab.plugins.manager, unlucky := failing({1, 3}), "unlucky")  # both together, and then the second
    found = ablated(lab, plan)
    lab.plugins.manager.unregister(unlucky)
    (lost,) = found["missing"]
    assert (lost["arm"], lost["seed"], lost["dataset"]) == ("per_bit=false", 0, "fake")
    assert "raised in nastoolkit_evaluate_population(): ValueError: no luck (" in lost["reason"]
    assert [row["arm"] for row in found["runs"]] == ["per_bit=true"]
    assert diary.entries[-2:] == ["finished: evaluations", "finished: failed"]
    cell = Cell("fake", 0)
    here = [one.digest for one in generations(lab, plan, cell, "per_bit=true", found)]
    assert here == lab.digests(alone(lab, plan, cell, "per_bit=true")["folder"])


def test_a_call_that_fails_once_costs_nobody_a_result(lab: Lab) -> None:
    plan = planned(lab, ALIKE, count=1)
    register(lab.plugins.manager, failing({1}), "unlucky")
    found = ablated(lab, plan)
    assert found["missing"] == []
    whole = ablated(lab, plan, "whole")
    for place in places(plan):
        digests = [[one.digest for one in generations(lab, plan, *place, document)] for document in (found, whole)]
        assert digests[0] == digests[1]


def test_an_arm_whose_answers_are_wrong_is_missing_with_the_reason(lab: Lab) -> None:
    found = ablated(
        lab, planned(lab, "fitness.answer=shallow,shape", settings={"fitness.use": "odd"}, metrics=("score",))
    )
    assert [one["arm"] for one in found["missing"]] == ["answer=shape"] * 2
    assert all("returned shape" in one["reason"] for one in found["missing"])
    assert {one["n"] for one in found["comparisons"]} == {0}
    assert {one["missing"] for one in found["comparisons"]} == {2}


def test_an_arm_whose_networks_all_diverge_has_ended_and_is_missing_in_comparisons(lab: Lab) -> None:
    found = ablated(lab, planned(lab, "trainer.diverges=false,true"))
    assert {(one["arm"], one["reason"]) for one in found["missing"]} == {("diverges=true", "every network diverged")}
    assert len(found["runs"]) == 4
    assert {row["fitness"] for row in found["runs"] if row["arm"] == "diverges=true"} == {None}
    assert {one["n"] for one in found["comparisons"]} == {0}


def test_a_database_that_is_gone_stops_all(lab: Lab) -> None:
    register(lab.plugins.manager, Before(lambda: Path("trial", "ablation.db").unlink()), "thief")
    with pytest.raises(StorageError, match=r"ablation\.db was deleted or moved"):
        ablated(lab, planned(lab))


def test_a_run_of_an_ablation_is_one_like_any_other_and_resuming_it_writes_its_model(lab: Lab) -> None:
    plan = planned(lab, count=1)
    found = ablated(lab, plan)
    for cell, arm in places(plan):
        name = plan.run_name(cell, arm)
        EVENTS.clear()
        resumed = resume_run(name, lab.plugins, lab.said.append, storage_url=found["files"]["storage"])
        assert "training" not in EVENTS
        single = alone(lab, plan, cell, arm)
        assert outcome(resumed)["best"] == outcome(single)["best"]
        assert model(resumed) == model(single)
        assert resumed["folder"] == str(Path("trial", "runs", name).absolute())
