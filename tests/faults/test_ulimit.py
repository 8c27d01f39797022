"""Real searches under ``ulimit -v``, with a chunk that takes more than there is."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from nastoolkit.plugins import load_plugins
from nastoolkit.runs import find_run

LIMITED = Path(__file__).parent / "limited.py"
ASKED = 1024
SEARCH = ("search", "--dataset", "iris", "--population", "2", "--generations", "1", "--epochs", "1", "--seed", "1")
SEARCH += ("--set", "encoder.max_nodes=512", "--set", f"trainer.chunk={ASKED}", "--out", "run", "--quiet", "--json")
OUT_OF_MEMORY = "nastoolkit: Out of memory: "
COMPILER = ("LLVM ERROR", "std::bad_alloc", "trainers/programs.py")
"""What its last words have in them: it ends a process that has no addresses left for it, or never comes back."""


def called(folder: Path, backend: str, *command: str) -> tuple[int, str, str]:
    """The exit code of a command, and what it printed and said; after five minutes it is made to say where it is."""
    environment = {**os.environ, "KERAS_BACKEND": backend, "NASTOOLKIT_PROGRAMS": "none"}
    child = subprocess.Popen(
        [sys.executable, "-X", "faulthandler", *command],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        printed, said = child.communicate(timeout=300)
    except subprocess.TimeoutExpired:
        child.send_signal(signal.SIGABRT)
        printed, said = child.communicate()
    return child.returncode, printed, said


def ending(folder: Path, backend: str, mib: int) -> str:
    """What becomes of a search with so many MiB: ``whole``, ``halved``, ``refused``, or ``ended`` by a compiler.

    Where it came to nothing, it goes on without the limit.
    """
    folder.mkdir()
    code, printed, said = called(folder, backend, str(LIMITED), str(mib), *SEARCH)
    if code == 0:
        return halved(folder, json.loads(printed)["incidents"])
    if code == 1:
        assert [line[:27] for line in said.splitlines() if line.startswith("nastoolkit: ")] == [OUT_OF_MEMORY], said
        assert "Traceback" not in said
    else:
        assert any(word in said for word in COMPILER), said
    again, printed, said = called(folder, backend, "-m", "nastoolkit", "resume", "run", "--chunk", "1", "--json")
    assert again == 0, said
    assert json.loads(printed)["stopped_because"] == "generations"
    return "refused" if code == 1 else "ended"


def halved(folder: Path, incidents: Sequence[Mapping[str, Any]]) -> str:
    """Whether a search that has ended says that it was halved, which its generations must say too."""
    with find_run(str(folder / "run"), load_plugins()) as (_, stored):
        chunks = [one.chunk for one in stored.generations()]
    assert all("Memory ran out" in one["text"] for one in incidents)
    assert bool(incidents) == (chunks[-1] < ASKED), (incidents, chunks)
    return "halved" if incidents else "whole"


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["jax", "tensorflow"])
def test_with_too_few_addresses_a_search_halves_or_says_so(backend: str, tmp_path: Path) -> None:
    """What is left for arrays is not to be had exactly: that it halves is looked for over several limits."""
    found = {mib: ending(tmp_path / str(mib), backend, mib) for mib in (0, 200, 400, 800)}
    assert "halved" in found.values(), found
