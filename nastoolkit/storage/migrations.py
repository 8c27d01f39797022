"""What leads from the tables of an earlier nastoolkit to those of :mod:`nastoolkit.storage.schema`.

Who adds a table adds one to ``VERSION`` there. Who adds a column adds a line to ``ADDED`` as well. Before either,
``python tests/storage/freeze.py`` keeps a database of the version that was.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, Table, bindparam, insert, literal, select, update
from sqlalchemy.schema import CreateColumn

from nastoolkit.storage import codec, schema


@dataclass(frozen=True, slots=True)
class Added:
    """A column that tables have since a version.

    Args:
        version: the first with it.
        table: of :mod:`nastoolkit.storage.schema`.
        column: its name.
        value: in every row that was there before.
    """

    version: int
    table: Table
    column: str
    value: str | int | bytes


ADDED = (
    Added(3, schema.evaluations, "epochs", 0),
    Added(4, schema.runs, "last_digest", ""),
    Added(4, schema.generations, "migrants", "[]"),
    Added(5, schema.generations, "incidents", "[]"),
)
"""Every column that was added since version 2. Version 4 brought the table of leases."""


def migrate(connection: Connection, since: int | None) -> None:
    """Make the tables, or bring those of a version up to date, all within the connection's transaction."""
    schema.metadata.create_all(connection)
    if since is None:
        connection.execute(insert(schema.meta).values(application=schema.APPLICATION, version=schema.VERSION))
        return
    for table in schema.metadata.sorted_tables:
        if added := [one for one in ADDED if one.table is table and one.version > since]:
            add_columns(connection, table, added)
    connection.execute(update(schema.meta).values(version=schema.VERSION))


def add_columns(connection: Connection, table: Table, added: Iterable[Added]) -> None:
    """Add columns to a table that has rows, each with a digest over all of them.

    A row that does not match its digest as it is keeps the old one, so that its damage is noticed afterwards too.
    """
    values = {one.column: one.value for one in added}
    for name, value in values.items():
        column = CreateColumn(table.c[name]).compile(dialect=connection.dialect)
        default = literal(value, table.c[name].type).compile(
            dialect=connection.dialect, compile_kwargs={"literal_binds": True}
        )
        connection.exec_driver_sql(f"ALTER TABLE {table.name} ADD COLUMN {column} DEFAULT {default}")
    rows = connection.execute(select(table)).mappings()
    if changed := [one for row in rows if (one := _changed(table, row, values))]:
        which = [column == bindparam(f"old_{column.name}") for column in table.primary_key]
        connection.execute(update(table).where(*which), changed)


def upgraded(table: Table, row: codec.Row, since: int) -> codec.Row:
    """A row of a version's table as one of today's; a damaged one keeps its digest."""
    values = {one.column: one.value for one in ADDED if one.table is table and one.version > since}
    if not values:
        return row
    return codec.seal({**row, **values}) if codec.is_whole(row) else {**row, **values}


def _changed(table: Table, row: codec.Row, values: Mapping[str, str | int | bytes]) -> dict[str, object] | None:
    """What to write into a row and where; nothing where it is damaged."""
    before = {name: value for name, value in row.items() if name not in values}
    if not codec.is_whole(before):
        return None
    digest = codec.seal({**before, **values})["row_digest"]
    return {**values, "row_digest": digest} | {f"old_{column.name}": row[column.name] for column in table.primary_key}
