"""What growth, competition and pruning cost and bring, on digits.

Costs are wall time against the training of the same networks in the same moments. Gains and losses are F and the score
on the validation part, by which a search chooses; the test score stands beside them and chooses nothing.
"""

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np
from common import Neighbours, heading, spread, table, timed, verdict

from nastoolkit.architecture import Architecture
from nastoolkit.arrays import Floats
from nastoolkit.competition.base import Contest
from nastoolkit.competition.layerwise import LayerWise
from nastoolkit.config import read_config
from nastoolkit.datasets.base import Data
from nastoolkit.evaluation import evaluate_population
from nastoolkit.evaluator import Evaluator
from nastoolkit.fitness.metrics import score
from nastoolkit.parts import build_parts
from nastoolkit.phases.base import Search, recorded
from nastoolkit.phases.order import next_phase
from nastoolkit.plugins import load_plugins
from nastoolkit.pruners.base import Bench, Pruner, Specimen
from nastoolkit.pruners.compact import cuttable
from nastoolkit.pruners.magnitude import MagnitudePruner
from nastoolkit.pruners.markov import MarkovPruner
from nastoolkit.pruners.none import NoPruner
from nastoolkit.pruners.toggle import TogglePruner
from nastoolkit.pruners.vectorwise import VectorwisePruner
from nastoolkit.rng import Stream
from nastoolkit.scoring import Judge
from nastoolkit.search import begin, make_search, step
from nastoolkit.storage.records import Generation, Kept
from nastoolkit.trainers.base import Trained

SEEDS = range(5)
ROUNDS = 7
PRUNERS: Mapping[str, type[Any]] = {
    "toggle": TogglePruner,
    "vectorwise": VectorwisePruner,
    "markov": MarkovPruner,
    "magnitude": MagnitudePruner,
}
NOISES = (0.02, 0.05, 0.1, 0.2)
AIMS = {0.5: 0.5, 0.7: 1.5}

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Toggles(Pruner):
    """Scores all single cuts of a network, and takes the time."""

    name = "toggles"
    sparsity = None
    epochs = 0
    seconds: list[float]
    counts: list[int]

    def prune(self, specimen: Specimen, bench: Bench, stream: Stream) -> tuple[Architecture, Floats] | None:
        """Nothing."""
        cuts = [frozenset([edge]) for edge in cuttable(specimen.architecture)]
        self.seconds.append(timed(lambda: bench.toggled(cuts)))
        self.counts.append(len(cuts))
        return None


def search_of(seed: int, settings: Mapping[str, Any]) -> tuple[Search, Data]:
    """A search on digits that stores nothing, and its data with the test part."""
    config = read_config(None, {"seed": seed, **settings}.items())
    parts = build_parts(config, load_plugins())
    data = parts.dataset.load(Stream(seed).at("split"))
    hidden = data.without_test()
    evaluator = Evaluator(parts, hidden, Stream(seed), evaluate_population)
    return make_search(config.search, hidden, hidden, Stream(seed), evaluator), data


def run(search: Search, last: Generation | None = None) -> list[Generation]:
    """Every generation to the end of the search."""
    found = [last] if last else []
    while phase := next_phase(search.config, found[-1] if found else None):
        found.append((step(search, found[-1], phase) if found else begin(search))[0])
    return found


def growth() -> None:
    """F of the best base model and of the best grown one."""
    rows: list[Sequence[Any]] = []
    for seed in SEEDS:
        search, _ = search_of(seed, {"search.phases": ("grow",), "initializer.scope": "hyperparameters"})
        steps = run(search)
        base, grown = steps[0].best_fitness, steps[-1].best_fitness
        trained = steps[-1].counters.trained
        rows.append((seed, f"{base:.5f}", f"{grown:.5f}", len(steps) - 1, trained, verdict(reached=grown < base)))
    table(("seed", "F of the base models' best", "F of the grown best", "steps", "trained", "lower"), rows)


def cost_of(seed: int) -> tuple[list[float], list[float]]:
    """For ten random networks, each round: all cuts in epochs of training, and the competition in whole trainings."""
    search, _ = search_of(seed, {"initializer.use": "random", "pruner.use": "toggle", "search.candidates": 10})
    first, _ = begin(search)
    parts, data, pruner = search.parts, search.data, Toggles([], [])
    genes = [one.hyperparameters for one in search.revived(first)]
    architectures = [search.evaluator.known(key).architecture for key in first.keys]
    seeds, streams = np.arange(10, dtype=np.uint32)[:, None], [Stream(seed).at(n) for n in range(10)]
    search.evaluator.parts = replace(parts, pruner=pruner)
    judge, competition = Judge.of(parts, data), LayerWise()

    def train() -> Trained:
        return parts.trainer.train(architectures, genes, data, seeds, 0)

    def compete(trained: Trained) -> Contest:
        return competition.compete(trained, lambda variants: judge.variants(trained, genes, variants)[0], streams)

    toggles: list[float] = []
    contests: list[float] = []
    for _ in range(ROUNDS):
        training, trained = clocked(train)
        pruner.seconds.clear()
        step(search, first, "prune")
        toggles.append(parts.trainer.epochs * sum(pruner.seconds) / training)
        contests.append(clocked(lambda trained=trained: compete(trained))[0] / training)
    print(f"seed {seed}: {sum(pruner.counts) // ROUNDS} cuts\n")
    return toggles, contests


def changes(seed: int) -> dict[float, list[tuple[float, float]]]:
    """For ten networks drawn by coe and each noise, by how many percent the competition changes F: valid, test."""
    search, data = search_of(seed, {})
    first, _ = begin(search)
    parts, genes = search.parts, [one.hyperparameters for one in search.revived(first)]
    architectures = [search.evaluator.known(key).architecture for key in first.keys]
    trained = parts.trainer.train(architectures, genes, data, np.arange(10, dtype=np.uint32)[:, None], 0)
    judges = [Judge.of(parts, replace(data, valid=part)) for part in (data.valid, data.test)]
    streams = [Stream(seed).at(n) for n in range(10)]
    before = [judge.networks(trained, genes)[0][:, 0, 0] for judge in judges]
    found: dict[float, list[tuple[float, float]]] = {}
    for noise in NOISES:
        contest = LayerWise(noise=noise).compete(
            trained, lambda variants: judges[0].variants(trained, genes, variants), streams
        )
        after = [judge.networks(contest.trained, genes)[0][:, 0, 0] for judge in judges]
        found[noise] = [
            (100 * (new[0] - old[0]) / old[0], 100 * (new[1] - old[1]) / old[1])
            for old, new in zip(zip(*before, strict=True), zip(*after, strict=True), strict=True)
            if np.isfinite(old).all()
        ]
    return found


def gains() -> None:
    """What the competition changes, on the part that it chooses by and on the one that it does not."""
    found = [changes(seed) for seed in SEEDS]
    rows: list[Sequence[Any]] = []
    for noise in NOISES:
        valid, test = zip(*(pair for one in found for pair in one[noise]), strict=True)
        error = statistics.stdev(test) / len(test) ** 0.5
        columns = f"{statistics.mean(valid):+.2f}", f"{statistics.mean(test):+.2f} ± {error:.2f}"
        rows.append((noise, len(valid), *columns))
    table(("noise", "networks", "F on the validation part, %", "F on the test part, % (standard error)"), rows)


def clocked(work: Callable[[], R]) -> tuple[float, R]:
    """Wall seconds of a call, and what it gave."""
    started = time.perf_counter()
    result = work()
    return time.perf_counter() - started, result


def costs() -> None:
    """Scoring every cut against an epoch of training, and the competition against the training."""
    found = [cost_of(seed) for seed in SEEDS]
    toggles = [ratio for one, _ in found for ratio in one]
    contests = [ratio for _, one in found for ratio in one]
    measures = (
        ("all single cuts of 10 random networks / an epoch of their training", toggles, 1.0),
        ("layer-wise competition / training of 10 random networks", contests, 0.25),
    )
    rows = [
        (
            name,
            spread(ratios, 2),
            f"{statistics.mean(ratios):.2f}",
            f"<= {aim}",
            verdict(reached=statistics.mean(ratios) <= aim),
        )
        for name, ratios, aim in measures
    ]
    table(("cost", "min / median / max", "mean", "aim for the mean", "reached"), rows)


def pruned(search: Search, data: Data, last: Generation, pruner: Pruner) -> tuple[float, float, float, int, int, float]:
    """Sparsity reached, F, score on the validation and the test part, weights left, seconds."""
    parts = replace(search.parts, pruner=pruner)
    known = [search.evaluator.known(key) for key in {*last.keys, *(one.key for one in last.kept)}]
    evaluator = Evaluator(parts, search.data, search.stream, evaluate_population, known)
    config = replace(search.config, phases=("evolve", "prune"))
    steps: list[Generation] = []
    seconds = timed(lambda: steps.extend(run(replace(search, config=config, evaluator=evaluator), last)))
    best = evaluator.known(steps[-1].best_key)
    dense = search.evaluator.known(last.best_key)
    weights = steps[-1].best.weights
    trained = Trained((best.architecture,), (weights[None],), np.zeros((1, 1, 1), np.float32))
    test = score(parts.trainer.predict(trained, data, data.test.inputs)[0, 0], data.test.targets, data)
    return (
        1 - best.remaining / dense.architecture.complexity,
        best.score,
        test,
        dense.remaining,
        best.remaining,
        seconds,
    )


def found_best(seed: int) -> tuple[Search, Data, Generation]:
    """A default search, and its last generation."""
    search, data = search_of(seed, {})
    return search, data, run(search)[-1]


def densest(seed: int) -> tuple[Search, Data, Generation]:
    """The largest network of the space, with all 21 connections, among nine that the initializer drew."""
    search, data = search_of(seed, {})
    population = search.toolbox.population(10)
    largest = population[0]
    largest[:] = search.layout.base.tolist()
    largest[search.layout.chromosome] = [1] * len(search.layout.chromosome_base)
    new = search.evaluator.evaluate(population)
    first = recorded(search, None, "evolve", population, population, new, len(population))
    known = search.evaluator.known(largest.key)
    weights = next(one.weights for one in new if one.key == known.key)
    kept = Kept(known.key, largest.genome, weights if weights is not None else np.empty(0, np.float32))
    changed = {"best_key": known.key, "best_fitness": known.fitness, "best_score": known.score}
    return search, data, replace(first, kept=(kept,), step=search.config.generations or 0, **changed)


def pruning(start: Callable[[int], tuple[Search, Data, Generation]]) -> None:
    """Every pruner at two sparsities."""
    cases: list[tuple[str, float, Pruner]] = [("none", 0.0, NoPruner())]
    cases += [(name, asked, kind(sparsity=asked)) for name, kind in PRUNERS.items() for asked in AIMS]
    results: dict[tuple[str, float], list[tuple[float, ...]]] = {(name, asked): [] for name, asked, _ in cases}
    for seed in SEEDS:
        search, data, last = start(seed)
        for name, asked, pruner in cases:
            results[name, asked].append(pruned(search, data, last, pruner))
    dense = [valid for _, valid, *_ in results["none", 0.0]]
    columns = ("pruner", "asked", "sparsity: min / median / max", "weights", "loss of valid score, points: mean")
    rows = [_row(name, asked, found, dense) for (name, asked), found in results.items()]
    table((*columns, "worst", "aim", "reached", "test score", "s", "exported"), rows)


def _row(name: str, asked: float, found: list[tuple[float, ...]], dense: list[float]) -> Sequence[Any]:
    reached, valid, test, before, after, seconds = map(list, zip(*found, strict=True))
    losses = [one - other for one, other in zip(dense, valid, strict=True)]
    lost, aim = statistics.mean(losses), AIMS.get(asked)
    fell_short = min(reached) < asked - 0.001
    return (
        name,
        asked or "",
        spread(reached, 2),
        f"{statistics.mean(before):,.0f} -> {statistics.mean(after):,.0f}",
        f"{lost:.2f}",
        f"{max(losses):.2f}",
        "" if aim is None else f"<= {aim}",
        "" if aim is None else "sparsity NOT reached" if fell_short else verdict(reached=lost <= aim),
        f"{statistics.mean(test):.1f}",
        f"{statistics.mean(seconds):.1f}",
        "same shape, with zeros" if name == "magnitude" else "compact" if asked else "",
    )


neighbours = Neighbours()
heading("What growth, competition and pruning cost and bring, on digits", "0 to 4: split, population, weights")
growth()
costs()
gains()
print("From the best network of a default search:\n")
pruning(found_best)
print("From the largest network of the space, at the base model's hyperparameters:\n")
pruning(densest)
print(neighbours)
