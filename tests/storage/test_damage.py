"""Nothing that was changed behind the storage's back is read as if it had been saved."""

import random
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Column, Table
from stored_records import a_generation, a_network, a_run, exact

from nastoolkit.errors import StorageError
from nastoolkit.storage import schema
from nastoolkit.storage.codec import seal
from nastoolkit.storage.sql import SqlStorage, open_storage

ROWS = {
    schema.runs: ("name = 'first'", "its row"),
    schema.generations: ("number = 1", r"generation 1 (does not match its digest|is missing) \(whole.* before it: 1\)"),
    schema.evaluations: ("key = '1a'", r"evaluation '.a' of generation (1|17) |6 evaluations were saved and 5"),
    schema.weights: (f"digest = '{a_network(2, 'z').digest}'", "the weights of '2z' in generation 2 do not match"),
}
"""One row of each table, and what is said when it is damaged."""
COLUMNS = [pytest.param(table, column, id=str(column)) for table in ROWS for column in table.columns]


def everything(file: Path) -> Any:
    with closing(open_storage(f"sqlite:///{file}")) as storage:
        run = storage.open("first")
        return storage.runs(), exact(run.generations()), exact(run.last()), exact(list(run.evaluations().values()))


def execute(file: Path, query: str, *values: Any) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute(query, values)


def changed(value: Any) -> Any:
    """One bit of its first byte, or of the number, is another."""
    if isinstance(value, int):
        return value ^ 16
    if isinstance(value, bytes):
        return bytes([value[0] ^ 8]) + value[1:]
    return chr(ord(value[0]) ^ 8) + value[1:] if value else "x"


@pytest.fixture
def url(file: Path) -> str:
    """These are about the file."""
    return f"sqlite:///{file}"


@pytest.fixture
def whole(saved: SqlStorage, file: Path) -> Path:
    """The file of a run with three generations, closed."""
    saved.close()
    return file


@pytest.mark.parametrize(("table", "column"), COLUMNS)
def test_a_changed_byte_in_any_column_is_noticed_and_named(whole: Path, table: Table, column: Column[Any]) -> None:
    where, said = ROWS[table]
    said = "has no run 'first'. Did you mean" if column is schema.runs.c.name else said
    with closing(sqlite3.connect(whole)) as connection:
        ((value,),) = connection.execute(f"SELECT {column.name} FROM {table.name} WHERE {where}").fetchall()  # noqa: S608 - names of our own tables
    execute(whole, f"UPDATE {table.name} SET {column.name} = ? WHERE {where}", changed(value))  # noqa: S608 - as above
    with pytest.raises(StorageError, match=said) as raised:
        everything(whole)
    assert str(whole) in str(raised.value)
    assert ("nastoolkit runs" if column is schema.runs.c.name else "nastoolkit resume") in str(raised.value)


@pytest.mark.parametrize("damaged", ["CAST(X'FF' AS TEXT)", "X'00'", "1.5"], ids=["not UTF-8", "bytes", "a number"])
def test_a_text_that_is_none_any_more_is_noticed(whole: Path, damaged: str) -> None:
    execute(whole, f"UPDATE generations SET keys = {damaged} WHERE number = 1")  # noqa: S608 - the cases above
    with pytest.raises(StorageError, match="run 'first', generation 1 does not match its digest"):
        everything(whole)


def test_a_bit_flipped_anywhere_in_the_file_is_noticed_or_changes_nothing(whole: Path) -> None:
    good, content, draws = everything(whole), whole.read_bytes(), random.Random(0)  # noqa: S311 - no secret
    noticed = 0
    for place in draws.sample([place for place, byte in enumerate(content) if byte], 100):
        flipped = bytearray(content)
        flipped[place] ^= 1 << draws.randrange(8)
        whole.write_bytes(flipped)
        try:
            assert everything(whole) == good
        except StorageError as error:
            assert str(whole) in str(error)  # noqa: PT017 - both outcomes are right
            noticed += 1
    assert noticed > 50


@pytest.mark.parametrize("missing", [0, 1])
def test_a_missing_generation_is_noticed(whole: Path, missing: int) -> None:
    execute(whole, "DELETE FROM generations WHERE number = ?", missing)
    for ask in ("generations", "last", "digests"):
        with (
            closing(open_storage(f"sqlite:///{whole}")) as storage,
            pytest.raises(StorageError, match=f"generation {missing} is missing"),
        ):
            getattr(storage.open("first"), ask)()


def test_a_changed_generation_is_noticed_even_where_its_row_was_sealed_again(whole: Path) -> None:
    with closing(sqlite3.connect(whole)) as connection, connection:
        connection.row_factory = sqlite3.Row
        row = dict(connection.execute("SELECT * FROM generations WHERE number = 1").fetchone())
        row_digest = seal(row | {"chunk": 32})["row_digest"]
        connection.execute("UPDATE generations SET chunk = 32, row_digest = ? WHERE number = 1", [row_digest])
    with pytest.raises(StorageError, match="generation 1 does not match its digest"):
        everything(whole)


def test_missing_weights_are_noticed(whole: Path) -> None:
    execute(whole, "DELETE FROM weights")
    with pytest.raises(StorageError, match="the weights of '2a' in generation 2 do not match their digest"):
        everything(whole)


def test_rows_that_changed_places_are_noticed(whole: Path) -> None:
    execute(whole, "UPDATE generations SET number = CASE number WHEN 0 THEN 100 WHEN 1 THEN 101 ELSE number END")
    execute(whole, "UPDATE generations SET number = CASE number WHEN 100 THEN 1 WHEN 101 THEN 0 ELSE number END")
    with pytest.raises(StorageError, match="generation 0 does not match"):
        everything(whole)


def test_damage_to_one_run_leaves_another_readable(saved: SqlStorage, file: Path) -> None:
    saved.create(a_run("second"))
    saved.save("second", a_generation(), [])
    execute(file, "UPDATE generations SET phase = 'x' WHERE run = 'first'")
    assert exact(saved.open("second").last()) == exact(a_generation())


def test_a_damaged_row_of_a_run_is_in_no_other_ones_way(saved: SqlStorage, file: Path) -> None:
    saved.create(a_run("second"))
    execute(file, "UPDATE runs SET folder = '/x' WHERE name = 'first'")
    assert (saved.names(), saved.runs()) == (["second", "first"], [a_run("second")])
    assert saved.open("second").run == a_run("second")
    with pytest.raises(StorageError, match="no run 'thrid'"):
        saved.open("thrid")
    with pytest.raises(StorageError, match="in run 'first', its row does not match its digest"):
        saved.open("first")
    saved.delete("first")
    assert saved.names() == ["second"]


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_truncated_file_is_named(whole: Path, share: float) -> None:
    whole.write_bytes(whole.read_bytes()[: int(share * whole.stat().st_size)])
    with pytest.raises(StorageError, match=r"nastoolkit\.db is damaged.*earlier copy"):
        everything(whole)


@pytest.mark.parametrize(
    ("name", "damaged"),
    [(b"tableweightsweights", b"tablew\xffightsweights"), (b"kept_genomes BLOB", b"kept_g\xffnomes BLOB")],
    ids=["of a table", "of a column"],
)
def test_a_damaged_name_is_an_error_like_any_other_even_where_it_is_no_text(
    whole: Path, name: bytes, damaged: bytes
) -> None:
    content = whole.read_bytes()
    whole.write_bytes(content.replace(name, damaged))
    assert whole.read_bytes() != content
    with pytest.raises(StorageError, match=r"nastoolkit\.db (failed|is damaged).*earlier copy"):
        everything(whole)
