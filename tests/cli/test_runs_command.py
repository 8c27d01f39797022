"""``nastoolkit runs`` with its flags: a run goes into a file, comes back, and goes."""

import io
import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from terminal import FAKES, Command

from nastoolkit.config import read_config
from nastoolkit.storage import DEFAULT_STORAGE as STORAGE
from nastoolkit.storage.records import Run
from nastoolkit.storage.sql import open_storage


@pytest.fixture
def name(command: Command) -> str:
    """Of a finished run."""
    return json.loads(command("search", *FAKES, "--generations", "1", "--json").stdout)["run"]


def listed(command: Command) -> list[str]:
    return [run["run"] for run in json.loads(command("runs", "--json").stdout)["runs"]]


def test_a_run_is_exported_deleted_and_imported(command: Command, name: str) -> None:
    before = json.loads(command("show", name, "--json").stdout)
    done = command("runs", "--export", name, "run.zip")
    assert (done.returncode, "run.zip" in done.stdout) == (0, True)
    done = command("runs", "--delete", name)
    assert (done.returncode, listed(command)) == (0, [])
    assert f"Its folder is left as it is: {Path('runs', name).absolute()}" in done.stdout
    shutil.rmtree(Path("runs", name))
    done = command("runs", "--import", "run.zip", "--json")
    assert json.loads(done.stdout) == {"run": name, "folder": str(Path("runs", name).absolute())}
    assert json.loads(command("show", name, "--json").stdout) == before


def test_runs_without_a_folder_are_pruned_when_that_is_wanted(
    command: Command, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.rmtree(Path("runs", name))
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    done = command("runs", "--prune")
    assert (done.returncode, listed(command)) == (1, [name])
    assert f"{name} has no folder here any more" in done.stderr
    found: dict[str, Any] = json.loads(command("runs", "--prune", "--yes", "--json").stdout)
    assert found == {"deleted": [name], "left": [], "rows": 0}
    assert listed(command) == []


def test_pruning_deletes_in_its_own_database_and_leaves_what_another_process_works_on(
    command: Command, name: str
) -> None:
    """A folder that is called like one of them belongs to a run of another database."""
    shutil.rmtree(Path("runs", name))
    Path(name).mkdir()
    Path(name, "config.toml").write_text('storage = "sqlite:///other.db"')
    with closing(open_storage("sqlite:///other.db")) as other, closing(open_storage(STORAGE)) as storage:
        config = storage.open(name).run.config
        other.create(Run(name, str(Path(name).absolute()), "2000", config, ""))
        storage.create(Run("held", "/nowhere", "2000", config, ""))
        with storage.held("run held"):
            done = command("runs", "--prune", "--yes", "--json")
        assert json.loads(done.stdout) == {"deleted": [name], "left": ["held"], "rows": 0}
        assert "held is left: Another process works on the run held" in done.stderr
        assert (storage.names(), other.names()) == (["held"], [name])


def test_names_are_no_markup(command: Command, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    named = {"dataset.use": "csv", "dataset.path": "[red].csv", "initializer.use": "[/bold]coe"}
    with closing(open_storage(STORAGE)) as storage:
        storage.create(Run("marked", "/nowhere", "2000", read_config(None, named.items()).to_json(), ""))
    listing = command("runs").stdout
    assert all(text in listing for text in (name, "[red].csv", "[/bold]coe"))


def test_a_damaged_row_is_listed_and_can_be_deleted(command: Command, name: str) -> None:
    with closing(open_storage(STORAGE)) as storage:
        storage.create(Run("broken", "/nowhere", "2000", {}, ""))
    with closing(sqlite3.connect("runs/nastoolkit.db")) as connection, connection:
        connection.execute("UPDATE runs SET created = '2001' WHERE name = 'broken'")
    assert listed(command) == [name]
    assert json.loads(command("runs", "--json").stdout)["damaged"] == ["broken"]
    (line,) = [line for line in command("runs").stdout.splitlines() if "broken" in line]
    assert line.split() == ["broken", "damaged"]
    assert command("show", f"runs/{name}").returncode == 0
    assert json.loads(command("runs", "--delete", "broken", "--json").stdout) == {"deleted": "broken"}
    assert json.loads(command("runs", "--json").stdout)["damaged"] == []


def test_what_cannot_be_done_is_told_with_its_exit_code(command: Command, name: str) -> None:
    assert command("runs", "--delete", "other").returncode == 5
    assert command("runs", "--import", "missing.zip").returncode == 3
    assert command("runs", "--export", name, f"runs/{name}/config.toml").returncode == 3
    assert command("runs", "--delete", name, "--prune").returncode == 2
