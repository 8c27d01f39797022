"""Searches by the command line with real training, which a signal stops after so many seconds."""

import json
import os
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import psutil

from nastoolkit.plugins import load_plugins
from nastoolkit.runs import find_run

REAL = ("search", "--dataset", "iris", "--population", "6", "--generations", "12", "--epochs", "3", "--seed", "1")
REAL += ("--competition", "layerwise", "--pruner", "vectorwise", "--out", "run", "--quiet")
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
        else:
            ends_well(folder, child, children, number)
        return False
    return True


def ends_well(folder: Path, child: psutil.Popen, children: list[psutil.Process], number: signal.Signals) -> None:
    """Soon, with its exit code and one message at most, and with its children."""
    assert child.wait(20) in {128 + number, -number}, (folder / "said").read_text()  # before it listens, by the signal
    assert not psutil.wait_procs(children, timeout=20)[1]
    said = (folder / "said").read_text().splitlines()
    assert [line[:23] for line in said] in ([], ["nastoolkit: Interrupted"]), said


def learnt(folder: Path) -> tuple[Any, ...]:
    """As :func:`stopped.left`; a file of Keras has the time in it, so the weights of the model are compared."""
    document = json.loads((folder / "run" / "result.json").read_text())
    storage, stored = find_run(str(folder / "run"), load_plugins())
    with closing(storage):
        last = stored.last()
        assert last
        return stored.digests(), document["best"], last.best.digest
