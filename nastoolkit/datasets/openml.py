"""Tables from OpenML."""

from dataclasses import dataclass
from typing import Any, ClassVar, final

from nastoolkit.cache import cache
from nastoolkit.datasets.base import Data, Dataset, Task
from nastoolkit.datasets.csv import Categories
from nastoolkit.datasets.prepare import Limit, prepare
from nastoolkit.datasets.sheet_examples import examples
from nastoolkit.errors import DataError
from nastoolkit.rng import Stream


@final
@dataclass(frozen=True, slots=True)
class OpenMl(Dataset):
    """A table from openml.org, downloaded by scikit-learn and kept; what becomes of its columns is as with CSV files.

    Args:
        data: its name, or its number.
        version: of a name.
        target: the column to predict; by default the one that its publisher names.
        categories: values of a categorical column at most that become features, the most frequent ones of training.
        limit: rows of training plus validation at most, before they are split.
        task: ``classification`` or ``regression``; by default found from what the target holds.
    """

    name: ClassVar[str] = "openml"
    data: str
    version: int | None = None
    target: str = ""
    categories: Categories = 100
    limit: Limit = None
    task: Task | None = None

    def load(self, stream: Stream) -> Data:
        """Download the table where it is not kept yet."""
        from nastoolkit.datasets.sheet_reader import sheet_of  # pandas: only where a table is read

        bunch = self._fetched()
        target = self.target or _only(bunch.target_names, self.data)
        sheet = sheet_of(bunch.frame, f"openml:{self.data}", lambda row: f"row {row} (counted from 0)")
        return prepare(examples(sheet, target, self.categories, self.task), stream, self.limit)

    def _fetched(self) -> Any:  # noqa: ANN401 - scikit-learn has no types
        from sklearn import datasets  # pyright: ignore[reportMissingTypeStubs] - scikit-learn has no types

        named = {"name": self.data, "version": self.version or "active"}
        which = {"data_id": int(self.data)} if self.data.isdecimal() else named
        door: Any = datasets
        try:
            return door.fetch_openml(**which, as_frame=True, parser="auto", data_home=cache() / "openml")
        except Exception as error:  # noqa: BLE001 - the network, OpenML and damaged files fail in any way
            raise DataError(
                f"The table {self.data!r} cannot be had from openml.org: {error} Check its name there and the network, "
                "or download it as a CSV file."
            ) from None


def _only(names: list[str], data: str) -> str:
    if len(names) != 1:
        raise DataError(f"openml:{data} names {len(names)} targets. Say which column: --set dataset.target=COLUMN.")
    return names[0]
