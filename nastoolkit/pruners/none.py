"""No pruning."""

from dataclasses import dataclass
from typing import ClassVar, final

from nastoolkit.architecture import Architecture
from nastoolkit.arrays import Floats
from nastoolkit.pruners.base import Bench, Pruner, Specimen
from nastoolkit.rng import Stream


@final
@dataclass(frozen=True, slots=True)
class NoPruner(Pruner):
    """Networks stay as they are."""

    name: ClassVar[str] = "none"
    sparsity: ClassVar[None] = None  # pyright: ignore[reportIncompatibleVariableOverride] - a field elsewhere
    epochs: ClassVar[int] = 0  # pyright: ignore[reportIncompatibleVariableOverride] - a field elsewhere

    def prune(self, specimen: Specimen, bench: Bench, stream: Stream) -> tuple[Architecture, Floats] | None:
        """Nothing."""
        return None
