"""Making runs and finding them."""

import re
import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from threading import Thread

import pytest
from fakes import Diary, Lab

from nastoolkit.errors import DataError, Interrupted, OutputError, StorageError
from nastoolkit.homes import claimed
from nastoolkit.model import evaluate_run
from nastoolkit.runs import create_run, delete_run, pack_run, unpack_run
from nastoolkit.storage import database
from nastoolkit.storage.records import Run
from nastoolkit.storage.sql import open_storage


@pytest.mark.parametrize("where", ["{run}", "runs/{run}", "runs/{run}/", "runs/../runs/{run}", "./runs/{run}"])
def test_a_run_is_found_by_its_name_and_by_its_folder(lab: Lab, where: str) -> None:
    found = lab.start()
    assert lab.resume(where.format(**found))["run"] == found["run"]


def test_a_run_is_found_by_its_folder_from_anywhere(lab: Lab, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    found = lab.start({"storage": "sqlite:///elsewhere.db", "out": "kept"})
    monkeypatch.chdir("/")
    assert lab.resume(str(tmp_path / "kept"))["run"] == found["run"]
    with pytest.raises(StorageError, match=r"There is no database /runs/nastoolkit\.db"):
        lab.resume(found["run"])


def test_a_run_that_does_not_exist_is_an_error_that_names_the_nearest(lab: Lab) -> None:
    name = lab.start()["run"]
    with pytest.raises(StorageError, match=f"has no run '{name}x'. Did you mean '{name}'"):
        lab.resume(f"{name}x")


def test_a_folder_whose_run_is_not_stored_is_an_error(lab: Lab) -> None:
    name = lab.start()["run"]
    Path("runs", name).rename("moved")
    with pytest.raises(StorageError, match=r"has no run whose folder is .*/moved"):
        lab.resume("moved")


def test_a_folder_that_does_not_say_where_its_run_is_stored_is_an_error(lab: Lab) -> None:
    file = Path(lab.start()["files"]["config"])
    file.write_text("seed = 3")
    with pytest.raises(StorageError, match="does not say where the run is stored"):
        lab.resume(str(file.parent))


@pytest.mark.parametrize("value", ["5", '""', "true"])
def test_a_folder_names_its_storage_by_a_url(lab: Lab, value: str) -> None:
    file = Path(lab.start()["files"]["config"])
    file.write_text(re.sub('storage = ".*"', f"storage = {value}", file.read_text()))
    with pytest.raises(StorageError, match="does not say where the run is stored"):
        lab.resume(str(file.parent))


def test_nothing_is_sent_to_a_server_because_a_folder_names_it(lab: Lab) -> None:
    """A folder may come from anywhere, and a driver sends whatever password it finds for a host."""
    file, server = Path(lab.start()["files"]["config"]), "postgresql+psycopg://me@127.0.0.1:1/runs"
    file.write_text(re.sub('storage = ".*"', f'storage = "{server}"', file.read_text()))
    for action in (evaluate_run, delete_run):
        with pytest.raises(StorageError, match=rf"config\.toml names the storage .*--storage {re.escape(server)}$"):
            action(str(file.parent), lab.plugins)
    with pytest.raises(StorageError, match=r"cannot be reached|needs psycopg"):
        lab.resume(str(file.parent), storage_url=server)


def test_ctrl_c_is_told_as_such_where_what_was_saved_cannot_be_read(lab: Lab) -> None:
    class Thief(Diary):
        def note(self, entry: str) -> None:
            if entry == "generation 1":
                Path("runs/nastoolkit.db").unlink()
                raise KeyboardInterrupt

    with pytest.raises(Interrupted, match=r"what was saved cannot be read right now\. Go on with: nastoolkit resume"):
        lab.start({}, Thief())


def test_a_storage_that_is_given_is_looked_in_whatever_the_folder_says(lab: Lab) -> None:
    found = lab.start({"out": "here"})
    Path("runs", "nastoolkit.db").rename("moved.db")
    again = lab.resume("here", storage_url="sqlite:///moved.db")
    assert (again["run"], again["storage"]) == (found["run"], f"sqlite:///{Path('moved.db').absolute()}")
    open_storage("sqlite:///empty.db").close()
    with pytest.raises(StorageError, match=r"empty\.db has no run whose folder is .*/here"):
        lab.resume("here", storage_url="sqlite:///empty.db")


def test_looking_for_a_run_makes_no_database_of_a_file(lab: Lab) -> None:
    """A folder from anywhere may name any file."""
    file, theirs = Path(lab.start({"out": "here"})["files"]["config"]), Path("precious").absolute()
    file.write_text(re.sub('storage = ".*"', f'storage = "sqlite:///{theirs}"', file.read_text()))
    theirs.touch()
    with pytest.raises(StorageError, match=r"There is no database .*/precious, so there is no run in it"):
        lab.resume("here")
    assert theirs.read_bytes() == b""
    with closing(sqlite3.connect(theirs)) as connection:
        connection.execute("PRAGMA user_version = 1")
        with pytest.raises(StorageError, match="precious is empty, so there is no run in it"):
            lab.resume("here")
        assert connection.execute("SELECT * FROM sqlite_master").fetchall() == []


def test_a_run_whose_row_is_damaged_is_named_when_its_folder_is(lab: Lab) -> None:
    name = lab.start()["run"]
    with closing(sqlite3.connect("runs/nastoolkit.db")) as connection, connection:
        connection.execute("UPDATE runs SET created = 'x'")
    with pytest.raises(StorageError, match=f"in run '{name}', its row does not match its digest"):
        lab.resume(f"runs/{name}")
    Path("runs", name).rename("moved")
    with pytest.raises(StorageError, match="Or it is one of those whose rows are damaged"):
        lab.resume("moved")


def test_a_folder_that_leads_to_itself_is_in_no_other_runs_way(lab: Lab) -> None:
    found = lab.start()
    Path("loop").symlink_to("loop")
    with closing(open_storage("sqlite:///runs/nastoolkit.db")) as storage:
        storage.create(replace(storage.open(found["run"]).run, name="loop", folder=str(Path("loop").absolute())))
    assert lab.resume(f"runs/{found['run']}")["run"] == found["run"]
    assert lab.start({"out": "other"})["generations"] == found["generations"]


@pytest.mark.parametrize("stem", ["-rows", "..rows", "--", "数" * 80])
def test_a_run_is_called_what_can_be_a_folder_and_is_no_flag(lab: Lab, stem: str) -> None:
    Path(f"{stem}.csv").write_text("a,b\n" + "1,x\n2,y\n" * 20)
    name = lab.start({"dataset.use": "csv", "dataset.path": f"./{stem}.csv", "dataset.target": "b"})["run"]
    pack_run(name, Path("run.zip"), lab.plugins)
    delete_run(name, lab.plugins)
    shutil.rmtree(Path("runs", name))
    assert unpack_run(Path("run.zip"), lab.plugins).name == name
    assert name[0] not in "-."


def test_a_folder_is_taken_by_one_of_two_who_want_it_at_once(lab: Lab) -> None:
    config, second = lab.config({"out": "here"}), list[str]()

    def intrude() -> None:
        with pytest.raises(OutputError) as refused, create_run(config, "", lab.plugins):
            pass
        second.append(str(refused.value))

    with closing(open_storage(config.storage)) as storage:
        table, run = replace(config, storage=storage.url).to_json(), Path("here").absolute()
        with claimed(run, table, storage, "Choose another"):
            intruder = Thread(target=intrude)
            intruder.start()
            intruder.join(0.3)
            assert intruder.is_alive()
            storage.create(Run("first", str(run), "2000", table, ""))
        intruder.join(20)
        assert storage.names() == ["first"]
    assert "here holds a run already" in second[0]


def test_data_that_cannot_be_read_leaves_nothing_behind(lab: Lab) -> None:
    with pytest.raises(DataError, match="There is no file"):
        lab.start({"dataset.use": "csv", "dataset.path": "rows.csv", "out": "run"})
    assert list(Path().iterdir()) == []


@pytest.mark.parametrize("file", ["config.toml", "best.keras", "result.json"])
def test_a_folder_that_holds_a_run_already_is_not_touched(lab: Lab, file: str) -> None:
    Path("taken").mkdir()
    Path("taken", file).write_text("precious")
    with pytest.raises(OutputError, match=rf"taken holds a run already \({file}\)\. Choose another with --out"):
        lab.start({"out": "taken"})
    assert Path("taken", file).read_text() == "precious"


def test_an_empty_folder_and_one_with_other_files_can_be_used(lab: Lab) -> None:
    Path("mine").mkdir()
    Path("mine", "notes.txt").touch()
    assert lab.start({"out": "mine"})["files"]["model"] == str(Path("mine/best.keras").absolute())


def test_a_file_in_the_way_of_the_folder_is_an_error(lab: Lab) -> None:
    Path("file").touch()
    with pytest.raises(OutputError, match=r"folder .*/file/run cannot be written: Not a directory\. Choose another"):
        lab.start({"out": "file/run"})


def test_a_database_that_cannot_be_made_leaves_no_run_behind(lab: Lab) -> None:
    Path("notes.txt").write_text("This is no database. " * 100)
    with pytest.raises(StorageError, match="is not a database"):
        lab.start({"storage": "sqlite:///notes.txt", "out": "run"})
    assert lab.start({"out": "run"})["generations"] == 4


def test_an_unknown_storage_is_an_error(lab: Lab) -> None:
    with pytest.raises(StorageError, match="'museum://x' is not of the form sqlite:///FILE"):
        lab.start({"storage": "museum://x"})


def test_a_database_that_another_process_writes_to_leaves_no_run_behind(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.01)
    lab.start()
    with closing(sqlite3.connect("runs/nastoolkit.db")) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StorageError, match="is locked: another process writes to it"):
            lab.start({"out": "run"})
    assert lab.start({"out": "run"})["generations"] == 4
