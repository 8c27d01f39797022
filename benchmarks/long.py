"""A search of 2,000 generations in one process: what grows with their number, and what does not.

    python benchmarks/long.py --plot long.svg

Real training on iris, one epoch, in a process of its own for each space. In the tiny one nearly every network has been
trained before long, so whatever else grows can be seen; in the default one every generation trains new ones, which a
search remembers.
"""

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from typing import Any, ClassVar, final

import psutil
from common import Neighbours, heading, table, verdict

from nastoolkit.components import Component, Origin
from nastoolkit.config import read_config
from nastoolkit.hookspecs import hookimpl
from nastoolkit.operators.base import Mutation
from nastoolkit.plugins import load_plugins
from nastoolkit.session import start_run
from nastoolkit.state import Individual
from nastoolkit.storage.records import Generation

SPACES: Mapping[str, Mapping[str, Any]] = {
    "tiny space": {"encoder.max_depth": 1, "encoder.max_nodes": 8},
    "default space": {},
    "all networks new": {"mutation.use": "restless"},
}
EARLY, WINDOW = 200, 50
"""With which generation others are compared, and of how many generations a figure is the median."""

GROWTH = 1.05
"""What memory may have grown to between an early generation and the last."""

MEMORY, OWN, DESCRIPTORS, THREADS, TIME, DATABASE, TRAINED = QUANTITIES = (
    "memory, MiB",
    "memory without files, MiB",
    "file descriptors",
    "threads",
    "a generation, ms of CPU",
    "database, MiB",
    "networks trained",
)
"""What is sampled. Pages of files, such as libraries, are the machine's to keep or not; wall time, its neighbours'."""


@final
@dataclass(frozen=True, slots=True)
class Restless(Mutation):
    """Every child is drawn anew, so that none was trained before."""

    name: ClassVar[str] = "restless"

    def mutate(self, individual: Individual) -> tuple[Individual]:
        """As if it were drawn for the first population."""
        individual[:] = [random.getrandbits(1) for _ in individual]
        return (individual,)


@hookimpl
def nastoolkit_components() -> list[type[Component]]:
    return [Restless]


@dataclass(eq=False)
class Sampler:
    """A watcher that writes down what the process holds after each generation, in the order of :data:`QUANTITIES`."""

    folder: Path
    samples: list[tuple[float, ...]] = field(default_factory=list[tuple[float, ...]])
    process: psutil.Process = field(default_factory=psutil.Process)
    before: float = field(default_factory=time.process_time)

    @hookimpl
    def nastoolkit_generation_finished(self, generation: Generation) -> None:
        """Note what it is now; the time that this takes is nobody's."""
        now = time.process_time()
        self.samples.append(
            (
                mebibytes("VmRSS"),
                mebibytes("RssAnon"),
                self.process.num_fds(),
                self.process.num_threads(),
                1000 * (now - self.before),
                sum(file.stat().st_size for file in self.folder.glob("runs.db*")) / 2**20,
                generation.counters.trained,
            )
        )
        self.before = time.process_time()


def searched(settings: Mapping[str, Any], generations: int, population: int, seed: int) -> tuple[Sequence[Any], float]:
    """A search's samples, and the MiB that it held at most, its result among them."""
    with tempfile.TemporaryDirectory() as folder:
        sizes = {"seed": seed, "search.generations": generations, "search.population": population}
        places = {"out": f"{folder}/run", "storage": f"sqlite:///{folder}/runs.db"}
        rest = {"dataset.use": "iris", "trainer.epochs": 1, **settings, **sizes, **places}
        plugins = load_plugins({"NASTOOLKIT_PLUGINS": "none"})
        plugins.add(sys.modules[__name__], Origin("long", "benchmarks", "0"))
        start_run(read_config(None, rest.items()), plugins, lambda _: None, [sampler := Sampler(Path(folder))])
    return sampler.samples, mebibytes("VmHWM")


def mebibytes(name: str) -> float:
    """One of the figures on this process's memory in proc(5)."""
    return int(Path("/proc/self/status").read_text(encoding="ascii").partition(f"{name}:")[2].split()[0]) / 1024


def alone(*arguments: object) -> tuple[Sequence[Any], float]:
    """As :func:`searched`, in a process of its own."""
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        return pool.submit(searched, *arguments).result()


def at(samples: Sequence[Sequence[float]], number: int, quantity: int) -> float:
    """The median of a quantity over the generations up to this one."""
    return median(one[quantity] for one in samples[max(number - WINDOW, 0) + 1 : number + 1])


def rows(samples: Sequence[Sequence[float]]) -> list[tuple[str, ...]]:
    """A row for each quantity; memory has an aim."""
    last = len(samples) - 1
    found: list[tuple[str, ...]] = []
    for k, name in enumerate(QUANTITIES):
        early, middle, late = (at(samples, number, k) for number in (EARLY, (EARLY + last) // 2, last))
        digits = 0 if name in {DESCRIPTORS, THREADS, TRAINED} else 1
        values = [f"{value:,.{digits}f}" for value in (early, middle, late)]
        aim = (f"<= {GROWTH}", verdict(reached=late <= GROWTH * early)) if name in {MEMORY, OWN} else ("", "")
        found.append((name, *values, f"{late / early:.3f}", *aim))
    return found


def growth(samples: Sequence[Sequence[float]]) -> str:
    """What the second half of the search adds."""
    last, wanted = len(samples) - 1, (OWN, TRAINED)
    own, trained = (at(samples, last, k) - at(samples, last // 2, k) for k in map(QUANTITIES.index, wanted))
    generations = last - last // 2
    return f"{1024 * own / generations:.1f} KiB a generation, which trains {trained / generations:.1f} new networks"


def picture(found: Mapping[str, Sequence[Sequence[float]]], path: Path) -> None:
    """Memory, time and what was trained, generation by generation."""
    from matplotlib.figure import Figure

    from nastoolkit.pictures import write_picture

    figure = Figure(figsize=(10, 3.2), layout="constrained")
    for axes, name in zip(figure.subplots(1, 3), (OWN, TIME, TRAINED), strict=True):
        k = QUANTITIES.index(name)
        for space, samples in found.items():
            numbers = range(WINDOW, len(samples), WINDOW)
            axes.plot(numbers, [at(samples, number, k) for number in numbers], label=space)
        axes.set(title=name, xlabel="generation")
        axes.set_ylim(bottom=0)
    figure.axes[0].legend(loc="lower right")
    write_picture(figure, path)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--generations", type=int, default=2000)
    parser.add_argument("--population", type=int, default=10)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--plot", type=Path)
    options = parser.parse_args()
    heading(f"A search of {options.generations:,} generations of {options.population}", str(options.seed))
    neighbours, found = Neighbours(), {}
    for name, settings in SPACES.items():
        samples, most = alone(settings, options.generations, options.population, options.seed)
        found[name] = samples
        last = len(samples) - 1
        print(f"## {name}\n")
        numbers = [f"generation {number:,}" for number in (EARLY, (EARLY + last) // 2, last)]
        table(("", *numbers, "last / first", "aim", "reached"), rows(samples))
        print(f"\nAt most {most:.0f} MiB, with the result that is read and written at the end.")
        print(f"In the second half memory grows by {growth(samples)}.\n")
    print(neighbours)
    if options.plot:
        picture(found, options.plot)


if __name__ == "__main__":
    main()
