"""Making runs and finding them."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from fakes import Lab

from nastoolkit.errors import DataError, OutputError, StorageError
from nastoolkit.storage import database


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
