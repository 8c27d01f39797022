"""The built-in storage: SQLAlchemy Core on one database for all runs, SQLite's or PostgreSQL's."""

from collections import deque
from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import replace
from typing import Any, final

from sqlalchemy import Connection, delete, insert, make_url, select, update
from sqlalchemy.exc import ArgumentError

from nastoolkit.commands import command
from nastoolkit.errors import StorageError
from nastoolkit.storage import codec, schema
from nastoolkit.storage.base import Rows, Storage
from nastoolkit.storage.database import Database, without_password
from nastoolkit.storage.lease import leased
from nastoolkit.storage.moving import put, remove, remove_orphans, rows_of
from nastoolkit.storage.postgres import DRIVER, PostgresDatabase
from nastoolkit.storage.records import Evaluation, Generation, Run
from nastoolkit.storage.rewind import forget_after, whole_generations
from nastoolkit.storage.sqlite import SqliteDatabase, sqlite_file
from nastoolkit.storage.stored_run import DamageError, SqlRun, read_names, read_run, read_runs


def open_storage(url: str, *, create: bool = True) -> "SqlStorage":
    """The storage behind ``sqlite:///FILE`` or ``postgresql+psycopg://USER@HOST/DATABASE``.

    Args:
        url: of the file or the server's database.
        create: whether to make the file, its folder and the tables where they are missing.

    Raises:
        StorageError: the URL has another form; the file is missing and not to be made; the database cannot be opened,
            or is not nastoolkit's.
    """
    database = _database(url, create=create)
    try:
        database.prepare(create=create)
    except StorageError:
        database.close()
        raise
    return SqlStorage(database)


def _database(url: str, *, create: bool) -> Database:
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        parsed = None
    if parsed is not None and parsed.drivername in {"postgresql", DRIVER}:
        return PostgresDatabase(parsed)
    if parsed is not None and parsed.drivername == "sqlite" and (file := sqlite_file(parsed)):
        return SqliteDatabase(file, create=create)
    # of one that is in pieces, any may be a password
    shown = "The storage's URL" if parsed is None else f"Storage {str(without_password(parsed))!r}"
    raise StorageError(
        f"{shown} is not of the form sqlite:///FILE or {DRIVER}://USER@HOST/DATABASE. "
        "Write for example --storage sqlite:///runs/nastoolkit.db (three slashes, four before an absolute path)."
    )


@final
class SqlStorage(Storage):
    """Runs in a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @property
    def url(self) -> str:
        """Of the file, with its absolute path, or of the server's database, without a password."""
        return self._database.url

    def create(self, run: Run) -> None:
        """Add a run's row."""
        go_on = command("resume", run.name, self.url)
        conflict = f"has a run {run.name!r} already. Choose another name, or go on with it: `{go_on}`."
        with self._database.writing(conflict) as connection:
            connection.execute(insert(schema.runs).values(codec.run_row(run)))

    def describe(self, name: str, environment: Mapping[str, Any]) -> None:
        """Say where a run is computed."""
        with self._database.writing() as connection:
            self._change(connection, name, environment=environment)

    def save(self, name: str, generation: Generation, evaluations: Sequence[Evaluation]) -> None:
        """Add a generation, the networks trained for it and the weights it keeps, whole or not at all."""
        conflict = (
            f"did not take generation {generation.number} of run {name!r}: it, or a network trained for it, is saved "
            "already. End the other process that searches this run, then go on with "
            f"`{command('resume', name, self.url)}`."
        )
        with self._database.writing(conflict) as connection:
            if not _locked(connection, name):
                read_run(connection, self._database, name)  # says what is there instead
            self._check_follows(connection, name, generation.number)
            row = codec.generation_row(name, generation, len(evaluations))
            connection.execute(insert(schema.generations).values(row))
            if rows := [codec.evaluation_row(name, generation.number, evaluation) for evaluation in evaluations]:
                connection.execute(insert(schema.evaluations), rows)
            _keep_weights(connection, name, generation)

    def _check_follows(self, connection: Connection, name: str, number: int) -> None:
        """Whether the generation before is there: an owner that was taken for dead may come back after a rewind."""
        numbers = schema.generations.c.number
        before = select(numbers).where(schema.generations.c.run == name, numbers == number - 1)
        if number and connection.scalar(before) is None:
            raise StorageError(
                f"{self._database.name} did not take generation {number} of run {name!r}: generation {number - 1} is "
                "not there any more, because another process has gone back to an earlier one. End it if it still "
                f"searches this run, then go on with `{command('resume', name, self.url)}`."
            )

    def finish(self, name: str, stopped_because: str, result: Mapping[str, Any]) -> None:
        """Say why the run ended and with what."""
        with self._database.writing() as connection:
            last = _last_digest(connection, name) or ""
            self._change(connection, name, last, stopped_because=stopped_because, result=result)

    def delete(self, name: str) -> None:
        """Delete its rows."""
        with self._database.writing() as connection:
            if not _locked(connection, name):
                read_run(connection, self._database, name)  # says what is there instead
            remove(connection, name)

    def sweep(self) -> int:
        """Delete weights that no run goes on with, and rows of no run, without letting those who save wait."""
        swept = sum(map(self._sweep_weights, self.names()))
        with self._database.writing() as connection:
            swept += remove_orphans(connection)
        self._database.give_back()
        return swept

    def _sweep_weights(self, name: str) -> int:
        """Delete the weights that a run does not go on with; where it is damaged, it may be any of them.

        Its generations are read before it is locked, since that takes long. Whoever saves one meanwhile, or goes back
        to an earlier one, has done the same.
        """
        with self._database.reading() as connection:
            try:
                newest = deque(SqlRun(self._database, name).each(connection), 1)
            except (DamageError, UnicodeEncodeError):  # its name may be damaged, too
                return 0
        last, kept = (newest[0].digest, newest[0].kept) if newest else (None, ())
        with self._database.writing() as connection:
            if not _locked(connection, name) or _last_digest(connection, name) != last:
                return 0
            return _drop_weights(connection, name, [one.digest for one in kept])

    def rows(self, name: str) -> Rows:
        """Of every table, once the run is found to be whole."""
        with self._database.reading() as connection:
            read_run(connection, self._database, name)
            SqlRun(self._database, name).check(connection)
            return rows_of(connection, name)

    def put(self, name: str, rows: Rows, version: int, **changes: Any) -> None:  # noqa: ANN401 - fields of Run
        """Insert its rows and read them back, or leave nothing."""
        conflict = f"has a run {name!r} already, or these are not the rows of one run. See `nastoolkit runs`."
        with self._database.writing(conflict) as connection:
            put(connection, SqlRun(self._database, name), rows, version, changes)

    def rewind(self, name: str) -> int:
        """Go back to the last generation that is whole; a run without damage stays as it is."""
        run = SqlRun(self._database, name)
        with suppress(StorageError), self._database.reading() as connection:
            run.check(connection)
            return sum(1 for _ in run.each(connection))
        with self._database.writing() as connection:
            _locked(connection, name)  # else a sweep could take weights that are gone on with
            left = whole_generations(connection, run)
            forget_after(connection, name, left)
            self._change(connection, name, stopped_because="", result={})
        return len(left)

    def open(self, name: str) -> SqlRun:
        """A run by name."""
        with self._database.reading() as connection:
            read_run(connection, self._database, name)
        return SqlRun(self._database, name)

    def runs(self) -> Sequence[Run]:
        """The row of every run, newest first; of one moment, by name from the last."""
        with self._database.reading() as connection:
            return read_runs(connection)

    def names(self) -> Sequence[str]:
        """The name of every run, in the same order."""
        with self._database.reading() as connection:
            return read_names(connection)

    def held(self, what: str) -> AbstractContextManager[None]:
        """Keep other processes away, by a lease."""
        return leased(self._database, what)

    def close(self) -> None:
        """Give back the file and its connections."""
        self._database.close()

    def _change(self, connection: Connection, name: str, last_digest: str = "", **fields: Any) -> None:  # noqa: ANN401 - fields of Run, of any type
        _locked(connection, name)
        run = replace(read_run(connection, self._database, name), **fields)
        row = codec.run_row(run, last_digest)
        connection.execute(update(schema.runs).where(schema.runs.c.name == name).values(row))


def _locked(connection: Connection, name: str) -> bool:
    """Let no other transaction change a run before this one ends; whether there is such a run."""
    query = select(schema.runs.c.name).where(schema.runs.c.name == name)
    return connection.scalar(query.with_for_update()) is not None


def _last_digest(connection: Connection, name: str) -> str | None:
    """That of a run's last generation; None before the first."""
    digests = select(schema.generations.c.digest).where(schema.generations.c.run == name)
    return connection.scalar(digests.order_by(schema.generations.c.number.desc()).limit(1))


def _drop_weights(connection: Connection, name: str, but: Collection[str]) -> int:
    """Delete the weights of a run, but those of these digests; returns how many that were."""
    weights = schema.weights
    return connection.execute(delete(weights).where(weights.c.run == name, weights.c.digest.not_in(but))).rowcount


def _keep_weights(connection: Connection, name: str, generation: Generation) -> None:
    """Keep the weights that a generation names, and drop all others: a run goes on from its last generation alone."""
    weights, needed = schema.weights, {one.digest: one.weights for one in generation.kept}
    _drop_weights(connection, name, needed)
    there = set(connection.scalars(select(weights.c.digest).where(weights.c.run == name)))
    if rows := [
        {"run": name, "digest": digest, "data": codec.weights_bytes(numbers)}
        for digest, numbers in needed.items()
        if digest not in there
    ]:
        connection.execute(insert(weights), rows)
