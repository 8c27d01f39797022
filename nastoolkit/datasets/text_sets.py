"""IMDB and Reuters, as Keras has them: texts whose words are numbers."""

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, final

import numpy as np

from nastoolkit.arrays import Array
from nastoolkit.datasets.about import About
from nastoolkit.datasets.archive import open_archive
from nastoolkit.datasets.base import Data, Dataset
from nastoolkit.datasets.download import Remote
from nastoolkit.datasets.local import KERAS, Form, Known
from nastoolkit.datasets.numbered import Numbered
from nastoolkit.datasets.prepare import Examples, Limit, prepare
from nastoolkit.datasets.text_forms import read_ranks, read_words
from nastoolkit.datasets.texts import Embedding, Length, Vocabulary
from nastoolkit.errors import DataError
from nastoolkit.rng import Stream


def _known(name: str, digest: str, words: str) -> Known:
    file, index = f"{name}.npz", f"{name}_word_index.json"
    forms = (Form((file, index), list), Form((file,), list))
    return Known(name, forms, (Remote(KERAS + file, file, digest), Remote(KERAS + index, index, words)))


IMDB = _known(
    "imdb", "69664113be75683a8fe16e3ed0ab59fda8886cb3cd7ada244f7d9544e4676b9f", "bfafd718b763782e994055a2d397834f"
)
REUTERS = _known(
    "reuters", "d6586e694ee56d7a4e65172e12b3e987c03096cb01eab99753921ef915959916", "4d44cc38712099c9e383dc6e5f11a921"
)

TOPICS = (  # noqa: SIM905 - a name a line would take half a hundred lines
    "cocoa grain veg-oil earn acq wheat copper housing money-supply coffee sugar trade reserves ship cotton "
    "carcass crude nat-gas cpi money-fx interest gnp meal-feed alum oilseed gold tin strategic-metal "
    "livestock retail ipi iron-steel rubber heat jobs lei bop zinc orange pet-chem dlr gas silver wpi hog "
    "lead "
).split()
KERAS_SHARE, KERAS_SEED = 0.2, 113
"""How Keras makes a test part of Reuters."""


@final
@dataclass(frozen=True, slots=True)
class Imdb(Dataset):
    """Film reviews, for or against: 25,000 to learn from and 25,000 for the test (Maas et al. 2011).

    Args:
        folder: the only place to look for the files in.
        vocabulary: V, different numbers at most: the most frequent words, and three that mean something else.
        length: L, words of a review at most, and one for its start; the last words of a longer one are read.
        embedding: E, units of each word's vector at most.
        ordered: whether networks read the words in their order, by convolutions, instead of the mean of their vectors.
        limit: reviews of training plus validation at most, before they are split.
    """

    name: ClassVar[str] = "imdb"
    about: ClassVar[About] = About("classification", "text", "words", "25000+25000", 17, "none stated")
    folder: Path | None = None
    vocabulary: Vocabulary = 10_000
    length: Length = 400
    embedding: Embedding = 16
    ordered: bool = False
    limit: Limit = None

    def load(self, stream: Stream) -> Data:
        """Numbers of words."""
        paths: list[Path] = IMDB.read(self.folder)
        train, test = read_ranks(paths[0], ("x_train", "x_test"))
        labels = _labels(paths[0], ("y_train", "y_test"), (len(train), len(test)), 2)
        raw = _numbered(self, [*train, *test], paths)
        examples = Examples(self.name, raw, labels, ("negative", "positive"), given_test=len(test))
        return prepare(examples, stream, self.limit)


@final
@dataclass(frozen=True, slots=True)
class Reuters(Dataset):
    """News agency reports of 46 topics: 8,982 to learn from and 2,246 for the test, as Keras splits them.

    Args:
        folder: the only place to look for the files in.
        vocabulary: V, different numbers at most: the most frequent words, and three that mean something else.
        length: L, words of a report at most, and one for its start; the last words of a longer one are read.
        embedding: E, units of each word's vector at most.
        ordered: whether networks read the words in their order, by convolutions, instead of the mean of their vectors.
        limit: reports of training plus validation at most, before they are split.
    """

    name: ClassVar[str] = "reuters"
    about: ClassVar[About] = About("classification", "text", "words", "8982+2246", 2, "research")
    folder: Path | None = None
    vocabulary: Vocabulary = 10_000
    length: Length = 400
    embedding: Embedding = 64
    ordered: bool = False
    limit: Limit = None

    def load(self, stream: Stream) -> Data:
        """Numbers of words."""
        paths: list[Path] = REUTERS.read(self.folder)
        (texts,) = read_ranks(paths[0], ("x",))
        labels = _labels(paths[0], ("y",), (len(texts),), len(TOPICS))
        order = np.arange(len(texts))
        np.random.RandomState(KERAS_SEED).shuffle(order)
        raw = _numbered(self, [texts[place] for place in order], paths)
        test = len(texts) - int(len(texts) * (1 - KERAS_SHARE))
        return prepare(Examples(self.name, raw, labels[order], tuple(TOPICS), given_test=test), stream, self.limit)


def _numbered(dataset: Imdb | Reuters, texts: list[Array], paths: list[Path]) -> Numbered:
    words = read_words(paths[1]) if len(paths) > 1 else ()
    return Numbered(texts, words, dataset.vocabulary, dataset.length, dataset.embedding, dataset.ordered)


def _labels(path: Path, keys: tuple[str, ...], counts: tuple[int, ...], classes: int) -> Array:
    """``(N,)`` int64."""
    with open_archive(path) as archive:
        found = [archive.targets(key, count) for key, count in zip(keys, counts, strict=True)]
    labels = np.concatenate(found)
    if labels.dtype.kind not in "iub" or labels.min() < 0 or labels.max() >= classes:
        raise DataError(f"{path}: the labels are not 0 to {classes - 1}. Get it again.")
    return labels.astype(np.int64)
