"""The field's baseline: the smallest weights become zero."""

import math
from dataclasses import dataclass
from typing import Annotated, ClassVar, final

import numpy as np
import numpy.typing as npt
from annotated_types import Ge, Interval

from nastoolkit.architecture import Architecture
from nastoolkit.arrays import Floats
from nastoolkit.pruners.base import Bench, Pruner, Specimen
from nastoolkit.rng import Stream


@final
@dataclass(frozen=True, slots=True)
class MagnitudePruner(Pruner):
    """Sets the smallest weights of the whole network to zero, where they stay (Han et al. 2015).

    It is not the paper's but what the field compares with. The sparsity is reached in increments, each followed by
    back-propagation of what is left (Zhu and Gupta 2017; their increments shrink, these are equal). Biases are kept; a
    sparsity that kernels alone do not have room for is not met. The network keeps its shape and its speed: the weights
    are there, and zero.

    Args:
        sparsity: the share of weights that become zero; biases count among the weights.
        epochs: back-propagation cycles after each increment.
        steps: increments.
    """

    name: ClassVar[str] = "magnitude"
    unstructured: ClassVar[bool] = True
    sparsity: Annotated[float, Interval(ge=0, lt=1)] = 0.5  # pyright: ignore[reportIncompatibleVariableOverride] - it does not stop by itself
    epochs: Annotated[int, Ge(0)] = 10
    steps: Annotated[int, Ge(1)] = 5

    def prune(self, specimen: Specimen, bench: Bench, stream: Stream) -> tuple[Architecture, Floats] | None:
        """One increment."""
        kernels = np.flatnonzero(_in_kernels(specimen.architecture))
        gone = int((specimen.weights[kernels] == 0).sum())
        if specimen.remaining <= specimen.allowed(self.sparsity) or gone == len(kernels):
            return None
        asked = specimen.origin.complexity - specimen.allowed_next(self.sparsity, self.steps)
        order = np.argsort(np.abs(specimen.weights[kernels]), kind="stable")
        weights = specimen.weights.copy()
        weights[kernels[order[: max(asked, gone + 1)]]] = 0
        return specimen.architecture, weights


def _in_kernels(architecture: Architecture) -> npt.NDArray[np.bool_]:
    """``(C,)`` whether a weight belongs to a kernel."""
    return np.repeat([len(shape) > 1 for shape in architecture.shapes], [math.prod(one) for one in architecture.shapes])
