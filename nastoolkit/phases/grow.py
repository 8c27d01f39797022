"""GROW: add a quantum of structure to every instance, and keep it where F falls (paper, Algorithm 1)."""

from itertools import chain

from nastoolkit.config import GROW
from nastoolkit.phases.base import Proposal, Search, Step, recorded
from nastoolkit.rng import Stream
from nastoolkit.state import Individual
from nastoolkit.storage.records import Evaluation, Generation


def grow(search: Search, last: Generation) -> Proposal:
    """One quantum more for every instance whose F falls by it.

    Each instance tries one quantum of every kind that its encoder knows (a layer, a width step, a connection), drawn
    from those that are possible; the trials of all instances are trained together. The paper adds structure and does
    not say what is kept: that F must fall is our reading.
    """
    instances = search.revived(last)
    stream = search.stream.at("generation", last.number + 1)
    trials = [_trials(search, one, stream.at("growth", place)) for place, one in enumerate(instances)]
    everyone = list(chain.from_iterable(trials))[: search.affordable(last, sum(map(len, trials)))]

    def settle(new: list[Evaluation]) -> Step:
        scored = set(map(id, everyone))
        grown = [
            min([one, *(trial for trial in tried if id(trial) in scored)], key=lambda each: each.fitness.values)
            for one, tried in zip(instances, trials, strict=True)
        ]
        moved = sum(after is not before for after, before in zip(grown, instances, strict=True))
        return recorded(search, last, GROW, grown, everyone, new, moved), new

    return Proposal(everyone, settle)


def _trials(search: Search, instance: Individual, stream: Stream) -> list[Individual]:
    """One quantum of each kind, drawn from the possible ones."""
    quanta = search.parts.encoder.quanta(instance.genome, search.data.signature)
    drawn = [options[int(stream.at(kind).generator().integers(len(options)))] for kind, options in quanta.items()]
    return [Individual(genome.tolist(), search.layout) for genome in drawn]
