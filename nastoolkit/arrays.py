"""Names for the shapes that travel between the parts.

P individuals, G genes' bits, w weight representations, E epochs, N rows, O outputs, C weights of one network.
"""

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Genomes: TypeAlias = npt.NDArray[np.uint8]
"""``(P, G)`` bits, one row an individual."""

Scores: TypeAlias = npt.NDArray[np.float64]
"""``(P,)`` one number an individual."""

Numbers: TypeAlias = npt.NDArray[np.float64]
"""Measurements and statistics, in the shape that the place names."""

Floats: TypeAlias = npt.NDArray[np.float32]
"""Inputs, weights and predictions, in the shape that the place names."""

Seeds: TypeAlias = npt.NDArray[np.uint32]
"""``(P, w)`` one seed a weight representation."""

Array: TypeAlias = npt.NDArray[Any]
