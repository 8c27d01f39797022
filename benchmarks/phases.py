"""What growth, competition and pruning cost and bring, on digits.

Costs are wall time against the training of the same networks, in the same moments. Gains and losses are F and the score
on the validation part: what the search chooses by. The test part is not read.
"""

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from common import Neighbours, heading, spread, table, verdict

from nastoolkit.competition.layerwise import Layerwise
from nastoolkit.config import read_config
from nastoolkit.evaluation import Evaluator, evaluate_population
from nastoolkit.parts import Parts, build_parts
from nastoolkit.phases.base import Search
from nastoolkit.phases.prune import bench, specimens
from nastoolkit.plugins import load_plugins
from nastoolkit.pruners.magnitude import Magnitude
from nastoolkit.pruners.markov import MarkovPruner
from nastoolkit.pruners.toggle import Toggle
from nastoolkit.pruners.vectorwise import Vectorwise
from nastoolkit.rng import Stream
from nastoolkit.search import begin, make_search, next_phase, step
from nastoolkit.storage.base import Generation

SEEDS = range(5)
ROUNDS = 7


def search_of(seed: int, settings: Mapping[str, Any]) -> Search:
    """A search on digits, with nothing stored."""
    config = read_config(None, {"seed": seed, **settings}.items())
    parts = build_parts(config, load_plugins())
    data = parts.dataset.load(Stream(seed).at("split")).without_test()
    evaluator = Evaluator(parts, data, Stream(seed), evaluate_population)
    return make_search(config.search, parts, data, Stream(seed), evaluator)


def run(search: Search, last: Generation | None = None) -> Generation:
    """To the end of its phases."""
    while phase := next_phase(search.config, last):
        last = (step(search, last, phase) if last else begin(search))[0]
    assert last is not None
    return last
