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
from nastoolkit.evaluation import Evaluator, evaluate_population
from nastoolkit.fitness.metrics import score
from nastoolkit.parts import build_parts
from nastoolkit.phases.base import Search
from nastoolkit.phases.order import next_phase
from nastoolkit.plugins import load_plugins
from nastoolkit.pruners.base import Bench, Pruner, Specimen
from nastoolkit.pruners.compact import cuttable
from nastoolkit.pruners.magnitude import MagnitudePruner
from nastoolkit.pruners.markov import MarkovPruner
from nastoolkit.pruners.toggle import TogglePruner
from nastoolkit.pruners.vectorwise import VectorwisePruner
from nastoolkit.rng import Stream
from nastoolkit.scoring import Judge
from nastoolkit.search import begin, make_search, step
from nastoolkit.storage.base import Generation
from nastoolkit.trainers.base import Trained

SEEDS = range(5)
ROUNDS = 7
PRUNERS: Mapping[str, type[Any]] = {
    "toggle": TogglePruner,
    "vectorwise": VectorwisePruner,
    "markov": MarkovPruner,
    "magnitude": MagnitudePruner,
}
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
    return make_search(config.search, parts, hidden, Stream(seed), evaluator), data


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
    search, _ = search_of(seed, {"initializer.use": "random", "search.phases": ("prune",), "search.candidates": 10})
    first, _ = begin(search)
    parts, data, pruner = search.parts, search.data, Toggles([], [])
    genes = [one.hyperparameters for one in search.revived(first)]
    architectures = [search.evaluator.known(key).architecture for key in first.keys]
    seeds, streams = np.arange(10, dtype=np.uint32)[:, None], [Stream(seed).at(n) for n in range(10)]
    pruning = replace(search, parts=replace(parts, pruner=pruner))
    judge, competition = Judge.of(parts, data), LayerWise()

    def train() -> Trained:
        return parts.trainer.train(architectures, genes, data, seeds, 0)

    def compete(trained: Trained) -> Contest:
        return competition.compete(trained, lambda variants: judge.variants(trained, genes, variants), streams)

    toggles: list[float] = []
    contests: list[float] = []
    for _ in range(ROUNDS):
        training, trained = clocked(train)
        pruner.seconds.clear()
        step(pruning, first, "prune")
        toggles.append(parts.trainer.epochs * sum(pruner.seconds) / training)
        contests.append(clocked(lambda trained=trained: compete(trained))[0] / training)
    print(f"seed {seed}: {sum(pruner.counts) // ROUNDS} cuts\n")
    return toggles, contests


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
    rows = [
        ("all single cuts of 10 random networks / an epoch of their training", spread(toggles, 2), "<= 1 on average",
         verdict(reached=statistics.mean(toggles) <= 1)),
        ("layer-wise competition / training of 10 random networks", spread(contests, 2), "<= 0.25",
         verdict(reached=statistics.median(contests) <= 0.25)),
    ]  # fmt: skip
    print()
    table(("cost", "min / median / max", "aim", "reached"), rows)


def pruned(search: Search, data: Data, last: Generation, pruner: Pruner) -> tuple[float, float, float, int, int, float]:
    """Sparsity reached, F, score on the validation and the test part, weights left, seconds."""
    parts = replace(search.parts, pruner=pruner)
    known = [search.evaluator.known(key) for key in {*last.keys, *(one.key for one in last.kept)}]
    evaluator = Evaluator(parts, search.data, search.stream, evaluate_population, known)
    config = replace(search.config, phases=("evolve", "prune"))
    steps: list[Generation] = []
    seconds = timed(lambda: steps.extend(run(replace(search, config=config, parts=parts, evaluator=evaluator), last)))
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


def pruning() -> None:
    """Every pruner at two sparsities, from the best network of a default search."""
    results: dict[tuple[str, float], list[tuple[float, ...]]] = {}
    for seed in SEEDS:
        search, data = search_of(seed, {})
        last = run(search)[-1]
        dense = search.evaluator.known(last.best_key)
        for name, kind in PRUNERS.items():
            for sparsity in AIMS:
                reached, valid, test, before, after, seconds = pruned(search, data, last, kind(sparsity=sparsity))
                row = (reached, dense.score - valid, test, before, after, seconds)
                results.setdefault((name, sparsity), []).append(row)
    rows: list[Sequence[Any]] = []
    for (name, asked), found in results.items():
        reached, loss, test, before, after, seconds = map(list, zip(*found, strict=True))
        lost = statistics.mean(loss)
        rows.append(
            (
                name,
                asked,
                spread(reached, 2),
                f"{statistics.mean(before):,.0f} -> {statistics.mean(after):,.0f}",
                f"{lost:.2f}",
                f"{max(loss):.2f}",
                f"<= {AIMS[asked]}",
                verdict(reached=lost <= AIMS[asked]),
                f"{statistics.mean(test):.1f}",
                f"{statistics.mean(seconds):.1f}",
                "same shape, with zeros" if PRUNERS[name].unstructured else "compact",
            )
        )
    columns = ("pruner", "asked", "sparsity: min / median / max", "weights", "loss of valid score, points: mean")
    table((*columns, "worst", "aim", "reached", "test score", "s", "exported"), rows)


neighbours = Neighbours()
heading("What growth, competition and pruning cost and bring, on digits", "0 to 4: split, population, weights")
growth()
costs()
pruning()
print(neighbours)
