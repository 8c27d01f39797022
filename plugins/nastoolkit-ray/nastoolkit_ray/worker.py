"""What runs on the cluster: one process a worker, which keeps the run's data and its compiled programs."""

import os
import socket
from collections.abc import Sequence
from typing import Any, TypeAlias

import ray as _ray

import nastoolkit as nas

ray: Any = _ray  # its types are known in part

Context: TypeAlias = tuple[nas.Parts, nas.Data, nas.Stream]
"""What all networks of a run are evaluated with."""


class Worker:
    """Evaluates networks on one core. It keeps the context of its last task, since the next one mostly has the same."""

    def __init__(self) -> None:
        self._name = ""
        self._context: Any = None  # a Context, once there is a task

    def host(self) -> str:
        """The machine that it runs on."""
        return socket.gethostname()

    def bind(self, place: int) -> None:
        """Keep to a core of this machine, so that the workers do not take turns on all of them."""
        cores = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, {cores[place % len(cores)]})

    def evaluate(self, subjects: Sequence[nas.Subject], name: str, holder: Sequence[Any]) -> list[nas.Evaluation]:
        """Train and score networks.

        Args:
            subjects: the networks.
            name: of the context.
            holder: where the context is; in a list, Ray leaves it there until it is asked for.
        """
        if name != self._name:
            self._name, self._context = name, ray.get(holder[0])
        parts, data, stream = self._context
        return nas.evaluate_population(subjects, parts, data, stream)
