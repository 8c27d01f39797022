"""MNIST, Fashion-MNIST, CIFAR-10 and CIFAR-100."""

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, final

import numpy as np

from nastoolkit.datasets.about import About
from nastoolkit.datasets.base import Data, Dataset
from nastoolkit.datasets.download import Remote
from nastoolkit.datasets.image_forms import Pictures, read_batches, read_idx, read_npz
from nastoolkit.datasets.images import Images, as_table
from nastoolkit.datasets.local import KERAS, Form, Known, in_folders
from nastoolkit.datasets.prepare import Examples, Limit, prepare
from nastoolkit.errors import DataError
from nastoolkit.rng import Stream

TORONTO = "https://www.cs.toronto.edu/~kriz/"

IDX = (
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
)
"""MNIST's files, by its authors' names."""

_GZIPPED = tuple(f"{name}.gz" for name in IDX)

_FASHION_DIGESTS = (
    "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
    "25c81989df183df01b3e8a0aad5dffbe",
    "bef4ecab320f06d8554ea6380940ec79",
    "bb300cfdad3c16e7a12a480ee83cd310",
)
"""Keras has none; its authors publish these MD5 sums."""


def _idx_forms(*folders: str) -> tuple[Form, ...]:
    return tuple(Form(files, read_idx) for names in (_GZIPPED, IDX) for files in in_folders(folders, names))


def _cifar(name: str, folder: str, *, coarse: bool, digest: str) -> Known:
    dashed, read = folder.split("-", 2), read_batches(coarse)
    tar = f"{dashed[0]}-{dashed[1]}-python.tar.gz"
    folders = (folder, f"{folder}-target/{folder}")
    tars = (f"{folder}.tar.gz", f"{folder}-target.tar.gz", f"{folder}-target", tar)
    forms = (Form((f"{name}.npz",), read_npz), *(Form((one,), read) for one in (*folders, *tars)))
    return Known(name, forms, (Remote(TORONTO + tar, tar, digest),))


MNIST = Known(
    "mnist",
    (Form(("mnist.npz",), read_npz), *_idx_forms("", "mnist", "MNIST/raw")),
    (Remote(KERAS + "mnist.npz", "mnist.npz", "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1"),),
)
FASHION_MNIST = Known(
    "fashion_mnist",
    (
        Form(("fashion_mnist.npz",), read_npz),
        *_idx_forms("fashion-mnist", "fashion_mnist", "FashionMNIST/raw"),
    ),
    tuple(
        Remote(f"{KERAS}{name}", f"fashion-mnist/{name}", digest)
        for name, digest in zip(_GZIPPED, _FASHION_DIGESTS, strict=True)
    ),
)
CIFAR10 = _cifar(
    "cifar10",
    "cifar-10-batches-py",
    coarse=False,
    digest="6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce",
)
CIFAR100 = _cifar(
    "cifar100",
    "cifar-100-python",
    coarse=True,
    digest="85cd44d02ba6437773c5bbd22e183051d648de2e7d6b014e1ef29b855ba677a7",
)

CLOTHES = ("T-shirt/top", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot")
THINGS = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
FINE_THINGS = (  # noqa: SIM905 - a name a line would take a hundred lines
    "apple aquarium_fish baby bear beaver bed bee beetle bicycle bottle bowl boy bridge bus butterfly camel "
    "can castle caterpillar cattle chair chimpanzee clock cloud cockroach couch crab crocodile cup dinosaur "
    "dolphin elephant flatfish forest fox girl hamster house kangaroo keyboard lamp lawn_mower leopard lion "
    "lizard lobster man maple_tree motorcycle mountain mouse mushroom oak_tree orange orchid otter palm_tree "
    "pear pickup_truck pine_tree plain plate poppy porcupine possum rabbit raccoon ray road rocket rose sea "
    "seal shark shrew skunk skyscraper snail snake spider squirrel streetcar sunflower sweet_pepper table "
    "tank telephone television tiger tractor train trout tulip turtle wardrobe whale willow_tree wolf woman "
    "worm "
).split()


@final
@dataclass(frozen=True, slots=True)
class Mnist(Dataset):
    """Handwritten digits: 60,000 images of 28 x 28 pixels to learn from and 10,000 for the test (LeCun et al. 1998).

    Args:
        folder: the only place to look for the files in.
        flatten: pixels as columns of a table, for networks without convolutions.
        limit: images of training plus validation at most, before they are split.
    """

    name: ClassVar[str] = "mnist"
    about: ClassVar[About] = About("classification", "image", "28 x 28", "60000+10000", 11, "CC BY-SA 3.0")
    folder: Path | None = None
    flatten: bool = False
    limit: Limit = None

    def load(self, stream: Stream) -> Data:
        """Images of one channel."""
        return _prepared(MNIST, self, tuple("0123456789"), stream)


@final
@dataclass(frozen=True, slots=True)
class FashionMnist(Dataset):
    """Clothes: 60,000 images of 28 x 28 pixels to learn from and 10,000 for the test (Xiao et al. 2017).

    Args:
        folder: the only place to look for the files in.
        flatten: pixels as columns of a table, for networks without convolutions.
        limit: images of training plus validation at most, before they are split.
    """

    name: ClassVar[str] = "fashion_mnist"
    about: ClassVar[About] = About("classification", "image", "28 x 28", "60000+10000", 31, "MIT")
    folder: Path | None = None
    flatten: bool = False
    limit: Limit = None

    def load(self, stream: Stream) -> Data:
        """Images of one channel."""
        return _prepared(FASHION_MNIST, self, CLOTHES, stream)


@final
@dataclass(frozen=True, slots=True)
class Cifar10(Dataset):
    """Things and animals: 50,000 colour images of 32 x 32 pixels and 10,000 for the test (Krizhevsky 2009).

    Args:
        folder: the only place to look for the files in.
        flatten: pixels as columns of a table, for networks without convolutions.
        limit: images of training plus validation at most, before they are split.
    """

    name: ClassVar[str] = "cifar10"
    about: ClassVar[About] = About("classification", "image", "32 x 32 x 3", "50000+10000", 163, "none stated")
    folder: Path | None = None
    flatten: bool = False
    limit: Limit = None

    def load(self, stream: Stream) -> Data:
        """Images of three channels."""
        return _prepared(CIFAR10, self, THINGS, stream)


@final
@dataclass(frozen=True, slots=True)
class Cifar100(Dataset):
    """A hundred kinds of things: 50,000 colour images of 32 x 32 pixels and 10,000 for the test (Krizhevsky 2009).

    Args:
        folder: the only place to look for the files in.
        flatten: pixels as columns of a table, for networks without convolutions.
        limit: images of training plus validation at most, before they are split.
    """

    name: ClassVar[str] = "cifar100"
    about: ClassVar[About] = About("classification", "image", "32 x 32 x 3", "50000+10000", 161, "none stated")
    folder: Path | None = None
    flatten: bool = False
    limit: Limit = None

    def load(self, stream: Stream) -> Data:
        """Images of three channels, with the fine labels."""
        return _prepared(CIFAR100, self, tuple(FINE_THINGS), stream)


def _prepared(
    known: Known, dataset: Mnist | FashionMnist | Cifar10 | Cifar100, classes: tuple[str, ...], stream: Stream
) -> Data:
    found: Pictures = known.read(dataset.folder)
    labels, pixels = np.concatenate(found[1::2]), np.concatenate(found[::2])
    if labels.min() < 0 or labels.max() >= len(classes):
        raise DataError(f"The labels of {known.name} are not 0 to {len(classes) - 1}. Get its files again.")
    raw = as_table(pixels) if dataset.flatten else Images(pixels)
    return prepare(Examples(known.name, raw, labels, classes, given_test=len(found.test)), stream, dataset.limit)
