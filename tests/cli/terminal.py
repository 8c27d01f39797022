"""What the tests of the command line share beside fixtures."""

import subprocess
import time
from collections.abc import Callable
from pathlib import Path

SLOW = """
import time
from pathlib import Path
import nastoolkit as nas

@nas.hookimpl
def nastoolkit_evaluate_population():
    time.sleep(0.2)

@nas.hookimpl
def nastoolkit_generation_finished(generation):
    Path(f"saved {generation.number}").touch()

@nas.hookimpl
def nastoolkit_run_finished(stopped_because):
    if Path("stubborn").exists():
        Path("finishing").touch()
        time.sleep(60)
"""
"""A plugin that leaves time to stop a search, and files that say how far it is."""

GOSSIP = """
import nastoolkit as nas

@nas.hookimpl
def nastoolkit_report_sections(run):
    return [("Rumours", f"[b]{run.run.name} has {len(run.generations())} generations.")]
"""
"""A plugin with something to say about runs, in words that are no markup."""

GRUMPY = """
import nastoolkit as nas

@nas.hookimpl
def nastoolkit_run_started():
    print("must I?")

@nas.hookimpl
def nastoolkit_report_sections():
    return 1 / 0
"""
"""A plugin that prints where results go, and has no report."""

FAKES = ("--dataset", "fake", "--trainer", "fake", "--init", "random", "--population", "6")
"""Flags of a search on the fakes."""

Command = Callable[..., subprocess.CompletedProcess[str]]
"""``nastoolkit`` with these arguments."""

Started = Callable[..., subprocess.Popen[str]]
"""A search that was begun and has come as far as the file that is named first."""


def wait_for(file: Path, process: subprocess.Popen[str], seconds: float = 60) -> None:
    """Until the file is there."""
    deadline = time.monotonic() + seconds
    while not file.exists():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline, f"{file.name} did not appear"
        time.sleep(0.02)
