"""What a long run costs before it goes on: a resume reads and checks all that is stored of it.

Runs are searched on iris with one epoch and interrupted. Then each goes on several times, for one generation, in a
process of its own that has searched before, so that all it needs is imported and compiled. CPU time is measured: wall
time is the neighbours' too.
"""

import argparse
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

from common import Neighbours, heading, spread, table, verdict

from nastoolkit.config import read_config
from nastoolkit.errors import Interrupted
from nastoolkit.hookspecs import hookimpl
from nastoolkit.plugins import load_plugins
from nastoolkit.runs import find_run
from nastoolkit.session import resume_run, start_run
from nastoolkit.storage.records import Generation

T = TypeVar("T")

GENERATIONS = (10, 200, 2000)
"""How many each run has."""

AIM = 2.0
"""Seconds until the next generation is saved, at most, beyond imports and compiling."""

PARTS = ("generations read and checked, s", "networks read and checked, s", "in all, s to the next generation")


@dataclass(eq=False)
class Stop:
    """A watcher that interrupts a search after a generation, and notes when that was in CPU time."""

    number: int
    when: float = 0.0

    @hookimpl
    def nastoolkit_generation_finished(self, generation: Generation) -> None:
        """Look whether it is this one."""
        if generation.number == self.number:
            self.when = time.process_time()
            raise KeyboardInterrupt


def searched(out: Path, generations: int, population: int, seed: int) -> None:
    """A run with so many generations that has not ended."""
    sizes = {"seed": seed, "search.generations": 2 * generations, "search.population": population}
    rest = {"dataset.use": "iris", "trainer.epochs": 1, "out": str(out), "storage": f"sqlite:///{out}.db"}
    with suppress(Interrupted):
        start_run(read_config(None, {**sizes, **rest}.items()), None, lambda _: None, [Stop(generations - 1)])


def resumed(out: Path, population: int, seed: int) -> tuple[int, list[float]]:
    """How many networks a run has trained, and the seconds of :data:`PARTS`."""
    plugins = load_plugins()
    with tempfile.TemporaryDirectory() as folder:
        searched(Path(folder, "before"), 1, population, seed)
    with find_run(str(out), plugins) as (_, stored):
        reading, checking = cpu_seconds(stored.generations), cpu_seconds(stored.evaluations)
        last = stored.last()
    if last is None:
        raise SystemExit(f"The search in {out} saved nothing.")
    stop, started = Stop(last.number + 1), time.process_time()
    with suppress(Interrupted):
        resume_run(str(out), plugins, lambda _: None, [stop])
    return last.counters.trained, [reading, checking, stop.when - started]


def cpu_seconds(work: Callable[[], object]) -> float:
    """What a call takes of this process's CPU time."""
    started = time.process_time()
    work()
    return time.process_time() - started


def alone(work: Callable[..., T], *arguments: object) -> T:
    """Do it in a process of its own."""
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        return pool.submit(work, *arguments).result()


def row(generations: int, trained: int, rounds: Sequence[Sequence[float]]) -> tuple[str, ...]:
    """A row of the table."""
    reading, checking, whole = (sorted(one) for one in zip(*rounds, strict=True))
    reached = verdict(reached=whole[len(whole) // 2] < AIM)
    return f"{generations:,}", f"{trained:,}", *(spread(one, 2) for one in (reading, checking, whole)), reached


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--population", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    heading(f"How long a run with a population of {options.population} takes to go on", str(options.seed))
    neighbours, rows = Neighbours(), list[tuple[str, ...]]()
    for generations in GENERATIONS:
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder, "run")
            alone(searched, out, generations, options.population, options.seed)
            found = [alone(resumed, out, options.population, options.seed) for _ in range(options.rounds)]
        rows.append(row(generations, found[0][0], [seconds for _, seconds in found]))
    table(("generations", "networks trained", *PARTS, f"< {AIM:g}"), rows)
    print(neighbours)


if __name__ == "__main__":
    main()
