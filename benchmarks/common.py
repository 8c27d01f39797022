"""What every benchmark shares: where its numbers were taken, and how they are printed. Import it first."""

import logging
import os
import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from importlib.metadata import version
from typing import Any

import psutil
from rich import box
from rich.console import Console
from rich.table import Table

for pinned in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):  # before anything loads numpy:
    os.environ.pop(pinned, None)  # a pinned OpenBLAS kernel would understate the peak
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("NASTOOLKIT_PROGRAMS", "none")  # compiling is measured, not remembered from an earlier run
logging.getLogger("tensorflow").setLevel(logging.ERROR)  # it warns of compiling anew, which rounds do on purpose


def place(*others: str) -> str:
    """Machine and versions, also of other packages."""
    from nastoolkit.trainers.environment import environment

    found = environment()
    versions = found["packages"] | {name: version(name) for name in others}
    packages = ", ".join(f"{name} {one}" for name, one in versions.items())
    return (
        f"machine: {found['cpu']}, {found['threads']} cores\n"
        f"versions: python {found['python']}, {packages}; Keras on {found['backend']}"
    )


def heading(title: str, seeds: str, *others: str) -> None:
    """Say what runs where: machine, versions, seeds."""
    print(f"# {title}\n\n{place(*others)}\nseeds: {seeds}\n")


class Neighbours:
    """What others took of the cores since this was made: a ratio means little where they took much."""

    def __init__(self) -> None:
        self._before = self._now()

    def __str__(self) -> str:
        elapsed, busy, mine, stolen = (now - then for now, then in zip(self._now(), self._before, strict=True))
        cores = elapsed * (psutil.cpu_count() or 1)
        others, host = (100 * max(part, 0) / cores for part in (busy - mine, stolen))
        return f"meanwhile other processes took {others:.0f} % of the cores, other machines of the host {host:.0f} %"

    @staticmethod
    def _now() -> tuple[float, float, float, float]:
        cores, mine = psutil.cpu_times(), os.times()
        busy = cores.user + cores.nice + cores.system + cores.irq + cores.softirq
        return time.perf_counter(), busy, sum(mine[:4]), cores.steal


def table(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """A Markdown table on stdout."""
    drawn = Table(*columns, box=box.MARKDOWN)
    for row in rows:
        drawn.add_row(*map(str, row))
    Console(width=200).print(drawn, highlight=False)


def spread(values: Sequence[float], digits: int = 1) -> str:
    """Minimum, median and maximum."""
    found = min(values), statistics.median(values), max(values)
    return " / ".join(f"{value:.{digits}f}" for value in found)


def verdict(*, reached: bool) -> str:
    """The last column of a table of aims."""
    return "yes" if reached else "NO"


def timed(work: Callable[[], object]) -> float:
    """Wall seconds of a call."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
