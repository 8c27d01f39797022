"""nastoolkit-ray on this machine: two one-core workers against one, and the driver's memory in a long search.

    export PYTHONPATH=plugins/nastoolkit-ray                     # unless the package is installed
    timeout 360 python benchmarks/workers.py

Both pools of workers evaluate the same networks of the default space on digits, in turn, so that neighbours disturb
both alike; a ratio is of one round. Coming up, loading and compiling are in a round of their own, before the others.
The long search is one of small networks for one epoch on iris, so that the driver does as much as it can in the time.
"""

import argparse
import tempfile
from collections.abc import Iterator, Sequence
from statistics import median

import ray
from common import Neighbours, heading, spread, table, timed, verdict
from nastoolkit_ray import RayExecutor
from nastoolkit_ray.pool import Pool
from networks import DATA, PARTS, SEED, drawn
from search_cost import Memory
from simulation_workers import plugins_with_ray

from nastoolkit.config import read_config
from nastoolkit.rng import Stream
from nastoolkit.session import start_run

POPULATION, AIM = 100, 1.7
EARLY, LATE, GROWTH = 20, 200, 1.05
"""The generations whose memory is compared, and what it may have grown to."""

TINY = {
    "executor.use": "ray",
    "executor.workers": 2,
    "dataset.use": "iris",
    "search.generations": LATE + 1,
    "encoder.max_depth": 2,
    "encoder.max_nodes": 16,
    "trainer.epochs": 1,
}


def paces(rounds: int) -> list[tuple[float, float]]:
    """Seconds of one worker and of two for a population, round by round; in the first they come up and compile."""
    subjects, context = drawn(POPULATION), (PARTS, DATA, Stream(SEED))
    pools = [Pool(RayExecutor(workers=number)) for number in (1, 2)]
    found = [[timed(lambda one=one: one.evaluate(subjects, context)) for one in pools] for _ in range(rounds + 1)]
    return [(one, two) for one, two in found]


def long_search() -> list[float]:
    """MiB that the driver holds after each generation."""
    memory = Memory()
    with tempfile.TemporaryDirectory() as folder:
        places = {"seed": SEED, "out": f"{folder}/run", "storage": f"sqlite:///{folder}/runs.db"}
        config = read_config(None, [*TINY.items(), *places.items()])
        start_run(config, plugins_with_ray(), say=lambda _: None, watchers=[memory])
    return memory.mebibytes


def rows(found: Sequence[tuple[float, float]], memory: Sequence[float]) -> Iterator[tuple[str, ...]]:
    """The table of aims."""
    (cold_one, cold_two), *warm = found
    ratios = [one / two for one, two in warm]
    names = ("one worker, s", "two workers, s")
    yield from (
        (name, spread(seconds, 2), "", "") for name, seconds in zip(names, zip(*warm, strict=True), strict=True)
    )
    yield "one / two", spread(ratios, 2), f">= {AIM}", verdict(reached=median(ratios) >= AIM)
    yield "the same where they come up, load and compile", f"{cold_one / cold_two:.2f}", "", ""
    steps = "; ".join(f"{number}: {memory[number]:.0f}" for number in range(EARLY, LATE + 1, 60))
    yield "driver's MiB after generation", steps, "", ""
    growth = memory[LATE] / memory[EARLY]
    yield f"at {LATE} / at {EARLY}", f"{growth:.3f}", f"<= {GROWTH}", verdict(reached=growth <= GROWTH)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    heading("One-core workers of nastoolkit-ray", f"{SEED}: data, networks, weights, the long search", "ray")
    neighbours = Neighbours()
    ray.init(num_cpus=3, include_dashboard=False, log_to_driver=False, logging_level="ERROR")  # idle ones take no time
    found = paces(asked.rounds)
    ray.shutdown()
    table((f"{POPULATION} networks", "min / median / max", "aim", "reached"), rows(found, long_search()))
    print(f"\n{neighbours}")


if __name__ == "__main__":
    main()
