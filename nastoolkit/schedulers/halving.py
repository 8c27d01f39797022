"""Successive halving (Karnin, Koren and Somekh 2013; Jamieson and Talwalkar 2016)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar, final

from annotated_types import Ge

from nastoolkit.schedulers.base import Scheduler, Train


@final
@dataclass(frozen=True, slots=True)
class SuccessiveHalving(Scheduler):
    """All networks of a generation that are new are trained a little, the best of them longer, and so on.

    The F of a network is that of its last training. Those that go on begin anew, which costs at most 1 / (eta - 1) of
    a whole training each, and needs nothing to be kept of the others.

    Args:
        eta: one of so many goes on, and is trained so many times as long.
        first: epochs that every network is trained for, at least.
    """

    name: ClassVar[str] = "halving"
    compares: ClassVar[bool] = True
    eta: Annotated[int, Ge(2)] = 3
    first: Annotated[int, Ge(1)] = 1

    def run(self, size: int, epochs: int, train: Train) -> None:
        """See :meth:`Scheduler.run`; of networks with equal F the first go on."""
        left: Sequence[int] = range(size)
        for rung in self._rungs(epochs):
            fitness = train(left, rung)
            ranked = sorted(range(len(left)), key=lambda n: (fitness[n], n))
            left = sorted(left[n] for n in ranked[: -(-len(left) // self.eta)])

    def _rungs(self, epochs: int) -> Iterator[int]:
        """The epochs of each training, the last one a whole one: divided by eta as often as ``first`` allows."""
        rungs = [epochs]
        while rungs[-1] // self.eta >= self.first:
            rungs.append(rungs[-1] // self.eta)
        return reversed(rungs)
