"""The files that published image sets come in: npz, IDX, and the pickled batches of CIFAR."""

import bz2
import gzip
import lzma
import struct
import tarfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from io import BufferedIOBase, BytesIO
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, cast

import numpy as np

from nastoolkit.arrays import Array
from nastoolkit.datasets.archive import open_archive
from nastoolkit.datasets.unpickle import unpickle
from nastoolkit.errors import DataError
from nastoolkit.files import regular

MOST_BYTES = 1 << 28
"""Of a file once it is unpacked; CIFAR's have 186 million."""

_OPENERS: Mapping[bytes, Callable[[BinaryIO], BufferedIOBase]] = {
    b"\x1f\x8b": gzip.open,
    b"BZh": bz2.open,
    b"\xfd7zX": lzma.open,
}
"""What reads a file as it was before it was compressed, by how it begins."""


class Pictures(NamedTuple):
    """Images ``(N, H, W, channels)`` uint8 and labels ``(N,)`` int64, for learning and for the test."""

    train: Array
    train_labels: Array
    test: Array
    test_labels: Array


def read_npz(paths: Sequence[Path]) -> Pictures:
    """``x_train, y_train, x_test, y_test`` of one npz.

    Raises:
        DataError: it lacks one of them, is damaged, or they are no images with their labels.
    """
    with open_archive(paths[0]) as archive:
        missing = [key for key in ("x_train", "y_train", "x_test", "y_test") if key not in archive.keys]
        if missing:
            raise DataError(f"{paths[0]} lacks the arrays {', '.join(missing)}. Get it again.")
        arrays = [archive.array(key) for key in ("x_train", "y_train", "x_test", "y_test")]
    return _checked(str(paths[0]), *arrays)


def read_idx(paths: Sequence[Path]) -> Pictures:
    """The four files of MNIST's authors: images and labels for learning, then for the test.

    Raises:
        DataError: one is damaged, or they are no images with their labels.
    """
    return _checked(str(paths[0].parent), *(_idx(path) for path in paths))


def read_batches(coarse: bool) -> Callable[[Sequence[Path]], Pictures]:  # noqa: FBT001 - of which set
    """CIFAR's pickled batches, in a folder or a tar file: of ``coarse`` sets (CIFAR-100) one file a part.

    What is returned raises a DataError where a batch is missing or damaged.
    """
    names = (["train"], ["test"]) if coarse else ([f"data_batch_{k}" for k in range(1, 6)], ["test_batch"])
    key = b"fine_labels" if coarse else b"labels"

    def read(paths: Sequence[Path]) -> Pictures:
        content = _members(paths[0], [*names[0], *names[1]])
        parts: list[Array] = []
        for chosen in names:
            batches = [_batch(content[name], f"{paths[0]}, {name}", key) for name in chosen]
            parts += [np.concatenate([one[k] for one in batches]) for k in (0, 1)]
        return _checked(str(paths[0]), *parts)

    return read


def _idx(path: Path) -> Array:
    """An array of bytes: two zeros, type 8, the number of dimensions, their sizes, the bytes."""
    try:
        with regular(path) as file:
            content = _all_of(gzip.GzipFile(fileobj=file) if path.suffix == ".gz" else file)
        zeros, kind, rank = struct.unpack(">HBB", content[:4])
        shape = struct.unpack(f">{rank}I", content[4 : 4 + 4 * rank])
        found = np.frombuffer(content, np.uint8, offset=4 + 4 * rank).reshape(shape)
    except (OSError, EOFError, ValueError, struct.error, zlib.error) as error:
        raise DataError(f"{path} is damaged: {error}. Get it again.") from None
    if (zeros, kind) != (0, 8):
        raise DataError(f"{path} does not begin as IDX files of bytes do. Get it again.")
    return found


def _members(path: Path, names: Sequence[str]) -> Mapping[str, bytes]:
    """Files of a folder, or of the only folder in a tar file, by name; nothing is unpacked to disk."""
    try:
        return _in_folder(path, names) if path.is_dir() else _in_tar(path, names)
    except KeyError as error:
        raise DataError(f"{path} has no file {error}. Get it again.") from None
    except Exception as error:  # noqa: BLE001 - headers of tar files, and what is compressed, fail in a dozen ways
        raise DataError(f"{path} is damaged: {error}. Get it again.") from None


def _in_folder(path: Path, names: Sequence[str]) -> Mapping[str, bytes]:
    found: dict[str, bytes] = {}
    for name in names:
        with regular(path / name) as file:
            found[name] = _all_of(file)
    return found


def _in_tar(path: Path, names: Sequence[str]) -> Mapping[str, bytes]:
    """Keras' tar files need not be called so: how a file begins says how it was compressed."""
    with regular(path) as file:
        head = file.read(4)
        file.seek(0)
        opener = next((opener for mark, opener in _OPENERS.items() if head.startswith(mark)), None)
        content = _all_of(opener(file) if opener else file)
    with tarfile.open(fileobj=BytesIO(content), mode="r:") as tar:
        by_name = {Path(one.name).name: one for one in tar if one.isfile() and one.size < len(content)}
        files = {name: tar.extractfile(by_name[name]) for name in names}
        return {name: file.read() for name, file in files.items() if file}


def _all_of(file: BufferedIOBase | BinaryIO) -> bytes:
    """A file to its end, where the checksum of a compressed one is."""
    content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise ValueError(f"it holds more than {MOST_BYTES} bytes")
    return content


def _batch(content: bytes, source: str, key: bytes) -> tuple[Array, Array]:
    """``(N, 32, 32, 3)`` images and ``(N,)`` labels of a batch, whose rows hold channel after channel."""
    found = unpickle(content, source)
    batch = cast("dict[bytes, Any]", found) if isinstance(found, dict) else {}
    data, labels = cast("Array", batch.get(b"data")), batch.get(key)
    if not isinstance(data, np.ndarray) or data.dtype != np.uint8 or data.shape[1:] != (3072,):  # pyright: ignore[reportUnnecessaryIsInstance] - pickled
        raise DataError(f"{source} has no rows of 3072 bytes. Get it again.")
    if not isinstance(labels, list) or not all(
        type(one) is int and 0 <= one < 2**31 for one in cast("list[Any]", labels)
    ):
        raise DataError(f"{source} has no list of labels. Get it again.")
    return data.reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1), np.array(labels, np.int64)


def _checked(source: str, *arrays: Array) -> Pictures:
    """Images in uint8 with channels, and as many labels."""
    images, labels = [_images(one, source) for one in arrays[::2]], [one.reshape(-1) for one in arrays[1::2]]
    for pictures, numbers in zip(images, labels, strict=True):
        if len(pictures) != len(numbers) or not len(numbers) or numbers.dtype.kind not in "iu":
            raise DataError(f"{source}: {len(pictures)} images do not go with {len(numbers)} labels. Get it again.")
    if images[0].shape[1:] != images[1].shape[1:]:
        raise DataError(f"{source}: images are of {images[0].shape[1:]} and {images[1].shape[1:]}. Get it again.")
    first, second = (one.astype(np.int64) for one in labels)
    return Pictures(images[0], first, images[1], second)


def _images(array: Array, source: str) -> Array:
    if array.dtype != np.uint8 or array.ndim not in {3, 4} or 0 in array.shape:
        raise DataError(f"{source}: images are {array.dtype} of shape {array.shape}; needed are bytes. Get it again.")
    return array[..., None] if array.ndim == 3 else array  # noqa: PLR2004 - rows, height, width
