"""Live progress on stderr: a watcher like anyone's. It is silent where nobody looks."""

import sys
from collections.abc import Callable, Sequence
from contextlib import nullcontext, redirect_stdout
from typing import Any

from rich.console import Console, Group
from rich.live import Live
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from nastoolkit.cli.console import people, print_json, remarks, results
from nastoolkit.cli.panel import extent, figures, print_result
from nastoolkit.config import from_table
from nastoolkit.datasets.download import Listener, listening
from nastoolkit.hookspecs import hookimpl
from nastoolkit.phases.order import next_phase
from nastoolkit.storage.records import Generation, Run
from nastoolkit.watchers import Say


def watched(work: Callable[[Say, Sequence[object]], dict[str, Any]], *, json: bool, quiet: bool) -> None:
    """Do a search's work under a progress display, then print its result."""
    console = people()
    say = remarks(quiet=quiet, console=console)
    display = None if quiet or not console.is_terminal else Display(console)
    with (
        redirect_stdout(sys.stderr),  # no plugin prints to stdout
        display.live if display else nullcontext(),
        listening(display.download if display else _told(say)),
    ):
        document = work(say, [display] if display else [])
    if json:
        print_json(document)
    else:
        print_result(results(), document)


def _told(say: Say) -> Listener:
    """Say once of each file that it is downloaded."""
    names: set[str] = set()

    def listener(name: str, _: int, total: int) -> None:
        if name not in names:
            names.add(name)
            say(f"Downloading {name}{f' ({total / 1e6:.0f} MB)' if total else ''}.")

    return listener


class Display:
    """What is seen while a search runs.

    Args:
        console: a terminal.
    """

    def __init__(self, console: Console) -> None:
        self._bar = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(bar_width=20),  # the line fits 80 columns
            TextColumn("{task.fields[place]}"),
            TimeElapsedColumn(),
            TextColumn("{task.fields[left]}"),
            TimeRemainingColumn(),
            console=console,
        )
        self._tasks: dict[str, TaskID] = {}
        self._first = self._add("loading and compiling")
        self._lasts: dict[str, float] = {}
        self._bests: list[float] = []
        self.live = Live(self._bar, console=console, refresh_per_second=8, transient=True)

    def download(self, name: str, come: int, total: int) -> None:
        """Show how much of a file has come."""
        self._bar.tasks[0].total = total or None
        self._bar.update(self._first, description=f"downloading {name}", completed=come)

    def _add(self, description: str) -> TaskID:
        return self._bar.add_task(description, total=None, place="", left="")

    @hookimpl
    def nastoolkit_generation_finished(self, run: Run, generation: Generation) -> None:
        """Show a generation, and what comes after it; each island has a line."""
        search = from_table(run.config).search
        if run.name not in self._tasks:
            self._tasks[run.name] = self._add("") if self._tasks else self._first
        task = self._tasks[run.name]
        phase = next_phase(search, generation)
        done, total = extent(search, generation, phase)
        step = generation.step + 2 if phase == generation.phase else 1
        whose = f"island {search.island}: " if search.island else ""
        doing = whose + (f"{phase}, step {step}" if phase else "done" if whose else "test part, model")
        self._bar.tasks[self._bar.task_ids.index(task)].total = total  # update() takes None for no change
        place, left = f"{generation.number + 1} saved", "left" if total else ""
        self._bar.update(task, description=doing, completed=done, place=place, left=left)
        self._lasts[run.name] = generation.best_fitness
        self._bests.append(min(self._lasts.values()))
        self.live.update(Group(self._bar, figures(generation, self._bests)))
