"""All rows of a run: taken out, put in from elsewhere, deleted."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, Table, delete, insert, select, update

from nastoolkit.errors import DataError
from nastoolkit.storage import codec
from nastoolkit.storage.base import Rows
from nastoolkit.storage.migrations import upgraded
from nastoolkit.storage.schema import check_row, evaluations, generations, runs, weights
from nastoolkit.storage.stored_run import DamageError, SqlRun

TABLES = (runs, generations, evaluations, weights)
"""With rows of a run, in an order in which they can be inserted."""


def rows_of(connection: Connection, name: str) -> Rows:
    """Every row of a run, by table, as they are."""
    return {
        table.name: [dict(row) for row in connection.execute(select(table).where(_own(table, name))).mappings()]
        for table in TABLES
    }


def put(connection: Connection, run: SqlRun, rows: Rows, version: int, changes: Mapping[str, Any]) -> None:
    """Insert the rows of a run, and read every one of them back.

    Raises:
        DataError: they are not those of one whole run.
    """
    try:
        for table in TABLES:
            if found := [_checked(table, row, run.name, version) for row in rows[table.name]]:
                connection.execute(insert(table), found)
        _move(connection, run.name, changes)
        run.check(connection)
    except DamageError as error:
        raise DataError(f"These are not the rows of a whole run: {error.what}. Export it again.") from error
    except (ValueError, LookupError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise DataError(f"These are not the rows of a whole run: {error}. Export it again.") from error


def _move(connection: Connection, name: str, changes: Mapping[str, Any]) -> None:
    row = connection.execute(select(runs).where(runs.c.name == name)).mappings().one()
    moved = codec.run_row(replace(codec.run_from(row), **changes), row["last_digest"])
    connection.execute(update(runs).where(runs.c.name == name).values(moved))


def remove(connection: Connection, name: str) -> None:
    """Delete every row of a run."""
    for table in reversed(TABLES):
        connection.execute(delete(table).where(_own(table, name)))


def remove_orphans(connection: Connection) -> int:
    """Delete rows of no run; returns how many."""
    there = select(runs.c.name)
    orphans = [delete(table).where(table.c.run.not_in(there)) for table in reversed(TABLES[1:])]
    return sum(connection.execute(query).rowcount for query in orphans)


def _own(table: Table, name: str) -> Any:  # noqa: ANN401 - SQLAlchemy's condition
    return (runs.c.name if table is runs else table.c.run) == name


def _checked(table: Table, row: Mapping[str, Any], name: str, version: int) -> Mapping[str, Any]:
    """A row from elsewhere, if it is one of this table and run."""
    found = upgraded(table, row, version)
    check_row(table, found)
    if found["name" if table is runs else "run"] != name:
        raise ValueError(f"a row of {table.name} is another run's")
    return found
