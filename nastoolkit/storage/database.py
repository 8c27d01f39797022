"""One SQLite file through SQLAlchemy: its URL, its transactions, and its errors in words."""

import sqlite3
from collections.abc import Generator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, IntegrityError, SQLAlchemyError

from nastoolkit.errors import StorageError
from nastoolkit.storage import schema

BUSY_SECONDS = 10.0
"""How long a transaction waits for another process's to end."""

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
    "SQLITE_IOERR": "could not be read or written. Check the disk; `nastoolkit resume RUN` goes on from the last "
    "saved generation.",
}
"""What SQLite's result codes (https://sqlite.org/rescode.html) mean to a user; extended codes begin with these."""


class Database:
    """The tables of :mod:`nastoolkit.storage.schema` in a file.

    Args:
        file: absolute path.
    """

    def __init__(self, file: Path) -> None:
        url = URL.create("sqlite", database=str(file))
        self.file = file
        self.url = url.render_as_string()
        self._engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS})
        self._writer = self._engine.execution_options(writes=True)
        event.listen(self._engine, "connect", _configure)
        event.listen(self._engine, "begin", _begin)

    def prepare(self) -> None:
        """Make the file, its folder and its tables where they are missing.

        Raises:
            StorageError: the file cannot be opened or made, or is not nastoolkit's; it is left as it is.
        """
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StorageError(
                f"The folder {self.file.parent} cannot be made: {error.strerror}. Name another file with --storage."
            ) from error
        with self.reading() as connection:
            empty = schema.is_empty(connection)
        if empty:
            with self.writing() as connection:
                schema.create(connection)
        with self.reading() as connection:
            schema.check(connection, self.file)

    def reading(self) -> AbstractContextManager[Connection]:
        """A transaction that sees the database as it is now, whatever others write meanwhile."""
        return self._transaction(self._engine)

    def writing(self, conflict: str = "") -> AbstractContextManager[Connection]:
        """A transaction that is saved whole, or not at all where its body raises.

        Args:
            conflict: what to say where a row is there already, or the one that it belongs to is not.
        """
        return self._transaction(self._writer, conflict)

    def close(self) -> None:
        """Give back the file."""
        self._engine.dispose()

    @contextmanager
    def _transaction(self, engine: Engine, conflict: str = "") -> Generator[Connection]:
        """Every error of the database in it becomes a StorageError."""
        try:
            with engine.begin() as connection:
                if not self.file.exists():  # SQLite would go on with a file that nobody can find again
                    raise StorageError(f"{self.file} was deleted or moved while it was in use. Put it back.")
                yield connection
        except (SQLAlchemyError, UnicodeDecodeError) as error:  # a damaged table's error is not always UTF-8
            said = (isinstance(error, IntegrityError) and conflict) or _cause(error)
            raise StorageError(f"{self.file} {said}") from error
        except UnicodeEncodeError as error:
            raise StorageError(f"{error.object!r} cannot be stored: it is not Unicode. Choose another name.") from error


def sqlite_file(url: str) -> Path:
    """The absolute path that a URL names.

    Raises:
        StorageError: it is not of the form ``sqlite:///FILE``.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        parsed = None
    database = parsed and parsed.database
    if not database or database == ":memory:" or parsed != URL.create("sqlite", database=database):
        raise StorageError(
            f"Storage {str(parsed or url)!r} is not of the form sqlite:///FILE. "
            "Write for example --storage sqlite:///runs/nastoolkit.db (three slashes, four before an absolute path)."
        )
    return Path(database).absolute()


def _configure(connection: sqlite3.Connection, _record: object) -> None:
    connection.text_factory = _text
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = FULL")
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


def _cause(error: Exception) -> str:
    cause = getattr(error, "orig", error)
    code = getattr(cause, "sqlite_errorname", "")
    known = next((words for name, words in _CAUSES.items() if code.startswith(name)), None)
    return known or f"failed: {cause}. Put back an earlier copy of it, or name another file with --storage."
