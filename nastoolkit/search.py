"""The search: ``begin`` makes the first generation, ``step`` takes each to the next.

A generation is its own state (:class:`Generation`): a step reads nothing else but the evaluations so far, and those
are a pure function of the genomes. So a run that goes on from storage computes what it would have computed anyway.
"""

from collections.abc import Callable, Mapping

from nastoolkit.config import EVOLVE, GROW, PRUNE, SearchConfig
from nastoolkit.datasets.base import Data
from nastoolkit.evaluation import Evaluator
from nastoolkit.parts import Parts
from nastoolkit.phases.base import Search, Step, recorded
from nastoolkit.phases.evolve import evolve
from nastoolkit.phases.grow import grow
from nastoolkit.phases.order import phases
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
