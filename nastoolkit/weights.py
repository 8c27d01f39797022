"""A network's weights: one vector, in the order of :attr:`Architecture.shapes`."""

from itertools import accumulate
from math import prod

import numpy as np

from nastoolkit.architecture import Architecture
from nastoolkit.arrays import Floats


def ends(architecture: Architecture) -> list[int]:
    """Where each of the weights begins in the vector, and where the last one ends."""
    return [0, *accumulate(prod(shape) for shape in architecture.shapes)]


def split(architecture: Architecture, weights: Floats) -> list[Floats]:
    """``(C,)`` -> the weights in the shapes of :attr:`Architecture.shapes`; views."""
    parts = np.split(weights, ends(architecture)[1:-1])
    return [part.reshape(shape) for part, shape in zip(parts, architecture.shapes, strict=True)]
