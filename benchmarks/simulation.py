"""What many workers would give: a simulated cluster, fed with what things take on this machine.

    export PYTHONPATH=plugins/nastoolkit-ray                     # unless the package is installed
    timeout 360 python benchmarks/simulation.py measure costs.json
    timeout 360 python benchmarks/simulation.py check costs.json
    timeout 360 python benchmarks/simulation.py predict costs.json

``measure`` times two one-core workers on networks of the default space, and the driver of searches without training.
``check`` runs searches on one and on two such workers and compares them with their simulation. ``predict`` simulates
searches by generations, and ten islands, on more workers than there are here.
"""

import argparse
import json
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

import ray
from common import Neighbours, heading, table, verdict
from nastoolkit_ray import RayExecutor
from nastoolkit_ray.pool import pool
from simulation_costs import SAMPLE, SEED, SIZES, buckets, measured
from simulation_driver import by_size, configured
from simulation_model import Simulation
from simulation_terms import LOSSES, Cluster, Costs, Course, Population, dealt
from simulation_workers import plugins_with_ray

from nastoolkit.components import Origin
from nastoolkit.evaluation import Subject
from nastoolkit.hookspecs import hookimpl
from nastoolkit.session import start_run
from nastoolkit.storage.records import Generation

WORKERS, ISLANDS = (10, 100, 1000), 10
TOLERANCE = 0.15


def measure(asked: argparse.Namespace) -> None:
    """Write the costs down, and print them."""
    heading("What a search on a cluster takes, in milliseconds", f"{SEED}: data, evolution, networks, weights", "ray")
    neighbours = Neighbours()
    found = measured(asked.padding)
    asked.costs.write_text(json.dumps(found, indent=1), encoding="utf-8")
    table(("", "once", "for each"), cost_rows(Costs(**found["costs"])))
    print(f"\nTwo workers side by side take {found['crowding']:.2f} times as long as one, ", end="")
    print(f"a call with one network {found['single']:.2f} times as long as a full one.\n{neighbours}")


def cost_rows(costs: Costs) -> Iterator[tuple[str, ...]]:
    once = {"worker: come up": costs.start, "worker: load": costs.load}
    for name, calls in costs.call.items():
        once |= {f"worker: compile {name}": costs.compile[name], f"worker: call {name}, median": median(calls)}
    once |= {"driver: send a task": costs.send, "driver: take an answer": costs.take}
    yield from ((name, f"{1000 * seconds:.3f}", "") for name, seconds in once.items())
    lines = {"look, task under way": costs.wait, "propose, individual": costs.propose, "save, individual": costs.save}
    yield from ((f"driver: {name}", *(f"{1000 * one:.4f}" for one in both)) for name, both in lines.items())


@dataclass(eq=False, slots=True)
class Watcher:
    """Writes down what it sees of a search.

    Args:
        trained: of every generation, the networks in the order in which they are dealt out.
        seconds: when each generation was saved.
    """

    trained: list[list[Subject]] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    _new: list[Subject] = field(default_factory=list)

    @hookimpl(tryfirst=True)
    def nastoolkit_evaluate_population(self, subjects: Sequence[Subject]) -> None:
        """Write them down, and leave them to others."""
        self._new = by_size(subjects)

    @hookimpl
    def nastoolkit_generation_finished(self, generation: Generation) -> None:
        """Write down when."""
        spent = generation.seconds
        self.seconds.append(spent.compile + spent.training + spent.search)
        self.trained.append(self._new)
        self._new = []


def searched(workers: int, seed: int, padding: str) -> Watcher:
    """A search on so many workers of this machine, in a cluster that is there when it begins."""
    watcher, plugins = Watcher(), plugins_with_ray()
    plugins.add(watcher, Origin("watcher", "benchmarks", "0"))
    pool(RayExecutor(workers=workers))  # it connects
    with tempfile.TemporaryDirectory() as folder:
        executor = {"executor.use": "ray", "executor.workers": workers}
        start_run(configured(folder, SAMPLE, seed, padding, **executor), plugins, say=lambda _: None)
    ray.shutdown()
    return watcher


def check(asked: argparse.Namespace) -> None:
    """Searches on one and on two workers, and their simulation."""
    found = json.loads(asked.costs.read_text(encoding="utf-8"))
    heading("Searches on one-core workers, and their simulation", f"0 to {asked.seeds - 1}", "ray")
    neighbours = Neighbours()
    rows = [row for seed in range(asked.seeds) for workers in (1, 2) for row in compared(found, workers, seed)]
    columns = ("seed", "workers", "until the", "searched, s", "simulated, s", "simulated / searched", "aim", "reached")
    table(columns, rows)
    print(f"\n{neighbours}")


def compared(found: dict[str, Any], workers: int, seed: int) -> Iterator[tuple[str, ...]]:
    """Two rows: until the first generation is saved, for which workers come up, load and compile, and until the end."""
    watcher = searched(workers, seed, found["padding"])
    costs = Costs(**found["costs"]).slower(found["crowding"] if workers > 1 else 1.0)
    population = Population(SAMPLE, [buckets(new, found["padding"]) for new in watcher.trained])
    saved = Simulation(costs, Cluster(workers), seed).run([population]).saved
    ratios = [ours / real for ours, real in zip(saved, watcher.seconds, strict=True)]
    aims = [("", ""), (f"within {TOLERANCE:.0%}", verdict(reached=abs(ratios[-1] - 1) <= TOLERANCE))]
    for name, place, aim in zip(("first generation", "last generation"), (0, -1), aims, strict=True):
        figures = f"{watcher.seconds[place]:.1f}", f"{saved[place]:.1f}", f"{ratios[place]:.2f}"
        yield str(seed), str(workers), name, *figures, *aim


def predict(asked: argparse.Namespace) -> None:
    """Searches on more workers than there are, simulated."""
    found = json.loads(asked.costs.read_text(encoding="utf-8"))
    heading("Simulated searches on many workers", f"{SEED}: evolution, which of the measured calls is drawn")
    print(
        f"{len(found['trained']['10'])} generations; training {asked.training:g} times as long as on digits; "
        f"{asked.gigabits:g} Gbit/s and {asked.latency:g} ms to the driver's machine\n"
    )
    columns = ("population", "islands", "networks", "workers", "wall, s", "speed-up", "most lost to")
    rows = [row for size in SIZES for islands in (1, ISLANDS) for row in predicted(found, asked, size, islands)]
    table((*columns, "once compiled: speed-up", "efficiency, %", "most lost to"), rows)


def predicted(found: dict[str, Any], asked: argparse.Namespace, size: int, islands: int) -> Iterator[tuple[str, ...]]:
    """A row for each number of workers; none where the islands' own size was not measured."""
    if str(size // islands) not in found["trained"]:
        return
    costs = Costs(**found["costs"]).slower(found["crowding"]).training(asked.training)
    new = [dealt(found["mix"], number) for number in found["trained"][str(size // islands)]]
    populations = [Population(size // islands, new)] * islands

    def course(workers: int, *, warm: bool) -> Course:
        cluster = Cluster(workers, 5, asked.gigabits * 1e9 / 8, asked.latency / 1000, warm)
        return Simulation(costs, cluster, SEED).run(populations)

    bases = [course(1, warm=warm).wall for warm in (False, True)]
    for workers in WORKERS:
        cold, warm = course(workers, warm=False), course(workers, warm=True)
        ups = [base / one.wall for base, one in zip(bases, (cold, warm), strict=True)]
        trained = islands * sum(map(len, new))
        first = f"{size:,}", str(islands), f"{trained:,}", f"{workers:,}", f"{cold.wall:.1f}", f"{ups[0]:.1f}"
        yield *first, lost(cold), f"{ups[1]:.1f}", f"{100 * ups[1] / workers:.0f}", lost(warm)


def lost(course: Course) -> str:
    """What took the most of the workers' time beside training, and how much of it."""
    name = max(LOSSES, key=lambda one: course.spent[one])
    return f"{name}, {100 * course.spent[name] / sum(course.spent.values()):.0f} %"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    for work in (measure, check, predict):
        command = commands.add_parser(work.__name__, help=work.__doc__)
        command.add_argument("costs", type=Path, help="a file of JSON, which measure writes")
        command.set_defaults(work=work)
        if work is measure:
            command.add_argument("--padding", choices=["coarse", "fine"], default="coarse")
        elif work is check:
            command.add_argument("--seeds", type=int, default=2)
        else:
            command.add_argument("--training", type=float, default=1, help="so many times as long as on digits")
            command.add_argument("--gigabits", type=float, default=10, help="a second, into the driver's machine")
            command.add_argument("--latency", type=float, default=0.5, help="milliseconds of a message, each way")
    asked = parser.parse_args()
    asked.work(asked)


if __name__ == "__main__":
    main()
