"""One run in the database, read and checked."""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from hashlib import sha256
from typing import final

from sqlalchemy import Connection, func, select

from nastoolkit.commands import command
from nastoolkit.errors import StorageError, did_you_mean
from nastoolkit.storage import codec
from nastoolkit.storage.base import StoredRun
from nastoolkit.storage.database import Database
from nastoolkit.storage.records import Evaluation, Generation, Run
from nastoolkit.storage.schema import evaluations, generations, runs, weights

_NEWEST = (runs.c.created.desc(), runs.c.name.desc())


class DamageError(StorageError):
    """A part of a run is not what was saved.

    Args:
        where: the database.
        run: its name.
        what: is damaged, and how.
        way_out: a better one than those that there always are.
    """

    def __init__(self, where: Database, run: str, what: str, way_out: str = "") -> None:
        self.what = what
        super().__init__(
            f"{where.name} is damaged: in run {run!r}, {what}. {way_out}Put back an earlier copy of it and go on with "
            f"`{command('resume', run, where.url)}`, or repeat the run under another name from the config.toml in its "
            "folder: the same seed gives the same results."
        )


@final
class SqlRun(StoredRun):
    """A read-only view of one run; it holds nothing but the name, and reads anew each time it is asked."""

    def __init__(self, database: Database, name: str) -> None:
        self._database = database
        self.name = name

    @property
    def url(self) -> str:
        """See :class:`StoredRun`."""
        return self._database.url

    @property
    def run(self) -> Run:
        """Its row, as it is now."""
        with self._database.reading() as connection:
            return read_run(connection, self._database, self.name)

    def generations(self) -> Sequence[Generation]:
        """Every saved generation in order, the last one with its weights."""
        with self._database.reading() as connection:
            found = list(self.each(connection))
            return [*found[:-1], *(self.with_weights(connection, newest) for newest in found[-1:])]

    def last(self) -> Generation | None:
        """The last one with its weights; those before it are checked on the way, one at a time."""
        with self._database.reading() as connection:
            newest = deque(self.each(connection), maxlen=1)
            return self.with_weights(connection, newest[0]) if newest else None

    def digests(self) -> Sequence[str]:
        """Every generation's digest, checked against what was read."""
        with self._database.reading() as connection:
            return [generation.digest for generation in self.each(connection)]

    def evaluations(self) -> Mapping[str, Evaluation]:
        """Every network that was trained, by key, in order of generation and then key."""
        with self._database.reading() as connection:
            return self._evaluations(connection)

    def _evaluations(self, connection: Connection) -> dict[str, Evaluation]:
        query = select(evaluations).where(evaluations.c.run == self.name)
        saved = select(func.sum(generations.c.evaluations)).where(generations.c.run == self.name)
        rows = connection.execute(query.order_by(evaluations.c.generation, evaluations.c.key)).mappings()
        found = {row["key"]: self.evaluation(row) for row in rows}
        if len(found) != (count := connection.scalar(saved) or 0):
            raise self._damage(f"{count} evaluations were saved and {len(found)} are there")
        return found

    def check(self, connection: Connection) -> None:
        """Whether all that was saved of the run is whole.

        Raises:
            StorageError: it is not.
        """
        self._evaluations(connection)
        for newest in deque(self.each(connection), maxlen=1):
            self.with_weights(connection, newest)

    def each(self, connection: Connection) -> Iterator[Generation]:
        """In order, each one checked, without weights."""
        query = select(generations).where(generations.c.run == self.name).order_by(generations.c.number)
        number, digest, bits = -1, "", None
        for number, row in enumerate(connection.execute(query).mappings()):
            if row["number"] != number:
                raise self._lost(number, "is missing")
            try:
                generation = codec.generation_from(row)
            except codec.RowError as error:
                raise self._lost(number, str(error)) from error
            digest, bits = row["digest"], bits or row["bits"]
            if row["bits"] != bits:
                raise self._lost(number, "makes no sense: its genomes have another length than those before")
            yield generation
        ended = connection.scalar(select(runs.c.last_digest).where(runs.c.name == self.name))
        if ended and ended != digest:  # of an ended run; another one computes it again
            raise self._lost(number + 1, "is missing")

    def with_weights(self, connection: Connection, generation: Generation) -> Generation:
        """A generation of :meth:`each` with the weights of what it keeps."""
        rows = connection.execute(select(weights.c.digest, weights.c.data).where(weights.c.run == self.name))
        found = {digest: data for digest, data in rows if isinstance(data, bytes)}
        for one in generation.kept:
            if one.digest not in found or sha256(found[one.digest]).hexdigest() != one.digest:
                raise self._damage(
                    f"the weights of {one.key!r} in generation {generation.number} do not match their digest"
                )
        kept = [replace(one, weights=codec.weights_from(found[one.digest])) for one in generation.kept]
        return replace(generation, kept=tuple(kept))

    def evaluation(self, row: codec.Row) -> Evaluation:
        """A row, checked."""
        try:
            return codec.evaluation_from(row)
        except codec.RowError as error:
            what = f"evaluation {row['key']!r} of generation {row['generation']} {error}"
            raise self._damage(what) from error

    def _lost(self, number: int, how: str) -> DamageError:
        return self._damage(f"generation {number} {how} (whole generations before it: {number})")

    def _damage(self, what: str) -> DamageError:
        go_back = command("resume --from-whole", self.name, self.url)
        way_out = f"Go back to its last whole generation with `{go_back}`: what was lost is computed again. Otherwise: "
        return DamageError(self._database, self.name, what, way_out)


def read_names(connection: Connection) -> list[str]:
    """The name of every run, newest first; of one moment, by name from the last."""
    return [str(name) for name in connection.scalars(select(runs.c.name).order_by(*_NEWEST))]


def read_runs(connection: Connection) -> list[Run]:
    """Every run's row, in the order of their names; a damaged one is passed over, so that it is in no other's way."""
    found: list[Run] = []
    for row in connection.execute(select(runs).order_by(*_NEWEST)).mappings():
        with suppress(codec.RowError):
            found.append(codec.run_from(row))
    return found


def read_run(connection: Connection, where: Database, name: str) -> Run:
    """A run's row by its name.

    Raises:
        StorageError: there is none, or it is damaged.
    """
    row = connection.execute(select(runs).where(runs.c.name == name)).mappings().first()
    if row is None:
        known = did_you_mean(name, read_names(connection))
        raise StorageError(f"{where.name} has no run {name!r}. {known} `nastoolkit runs` lists every run.")
    try:
        return codec.run_from(row)
    except codec.RowError as error:
        raise DamageError(where, name, f"its row {error}") from error
