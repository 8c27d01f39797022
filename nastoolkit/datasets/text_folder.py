"""The data set in a folder of texts."""

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, final

from nastoolkit.datasets.base import Data, Dataset
from nastoolkit.datasets.files import TEXTS
from nastoolkit.datasets.folders import Fault, Unreadable, readable, shelf
from nastoolkit.datasets.prepare import Examples, Limit, prepare
from nastoolkit.datasets.texts import Embedding, Length, Texts, Vocabulary
from nastoolkit.rng import Stream


@final
@dataclass(frozen=True, slots=True)
class TextFolder(Dataset):
    """A folder of texts, in UTF-8, in which every subfolder is a class; or two of them, ``train`` and ``test``.

    Args:
        path: the folder.
        vocabulary: V, different numbers at most: the most frequent words, and three that mean something else.
        length: L, words of a text at most, and one for its start; the last words of a longer one are read.
        embedding: E, units of each word's vector at most.
        ordered: whether networks read the words in their order, by convolutions, instead of the mean of their vectors.
        unreadable: texts at most that may be left out because they cannot be read.
        limit: texts of training plus validation at most, before they are split.
    """

    name: ClassVar[str] = "text_folder"
    path: Path
    vocabulary: Vocabulary = 10_000
    length: Length = 400
    embedding: Embedding = 16
    ordered: bool = False
    unreadable: Unreadable = 20
    limit: Limit = None

    def load(self, stream: Stream) -> Data:
        """Read every text."""
        found = shelf(self.path, TEXTS, "texts")
        read = readable(found, map(read_text, found.files), self.unreadable, "texts", self.path)
        raw = Texts(read.contents, self.vocabulary, self.length, self.embedding, self.ordered)
        examples = Examples(self.path.name, raw, read.labels, found.classes, read.notes, read.given_test)
        return prepare(examples, stream, self.limit)


def read_text(file: Path) -> str | Fault:
    """What a file in UTF-8 holds; in words why it cannot be read."""
    try:
        return file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        return Fault(getattr(error, "strerror", None) or f"no UTF-8: {error}")
