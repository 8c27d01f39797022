"""The errors: as a worker process sends them."""

import copy
import pickle
from collections.abc import Callable
from pathlib import Path

import pytest

from nastoolkit.consistency import NonsenseError
from nastoolkit.errors import Interrupted, NastoolkitError, OutOfMemory
from nastoolkit.storage.sqlite import SqliteDatabase
from nastoolkit.storage.stored_run import DamageError


@pytest.mark.parametrize(
    "error",
    [
        OutOfMemory("no room"),
        Interrupted("stopped"),
        DamageError(SqliteDatabase(Path("a.db").absolute(), create=True), "a-run", "its row is short", "Go back. "),
        NonsenseError("a-run", "it has no seed"),
    ],
    ids=lambda error: type(error).__name__,
)
@pytest.mark.parametrize("duplicate", [copy.copy, lambda one: pickle.loads(pickle.dumps(one))])  # noqa: S301 - our own
def test_an_error_arrives_as_it_was_sent(
    error: NastoolkitError, duplicate: Callable[[NastoolkitError], NastoolkitError]
) -> None:
    arrived = duplicate(error)
    assert type(arrived) is type(error)
    assert str(arrived) == str(error)
    assert vars(arrived) == vars(error)
    assert arrived.exit_code is error.exit_code
