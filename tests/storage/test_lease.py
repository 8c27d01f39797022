"""One process at a time works on a run, wherever the others are."""

import os
import subprocess
import sys
import textwrap
import time
from contextlib import closing

import pytest
from fakes import Before, Lab
from sqlalchemy import Engine, event, func, select, update

from nastoolkit.errors import StorageError
from nastoolkit.plugins import register
from nastoolkit.storage import lease, process
from nastoolkit.storage.schema import leases
from nastoolkit.storage.sql import SqlStorage, open_storage


def taken(storage: SqlStorage, what: str = "run a") -> str:
    """What is said where somebody has it."""
    with (
        pytest.raises(StorageError, match=f"Another process works on the {what} right now") as found,
        storage.held(what),
    ):
        pass
    return str(found.value)


def rows(storage: SqlStorage) -> int:
    with storage._database.reading() as connection:
        return connection.scalar(select(func.count()).select_from(leases)) or 0


def change(storage: SqlStorage, **values: object) -> None:
    with storage._database.writing() as connection:
        connection.execute(update(leases).values(values))


def test_a_run_is_held_once(storage: SqlStorage) -> None:
    with closing(open_storage(storage.url)) as other, storage.held("run a"):
        assert f"process {os.getpid()} on " in taken(other)
        with other.held("run b"):
            assert rows(storage) == 2
    with storage.held("run a"):
        pass
    assert rows(storage) == 0


def test_a_signal_at_any_moment_leaves_no_lease(storage: SqlStorage) -> None:
    """Before any statement, and before the end of any transaction, of taking it and of giving it back."""
    events = ("before_cursor_execute", "commit")
    left = stops = 0

    def happens(*_: object) -> None:
        nonlocal left
        left -= 1
        if left == -1:
            raise KeyboardInterrupt

    for name in events:
        event.listen(Engine, name, happens)
    try:
        for left in range(100):  # noqa: B007 - it is counted down from there
            try:
                with storage.held("run a"):
                    assert rows(storage) == 1
            except KeyboardInterrupt:
                stops += 1
                assert rows(storage) == 0
            else:
                break
    finally:
        for name in events:
            event.remove(Engine, name, happens)
    assert stops > 5


def test_a_process_that_is_killed_holds_nothing(storage: SqlStorage) -> None:
    program = """
        import sys, time
        from nastoolkit.storage.sql import open_storage
        with open_storage(sys.argv[1]).held("run a"):
            print("held", flush=True)
            time.sleep(1000)
    """
    command = [sys.executable, "-c", textwrap.dedent(program), storage.url]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as owner:
        assert owner.stdout
        owner.stdout.readline()
        assert f"process {owner.pid} on " in taken(storage)
        owner.kill()
        while process.lives(process_of(storage)):  # not even where nobody has asked yet how it ended
            time.sleep(0.01)
        with storage.held("run a"):
            pass


def process_of(storage: SqlStorage) -> str:
    with storage._database.reading() as connection:
        return connection.scalar(select(leases.c.process)) or ""


def test_an_owner_on_another_machine_is_believed_until_it_is_silent_for_too_long(storage: SqlStorage) -> None:
    with storage.held("run a"):
        change(storage, owner="process 7 on another", process="another-machine 7 1")
        assert "process 7 on another. Wait for it, or end it" in taken(storage)
        with storage._database.reading() as connection:
            now = storage._database.now(connection)
        change(storage, beat=now - lease.LIMIT_SECONDS + 30)
        assert "repeat the command in 30 seconds" in taken(storage).replace("in 29", "in 30")
        change(storage, beat=now - lease.LIMIT_SECONDS)
        with closing(open_storage(storage.url)) as other, other.held("run a"):
            assert f"process {os.getpid()} on " in taken(storage)


def test_an_owner_on_this_machine_is_seen_to_live_however_long_it_is_silent(storage: SqlStorage) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as owner, storage.held("run a"):
        there = f"{process.identity().rsplit(' ', 2)[0]} {owner.pid} {process._started(owner.pid)}"
        change(storage, owner="a process that is stopped", process=there, beat=0)
        assert taken(storage).endswith("what it has done is saved.")
        owner.kill()
        owner.wait()
        with storage.held("run a"):
            pass


def test_a_process_may_be_called_anything() -> None:
    """The kernel cuts names at 15 bytes, in the midst of a letter too."""
    program = "open('/proc/self/comm', 'wb').write(b'a) S 1 \\xc3'); print(flush=True); input()"
    command = [sys.executable, "-c", program]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as named:
        assert named.stdout
        named.stdout.readline()
        assert (process._started(named.pid) or "").isdigit()
        named.kill()


def test_a_process_that_is_hidden_lives_and_one_that_has_ended_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    def kill(number: int, _signal: int) -> None:
        raise PermissionError if number == 7 else ProcessLookupError

    monkeypatch.setattr(process, "_started", lambda _number: None)
    monkeypatch.setattr(os, "kill", kill)
    machine = process._machine()
    found = [process.lives(one) for one in (f"{machine} 7 1", f"{machine} 8 1", f"{machine} x 1", "another 7 1")]
    assert found == [True, False, None, None]


def test_a_number_that_another_process_has_by_now_is_not_its_owner(storage: SqlStorage) -> None:
    with storage.held("run a"):
        change(storage, process=f"{process.identity().rpartition(' ')[0]} 1")
        with storage.held("run a"):
            pass


@pytest.mark.parametrize("damage", [{"process": "x"}, {"process": ""}, {"owner": ""}, {"beat": 2**62}, {"beat": -1}])
def test_a_damaged_lease_is_one_or_none(storage: SqlStorage, damage: dict[str, object]) -> None:
    with storage.held("run a"):
        change(storage, **damage)
        try:
            with storage.held("run a"):
                pass
        except StorageError as error:
            assert "Another process works on" in str(error)  # noqa: PT017 - both outcomes are right


def test_an_owner_is_heard_of_while_it_works(storage: SqlStorage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lease, "BEAT_SECONDS", 0.02)
    with storage.held("run a"):
        change(storage, beat=0)
        for _ in range(500):
            with storage._database.reading() as connection:
                if connection.scalar(select(leases.c.beat)):
                    return
            time.sleep(0.02)
    pytest.fail("it was never heard of")


def test_the_clock_of_the_database_is_that_of_the_world(storage: SqlStorage) -> None:
    with storage._database.reading() as connection:
        assert abs(storage._database.now(connection) - time.time()) < 5


def test_a_run_that_is_searched_cannot_be_resumed_beside_it(lab: Lab, url: str) -> None:
    refused: list[str] = []

    def intrude() -> None:
        with pytest.raises(StorageError) as found:
            Lab().resume("here", storage_url=url)
        refused.append(str(found.value))

    register(lab.plugins.manager, Before(intrude), "intruder")
    found = lab.start({"out": "here", "storage": url})
    assert found["generations"] == 4
    assert f"Another process works on the run {found['run']} right now" in refused[0]
