"""SQLite: one file, on a disk of this machine."""

import sqlite3
from contextlib import closing, suppress
from functools import partial
from pathlib import Path
from typing import final

from sqlalchemy import URL, Connection, create_engine, event

from nastoolkit.errors import StorageError
from nastoolkit.files import is_possible, is_there, whole
from nastoolkit.storage import database, file_url
from nastoolkit.storage.database import Database
from nastoolkit.storage.sqlite_schema import check_schema

_CAUSES = {
    "SQLITE_BUSY": "is locked: another process writes to it. Wait for it to end, or name another file with --storage.",
    "SQLITE_NOTADB": "is not a database. Name another file with --storage.",
    "SQLITE_CORRUPT": "is damaged. Put back an earlier copy of it, or move it away and repeat its runs from the "
    "config.toml in each run's folder; the same seed gives the same results.",
    "SQLITE_READONLY": "cannot be written. Change its permissions, or name another file with --storage.",
    "SQLITE_CANTOPEN": "cannot be opened. Check that it is a file in a folder that you may write to, or name another "
    "with --storage.",
    "SQLITE_FULL": "cannot grow: the disk is full. Free some space; `nastoolkit resume RUN` goes on from the last "
    "saved generation.",
    "SQLITE_IOERR_SHM": "cannot be opened: the disk is full. Free some space.",
    "SQLITE_IOERR": "could not be read or written. Check the disk; `nastoolkit resume RUN` goes on from the last "
    "saved generation.",
}
"""What SQLite's result codes (https://sqlite.org/rescode.html) mean to a user; extended codes begin with these."""


@final
class SqliteDatabase(Database):
    """A file.

    Args:
        file: absolute path.
        create: whether to make it and its folder where they are missing.

    Raises:
        StorageError: it is missing and not to be made, or its folder cannot be made.
    """

    def __init__(self, file: Path, *, create: bool) -> None:
        self.file = file
        _place(self.file, create=create)
        absolute = URL.create("sqlite", database=str(self.file))
        readers = create_engine(absolute, creator=partial(_connect, file))
        event.listen(readers, "begin", _begin)
        writers = readers.execution_options(writes=True)
        super().__init__(str(self.file), file_url(self.file), readers, writers)

    def prepare(self, *, create: bool) -> None:
        """See :class:`Database`; a file that does more than hold rows is refused first, as its SQL would run here.

        Raises:
            StorageError: it does; else as there.
        """
        with self.reading() as connection:
            check_schema(connection, self.name)
        super().prepare(create=create)

    def check(self) -> None:
        """The file is where it was: SQLite would go on with one that nobody can find again.

        Raises:
            StorageError: it is not.
        """
        if not is_there(self.file):
            raise StorageError(f"{self.file} was deleted or moved while it was in use. Put it back.")

    def alone(self, connection: Connection) -> None:
        """A writer is alone as it is."""

    def keep_copy(self, version: int) -> None:
        """As ``FILE.versionN`` beside it, whole or not at all.

        Raises:
            StorageError: there is no room, or the folder cannot be written to.
        """
        copy = self.file.with_name(f"{self.file.name}.version{version}")
        try:
            with (
                whole(copy) as draft,
                closing(sqlite3.connect(self.file)) as old,
                closing(sqlite3.connect(draft)) as new,
            ):
                old.backup(new)
        except (OSError, sqlite3.Error) as error:
            raise StorageError(
                f"{self.file} has to be brought up to date, but {copy} cannot be written before: {error}. Make room "
                "and the folder writable, then repeat the command; nothing was changed."
            ) from error

    def give_back(self) -> None:
        """Write the file anew, without gaps; where there is none, nobody has to wait for that.

        Raises:
            StorageError: it is locked by another process, or the disk is too full for a second one beside it.
        """
        try:
            with closing(_connect(self.file)) as connection:
                (gaps,) = connection.execute("PRAGMA freelist_count").fetchone()
                if gaps:
                    connection.execute("VACUUM")
        except sqlite3.Error as error:
            raise StorageError(f"{self.name} {self.cause(error)}") from error

    def now(self, connection: Connection) -> int:
        """By this machine's clock."""
        return int(connection.exec_driver_sql("SELECT strftime('%s', 'now')").scalar_one())

    def cause(self, error: Exception) -> str:
        """By SQLite's result code."""
        code = getattr(error, "sqlite_errorname", "")
        known = next((words for name, words in _CAUSES.items() if code.startswith(name)), None)
        return known or f"failed: {error}. Put back an earlier copy of it, or name another file with --storage."


def sqlite_file(url: URL) -> Path | None:
    """The absolute path that a URL names, where it is of the form ``sqlite:///FILE``."""
    if (
        not url.database
        or url.database == ":memory:"
        or not is_possible(url.database)
        or url != URL.create("sqlite", database=url.database)
    ):
        return None
    return Path(url.database).absolute()


def _place(file: Path, *, create: bool) -> None:
    if not create and not (is_there(file) and file.stat().st_size):  # an empty one is anybody's
        raise StorageError(
            f"There is no database {file}, so there is no run in it. Go to the folder that the search was started in, "
            "name the run's folder, or name its database with --storage."
        )
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(
            f"The folder {file.parent} cannot be made: {error.strerror}. Name another file with --storage."
        ) from error


def _connect(file: Path) -> sqlite3.Connection:
    """A connection; where the disk is so full that there is no shared memory, one that has the file for itself.

    So what was saved can be read, if only by one process at a time.
    """
    connection = _opened(file)
    try:
        _configure(connection)
    except sqlite3.OperationalError as error:
        connection.close()
        if not error.sqlite_errorname.startswith("SQLITE_IOERR_SHM"):
            raise
        connection = _opened(file)
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        _configure(connection)
    return connection


def _opened(file: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(file, timeout=database.BUSY_SECONDS, check_same_thread=False)
    connection.text_factory = _text
    return connection


def _configure(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA trusted_schema = OFF")  # the file may be a stranger's: https://sqlite.org/security.html
    connection.execute("PRAGMA cell_size_check = ON")
    (version,) = connection.execute("PRAGMA schema_version").fetchone()
    if not version:  # new; the file keeps its journal's mode, and one that is not ours must stay as it is
        with suppress(sqlite3.OperationalError):  # locked without waiting: another process is setting it just now
            connection.execute("PRAGMA journal_mode = WAL")


def _begin(connection: Connection) -> None:
    """Begin before the first statement: the driver would wait for the first INSERT, and leave CREATE TABLE out.

    A writer takes its turn at once, because a reader that turns writer fails where another wrote in between.
    """
    immediate = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


def _text(data: bytes) -> str:
    """Bytes that are not UTF-8 become surrogates, so that a damaged text reaches the check of its row's digest."""
    return data.decode(errors="surrogateescape")
