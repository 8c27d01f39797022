"""An ablation's life: stopped and gone on with at any time, into one folder, without losing or repeating a run."""

import json
import os
import sqlite3
import sys
from collections import Counter
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from fakes import EVENTS, Before, Diary, Lab, Stumbling
from labs import ALIKE, ablated, failing, generations, networks, outcome, places, planned
from searches import ctrl_c, ctrl_c_in_training

from nastoolkit.ablation.ablate import resume_ablation
from nastoolkit.ablation.plan import Cell
from nastoolkit.errors import Interrupted, OutputError, StorageError
from nastoolkit.loading import keep_backend
from nastoolkit.plugins import register
from nastoolkit.runs import open_storage
from nastoolkit.session import resume_run
from nastoolkit.storage.codec import seal
from nastoolkit.storage.records import Run


def gone_on_with(lab: Lab, folder: str = "trial") -> dict[str, Any]:
    return resume_ablation(Path(folder), None, lab.plugins, workers=1, say=lab.said.append)


def interrupted(lab: Lab, plan: Any, plugin: object) -> str:
    """Run until a plugin stops it; returns what the user is told."""
    register(lab.plugins.manager, plugin, "ctrl-c")
    with pytest.raises(Interrupted) as caught:
        ablated(lab, plan)
    lab.plugins.manager.unregister(plugin)
    return str(caught.value)


@pytest.mark.parametrize("call", [0, 2, 4, 7])
def test_going_on_after_any_call_of_the_trainer_gives_the_same_and_trains_nothing_twice(lab: Lab, call: int) -> None:
    plan = planned(lab, ALIKE)
    whole, wanted = ablated(lab, plan, "whole"), Counter(networks())
    EVENTS.clear()
    told = interrupted(lab, plan, ctrl_c_in_training(call))
    ended = 2 * (call // 4)
    assert told.startswith(f"Interrupted; {ended} of 4 runs have ended, and what was begun is saved")
    assert told.endswith(f"Go on with: nastoolkit resume {Path('trial').absolute()}")
    assert not Path("trial", "ablation.json").exists()
    assert outcome(gone_on_with(lab)) == outcome(whole)
    assert Counter(networks()) == wanted


@pytest.mark.parametrize("number", [0, 2, 3])
def test_going_on_where_one_arm_is_a_generation_ahead_gives_the_same(lab: Lab, number: int) -> None:
    plan = planned(lab)
    whole = ablated(lab, plan, "whole")
    interrupted(lab, plan, ctrl_c(number))
    found = gone_on_with(lab)
    assert outcome(found) == outcome(whole)
    for place in places(plan):
        here, there = (generations(lab, plan, *place, document) for document in (found, whole))
        assert [one.digest for one in here] == [one.digest for one in there]


def test_the_same_command_goes_on_as_well(lab: Lab) -> None:
    plan = planned(lab)
    whole = ablated(lab, plan, "whole")
    interrupted(lab, plan, ctrl_c_in_training(5))
    assert outcome(ablated(lab, plan)) == outcome(whole)


def test_an_ablation_that_has_ended_gives_its_result_again_and_trains_nothing(lab: Lab) -> None:
    found = ablated(lab, planned(lab))
    EVENTS.clear()
    assert gone_on_with(lab) == found
    assert ablated(lab, planned(lab)) == found
    assert EVENTS == []


def test_more_seeds_run_the_new_ones_alone_and_keep_what_was_there(lab: Lab) -> None:
    first = ablated(lab, planned(lab, count=1))
    EVENTS.clear()
    found = ablated(lab, planned(lab, count=3))
    assert [row for row in found["runs"] if row["seed"] == 0] == first["runs"]
    assert found["seeds"] == [0, 1, 2]
    assert found["created"] == first["created"]
    trained = Counter(networks())
    EVENTS.clear()
    ablated(lab, planned(lab, count=2, settings={"seed": 1}), "others")
    assert Counter(networks()) == trained


@pytest.mark.parametrize("url", ["sqlite:///runs.db", "sqlite:///./runs.db"])
def test_a_storage_may_be_spelt_in_any_way(lab: Lab, url: str) -> None:
    ablated(lab, planned(lab), storage="sqlite:///runs.db")
    EVENTS.clear()
    ablated(lab, planned(lab), storage=url)
    assert EVENTS == []


def test_the_database_is_in_the_folder_whatever_that_is_called(lab: Lab) -> None:
    ablated(lab, planned(lab), "a%41?b")
    assert Path("a%41?b", "ablation.db").is_file()
    assert [path.name for path in Path().iterdir()] == ["a%41?b"]


def test_what_is_tested_may_change_without_a_run(lab: Lab) -> None:
    ablated(lab, planned(lab))
    EVENTS.clear()
    found = ablated(lab, planned(lab, metrics=["score"], level=0.1, control="random"))
    assert EVENTS == []
    assert [(one["a"], one["b"], one["metric"]) for one in found["comparisons"]] == [("random", "coe", "score")]
    assert (found["level"], found["control"]) == (0.1, "random")


@pytest.mark.parametrize(
    "other",
    [
        {"settings": {"trainer.representations": 2}},
        {"settings": {"search.evaluations": 30}},
        {"settings": {"seed": 1}},
        {"datasets": [{"dataset.use": "iris"}]},
    ],
)
def test_another_plan_in_the_same_folder_is_refused_and_nothing_changes(lab: Lab, other: dict[str, Any]) -> None:
    ablated(lab, planned(lab))
    EVENTS.clear()
    before = {path: path.read_bytes() for path in Path("trial").glob("*.*") if path.suffix != ".db"}
    with pytest.raises(OutputError, match=r"holds another ablation.*--out.* nastoolkit resume .*trial"):
        ablated(lab, planned(lab, **other))
    assert EVENTS == []
    assert before == {path: path.read_bytes() for path in before}
    with pytest.raises(OutputError, match="holds another ablation"):
        ablated(lab, planned(lab, "initializer=random,coe"))


def test_runs_of_another_ablation_of_the_same_name_are_never_taken_for_its_own(lab: Lab) -> None:
    shared = {"storage": "sqlite:///all.db"}
    ablated(lab, planned(lab, count=1), "one/trial", **shared)
    with pytest.raises(OutputError, match="holds a run trial-0_fake-0_coe-0 of another configuration"):
        ablated(lab, planned(lab, count=1, settings={"search.evaluations": 30}), "other/trial", **shared)
    assert not Path("other", "trial", "plan.json").exists()


def test_an_ablation_goes_on_from_any_folder_wherever_its_database_is(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = ablated(lab, planned(lab, count=1), storage="sqlite:///all.db")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    EVENTS.clear()
    assert gone_on_with(lab, str(tmp_path / "trial")) == found
    assert EVENTS == []


def test_a_folder_that_was_moved_goes_on_where_it_is_now(lab: Lab) -> None:
    plan = planned(lab, count=1)
    found = ablated(lab, plan)
    Path("trial").rename("elsewhere")
    EVENTS.clear()
    again = gone_on_with(lab, "elsewhere")
    assert "training" not in EVENTS
    assert outcome(again) == outcome(found)
    assert again["files"]["storage"] == f"sqlite:///{Path('elsewhere', 'ablation.db').absolute()}"
    more = ablated(lab, planned(lab, count=2), "elsewhere")
    assert {row["seed"] for row in more["runs"]} == {0, 1}
    assert not Path("trial").exists()


def test_a_database_that_is_gone_is_said_and_nothing_is_run_again(lab: Lab) -> None:
    ablated(lab, planned(lab, count=1))
    Path("trial", "ablation.db").unlink()
    EVENTS.clear()
    with pytest.raises(StorageError, match="There is no database"):
        gone_on_with(lab)
    assert EVENTS.count("training") == 0


def test_a_run_that_failed_is_tried_again_and_the_others_are_not(lab: Lab) -> None:
    plan = planned(lab, ALIKE, count=1)
    register(lab.plugins.manager, unlucky := failing({1, 3}), "unlucky")
    assert [one["arm"] for one in ablated(lab, plan)["missing"]] == ["per_bit=false"]
    lab.plugins.manager.unregister(unlucky)
    register(lab.plugins.manager, diary := Diary(), "diary")
    found = ablated(lab, plan)
    assert found["missing"] == []
    assert diary.entries.count("started") == 1
    assert outcome(found) == outcome(ablated(lab, plan, "whole"))


def test_the_pair_of_a_run_that_is_missing_is_left_out_and_n_says_so(lab: Lab) -> None:
    plan = planned(lab, ALIKE, count=3)
    register(lab.plugins.manager, failing({4, 5}), "unlucky")  # the second cell's first call, and its first arm's
    found = ablated(lab, plan)
    (lost,) = found["missing"]
    assert (lost["arm"], lost["seed"]) == ("per_bit=true", 1)
    assert len(found["runs"]) == 5
    assert {(one["n"], one["missing"]) for one in found["comparisons"]} == {(2, 1)}
    assert [one["results"][0]["n"] for one in found["arms"]] == [2, 3]


def test_who_listens_hears_of_every_cell(lab: Lab) -> None:
    heard: list[tuple[Cell | None, int, int]] = []
    ablated(lab, planned(lab, ALIKE), hear=lambda *news: heard.append(news))
    assert heard == [(None, 0, 4), (Cell("fake", 0), 2, 4), (Cell("fake", 1), 4, 4)]
    heard.clear()
    register(lab.plugins.manager, failing({0, 1}), "unlucky")
    ablated(lab, planned(lab, ALIKE, count=3), hear=lambda *news: heard.append(news))
    assert heard == [(None, 4, 6), (Cell("fake", 2), 5, 6)]


def test_files_are_written_and_hold_what_was_returned(lab: Lab) -> None:
    found = ablated(lab, planned(lab))
    files = {name: Path(path) for name, path in found["files"].items() if name != "storage"}
    assert {name: path.name for name, path in files.items()} == {
        "csv": "ablation.csv",
        "json": "ablation.json",
        "report": "report.html",
    }
    assert all(path.parent == Path("trial").absolute() and path.stat().st_size for path in files.values())
    assert json.loads(files["json"].read_text()) == found
    assert found["environment"]["packages"]["nastoolkit"]


def test_a_file_in_the_place_of_the_folder_is_an_error_before_anything_is_trained(lab: Lab) -> None:
    Path("trial").touch()
    with pytest.raises(
        OutputError, match=r"The folder .*trial cannot be made: File exists\. Choose another with --out"
    ):
        ablated(lab, planned(lab))
    assert EVENTS == []


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"plan": {}}', '{"plan": {"budget": {"by": 1}}}', "\udcff"])
def test_a_plan_that_cannot_be_read_is_an_error_with_a_way_out(lab: Lab, text: str) -> None:
    Path("trial").mkdir()
    Path("trial", "plan.json").write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(OutputError, match=r"plan\.json is not the plan of an ablation: .*another folder \(--out\)"):
        gone_on_with(lab)


def test_the_backend_that_a_run_began_on_is_chosen_again_where_none_is(monkeypatch: pytest.MonkeyPatch) -> None:
    run = Run("r", "", "", {}, "", environment={"backend": "jax"})
    monkeypatch.setenv("KERAS_BACKEND", "")
    monkeypatch.delenv("KERAS_BACKEND")
    monkeypatch.setitem(sys.modules, "keras", None)  # there already
    keep_backend(run)
    assert "KERAS_BACKEND" not in os.environ
    monkeypatch.delitem(sys.modules, "keras")
    keep_backend(run)
    keep_backend(Run("r", "", "", {}, "", environment={"backend": "tensorflow"}))
    assert os.environ["KERAS_BACKEND"] == "jax"


def test_a_run_of_an_ablation_that_is_at_work_cannot_be_resumed_beside_it(lab: Lab) -> None:
    plan, url = planned(lab), f"sqlite:///{Path('all.db').absolute()}"
    name, refused = plan.run_name(plan.cells[0], plan.arms[0].name), []

    def intrude() -> None:
        with pytest.raises(StorageError) as found:
            resume_run(name, lab.plugins, lab.said.append, storage_url=url)
        refused.append(str(found.value))

    register(lab.plugins.manager, once := Before(lambda: refused or intrude()), "intruder")
    found = ablated(lab, plan, storage=url)
    lab.plugins.manager.unregister(once)
    assert found["missing"] == []
    assert f"Another process works on the run {name} right now" in refused[0]
    assert resume_run(name, lab.plugins, lab.said.append, storage_url=url)["stopped_because"] == "evaluations"


def test_an_ablation_waits_for_no_run_that_another_process_has(lab: Lab) -> None:
    plan, url = planned(lab), f"sqlite:///{Path('all.db').absolute()}"
    name = plan.run_name(plan.cells[-1], plan.arms[0].name)
    with (
        closing(open_storage(url, lab.plugins)) as storage,
        storage.held(f"run {name}"),
        pytest.raises(StorageError, match=f"Another process works on the run {name} right now"),
    ):
        ablated(lab, plan, storage=url)
    assert outcome(gone_on_with(lab)) == outcome(ablated(lab, plan, "whole"))


def test_an_ablation_of_an_earlier_release_goes_on(lab: Lab) -> None:
    """Its plan and its runs know nothing of keys that came later, whose defaults change nothing."""

    def earlier(config: Mapping[str, Any]) -> dict[str, Any]:
        search = {key: value for key, value in config["search"].items() if "island" not in key}
        return {**{key: value for key, value in config.items() if key != "scheduler"}, "search": search}

    plan = planned(lab, ALIKE)
    interrupted(lab, plan, ctrl_c_in_training(4))
    document = json.loads(Path("trial", "plan.json").read_text())
    tables: dict[str, dict[str, Any]] = document["plan"]["tables"]
    document["plan"]["tables"] = {
        data: {arm: earlier(one) for arm, one in arms.items()} for data, arms in tables.items()
    }
    Path("trial", "plan.json").write_text(json.dumps(document))
    with closing(sqlite3.connect("trial/ablation.db")) as connection, connection:
        connection.row_factory = sqlite3.Row
        for row in connection.execute("SELECT * FROM runs").fetchall():
            old = seal({**dict(row), "config": json.dumps(earlier(json.loads(row["config"])))})
            new = (old["config"], old["row_digest"], old["name"])
            connection.execute("UPDATE runs SET config = ?, row_digest = ? WHERE name = ?", new)
    found, wanted = outcome(gone_on_with(lab)), outcome(ablated(lab, plan, "whole"))
    assert {**found, "config": None} == {**wanted, "config": None}


def test_an_ablation_says_and_lists_the_incidents_of_its_runs(lab: Lab) -> None:
    register(lab.plugins.manager, Stumbling(), "stumbling")
    found = ablated(lab, planned(lab, ALIKE, count=1))
    assert {(one["arm"], one["seed"]) for one in found["incidents"]} == {("per_bit=true", 0), ("per_bit=false", 0)}
    assert all(any(one["text"] in said for said in lab.said) for one in found["incidents"])
    page = Path(found["files"]["report"]).read_text()
    assert "It &lt;b&gt;thundered&lt;/b&gt;. This concerns" in page
    assert "<b>thundered" not in page
