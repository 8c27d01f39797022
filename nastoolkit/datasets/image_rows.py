"""New images for a network that was trained on such."""

from pathlib import Path

import numpy as np

from nastoolkit.arrays import Array
from nastoolkit.datasets.archive import open_archive
from nastoolkit.datasets.files import IMAGES, files_at, key_of_rows
from nastoolkit.datasets.folders import all_read
from nastoolkit.datasets.pixels import Pixels
from nastoolkit.errors import DataError


def read_images(path: Path, pixels: Pixels) -> Array:
    """``(N, H, W, channels)`` uint8, brought to the size that the network takes.

    Args:
        path: an image, a folder of images (in the order of their names), or an npz file with an array of them.
        pixels: of the data that the network was trained on.

    Raises:
        DataError: there is no image, or one cannot be read or does not fit.
    """
    if path.suffix.lower() == ".npz":
        return _from_npz(path, pixels)
    from nastoolkit.datasets.image_files import pixels as read  # Pillow: only where images are read

    files = files_at(path, IMAGES, [".npz"])
    return np.stack(all_read(files, read(files, (pixels.height, pixels.width), colour=pixels.channels > 1)))


def _from_npz(path: Path, pixels: Pixels) -> Array:
    with open_archive(path) as archive:
        key = key_of_rows(path, archive.keys)
        images = archive.array(key)
    shaped = images[..., None] if images.ndim == 3 else images  # noqa: PLR2004 - rows, height, width
    if shaped.dtype != np.uint8 or shaped.shape[1:] != pixels.shape or not len(shaped):
        raise DataError(
            f"{path}: {key} holds {images.dtype} of shape {images.shape}; the network takes images of "
            f"{pixels.shape} in uint8."
        )
    return shaped
