"""A PostgreSQL server of the tests' own: in a temporary folder, behind a socket in it, gone with them."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

USER = "nobody" if os.geteuid() == 0 else None
"""Who runs the server, which root may not; None for whoever runs the tests."""


def missing() -> str:
    """Why there can be no server; empty where there can."""
    try:
        import psycopg  # noqa: F401 - whether it can be imported
    except ImportError:
        return "psycopg is not installed"
    return "" if _programs() else "PostgreSQL is not installed"


def _programs() -> Path | None:
    """The folder of ``initdb`` and ``pg_ctl``."""
    found = shutil.which("pg_ctl")
    there = [Path(found).resolve().parent] if found else sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    return there[-1] if there else None


@contextmanager
def server() -> Iterator[str]:
    """Start one; gives the URL of a database, with ``DATABASE`` in the place of its name."""
    programs, folder = _programs(), Path(mkdtemp(prefix="nastoolkit-postgres-"))
    assert programs
    if USER:
        shutil.chown(folder, USER)

    def run(program: str, *arguments: str) -> None:
        command = [str(programs / program), "-D", str(folder / "data"), *arguments]
        subprocess.run(command, check=True, user=USER, cwd=folder, stdout=subprocess.DEVNULL)

    try:
        run("initdb", "--username=tester", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")
        options = f"-k {folder} -c listen_addresses='' -c fsync=off -c max_connections=50"
        run("pg_ctl", "--wait", "-l", str(folder / "log"), "-o", options, "start")
        yield f"postgresql+psycopg://tester@/DATABASE?host={folder}"
        run("pg_ctl", "--wait", "--mode=immediate", "stop")
    finally:
        shutil.rmtree(folder)


def make_database(url: str, name: str) -> str:
    """An empty database of a server, as its URL."""
    tell(url, f"CREATE DATABASE {name}")
    return url.replace("DATABASE", name)


@contextmanager
def database_on(disk: Path, url: str, name: str) -> Iterator[str]:
    """An empty database of a server on a disk of its own, as its URL."""
    if USER:
        shutil.chown(disk, USER)
    tell(url, f"CREATE TABLESPACE {name} LOCATION '{disk}'", f"CREATE DATABASE {name} TABLESPACE {name}")
    try:
        yield url.replace("DATABASE", name)
    finally:
        tell(url, f"DROP DATABASE {name} WITH (FORCE)", f"DROP TABLESPACE {name}")


def tell(url: str, *statements: str) -> None:
    """Execute statements on a server, each by itself."""
    import psycopg

    with psycopg.connect(url.replace("+psycopg", "").replace("DATABASE", "postgres"), autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)
