"""A search that is killed anywhere, gone on with, and killed again, ends with the bits that it would have had."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import closing
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from distributions import pip_install
from fakes import Lab
from searches import FRONT, PHASES, model, outcome

from nastoolkit.plugins import load_plugins
from nastoolkit.runs import find_run

REAL = ("search", "--dataset", "iris", "--population", "6", "--generations", "12", "--epochs", "3", "--seed", "1")
REAL += ("--competition", "layerwise", "--pruner", "vectorwise", "--out", "run", "--quiet")
PLUGIN = Path(__file__).parents[2] / "plugins" / "nastoolkit-ray"
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


def run(folder: Path, settings: Mapping[str, Any], kill_at: int) -> int | None:
    """Begin or go on with the search in a folder: how many events there were, or None where it was killed."""
    done = subprocess.run(
        [sys.executable, str(VICTIM), str(kill_at)],
        cwd=folder,
        input=json.dumps(dict(settings)),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode == -signal.SIGKILL:
        return None
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


def left(folder: Path) -> tuple[Any, ...]:
    """What the seed determines of what a search left behind."""
    lab = Lab()
    document = json.loads((folder / "run" / "result.json").read_text())
    del document["config"]["storage"]  # it names the folder
    return lab.digests(str(folder / "run")), outcome(document), model(document)


def searched(folder: Path, executor: str, limit: float | None) -> bool:
    """Begin or go on with a real search by the command line, and kill it and its children after so many seconds.

    Returns:
        whether it ended by itself.
    """
    command = [sys.executable, "-m", "nastoolkit", *REAL, "--executor", executor]
    if (folder / "run" / "config.toml").exists():
        command = [sys.executable, "-m", "nastoolkit", "resume", "run", "--quiet"]
    environment = {**os.environ, "PYTHONPATH": str(folder.parent / "site")}
    child = subprocess.Popen(command, cwd=folder, env=environment, start_new_session=True, stdout=subprocess.DEVNULL)
    try:
        assert child.wait(limit) == 0
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()
        return False
    return True


@lru_cache
def undisturbed(name: str) -> tuple[int, tuple[Any, ...]]:
    """How many events a search has, and what it leaves behind."""
    with TemporaryDirectory() as folder:
        events = run(Path(folder), SEARCHES[name], -1)
        assert events
        return events, left(Path(folder))


def killed(folder: Path, name: str, draw: random.Random, most: int) -> int:
    """Kill a search and go on with it, until it ends: how often it was killed, ``most`` times at most."""
    events, expected = undisturbed(name)
    kills = 0
    while run(folder, SEARCHES[name], draw.randrange(events) if kills < most else -1) is None:
        kills += 1
    assert left(folder) == expected
    leftover = [path.name for path in (folder / "run").rglob("*") if path.is_file()]
    assert sorted(leftover) == ["best.keras", "config.toml", "result.json"]
    return kills


def test_a_few_kills_change_no_bit(tmp_path: Path) -> None:
    assert killed(tmp_path, "phases", random.Random(0), most=4) > 0  # noqa: S311 - no secret


@pytest.mark.slow
@pytest.mark.parametrize("name", SEARCHES)
def test_many_kills_change_no_bit(name: str, tmp_path: Path) -> None:
    """Over all searches at least a hundred."""
    draw, kills = random.Random(name), 0  # noqa: S311 - no secret
    for attempt in range(100):
        (folder := tmp_path / str(attempt)).mkdir()
        kills += killed(folder, name, draw, most=6)
        if kills >= 12:
            break
    assert kills >= 12


@pytest.mark.slow
@pytest.mark.parametrize("executor", ["local", "ray"])
def test_real_training_is_killed_at_any_moment(executor: str, tmp_path: Path) -> None:
    """From outside, by the clock; most of these moments are before the first generation."""
    pip_install(tmp_path / "site", PLUGIN)
    (whole := tmp_path / "whole").mkdir()
    started = time.monotonic()
    assert searched(whole, executor, None)
    lasts, draw = time.monotonic() - started, random.Random(executor)  # noqa: S311 - no secret
    (folder := tmp_path / "killed").mkdir()
    kills = sum(not searched(folder, executor, draw.uniform(0, 1.2 * lasts)) for _ in range(10))
    assert searched(folder, executor, None)
    assert kills > 0
    assert learnt(folder) == learnt(whole)


def learnt(folder: Path) -> tuple[Any, ...]:
    """As :func:`left`; what Keras writes into a model's file has the time in it, so its weights are compared."""
    document = json.loads((folder / "run" / "result.json").read_text())
    storage, stored = find_run(str(folder / "run"), load_plugins())
    with closing(storage):
        last = stored.last()
        assert last
        return stored.digests(), document["best"], last.best.digest
