"""Workers and tasks: who does what, and what becomes of a task whose worker is lost.

Islands have their populations evaluated at once, each in a thread of its own. Their tasks stand in one line, and every
thread looks after the tasks of all: it waits for whatever happens next without the pool's lock, and does what follows
from it with the lock. What happens was waited for by all that it concerns, since a task stands in line only while every
worker is busy.
"""

import os
import threading
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from uuid import uuid4

import nastoolkit as nas
from nastoolkit_ray import RayExecutor
from nastoolkit_ray.cluster import connect, ray
from nastoolkit_ray.worker import Context, Worker

HANDED_ON = ("KERAS_BACKEND", "NASTOOLKIT_CACHE", "NASTOOLKIT_PLUGINS", "NASTOOLKIT_PROGRAMS")
"""Variables that hold for workers too."""

PATIENCE = 120.0
"""Seconds that are waited for a first worker; a cluster may have to start machines."""

LEFT = "This process has left the Ray cluster while networks were evaluated there. What was saved can be resumed."


@dataclass(slots=True, eq=False)
class Work:
    """A population under way.

    Args:
        subjects: its networks.
        context: a name, and where on the cluster it is.
        found: what is done, by place.
        error: what ended it.
    """

    subjects: Sequence[nas.Subject]
    context: tuple[str, Any]
    found: dict[int, nas.Evaluation] = field(default_factory=dict[int, nas.Evaluation])
    error: BaseException | None = None

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to wait for."""
        return self.error is not None or len(self.found) == len(self.subjects)


@dataclass(slots=True, eq=False)
class Task:
    """Some of the networks of a population, by their places, and how often they were begun."""

    work: Work
    places: Sequence[int]
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class Busy:
    """A worker at a task, until when."""

    worker: Any
    task: Task
    deadline: float


def pool(settings: RayExecutor) -> "Pool":
    """The workers of an executor, in the cluster that this process is connected to or is now."""
    here = connect(settings.address)
    return _pool(settings, here.gcs_address, here.get_job_id())


@lru_cache(maxsize=1)
def _pool(settings: RayExecutor, cluster: str, job: str) -> "Pool":  # noqa: ARG001 - workers end with their job
    return Pool(settings)


class Pool:
    """The workers of a cluster.

    Args:
        settings: the executor's.
    """

    def __init__(self, settings: RayExecutor) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._waiting: deque[Task] = deque()
        self._starting: dict[Any, Any] = {}
        self._idle: list[Any] = []
        self._busy: dict[Any, Busy] = {}
        self._cores: dict[Any, tuple[str, int]] = {}
        self._known: tuple[object, ...] = ()
        self._context: tuple[str, Any] = ("", None)

    def evaluate(self, subjects: Sequence[nas.Subject], context: Context) -> list[nas.Evaluation]:
        """Evaluate all networks, each somewhere; the largest first. It may be called from several threads at once."""
        with self._lock:
            work = self._enter(subjects, context)
        try:
            while not work.is_done:
                self._look(work)
        except (Exception, SystemExit):  # the latter is Ray's way to end a thread that waits
            if ray.is_initialized():
                raise
            raise nas.NastoolkitError(LEFT) from None
        finally:
            with self._lock:
                if ray.is_initialized():  # else the workers are gone
                    self._leave(work)
        if work.error:
            raise work.error
        return [work.found[n] for n in range(len(subjects))]

    def _enter(self, subjects: Sequence[nas.Subject], context: Context) -> Work:
        """Put the tasks of a population in line; as many as there are workers, if they are not too large."""
        work = Work(subjects, self._put(context))
        order = sorted(range(len(subjects)), key=lambda n: -subjects[n].architecture.complexity)
        self._fill()
        workers = len(self._starting) + len(self._idle) + len(self._busy)
        size = min(self._settings.networks, -(-len(order) // max(workers, 1)))
        self._waiting.extend(Task(work, order[n : n + size]) for n in range(0, len(order), size))
        return work

    def _leave(self, work: Work) -> None:
        """After an error or Ctrl-C something of it is left."""
        self._waiting = deque(task for task in self._waiting if task.work is not work)
        for answer, busy in [*self._busy.items()]:
            if busy.task.work is work:
                self._end(self._busy.pop(answer).worker)
        if self._waiting:
            self._fill()

    def _put(self, context: Context) -> tuple[str, Any]:
        """Send what all tasks need to the cluster, once; its name, and where it is."""
        parts, data, stream = context
        known = (parts, data.digest, stream)
        if known != self._known:
            self._known, self._context = known, (uuid4().hex, ray.put(context))
        return self._context

    def _fill(self) -> None:
        """Start as many workers as the cluster has room for."""
        wanted = self._settings.workers or max(int(ray.cluster_resources().get("CPU", 0)), 1)
        for _ in range(wanted - len(self._starting) - len(self._idle) - len(self._busy)):
            worker = ray.remote(Worker).options(**_options(self._settings)).remote()
            self._starting[worker.host.remote()] = worker

    def _begin(self) -> None:
        """Give every idle worker a task."""
        while self._idle and self._waiting:
            worker, task = self._idle.pop(), self._waiting.popleft()
            task.attempts += 1
            name, context = task.work.context
            answer = worker.evaluate.remote([task.work.subjects[n] for n in task.places], name, [context])
            self._busy[answer] = Busy(worker, task, time.monotonic() + self._settings.time_limit)

    def _look(self, work: Work) -> None:
        """Wait for the next thing to happen: a task is done, a worker has come up or is lost, or time is over."""
        with self._lock:
            if work.is_done:  # another thread has seen to it
                return
            self._begin()
            now, awaited = time.monotonic(), [*self._busy, *self._starting]
            until = min((one.deadline for one in self._busy.values()), default=now + PATIENCE)
        ready, _ = ray.wait(awaited, num_returns=1, timeout=max(until - now, 0))
        with self._lock:
            self._see(ready)
            patient = awaited and time.monotonic() - now < PATIENCE  # a worker may be coming up
            if not ready and not self._busy and not self._idle and not patient:
                raise nas.NastoolkitError(
                    f"No worker has come up on the Ray cluster in {PATIENCE:g} s: it has no free CPU, or its nodes do "
                    "not have nastoolkit. `ray status` shows what it has; or leave executor.address out to use this "
                    "machine's cores."
                )

    def _see(self, ready: Sequence[Any]) -> None:
        """Do what follows from what has happened, unless another thread has done it."""
        for answer in ready:
            if answer in self._starting:
                self._welcome(answer)
            elif answer in self._busy:
                self._take(answer)
        for answer, busy in [*self._busy.items()] if not ready else ():
            if busy.deadline <= time.monotonic():
                self._lost(answer, f"it took longer than {self._settings.time_limit:g} s (executor.time_limit)")

    def _welcome(self, answer: Any) -> None:  # noqa: ANN401 - Ray's handles have no types
        """A worker has come up: it gets the first core of its machine that is free."""
        worker = self._starting.pop(answer)
        try:
            host = ray.get(answer)
        except ray.exceptions.RayError:
            return
        taken = {place for other, place in self._cores.values() if other == host}
        place = next(n for n in range(len(taken) + 1) if n not in taken)
        self._cores[worker] = (host, place)
        if not self._settings.gpus:
            worker.bind.remote(place)
        self._idle.append(worker)

    def _take(self, answer: Any) -> None:  # noqa: ANN401 - Ray's handles have no types
        """A task is done; one whose worker is lost is done again."""
        try:
            found = ray.get(answer)
        except ray.exceptions.RayTaskError as error:
            busy = self._busy.pop(answer)
            self._idle.append(busy.worker)
            busy.task.work.error = error.cause  # what the same networks would have raised here
            return
        except ray.exceptions.RayError as error:
            kind = MemoryError if isinstance(error, ray.exceptions.OutOfMemoryError) else nas.NastoolkitError
            self._lost(answer, str(error).splitlines()[0], kind)
            return
        busy = self._busy.pop(answer)
        self._idle.append(busy.worker)
        busy.task.work.found.update(zip(busy.task.places, found, strict=True))

    def _lost(
        self,
        answer: Any,  # noqa: ANN401 - Ray's handles have no types
        reason: str,
        kind: type[Exception] = nas.NastoolkitError,
    ) -> None:
        """Do a task again, and start another worker if there is room; after the last attempt it is such an error."""
        busy = self._busy.pop(answer)
        self._end(busy.worker)
        if busy.task.attempts >= self._settings.attempts:
            busy.task.work.error = kind(
                f"{len(busy.task.places)} networks were begun {busy.task.attempts} times on the Ray cluster "
                f"(executor.attempts) and came to nothing; the last time because: {reason}"
            )
            return
        self._waiting.appendleft(busy.task)
        self._fill()

    def _end(self, worker: Any) -> None:  # noqa: ANN401 - Ray's handles have no types
        self._cores.pop(worker, None)
        ray.kill(worker)


def _options(settings: RayExecutor) -> dict[str, Any]:
    """How an actor is started: with this process's backend, and no accelerator that it did not ask for."""
    variables = {name: os.environ[name] for name in HANDED_ON if name in os.environ}
    hidden = {} if settings.gpus else {"CUDA_VISIBLE_DEVICES": ""}
    return {
        "num_cpus": 1,
        "num_gpus": settings.gpus,
        "runtime_env": {"env_vars": {**variables, **hidden, "TF_CPP_MIN_LOG_LEVEL": "3"}},
    }
