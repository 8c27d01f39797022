from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
import servers
from stored_records import a_generation, a_run, evaluations_of

from nastoolkit.storage.sql import SqlStorage, open_storage

numbers = count()


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """A server, as the URL of a ``DATABASE``."""
    if reason := servers.missing():
        pytest.skip(reason)
    with servers.server() as url:
        yield url


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "runs" / "nastoolkit.db"


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, file: Path) -> str:
    """Of a database that has no tables yet, of each kind."""
    return f"sqlite:///{file}" if request.param == "sqlite" else request.getfixturevalue("postgres_url")


@pytest.fixture
def postgres_url(postgres: str) -> str:
    """Of a new database on a server."""
    return servers.make_database(postgres, f"test{next(numbers)}")


@pytest.fixture
def storage(url: str) -> Iterator[SqlStorage]:
    """An empty one, of each kind."""
    storage = open_storage(url)
    yield storage
    storage.close()


@pytest.fixture
def saved(storage: SqlStorage) -> SqlStorage:
    """A run called ``first`` with three generations, of two new networks each."""
    storage.create(a_run())
    for number in range(3):
        generation = a_generation(number)
        storage.save("first", generation, evaluations_of(generation))
    return storage
