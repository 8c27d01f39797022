"""Images that are flipped and shifted anew in every epoch, the same for all networks of a run."""

from collections.abc import Collection

import numpy as np
import numpy.typing as npt

from nastoolkit.trainers.keras_door import Tensor, ops
from nastoolkit.trainers.options import Augmentation

FARTHEST = 8
"""A shift is by a side's eighth at most, in either direction: 4 places of 32 (He et al. 2016)."""


def drawn(
    kinds: Collection[Augmentation], size: tuple[int, ...], images: tuple[int, ...], seed: int
) -> npt.NDArray[np.int32]:
    """What is done to every image of a course.

    Args:
        kinds: ``flip``: left and right change places in every second image. ``shift``: by a whole number of places
            along each side; what comes in at the edge is the edge itself.
        size: ``(H, W)``.
        images: the shape of the course, ``(E, S, B)``.
        seed: of the numbers.

    Returns:
        ``(E, S, B, 3)``: 1 to flip, places downwards, places to the right.
    """
    generator = np.random.Generator(np.random.Philox(seed))
    moves = np.zeros((*images, 3), np.int32)
    if "flip" in kinds:
        moves[..., 0] = generator.integers(0, 2, images)
    if "shift" in kinds:
        for axis, side in enumerate(size, 1):
            moves[..., axis] = generator.integers(-(side // FARTHEST), side // FARTHEST + 1, images)
    return moves


def moved(images: Tensor, moves: Tensor) -> Tensor:
    """``(N, H, W, channels)`` images after moves ``(N, 3)``, see :func:`drawn`."""
    count, height, width, channels = images.shape
    rows, columns = np.arange(height, dtype=np.int32), np.arange(width, dtype=np.int32)
    down, right = moves[:, 1, None], moves[:, 2, None]
    source_rows = ops.clip(rows - down, 0, height - 1)
    shifted = ops.clip(columns - right, 0, width - 1)
    source_columns = ops.where(moves[:, :1] == 1, width - 1 - shifted, shifted)
    first = np.arange(count, dtype=np.int32)[:, None, None] * (height * width)
    places = first + source_rows[:, :, None] * width + source_columns[:, None, :]
    return ops.take(ops.reshape(images, (count * height * width, channels)), places, axis=0)
