"""Searches by the command line with real training, which a signal stops after so many seconds."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil
from distributions import pip_install

from nastoolkit.plugins import load_plugins
from nastoolkit.runs import find_run

REAL = ("search", "--dataset", "iris", "--population", "6", "--generations", "12", "--epochs", "3", "--seed", "1")
REAL += ("--competition", "layerwise", "--pruner", "vectorwise", "--out", "run", "--quiet")
PATIENCE = {"local": 20, "ray": 50}
"""Seconds until a search has ended: Ray waits 30 for a server that the signal has ended, and Python with it."""

PLUGIN = Path(__file__).parents[2] / "plugins" / "nastoolkit-ray"


def searched(
    folder: Path, executor: str, limit: float | None, number: signal.Signals = signal.SIGKILL, *, alone: bool = False
) -> bool:
    """Begin or go on with a search, and stop it and its children after so many seconds.

    Args:
        folder: of the search; plugins are installed in ``site`` beside it.
        executor: of the search.
        limit: the seconds; None lets it end.
        number: of the signal.
        alone: whether its children do not get it.

    Returns:
        whether it ended by itself.
    """
    command = [sys.executable, "-m", "nastoolkit", *REAL, "--executor", executor]
    if (folder / "run" / "config.toml").exists():
        command = [sys.executable, "-m", "nastoolkit", "resume", "run", "--quiet"]
    chatty = {name: value for name, value in os.environ.items() if not name.startswith("TF_")}
    environment = {
        **chatty,
        "PYTHONPATH": str(folder.parent / "site"),
    }  # the command line keeps frameworks quiet itself
    with (folder / "said").open("w") as said, (folder / "result").open("w") as result:
        child = psutil.Popen(command, cwd=folder, env=environment, start_new_session=True, stdout=result, stderr=said)
    try:
        assert child.wait(limit) == 0
    except (subprocess.TimeoutExpired, psutil.TimeoutExpired):
        children = child.children(recursive=True)
        (os.kill if alone else os.killpg)(child.pid, number)
        if number == signal.SIGKILL:
            child.wait()
            return False
        return ends_well(folder, child, children, number, PATIENCE[executor])
    return True


def ends_well(
    folder: Path, child: psutil.Popen, children: list[psutil.Process], number: signal.Signals, patience: float
) -> bool:
    """Soon, with its exit code and one message at most, and with its children.

    Returns:
        whether it had just ended by itself when the signal came.
    """
    sent = time.monotonic()
    if (code := child.wait(patience)) == 0 and time.monotonic() - sent < 1:
        return True
    assert code in {128 + number, -number}, (folder / "said").read_text()  # before it listens, by the signal
    alive = psutil.wait_procs(children, timeout=20)[1]
    assert not alive, [one.as_dict(["cmdline", "status", "ppid"]) for one in alive]
    said = (folder / "said").read_text().splitlines()
    assert [line[:23] for line in said] in ([], ["nastoolkit: Interrupted"]), said
    return False


def learnt(folder: Path) -> tuple[Any, ...]:
    """As :func:`stopped.left`; a file of Keras has the time in it, so the weights of the model are compared."""
    document = json.loads((folder / "run" / "result.json").read_text())
    with find_run(str(folder / "run"), load_plugins()) as (_, stored):
        last = stored.last()
        assert last
        return stored.digests(), document["best"], last.best.digest


def stopped_anywhere(
    folder: Path, executor: str, number: signal.Signals = signal.SIGKILL, *, alone: bool = False
) -> int:
    """Stop a search ten times by the clock, and go on with it; it ends with the bits that it would have had.

    Most of these moments are before the first generation.

    Returns:
        how often it had not ended yet.
    """
    pip_install(folder / "site", PLUGIN)
    (whole := folder / "whole").mkdir()
    started = time.monotonic()
    assert searched(whole, executor, None)
    lasts, draw = time.monotonic() - started, random.Random(executor)  # noqa: S311 - no secret
    (stopped := folder / "stopped").mkdir()
    limits = [draw.uniform(0, 1.2 * lasts) for _ in range(10)]
    stops = sum(not searched(stopped, executor, limit, number, alone=alone) for limit in limits)
    assert searched(stopped, executor, None)
    assert learnt(stopped) == learnt(whole)
    return stops
