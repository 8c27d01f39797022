"""The tables. Bytes are little-endian, texts UTF-8; JSON texts are Python's, so NaN may stand in them.

Floating-point numbers are bytes too: SQLite makes NULL of a NaN. Every row of ``runs``, ``generations`` and
``evaluations`` ends in the SHA-256 of its other columns, and weights are stored under their own.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    inspect,
    select,
)

from nastoolkit.errors import StorageError

APPLICATION = "nastoolkit"
OLDEST, VERSION = 2, 5
"""Versions of the tables that can be read, the last one these; :mod:`nastoolkit.storage.migrations` leads from each to
the next."""


_Text = Text().with_variant(Text(collation="C"), "postgresql")
"""In the order of its bytes everywhere."""

_Integer = BigInteger().with_variant(Integer(), "sqlite")
"""Of 64 bits; SQLite's integers all are."""


def _text(name: str) -> Column[str]:
    return Column(name, _Text, nullable=False)


def _integer(name: str) -> Column[int]:
    return Column(name, _Integer, nullable=False)


def _bytes(name: str) -> Column[bytes]:
    return Column(name, LargeBinary, nullable=False)


def _run() -> Column[str]:
    """The run's name, first part of the row's own name."""
    return Column("run", _Text, ForeignKey("runs.name"), primary_key=True)


metadata = MetaData()

meta = Table("meta", metadata, Column("application", _Text, primary_key=True), _integer("version"))

runs = Table(
    "runs",
    metadata,
    Column("name", _Text, primary_key=True),
    _text("folder"),
    _text("created"),  # UTC, ISO 8601
    _text("config"),  # JSON
    _text("environment"),  # JSON
    _text("data_digest"),
    _text("stopped_because"),
    _text("result"),  # JSON
    _text("last_digest"),  # of its last generation once it has ended, so that a lost one is noticed; empty before
    _text("row_digest"),
)

generations = Table(
    "generations",
    metadata,
    _run(),
    Column("number", _Integer, primary_key=True, autoincrement=False),
    _text("phase"),
    _integer("step"),
    _integer("moved"),
    _integer("population"),  # P
    _integer("bits"),  # G
    _bytes("genomes"),  # (P, G) uint8
    _bytes("fitness"),  # (P,) float64
    _bytes("scores"),  # (P,) float64
    _text("keys"),  # JSON list of P texts
    _text("kept"),  # JSON list of [key, digest of the weights]
    _bytes("kept_genomes"),  # as many times (G,) uint8
    _text("specimens"),  # JSON list of keys
    _text("best_key"),
    _bytes("best_fitness"),  # float64
    _bytes("best_score"),  # float64
    _bytes("diversity"),  # float64
    _integer("chunk"),
    _text("counters"),  # JSON
    _text("seconds"),  # JSON
    _text("migrants"),  # JSON list: island, generation, and how many of the last genomes came from there; or empty
    _text("incidents"),  # JSON list of sentences
    _integer("evaluations"),  # how many were saved with it, so that a lost one is noticed
    _text("digest"),  # of what the seed determines
    _text("row_digest"),
)

evaluations = Table(
    "evaluations",
    metadata,
    _run(),
    Column("key", _Text, primary_key=True),
    _integer("generation"),  # that it was trained for
    _bytes("fitness"),  # float64
    _bytes("score"),  # float64
    _bytes("spread"),  # (w,) float64
    _integer("diverged"),
    _text("architecture"),  # JSON
    _bytes("others"),  # (M - 1,) float64
    _bytes("contributions"),  # (depth,) float64
    _text("parent"),
    _bytes("pruned"),  # float64
    _integer("zeros"),
    _integer("epochs"),
    _text("row_digest"),
    ForeignKeyConstraint(["run", "generation"], ["generations.run", "generations.number"]),
)

leases = Table(
    "leases",
    metadata,
    Column("name", _Text, primary_key=True),
    _text("owner"),  # for people
    _text("process"),  # for other processes on its machine
    _integer("beat"),  # when it was last heard of: seconds since 1970 by the clock of the database
)

weights = Table(
    "weights",
    metadata,
    _run(),
    Column("digest", _Text, primary_key=True),
    _bytes("data"),  # (C,) float32
)


def version(connection: Connection, name: str) -> int | None:
    """The version of the tables that are there; None where there is no table at all.

    Raises:
        StorageError: they are not nastoolkit's, or of a version that this nastoolkit cannot read.
    """
    inspector = inspect(connection)
    if not inspector.get_table_names():
        return None
    columns = inspector.get_columns("meta") if inspector.has_table("meta") else []
    ours = {column["name"] for column in columns} == set(meta.columns.keys())
    there = connection.scalar(select(meta.c.version).where(meta.c.application == APPLICATION)) if ours else None
    if there is None:
        raise StorageError(f"{name} is a database, but not one of nastoolkit's. Name another with --storage.")
    if not OLDEST <= there <= VERSION:
        raise StorageError(
            f"{name} has version {there} of nastoolkit's tables, and this nastoolkit reads versions {OLDEST} to "
            f"{VERSION}. Use the nastoolkit that wrote it, or name another with --storage."
        )
    return there


def check_row(table: Table, row: Mapping[Any, Any]) -> None:
    """Whether a row from anywhere is one of a table.

    Raises:
        ValueError: it has other columns, or a text that is not Unicode.
        TypeError: a value is not of its column's type.
    """
    if set(row) != set(table.columns.keys()):
        raise ValueError(f"a row of {table.name} has other columns")
    for column in table.columns:
        value = row[column.name]
        if type(value) is not column.type.python_type:
            raise TypeError(f"{table.name}.{column.name} is not of its type")
        if isinstance(value, str):
            value.encode()
