"""Images: what is fitted on the training images."""

from dataclasses import dataclass

import numpy as np

from nastoolkit.arrays import Array
from nastoolkit.datasets.columns import Column
from nastoolkit.datasets.pixels import Pixels
from nastoolkit.datasets.prepare import Fitted
from nastoolkit.datasets.splits import Parts
from nastoolkit.datasets.table import Table


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
        counts = [np.bincount(self.pixels[parts.train, :, :, k].ravel(), minlength=256) for k in range(channels)]
        mean, scale = zip(*map(_moments, counts), strict=True)
        return Fitted(self.pixels, Pixels(height, width, mean, scale))


def as_table(pixels: Array) -> Table:
    """``(N, H, W, channels)`` images as rows of a table, a column for each pixel and channel."""
    flat = pixels.reshape(len(pixels), -1).astype(np.float32)
    return Table(flat, tuple(Column(f"x{k}") for k in range(flat.shape[1])), one_unit=True)


def _moments(counts: Array) -> tuple[float, float]:
    """``(256,)`` how often each value of uint8 occurs -> mean and deviation, exactly; 1 for a deviation of 0."""
    values, total = np.arange(len(counts)), int(counts.sum())
    mean = int((counts * values).sum()) / total
    return mean, float(np.sqrt((counts * (values - mean) ** 2).sum() / total)) or 1.0
