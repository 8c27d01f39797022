"""A plugin whose fitness function gets into trouble in the first process that measures, and in no other."""

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Literal, final

import numpy as np
from nastoolkit_ray.cluster import ray

from nastoolkit.arrays import Scores
from nastoolkit.components import Component
from nastoolkit.datasets.base import Data
from nastoolkit.errors import DataError
from nastoolkit.fitness.base import Candidate, Fitness
from nastoolkit.hookspecs import hookimpl


@final
@dataclass(frozen=True, slots=True)
class TroubledFitness(Fitness):
    """The depth of a network.

    Args:
        mark: a file that says at which node there was trouble already; without one there is always trouble.
        trouble: what happens: the process dies, nothing more happens, memory runs out, or an error; ``picky`` fails for
            some networks.
    """

    name: ClassVar[str] = "troubled"
    mark: Path | None = None
    trouble: Literal["none", "death", "sleep", "memory", "error", "picky"] = "none"

    def measure(self, candidates: Sequence[Candidate], data: Data) -> Scores:
        if self.trouble == "picky" and any(one.architecture.depth % 2 for one in candidates):
            raise ValueError("an odd depth")
        if self.trouble not in {"none", "picky"} and (self.mark is None or not self.mark.exists()):
            if self.mark:
                self.mark.write_text(ray.get_runtime_context().get_node_id())
            self._stumble()
        return np.array([one.architecture.depth for one in candidates], np.float64)

    def _stumble(self) -> None:
        match self.trouble:
            case "death":
                os._exit(1)
            case "sleep":
                time.sleep(1000)
            case "memory":
                raise MemoryError("8 TiB")
            case _:
                raise DataError("There is something wrong with the data.")


@hookimpl
def nastoolkit_components() -> list[type[Component]]:
    return [TroubledFitness]
