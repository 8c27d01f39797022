"""One process at a time works on a run."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from fakes import Before, Lab

from nastoolkit import holding
from nastoolkit.errors import OutputError, StorageError
from nastoolkit.holding import LOCK, held
from nastoolkit.plugins import register


def test_a_folder_is_held_once(tmp_path: Path) -> None:
    with (
        held(tmp_path, "run a"),
        pytest.raises(StorageError, match=rf"the run a right now: process {os.getpid()}\. Wait for it, or end it"),
        held(tmp_path, "run a"),
    ):
        pass
    with held(tmp_path, "run a"):
        assert (tmp_path / LOCK).read_text() == str(os.getpid())
    assert not (tmp_path / LOCK).exists()


def test_a_lock_on_a_file_that_was_taken_away_holds_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = (tmp_path / LOCK).open("a+b")
    (tmp_path / LOCK).unlink()
    opened = [gone]
    monkeypatch.setattr(holding, "_opened", lambda path: opened.pop() if opened else path.open("a+b"))
    with held(tmp_path, "run a"):
        assert gone.closed
        assert (tmp_path / LOCK).read_text() == str(os.getpid())


def test_a_process_that_is_killed_holds_nothing(tmp_path: Path) -> None:
    program = (
        "import sys, time; from pathlib import Path; from nastoolkit.holding import held\n"
        "with held(Path(sys.argv[1]), 'run a'):\n    print('held', flush=True); time.sleep(1000)"
    )
    with subprocess.Popen([sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE) as process:
        assert process.stdout
        process.stdout.readline()
        with pytest.raises(StorageError, match=f"process {process.pid}"), held(tmp_path, "run a"):
            pass
        process.kill()
        process.wait()
        with held(tmp_path, "run a"):
            pass


def test_a_folder_that_is_gone_is_made_and_a_file_is_told(tmp_path: Path) -> None:
    with held(tmp_path / "gone" / "run", "run a"):
        assert (tmp_path / "gone" / "run").is_dir()
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="cannot be written"), held(tmp_path / "file" / "run", "run a"):
        pass


def test_a_run_that_is_searched_cannot_be_resumed_beside_it(lab: Lab) -> None:
    refused: list[str] = []

    def intrude() -> None:
        with pytest.raises(StorageError) as found:
            Lab().resume("here")
        refused.append(str(found.value))

    register(lab.plugins.manager, Before(intrude), "intruder")
    found = lab.start({"out": "here"})
    assert found["generations"] == 4
    assert f"Another process works on the run {found['run']} right now" in refused[0]
