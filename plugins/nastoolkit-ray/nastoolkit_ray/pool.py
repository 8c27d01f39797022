"""Workers and tasks: who does what, and what becomes of a task whose worker is lost."""

import logging
import os
import socket
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from uuid import uuid4

import ray as _ray
from ray.exceptions import RayError, RayTaskError

import nastoolkit as nas
from nastoolkit_ray import RayExecutor
from nastoolkit_ray.worker import Context, Worker

ray: Any = _ray  # its types are known in part

PATIENCE = 120.0
"""Seconds that are waited for a first worker; a cluster may have to start machines."""


@dataclass(slots=True)
class Task:
    """Some of the networks, by their places, and how often they were begun."""

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
    if not ray.is_initialized():
        _connect(settings.address)
    return _pool(settings, ray.get_runtime_context().get_job_id())


@lru_cache(maxsize=1)
def _pool(settings: RayExecutor, job: str) -> "Pool":  # noqa: ARG001 - workers end with their job
    return Pool(settings)


def _connect(address: str) -> None:
    # Ray would warn that it hides accelerators from workers that ask for none; _options does so itself.
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # it would report to its makers
    own: dict[str, Any] = {} if address else {"num_cpus": len(os.sched_getaffinity(0)), "include_dashboard": False}
    try:
        _knock(address)
        ray.init(address=address or "local", log_to_driver=False, logging_level=logging.ERROR, **own)
    except (ConnectionError, RuntimeError, ValueError, OSError) as error:
        reason = str(error).splitlines()[0].rstrip(".")
        raise nas.ConfigError(
            f"[executor] address = {address!r}: there is no Ray cluster: {reason}. Start one with "
            "`ray start --head`, or leave the address out to use this machine's cores."
        ) from None


def _knock(address: str) -> None:
    """Whether something answers at ``HOST:PORT``; Ray itself would go on trying for ten minutes."""
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if host and port.isdigit():
        socket.create_connection((host.strip("[]"), int(port)), timeout=10).close()


class Pool:
    """The workers of a cluster.

    Args:
        settings: the executor's.
    """

    def __init__(self, settings: RayExecutor) -> None:
        self._settings = settings
        self._starting: dict[Any, Any] = {}
        self._idle: list[Any] = []
        self._busy: dict[Any, Busy] = {}
        self._cores: dict[Any, tuple[str, int]] = {}
        self._known: tuple[object, ...] = ()
        self._context: tuple[str, Any] = ("", None)

    def evaluate(self, subjects: Sequence[nas.Subject], context: Context) -> list[nas.Evaluation]:
        """Evaluate all networks, each somewhere; the largest first."""
        self._put(context)
        order = sorted(range(len(subjects)), key=lambda n: -subjects[n].architecture.complexity)
        self._fill()
        workers = len(self._starting) + len(self._idle)
        size = min(self._settings.networks, -(-len(order) // max(workers, 1)))
        work = _Work(deque(Task(order[n : n + size]) for n in range(0, len(order), size)))
        try:
            while work.waiting or self._busy:
                self._begin(work, subjects)
                self._look(work)
        finally:
            for busy in self._busy.values():  # after an error or Ctrl-C
                self._end(busy.worker)
            self._busy.clear()
        return [work.found[n] for n in range(len(subjects))]

    def _put(self, context: Context) -> None:
        """Send what all tasks need to the cluster, once."""
        parts, data, stream = context
        known = (parts, data.digest, stream)
        if known != self._known:
            self._known, self._context = known, (uuid4().hex, ray.put(context))

    def _fill(self) -> None:
        """Start as many workers as the cluster has room for."""
        wanted = self._settings.workers or int(ray.cluster_resources().get("CPU", 1))
        for _ in range(wanted - len(self._starting) - len(self._idle) - len(self._busy)):
            worker = ray.remote(Worker).options(**_options(self._settings)).remote()
            self._starting[worker.host.remote()] = worker

    def _begin(self, work: "_Work", subjects: Sequence[nas.Subject]) -> None:
        """Give every idle worker a task."""
        while self._idle and work.waiting:
            worker, task = self._idle.pop(), work.waiting.popleft()
            task.attempts += 1
            name, context = self._context
            answer = worker.evaluate.remote([subjects[n] for n in task.places], name, [context])
            self._busy[answer] = Busy(worker, task, time.monotonic() + self._settings.time_limit)

    def _look(self, work: "_Work") -> None:
        """Wait for the next thing to happen: a task is done, a worker has come up or is lost, or time is over."""
        now = time.monotonic()
        until = min((one.deadline for one in self._busy.values()), default=now + PATIENCE)
        ready, _ = ray.wait([*self._busy, *self._starting], num_returns=1, timeout=max(until - now, 0))
        for answer in ready:
            if answer in self._starting:
                self._welcome(answer)
            else:
                self._take(work, answer)
        for answer, busy in [*self._busy.items()] if not ready else ():
            if busy.deadline <= time.monotonic():
                self._lost(work, answer, f"it took longer than {self._settings.time_limit:g} s (executor.time_limit)")
        if not ready and not self._busy and not self._idle:
            raise nas.NastoolkitError(
                f"No worker has come up on the Ray cluster in {PATIENCE:g} s: it has no free CPU. "
                "`ray status` shows what it has; or leave executor.address out to use this machine's cores."
            )

    def _welcome(self, answer: Any) -> None:  # noqa: ANN401 - Ray's handles have no types
        """A worker has come up: it gets the first core of its machine that is free."""
        worker = self._starting.pop(answer)
        try:
            host = ray.get(answer)
        except RayError:
            return
        taken = {place for other, place in self._cores.values() if other == host}
        place = next(n for n in range(len(taken) + 1) if n not in taken)
        self._cores[worker] = (host, place)
        if not self._settings.gpus:
            worker.bind.remote(place)
        self._idle.append(worker)

    def _take(self, work: "_Work", answer: Any) -> None:  # noqa: ANN401 - Ray's handles have no types
        """A task is done; one whose worker is lost is done again."""
        try:
            found = ray.get(answer)
        except RayTaskError as error:
            self._idle.append(self._busy.pop(answer).worker)
            raise error.cause from None  # what the same networks would have raised here
        except RayError as error:
            self._lost(work, answer, str(error).splitlines()[0])
            return
        busy = self._busy.pop(answer)
        self._idle.append(busy.worker)
        work.found.update(zip(busy.task.places, found, strict=True))

    def _lost(self, work: "_Work", answer: Any, reason: str) -> None:  # noqa: ANN401 - Ray's handles have no types
        """Do a task again, and start another worker if there is room."""
        busy = self._busy.pop(answer)
        self._end(busy.worker)
        if busy.task.attempts >= self._settings.attempts:
            raise nas.NastoolkitError(
                f"{len(busy.task.places)} networks were begun {busy.task.attempts} times on the Ray cluster "
                f"(executor.attempts) and came to nothing; the last time because: {reason}"
            )
        work.waiting.appendleft(busy.task)
        self._fill()

    def _end(self, worker: Any) -> None:  # noqa: ANN401 - Ray's handles have no types
        self._cores.pop(worker, None)
        ray.kill(worker)


@dataclass(slots=True)
class _Work:
    """A population under way: tasks that nobody does yet, and what was found by place."""

    waiting: deque[Task]
    found: dict[int, nas.Evaluation] = field(default_factory=dict[int, nas.Evaluation])


def _options(settings: RayExecutor) -> dict[str, Any]:
    """How an actor is started: with this process's backend, and no accelerator that it did not ask for."""
    variables = {name: os.environ[name] for name in ("KERAS_BACKEND", "NASTOOLKIT_PLUGINS") if name in os.environ}
    hidden = {} if settings.gpus else {"CUDA_VISIBLE_DEVICES": ""}
    return {
        "num_cpus": 1,
        "num_gpus": settings.gpus,
        "runtime_env": {"env_vars": {**variables, **hidden, "TF_CPP_MIN_LOG_LEVEL": "3"}},
    }
