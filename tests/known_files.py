"""Tiny files in the forms that published data sets come in."""

import gzip
import pickle
import tarfile
from pathlib import Path

import numpy as np

ROWS, TESTED = 40, 10


def images(classes: int, shape: tuple[int, ...]) -> list[np.ndarray]:
    """``x_train, y_train, x_test, y_test`` of which every class has four images at least."""
    rng = np.random.default_rng(0)
    rows = max(ROWS, 4 * classes)
    labels = np.arange(rows) % classes
    return [
        rng.integers(0, 256, (rows, *shape), dtype=np.uint8),
        labels.astype(np.uint8),
        rng.integers(0, 256, (TESTED, *shape), dtype=np.uint8),
        (np.arange(TESTED) % classes).astype(np.uint8),
    ]


def write_npz(path: Path, arrays: list[np.ndarray]) -> None:
    np.savez(path, **dict(zip(("x_train", "y_train", "x_test", "y_test"), arrays, strict=True)))


def write_idx(folder: Path, arrays: list[np.ndarray], *, zipped: bool) -> None:
    names = ("train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1")
    folder.mkdir(parents=True, exist_ok=True)
    for name, array in zip(names, arrays, strict=True):
        sizes = b"".join(size.to_bytes(4, "big") for size in array.shape)
        content = bytes([0, 0, 8, array.ndim]) + sizes + array.tobytes()
        file = folder / f"{name}-ubyte{'.gz' * zipped}"
        file.write_bytes(gzip.compress(content) if zipped else content)


def write_batches(folder: Path, arrays: list[np.ndarray], *, coarse: bool) -> None:
    """As CIFAR's authors do, by Python 2's protocol."""
    folder.mkdir(parents=True, exist_ok=True)
    train, labels, test, test_labels = arrays
    parts = 1 if coarse else 5
    names = ["train"] if coarse else [f"data_batch_{k}" for k in range(1, 6)]
    key = b"fine_labels" if coarse else b"labels"
    every = [*zip(names, np.array_split(train, parts), np.array_split(labels, parts), strict=True)]
    for name, pixels, numbers in [*every, ("test" if coarse else "test_batch", test, test_labels)]:
        rows = np.ascontiguousarray(pixels.transpose(0, 3, 1, 2).reshape(len(pixels), -1))
        batch = {b"data": rows, key: [int(one) for one in numbers], b"filenames": [b"a.png"] * len(rows)}
        (folder / name).write_bytes(pickle.dumps(batch, protocol=2))


def write_tar(path: Path, folder: Path) -> None:
    with tarfile.open(path, "w:gz") as tar:
        tar.add(folder, folder.name)


def texts(classes: int, rows: int, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """An object array of lists of ranks, and labels."""
    rng = np.random.default_rng(seed)
    found = np.empty(rows, object)
    for k in range(rows):
        found[k] = [int(rank) for rank in rng.integers(1, 50, rng.integers(1, 30))]
    return found, np.arange(rows) % classes
