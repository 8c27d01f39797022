"""The run's parts as a DEAP toolbox: DEAP's own algorithms run on it."""

import copy
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from deap import base as _base  # pyright: ignore[reportMissingTypeStubs] - deap has no types

from nastoolkit.evaluator import Evaluator
from nastoolkit.genome import Layout
from nastoolkit.parts import Parts
from nastoolkit.rng import Stream
from nastoolkit.state import Individual

Toolbox = Any
"""``deap.base.Toolbox``, whose attributes exist from the moment they are registered."""


def make_toolbox(parts: Parts, layout: Layout, evaluator: Evaluator, stream: Stream) -> Toolbox:
    """A ``deap.base.Toolbox`` with clone, individual, population, mate, mutate, select, evaluate and map.

    Crossover and mutation happen at the individuals' own rates, so an algorithm that takes ``cxpb`` and ``mutpb``
    takes 1 for both. ``map`` hands all individuals to the trainer in one call; wrap what draws random numbers in
    ``lend_to_deap``, as the search does, to make it repeatable.
    """

    def population(n: int) -> list[Individual]:
        genomes = parts.initializer.genomes(n, layout, stream.at("initial"))
        return [Individual(bits, layout) for bits in genomes.tolist()]

    def evaluate(individual: Individual) -> tuple[float, ...]:
        return evaluate_all([individual])[0]

    def evaluate_all(individuals: Sequence[Individual]) -> list[tuple[float, ...]]:
        evaluator.evaluate(individuals)
        return [one.fitness.values for one in individuals]

    def together(function: Callable[..., Any], *sequences: Iterable[Any]) -> Iterable[Any]:
        return evaluate_all(list(*sequences)) if function is toolbox.evaluate else map(function, *sequences)

    toolbox: Toolbox = _base.Toolbox()
    toolbox.register("clone", copy.deepcopy)
    toolbox.register("individual", lambda: population(1)[0])
    toolbox.register("population", population)
    toolbox.register("mate", parts.crossover.mate)
    toolbox.register("mutate", parts.mutation.mutate)
    toolbox.register("select", parts.selection.select)
    toolbox.register("evaluate", evaluate)
    toolbox.register("map", together)
    return toolbox
