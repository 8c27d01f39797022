"""The data set in a folder of images."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Annotated, ClassVar, final

import numpy as np
from annotated_types import Interval

from nastoolkit.arrays import Array
from nastoolkit.datasets.base import Data, Dataset
from nastoolkit.datasets.files import IMAGES
from nastoolkit.datasets.folders import Unreadable, all_read, readable, shelf
from nastoolkit.datasets.images import Images, as_table
from nastoolkit.datasets.pixels import SMALLEST
from nastoolkit.datasets.prepare import Examples, Fitted, Limit, prepare
from nastoolkit.datasets.splits import Parts
from nastoolkit.rng import Stream

LARGEST = 64
"""Pixels a side beyond which images are made smaller, unless a size is asked for."""

DARK = 128
"""Where no pixel is as bright as this, half of what bytes can tell is not used or was lost."""


@final
@dataclass(frozen=True, slots=True)
class ImageFolder(Dataset):
    """A folder of images in which every subfolder is a class; or two of them, ``train`` and ``test``.

    Images of several sizes are cut about their centre and brought to one size. They are grey where no pixel of any
    training image has a colour, else they have three channels.

    Args:
        path: the folder.
        size: pixels a side; by default the size of the training images where they share one, else the median of their
            shorter sides, and 64 at most.
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
        from nastoolkit.datasets.image_files import sizes  # Pillow: only where images are read

        found = shelf(self.path, IMAGES, "images")
        read = readable(found, sizes(found.files), self.unreadable, "images", self.path)
        raw = ImageFiles(read.files, read.contents, self.size, self.flatten)
        notes = (f"{len(read.files)} images, {len(found.classes)} classes.", *read.notes)
        return prepare(
            Examples(self.path.name, raw, read.labels, found.classes, notes, read.given_test), stream, self.limit
        )


@dataclass(frozen=True, slots=True, eq=False)
class ImageFiles:
    """Files of images, to be brought to one size.

    Args:
        files: ``(N,)`` that can be read.
        seen: ``(N,)`` height and width of each, and whether any pixel has a colour.
        size: see :class:`ImageFolder`.
        flatten: see :class:`ImageFolder`.
    """

    files: list[Path]
    seen: list[tuple[int, int, bool]]
    size: int | None
    flatten: bool

    def fitted(self, parts: Parts) -> Fitted:
        """Read the images, in the size and with the channels that the training images ask for.

        Raises:
            DataError: a file cannot be read any more.
        """
        train = [self.seen[int(row)] for row in parts.train]
        size = _size([one[:2] for one in train], self.size)
        colour = any(one[2] for one in train)
        images = _read(self.files, size, colour=colour)
        fitted = (as_table(images) if self.flatten else Images(images)).fitted(parts)
        brightest = max(int(images[row].max()) for row in parts.train)
        return fitted._replace(notes=(*self._notes(size, brightest, colour=colour), *fitted.notes))

    def _notes(self, size: tuple[int, int], brightest: int, *, colour: bool) -> Iterator[str]:
        """What became of the images."""
        different = {one[:2] for one in self.seen}
        height, width = size
        if different == {size}:
            yield f"All are of {height} x {width}."
        else:
            first = " x ".join(map(str, next(iter(different))))
            what = f"{len(different)} different sizes" if len(different) > 1 else first
            yield f"Images of {what} are cut about their centre and brought to {height} x {width} (dataset.size)."
        lost = 0 if colour else sum(one[2] for one in self.seen)
        if lost:
            yield f"No training image has a colour: {lost} others that have one become grey."
        if brightest < DARK:
            yield (
                f"The brightest pixel of the training images is {brightest} of 255. Where files of 16 bits hold "
                "numbers of fewer, multiply them so that white is 65535."
            )


def _read(files: list[Path], size: tuple[int, int], *, colour: bool) -> Array:
    """``(N, H, W, channels)``; a function by itself, so that single images are forgotten before all are split."""
    from nastoolkit.datasets.image_files import pixels

    return np.stack(all_read(files, pixels(files, size, colour=colour)))


def _size(train: list[tuple[int, int]], asked: int | None) -> tuple[int, int]:
    """Height and width that images are brought to, by those of the training images."""
    if asked is not None:
        return asked, asked
    height, width = train[0]
    if {*train} == {train[0]} and max(height, width) <= LARGEST and min(height, width) >= SMALLEST:
        return height, width
    side = max(SMALLEST, min(LARGEST, int(median(map(min, train)))))
    return side, side
