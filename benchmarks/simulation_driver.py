"""What the driver of a search does beside training: measured in real searches whose training costs nothing."""

import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from machinery import free

from nastoolkit.config import RunConfig, read_config
from nastoolkit.evaluation import Subject
from nastoolkit.parts import build_parts, resolved
from nastoolkit.plugins import load_plugins
from nastoolkit.rng import Stream
from nastoolkit.running import Clock, Running, prepare
from nastoolkit.runs import create_run
from nastoolkit.storage.records import Evaluation, Seconds

GENERATIONS = 10


@dataclass(slots=True)
class Driver:
    """Of every generation of a search: the seconds of both halves of its step, and the networks between them."""

    propose: list[float] = field(default_factory=list)
    save: list[float] = field(default_factory=list)
    trained: list[list[Subject]] = field(default_factory=list)


def configured(folder: str, size: int, seed: int, padding: str, **more: object) -> RunConfig:
    """A default search of a population of this size, with a database of its own; more keys by their dotted names."""
    own = {"seed": seed, "search.population": size, "search.generations": GENERATIONS, "trainer.padding": padding}
    places = {"out": f"{folder}/run", "storage": f"sqlite:///{folder}/runs.db"}
    return read_config(None, [*(own | places | more).items()])


def driven(size: int, seed: int) -> Driver:
    """Evolution, decoding and storage as a search does them. F is a number from the key, the weights are zeros."""
    with tempfile.TemporaryDirectory() as folder:
        config, plugins = configured(folder, size, seed, "coarse"), load_plugins()
        parts = build_parts(config, plugins)
        data = parts.dataset.load(Stream(seed).at("split"))
        created = create_run(resolved(config, parts), data.digest, plugins)
        with created as (storage, stored), (clock := Clock(Seconds())):
            search = prepare(stored, None, parts, data, plugins)
            return _steps(Running(storage, stored.run, (), search, clock))


def _steps(running: Running) -> Driver:
    found, evaluator = Driver(), running.search.evaluator
    started = time.perf_counter()
    while (born := running.ask()) is not None:
        subjects = evaluator.unknown(born)
        found.propose.append(time.perf_counter() - started)
        found.trained.append(subjects)
        new = [_weighted(one) for one in free(subjects)]
        started = time.perf_counter()
        running.tell(evaluator.accept(born, new))
        found.save.append(time.perf_counter() - started)
        started = time.perf_counter()
    return found


def _weighted(evaluation: Evaluation) -> Evaluation:
    return replace(evaluation, weights=np.zeros(evaluation.architecture.complexity, np.float32))


def by_size(trained: Sequence[Subject]) -> list[Subject]:
    """The order in which the plugin deals networks out: the largest first."""
    return sorted(trained, key=lambda one: -one.architecture.complexity)
