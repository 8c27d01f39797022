"""Runs from anywhere: files that are taken in, and databases, of which every row is sealed and one makes no sense."""

import json
import shutil
import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest
from fakes import Lab
from hostile import Survive
from hypothesis import strategies as st
from inputs import JSON, NUMBERS, TEXTS, changed, mutated
from searches import PHASES, interrupted

from nastoolkit.drift import run_drift
from nastoolkit.errors import NastoolkitError
from nastoolkit.plugins import load_plugins
from nastoolkit.results import document
from nastoolkit.runs import delete_run, find_run, homeless, open_storage, pack_run, sensible, unpack_run
from nastoolkit.session import resume_run, verify_run
from nastoolkit.storage import codec
from nastoolkit.storage.archive import Archive, read_archive, write_archive

FILE, STORE = Path("run.zip"), "sqlite:///store.db"
NAMES = frozenset({"best.keras", "result.json"})
ENDED, BEGUN = {**PHASES, "encoder.max_nodes": 16}, {"encoder.max_depth": 2, "encoder.max_nodes": 16}

Rows = dict[str, list[dict[str, Any]]]


@pytest.fixture(params=["ended", "begun"])
def packed(request: pytest.FixtureRequest, lab: Lab) -> Rows:
    """The rows of a run that was written to a file; nothing else is left of it."""
    if request.param == "ended":
        lab.start({**ENDED, "out": "run"})
    else:
        interrupted(lab, {**BEGUN, "out": "run"}, 1)
    pack_run("run", FILE, lab.plugins)
    shutil.rmtree("run")
    shutil.rmtree("runs")
    return {name: [dict(row) for row in rows] for name, rows in read_archive(FILE, NAMES).rows.items()}


def values(value: Any) -> st.SearchStrategy[Any]:
    """What may stand in a value's place: of the same type more often than not."""
    if isinstance(value, bytes):
        return mutated(value) | st.binary(max_size=64) | st.just(bytes(len(value)))
    if isinstance(value, int):
        return st.integers(-2, 9) | st.integers(-(2**63), 2**63 - 1) | NUMBERS
    with suppress(ValueError):
        return (changed(json.loads(value)) | JSON).map(json.dumps) | TEXTS
    return TEXTS | mutated(value.encode()).map(lambda text: text.decode(errors="replace"))


def crafted(rows: Rows) -> st.SearchStrategy[Rows]:
    """The rows with a value or two that are others, everything sealed again."""
    places = [
        (table, number, column)
        for table in ("runs", "generations", "evaluations")
        for number, row in enumerate(rows[table])
        for column in row
    ]
    change = st.sampled_from(places).flatmap(
        lambda place: values(rows[place[0]][place[1]][place[2]]).map(lambda value: (*place, value))
    )
    return st.lists(change, min_size=1, max_size=2).map(lambda changes: with_changes(rows, changes))


def with_changes(rows: Rows, changes: list[tuple[str, int, str, Any]]) -> Rows:
    made = {table: [dict(row) for row in found] for table, found in rows.items()}
    for table, number, column, value in changes:
        made[table][number][column] = value
    for row in made["generations"]:
        with suppress(Exception):
            row["digest"] = codec._generation_from(row).digest
    if made["runs"][0]["last_digest"]:
        made["runs"][0]["last_digest"] = made["generations"][-1]["digest"]
    return {table: [sealed(table, row) for row in found] for table, found in made.items()}


def sealed(table: str, row: dict[str, Any]) -> dict[str, Any]:
    with suppress(TypeError, AttributeError):
        return row if table == "weights" else codec.seal(row)
    return row


def everything(lab: Lab, where: str, url: str) -> None:
    """Every command that reads a run, and then goes on with it; each is clean, or the first error comes out."""
    errors: list[NastoolkitError] = []
    with find_run(where, lab.plugins, url) as (_, stored):
        for ask in (lambda: document(stored), lambda: run_drift(stored, lab.plugins)):
            try:
                ask()
            except NastoolkitError as error:
                errors.append(error)
    for ask in (resume_run, verify_run):
        try:
            ask(where, lab.plugins, lab.said.append, storage_url=url)
        except NastoolkitError as error:
            errors.append(error)
    if errors:
        raise errors[0]


def test_a_file_with_bytes_that_changed_is_refused_or_gives_the_same_rows(survive: Survive, packed: Rows) -> None:
    whole = FILE.read_bytes()

    def read(content: bytes) -> None:
        FILE.write_bytes(content)
        assert read_archive(FILE, NAMES).rows == packed

    assert survive(mutated(whole), read)["DataError"]


def test_a_file_whose_rows_make_no_sense_is_refused(survive: Survive, lab: Lab, packed: Rows) -> None:
    def take_in(rows: Rows) -> None:
        for path in (FILE, Path("store.db")):
            path.unlink(missing_ok=True)
        shutil.rmtree("runs", ignore_errors=True)
        with suppress(TypeError, AttributeError, KeyError):  # such a file cannot be written
            write_archive(FILE, Archive(rows))
        run = unpack_run(FILE, lab.plugins, STORE)
        everything(lab, run.name, STORE)

    found = survive(crafted(packed), take_in, 0.2)
    assert found["DataError"]


def test_a_database_whose_rows_make_no_sense_is_told(survive: Survive, lab: Lab, packed: Rows) -> None:
    """A run's folder stays what it is: `resume` writes there, as it is called like an ablation's."""
    folder = str(Path("runs", packed["runs"][0]["name"]).absolute())
    packed["runs"][0] = codec.seal({**packed["runs"][0], "folder": folder})

    def read(rows: Rows) -> None:
        Path("store.db").unlink(missing_ok=True)
        shutil.rmtree(folder, ignore_errors=True)
        Path(folder).mkdir(parents=True)
        filled(rows)
        with closing(open_storage(STORE, lab.plugins)) as storage:
            names = storage.names()
            assert len(sensible(storage)) <= len(names)
            homeless(storage)
        for name in names:
            try:
                everything(lab, name, STORE)
            finally:
                delete_run(name, lab.plugins, STORE)

    found = survive(crafted(packed).filter(lambda rows: rows["runs"][0]["folder"] == folder), read, 0.2)
    assert found["StorageError"] + found["DamageError"] + found["NonsenseError"]


def filled(rows: Rows) -> None:
    """A new database with these rows, as anyone can write them; SQLite takes values of any type."""
    open_storage(STORE, load_plugins({"NASTOOLKIT_PLUGINS": "none"})).close()
    with closing(sqlite3.connect("store.db")) as connection, connection:
        for table, found in rows.items():
            for row in found:
                places = ", ".join("?" * len(row))
                with suppress(sqlite3.Error, OverflowError, UnicodeEncodeError):
                    connection.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({places})", [*row.values()])  # noqa: S608 - our own tables
