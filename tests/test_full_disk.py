"""A disk that is full: said, with what was saved still there, and gone on with once there is room."""

import re
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from disks import empty, fill, small_disk
from fakes import Before, Diary, Lab
from searches import model, outcome

from nastoolkit.errors import ExitCode, OutputError, StorageError
from nastoolkit.files import whole
from nastoolkit.model import export_run
from nastoolkit.results import document
from nastoolkit.runs import find_run

SETTINGS = {"encoder.max_depth": 2, "encoder.max_nodes": 16, "out": "run"}
DISK = Path()
"""The current folder."""


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A disk of one megabyte, which is the current folder."""
    folder = tmp_path / "small"
    folder.mkdir()
    with small_disk(folder, 1) as disk:
        monkeypatch.chdir(disk)
        yield disk
        monkeypatch.undo()


def undisturbed(tmp_path: Path) -> dict[str, Any]:
    return Lab().start({**SETTINGS, "out": str(tmp_path / "good"), "storage": f"sqlite:///{tmp_path}/good.db"})


@pytest.mark.usefixtures("small")
def test_a_disk_that_fills_during_a_search(tmp_path: Path) -> None:
    class Filler(Diary):
        def note(self, entry: str) -> None:
            if entry == "generation 1":
                fill(DISK)

    lab = Lab()
    with pytest.raises(StorageError, match=r"disk is full.*nastoolkit resume") as said:
        lab.start(SETTINGS, Filler())
    assert said.value.exit_code == ExitCode.STORAGE
    with pytest.raises(StorageError, match="disk is full"):
        lab.resume("run")
    with find_run("run", lab.plugins) as (_, stored):
        assert document(stored)["generations"] >= 2
    empty(DISK)
    again, good = lab.resume("run"), undisturbed(tmp_path)
    assert outcome(again) | {"config": None} == outcome(good) | {"config": None}
    assert model(again) == model(good)


def attempt(settings: Mapping[str, Any], *before: object) -> str:
    """What is said where a search does not end."""
    lab = Lab()
    for plugin in before:
        lab.plugins.manager.register(plugin)
    try:
        lab.start(settings)
    except (StorageError, OutputError) as error:
        return str(error)
    return ""


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("begun", [False, True], ids=["before it begins", "before it trains"])
def test_wherever_the_room_ends_it_is_said_and_the_search_can_be_repeated(tmp_path: Path, begun: bool) -> None:  # noqa: FBT001 - a parameter
    good, told = undisturbed(tmp_path), list[str]()
    for pages in range(0, 80, 4):
        for path in Path().iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        fill(DISK, 4096 * pages if not begun else 1_000_000)
        told.append(attempt(SETTINGS, *([Before(lambda pages=pages: fill(DISK, 4096 * pages))] if begun else [])))
        empty(DISK)
        assert not list(Path("run").glob("*-part*"))
        again = Lab().resume("run") if Path("run", "config.toml").exists() else Lab().start(SETTINGS)
        assert outcome(again) | {"config": None} == outcome(good) | {"config": None}
        assert model(again) == model(good)
    assert all(re.search("disk is full|No space left|Check that it is a file in a folder", one) for one in told if one)
    assert all(any(words in one for one in told) for words in ("disk is full", "result.json cannot be written"))
    assert "" in told


@pytest.mark.usefixtures("small")
def test_a_folder_on_a_full_disk_with_its_database_elsewhere(tmp_path: Path) -> None:
    settings = {**SETTINGS, "storage": f"sqlite:///{tmp_path}/elsewhere.db"}
    fill(DISK)
    assert re.search(r"folder .*/run cannot be written: No space left.*--out", attempt(settings))
    assert not list(Path("run").iterdir())
    empty(DISK)
    assert re.search(
        r"best\.keras cannot be written: No space left.*resume", attempt(settings, Before(lambda: fill(DISK)))
    )
    assert [path.name for path in Path("run").iterdir()] == ["config.toml"]
    empty(DISK)
    assert model(Lab().resume("run")) == model(undisturbed(tmp_path))


@pytest.mark.usefixtures("small")
def test_a_file_is_written_whole_or_not_at_all() -> None:
    target = Path("target.txt")
    target.write_text("before")
    fill(DISK, 4096)
    with pytest.raises(OSError, match="No space left"), whole(target) as draft:
        draft.write_bytes(bytes(100_000))
    assert target.read_text() == "before"
    assert sorted(path.name for path in Path().iterdir()) == ["filler", "target.txt"]


@pytest.mark.usefixtures("small")
def test_an_export_leaves_nothing_half_written() -> None:
    found = Lab().start(SETTINGS)
    Path(found["files"]["model"]).write_bytes(bytes(50_000))
    fill(DISK, 4096)
    with pytest.raises(OutputError, match=r"copy\.keras cannot be written: No space left"):
        export_run("run", Path("copy.keras"))
    assert not Path("copy.keras").exists()
