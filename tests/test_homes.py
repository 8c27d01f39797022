"""A run's files are in its own folder alone, however that is called, and whichever a stranger's database names."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from fakes import Lab
from searches import interrupted

from nastoolkit.errors import ConfigError, StorageError
from nastoolkit.runs import pack_run, unpack_run
from nastoolkit.storage.codec import seal

DATABASE, URL = Path("stranger.db"), "sqlite:///stranger.db"


@pytest.fixture
def name(lab: Lab) -> str:
    """Of a run that was interrupted, in a database of its own."""
    interrupted(lab, {"storage": URL, "out": "run"}, 1)
    with closing(sqlite3.connect(DATABASE)) as connection:
        ((found,),) = connection.execute("SELECT name FROM runs").fetchall()
    return found


def move(folder: str) -> None:
    """Name another folder in the run's row, and seal it."""
    with closing(sqlite3.connect(DATABASE)) as connection, connection:
        connection.row_factory = sqlite3.Row
        (row,) = connection.execute("SELECT * FROM runs").fetchall()
        moved = seal({**dict(row), "folder": str(Path(folder).absolute())})
        connection.execute("UPDATE runs SET folder = ?, row_digest = ?", [moved["folder"], moved["row_digest"]])


def files() -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in Path().rglob("*") if path.is_file()}


@pytest.mark.parametrize("out", ["..", "../up", "a\nb", "-rf", "\u202eexe", "gone/../b", " ", "~", "$HOME"])
def test_a_search_writes_to_the_folder_that_is_named(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, out: str
) -> None:
    here = tmp_path / "deep" / "here"
    here.mkdir(parents=True)
    monkeypatch.chdir(here)
    lab.start({"out": out, "storage": f"sqlite:///{tmp_path}/all.db", "search.generations": 1})
    written = {path for path in tmp_path.rglob("*") if path.is_file()}
    names = ("best.keras", "config.toml", "result.json")
    assert written == {tmp_path / "all.db", *(Path(out).resolve() / name for name in names)}


@pytest.mark.parametrize("out", ["a\0b", "x" * 300, "\udcff"])
def test_a_folder_that_cannot_be_is_refused_before_anything_is_written(lab: Lab, out: str) -> None:
    with pytest.raises(ConfigError, match=r"^out = .* cannot be: (no folder can be called so|.* a Unicode text)"):
        lab.start({"out": out})
    assert files() == {}


def test_a_run_goes_on_in_its_folder_wherever_its_database_goes(lab: Lab, name: str) -> None:
    DATABASE.rename("moved.db")
    assert lab.resume(name, storage_url="sqlite:///moved.db")["folder"] == str(Path("run").absolute())


def test_nothing_is_given_up_of_a_run_that_could_not_go_on(lab: Lab, name: str) -> None:
    with closing(sqlite3.connect(DATABASE)) as connection, connection:
        connection.execute("UPDATE generations SET best_fitness = zeroblob(8)")
    move("gone")
    with pytest.raises(StorageError, match="has no folder here"):
        lab.resume(name, storage_url=URL, from_whole=True)
    with closing(sqlite3.connect(DATABASE)) as connection:
        assert connection.execute("SELECT count(*) FROM generations").fetchone() == (2,)


@pytest.mark.parametrize("folder", ["gone", "precious", "runs/precious", "another", "damaged", "deep"])
def test_a_run_goes_on_in_nobody_elses_folder(lab: Lab, name: str, folder: str) -> None:
    lab.start({"out": "another", "seed": 5})
    for made in ("precious", "runs/precious", "damaged", "deep"):
        Path(made).mkdir()
        Path(made, "result.json").write_text("mine")
    Path("damaged", "config.toml").write_text("[")
    Path("deep", "config.toml").write_text("a = " + "[" * 10_000)
    move(folder)
    before = files()
    with pytest.raises(StorageError, match=rf"has no folder here: .*/{folder} is not .*--import"):
        lab.resume(name, storage_url=URL)
    assert files() == before


def test_a_run_without_a_folder_is_taken_in_as_a_file(lab: Lab, name: str) -> None:
    move("gone")
    pack_run(name, Path("run.zip"), lab.plugins, URL)
    unpack_run(Path("run.zip"), lab.plugins)
    assert lab.resume(name)["folder"] == str(Path("runs", name).absolute())
