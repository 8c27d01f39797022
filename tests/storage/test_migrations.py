"""Databases of earlier versions: brought up to date, gone on with, shown; a copy is kept."""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from fakes import Lab
from freeze import SETTINGS
from sqlalchemy import inspect
from stored_records import exact

from nastoolkit.errors import StorageError
from nastoolkit.results import document
from nastoolkit.storage import codec, schema
from nastoolkit.storage.base import StoredRun
from nastoolkit.storage.migrations import ADDED
from nastoolkit.storage.sql import open_storage

OLD = sorted(Path(__file__).parent.glob("version_*.db"))
FILE = Path("frozen.db")


@pytest.fixture(params=OLD, ids=lambda path: path.stem)
def old(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file of an earlier version, whose run has its folder here."""
    monkeypatch.chdir(tmp_path)
    FILE.write_bytes(request.param.read_bytes())
    change("runs", {"folder": str(Path("frozen").absolute())})
    return request.param


def rows(table: str, file: Path = FILE) -> list[dict[str, Any]]:
    with closing(sqlite3.connect(file)) as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute(f"SELECT * FROM {table}")]  # noqa: S608 - our own tables


def change(table: str, values: Mapping[str, Any]) -> None:
    """Change the first row of a table, and seal it."""
    row = codec.seal(rows(table)[0] | dict(values))
    columns = ", ".join(f"{name} = ?" for name in row)
    with closing(sqlite3.connect(FILE)) as connection, connection:
        where = f"WHERE rowid = (SELECT min(rowid) FROM {table})"  # noqa: S608 - as above
        connection.execute(f"UPDATE {table} SET {columns} {where}", tuple(row.values()))  # noqa: S608 - as above


def test_there_is_one_of_every_version_before_this_one() -> None:
    assert [path.stem for path in OLD] == [f"version_{n}" for n in range(schema.OLDEST, schema.VERSION)]


@pytest.mark.usefixtures("old")
def test_an_old_database_is_gone_on_with_to_the_same_bits(lab: Lab) -> None:
    (name,) = (row["name"] for row in rows("runs"))
    with closing(open_storage(f"sqlite:///{FILE}")) as storage:
        assert document(storage.open(name))["generations"] == 2
    Path("frozen").mkdir()
    Path("frozen", "config.toml").write_text(f'storage = "sqlite:///{FILE.absolute()}"')
    found = lab.resume("frozen")
    anew = lab.start({**SETTINGS, "storage": "sqlite:///anew.db", "out": "anew"})
    assert found["best"] == anew["best"]
    assert lab.digests("frozen") == lab.digests("anew")


def test_what_was_there_before_is_kept(old: Path) -> None:
    before = {table: rows(table) for table in ("runs", "generations", "evaluations", "weights")}
    open_storage(f"sqlite:///{FILE}").close()
    kept = Path(f"{FILE}.{old.stem.replace('_', '')}")
    assert {table: rows(table, kept) for table in before} == before
    assert [row["version"] for row in rows("meta", kept)] != [row["version"] for row in rows("meta")]
    assert sorted(path.name for path in Path().iterdir() if path.is_file()) == sorted([FILE.name, kept.name])


@pytest.mark.usefixtures("old")
def test_the_tables_are_those_of_a_new_database(tmp_path: Path) -> None:
    def columns(file: Path) -> dict[str, set[tuple[str, str, bool]]]:
        with closing(open_storage(f"sqlite:///{file}")) as storage, storage._database.reading() as connection:
            there = inspect(connection)
            return {
                table: {(one["name"], str(one["type"]), one["nullable"]) for one in there.get_columns(table)}
                for table in there.get_table_names()
            }

    assert columns(FILE) == columns(tmp_path / "new.db")
    open_storage(f"sqlite:///{FILE}").close()  # and it is known for one of ours


@pytest.mark.usefixtures("old")
def test_rows_that_were_damaged_before_are_damaged_after() -> None:
    with closing(sqlite3.connect(FILE)) as connection, connection:
        connection.execute("UPDATE evaluations SET zeros = 1 WHERE rowid = (SELECT min(rowid) FROM evaluations)")
    (name,) = (row["name"] for row in rows("runs"))
    with (
        closing(open_storage(f"sqlite:///{FILE}")) as storage,
        pytest.raises(StorageError, match=r"evaluation .* of generation 0 does not match its digest"),
    ):
        storage.open(name).evaluations()


@pytest.mark.parametrize("old", OLD[:1], indirect=True)
def test_a_failure_half_way_leaves_everything_as_it_was(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = {table: rows(table) for table in ("meta", "runs", "generations", "evaluations", "weights")}
    with monkeypatch.context() as broken:
        broken.setattr(codec, "is_whole", lambda _: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            open_storage(f"sqlite:///{FILE}")
    assert {table: rows(table) for table in before} == before
    assert f"version_{rows('meta')[0]['version']}" == old.stem
    open_storage(f"sqlite:///{FILE}").close()
    assert rows("meta")[0]["version"] == schema.VERSION


@pytest.mark.usefixtures("old")
def test_a_copy_that_cannot_be_written_stops_it() -> None:
    before = FILE.read_bytes()
    for version in range(schema.OLDEST, schema.VERSION):
        Path(f"{FILE}.version{version}").mkdir()
    with pytest.raises(StorageError, match=r"cannot be written before: .*nothing was changed"):
        open_storage(f"sqlite:///{FILE}")
    assert FILE.read_bytes() == before


def evaluations(run: StoredRun) -> Any:
    return exact(list(run.evaluations().values()))


def test_a_server_is_brought_up_to_date_too(old: Path, postgres_url: str) -> None:
    """A database as the old version would have made it: its tables and rows are those of the file."""
    open_storage(postgres_url).close()
    with closing(open_storage(postgres_url)) as storage, storage._database.writing() as connection:
        version = int(old.stem.rpartition("_")[2])
        schema.leases.drop(connection)
        for one in ADDED:
            if one.version > version:
                connection.exec_driver_sql(f"ALTER TABLE {one.table.name} DROP COLUMN {one.column}")
        connection.execute(schema.meta.update().values(version=version))
        for table in (schema.runs, schema.generations, schema.evaluations, schema.weights):
            for row in rows(table.name):
                connection.execute(table.insert().values(row))
    with closing(open_storage(postgres_url)) as new, closing(open_storage(f"sqlite:///{FILE}")) as other:
        (run,) = other.runs()
        assert new.runs() == [run]
        assert exact(new.open(run.name).generations()) == exact(other.open(run.name).generations())
        assert evaluations(new.open(run.name)) == evaluations(other.open(run.name))
