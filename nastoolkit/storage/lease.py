"""Leases: a run or an ablation belongs to one process at a time, wherever on earth the others are.

A lease is a row with the time its owner was last heard of. It ends with its owner. Where that can be seen, on the
owner's own machine, nothing else counts: an owner that is stopped (Ctrl-Z) is silent and goes on later. Elsewhere it is
dead once nothing was heard for :data:`LIMIT_SECONDS`.
"""

from collections.abc import Generator
from contextlib import ExitStack, contextmanager, suppress
from threading import Event, Thread

from sqlalchemy import ColumnElement, Connection, delete, insert, select, update

from nastoolkit.errors import StorageError
from nastoolkit.storage import process
from nastoolkit.storage.database import Database
from nastoolkit.storage.schema import leases

BEAT_SECONDS, LIMIT_SECONDS = 10, 60
"""How often an owner is heard of, and after what silence it counts as dead."""


_HELD: set[tuple[str, str]] = set()
"""What this process holds, by URL and name: a lease that it could not give back, on a full disk, is none of these."""


@contextmanager
def leased(database: Database, what: str) -> Generator[None]:
    """Keep other processes away.

    Args:
        database: that all of them share.
        what: ``run NAME`` or ``ablation NAME``.

    Raises:
        StorageError: another process holds it.
    """
    with ExitStack() as ending:
        ending.callback(_give_back, database, what)  # a signal may come as soon as it is written
        try:
            with database.writing(f"has just given the {what} to another process. Wait for it.") as connection:
                _take(connection, database, what)
        except StorageError:
            ending.pop_all()  # somebody else has it, perhaps another thread of this process
            raise
        _HELD.add((database.url, what))
        ending.callback(_HELD.discard, (database.url, what))
        ended = Event()
        heart = Thread(target=_beat, args=(database, what, ended), daemon=True)
        heart.start()
        ending.callback(heart.join)
        ending.callback(ended.set)
        yield


def _give_back(database: Database, what: str) -> None:
    """End a lease, also where a signal comes in the midst of it: others should not have to wait until it is dead."""
    try:
        _delete(database, what)
    except KeyboardInterrupt:
        _delete(database, what)
        raise


def _delete(database: Database, what: str) -> None:
    with suppress(StorageError), database.writing() as connection:  # it ends with this process in any case
        connection.execute(delete(leases).where(*_own(what)))


def _take(connection: Connection, database: Database, what: str) -> None:
    there = connection.execute(select(leases).where(leases.c.name == what).with_for_update()).mappings().first()
    now = database.now(connection)
    if there is not None:
        seen = process.lives(str(there["process"]))
        silent = now - there["beat"] if isinstance(there["beat"], int) else LIMIT_SECONDS
        mine = there["process"] == process.identity()
        lives = abs(silent) < LIMIT_SECONDS if seen is None else seen
        if (database.url, what) in _HELD if mine else lives:
            raise _taken(what, there["owner"], None if seen else LIMIT_SECONDS - silent)
        connection.execute(delete(leases).where(leases.c.name == what))
    row = {"name": what, "owner": process.named(), "process": process.identity(), "beat": now}
    connection.execute(insert(leases).values(row))


def _taken(what: str, owner: str, left: int | None) -> StorageError:
    """The error where somebody has it, who is believed for so many seconds more; None where it is seen to live."""
    otherwise = "" if left is None else f" Where it ended without a word, repeat the command in {left} seconds."
    return StorageError(
        f"Another process works on the {what} right now: {owner}. Wait for it, or end it: what it has done is "
        f"saved.{otherwise}"
    )


def _beat(database: Database, what: str, ended: Event) -> None:
    """Be heard of, until the end; a beat that fails is one that others miss."""
    while not ended.wait(BEAT_SECONDS):
        with suppress(StorageError), database.writing() as connection:
            connection.execute(update(leases).where(*_own(what)).values(beat=database.now(connection)))


def _own(what: str) -> tuple[ColumnElement[bool], ...]:
    return leases.c.name == what, leases.c.process == process.identity()
