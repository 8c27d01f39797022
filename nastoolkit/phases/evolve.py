"""EVOLVE: select, cross over, mutate, train, replace (paper, Algorithm 1)."""

from nastoolkit.config import EVOLVE
from nastoolkit.phases.base import Proposal, Search, Step, recorded
from nastoolkit.rng import lend_to_deap
from nastoolkit.storage.base import Evaluation, Generation


def evolve(search: Search, last: Generation) -> Proposal:
    """The offspring, and then the next generation."""
    toolbox, stream = search.toolbox, search.stream.at("generation", last.number + 1)
    parents = search.revived(last)
    with lend_to_deap(stream.at("selection")):
        chosen = toolbox.select(parents, search.affordable(last, len(parents)))
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
        return recorded(search, last, EVOLVE, population, offspring, new, len(offspring)), new

    return Proposal(offspring, settle)
