"""Images: raw pixels to standardized channels."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from nastoolkit.architecture import Signature
from nastoolkit.arrays import Array, Floats
from nastoolkit.documents import finite, whole_numbers

SMALLEST = 4
"""Pixels a side at least for convolutions to have something to look at."""

LARGEST_SIDE = 2**16
"""Pixels of an image's sides at most."""

CHANNELS = (1, 3)


@dataclass(frozen=True, slots=True)
class Pixels:
    """Standardizes every channel of images that are all of one size.

    Args:
        height: H, of an image.
        width: W.
        mean: ``(channels,)`` of the training images.
        scale: ``(channels,)`` what a channel is divided by: its standard deviation over the training images (population
            form), 1 where that is 0.
    """

    height: int
    width: int
    mean: tuple[float, ...]
    scale: tuple[float, ...]

    @property
    def channels(self) -> int:
        """1 for grey, 3 for colour."""
        return len(self.mean)

    @property
    def shape(self) -> tuple[int, ...]:
        """``(H, W, channels)``, of a raw image in uint8."""
        return (self.height, self.width, self.channels)

    @property
    def dtype(self) -> np.dtype[Any]:
        """Of a raw image."""
        return np.dtype(np.uint8)

    def signature(self, outputs: int) -> Signature:
        """What a network for such images must fit."""
        return Signature(self.channels, outputs, (self.height, self.width))

    def transform(self, inputs: Array) -> Floats:
        """``(N, H, W, channels)`` uint8 -> the same in float32, standardized."""
        return (inputs.astype(np.float32) - np.array(self.mean, np.float32)) / np.array(self.scale, np.float32)

    def to_json(self) -> dict[str, Any]:
        """Plain lists and numbers; :meth:`from_json` is the inverse."""
        return {"pixels": asdict(self)}

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> "Pixels":
        """The preprocessing that :meth:`to_json` wrote.

        Raises:
            LookupError, TypeError, ValueError: it did not.
        """
        one = document["pixels"]
        mean, scale = (tuple(map(finite, one[name])) for name in ("mean", "scale"))
        if len(mean) not in CHANNELS or len(scale) != len(mean):
            raise ValueError("images have one channel or three")
        height, width = whole_numbers([one["height"], one["width"]], 1, LARGEST_SIDE)
        return cls(height, width, mean, scale)
