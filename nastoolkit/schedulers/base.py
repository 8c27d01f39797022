"""The contract of a scheduler: how long each of the networks that compete for a place is trained."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import ClassVar

from nastoolkit.arrays import Scores
from nastoolkit.components import Component

Train = Callable[[Sequence[int], int], Scores]
"""Networks by their places ``(n,)`` and epochs -> their F ``(n,)`` after so many; infinity where one diverged."""


class Scheduler(Component, ABC):
    """Stops networks early that cannot win any more. One that goes on is what it would be without a scheduler."""

    kind: ClassVar[str] = "scheduler"

    compares: ClassVar[bool]
    """Whether what becomes of a network depends on those beside it."""

    @abstractmethod
    def run(self, size: int, epochs: int, train: Train) -> None:
        """Have every network trained, at least once; what counts is its last training.

        Args:
            size: P, how many networks there are, at least one.
            epochs: of a whole training; none is longer.
            train: trains from initial weights on, up to some epoch on the way of a whole training.
        """
