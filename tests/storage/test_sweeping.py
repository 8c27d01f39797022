"""What nothing points to is swept, while others save."""

from collections.abc import Callable, Iterator
from contextlib import closing

import pytest
from sqlalchemy import Connection, insert
from stored_records import a_generation, a_run, evaluations_of, exact

from nastoolkit.storage import database
from nastoolkit.storage.records import Generation
from nastoolkit.storage.schema import weights
from nastoolkit.storage.sql import SqlStorage, open_storage
from nastoolkit.storage.stored_run import SqlRun

Meanwhile = Callable[[Callable[[SqlStorage], None]], None]
"""Lets another process do something once the sweep has read a run's generations."""


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Meanwhile:
    own = SqlRun.each

    def arrange(act: Callable[[SqlStorage], None]) -> None:
        def each(run: SqlRun, connection: Connection) -> Iterator[Generation]:
            yield from own(run, connection)
            monkeypatch.setattr(SqlRun, "each", own)
            with closing(open_storage(run._database.url)) as other:
                act(other)

        monkeypatch.setattr(SqlRun, "each", each)
        monkeypatch.setattr(database, "BUSY_SECONDS", 0.5)

    return arrange


def a_stray(storage: SqlStorage) -> None:
    with storage._database.writing() as connection:
        connection.execute(insert(weights).values(run="first", digest="x", data=b""))


def test_whoever_saves_meanwhile_neither_waits_nor_loses_weights(saved: SqlStorage, meanwhile: Meanwhile) -> None:
    a_stray(saved)
    meanwhile(lambda other: other.save("first", a_generation(3), evaluations_of(a_generation(3))))
    assert saved.sweep() == 0  # the save has dropped the stray
    assert exact(saved.open("first").last()) == exact(a_generation(3))


def test_a_run_that_is_begun_meanwhile_is_none_that_is_gone(saved: SqlStorage, meanwhile: Meanwhile) -> None:
    def begin(other: SqlStorage) -> None:
        other.create(a_run("second"))
        other.save("second", a_generation(0), evaluations_of(a_generation(0)))

    a_stray(saved)
    meanwhile(begin)
    assert saved.sweep() == 1
    assert exact(saved.open("second").last()) == exact(a_generation(0))
    assert saved.open("second").evaluations().keys() == {"0a", "0b"}


def test_a_run_that_is_deleted_meanwhile_is_in_nobodys_way(saved: SqlStorage, meanwhile: Meanwhile) -> None:
    meanwhile(lambda other: other.delete("first"))
    assert saved.sweep() == 0
    assert saved.names() == []
