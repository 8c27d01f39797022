"""The data set in a folder of images."""

from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Annotated, ClassVar, final

import numpy as np
from annotated_types import Interval

from nastoolkit.datasets.base import Data, Dataset
from nastoolkit.datasets.files import IMAGES
from nastoolkit.datasets.folders import Unreadable, readable, shelf
from nastoolkit.datasets.images import Images, as_table
from nastoolkit.datasets.pixels import SMALLEST
from nastoolkit.datasets.prepare import Examples, Limit, prepare
from nastoolkit.rng import Stream

LARGEST = 64
"""Pixels a side beyond which images are made smaller, unless a size is asked for."""


@final
@dataclass(frozen=True, slots=True)
class ImageFolder(Dataset):
    """A folder of images in which every subfolder is a class; or two of them, ``train`` and ``test``.

    Images of other sizes are cut to a square about their centre and brought to one size. They are grey where no pixel
    of any has a colour, else they have three channels.

    Args:
        path: the folder.
        size: pixels a side; by default that of all images where they share one, else the median of their shorter sides,
            and 64 at most.
        flatten: pixels as columns of a table, for networks without convolutions.
        unreadable: images at most that may be left out because they cannot be read.
        limit: images of training plus validation at most, before they are split.
    """

    name: ClassVar[str] = "image_folder"
    path: Path
    size: Annotated[int, Interval(ge=SMALLEST, le=1024)] | None = None
    flatten: bool = False
    unreadable: Unreadable = 20
    limit: Limit = None

    def load(self, stream: Stream) -> Data:
        """Read every image, twice: to see how large they are, and what they show."""
        return prepare(self._examples(), stream, self.limit)

    def _examples(self) -> Examples:
        """What the folder holds; a function by itself, so that single images are forgotten before all are split."""
        from nastoolkit.datasets.image_files import pixels, sizes  # Pillow: only where images are read

        found = shelf(self.path, IMAGES, "images")
        seen = readable(found, sizes(found.files), self.unreadable, "images", self.path).contents
        side, note = _side(seen, self.size)
        colour = any(one[2] for one in seen)
        size = None if side is None else (side, side)
        read = readable(found, pixels(found.files, size, colour=colour), self.unreadable, "images", self.path)
        images = np.stack(read.contents)
        raw = as_table(images) if self.flatten else Images(images)
        told = f"{len(images)} images of {images.shape[1]} x {images.shape[2]}, {len(found.classes)} classes."
        notes = (told, *note, *read.notes)
        return Examples(self.path.name, raw, read.labels, found.classes, notes, read.given_test)


def _side(sizes: list[tuple[int, int, bool]], asked: int | None) -> tuple[int | None, tuple[str, ...]]:
    """Pixels a side that images are brought to, None where they stay as they are; and a word on it."""
    if asked is not None:
        return asked, ()
    different = {one[:2] for one in sizes}
    (height, width), *others = sorted(different)
    if not others and max(height, width) <= LARGEST and min(height, width) >= SMALLEST:
        return None, ()
    side = max(SMALLEST, min(LARGEST, int(median(min(one[:2]) for one in sizes))))
    what = f"{len(different)} different sizes" if others else f"{height} x {width}"
    return side, (f"Images of {what} are cut to squares and brought to {side} x {side} (dataset.size).",)
