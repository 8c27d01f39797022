"""The data set in a CSV file of texts."""

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, final

import numpy as np

from nastoolkit.datasets.base import Data, Dataset, Task
from nastoolkit.datasets.checks import listed
from nastoolkit.datasets.prepare import Examples, Limit, prepare
from nastoolkit.datasets.sheet import Sheet
from nastoolkit.datasets.sheet_examples import imbalance, targets_of
from nastoolkit.datasets.texts import Embedding, Length, Texts, Vocabulary
from nastoolkit.errors import DataError, did_you_mean
from nastoolkit.rng import Stream


@final
@dataclass(frozen=True, slots=True)
class TextCsv(Dataset):
    """A CSV file with a column of texts and one of what is to be learned from them; other columns are passed over.

    Args:
        path: the file, in UTF-8.
        text: the column of texts, in which numbers are words too; by default that with the longest words and spaces.
        target: the column to predict.
        vocabulary: V, different numbers at most: the most frequent words, and three that mean something else.
        length: L, words of a text at most, and one for its start; the last words of a longer one are read.
        embedding: E, units of each word's vector at most.
        ordered: whether networks read the words in their order, by convolutions, instead of the mean of their vectors.
        limit: texts of training plus validation at most, before they are split.
        task: ``classification`` or ``regression``; by default found from what the target holds
            (:func:`nastoolkit.datasets.targets.find_task`).
    """

    name: ClassVar[str] = "text_csv"
    path: Path
    text: str = ""
    target: str = ""
    vocabulary: Vocabulary = 10_000
    length: Length = 400
    embedding: Embedding = 16
    ordered: bool = False
    limit: Limit = None
    task: Task | None = None

    def load(self, stream: Stream) -> Data:
        """Read the whole file.

        Raises:
            DataError: it cannot be read or learned from, ``text`` or ``target`` is no column of it, both are the same
                one, or there are no texts.
        """
        from nastoolkit.datasets.sheet_reader import read_sheet  # pandas: only where a table is read

        sheet = read_sheet(self.path, words=[self.text])
        known, targets, gone = targets_of(sheet, self.target, self.task)
        if self.text == self.target:
            raise DataError(f"{self.path}: {self.text!r} is dataset.text and dataset.target. Name two columns.")
        column = self.text or _longest(known, self.target)
        texts = texts_of(known, column)
        if not any(text.strip() for text in texts):
            raise DataError(f"{self.path}: every cell of the column {column!r} (dataset.text) is empty. Name another.")
        raw = Texts(texts, self.vocabulary, self.length, self.embedding, self.ordered, column)
        others = [name for name in known.columns if name not in {column, self.target}]
        passed = [f"Columns that are passed over: {listed(others)}."] if others else []
        notes = (f"Texts are in the column {column!r}.", targets.note, *gone, *passed, *imbalance(targets))
        return prepare(Examples(self.path.name, raw, targets.values, targets.classes, notes), stream, self.limit)


def texts_of(sheet: Sheet, column: str) -> list[str]:
    """``(N,)`` the texts of a column; an empty cell is an empty one.

    Raises:
        DataError: there is no such column.
    """
    if column not in sheet.columns:
        raise DataError(
            f"{sheet.source} has no column {column!r} (dataset.text). {did_you_mean(column, sheet.columns)}"
        )
    cells = sheet.columns[column]
    return [str(text) for text in np.array([*cells.vocabulary, ""], object)[cells.places]]


def _longest(sheet: Sheet, target: str) -> str:
    """The column of words with the longest cells on average."""
    lengths = {
        name: float(np.mean([len(word) for word in cells.vocabulary]))
        for name, cells in sheet.columns.items()
        if cells.vocabulary and name != target
    }
    if not lengths:
        raise DataError(f"{sheet.source} has no column of texts beside {target!r}. Give a file that has one.")
    return max(lengths, key=lambda name: lengths[name])
