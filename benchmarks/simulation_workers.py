"""What workers of nastoolkit-ray take for their tasks, and the driver for each of these, measured on this machine."""

import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle, islice
from pickle import dumps
from statistics import mean, median
from typing import Any

import nastoolkit_ray
import ray
from common import timed
from nastoolkit_ray import RayExecutor
from nastoolkit_ray.pool import _options, pool
from nastoolkit_ray.worker import Context, Worker

from nastoolkit.components import Origin
from nastoolkit.evaluation import Subject
from nastoolkit.plugins import Plugins, load_plugins

ROUNDS, TRIPS, LOOKS, PENDING = 4, 8, 20, 1000
"""Rounds; trips of each kind in a round; looks for an answer; tasks that are under way meanwhile."""


@dataclass(frozen=True, slots=True)
class Trip:
    """Seconds of a task: sending it, until its answer is there, taking that; and the answer's bytes."""

    send: float
    away: float
    take: float
    size: int


@dataclass(frozen=True, slots=True)
class Trips:
    """What was measured of a bucket: full calls by one worker and by two at once, and calls of one network."""

    alone: Sequence[Trip]
    crowded: Sequence[Trip]
    single: Sequence[Trip]

    @property
    def kinds(self) -> tuple[Sequence[Trip], ...]:
        """All three."""
        return self.alone, self.crowded, self.single


def plugins_with_ray() -> Plugins:
    """The plugins of a session that knows the executor, whether its package is installed or only on the path."""
    plugins = load_plugins({"NASTOOLKIT_PLUGINS": "none"})
    plugins.add(nastoolkit_ray, Origin("ray", "nastoolkit-ray", "0.1.0"))
    return plugins


class Bench:
    """Two workers of the plugin, a core each.

    Args:
        context: what they evaluate networks with.
    """

    def __init__(self, context: Context) -> None:
        pool(RayExecutor())  # it connects
        self._context = ray.put(context)
        self._workers: list[Any] = []
        self.starts = [timed(self._start) for _ in range(2)]

    def _start(self) -> None:
        worker = ray.remote(Worker).options(**_options(RayExecutor())).remote()
        ray.get(worker.host.remote())
        worker.bind.remote(len(self._workers))
        self._workers.append(worker)

    def first(self, task: Sequence[Subject]) -> tuple[float, float]:
        """A task whose programs no worker has: mean seconds until its answer is there, and of compiling."""
        found: list[tuple[float, float]] = []
        for one in self._workers:
            before = ray.get(one.__ray_call__.remote(_compiling))
            (trip,) = self._trips([one], [task])
            found.append((trip.away, ray.get(one.__ray_call__.remote(_compiling)) - before))
        away, compiling = zip(*found, strict=True)
        return mean(away), mean(compiling)

    def trips(self, tasks: Sequence[Sequence[Subject]]) -> Trips:
        """Tasks of full calls, again and again; rounds interleave the kinds, so that neighbours disturb all alike."""
        found: dict[str, list[Trip]] = {"alone": [], "crowded": [], "single": []}
        endless, singles = cycle(tasks), cycle([task[:1] for task in tasks])
        for _ in range(ROUNDS):
            found["alone"] += self._trips(self._workers[:1], islice(endless, TRIPS))
            found["crowded"] += self._trips(self._workers, islice(endless, 2 * TRIPS))
            found["single"] += self._trips(self._workers[:1], islice(singles, TRIPS))
        return Trips(**found)

    def looks(self) -> Mapping[int, float]:
        """Seconds until an answer that is there is found, by how many others are under way."""
        found, there = {}, ray.put(None)
        for number in (1, PENDING):
            others = [self._workers[0].__ray_call__.remote(_nap) for _ in range(number)]
            found[number] = median(timed(lambda: ray.wait([*others, there])) for _ in range(LOOKS))  # noqa: B023 - at once
            ray.get(others)
        return found

    def _trips(self, workers: Sequence[Any], tasks: Iterable[Sequence[Subject]]) -> list[Trip]:
        """Every task, as many at once as there are workers."""
        found: list[Trip] = []
        idle, busy, waiting = list(workers), {}, list(tasks)
        while waiting or busy:
            while waiting and idle:
                worker, started = idle.pop(), time.perf_counter()
                answer = worker.evaluate.remote(waiting.pop(0), "run", [self._context])
                busy[answer] = worker, started, time.perf_counter()
            (answer,), _ = ray.wait(list(busy))
            ready = time.perf_counter()
            evaluations = ray.get(answer)
            taken = time.perf_counter()
            worker, started, sent = busy.pop(answer)
            idle.append(worker)
            found.append(Trip(sent - started, ready - sent, taken - ready, len(dumps(evaluations))))
        return found


def _compiling(_: Worker) -> float:
    programs: Any = sys.modules.get("nastoolkit.trainers.programs")  # asking must not load the framework
    return programs.compile_seconds() if programs else 0.0


def _nap(_: Worker) -> None:
    time.sleep(0.002)
