"""The built-in storage: SQLAlchemy Core on one SQLite file for all runs."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, final

from sqlalchemy import Connection, delete, insert, select, update

from nastoolkit.errors import StorageError
from nastoolkit.storage import codec, schema
from nastoolkit.storage.base import Evaluation, Generation, Run, Storage
from nastoolkit.storage.database import Database, sqlite_file
from nastoolkit.storage.stored_run import SqlRun, read_run, read_runs


def open_storage(url: str, *, create: bool = True) -> "SqlStorage":
    """The storage behind ``sqlite:///FILE``.

    Args:
        url: of the file.
        create: whether to make the file and its folder where they are missing.

    Raises:
        StorageError: the URL has another form; the file is missing and not to be made, cannot be opened or made, or
            is not nastoolkit's.
    """
    file = sqlite_file(url)
    if not create and not file.is_file():
        raise StorageError(
            f"There is no database {file}, so there is no run in it. Go to the folder that the search was started in, "
            "name the run's folder, or name its database with --storage."
        )
    database = Database(file)
    try:
        database.prepare()
    except StorageError:
        database.close()
        raise
    return SqlStorage(database)


@final
class SqlStorage(Storage):
    """Runs in a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @property
    def url(self) -> str:
        """``sqlite:///`` and the absolute path of the file."""
        return self._database.url

    def create(self, run: Run) -> None:
        """Add a run's row."""
        conflict = (
            f"has a run {run.name!r} already. Choose another name, or go on with it: `nastoolkit resume {run.name}`."
        )
        with self._database.writing(conflict) as connection:
            connection.execute(insert(schema.runs).values(codec.run_row(run)))

    def describe(self, name: str, environment: Mapping[str, Any]) -> None:
        """Say where a run is computed."""
        self._change(name, environment=environment)

    def save(self, name: str, generation: Generation, evaluations: Sequence[Evaluation]) -> None:
        """Add a generation, the networks trained for it and the weights it keeps, whole or not at all."""
        conflict = (
            f"did not take generation {generation.number} of run {name!r}: it, or a network trained for it, is saved "
            f"already. End the other process that searches this run, then go on with `nastoolkit resume {name}`."
        )
        with self._database.writing(conflict) as connection:
            if connection.scalar(select(schema.runs.c.name).where(schema.runs.c.name == name)) is None:
                read_run(connection, self._database.file, name)  # says what is there instead
            row = codec.generation_row(name, generation, len(evaluations))
            connection.execute(insert(schema.generations).values(row))
            if rows := [codec.evaluation_row(name, generation.number, evaluation) for evaluation in evaluations]:
                connection.execute(insert(schema.evaluations), rows)
            _keep_weights(connection, name, generation)

    def finish(self, name: str, stopped_because: str, result: Mapping[str, Any]) -> None:
        """Say why the run ended and with what."""
        self._change(name, stopped_because=stopped_because, result=result)

    def open(self, name: str) -> SqlRun:
        """A run by name."""
        with self._database.reading() as connection:
            read_run(connection, self._database.file, name)
        return SqlRun(self._database, name)

    def runs(self) -> Sequence[Run]:
        """Every run's row, newest first; of one moment, by name from the last."""
        with self._database.reading() as connection:
            return read_runs(connection, self._database.file)

    def close(self) -> None:
        """Give back the file and its connections."""
        self._database.close()

    def _change(self, name: str, **fields: Any) -> None:  # noqa: ANN401 - fields of Run, of any type
        with self._database.writing() as connection:
            run = replace(read_run(connection, self._database.file, name), **fields)
            connection.execute(update(schema.runs).where(schema.runs.c.name == name).values(codec.run_row(run)))


def _keep_weights(connection: Connection, name: str, generation: Generation) -> None:
    """Keep the weights that a generation names, and drop all others: a run goes on from its last generation alone."""
    weights, needed = schema.weights, {one.digest: one.weights for one in generation.kept}
    connection.execute(delete(weights).where(weights.c.run == name, weights.c.digest.not_in(needed)))
    there = set(connection.scalars(select(weights.c.digest).where(weights.c.run == name)))
    if rows := [
        {"run": name, "digest": digest, "data": codec.weights_bytes(numbers)}
        for digest, numbers in needed.items()
        if digest not in there
    ]:
        connection.execute(insert(weights), rows)
