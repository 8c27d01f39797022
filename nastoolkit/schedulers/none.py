"""No scheduler."""

from dataclasses import dataclass
from typing import ClassVar, final

from nastoolkit.schedulers.base import Scheduler, Train


@final
@dataclass(frozen=True, slots=True)
class NoScheduler(Scheduler):
    """Every network is trained to the end."""

    name: ClassVar[str] = "none"
    compares: ClassVar[bool] = False

    def run(self, size: int, epochs: int, train: Train) -> None:
        """Train all at once."""
        train(range(size), epochs)
