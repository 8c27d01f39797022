"""A search on a cluster, simulated: the wall time, and what kept the workers from training, from what things take.

Workers come up, take the driver's tasks one by one, load the framework with the first and compile programs with the
first of each bucket, as those of nastoolkit-ray do. The driver does one thing at a time: it proposes and saves
generations, sends tasks and takes answers. An island goes on when all of its own networks are done, whatever the others
do; a search by generations is one island. The data's way to the workers, lost workers, pruning and finalists are left
out.
"""

from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from math import ceil
from random import Random

from simulation_events import Action, Agenda, Server
from simulation_terms import LOSSES, Cluster, Costs, Course, Line, Population


@dataclass(eq=False, slots=True)
class _Island:
    population: Population
    saved: int = 0
    tasks: int = 0
    open: int = 0


@dataclass(eq=False, slots=True)
class _Worker:
    programs: set[str] = field(default_factory=set[str])


@dataclass(frozen=True, eq=False, slots=True)
class _Task:
    island: _Island
    buckets: Sequence[str]


class Simulation:
    """A search under way.

    Args:
        costs: of everything.
        cluster: where it runs.
        seed: which calls are drawn.
    """

    def __init__(self, costs: Costs, cluster: Cluster, seed: int = 0) -> None:
        self._costs, self._cluster, self._random = costs, cluster, Random(seed)  # noqa: S311 - no secret
        self._agenda = Agenda(self._account)
        self._driver, self._link = Server(self._agenda), Server(self._agenda)
        self._islands: list[_Island] = []
        self._idle: list[_Worker] = []
        self._waiting: deque[_Task] = deque()
        self._working = self._travelling = self._begun = 0
        self._saved: list[float] = []
        self._spent = dict.fromkeys(("training", *LOSSES), 0.0)

    def run(self, populations: Sequence[Population]) -> Course:
        """Until every population has had all of its generations."""
        self._islands = [_Island(one) for one in populations]
        for _ in range(self._cluster.workers):
            self._start()
        for island in self._islands:
            self._propose(island)
        self._agenda.run()
        return Course(self._saved, self._spent)

    def _start(self) -> None:
        if self._cluster.warm:
            self._idle.append(_Worker(set(self._costs.call)))
            return
        self._spend(start=self._costs.start)
        self._working += 1
        self._agenda.after(self._costs.start, partial(self._come_up, _Worker()))

    def _come_up(self, worker: _Worker) -> None:
        self._working -= 1
        self._idle.append(worker)
        self._begin()

    def _propose(self, island: _Island) -> None:
        seconds = _along(self._costs.propose, island.population.individuals)
        self._driver.do(seconds, partial(self._deal, island))

    def _deal(self, island: _Island) -> None:
        """Cut a generation into tasks, so small that there is one for every worker."""
        new = island.population.generations[island.saved]
        size = max(min(self._cluster.networks, ceil(len(new) / self._cluster.workers)), 1)
        tasks = [_Task(island, new[n : n + size]) for n in range(0, len(new), size)]
        island.tasks = island.open = len(tasks)
        self._waiting.extend(tasks)
        self._begin()
        if not tasks:
            self._save(island)

    def _begin(self) -> None:
        while self._idle and self._waiting:
            worker, task = self._idle.pop(), self._waiting.popleft()
            self._begun += 1
            self._driver.do(self._costs.send, partial(self._travel, partial(self._work, worker, task)))

    def _travel(self, then: Action, size: float = 0.0) -> None:
        """A message, of so many bytes if they count: what the driver's machine takes in comes one after another."""
        self._travelling += 1
        flown = partial(self._agenda.after, self._cluster.latency, partial(self._arrive, then))
        self._link.do(size / self._cluster.bandwidth, flown) if size else flown()

    def _arrive(self, then: Action) -> None:
        self._travelling -= 1
        then()

    def _work(self, worker: _Worker, task: _Task) -> None:
        self._working += 1
        self._agenda.after(self._cost(worker, task), partial(self._answer, worker, task))

    def _cost(self, worker: _Worker, task: _Task) -> float:
        costs, networks = self._costs, Counter(task.buckets)
        load = 0.0 if worker.programs else costs.load
        compiling = sum(costs.compile[bucket] for bucket in networks if bucket not in worker.programs)
        worker.programs |= set(networks)
        training = padding = 0.0
        for bucket, number in networks.items():
            calls = ceil(number / costs.chunk)
            seconds = sum(self._random.choice(costs.call[bucket]) for _ in range(calls))
            training += seconds * number / (calls * costs.chunk)
            padding += seconds * (1 - number / (calls * costs.chunk))
        self._spend(start=load, compile=compiling, training=training, padding=padding)
        return load + compiling + training + padding

    def _answer(self, worker: _Worker, task: _Task) -> None:
        self._working -= 1
        self._travel(partial(self._receive, worker, task), self._costs.answer * len(task.buckets))

    def _receive(self, worker: _Worker, task: _Task) -> None:
        looking = sum(one.open > 0 for one in self._islands)
        seconds = looking * _along(self._costs.wait, self._begun) + self._costs.take
        self._driver.do(seconds, partial(self._take, worker, task.island))

    def _take(self, worker: _Worker, island: _Island) -> None:
        self._begun -= 1
        self._idle.append(worker)
        self._begin()
        island.open -= 1
        if not island.open:
            self._save(island)

    def _save(self, island: _Island) -> None:
        seconds = _along(self._costs.save, island.population.individuals)
        self._driver.do(seconds, partial(self._go_on, island))

    def _go_on(self, island: _Island) -> None:
        self._saved.append(self._agenda.now)
        island.saved, island.tasks = island.saved + 1, 0
        if island.saved < len(island.population.generations):
            self._propose(island)

    def _spend(self, **seconds: float) -> None:
        for name, one in seconds.items():
            self._spent[name.replace("_", " ")] += one

    def _account(self, elapsed: float) -> None:
        """What workers without work wait for, while nothing changes."""
        idle = self._cluster.workers - self._working
        if self._driver.is_busy:
            self._spend(driver=idle * elapsed)
            return
        waiting = idle - self._travelling
        few = min(waiting, max(self._cluster.workers - sum(one.tasks for one in self._islands), 0))
        self._spend(
            network=self._travelling * elapsed, few_networks=few * elapsed, stragglers=(waiting - few) * elapsed
        )


def _along(line: Line, number: int) -> float:
    once, each = line
    return once + each * number
