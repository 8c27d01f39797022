"""The life of a run, with networks in closed form."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fakes import EVENTS, Before, Diary, Lab
from searches import PHASES, interrupted

from nastoolkit.config import read_config
from nastoolkit.errors import ComponentError, ConfigError, DataError, Interrupted, OutputError, StorageError
from nastoolkit.hookspecs import hookimpl
from nastoolkit.plugins import register
from nastoolkit.runs import find_run
from nastoolkit.session import verify_run
from nastoolkit.storage import codec
from nastoolkit.storage.records import Generation
from nastoolkit.trainers.machine import packages


def raises(error: BaseException) -> Any:
    def action() -> None:
        raise error

    return Before(action)


class Shelf:
    """A watcher that keeps every generation as it was saved, with its weights."""

    def __init__(self) -> None:
        self.generations: list[Generation] = []

    @hookimpl
    def nastoolkit_generation_finished(self, generation: Generation) -> None:
        self.generations.append(generation)


def test_watchers_are_told_of_the_start_every_generation_and_the_end(lab: Lab) -> None:
    lab.start({"search.generations": 2}, diary := Diary())
    assert diary.entries == ["started", "generation 0", "generation 1", "finished: generations"]


@pytest.mark.parametrize(
    ("stumble", "heard"),
    [("started", ["started"]), ("generation 0", ["started", "generation 0", "finished: interrupted"])],
)
def test_the_end_is_told_once_after_ctrl_c(lab: Lab, stumble: str, heard: list[str]) -> None:
    with pytest.raises(Interrupted):
        lab.start({}, diary := Diary(stumble, KeyboardInterrupt()))
    assert diary.entries == [*heard[:2], "finished: interrupted"]


def test_the_end_is_told_once_after_an_error(lab: Lab) -> None:
    register(lab.plugins.manager, raises(ZeroDivisionError()), "broken")
    with pytest.raises(ComponentError, match=r"raised .*ZeroDivisionError .* no generation was saved yet\. Go on with"):
        lab.start({}, diary := Diary())
    assert diary.entries == ["started", "finished: failed"]


def test_a_watcher_that_fails_stops_nothing_and_is_named_at_the_end(lab: Lab) -> None:
    found = lab.start({}, clumsy := Diary("generation 1", ValueError("no ink")))
    assert found["generations"] == 4
    assert clumsy.entries == ["started", "generation 0", "generation 1"]
    assert lab.said[-1].startswith("The plugin watcher 1 (Diary) raised in nastoolkit_generation_finished and was")
    assert "ValueError: no ink" in lab.said[-1]


def test_the_notes_on_the_data_are_said(lab: Lab) -> None:
    lab.start()
    assert lab.said == ["The rows are made up."]


def test_the_run_its_folder_and_its_configuration_exist_before_anything_is_trained(lab: Lab) -> None:
    seen: list[tuple[str, int]] = []

    def look() -> None:
        (folder,) = Path("runs").glob("fake-*")
        with find_run(str(folder), lab.plugins) as (_, stored):
            seen.append((stored.run.name, read_config(folder / "config.toml").search.population))

    register(lab.plugins.manager, Before(look), "nosy")
    assert lab.start({"search.generations": 1})["run"] == seen[0][0]
    assert seen == [(seen[0][0], 6)]


def test_what_a_result_depends_on_is_stored_with_the_run(lab: Lab) -> None:
    found = lab.start()
    with find_run(found["run"], lab.plugins) as (_, stored):
        environment = stored.run.environment
    assert {"python", "packages", "backend", "devices", "threads", "cpu"} <= environment.keys()
    assert environment["packages"]["nastoolkit"]


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"cpu": "another", "threads": 99}, "threads, cpu differ"),
        ({"packages": {**packages(), "keras": "2.0"}}, "keras differ"),
        ({"packages": {name: one for name, one in packages().items() if name != "numpy"}}, "numpy differ"),
        ({"packages": "none"}, ", ".join(packages()) + " differ"),
        ({}, ""),
    ],
)
def test_that_a_run_began_elsewhere_is_said_when_it_goes_on_or_is_verified(
    lab: Lab, changes: dict[str, Any], named: str
) -> None:
    with find_run(interrupted(lab, {}, 1), lab.plugins) as (storage, stored):
        storage.describe(stored.run.name, {**stored.run.environment, **changes})
    expected = [f"This is not where the run began ({named}): its bits may differ from here on."] if named else []
    for go_on in (lab.resume, lambda run: verify_run(run, lab.plugins, lab.said.append)):
        lab.said.clear()
        go_on(stored.run.name)
        assert [one for one in lab.said if "began" in one] == expected


def test_a_run_that_was_killed_before_its_first_generation_goes_on(lab: Lab) -> None:
    whole = lab.start()
    register(lab.plugins.manager, killer := raises(GeneratorExit()), "killer")
    with pytest.raises(GeneratorExit):
        lab.start({"out": "killed"})
    lab.plugins.manager.unregister(killer)
    resumed = lab.resume("killed")
    assert lab.digests("killed") == lab.digests(whole["run"])
    assert resumed["generations"] == 4


def test_a_run_that_was_killed_before_its_result_was_written_writes_it_again(lab: Lab) -> None:
    found = lab.start()
    for file in ("model", "result"):
        Path(found["files"][file]).unlink()
    assert lab.resume(found["run"])["files"] == found["files"]
    assert all(Path(file).exists() for file in found["files"].values() if file)


@pytest.mark.parametrize("islands", [1, 2])
def test_a_resume_reads_every_generation_once(lab: Lab, islands: int, monkeypatch: pytest.MonkeyPatch) -> None:
    run = interrupted(lab, {"search.islands": islands, "search.threshold": 0.0}, 1)
    read, read_row = list[int](), codec.generation_from
    monkeypatch.setattr(codec, "generation_from", lambda row: read.append(row["number"]) or read_row(row))
    register(lab.plugins.manager, raises(GeneratorExit()), "killer")
    with pytest.raises(GeneratorExit):
        lab.resume(run)
    assert sorted(read) == {1: [0, 1], 2: [0, 0, 1]}[islands]


def test_resuming_a_finished_run_gives_its_result_again_and_trains_nothing(lab: Lab) -> None:
    found = lab.start()
    EVENTS.clear()
    assert lab.resume(found["run"]) == found
    assert EVENTS == []


def write_rows(last: int) -> None:
    lines = [f"{k % 3},{k},{'abc'[k % 3]}" for k in range(30)]
    Path("rows.csv").write_text("\n".join(["x,y,kind", *lines, f"{last},30,a"]))


def test_data_that_changed_is_not_gone_on_with(lab: Lab) -> None:
    write_rows(0)
    settings = {"dataset.use": "csv", "dataset.path": "rows.csv", "dataset.target": "kind", "out": "run"}
    with pytest.raises(Interrupted):
        lab.start(settings, Diary("generation 1", KeyboardInterrupt()))
    write_rows(7)
    with pytest.raises(DataError, match=r"rows\.csv is not what the run rows-random-.* began with"):
        lab.resume("run")
    with pytest.raises(DataError, match="Put the old data back"):
        verify_run("run", lab.plugins, lab.said.append)
    write_rows(0)
    assert lab.resume("run")["generations"] == 4


def test_the_test_part_may_not_change_once_it_was_reported_on(lab: Lab) -> None:
    rows = {"x_train": np.arange(60.0)[:, None], "y_train": np.arange(60) % 3, "y_test": np.arange(6) % 3}
    np.savez("rows.npz", **rows, x_test=np.arange(6.0)[:, None])
    settings = {"dataset.use": "npz", "dataset.path": "rows.npz", "out": "run"}
    with pytest.raises(Interrupted):
        lab.start(settings, Diary("generation 1", KeyboardInterrupt()))
    np.savez("rows.npz", **rows, x_test=np.arange(6.0)[:, None] + 1)
    assert lab.resume("run")["generations"] == 4
    np.savez("rows.npz", **rows, x_test=np.arange(6.0)[:, None] + 2)
    with pytest.raises(DataError, match="its rows have changed"):
        verify_run("run", lab.plugins, lab.said.append)


def test_a_folder_that_vanishes_during_the_search_is_an_error_and_the_run_goes_on_once_it_is_back(lab: Lab) -> None:
    folder = Path("run")
    register(lab.plugins.manager, mover := Before(lambda: folder.exists() and folder.rename("away")), "mover")
    with pytest.raises(OutputError, match=r"best\.keras cannot be written: No such file .* nastoolkit resume"):
        lab.start({"out": str(folder)})
    lab.plugins.manager.unregister(mover)
    Path("away").rename(folder)
    assert lab.resume("run")["stopped_because"] == "generations"


def test_replaying_a_run_gives_the_same_bits(lab: Lab) -> None:
    name = lab.start()["run"]
    compared = verify_run(name, lab.plugins, lab.said.append)["generations"]
    digests = lab.digests(name)
    assert compared == [
        {"island": 0, "generation": number, "stored": digest, "replayed": digest, "equal": True}
        for number, digest in enumerate(digests)
    ]


def test_a_run_without_a_generation_cannot_be_replayed(lab: Lab) -> None:
    with pytest.raises(Interrupted):
        lab.start({"out": "run"}, Diary("started", KeyboardInterrupt()))
    with pytest.raises(StorageError, match="has no generation yet, so there is nothing to verify"):
        verify_run("run", lab.plugins, lab.said.append)


def test_weights_are_stored_of_what_is_kept_alone(lab: Lab) -> None:
    shelf = Shelf()
    found = lab.start({**PHASES, "storage": "sqlite:///all.db"}, shelf)
    kept = {one.digest for one in shelf.generations[-1].kept}
    with closing(sqlite3.connect("all.db")) as connection:
        rows = connection.execute("SELECT digest, data FROM weights").fetchall()
    assert {digest for digest, _ in rows} == kept
    assert len(kept) < len({one.digest for generation in shelf.generations for one in generation.kept})
    by_digest = {one.digest: one.weights.tobytes() for one in shelf.generations[-1].kept}
    assert dict(rows) == by_digest
    assert found["files"]["model"]


@pytest.mark.parametrize("number", [1, 5, 8])
def test_damage_to_any_kept_weights_stops_a_run_from_going_on_and_is_named(lab: Lab, number: int) -> None:
    run = interrupted(lab, {**PHASES, "storage": "sqlite:///all.db"}, number)
    kept = lab.generations(run)[-1].kept
    assert len(kept) > 1
    for one in kept:
        with closing(sqlite3.connect("all.db")) as connection, connection:
            ((whole,),) = connection.execute("SELECT data FROM weights WHERE digest = ?", [one.digest]).fetchall()
            damaged = bytes([whole[0] ^ 1]) + whole[1:]
            connection.execute("UPDATE weights SET data = ? WHERE digest = ?", [damaged, one.digest])
        with pytest.raises(StorageError, match=f"the weights of '{one.key}' in generation {number} do not match"):
            lab.resume(run)
        with closing(sqlite3.connect("all.db")) as connection, connection:
            connection.execute("UPDATE weights SET data = ? WHERE digest = ?", [whole, one.digest])
    assert lab.resume(run)["stopped_because"] == "generations"


def test_replaying_notices_the_first_generation_that_is_not_what_the_seed_gives(lab: Lab) -> None:
    name = lab.start({}, shelf := Shelf())["run"]
    generations = shelf.generations
    with find_run(name, lab.plugins) as (storage, stored):
        storage.create(replace(stored.run, name="forged"))
        storage.save("forged", generations[0], list(stored.evaluations().values()))
        storage.save("forged", replace(generations[1], diversity=0.5), [])
        storage.save("forged", generations[2], [])
    compared = verify_run("forged", lab.plugins, lab.said.append)["generations"]
    assert [one["equal"] for one in compared] == [True, False]
    assert compared[1]["replayed"] == generations[1].digest != compared[1]["stored"]


def test_a_stored_run_whose_component_is_gone_says_so(lab: Lab) -> None:
    name = lab.start()["run"]
    with pytest.raises(ConfigError, match="There is no dataset called 'fake'"):
        verify_run(name, None, lab.said.append)
