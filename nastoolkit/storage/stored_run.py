"""One run in the database, read and checked."""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from typing import final

from sqlalchemy import Connection, func, select

from nastoolkit.errors import StorageError, did_you_mean
from nastoolkit.storage import codec
from nastoolkit.storage.base import Evaluation, Generation, Run, StoredRun
from nastoolkit.storage.database import Database
from nastoolkit.storage.schema import evaluations, generations, runs, weights


@final
class SqlRun(StoredRun):
    """A read-only view of one run; it holds nothing but the name, and reads anew each time it is asked."""

    def __init__(self, database: Database, name: str) -> None:
        self._database = database
        self._name = name

    @property
    def run(self) -> Run:
        """Its row, as it is now."""
        with self._database.reading() as connection:
            return read_run(connection, self._database.name, self._name)

    def generations(self) -> Sequence[Generation]:
        """Every saved generation in order, the last one with its weights."""
        with self._database.reading() as connection:
            found = list(self._generations(connection))
            return [*found[:-1], *(self._with_weights(connection, newest) for newest in found[-1:])]

    def last(self) -> Generation | None:
        """The last one with its weights; those before it are checked on the way, one at a time."""
        with self._database.reading() as connection:
            newest = deque(self._generations(connection), maxlen=1)
            return self._with_weights(connection, newest[0]) if newest else None

    def digests(self) -> Sequence[str]:
        """Every generation's digest, checked against what was read."""
        with self._database.reading() as connection:
            return [generation.digest for generation in self._generations(connection)]

    def evaluations(self) -> Mapping[str, Evaluation]:
        """Every network that was trained, by key, in order of generation and then key."""
        query = select(evaluations).where(evaluations.c.run == self._name)
        saved = select(func.sum(generations.c.evaluations)).where(generations.c.run == self._name)
        with self._database.reading() as connection:
            rows = connection.execute(query.order_by(evaluations.c.generation, evaluations.c.key)).mappings()
            found = {row["key"]: self._evaluation(row) for row in rows}
            if len(found) != (count := connection.scalar(saved) or 0):
                raise self._damage(f"{count} evaluations were saved and {len(found)} are there")
            return found

    def _generations(self, connection: Connection) -> Iterator[Generation]:
        """In order, each one checked, without weights."""
        query = select(generations).where(generations.c.run == self._name).order_by(generations.c.number)
        for number, row in enumerate(connection.execute(query).mappings()):
            whole = f"whole generations before it: {number}"
            if row["number"] != number:
                raise self._damage(f"generation {number} is missing ({whole})")
            if not codec.is_whole(row) or (generation := codec.generation_from(row)).digest != row["digest"]:
                raise self._damage(f"generation {number} does not match its digest ({whole})")
            yield generation

    def _with_weights(self, connection: Connection, generation: Generation) -> Generation:
        rows = connection.execute(select(weights.c.digest, weights.c.data).where(weights.c.run == self._name))
        found = {digest: data for digest, data in rows if isinstance(data, bytes)}
        for one in generation.kept:
            if one.digest not in found or sha256(found[one.digest]).hexdigest() != one.digest:
                raise self._damage(
                    f"the weights of {one.key!r} in generation {generation.number} do not match their digest"
                )
        kept = [replace(one, weights=codec.weights_from(found[one.digest])) for one in generation.kept]
        return replace(generation, kept=tuple(kept))

    def _evaluation(self, row: codec.Row) -> Evaluation:
        if not codec.is_whole(row):
            what = f"evaluation {row['key']!r} of generation {row['generation']} does not match its digest"
            raise self._damage(what)
        return codec.evaluation_from(row)

    def _damage(self, what: str) -> StorageError:
        return _damage(self._database.name, self._name, what)


def read_runs(connection: Connection, where: str) -> list[Run]:
    """Every run's row, newest first; of one moment, by name from the last.

    Raises:
        StorageError: a row is damaged.
    """
    rows = connection.execute(select(runs).order_by(runs.c.created.desc(), runs.c.name.desc())).mappings()
    return [_run(row, where) for row in rows]


def read_run(connection: Connection, where: str, name: str) -> Run:
    """A run's row by its name.

    Raises:
        StorageError: there is none, or it is damaged.
    """
    row = connection.execute(select(runs).where(runs.c.name == name)).mappings().first()
    if row is None:
        known = did_you_mean(name, (run.name for run in read_runs(connection, where)))
        raise StorageError(f"{where} has no run {name!r}. {known} `nastoolkit runs` lists every run.")
    return _run(row, where)


def _run(row: codec.Row, where: str) -> Run:
    if not codec.is_whole(row):
        raise _damage(where, row["name"], "its row does not match its digest")
    return codec.run_from(row)


def _damage(where: str, run: str, what: str) -> StorageError:
    """The error for a part of a run that is not what was saved."""
    return StorageError(
        f"{where} is damaged: in run {run!r}, {what}. Put back an earlier copy of it and go on with "
        f"`nastoolkit resume {run}`, or repeat the run under another name from the config.toml in its folder: "
        "the same seed gives the same results."
    )
