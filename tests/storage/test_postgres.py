"""PostgreSQL: what is said when it cannot be had, and that no password is kept."""

import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from fakes import Lab
from searches import interrupted, model, outcome
from stored_records import a_generation, a_run, an_evaluation, exact

from nastoolkit.errors import StorageError
from nastoolkit.storage import database
from nastoolkit.storage.sql import SqlStorage, open_storage


@pytest.fixture
def url(postgres_url: str) -> str:
    """These are about a server."""
    return postgres_url


def refused(url: str, match: str) -> str:
    with pytest.raises(StorageError, match=match) as raised:
        open_storage(url)
    return str(raised.value)


@pytest.mark.parametrize("driver", ["postgresql", "postgresql+psycopg"])
def test_a_password_is_used_and_not_kept(url: str, driver: str) -> None:
    given = url.replace("postgresql+psycopg://tester@", f"{driver}://tester:secret@")
    with closing(open_storage(given)) as storage:
        storage.create(a_run())
        assert storage.url == url.replace("/nast", "%2Fnast").replace("/tmp", "%2Ftmp")  # noqa: S108 - of the socket
    with closing(open_storage(storage.url)) as again:
        assert again.runs() == [a_run()]


def test_a_password_in_the_query_is_used_and_not_kept(url: str) -> None:
    with closing(open_storage(f"{url}&password=secret&sslpassword=secret&connect_timeout=5")) as storage:
        assert "secret" not in storage.url
        assert storage.url.endswith("connect_timeout=5") or "connect_timeout=5&" in storage.url
        with storage._database.reading() as connection:
            assert connection.connection.dbapi_connection.info.password == "secret"  # noqa: S105 - of this test


@pytest.mark.parametrize(
    "option", ["hostaddr=127.0.0.1", "host=theirs", "conninfo=hostaddr%3D127.0.0.1%20password%3Dsecret", "plugin=x"]
)
def test_a_url_names_no_other_server_than_is_seen(option: str) -> None:
    """libpq looks a password up by the host and sends it to the address."""
    said = refused(
        f"postgresql+psycopg://me@ours/runs?{option}", rf"me@ours/runs has {option.partition('=')[0]} behind"
    )
    assert "secret" not in said


def test_a_server_that_is_not_there_is_said_to_be() -> None:
    pytest.importorskip("psycopg")
    said = refused(
        "postgresql+psycopg://me:secret@127.0.0.1:1/runs", r"me@127\.0\.0\.1:1/runs cannot be reached: .*URL"
    )
    assert "secret" not in said


def test_a_database_that_is_not_there_is_said_to_be(url: str) -> None:
    refused(url.replace("@/test", "@/no_test"), r'cannot be reached: .*database "no_test[0-9]*" does not exist')


def test_without_psycopg_it_is_said_what_to_install() -> None:
    program = """
import sys
sys.modules["psycopg"] = None
from nastoolkit.cli import main
sys.argv = ["nastoolkit", "runs", "--storage", "postgresql+psycopg://host/runs"]
main()
"""
    done = subprocess.run([sys.executable, "-c", program], check=False, capture_output=True, text=True)
    assert done.returncode == 5
    assert "pip install 'nastoolkit[postgres]'" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_database_of_another_program_stays_as_it_is(storage: SqlStorage) -> None:
    with storage._database.writing() as connection:
        connection.exec_driver_sql("ALTER TABLE meta RENAME application TO program")
    refused(storage.url, "is a database, but not one of nastoolkit's")


@pytest.fixture
def locked_out(saved: SqlStorage, monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[SqlStorage], object]], None]:
    """Try something while another transaction changes every run: it is told that they are locked."""

    def attempt(action: Callable[[SqlStorage], object]) -> None:
        monkeypatch.setattr(database, "BUSY_SECONDS", 0.05)
        with closing(open_storage(saved.url)) as other, saved._database.writing() as connection:
            connection.exec_driver_sql("SELECT * FROM runs FOR UPDATE")
            with pytest.raises(StorageError, match="is locked: another process writes to it"):
                action(other)

    return attempt


def test_a_run_that_another_transaction_changes_is_said_to_be_locked(
    saved: SqlStorage, locked_out: Callable[[Callable[[SqlStorage], object]], None]
) -> None:
    locked_out(lambda other: other.save("first", a_generation(3), [an_evaluation("3a")]))
    saved.save("first", a_generation(3), [an_evaluation("3a")])
    assert exact(saved.open("first").last()) == exact(a_generation(3))


def test_a_sweep_waits_for_a_save_before_it_deletes_anything(
    saved: SqlStorage, locked_out: Callable[[Callable[[SqlStorage], object]], None]
) -> None:
    locked_out(lambda other: other.sweep())
    assert saved.sweep() == 0


def test_a_connection_that_broke_is_made_again(saved: SqlStorage) -> None:
    with closing(open_storage(saved.url)) as other, other._database.writing() as connection:
        others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
        connection.exec_driver_sql(f"{others} AND pid <> pg_backend_pid()")
    saved.save("first", a_generation(3), [])
    assert exact(saved.open("first").last()) == exact(a_generation(3))


def test_a_search_is_interrupted_and_gone_on_with_as_in_a_file(lab: Lab, url: str) -> None:
    folder = interrupted(lab, {"seed": 3, "storage": url}, 1)
    with pytest.raises(StorageError, match=r"names the storage .* repeat the command with --storage"):
        lab.resume(folder)
    there, here = lab.resume(folder, storage_url=url), lab.start({"seed": 3})
    assert f'storage = "{url.partition("?")[0]}?' in Path(folder, "config.toml").read_text()
    assert outcome(there) | {"config": None} == outcome(here) | {"config": None}
    assert model(there) == model(here)
