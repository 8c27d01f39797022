"""A database through SQLAlchemy: its transactions, and its errors in words."""

from abc import ABC, abstractmethod
from collections.abc import Generator
from contextlib import AbstractContextManager, contextmanager

from sqlalchemy import URL, Connection, Engine
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from nastoolkit.errors import StorageError
from nastoolkit.storage import migrations, schema

BUSY_SECONDS = 10.0
"""How long a transaction waits for another process's to end."""


_SECRETS = ("password", "sslpassword")
"""What a URL's query may hold of a user's (https://www.postgresql.org/docs/current/libpq-connect.html)."""


def without_password(url: URL) -> URL:
    """A URL that may be written down and shown."""
    known = URL.create(url.drivername, url.username, None, url.host, url.port, url.database, url.query)
    return known.difference_update_query(_SECRETS)


class Database(ABC):
    """The tables of :mod:`nastoolkit.storage.schema` somewhere.

    Args:
        name: what messages call it.
        url: what finds it again, without a password.
        readers: for transactions that read.
        writers: for transactions that write.
    """

    def __init__(self, name: str, url: str, readers: Engine, writers: Engine) -> None:
        self.name, self.url = name, url
        self._readers, self._writers = readers, writers

    def prepare(self, *, create: bool) -> None:
        """Bring tables of an earlier nastoolkit up to date, and make them where there are none.

        Args:
            create: whether to make them.

        Raises:
            StorageError: it cannot be opened or made, is not nastoolkit's or a later one's; it is left as it is.
        """
        with self.reading() as connection:
            there = schema.version(connection, self.name)
        if there is None and not create:
            raise StorageError(f"{self.name} is empty, so there is no run in it. Name another with --storage.")
        if there != schema.VERSION:
            with self.writing() as connection:
                self.alone(connection)
                there = schema.version(connection, self.name)  # another process may just have done it
                if there is not None and there < schema.VERSION:
                    self.keep_copy(there)
                migrations.migrate(connection, there)

    def reading(self) -> AbstractContextManager[Connection]:
        """A transaction that sees the database as it is now, whatever others write meanwhile."""
        return self._transaction(self._readers)

    def writing(self, conflict: str = "") -> AbstractContextManager[Connection]:
        """A transaction that is saved whole, or not at all where its body raises.

        Args:
            conflict: what to say where a row is there already, or the one that it belongs to is not.
        """
        return self._transaction(self._writers, conflict)

    def close(self) -> None:
        """Give back its connections."""
        self._readers.dispose()

    @abstractmethod
    def alone(self, connection: Connection) -> None:
        """Let no other transaction make or change tables before this one ends."""

    @abstractmethod
    def keep_copy(self, version: int) -> None:
        """Keep what is there before its tables of a version change; others write nothing meanwhile.

        Raises:
            StorageError: it cannot be kept; nothing was changed.
        """

    @abstractmethod
    def give_back(self) -> None:
        """Give the room of deleted rows back to the disk.

        Raises:
            StorageError: it cannot be done; the rows are gone all the same.
        """

    @abstractmethod
    def now(self, connection: Connection) -> int:
        """Seconds since 1970 by the one clock that all who share the database can read."""

    @abstractmethod
    def check(self) -> None:
        """Raise a StorageError where a transaction that begins would not reach what others see."""

    @abstractmethod
    def cause(self, error: Exception) -> str:
        """What a driver's error means to a user and the way out, to follow the name."""

    @contextmanager
    def _transaction(self, engine: Engine, conflict: str = "") -> Generator[Connection]:
        """Every error of the database in it becomes a StorageError."""
        try:
            with engine.begin() as connection:
                self.check()
                yield connection
        except (SQLAlchemyError, UnicodeDecodeError) as error:  # a damaged table's error is not always UTF-8
            said = (isinstance(error, IntegrityError) and conflict) or self.cause(getattr(error, "orig", None) or error)
            raise StorageError(f"{self.name} {said}") from error
        except UnicodeEncodeError as error:
            raise StorageError(f"{error.object!r} cannot be stored: it is not Unicode. Choose another name.") from error
