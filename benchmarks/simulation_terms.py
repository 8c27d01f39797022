"""What a simulated search is told, and what comes of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise
from math import inf

Line = tuple[float, float]
"""Seconds in any case, and for each."""

LOSSES = ("start", "compile", "padding", "driver", "network", "few networks", "stragglers")
"""What keeps workers from training."""


@dataclass(frozen=True, slots=True)
class Costs:
    """What things take, in seconds.

    Args:
        start: until a worker that was asked for has come up.
        load: what a worker's first task takes longer, without compiling.
        compile: by bucket, its programs.
        call: by bucket, a call of its programs for training and scoring, as often as it was measured; one of these is
            drawn each time.
        chunk: networks of a call at most; it takes as long for fewer.
        send: the driver for a task.
        take: the driver for an answer.
        wait: the driver until it knows of an answer that is there; more for each task that is under way. Each island
            looks for itself.
        propose: the driver for a generation's offspring, and for each individual.
        save: the driver from a generation's last answer to its place in the storage, and for each individual.
        answer: bytes of a network's.
    """

    start: float
    load: float
    compile: Mapping[str, float]
    call: Mapping[str, Sequence[float]]
    chunk: int
    send: float
    take: float
    wait: Line
    propose: Line
    save: Line
    answer: float

    def training(self, factor: float) -> "Costs":
        """Of training that takes so many times as long."""
        return replace(self, call={bucket: [factor * one for one in calls] for bucket, calls in self.call.items()})

    def slower(self, factor: float) -> "Costs":
        """Of workers that take so many times as long for everything."""
        return replace(
            self.training(factor),
            start=factor * self.start,
            load=factor * self.load,
            compile={bucket: factor * one for bucket, one in self.compile.items()},
        )


@dataclass(frozen=True, slots=True)
class Cluster:
    """Where a search runs.

    Args:
        workers: how many.
        networks: of a task at most.
        bandwidth: bytes a second that the driver's machine takes in.
        latency: seconds of a message each way, beyond what it takes on one machine, which a call contains.
        warm: whether the workers are up and have all programs.
    """

    workers: int
    networks: int = 5
    bandwidth: float = inf
    latency: float = 0.0
    warm: bool = False


@dataclass(frozen=True, slots=True)
class Population:
    """What an island has trained.

    Args:
        individuals: of each generation.
        generations: of each, the buckets of its new networks in the order in which they are dealt out.
    """

    individuals: int
    generations: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Course:
    """What came of a search.

    Args:
        saved: seconds when each generation was saved, of all islands.
        spent: seconds of the workers, by ``training`` or what kept them from it: :data:`LOSSES`. In all, it is the wall
            time of every worker.
    """

    saved: Sequence[float]
    spent: Mapping[str, float]

    @property
    def wall(self) -> float:
        """Seconds until the last generation is saved."""
        return self.saved[-1]


def line(seconds: Mapping[int, float]) -> Line:
    """Through what the smallest and the largest number took; never less than nothing."""
    (few, least), (many, most) = min(seconds.items()), max(seconds.items())
    each = max(most - least, 0.0) / (many - few)
    return max(least - few * each, 0.0), each


def dealt(mix: Mapping[str, float], number: int) -> list[str]:
    """The buckets of so many networks, by their shares and in the order of ``mix``."""
    ends = [0, *(round(number * one) for one in accumulate(mix.values()))]
    return [name for name, (start, end) in zip(mix, pairwise(ends), strict=True) for _ in range(start, end)]
