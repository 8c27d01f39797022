"""Images: what is fitted on the training images."""

from dataclasses import dataclass

import numpy as np

from nastoolkit.arrays import Array
from nastoolkit.datasets.columns import Column
from nastoolkit.datasets.pixels import Pixels
from nastoolkit.datasets.prepare import Fitted
from nastoolkit.datasets.splits import Parts
from nastoolkit.datasets.table import Table

_AT_ONCE = 1 << 20
"""Pixels that are counted at once."""


@dataclass(frozen=True, slots=True, eq=False)
class Images:
    """Images of one size.

    Args:
        pixels: ``(N, H, W, channels)`` uint8.
    """

    pixels: Array

    def __len__(self) -> int:
        return len(self.pixels)

    def fitted(self, parts: Parts) -> Fitted:
        """Standardize every channel."""
        height, width, channels = self.pixels.shape[1:]
        mean, scale = zip(*(_moments(_counts(self.pixels[..., k], parts.train)) for k in range(channels)), strict=True)
        return Fitted(self.pixels, Pixels(height, width, mean, scale))


def as_table(pixels: Array) -> Table:
    """``(N, H, W, channels)`` images as rows of a table, a column for each pixel and channel."""
    flat = pixels.reshape(len(pixels), -1).astype(np.float32)
    return Table(flat, tuple(Column(f"x{k}") for k in range(flat.shape[1])), one_unit=True)


def _counts(channel: Array, rows: Array) -> Array:
    """``(256,)`` how often each value occurs in some rows; a few at a time, as NumPy counts in numbers of 8 bytes."""
    step = max(1, _AT_ONCE // channel[0].size)
    pieces = np.split(rows, range(step, len(rows), step))
    return np.sum([np.bincount(channel[piece].ravel(), minlength=256) for piece in pieces], axis=0)


def _moments(counts: Array) -> tuple[float, float]:
    """``(256,)`` how often each value of uint8 occurs -> mean and deviation, exactly; 1 for a deviation of 0."""
    values, total = np.arange(len(counts)), int(counts.sum())
    mean = int((counts * values).sum()) / total
    return mean, float(np.sqrt((counts * (values - mean) ** 2).sum() / total)) or 1.0
