"""Compiled programs on disk."""

import json
import os
import subprocess
import sys
from errno import ENOSPC
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest

from nastoolkit.trainers import kept
from nastoolkit.trainers.kept import folder_of_programs, forget_programs, keep_programs

VARIABLES = ("JAX_COMPILATION_CACHE_DIR", "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "TF_XLA_FLAGS")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Nobody was told anything."""
    monkeypatch.setenv("NASTOOLKIT_CACHE", str(tmp_path))
    for name in ("NASTOOLKIT_PROGRAMS", *VARIABLES):
        monkeypatch.setenv(name, "")  # so that it is put back
        monkeypatch.delenv(name)
    return tmp_path


def test_both_backends_are_told_where(home: Path) -> None:
    keep_programs()
    folder = folder_of_programs()
    assert folder.is_relative_to(home / "programs")
    assert folder.stat().st_mode & 0o777 == 0o700
    assert os.environ["JAX_COMPILATION_CACHE_DIR"] == str(folder)
    assert os.environ["TF_XLA_FLAGS"] == f"--tf_xla_persistent_cache_directory={folder}"


@pytest.mark.usefixtures("home")
def test_flags_that_are_there_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TF_XLA_FLAGS", "--tf_xla_clustering_debug=true")
    keep_programs()
    assert os.environ["TF_XLA_FLAGS"].startswith("--tf_xla_clustering_debug=true --tf_xla_persistent_cache_directory=/")
    monkeypatch.setenv("TF_XLA_FLAGS", own := "--tf_xla_persistent_cache_directory=/elsewhere")
    monkeypatch.setenv("JAX_COMPILATION_CACHE_DIR", "/elsewhere")
    keep_programs()
    assert (os.environ["TF_XLA_FLAGS"], os.environ["JAX_COMPILATION_CACHE_DIR"]) == (own, "/elsewhere")


@pytest.mark.parametrize("reason", ["asked", "no folder", "no home", "others", "full"])
def test_everything_is_compiled_anew_where_nothing_can_be_kept(
    home: Path, monkeypatch: pytest.MonkeyPatch, reason: str
) -> None:
    if reason == "asked":
        monkeypatch.setenv("NASTOOLKIT_PROGRAMS", "none")
    elif reason == "no folder":
        (home / "programs").write_text("a file")
    elif reason == "no home":
        monkeypatch.setattr(kept, "folder_of_programs", Path("~nobody-of-this-name").expanduser)
    elif reason == "others":
        folder_of_programs().mkdir(parents=True, mode=0o777)
        folder_of_programs().chmod(0o777)
    else:
        monkeypatch.setattr(kept, "TemporaryFile", Mock(side_effect=OSError(ENOSPC, "No space left on device")))
    keep_programs()
    assert not set(VARIABLES) & set(os.environ)


def test_the_oldest_leave_first(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "ROOM", 250)
    other = home / "programs" / "another processor"
    other.mkdir(parents=True)
    for age, name in enumerate(["newest", "middle", "oldest"]):
        (other / name).write_bytes(bytes(100))
        os.utime(other / name, (1e9 - age, 1e9 - age))
    keep_programs()
    assert {one.name for one in other.iterdir()} == {"newest", "middle"}


@pytest.mark.usefixtures("home")
def test_forgetting_says_whether_there_was_anything() -> None:
    assert not forget_programs()
    keep_programs()
    (folder_of_programs() / "one").write_bytes(b"a program")
    assert forget_programs()
    assert not [*folder_of_programs().iterdir()]


def searched(home: Path, backend: str) -> dict[str, Any]:
    environment = {**os.environ, "KERAS_BACKEND": backend, "NASTOOLKIT_PROGRAMS": "kept"}
    command = ["search", "--dataset", "iris", "--generations", "1", "--epochs", "2", "--json", "--quiet"]
    done = subprocess.run(
        [sys.executable, "-m", "nastoolkit", *command], cwd=home, env=environment, capture_output=True, check=True
    )
    return json.loads(done.stdout)


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["tensorflow", "jax"])
def test_the_next_run_finds_its_programs_and_the_same_bits(home: Path, backend: str) -> None:
    first = searched(home, backend)
    files = {one.name for one in folder_of_programs().iterdir()}
    assert files
    again = searched(home, backend)
    assert {one.name for one in folder_of_programs().iterdir()} == files  # nothing was compiled
    assert again["best"] == first["best"]


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["tensorflow", "jax"])
@pytest.mark.filterwarnings("default")
def test_a_damaged_program_is_compiled_anew(home: Path, backend: str) -> None:
    first = searched(home, backend)
    for one in folder_of_programs().iterdir():
        one.write_bytes(one.read_bytes()[:1000])
    assert searched(home, backend)["best"] == first["best"]
