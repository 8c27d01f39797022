"""Searches that a signal stops before any of their events, and what they leave behind."""

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Mapping
from contextlib import closing
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from fakes import Lab
from searches import FRONT, PHASES, model, outcome

VICTIM = Path(__file__).parent / "victim.py"
ISLANDS: Mapping[str, Any] = {"seed": 5, "search.islands": 2, "search.migration_interval": 1, "search.generations": 3}
SEARCHES: Mapping[str, Mapping[str, Any]] = {
    "evolve": {"seed": 3, "competition.use": "layerwise", "scheduler.use": "halving"},
    "phases": PHASES,
    "front": FRONT,
    "finalists": {"seed": 4, "search.finalists": 2, "search.fraction": 0.5, "trainer.representations": 2},
    "toggle": {**PHASES, "pruner.use": "toggle", "pruner.epochs": 1},
    "vectorwise": {**PHASES, "pruner.use": "vectorwise", "pruner.sparsity": 0.5},
    "markov": {**PHASES, "pruner.use": "markov"},
    "magnitude": {**PHASES, "pruner.use": "magnitude", "pruner.sparsity": 0.5},
    "islands": ISLANDS,
}


def run(folder: Path, settings: Mapping[str, Any], at: int, number: signal.Signals = signal.SIGKILL) -> int | None:
    """Begin or go on with the search in a folder: how many events there were, or None where it was stopped."""
    done = subprocess.run(
        [sys.executable, str(VICTIM), number.name, str(at)],
        cwd=folder,
        env={**os.environ, "KERAS_BACKEND": "jax"},  # loads faster, and the fakes train nothing
        input=json.dumps(dict(settings)),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode == 0:
        return int(done.stdout)
    if number == signal.SIGKILL:
        assert done.returncode == -number, done.stderr
    else:
        assert (done.returncode, done.stdout) == (128 + number, ""), done.stderr
        assert done.stderr.splitlines()[-1][:11] in {"Interrupted", "nothing yet"}, done.stderr
        assert "Traceback" not in done.stderr
        assert_nothing_is_held(folder)
    return None


def assert_nothing_is_held(folder: Path) -> None:
    """No lease is left, so that another machine could go on at once."""
    with closing(sqlite3.connect(folder / "runs" / "nastoolkit.db")) as connection:
        if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'leases'").fetchall():
            assert connection.execute("SELECT name FROM leases").fetchall() == []


def left(folder: Path) -> tuple[Any, ...]:
    """What the seed determines of what a search left behind."""
    lab = Lab()
    document = json.loads((folder / "run" / "result.json").read_text())
    del document["config"]["storage"]  # it names the folder
    return lab.digests(str(folder / "run")), outcome(document), model(document)


@lru_cache
def undisturbed(name: str) -> tuple[int, tuple[Any, ...]]:
    """How many events a search has, and what it leaves behind."""
    with TemporaryDirectory() as folder:
        events = run(Path(folder), SEARCHES[name], -1)
        assert events
        return events, left(Path(folder))


def stopped(folder: Path, name: str, draw: random.Random, most: int, number: signal.Signals = signal.SIGKILL) -> int:
    """Stop a search and go on with it, until it ends: how often it was stopped, ``most`` times at most."""
    events, expected = undisturbed(name)
    stops = 0
    while run(folder, SEARCHES[name], draw.randrange(events) if stops < most else -1, number) is None:
        stops += 1
    assert left(folder) == expected
    leftover = [path.name for path in (folder / "run").rglob("*") if path.is_file()]
    assert sorted(leftover) == ["best.keras", "config.toml", "result.json"]
    return stops
