"""Words in columns of numbers, and words that only look like something else."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from small_tables import loaded

from nastoolkit.datasets.base import Data
from nastoolkit.datasets.columns import Columns
from nastoolkit.datasets.csv import CsvFile
from nastoolkit.datasets.parquet import ParquetFile
from nastoolkit.datasets.table_rows import read_table_rows
from nastoolkit.errors import DataError
from nastoolkit.rng import Stream


def gaps(data: Data) -> int:
    """Numbers that are missing."""
    return sum(int(np.isnan(part.inputs).sum()) for part in (data.train, data.valid, data.test))


def same_as_new_rows(folder: Path, data: Data) -> bool:
    """Whether the file that was learned from gives the rows that were learned."""
    rows = read_table_rows(folder / "pets.csv", data.preprocessing)
    known = {row.tobytes() for row in rows}
    return all(row.tobytes() in known for row in data.train.inputs)


@pytest.mark.parametrize("word", ["None", "NA", "null", "nan", "?"])
def test_a_class_may_be_called_anything(tmp_path: Path, word: str) -> None:
    data = loaded(tmp_path, ["a,b", *(f"{k},{(word, 'mild', 'severe')[k % 3]}" for k in range(60))], "b")
    assert sorted(data.classes) == sorted((word, "mild", "severe"))
    assert len(data.notes) == 1


def test_words_of_a_category_are_words(tmp_path: Path) -> None:
    data = loaded(tmp_path, ["a,b", *(f"{('NA', 'DE', '')[k % 3]},{k % 2}" for k in range(60))], "b")
    assert data.preprocessing.columns[0].vocabulary == ("DE", "NA", "")
    assert same_as_new_rows(tmp_path, data)


@pytest.mark.parametrize("word", ["", "?", "NA", "N/A", "n/a", "#N/A", "<NA>", "nan", "NaN", "null", "NULL"])
def test_numbers_that_are_missing_are_spelled_in_many_ways(tmp_path: Path, word: str) -> None:
    cells = [word if k % 3 == 0 else f"{k % 7 + 0.5}" for k in range(60)]
    data = loaded(tmp_path, ["a,b", *(f"{cell},{k % 2}" for k, cell in enumerate(cells))], "b")
    assert (data.preprocessing.columns[0].vocabulary, gaps(data)) == ((), 20)
    assert same_as_new_rows(tmp_path, data)
    pd.DataFrame({"a": cells, "b": [0, 1] * 30}).to_parquet(tmp_path / "a.parquet")
    assert ParquetFile(tmp_path / "a.parquet", "b").load(Stream(0)).fingerprint == data.fingerprint


def test_dates_may_be_missing_too(tmp_path: Path) -> None:
    cells = ["NA" if k % 3 == 0 else f"2024-01-{1 + k % 28:02d}" for k in range(60)]
    data = loaded(tmp_path, ["a,b", *(f"{cell},{k % 2}" for k, cell in enumerate(cells))], "b")
    assert (data.preprocessing.columns[0].part, gaps(data)) == ("days", 20)
    assert data.notes[-1].startswith("Cells are missing: 'a (20)'.")


def test_truth_values_may_be_missing_too(tmp_path: Path) -> None:
    lines = [f"{('True', 'NA', 'False', '')[k % 4]},{('True', 'NA', 'False')[k % 3]}" for k in range(60)]
    data = loaded(tmp_path, ["a,b", *lines], "b")
    assert data.classes == ("False", "NA", "True")
    assert (data.preprocessing.columns[0].vocabulary, gaps(data)) == ((), 30)
    assert data.notes[-1].startswith("Cells are missing: 'a (30)'.")
    assert same_as_new_rows(tmp_path, data)


def test_missing_cells_of_a_typed_column_are_missing(tmp_path: Path) -> None:
    words = pd.array([("x", "y", None, "")[k % 4] for k in range(60)], "string")
    pd.DataFrame({"a": words, "b": [0, 1] * 30}).to_parquet(tmp_path / "a.parquet")
    data = ParquetFile(tmp_path / "a.parquet", "b").load(Stream(0))
    assert data.preprocessing.columns[0].vocabulary == ("x", "y", "")


@pytest.mark.parametrize("share", [3, 8])
def test_a_word_that_recurs_among_many_numbers_is_a_missing_one_and_named(tmp_path: Path, share: int) -> None:
    cells = ["-" if k % 10 < share else f"{k}" for k in range(200)]
    data = loaded(tmp_path, ["a,b", *(f"{cell},{k % 2}" for k, cell in enumerate(cells))], "b")
    assert (data.preprocessing.columns[0].vocabulary, gaps(data)) == ((), 20 * share)
    assert "Words that count as missing in columns of numbers: a ('-')." in data.notes
    assert same_as_new_rows(tmp_path, data)
    kept = Columns.from_json(data.preprocessing.to_json())
    assert (kept, kept.columns[0].missing) == (data.preprocessing, ("-",))


def test_rows_whose_target_is_such_a_word_are_left_out(tmp_path: Path) -> None:
    lines = [f"{k},{'none' if k % 4 == 0 else k + 0.5}" for k in range(80)]
    notes = loaded(tmp_path, ["a,b", *lines], "b").notes
    assert "20 rows are left out: 'b' is missing there." in notes
    assert "Words that count as missing in columns of numbers: b ('none')." in notes


def test_other_words_among_numbers_are_errors_in_new_rows(tmp_path: Path) -> None:
    cells = ["-" if k % 10 < 3 else f"{k}" for k in range(200)]
    data = loaded(tmp_path, ["a,b", *(f"{cell},{k % 2}" for k, cell in enumerate(cells))], "b")
    (tmp_path / "new.csv").write_text("a\n-\n+\n")
    with pytest.raises(DataError, match=r"new\.csv, line 3, column 'a': '\+' is not a number"):
        read_table_rows(tmp_path / "new.csv", data.preprocessing)


def test_codes_with_underscores_are_words(tmp_path: Path) -> None:
    data = loaded(tmp_path, ["a,b", *(f"{('1_0', '10', '1_00', '100')[k % 4]},{k % 2}" for k in range(60))], "b")
    assert data.preprocessing.columns[0].vocabulary == ("10", "100", "1_0", "1_00")


@pytest.mark.parametrize("gap", ["", "NA"])
def test_numbers_have_decimal_commas_where_semicolons_separate_columns(tmp_path: Path, gap: str) -> None:
    cells = [gap if k % 5 == 0 else f"{-k / 8:.3f}" for k in range(60)]
    lines = [f"{cell};{k};{k / 4};{k % 2}" for k, cell in enumerate(cells)]
    points = loaded(tmp_path, ["a;c;d;b", *lines], "b")
    commas = loaded(tmp_path, ["a;c;d;b", *(line.replace(".", ",") for line in lines)], "b")
    assert [column.vocabulary for column in commas.preprocessing.columns] == [(), (), ()]
    assert commas.digest == points.digest
    assert same_as_new_rows(tmp_path, commas)
    assert loaded(tmp_path, ["a;b", *(f"{k};{k % 7},5" for k in range(60))], "b").task == "regression"
    with pytest.raises(DataError, match="no rows below its header"):
        loaded(tmp_path, "a;b\n", "b")


def test_commas_of_thousands_are_no_decimals_where_commas_separate_columns(tmp_path: Path) -> None:
    data = loaded(tmp_path, ["a,c,b", *(f'"{k % 3},100",{k},{k % 2}' for k in range(60))], "b")
    assert data.preprocessing.columns[0].vocabulary == ("0,100", "1,100", "2,100")


def test_spaces_at_the_end_of_words_do_not_count(tmp_path: Path) -> None:
    lines = [f"{('x', 'x ', 'y', ' ')[k % 4]},{('cat', 'cat ', 'dog')[k % 3]}" for k in range(60)]
    data = loaded(tmp_path, ["a,b", *lines], "b")
    assert (data.classes, data.preprocessing.columns[0].vocabulary) == (("cat", "dog"), ("x", "y", ""))


def test_commas_in_quoted_names_do_not_separate_columns(tmp_path: Path) -> None:
    data = loaded(tmp_path, ['"size, cm";b', *(f"{k};{k % 2}" for k in range(60))], "b")
    assert [column.name for column in data.preprocessing.columns] == ["size, cm"]


@pytest.mark.parametrize("form", ["{}%", "03.03.{}", '"1,{:03}"', "12:{:02}", "$ {}", "{} km"])
def test_what_looks_like_numbers_is_left_out_with_a_way_out(tmp_path: Path, form: str) -> None:
    notes = loaded(tmp_path, ["a,c,b", *(f"{form.format(k)},{k},{k % 2}" for k in range(60))], "b").notes
    assert notes[-1] == "Left out: 'a' (looks like numbers or dates; write 12.5 or 2020-03-03)."


@pytest.mark.parametrize("form", ["{:02}ab34ef", "row {}", "A-{}"])
def test_names_of_rows_do_not_look_like_numbers(tmp_path: Path, form: str) -> None:
    notes = loaded(tmp_path, ["a,c,b", *(f"{form.format(k)},{k},{k % 2}" for k in range(60))], "b").notes
    assert notes[-1] == "Left out: 'a' (a name for each row)."


def test_times_that_float32_merges_are_told(tmp_path: Path) -> None:
    notes = loaded(tmp_path, ["t,c,b", *(f"{1_700_000_000 + k},{k},{k % 2}" for k in range(60))], "b").notes
    assert notes[-1].startswith("Numbers that differ are the same in float32, which keeps 7 digits: 't'.")


def test_the_way_to_texts_names_the_column_as_a_shell_takes_it(tmp_path: Path) -> None:
    cells = {"the review": [f"a long text of {k} words" for k in range(40)], "c": range(40), "b": [0, 1] * 20}
    frame = pd.DataFrame(cells)
    frame.to_csv(tmp_path / "a.csv", index=False)
    frame.to_parquet(tmp_path / "a.parquet")
    way = "--set dataset.use=text_csv --set 'dataset.text=the review'."
    assert CsvFile(tmp_path / "a.csv", "b").load(Stream(0)).notes[-1].endswith(f"To learn from texts: {way}")
    notes = ParquetFile(tmp_path / "a.parquet", "b").load(Stream(0)).notes
    assert notes[-1].endswith(f"To learn from texts: save the table as a CSV file, and say {way}")


@pytest.mark.parametrize("kind", [CsvFile, ParquetFile])
def test_whole_numbers_can_be_regressed(tmp_path: Path, kind: type[CsvFile] | type[ParquetFile]) -> None:
    frame = pd.DataFrame({"a": range(61), "b": [*[0, 1, 2] * 20, 7]})
    frame.to_csv(tmp_path / "a.csv", index=False)
    frame.to_parquet(tmp_path / "a.parquet")
    path = tmp_path / f"a.{kind.name}"
    with pytest.raises(DataError, match=rf"{path.name}: 'b' .* rows: '7' \(1\).*--set dataset\.task=regression"):
        kind(path, "b").load(Stream(0))
    assert kind(path, "b", task="regression").load(Stream(0)).task == "regression"
