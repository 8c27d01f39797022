"""Runs that move from one database to another as a file, and runs that go."""

import json
import random
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from stat import S_IFLNK
from typing import Any
from zipfile import ZIP_BZIP2, ZIP_LZMA, ZipFile, ZipInfo

import pytest
from fakes import Before, Lab
from searches import FRONT, PHASES, interrupted, model, outcome

from nastoolkit.errors import DataError, OutputError, StorageError
from nastoolkit.plugins import register
from nastoolkit.runs import delete_run, open_storage, pack_run, unpack_run
from nastoolkit.storage import archive as archives
from nastoolkit.storage.archive import MEMBERS, Archive, read_archive, write_archive
from nastoolkit.storage.base import Rows
from nastoolkit.storage.codec import seal
from nastoolkit.storage.schema import VERSION

THERE = "sqlite:///there.db"
FILE = Path("run.zip")
NAMES = frozenset({"best.keras"})


@pytest.fixture
def packed(lab: Lab) -> str:
    """The name of a run that was interrupted and written to a file; nothing else is left of it."""
    folder = Path(interrupted(lab, {"encoder.max_depth": 2, "encoder.max_nodes": 16}, 1))
    pack_run(str(folder), FILE, lab.plugins)
    shutil.rmtree("runs")
    return folder.name


def rewritten(change: Callable[[dict[str, Any]], object]) -> None:
    """Change the rows in the file, which stays a whole zip with right digests of its members."""
    archive = read_archive(FILE, NAMES)
    rows: dict[str, Any] = {name: [dict(row) for row in rows] for name, rows in archive.rows.items()}
    change(rows)
    FILE.unlink()
    write_archive(FILE, Archive(rows, archive.version, archive.files))


@pytest.mark.parametrize("settings", [{}, PHASES, FRONT], ids=["evolve", "phases", "front"])
@pytest.mark.parametrize("ended", [True, False])
def test_a_run_goes_on_elsewhere_with_the_same_bits(lab: Lab, settings: dict[str, Any], ended: bool) -> None:  # noqa: FBT001 - a parameter
    good = lab.start({**settings, "storage": "sqlite:///good.db", "out": "good"})
    if ended:
        lab.start({**settings, "out": "run"})
    else:
        interrupted(lab, {**settings, "out": "run"}, 2)
    pack_run("run", FILE, lab.plugins)
    shutil.rmtree("run")
    run = unpack_run(FILE, lab.plugins, THERE)
    again = lab.resume(run.folder)
    assert again["folder"] == str(Path("runs", run.name).absolute())
    assert outcome(again) | {"config": None} == outcome(good) | {"config": None}
    assert model(again) == model(good)
    assert lab.digests(run.folder) == lab.digests("good")
    assert (
        json.loads(Path(run.folder, "result.json").read_text())["storage"] == f"sqlite:///{Path('there.db').absolute()}"
    )


def test_a_run_is_taken_in_once_and_its_file_written_once(lab: Lab, packed: str) -> None:
    unpack_run(FILE, lab.plugins)
    with pytest.raises(OutputError, match="holds a run already"):
        unpack_run(FILE, lab.plugins)
    shutil.rmtree(Path("runs", packed))
    with pytest.raises(StorageError, match=f"has a run '{packed}' already"):
        unpack_run(FILE, lab.plugins)
    assert not Path("runs", packed, "config.toml").exists()
    with pytest.raises(OutputError, match=r"run\.zip exists"):
        pack_run(packed, FILE, lab.plugins)


def test_a_file_of_the_run_that_cannot_be_read_is_named(lab: Lab) -> None:
    lab.start({"out": "run"})
    (model := Path("run", "best.keras")).unlink()
    model.mkdir()
    with pytest.raises(IsADirectoryError) as error:
        pack_run("run", FILE, lab.plugins)
    assert Path(error.value.filename) == model.absolute()
    assert not FILE.exists()


@pytest.mark.usefixtures("packed")
def test_a_file_that_was_damaged_is_told_or_gives_the_same_rows() -> None:
    whole, content, draws = read_archive(FILE, NAMES), FILE.read_bytes(), random.Random(0)  # noqa: S311 - no secret
    told = 0
    for number in range(300):
        damaged = bytearray(content)
        damaged[draws.randrange(len(content))] ^= 1 << draws.randrange(8)
        FILE.write_bytes(damaged if number % 3 else content[: draws.randrange(len(content))])
        try:
            assert read_archive(FILE, NAMES) == whole
        except DataError as error:
            assert str(FILE) in str(error)  # noqa: PT017 - both outcomes are right
            told += 1
    assert told > 200


def first(table: str, **values: Any) -> Callable[[dict[str, Any]], object]:
    """Change a row, and seal it: nothing but what it says is wrong."""

    def change(rows: dict[str, Any]) -> None:
        rows[table][0] = seal({**rows[table][0], **values})

    return change


WRONG = {
    "a name that is a path": (first("runs", name="../../evil"), "no name that can be a folder's"),
    "a name that is none": (first("runs", name=b"x"), "no name that can be a folder's"),
    "no configuration": (first("runs", config="[1"), "no configuration that can be: Expecting"),
    "a configuration that is no table": (first("runs", config='""'), "no configuration that can be"),
    "an unknown key": (first("runs", config='{"x": 1}'), "A configuration has no key 'x'"),
    "a component that is none": (first("runs", config='{"trainer": {"use": [1]}}'), "is named by something else"),
    "a list with a null": (first("runs", config='{"trainer": {"x": [null]}}'), "no configuration that can be"),
    "a text that is none": (first("runs", config='{"trainer": {"x": "\\ud800"}}'), "no configuration that can be"),
    "islands": (first("runs", config='{"search": {"islands": 4}}'), "has islands"),
    "an island": (first("runs", config='{"search": {"islands": 4, "island": 2}}'), "has islands"),
    "a seal that is broken": (lambda rows: rows["runs"][0].update(created="x"), "does not match its digest"),
    "a generation that is none": (first("generations", kept="[[1]]"), "not the rows of a whole run"),
    "a shape that is none": (first("generations", population=7), "not the rows of a whole run"),
    "a number that is too large": (first("generations", step=2**80), "not the rows of a whole run|does not match"),
    "a number of no bytes": (first("generations", best_fitness=b""), "not the rows of a whole run"),
    "migrants from nowhere": (first("generations", migrants="[1]"), "not the rows of a whole run"),
    "a text for a number": (first("evaluations", zeros="0"), "is not of its type"),
    "a column too many": (first("evaluations", more=1), "has other columns"),
    "another run's row": (first("evaluations", run="other"), "another run's"),
    "a generation less": (lambda rows: rows["generations"].pop(0), "(?s)does not match its digest|already"),
    "an evaluation less": (lambda rows: rows["evaluations"].pop(), "11 evaluations were saved and 10 are there"),
    "no weights": (lambda rows: rows["weights"].clear(), "the weights of .* do not match their digest"),
    "a configuration that is deep": (first("runs", environment="[" * 100_000), "not the rows of a whole run"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_a_file_from_a_stranger_is_believed_in_nothing(lab: Lab, packed: str, wrong: str) -> None:
    change, said = WRONG[wrong]
    rewritten(change)
    with pytest.raises((DataError, StorageError), match=said):
        unpack_run(FILE, lab.plugins)
    with closing(open_storage("sqlite:///runs/nastoolkit.db", lab.plugins)) as storage:
        assert storage.runs() == []
        assert storage.sweep() == 0
    assert not Path("runs", packed, "config.toml").exists()
    assert not Path("../evil").exists()


def test_a_name_that_no_folder_should_have_is_refused(lab: Lab, packed: str) -> None:
    for name in ("", ".", "..", "/a", "a/b", ".hidden", "-rf", "a\n", "a\0b", "\u202ea", "$HOME", packed * 10):
        rewritten(first("runs", name=name))
        with pytest.raises(DataError, match="no name that can be a folder's"):
            unpack_run(FILE, lab.plugins)
    assert {path.name for path in Path().iterdir()} == {FILE.name}


@pytest.mark.usefixtures("packed")
def test_files_in_a_file_are_those_of_a_run_and_no_paths_and_no_links(lab: Lab) -> None:
    archive = read_archive(FILE, NAMES)
    for number, name in enumerate(("/etc/passwd", "best.keras/../../evil", "config.toml", "..", "", "best.keras\0.py")):
        write_archive(Path(f"{number}.zip"), Archive(archive.rows, files={name: b""}))
        with pytest.raises(DataError, match=r"a run has no file|is not a run that nastoolkit has exported"):
            unpack_run(Path(f"{number}.zip"), lab.plugins)
    write_archive(Path("linked.zip"), Archive(archive.rows, files={"best.keras": b"/etc/passwd"}))
    with ZipFile("linked.zip") as file:
        members = {one: file.read(one) for one in file.namelist()}
    with ZipFile("link.zip", "x") as file:
        for name, content in members.items():
            one = ZipInfo(name)
            one.external_attr = (S_IFLNK | 0o777) << 16
            file.writestr(one, content)
    model = Path(unpack_run(Path("link.zip"), lab.plugins).folder, "best.keras")
    assert not model.is_symlink()
    assert model.read_bytes() == b"/etc/passwd"


def test_a_file_from_a_stranger_names_no_cluster(lab: Lab, packed: str) -> None:
    def crafted(rows: dict[str, Any]) -> None:
        config = {**json.loads(rows["runs"][0]["config"]), "executor": {"use": "ray", "address": "ray://example.org:1"}}
        first("runs", config=json.dumps(config))(rows)

    rewritten(crafted)
    assert unpack_run(FILE, lab.plugins).config["executor"] == {"use": "local"}
    assert "example.org" not in Path("runs", packed, "config.toml").read_text()
    assert lab.resume(packed)["generations"] == 4


@pytest.mark.usefixtures("packed")
def test_files_of_other_names_and_of_other_programs_are_refused(lab: Lab) -> None:
    archive = read_archive(FILE, NAMES)
    write_archive(Path("evil.zip"), Archive(archive.rows, files={"../evil.py": b""}))
    with pytest.raises(DataError, match=r"a run has no file '\.\./evil\.py'"):
        unpack_run(Path("evil.zip"), lab.plugins)
    write_archive(Path("new.zip"), Archive(archive.rows, VERSION + 1))
    with pytest.raises(DataError, match=f"with version {VERSION + 1} of the tables"):
        unpack_run(Path("new.zip"), lab.plugins)
    with ZipFile("large.zip", "x") as file:
        for number in range(MEMBERS + 1):
            file.writestr(str(number), b"")
    with pytest.raises(DataError, match="larger than a run's can be"):
        unpack_run(Path("large.zip"), lab.plugins)
    for method in (ZIP_LZMA, ZIP_BZIP2):
        with ZipFile("packed.zip", "w", method) as file:
            file.writestr("run.json", b"{}")
        with pytest.raises(DataError, match="compressed in a way that nastoolkit does not use"):
            unpack_run(Path("packed.zip"), lab.plugins)
    with ZipFile("other.zip", "x") as file:
        file.writestr("run.json", json.dumps({"application": "another"}))
    for name in ("other.zip", "fakes.txt"):
        Path("fakes.txt").write_text("hello")
        with pytest.raises(DataError, match="not a run that nastoolkit has exported"):
            unpack_run(Path(name), lab.plugins)
    with pytest.raises(DataError, match=r"missing\.zip cannot be read: No such file"):
        unpack_run(Path("missing.zip"), lab.plugins)


@pytest.mark.parametrize(("bound", "value"), [("BYTES", 1_000), ("INDEX_BYTES", 1_000), ("MEMBERS", 1)])
def test_what_is_too_large_is_not_taken_in_and_not_written(
    lab: Lab, bound: str, value: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab.start({"out": "run"})
    pack_run("run", FILE, lab.plugins)
    monkeypatch.setattr(archives, bound, value)
    with pytest.raises(DataError, match="larger than a run's can be"):
        unpack_run(FILE, lab.plugins, THERE)
    FILE.unlink()
    with pytest.raises(DataError, match="larger than a file that can be taken in"):
        pack_run("run", FILE, lab.plugins)
    assert not list(Path().glob("*.zip"))


def test_a_file_of_an_earlier_version_is_taken_in(lab: Lab, packed: str) -> None:
    def earlier(rows: dict[str, Any]) -> None:
        rows["runs"] = [seal({k: v for k, v in row.items() if k != "last_digest"}) for row in rows["runs"]]
        rows["evaluations"] = [seal({k: v for k, v in row.items() if k != "epochs"}) for row in rows["evaluations"]]

    archive = read_archive(FILE, NAMES)
    rows: dict[str, Any] = dict(archive.rows)
    earlier(rows)
    write_archive(Path("old.zip"), Archive(rows, 2))
    unpack_run(Path("old.zip"), lab.plugins)
    good = lab.start({"encoder.max_depth": 2, "encoder.max_nodes": 16})
    assert outcome(lab.resume(packed)) == outcome(good)


def test_a_run_that_is_deleted_leaves_its_files_and_other_runs(lab: Lab) -> None:
    one, other = lab.start({"out": "one"}), lab.start({"out": "other"})
    assert delete_run("one", lab.plugins).name == one["run"]
    assert Path("one", "best.keras").exists()
    with pytest.raises(StorageError, match="no run"):
        delete_run(one["run"], lab.plugins)
    assert lab.resume("other") == other


def test_a_run_that_is_searched_cannot_be_deleted(lab: Lab) -> None:
    def intrude() -> None:
        with pytest.raises(StorageError, match="Another process works on the run"):
            delete_run("here", lab.plugins)

    register(lab.plugins.manager, Before(intrude), "intruder")
    assert lab.start({"out": "here"})["generations"] == 4


def rows(lab: Lab, name: str) -> Rows:
    with closing(open_storage("sqlite:///runs/nastoolkit.db", lab.plugins)) as storage:
        return storage.rows(name)


def test_what_nothing_points_to_is_swept_and_nothing_else(lab: Lab) -> None:
    found = lab.start({"encoder.max_depth": 2})
    before = rows(lab, found["run"])
    with closing(sqlite3.connect("runs/nastoolkit.db")) as connection, connection:
        connection.execute("INSERT INTO weights VALUES (?, 'x', x'00')", [found["run"]])
        connection.execute("INSERT INTO weights VALUES ('gone', 'x', zeroblob(1000000))")
    size = Path("runs/nastoolkit.db").stat().st_size
    with closing(open_storage("sqlite:///runs/nastoolkit.db", lab.plugins)) as storage:
        assert storage.sweep() == 2
        assert storage.sweep() == 0
    assert Path("runs/nastoolkit.db").stat().st_size < size - 900_000
    assert rows(lab, found["run"]) == before
