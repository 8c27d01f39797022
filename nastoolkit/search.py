"""The search: ``begin`` makes the first generation, ``step`` takes each to the next.

``propose`` is the first half of both, up to where networks are to be trained.

A generation is its own state (:class:`Generation`): a step reads nothing else but the evaluations so far, and those
are a pure function of the genomes. So a run that goes on from storage computes what it would have computed anyway.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import cast

from nastoolkit.config import EVOLVE, FINAL, GROW, PRUNE, Phase, SearchConfig
from nastoolkit.datasets.base import Data
from nastoolkit.evaluator import Evaluator
from nastoolkit.phases.base import Proposal, Search, Step, recorded
from nastoolkit.phases.evolve import evolve
from nastoolkit.phases.final import finish
from nastoolkit.phases.grow import grow
from nastoolkit.phases.order import phases
from nastoolkit.phases.prune import prune
from nastoolkit.rng import Stream
from nastoolkit.storage.records import Evaluation, Generation, Migrants
from nastoolkit.toolbox import make_toolbox

PHASES: Mapping[str, Callable[[Search, Generation], Proposal]] = {
    GROW: grow,
    EVOLVE: evolve,
    FINAL: finish,
    PRUNE: prune,
}


def make_search(config: SearchConfig, data: Data, everything: Data, stream: Stream, evaluator: Evaluator) -> Search:
    """Put a search together, of the evaluator's parts; its arguments are the fields of :class:`Search`.

    Raises:
        ConfigError: the encoder's fields leave nothing to search for.
    """
    layout = evaluator.parts.encoder.layout(data.signature)
    toolbox = make_toolbox(evaluator.parts, layout, evaluator, stream)
    return Search(config, data, everything, layout, stream, evaluator, toolbox)


def propose(search: Search, last: Generation | None, phase: str, arriving: Migrants | None = None) -> Proposal:
    """The first half of the next step, by a phase.

    Args:
        search: the search.
        last: the generation before; None where nothing was done yet.
        phase: of the step.
        arriving: individuals from another island; they come in with evolution alone.
    """
    move = partial(evolve, arriving=arriving) if arriving else PHASES[phase]
    return move(search, last) if last else _first(search, phase)


def begin(search: Search) -> Step:
    """The first generation."""
    return _alone(search, _first(search, phases(search.config)[0]))


def step(search: Search, last: Generation, phase: str, arriving: Migrants | None = None) -> Step:
    """The next generation, by a step of the phase; the arguments are those of :func:`propose`."""
    return _alone(search, propose(search, last, phase, arriving))


def _first(search: Search, phase: str) -> Proposal:
    """The first population, drawn by the initializer; growth begins with base models (paper: one block)."""
    population = search.toolbox.population(search.config.population)
    if phase == GROW:
        for one in population:
            one[search.layout.chromosome] = search.layout.base[search.layout.chromosome].tolist()

    def settle(new: list[Evaluation]) -> Step:
        return recorded(search, None, cast("Phase", phase), population, population, new, len(population)), new

    return Proposal(population, settle)


def _alone(search: Search, proposal: Proposal) -> Step:
    return proposal.settle(search.evaluator.evaluate(proposal.born))
