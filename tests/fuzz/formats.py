"""A good file of every format that data come in, and what reads another in its place."""

import gzip
import pickle
import zipfile
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from known_files import images, texts, write_batches, write_idx, write_npz, write_tar
from PIL import Image

from nastoolkit.datasets.base import Data, Dataset
from nastoolkit.datasets.csv import CsvFile
from nastoolkit.datasets.image_folder import ImageFolder
from nastoolkit.datasets.image_forms import Pictures, read_batches, read_idx, read_npz
from nastoolkit.datasets.image_rows import read_images
from nastoolkit.datasets.npz import NpzFile
from nastoolkit.datasets.parquet import ParquetFile
from nastoolkit.datasets.pixels import Pixels
from nastoolkit.datasets.rows import read_rows
from nastoolkit.datasets.text_csv import TextCsv
from nastoolkit.datasets.text_folder import TextFolder
from nastoolkit.datasets.text_forms import read_ranks, read_words
from nastoolkit.datasets.tokens import Tokens
from nastoolkit.datasets.unpickle import unpickle
from nastoolkit.rng import Stream

Good: TypeAlias = tuple[bytes, Callable[[bytes], object]]
"""A file's bytes, and what reads others in their place."""

TABLE = pd.DataFrame(
    {
        "size": [*range(19), None],
        "color": ["red", "blue", "gr\u00fcn", None] * 5,
        "born": pd.date_range("2024-01-01", periods=20).strftime("%Y-%m-%d"),
        "kind": ["cat", "dog"] * 10,
    }
)
REVIEWS = pd.DataFrame({"text": ["a good film", "<br/> bad, \u4f60 bad"] * 10, "label": ["yes", "no"] * 10})
PICTURE = np.random.default_rng(0).integers(0, 256, (12, 12, 3)).astype(np.uint8)
PIXELS, WORDS = Pixels(8, 8, (127.0,), (64.0,)), Tokens(6, 5, words=("good", "bad", "film"))


def loaded(dataset: Dataset) -> Data:
    return dataset.load(Stream(0))


def file(path: Path, read: Callable[[Path], object]) -> Good:
    """A file that was written, and what reads it."""
    return path.read_bytes(), lambda content: (path.write_bytes(content), read(path))


def member(path: Path, name: str, read: Callable[[Path], object]) -> Good:
    """A file inside of a zip, whose checksum is right whatever is in it."""
    with zipfile.ZipFile(path) as archive:
        files = {one: archive.read(one) for one in archive.namelist()}

    def again(content: bytes) -> None:
        with zipfile.ZipFile(path, "w") as archive:
            for one, whole in (files | {name: content}).items():
                archive.writestr(one, whole)
        read(path)

    return files[name], again


def table(folder: Path, suffix: str, *, new: bool) -> Good:
    """A table to learn from, or new rows for what has learned from it."""
    path, kind = folder / f"pets{suffix}", CsvFile if suffix == ".csv" else ParquetFile
    TABLE.to_csv(path, index=False) if suffix == ".csv" else TABLE.to_parquet(path)
    known = loaded(kind(path, "kind")).preprocessing
    return file(path, lambda one: read_rows(one, known) if new else loaded(kind(one, "kind")))


def reviews(folder: Path, *, new: bool) -> Good:
    REVIEWS.to_csv(folder / "films.csv", index=False)
    known = Tokens(6, 5, words=("good", "bad", "film"), column="text")
    return file(
        folder / "films.csv", lambda one: read_rows(one, known) if new else loaded(TextCsv(one, target="label"))
    )


def lines(folder: Path) -> Good:
    (folder / "new.txt").write_text("Gr\u00fc\u00dfe, good <br/> film\n\u4f60 bad\n")
    return file(folder / "new.txt", lambda one: read_rows(one, WORDS))


def text_folder(folder: Path) -> Good:
    for k in range(8):
        path = folder / "films" / ("good" if k % 2 else "bad") / f"{k}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"a film {k}, gr\u00fcn")
    return file(folder / "films" / "good" / "1.txt", lambda _: loaded(TextFolder(folder / "films", unreadable=0)))


def picture(folder: Path, kind: str) -> Good:
    """An image among others, which may be unreadable."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "a description"
    for k in range(8):
        path = folder / "pictures" / ("cat" if k % 2 else "dog") / f"{k}.{kind}"
        path.parent.mkdir(parents=True, exist_ok=True)
        with_exif = {"exif": exif} if kind in {"png", "jpeg", "tiff", "webp"} else {}
        Image.fromarray(PICTURE).save(path, kind, **with_exif)
    return file(
        folder / "pictures" / "cat" / f"1.{kind}", lambda _: loaded(ImageFolder(folder / "pictures", 8, unreadable=0))
    )


def new_picture(folder: Path) -> Good:
    Image.fromarray(PICTURE).save(folder / "new.png")
    return file(folder / "new.png", lambda one: read_images(one, PIXELS))


def arrays(folder: Path, name: str = "") -> Good:
    """An npz file, or an array in it."""
    path = folder / "set.npz"
    np.savez(path, x=np.repeat(PICTURE[None], 12, axis=0), y=np.arange(12) % 2, z=np.arange(3))

    def read(one: Path) -> Data:
        return loaded(NpzFile(one))

    return member(path, name, read) if name else file(path, read)


def known_npz(folder: Path, name: str = "") -> Good:
    write_npz(folder / "a.npz", images(10, (4, 4)))

    def read(one: Path) -> Pictures:
        return read_npz([one])

    return member(folder / "a.npz", name, read) if name else file(folder / "a.npz", read)


def idx(folder: Path, *, zipped: bool, inside: bool = False) -> Good:
    write_idx(folder / "idx", images(10, (4, 4)), zipped=zipped)
    ends = ".gz" * zipped
    names = ("train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1")
    paths = [folder / "idx" / f"{name}-ubyte{ends}" for name in names]
    whole, read = file(paths[2], lambda _: read_idx(paths))
    return (gzip.decompress(whole), lambda content: read(gzip.compress(content, 1))) if inside else (whole, read)


def batch(folder: Path, *, packed: bool) -> Good:
    """A batch of CIFAR-100, or all of them in a tar file."""
    write_batches(folder / "cifar", images(10, (32, 32, 3)), coarse=True)
    read = read_batches(coarse=True)
    if not packed:
        return file(folder / "cifar" / "test", lambda _: read([folder / "cifar"]))
    write_tar(folder / "cifar.tar.gz", folder / "cifar")
    whole, again = file(folder / "cifar.tar.gz", lambda one: read([one]))
    return gzip.decompress(whole), lambda content: again(gzip.compress(content, 1))


def ranks(folder: Path, *, inside: bool) -> Good:
    found, labels = texts(2, 10)
    np.savez(folder / "texts.npz", x=found, y=labels)

    def read(one: Path) -> list[Any]:
        return read_ranks(one, ["x"])

    return member(folder / "texts.npz", "x.npy", read) if inside else file(folder / "texts.npz", read)


def words(folder: Path) -> Good:
    (folder / "words.json").write_text('{"the": 1, "a": 2, "film": 3}')
    return file(folder / "words.json", read_words)


def pickled(_: Path, protocol: int) -> Good:
    lists = np.empty(3, object)
    lists[:] = [[1, 300, 70_000], [-1, 2**40], []]
    value: dict[bytes, Any] = {b"data": PICTURE[0], b"labels": [1, 2], b"names": [b"a.png"] * 3, b"lists": lists}
    return pickle.dumps(value, protocol), lambda content: [unpickle(content, "a.pkl")]


FORMATS: Mapping[str, Callable[[Path], Good]] = {
    "csv": partial(table, suffix=".csv", new=False),
    "csv, new rows": partial(table, suffix=".csv", new=True),
    "parquet": partial(table, suffix=".parquet", new=False),
    "parquet, new rows": partial(table, suffix=".parquet", new=True),
    "csv of texts": partial(reviews, new=False),
    "csv of texts, new rows": partial(reviews, new=True),
    "lines of text": lines,
    "folder of texts": text_folder,
    **{
        f"folder of {kind}": partial(picture, kind=kind)
        for kind in ("png", "jpeg", "gif", "bmp", "tiff", "webp", "ppm")
    },
    "new image": new_picture,
    "npz": arrays,
    "images in npz": partial(arrays, name="x.npy"),
    "labels in npz": partial(arrays, name="y.npy"),
    "npz of a known set": known_npz,
    "images of a known set": partial(known_npz, name="x_test.npy"),
    "idx": partial(idx, zipped=False),
    "idx.gz": partial(idx, zipped=True),
    "idx in gz": partial(idx, zipped=True, inside=True),
    "batch of CIFAR": partial(batch, packed=False),
    "tar of CIFAR": partial(batch, packed=True),
    "npz of ranks": partial(ranks, inside=False),
    "ranks in npz": partial(ranks, inside=True),
    "index of words": words,
    **{f"pickle, protocol {protocol}": partial(pickled, protocol=protocol) for protocol in (0, 2, 5)},
}
"""By what a user would call it."""
