"""The data set in a Parquet file."""

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, final

from nastoolkit.datasets.base import Data, Dataset, Task
from nastoolkit.datasets.csv import Categories
from nastoolkit.datasets.prepare import Limit, prepare
from nastoolkit.datasets.sheet_examples import examples
from nastoolkit.rng import Stream


@final
@dataclass(frozen=True, slots=True)
class ParquetFile(Dataset):
    """A Parquet file; what becomes of its columns is as with CSV files.

    Args:
        path: the file.
        target: the column to predict; all others are inputs.
        categories: values of a categorical column at most that become features, the most frequent ones of training.
        limit: rows of training plus validation at most, before they are split.
        task: ``classification`` or ``regression``; by default found from what the target holds.
    """

    name: ClassVar[str] = "parquet"
    path: Path
    target: str = ""
    categories: Categories = 100
    limit: Limit = None
    task: Task | None = None

    def load(self, stream: Stream) -> Data:
        """Read the whole file."""
        from nastoolkit.datasets.parquet_reader import read_parquet  # pandas: only where a table is read

        return prepare(examples(read_parquet(self.path), self.target, self.categories, self.task), stream, self.limit)
