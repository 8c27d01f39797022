from collections.abc import Iterator
from pathlib import Path

import pytest
from stored_records import a_generation, a_run, evaluations_of

from nastoolkit.storage.sql import SqlStorage, open_storage


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "runs" / "nastoolkit.db"


@pytest.fixture
def storage(file: Path) -> Iterator[SqlStorage]:
    """An empty one."""
    storage = open_storage(f"sqlite:///{file}")
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
