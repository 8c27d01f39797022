"""What a SQLite file may consist of: SQL in a stranger's would run here."""

import re
from collections.abc import Iterator
from functools import cache

from sqlalchemy import Connection
from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateTable

from nastoolkit.errors import StorageError
from nastoolkit.storage import schema

PARTS = """
SELECT CAST(type AS TEXT), CAST(name AS TEXT), CAST(tbl_name AS TEXT), CAST(sql AS TEXT) FROM sqlite_master
"""
"""What a file consists of, as texts: SQLite takes bytes in their place too."""


def check_schema(connection: Connection, file: str) -> None:
    """Whether a file has no triggers, and our tables as we make them; what is not about these may be a user's own.

    Raises:
        StorageError: it has something else, or a later version.
    """
    strange = list(_strange(connection))
    if strange and "meta" not in [name.lower() for _, name in strange]:
        schema.version(connection, file)  # a later version's tables are others, which is better to be told
    for kind, name in strange:
        if kind == "table":
            raise StorageError(
                f"{file} is damaged, or another program's: its table {name!r} is not as nastoolkit makes it. Put back "
                "an earlier copy of it, or name another file with --storage."
            )
        raise StorageError(
            f"{file} has the {kind} {name!r}, and nastoolkit makes none. Drop it, or name another file with --storage."
        )


def _strange(connection: Connection) -> Iterator[tuple[str, str]]:
    """Kind and name of every trigger, and of whatever is called like a table of ours, or is about one, and is not ours.

    It is known by words that ours are made without. Whatever can call a function takes some: views, virtual tables,
    indexes, generated columns, constraints, defaults.
    """
    for *words, sql in connection.exec_driver_sql(PARTS):
        kind, name, table = (str(word).partition("\0")[0] for word in words)  # SQLite reads no further
        is_ours = table.lower() in schema.metadata.tables
        if kind.lower() == "trigger" or (is_ours and not _words(sql or "") <= our_words()):
            yield kind, name


@cache
def our_words() -> frozenset[str]:
    """That our tables are made with, and columns added to those of an earlier version; no function is called by one."""
    made = (str(CreateTable(table).compile(dialect=sqlite.dialect())) for table in schema.metadata.sorted_tables)
    return _words("DEFAULT").union(*map(_words, made))


def _words(sql: str) -> frozenset[str]:
    return frozenset(re.findall(r"[^\W\d]\w*", sql.lower()))
