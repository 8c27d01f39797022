"""EVOLVE: select, cross over, mutate, train, replace (paper, Algorithm 1)."""

from collections.abc import Sequence
from dataclasses import replace

from nastoolkit.config import EVOLVE
from nastoolkit.garbage import no_cycles
from nastoolkit.phases.base import Proposal, Search, Step, recorded
from nastoolkit.rng import lend_to_deap
from nastoolkit.state import Individual
from nastoolkit.storage.records import Evaluation, Generation, Migrants


@no_cycles()
def evolve(search: Search, last: Generation, arriving: Migrants | None = None) -> Proposal:
    """The offspring, and then the next generation.

    Migrants are scored in place of as many offspring, so that a generation costs the same with and without them.
    """
    toolbox, stream = search.toolbox, search.stream.at("generation", last.number + 1)
    parents = search.revived(last)
    places = search.affordable(last, len(parents))
    migrants = [Individual(one, search.layout) for one in arriving.genomes[:places].tolist()] if arriving else []
    with lend_to_deap(stream.at("selection")):
        chosen = toolbox.select(parents, places - len(migrants))
        offspring = [toolbox.clone(one) for one in chosen]
    with lend_to_deap(stream.at("crossover")):
        for first, second in zip(offspring[::2], offspring[1::2], strict=False):
            toolbox.mate(first, second)
    with lend_to_deap(stream.at("mutation")):
        for one in offspring:
            toolbox.mutate(one)

    def settle(new: list[Evaluation]) -> Step:
        with lend_to_deap(stream.at("replacement")):
            population = search.parts.replacement.replace(parents, offspring)
        population, born = taken_in(population, migrants), [*offspring, *migrants]
        generation = recorded(search, last, EVOLVE, population, born, new, len(offspring))
        came = replace(arriving, genomes=generation.genomes[-len(migrants) :]) if arriving and migrants else None
        return replace(generation, migrants=came), new

    return Proposal([*offspring, *migrants], settle)


def taken_in(population: Sequence[Individual], migrants: Sequence[Individual]) -> list[Individual]:
    """A population with migrants at its end, and without as many of its worst; the others keep their order.

    Args:
        population: scored.
        migrants: fewer than these.
    """
    order = sorted(range(len(population)), key=lambda n: population[n].fitness.wvalues, reverse=True)
    return [*(population[n] for n in sorted(order[: len(population) - len(migrants)])), *migrants]
