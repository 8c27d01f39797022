"""PostgreSQL: one database for many machines."""

from typing import Any, final

from sqlalchemy import URL, Connection, create_engine, event

from nastoolkit.errors import StorageError
from nastoolkit.storage import database
from nastoolkit.storage.database import Database, without_password

DRIVER = "postgresql+psycopg"

_TABLES = 0x6E6173
"""The number of the server's advisory lock that who makes or changes tables takes."""

_CAUSES = {
    "53100": "cannot grow: the server's disk is full. Free some space there; `nastoolkit resume RUN` goes on from the "
    "last saved generation.",
    "55P03": "is locked: another process writes to it. Wait for it to end.",
    "42501": "cannot be written: its user may not. Grant the user the right to create and write tables.",
    "25006": "cannot be written: the server only lets it be read. Name a database that can be written.",
    "XX001": "is damaged: the server cannot read a page of it. Restore it from a backup.",
    "XX002": "is damaged: the server cannot read an index of it. Have it made again (REINDEX DATABASE).",
}
"""What the server's codes (https://www.postgresql.org/docs/current/errcodes-appendix.html) mean to a user."""

_OPTIONS = frozenset(
    {
        *("application_name", "channel_binding", "connect_timeout", "keepalives_idle", "options", "password"),
        *("sslcert", "sslkey", "sslmode", "sslpassword", "sslrootcert", "target_session_attrs"),
    }
)
"""What may follow a URL. Other words of libpq could name another server than the URL does, and it would be sent the
password for the one that is seen."""

_PLACES = frozenset({"host", "port"})
"""What may follow a URL without a host: a folder with a socket, or several servers."""

_PASSWORD = ("no password supplied", "password authentication failed")


@final
class PostgresDatabase(Database):
    """A database of a server.

    Args:
        url: ``postgresql+psycopg://USER@HOST/DATABASE``. A password in it is used and not kept.

    Raises:
        StorageError: psycopg is not installed, or the URL says more than where the database is and how to talk to it.
    """

    def __init__(self, url: URL) -> None:
        url = url.set(drivername=DRIVER)
        kept = without_password(url)
        if unknown := url.query.keys() - (_OPTIONS if url.host else _OPTIONS | _PLACES):
            raise StorageError(
                f"{kept.set(query={})} has {', '.join(sorted(unknown))} behind the question mark. Leave it out: there "
                f"can be {', '.join(sorted(_OPTIONS))}."
            )
        try:
            engine = create_engine(url, pool_pre_ping=True)
        except ImportError as error:
            raise StorageError(
                f"{kept} needs psycopg, which cannot be imported here ({error}). "
                "Install it with: pip install 'nastoolkit[postgres]'"
            ) from error
        event.listen(engine, "connect", _configure)
        readers = engine.execution_options(isolation_level="REPEATABLE READ")
        super().__init__(str(kept), kept.render_as_string(), readers, engine)

    def check(self) -> None:
        """The server has seen to it."""

    def alone(self, connection: Connection) -> None:
        """Two who make one table at once would both fail."""
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_TABLES})")

    def keep_copy(self, version: int) -> None:
        """A server has backups of its own, and it changes tables in a transaction like rows."""

    def give_back(self) -> None:
        """The server does it by itself."""

    def now(self, connection: Connection) -> int:
        """By the server's clock."""
        return int(connection.exec_driver_sql("SELECT floor(extract(epoch FROM clock_timestamp()))").scalar_one())

    def cause(self, error: Exception) -> str:
        """By the server's code, or by what was said where there was no connection."""
        code = getattr(error, "sqlstate", None)
        said = " ".join(str(error).split())
        if any(words in said for words in _PASSWORD):
            return "wants another password. Write it into ~/.pgpass or PGPASSWORD: none is kept with a run."
        if code is None:
            return f"cannot be reached: {said}. Check the URL and that the server runs, then repeat the command."
        return _CAUSES.get(code, f"failed: {said}. Look into the server's log, or name another with --storage.")


def _configure(connection: Any, _record: object) -> None:  # noqa: ANN401 - psycopg need not be there
    connection.execute(f"SET lock_timeout = {round(1000 * database.BUSY_SECONDS)}")
    connection.commit()
