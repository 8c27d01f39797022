"""The paper's PRUNE phase."""

from dataclasses import dataclass
from typing import Annotated, ClassVar, final

from annotated_types import Ge, Interval

from nastoolkit.architecture import Architecture
from nastoolkit.arrays import Floats
from nastoolkit.pruners.base import Bench, Pruner, Specimen
from nastoolkit.pruners.compact import compacted, cuttable
from nastoolkit.rng import Stream


@final
@dataclass(frozen=True, slots=True)
class TogglePruner(Pruner):
    """Cuts the connection that the network does best without (paper, Algorithm 1, PRUNE).

    Each step switches every connection off by itself, all in one batch. Where F falls without one of them, the one with
    the lowest F is cut, the network is trained further, and the next step looks at what is left; where F falls without
    none, pruning ends. Cutting the best of all, and not the first that is found, is our reading: the paper does not say
    in which order connections are tried.

    With a target (ours), the best is cut even where F rises, until the target is met. A connection takes its weights
    along whole, so the last cut may go beyond it; where only one path is left, pruning ends before it.

    Args:
        sparsity: the share of weights to take away; without it, pruning goes on as long as F falls.
        epochs: back-propagation cycles after each cut.
    """

    name: ClassVar[str] = "toggle"
    sparsity: Annotated[float, Interval(ge=0, lt=1)] | None = None
    epochs: Annotated[int, Ge(0)] = 10

    def prune(self, specimen: Specimen, bench: Bench, stream: Stream) -> tuple[Architecture, Floats] | None:
        """One connection less."""
        edges = cuttable(specimen.architecture)
        if not edges or (self.sparsity is not None and specimen.remaining <= specimen.allowed(self.sparsity)):
            return None
        toggled = bench.toggled([frozenset([edge]) for edge in edges])
        best = int(toggled.argmin())
        if self.sparsity is None and toggled[best] >= specimen.fitness:
            return None
        return compacted(specimen.architecture, specimen.weights, [edges[best]])
