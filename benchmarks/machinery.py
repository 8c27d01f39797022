"""What evolution costs an individual, against DEAP's own ``eaSimple``, where evaluation costs nothing.

nastoolkit takes generations by its default operators as a search does: select, clone, cross over, mutate, decode to
canonical forms, look their keys up, replace, and write the generation down, but for the database. eaSimple selects by
tournament, clones, crosses over and mutates lists of as many bits, as often, and counts them. Both start from a scored
population; rounds interleave the two, and a ratio is of one round. Costs are CPU time.
"""

import argparse
import math
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from statistics import median
from typing import NamedTuple

import numpy as np
from common import Neighbours, heading, spread, table, verdict
from deap import algorithms, base, creator, tools

from nastoolkit.config import read_config
from nastoolkit.evaluation import Subject
from nastoolkit.evaluator import Evaluator
from nastoolkit.parts import build_parts
from nastoolkit.plugins import load_plugins
from nastoolkit.rng import Stream
from nastoolkit.search import begin, make_search, step
from nastoolkit.storage.records import Evaluation

RATE = 0.5
"""How often eaSimple crosses over and mutates: the middle of the genes that nastoolkit's individuals have for it."""
AIM, GROWTH = 2.0, 1.05
WEIGHTS = np.zeros(1, np.float32)

creator.create("Maximized", base.Fitness, weights=(1.0,))
creator.create("Bits", list, fitness=creator.Maximized)


class Costs(NamedTuple):
    """Of one round: CPU microseconds an individual, and different networks scored for 1,000 individuals."""

    ours: float
    theirs: float
    networks: int


def clocked(work: Callable[[], object]) -> float:
    """CPU microseconds: all of this happens on one thread, and neighbours take wall time."""
    started = time.process_time()
    work()
    return 1e6 * (time.process_time() - started)


def free(subjects: Sequence[Subject], **_: object) -> list[Evaluation]:
    """Instead of training: F is a number from the key."""
    found: list[Evaluation] = []
    for one in subjects:
        fitness = int(one.key[:8], 16) / 2**32
        found.append(Evaluation(one.key, fitness, 0.0, (fitness,), 0, one.architecture, weights=WEIGHTS))
    return found


def ours(size: int, generations: int, seed: int) -> tuple[float, int]:
    """The cost of nastoolkit, and the networks."""
    config = read_config(None, [("seed", seed), ("search.population", size)])
    parts, stream = build_parts(config, load_plugins()), Stream(seed)
    data = parts.dataset.load(stream.at("split")).without_test()
    search = make_search(config.search, data, data, stream, Evaluator(parts, data, stream, free))
    first, _ = begin(search)
    last = first

    def evolve() -> None:
        nonlocal last
        for _ in range(generations):
            last, _ = step(search, last, "evolve")

    cost = clocked(evolve) / (size * generations)
    return cost, 1000 * (last.counters.trained - first.counters.trained) // (size * generations)


def theirs(size: int, generations: int, seed: int, length: int) -> float:
    """The cost of eaSimple."""
    toolbox = base.Toolbox()
    toolbox.register("bit", random.randint, 0, 1)
    toolbox.register("individual", tools.initRepeat, creator.Bits, toolbox.bit, length)
    toolbox.register("evaluate", lambda bits: (sum(bits),))
    toolbox.register("mate", tools.cxOnePoint)
    toolbox.register("mutate", tools.mutFlipBit, indpb=1 / length)
    toolbox.register("select", tools.selTournament, tournsize=3)
    random.seed(seed)
    population = tools.initRepeat(list, toolbox.individual, size)
    for one in population:
        one.fitness.values = toolbox.evaluate(one)
    spent = clocked(lambda: algorithms.eaSimple(population, toolbox, RATE, RATE, generations, verbose=False))
    return spent / (size * generations)


def cost_rows(found: Mapping[int, Sequence[Costs]]) -> Iterator[tuple[str, ...]]:
    """A row for each population; the aim is for the largest."""
    for size, rounds in found.items():
        own, peer, networks = zip(*rounds, strict=True)
        ratios = [one.ours / one.theirs for one in rounds]
        aims = (f"<= {AIM:g}", verdict(reached=median(ratios) <= AIM)) if size == max(found) else ("", "")
        yield f"{size:,}", spread(own), spread(peer), spread(ratios, 2), *aims, f"{median(networks):.0f}"


def growth_rows(found: Mapping[int, Sequence[Costs]]) -> Iterator[tuple[str, ...]]:
    """A row for each step of the population: the exponent of the whole cost, 1 where it is linear."""
    for small, large in pairwise(found):
        pairs = list(zip(found[small], found[large], strict=True))
        own = [1 + math.log(after.ours / before.ours, large / small) for before, after in pairs]
        peer = [1 + math.log(after.theirs / before.theirs, large / small) for before, after in pairs]
        reached = verdict(reached=median(own) <= GROWTH)
        yield f"{small:,} to {large:,}", spread(own, 2), spread(peer, 2), f"<= {GROWTH}", reached


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--populations", type=int, nargs="+", default=[100, 1000, 10_000, 100_000])
    parser.add_argument("--generations", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    heading("What evolution costs an individual, against DEAP's eaSimple", f"0 to {asked.rounds - 1}, one a round")
    neighbours = Neighbours()
    parts = build_parts(read_config(None), load_plugins())
    length = parts.encoder.layout(parts.dataset.load(Stream(0).at("split")).signature).length
    sizes, generations = sorted(asked.populations), asked.generations
    found: dict[int, list[Costs]] = {size: [] for size in sizes}
    for seed in range(asked.rounds):
        for size, rounds in found.items():
            own, networks = ours(size, generations, seed)
            rounds.append(Costs(own, theirs(size, generations, seed, length), networks))
    columns = ("population", "nastoolkit, us", "eaSimple, us", "ratio: min / median / max", "aim", "reached")
    table((*columns, "networks in 1,000"), cost_rows(found))
    print()
    table(("population", "nastoolkit, exponent", "eaSimple, exponent", "aim", "reached"), growth_rows(found))
    print(neighbours)


if __name__ == "__main__":
    main()
