"""The search: ``begin`` makes the first generation, ``step`` takes each to the next.

A generation is its own state (:class:`Generation`): a step reads nothing else but the evaluations so far, and those
are a pure function of the genomes. So a run that goes on from storage computes what it would have computed anyway.
"""

from collections.abc import Callable, Mapping
from typing import cast

from nastoolkit.config import EVOLVE, GROW, PRUNE, Phase, SearchConfig
from nastoolkit.datasets.base import Data
from nastoolkit.evaluation import Evaluator
from nastoolkit.parts import Parts
from nastoolkit.phases.base import Search, Step, recorded
from nastoolkit.phases.evolve import evolve
from nastoolkit.phases.grow import grow
from nastoolkit.phases.prune import prune
from nastoolkit.rng import Stream
from nastoolkit.storage.base import Generation
from nastoolkit.toolbox import make_toolbox

PHASES: Mapping[str, Callable[[Search, Generation], Step]] = {GROW: grow, EVOLVE: evolve, PRUNE: prune}


def make_search(config: SearchConfig, parts: Parts, data: Data, stream: Stream, evaluator: Evaluator) -> Search:
    """Put a search together.

    Raises:
        ConfigError: the encoder's fields leave nothing to search for.
    """
    layout = parts.encoder.layout(data.signature)
    return Search(config, parts, data, layout, stream, evaluator, make_toolbox(parts, layout, evaluator, stream))


def begin(search: Search) -> Step:
    """The first population, drawn by the initializer and scored; growth begins with base models (paper: one block)."""
    population, phase = search.toolbox.population(search.config.population), phases(search.config)[0]
    if phase == GROW:
        for one in population:
            one[search.layout.chromosome] = search.layout.base[search.layout.chromosome].tolist()
    new = search.evaluator.evaluate(population)
    return recorded(search, None, phase, population, population, new, len(population)), new


def step(search: Search, last: Generation, phase: str) -> Step:
    """The next generation, by a step of the phase."""
    return PHASES[phase](search, last)


def next_phase(config: SearchConfig, last: Generation | None) -> str:
    """The phase of the next step; nothing where the search has ended.

    Where a limit is reached, growth and evolution end and pruning follows.
    """
    order = phases(config)
    if last is None:
        return order[0]
    later = order[order.index(cast("Phase", last.phase)) + 1 :]
    if last.phase == PRUNE:
        return PRUNE if last.moved else ""
    if limit(config, last):
        return PRUNE if PRUNE in later else ""
    if _has_ended(config, last):
        return later[0] if later else ""
    return last.phase


def stop_reason(config: SearchConfig, searched: Generation | None) -> str:
    """What ended a search, from its last generation that grew or evolved."""
    if searched is None:
        return "phases"
    evolved = searched.phase == EVOLVE and _has_ended(config, searched)
    return limit(config, searched) or ("generations" if evolved else "phases")


def phases(config: SearchConfig) -> tuple[Phase, ...]:
    """What is done, in order."""
    return config.phases or (EVOLVE,)


def limit(config: SearchConfig, last: Generation) -> str:
    """The limit on growth and evolution together that a run has reached, or nothing."""
    reached = {
        "threshold": config.threshold is not None and last.best_fitness <= config.threshold,
        "evaluations": config.evaluations is not None and last.counters.evaluations >= config.evaluations,
        "minutes": config.minutes is not None and last.seconds.total >= 60 * config.minutes,
    }
    return next((name for name, hit in reached.items() if hit), "")


def _has_ended(config: SearchConfig, last: Generation) -> bool:
    """Whether growth or evolution has come to its own end."""
    if last.phase == GROW:
        return last.moved == 0
    return config.generations is not None and last.step + 1 >= config.generations
