"""The tables. Bytes are little-endian, texts UTF-8; JSON texts are Python's, so NaN may stand in them.

Floating-point numbers are bytes too: SQLite makes NULL of a NaN. Every row of ``runs``, ``generations`` and
``evaluations`` ends in the SHA-256 of its other columns, and weights are stored under their own.
"""

from pathlib import Path

from sqlalchemy import (
    Column,
    Connection,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    insert,
    inspect,
    select,
)

from nastoolkit.errors import StorageError

APPLICATION = "nastoolkit"
VERSION = 3
"""Version of these tables; a change of any of them adds one."""


def _text(name: str) -> Column[str]:
    return Column(name, Text, nullable=False)


def _integer(name: str) -> Column[int]:
    return Column(name, Integer, nullable=False)


def _bytes(name: str) -> Column[bytes]:
    return Column(name, LargeBinary, nullable=False)


def _run() -> Column[str]:
    """The run's name, first part of the row's own name."""
    return Column("run", Text, ForeignKey("runs.name"), primary_key=True)


metadata = MetaData()

meta = Table("meta", metadata, Column("application", Text, primary_key=True), _integer("version"))

runs = Table(
    "runs",
    metadata,
    Column("name", Text, primary_key=True),
    _text("folder"),
    _text("created"),  # UTC, ISO 8601
    _text("config"),  # JSON
    _text("environment"),  # JSON
    _text("data_digest"),
    _text("stopped_because"),
    _text("result"),  # JSON
    _text("row_digest"),
)

generations = Table(
    "generations",
    metadata,
    _run(),
    Column("number", Integer, primary_key=True, autoincrement=False),
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
    _integer("evaluations"),  # how many were saved with it, so that a lost one is noticed
    _text("digest"),  # of what the seed determines
    _text("row_digest"),
)

evaluations = Table(
    "evaluations",
    metadata,
    _run(),
    Column("key", Text, primary_key=True),
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

weights = Table(
    "weights",
    metadata,
    _run(),
    Column("digest", Text, primary_key=True),
    _bytes("data"),  # (C,) float32
)


def is_empty(connection: Connection) -> bool:
    """Whether there is no table at all."""
    return not inspect(connection).get_table_names()


def create(connection: Connection) -> None:
    """Make the tables, unless another process just did."""
    if is_empty(connection):
        metadata.create_all(connection)
        connection.execute(insert(meta).values(application=APPLICATION, version=VERSION))


def check(connection: Connection, file: Path) -> None:
    """Whether the tables are these.

    Raises:
        StorageError: they are not nastoolkit's, or another version's.
    """
    inspector = inspect(connection)
    columns = inspector.get_columns("meta") if inspector.has_table("meta") else []
    ours = {column["name"] for column in columns} == set(meta.columns.keys())
    version = connection.scalar(select(meta.c.version).where(meta.c.application == APPLICATION)) if ours else None
    if version is None:
        raise StorageError(f"{file} is a database, but not one of nastoolkit's. Name another file with --storage.")
    if version != VERSION:
        raise StorageError(
            f"{file} has version {version} of nastoolkit's tables, and this nastoolkit has version {VERSION}. "
            "Use the nastoolkit that wrote it, or name another file with --storage."
        )
