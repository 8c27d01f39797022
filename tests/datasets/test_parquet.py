"""Data sets in Parquet files."""

import os
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from mutants import mutants

from nastoolkit.datasets import checks
from nastoolkit.datasets.csv import CsvFile
from nastoolkit.datasets.parquet import ParquetFile
from nastoolkit.datasets.parquet_reader import read_parquet
from nastoolkit.datasets.sheet_examples import examples
from nastoolkit.datasets.sheet_reader import sheet_of
from nastoolkit.datasets.table_rows import read_table_rows
from nastoolkit.errors import DataError
from nastoolkit.rng import Stream


def frame(rows: int = 60) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    made = pd.DataFrame(
        {
            "size": rng.normal(size=rows),
            "count": rng.integers(0, 9, rows),
            "color": rng.choice(["red", "blue"], rows),
            "day": pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 500, rows), "D"),
            "kind": ["cat", "dog"] * (rows // 2),
        }
    )
    made.loc[3, "size"] = np.nan
    made.loc[4, "color"] = None
    return made


def test_parquet_and_csv_give_the_same_data(tmp_path: Path) -> None:
    frame().to_parquet(tmp_path / "a.parquet")
    frame().to_csv(tmp_path / "a.csv", index=False)
    first = ParquetFile(tmp_path / "a.parquet", "kind").load(Stream(0))
    second = CsvFile(tmp_path / "a.csv", "kind").load(Stream(0))
    assert first.fingerprint == second.fingerprint
    assert first.notes == second.notes


class Stranger:
    """Makes a folder where it is unpickled."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self.folder),)


def test_a_column_whose_type_is_a_pickle_is_not_run(tmp_path: Path) -> None:
    """As pyarrow 14.0 and earlier did: CVE-2023-47248."""
    pickled = pickle.dumps(Stranger(tmp_path / "ran"))
    extension = {"ARROW:extension:name": "arrow.py_extension_type", "ARROW:extension:metadata": pickled}
    table = pa.Table.from_pandas(frame())
    table = table.set_column(1, pa.field("count", pa.int64(), metadata=extension), table["count"])
    pq.write_table(table, tmp_path / "a.parquet")
    assert len(ParquetFile(tmp_path / "a.parquet", "kind").load(Stream(0)).train) > 0
    assert not (tmp_path / "ran").exists()
    pickle.loads(pickled)  # noqa: S301 - made here: it does run elsewhere
    assert (tmp_path / "ran").exists()


def test_new_rows_are_read_as_those_of_training_were(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    frame().to_parquet(path)
    data = ParquetFile(path, "kind").load(Stream(0))
    rows = read_table_rows(path, data.preprocessing)
    known = {row.tobytes() for row in rows}
    assert {row.tobytes() for row in data.train.inputs} <= known
    assert len(rows) == 60


def test_categories_truth_values_and_decimals_are_read(tmp_path: Path) -> None:
    made = frame()
    made["color"] = made["color"].astype("category")
    made["old"] = made["count"] > 4
    made.to_parquet(tmp_path / "a.parquet")
    columns = ParquetFile(tmp_path / "a.parquet", "kind").load(Stream(0)).preprocessing.columns
    named = {column.name: column.vocabulary for column in columns}
    assert (named["color"], named["old"]) == (("blue", "red", ""), ())


def test_numbers_that_are_declared_categories_are_words() -> None:
    made = pd.DataFrame(
        {"code": pd.Categorical([f"{k % 30}" if k % 40 else "x" for k in range(90)]), "kind": [1, 2] * 45}
    )
    table = examples(sheet_of(made, "made", str), "kind", 100).raw
    assert len(table.columns[0].vocabulary) == 31


@pytest.mark.parametrize(
    ("cell", "what"), [([1, 2], "list<element: int64>"), ({"a": 1}, "struct<a: int64>"), (b"raw", "binary")]
)
def test_a_column_of_anything_else_is_named(tmp_path: Path, cell: object, what: str) -> None:
    made = frame().assign(odd=[cell] * 60)
    made.to_parquet(tmp_path / "a.parquet")
    with pytest.raises(DataError, match=rf"column 'odd' holds {what}: a network takes one number or word"):
        ParquetFile(tmp_path / "a.parquet", "kind").load(Stream(0))


def test_an_infinite_number_is_placed(tmp_path: Path) -> None:
    made = frame()
    made.loc[7, "size"] = np.inf
    made.to_parquet(tmp_path / "a.parquet")
    with pytest.raises(DataError, match=r"row 7 \(counted from 0\), column 'size': the value is infinite"):
        ParquetFile(tmp_path / "a.parquet", "kind").load(Stream(0))


def test_columns_that_are_not_wanted_are_not_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    frame().assign(odd=[[1]] * 60).to_parquet(tmp_path / "a.parquet")
    monkeypatch.setattr(checks, "MOST_BYTES", 3_000)
    assert len(read_parquet(tmp_path / "a.parquet", ["size"])) == 60


def test_a_table_that_would_not_fit_is_refused_before_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    frame().to_parquet(tmp_path / "a.parquet")
    monkeypatch.setattr(checks, "MOST_BYTES", 3_000)
    monkeypatch.delattr(pq.ParquetFile, "read")
    with pytest.raises(DataError, match=r"a\.parquet would take .* are read\. Keep fewer rows or columns"):
        read_parquet(tmp_path / "a.parquet", ["size", "count"])


@pytest.mark.parametrize("declared", [True, False])
def test_a_text_that_many_cells_have_is_not_unpacked(tmp_path: Path, declared: bool) -> None:  # noqa: FBT001 - a parameter
    text = pa.DictionaryArray.from_arrays(pa.array(np.zeros(5_000, np.int32)), pa.array(["x" * 1_000_000]))
    pq.write_table(pa.table({"a": text}), tmp_path / "a.parquet", compression="zstd", store_schema=declared)
    assert (tmp_path / "a.parquet").stat().st_size < 5_000
    with pytest.raises(DataError, match=r"The text in .*a\.parquet would take 4\.7 GiB of memory"):
        read_parquet(tmp_path / "a.parquet")


def test_where_memory_runs_out_the_file_is_not_called_damaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def read(*_: object) -> None:
        raise pa.ArrowMemoryError("malloc of size 8 failed")

    frame().to_parquet(tmp_path / "a.parquet")
    monkeypatch.setattr(pq.ParquetFile, "read", read)
    with pytest.raises(DataError, match=r"a\.parquet takes more memory than there is: malloc of size 8 failed\. Keep"):
        read_parquet(tmp_path / "a.parquet")


def test_texts_of_every_type_are_words_and_may_be_missing(tmp_path: Path) -> None:
    types = (pa.string(), pa.large_string(), pa.string_view(), pa.dictionary(pa.int8(), pa.string()))
    made = {f"x{k}": pa.array(["b", None, "a", "b"], one) for k, one in enumerate(types)}
    pq.write_table(pa.table(made), tmp_path / "a.parquet")
    columns = read_parquet(tmp_path / "a.parquet").columns.values()
    assert [(cells.vocabulary, cells.places.tolist()) for cells in columns] == [(("a", "b"), [1, -1, 0, 1])] * 4
    assert [cells.declared for cells in columns] == [False, False, False, True]


def test_an_index_is_no_column(tmp_path: Path) -> None:
    frame().set_index("size").to_parquet(tmp_path / "a.parquet")
    assert [*read_parquet(tmp_path / "a.parquet").columns] == ["count", "color", "day", "kind"]


def test_an_empty_table_is_refused(tmp_path: Path) -> None:
    frame().iloc[:0].to_parquet(tmp_path / "a.parquet")
    with pytest.raises(DataError, match="has no rows"):
        ParquetFile(tmp_path / "a.parquet", "kind").load(Stream(0))


def damaged(tmp_path: Path, count: int) -> int:
    path = tmp_path / "a.parquet"
    frame().to_parquet(path)
    whole, refused = path.read_bytes(), 0
    for content in mutants(whole, count):
        path.write_bytes(content)
        try:
            ParquetFile(path, "kind").load(Stream(0))
        except DataError:
            refused += 1
    return refused


def test_damaged_files_give_clean_errors(tmp_path: Path) -> None:
    assert damaged(tmp_path, 200) > 50


@pytest.mark.slow
def test_thousands_of_damaged_files_give_clean_errors(tmp_path: Path) -> None:
    assert damaged(tmp_path, 3000) > 1000
