"""The data set in a CSV file."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, ClassVar, TypeAlias, final

from annotated_types import Ge

from nastoolkit.datasets.base import Data, Dataset, Task
from nastoolkit.datasets.prepare import Limit, prepare
from nastoolkit.datasets.sheet_examples import examples
from nastoolkit.rng import Stream

Categories: TypeAlias = Annotated[int, Ge(1)]
"""Values of a categorical column at most that become features."""


@final
@dataclass(frozen=True, slots=True)
class CsvFile(Dataset):
    """A CSV file whose first line names the columns.

    Columns of numbers are standardized, a missing one becoming the mean beside a feature that says so. Columns of words
    become one feature a word, dates become days, months and weekdays, and columns that name each row are left out.
    Where semicolons separate the columns, numbers may have decimal commas.

    Args:
        path: the file, in UTF-8; commas, semicolons or tabs separate its columns.
        target: the column to predict; all others are inputs.
        categories: values of a categorical column at most that become features, the most frequent ones of training.
        limit: rows of training plus validation at most, before they are split.
        task: ``classification`` or ``regression``; by default found from what the target holds
            (:func:`nastoolkit.datasets.targets.find_task`).
    """

    name: ClassVar[str] = "csv"
    path: Path
    target: str = ""
    categories: Categories = 100
    limit: Limit = None
    task: Task | None = None

    def load(self, stream: Stream) -> Data:
        """Read the whole file."""
        from nastoolkit.datasets.sheet_reader import read_sheet  # pandas: only where a table is read

        return prepare(examples(read_sheet(self.path), self.target, self.categories, self.task), stream, self.limit)
