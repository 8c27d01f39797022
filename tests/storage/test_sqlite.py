"""SQLite: the file behind the storage: where it is, who may have it, and what is said when it cannot be had."""

import sqlite3
import subprocess
import sys
import textwrap
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import psutil
import pytest
from stored_records import a_generation, a_network, a_run, an_evaluation, exact

from nastoolkit.errors import StorageError
from nastoolkit.storage import database
from nastoolkit.storage.schema import VERSION
from nastoolkit.storage.sql import SqlStorage, open_storage
from nastoolkit.storage.sqlite_schema import our_words


@pytest.fixture
def url(file: Path) -> str:
    """These are about the file."""
    return f"sqlite:///{file}"


def refused(url: str, match: str) -> str:
    with pytest.raises(StorageError, match=match) as raised:
        open_storage(url)
    return str(raised.value)


def test_a_relative_url_becomes_absolute_and_folders_are_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with closing(open_storage("sqlite:///some/runs/all.db")) as storage:
        assert storage.url == f"sqlite:///{tmp_path}/some/runs/all.db"
        storage.create(a_run())
    monkeypatch.chdir("/")
    with closing(open_storage(storage.url)) as again:
        assert again.runs() == [a_run()]


def test_a_folder_may_have_any_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "50 % größer? #1 @home"
    folder.mkdir()
    monkeypatch.chdir(folder)
    with closing(open_storage("sqlite:///all.db")) as storage:
        storage.create(a_run())
    assert [path.name for path in folder.iterdir()] == ["all.db"]
    with closing(open_storage(storage.url)) as again:
        assert again.runs() == [a_run()]


@pytest.mark.parametrize(
    "url",
    [
        "",
        "runs.db",
        "sqlite://",
        "sqlite:///",
        "sqlite:///:memory:",
        "sqlite://runs/all.db",
        "sqlite://host:port/all.db",
        "sqlite:///all.db?mode=ro",
        "sqlite+other:///all.db",
        "sqllite:///all.db",
        "mysql://me:secret@host/runs",
        "mysql://me@host/runs?password=secret",
        "postgresql+psycopg://me:secret@host:port/runs",
    ],
)
def test_a_url_of_another_form_is_refused_with_an_example(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert "secret" not in refused(url, r"not of the form sqlite:///FILE.*sqlite:///runs/nastoolkit\.db")
    assert not list(tmp_path.iterdir())


def test_a_missing_file_is_not_made_where_only_reading_is_asked_for(file: Path) -> None:
    with pytest.raises(StorageError, match=f"no database {file}.*--storage"):
        open_storage(f"sqlite:///{file}", create=False)
    assert not file.parent.exists()


def test_a_folder_below_a_file_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "note").write_text("hello")
    refused(f"sqlite:///{tmp_path}/note/runs/all.db", f"folder {tmp_path}/note/runs cannot be made: .*--storage")


def test_a_folder_is_no_database(tmp_path: Path) -> None:
    refused(f"sqlite:///{tmp_path}", f"{tmp_path} cannot be opened.*--storage")


@pytest.mark.parametrize("text", ["hello\n", "name,size\n" * 1000], ids=["short", "long"])
def test_a_text_file_is_no_database_and_stays_as_it_is(tmp_path: Path, text: str) -> None:
    (tmp_path / "notes.db").write_text(text)
    refused(f"sqlite:///{tmp_path}/notes.db", r"notes\.db is not a database.*--storage")
    assert (tmp_path / "notes.db").read_text() == text


@pytest.mark.parametrize(
    "table",
    ["songs (title)", "meta (key, value)", "meta (application, version)"],
    ids=["other tables", "another meta", "the same meta, empty"],
)
def test_the_database_of_another_program_stays_as_it_is(tmp_path: Path, table: str) -> None:
    file = tmp_path / "songs.db"
    with closing(sqlite3.connect(file)) as connection:
        connection.execute(f"CREATE TABLE {table}")
    before = file.read_bytes()
    refused(
        f"sqlite:///{file}", r"songs\.db is (a database, but not one of nasto|damaged, or another program's).*--storage"
    )
    assert file.read_bytes() == before
    assert list(tmp_path.iterdir()) == [file]
    assert str(file) not in [opened.path for opened in psutil.Process().open_files()]


def with_column(table: str, column: str) -> str:
    """What makes a column, or a constraint, of a table that was made without."""
    spelt = f"sql = replace(sql, 'PRIMARY KEY', '{column}, PRIMARY KEY') WHERE name = '{table}'"
    return f"PRAGMA writable_schema = ON; UPDATE sqlite_master SET {spelt}"  # noqa: S608 - our own tables


IN_BYTES = "UPDATE sqlite_master SET type = CAST(type AS BLOB), tbl_name = CAST(tbl_name AS BLOB)"
TRIGGER = "CREATE TRIGGER cuckoo AFTER UPDATE ON runs BEGIN DELETE FROM generations; END"

LONGER = """UPDATE sqlite_master SET type = type || char(0) || 'x', tbl_name = tbl_name || char(0) || 'x'
WHERE name IN ('cuckoo', 'runs')"""
"""SQLite reads a name to its first NUL."""

HOSTILE = {
    "trigger": (TRIGGER, "trigger 'cuckoo'"),
    "trigger in bytes": (f"{TRIGGER}; PRAGMA writable_schema = ON; {IN_BYTES}", "trigger 'cuckoo'"),
    "trigger that goes on": (f"{TRIGGER}; PRAGMA writable_schema = ON; {LONGER}", "trigger 'cuckoo'"),
    "column that goes on": (
        f"{with_column('runs', 'note TEXT AS (upper(name))')}; PRAGMA writable_schema = ON; {LONGER}",
        "table 'runs'",
    ),
    "view": ("ALTER TABLE leases RENAME TO others; CREATE VIEW Leases AS SELECT * FROM others", "view 'Leases'"),
    "virtual table": ("DROP TABLE leases; CREATE VIRTUAL TABLE leases USING fts5(name)", "table 'leases'"),
    "index of an expression": ("CREATE INDEX cuckoo ON runs (upper(name))", "index 'cuckoo'"),
    "index of a part": ("CREATE INDEX cuckoo ON meta (version) WHERE upper(application) > ''", "index 'cuckoo'"),
    "virtual column": ("ALTER TABLE meta ADD COLUMN note TEXT AS (upper(application))", "table 'meta'"),
    "stored column": (with_column("runs", "note TEXT AS (upper(name)) STORED"), "table 'runs'"),
    "constraint": (with_column("weights", "CHECK (upper(run) > 0)"), "table 'weights'"),
    "default": (with_column("meta", "note TEXT DEFAULT (random())"), "table 'meta'"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_file_with_sql_in_it_is_refused_and_stays_as_it_is(saved: SqlStorage, file: Path, kind: str) -> None:
    saved.close()
    statements, told = HOSTILE[kind]
    with closing(sqlite3.connect(file)) as other:
        other.executescript(statements)
    whole = file.read_bytes()
    refused(saved.url, f"{told}(, and nastoolkit makes none. Drop it| is not as nastoolkit makes it).*--storage")
    assert file.read_bytes() == whole


def test_none_of_the_words_that_tables_are_made_with_is_a_function() -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        functions = {name for (name,) in connection.execute("SELECT DISTINCT name FROM pragma_function_list")}
    assert functions
    assert not functions & our_words()


def test_the_tables_of_a_later_nastoolkit_are_told_as_such(saved: SqlStorage, file: Path) -> None:
    with closing(sqlite3.connect(file)) as other, other:
        other.execute("ALTER TABLE runs ADD COLUMN rating TEXT")
        other.execute("UPDATE meta SET version = ?", [VERSION + 1])
    refused(saved.url, f"version {VERSION + 1} of nastoolkit's tables")


def test_views_and_tables_of_a_users_own_are_in_nobodys_way(saved: SqlStorage, file: Path) -> None:
    with closing(sqlite3.connect(file)) as other:
        other.execute("CREATE VIEW best AS SELECT run, digest FROM generations")
        other.execute("CREATE TABLE notes (run, note CHECK (length(note) < 99), day AS (date('now')) VIRTUAL)")
        other.execute("CREATE INDEX notes_of_runs ON notes (lower(run))")
    with closing(open_storage(saved.url)) as again:
        assert again.names() == ["first"]


def test_the_tables_of_another_version_stay_as_they_are(saved: SqlStorage, file: Path) -> None:
    saved.close()
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE meta SET version = 99")
    before = file.read_bytes()
    refused(
        saved.url, f"version 99 of nastoolkit's tables, and this nastoolkit reads versions 2 to {VERSION}.*--storage"
    )
    assert file.read_bytes() == before


def test_a_locked_database_is_said_to_be_and_can_be_used_again(
    saved: SqlStorage, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.05)
    storage = open_storage(saved.url)
    with closing(sqlite3.connect(file)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StorageError, match=f"{file} is locked: another process writes to it.*--storage"):
            storage.save("first", a_generation(3), [an_evaluation("3a")])
        assert len(storage.open("first").generations()) == 3
    storage.save("first", a_generation(3), [an_evaluation("3a")])
    assert exact(storage.open("first").last()) == exact(a_generation(3))
    storage.close()


def test_a_file_without_gaps_is_not_written_anew(
    saved: SqlStorage, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.05)
    with closing(sqlite3.connect(file)) as other:
        other.execute("BEGIN IMMEDIATE")
        saved._database.give_back()


def test_a_full_disk_is_said_to_be_and_leaves_the_last_whole_generation(saved: SqlStorage) -> None:
    with saved._database.reading() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1")  # no page more than there are
    with pytest.raises(StorageError, match=r"disk is full.*nastoolkit resume"):
        saved.save("first", a_generation(3, kept=(replace(a_network(3), weights=np.zeros(10_000, np.float32)),)), [])
    assert exact(saved.open("first").last()) == exact(a_generation(2))


def test_a_file_that_cannot_be_written_is_said_to_be(saved: SqlStorage) -> None:
    with saved._database.reading() as connection:
        connection.exec_driver_sql("PRAGMA query_only = ON")
    with pytest.raises(StorageError, match=r"nastoolkit\.db cannot be written.*permissions"):
        saved.finish("first", "generations", {})


def test_a_file_that_was_deleted_takes_no_more_generations(saved: SqlStorage, file: Path) -> None:
    file.unlink()
    with pytest.raises(StorageError, match=f"{file} was deleted or moved"):
        saved.save("first", a_generation(3), [])


def test_a_process_killed_in_the_middle_of_a_save_leaves_the_last_whole_generation(saved: SqlStorage) -> None:
    program = """
        import os, signal, sys
        from sqlalchemy import text
        from nastoolkit.storage.sql import open_storage
        with open_storage(sys.argv[1])._database.writing() as connection:
            connection.execute(text("DELETE FROM weights"))
            connection.execute(text("DELETE FROM evaluations"))
            os.kill(os.getpid(), signal.SIGKILL)
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(program), saved.url], check=False)
    assert done.returncode == -9
    assert exact(saved.open("first").last()) == exact(a_generation(2))
    assert len(saved.open("first").evaluations()) == 6


def settings_of(storage: SqlStorage, *names: str) -> list[object]:
    with storage._database.reading() as connection:
        return [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in names]


def test_a_saved_generation_outlives_a_power_cut(storage: SqlStorage) -> None:
    found = settings_of(storage, "journal_mode", "synchronous", "foreign_keys")
    assert found == ["wal", 2, 1]  # 2: every commit reaches the disk


def test_what_is_in_a_file_is_not_trusted(storage: SqlStorage) -> None:
    assert settings_of(storage, "trusted_schema", "cell_size_check") == [0, 1]


def test_a_run_can_be_written_down_before_anything_heavy_is_imported() -> None:
    program = "import nastoolkit.storage.sql, sys; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout.split()
    assert not {"tensorflow", "keras", "jax", "deap", "sklearn", "pandas"} & set(loaded)


def test_a_name_that_is_no_text_is_in_no_other_runs_way(saved: SqlStorage, file: Path) -> None:
    with closing(sqlite3.connect(file)) as other, other:
        other.execute("PRAGMA foreign_keys = OFF")
        other.execute("CREATE TEMPORARY TABLE copied AS SELECT * FROM runs")
        other.execute("UPDATE copied SET name = CAST(x'fa' AS TEXT)")
        other.execute("INSERT INTO runs SELECT * FROM copied")
        other.execute("INSERT INTO weights SELECT run, 'x', data FROM weights LIMIT 1")
    assert saved.sweep() == 1
    assert set(saved.names()) == {"first", "\udcfa"}
