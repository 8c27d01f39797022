"""No competition."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, final

import numpy as np

from nastoolkit.competition.base import Competition, Contest, Measure
from nastoolkit.rng import Stream
from nastoolkit.trainers.base import Trained


@final
@dataclass(frozen=True, slots=True)
class NoCompetition(Competition):
    """Networks stay as they were trained."""

    name: ClassVar[str] = "none"

    def compete(self, trained: Trained, measure: Measure, streams: Sequence[Stream]) -> Contest:
        """The networks, and no contributions."""
        return Contest(trained, tuple(np.empty((len(one), 0), np.float32) for one in trained.weights))
