"""A network's weights: one vector, in the order of :attr:`Architecture.shapes`."""

import numpy as np

from nastoolkit.architecture import Architecture
from nastoolkit.arrays import Floats


def split(architecture: Architecture, weights: Floats) -> list[Floats]:
    """``(C,)`` -> the weights in the shapes of :attr:`Architecture.shapes`; views."""
    ends = np.cumsum([int(np.prod(shape)) for shape in architecture.shapes])[:-1]
    return [part.reshape(shape) for part, shape in zip(np.split(weights, ends), architecture.shapes, strict=True)]
