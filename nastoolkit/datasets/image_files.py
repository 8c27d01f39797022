"""Image files to arrays of one size: the one place that knows Pillow."""

import os
import struct
import warnings
import zlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import numpy as np
from PIL import Image, ImageOps

from nastoolkit.arrays import Array
from nastoolkit.datasets.folders import Fault

T = TypeVar("T")

FORMATS = ("PNG", "JPEG", "BMP", "GIF", "WEBP", "PPM", "TIFF")
"""What files are read as; Pillow knows others, some of which start programs."""

_UNREADABLE = (
    *(OSError, ValueError, TypeError, SyntaxError, IndexError, KeyError, EOFError, AttributeError, OverflowError),
    *(MemoryError, struct.error, zlib.error, Image.DecompressionBombError, Image.DecompressionBombWarning),
)
"""What Pillow raises where bytes are wrong, or where they would fill the memory."""

BYTE, WORD = 255, 65535


def sizes(files: Sequence[Path]) -> list[tuple[int, int, bool] | Fault]:
    """Height, width and whether any pixel has a colour, of each file; in words why it cannot be read."""

    def size(file: Path) -> tuple[int, int, bool] | Fault:
        image = _opened(file)
        return image if isinstance(image, Fault) else (*image.shape[:2], _has_colour(image))

    return _in_threads(files, size)


def pixels(files: Sequence[Path], size: tuple[int, int] | None, *, colour: bool) -> list[Array | Fault]:
    """``(H, W, 1 or 3)`` uint8 of each file; in words why it cannot be read.

    Args:
        files: the files.
        size: H and W: images are cut to this shape about their centre and made smaller or larger; None leaves them.
        colour: whether to give three channels; else the brightness.
    """

    def read(file: Path) -> Array | Fault:
        image = _opened(file)
        return image if isinstance(image, Fault) else _fitted(image, size, colour=colour)

    return _in_threads(files, read)


def _in_threads(files: Sequence[Path], work: Callable[[Path], T]) -> list[T]:
    """The work on every file; what Pillow warns of is not said, but for what would fill the memory."""
    with warnings.catch_warnings(), ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        return list(pool.map(work, files))


def _opened(file: Path) -> Array | Fault:
    """``(H, W, 1 or 3)`` uint8: turned upright, what is transparent on white; in words why it cannot be read."""
    try:
        with Image.open(file, formats=FORMATS) as opened:
            ImageOps.exif_transpose(opened, in_place=True)
            return _as_bytes(opened)
    except _UNREADABLE as error:
        said = getattr(error, "strerror", None) or str(error).replace(str(file), file.name)
        return Fault(said or type(error).__name__)


def _as_bytes(image: Image.Image) -> Array:
    if image.mode.startswith("I") or image.mode == "F":
        return _from_words(np.asarray(image))
    if image.has_transparency_data:
        above = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", above.size, "white"), above).convert("RGB")
    if image.mode in {"1", "L"}:
        return np.asarray(image if image.mode == "L" else image.convert("L"))[..., None]
    return np.asarray(image if image.mode == "RGB" else image.convert("RGB"))  # no copy: the largest have 250 MB


def _has_colour(image: Array) -> bool:
    return any(bool((image[..., 0] != image[..., k]).any()) for k in range(1, image.shape[2]))


def _from_words(values: Array) -> Array:
    """``(H, W)`` numbers of 16 bits -> ``(H, W, 1)`` uint8; what is brighter or a fraction has no known white."""
    if values.dtype.kind == "f" or values.min() < 0 or values.max() > WORD:
        raise ValueError("its pixels are fractions, or have more than 16 bits")
    return np.round(values * (BYTE / WORD)).astype(np.uint8)[..., None]


def _fitted(image: Array, size: tuple[int, int] | None, *, colour: bool) -> Array:
    made = Image.fromarray(image[..., 0] if image.shape[2] == 1 else image).convert("RGB" if colour else "L")
    if size is not None and (made.height, made.width) != size:
        height, width = size
        made = ImageOps.fit(made, (width, height), Image.Resampling.BILINEAR)
    found = np.asarray(made)
    return found if colour else found[..., None]
