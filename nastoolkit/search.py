"""The evolutionary loop: ``begin`` makes the first generation, ``step`` takes each to the next.

A generation is its own state (:class:`Generation`): a step reads nothing else but the evaluations so far, and those
are a pure function of the genomes. So a run that goes on from storage computes what it would have computed anyway.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np

from nastoolkit.arrays import Floats, Genomes
from nastoolkit.config import SearchConfig
from nastoolkit.datasets.base import Data
from nastoolkit.evaluation import Evaluator, counted
from nastoolkit.genome import Layout
from nastoolkit.parts import Parts
from nastoolkit.rng import Stream, lend_to_deap
from nastoolkit.state import Individual
from nastoolkit.storage.base import Counters, Evaluation, Generation
from nastoolkit.toolbox import Toolbox, make_toolbox

EVOLVE = "evolve"

Step = tuple[Generation, list[Evaluation]]
"""A generation, and the networks that were trained for it."""


@dataclass(frozen=True, eq=False, slots=True)
class Search:
    """What stays the same from generation to generation.

    Args:
        config: the size and the limits.
        parts: the components.
        layout: of the individuals' bits.
        stream: the run's root stream.
        evaluator: scores individuals, and remembers what it trained.
        toolbox: the parts as DEAP wants them.
    """

    config: SearchConfig
    parts: Parts
    layout: Layout
    stream: Stream
    evaluator: Evaluator
    toolbox: Toolbox


def make_search(config: SearchConfig, parts: Parts, data: Data, stream: Stream, evaluator: Evaluator) -> Search:
    """Put a search together.

    Raises:
        ConfigError: the encoder's fields leave nothing to search for.
    """
    layout = parts.encoder.layout(data.signature)
    return Search(config, parts, layout, stream, evaluator, make_toolbox(parts, layout, evaluator, stream))


def begin(search: Search) -> Step:
    """The first population, drawn by the initializer and scored."""
    population: list[Individual] = search.toolbox.population(search.config.population)
    new = search.evaluator.evaluate(population)
    return _recorded(search, None, population, population, new), new


def step(search: Search, last: Generation) -> Step:
    """The next generation: select, cross over, mutate, train, replace (paper, Algorithm 1)."""
    toolbox, stream = search.toolbox, search.stream.at("generation", last.number + 1)
    parents = [_revived(search, genome, key) for genome, key in zip(last.genomes, last.keys, strict=True)]
    with lend_to_deap(stream.at("selection")):
        offspring = [toolbox.clone(one) for one in toolbox.select(parents, _affordable(search.config, last))]
    with lend_to_deap(stream.at("crossover")):
        for first, second in zip(offspring[::2], offspring[1::2], strict=False):
            toolbox.mate(first, second)
    with lend_to_deap(stream.at("mutation")):
        for one in offspring:
            toolbox.mutate(one)
    new = search.evaluator.evaluate(offspring)
    with lend_to_deap(stream.at("replacement")):
        population = search.parts.replacement.replace(parents, offspring)
    return _recorded(search, last, population, offspring, new), new


def stop_reason(config: SearchConfig, last: Generation) -> str:
    """The limit that a run has reached, or nothing."""
    reached = {
        "threshold": config.threshold is not None and last.best_fitness <= config.threshold,
        "generations": config.generations is not None and last.number + 1 >= config.generations,
        "evaluations": config.evaluations is not None and last.counters.evaluations >= config.evaluations,
        "minutes": config.minutes is not None and last.seconds.total >= 60 * config.minutes,
    }
    return next((name for name, hit in reached.items() if hit), "")


def diversity(genomes: Genomes) -> float:
    """``(P, G)`` -> the mean Hamming distance of two individuals, in parts of G."""
    size, length = genomes.shape
    on = genomes.sum(axis=0, dtype=np.int64)
    return float(2 * (on * (size - on)).sum() / (size * (size - 1) * length))


def _affordable(config: SearchConfig, last: Generation) -> int:
    """How many offspring there are: as many as parents, unless the limit on evaluations leaves fewer."""
    size = len(last.keys)
    return size if config.evaluations is None else min(size, config.evaluations - last.counters.evaluations)


def _revived(search: Search, genome: Genomes, key: str) -> Individual:
    individual = Individual(genome.tolist(), search.layout)
    individual.take(key, search.evaluator.known(key).fitness)
    return individual


def _recorded(
    search: Search,
    last: Generation | None,
    population: Sequence[Individual],
    born: Sequence[Individual],
    new: Sequence[Evaluation],
) -> Generation:
    """Write down a population, and the best individual so far with its weights."""
    scored = [search.evaluator.known(one.key) for one in population]
    genomes = np.array([list(one) for one in population], np.uint8)
    genome, best, weights = _best(search, last, born, new)
    return Generation(
        number=last.number + 1 if last else 0,
        phase=EVOLVE,
        genomes=genomes,
        fitness=np.array([one.fitness for one in scored]),
        scores=np.array([one.score for one in scored]),
        keys=tuple(one.key for one in scored),
        best_genome=genome,
        best_key=best.key,
        best_fitness=best.fitness,
        best_score=best.score,
        best_weights=weights,
        diversity=diversity(genomes),
        chunk=search.parts.trainer.chunk,
        counters=counted(last.counters if last else Counters(), born, new),
    )


def _best(
    search: Search, last: Generation | None, born: Sequence[Individual], new: Sequence[Evaluation]
) -> tuple[Genomes, Evaluation, Floats]:
    """The best individual so far. One that beats all before it was trained just now, so its weights are at hand."""
    champion = min(born, key=lambda one: one.fitness.values)
    if last and last.best_fitness <= champion.fitness.values[0]:
        return last.best_genome, search.evaluator.known(last.best_key), last.best_weights
    weights = next(one.weights for one in new if one.key == champion.key)
    return champion.genome, search.evaluator.known(champion.key), cast("Floats", weights)
