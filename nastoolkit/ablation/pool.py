"""Worker processes, one a core: cells are independent of each other, and a process of its own shares no lock.

Each worker is bound to one core, so that its backend makes one thread and two workers do not take turns on two cores.
"""

import os
import signal
import threading
import time
from collections.abc import Generator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import lru_cache
from multiprocessing import active_children, get_context, parent_process
from types import FrameType
from typing import TYPE_CHECKING

from nastoolkit.ablation.plan import Cell, Missing, Place, Plan
from nastoolkit.errors import NastoolkitError
from nastoolkit.plugins import Plugins, load_plugins
from nastoolkit.watchers import Say

if TYPE_CHECKING:
    from multiprocessing.queues import Queue

Done = tuple[Cell, list[Missing]]

MEMORY = 2 * 2**30
"""Bytes that a worker is given room for: a framework, its compiled programs and a data set of some hundred MB."""

GRACE_SECONDS = 10
"""What a worker that is ended may take for it."""

SIGNAL_SECONDS = 1.0
"""How much later than a worker its parent may hear of a signal that was sent to both: it is then interrupted."""


def worker_count(cells: int) -> int:
    """How many processes are worth while: one a core, as far as cells and the machine's memory go."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return max(1, min(len(os.sched_getaffinity(0)), memory // MEMORY, cells))


def run_in_workers(plan: Plan, cells: Sequence[Cell], place: Place, say: Say, workers: int) -> Generator[Done]:
    """Run cells in processes of their own, and give each one back as it ends, in whatever order.

    Args:
        plan: of the ablation.
        cells: those that have not ended.
        place: of the runs.
        say: takes what went wrong and was contained.
        workers: how many processes.

    Raises:
        NastoolkitError: a worker was killed, or its storage failed; what was saved is safe.
    """
    context, others = get_context("spawn"), active_children()  # a forked TensorFlow hangs
    cores: Queue[int] = context.Queue()
    for k in range(workers):
        cores.put(sorted(os.sched_getaffinity(0))[k % len(os.sched_getaffinity(0))])
    with ProcessPoolExecutor(workers, context, _settle, (cores,)) as pool:
        try:
            with _without_ctrl_c():
                waiting = {pool.submit(_run, plan, cell, place): cell for cell in cells}
            for future in as_completed(waiting):
                missing, said = future.result()
                for text in said:
                    say(text)
                yield waiting[future], missing
        except BrokenProcessPool:
            time.sleep(SIGNAL_SECONDS)
            raise NastoolkitError(
                "A worker process was killed, perhaps for want of memory. Every generation is saved: repeat the "
                "command to go on, with fewer --workers if memory is short."
            ) from None
        finally:
            for process in set(active_children()) - set(others):  # else leaving would wait for their cells
                process.terminate()


@contextmanager
def _without_ctrl_c() -> Generator[None]:
    """Processes that begin here never see it, from their first moment on: it is their parent's to answer."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def run_here(plan: Plan, cells: Sequence[Cell], place: Place, plugins: Plugins, say: Say) -> Generator[Done]:
    """Run cells in this process, one after the other; see :func:`run_in_workers`."""
    from nastoolkit.ablation.cells import run_cell  # loads a framework: the parent of workers does without one

    for cell in cells:
        yield cell, run_cell(plan, cell, place, plugins, say)


def _settle(cores: "Queue[int]") -> None:
    """What a worker begins with: its core, and an end when its parent ends."""
    os.sched_setaffinity(0, {cores.get()})
    threading.Thread(target=_follow, daemon=True).start()


def _follow() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _run(plan: Plan, cell: Cell, place: Place) -> tuple[list[Missing], list[str]]:
    """What is missing, and what was said."""
    from nastoolkit.ablation.cells import run_cell

    said: list[str] = []
    with _giving_back():
        return run_cell(plan, cell, place, _plugins(), said.append), said


@contextmanager
def _giving_back() -> Generator[None]:
    """A worker that is ended gives back the runs it holds, and tells those who watch them."""
    before = signal.signal(signal.SIGTERM, _interrupt)
    try:
        yield
    except KeyboardInterrupt:
        os._exit(128 + signal.SIGTERM)
    finally:
        signal.signal(signal.SIGTERM, before)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.alarm(GRACE_SECONDS)  # ends it in any case: Python may be in a callback, from where no exception gets out
    raise KeyboardInterrupt


@lru_cache(maxsize=1)
def _plugins() -> Plugins:
    return load_plugins()
