"""Data sets in CSV files: what they give, and every way they can be wrong."""

from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Protocol

import numpy as np
import pytest
from mutants import mutants
from small_tables import HEADER, LINES, ROWS, loaded

from nastoolkit.datasets.base import Data
from nastoolkit.datasets.csv import CsvFile
from nastoolkit.errors import DataError
from nastoolkit.rng import Stream


class Load(Protocol):
    def __call__(self, lines: list[str] | str, target: str = "kind") -> Data: ...


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Write lines to a file and load it."""

    def load(lines: list[str] | str, target: str = "kind") -> Data:
        return loaded(tmp_path, lines, target)

    return load


def refused(load: Load, match: str, lines: list[str] | str, target: str = "kind") -> None:
    with pytest.raises(DataError, match=match) as raised:
        load(lines, target)
    assert "pets.csv" in str(raised.value)


def with_row(number: int, row: str) -> list[str]:
    """The lines with one row (from 0) replaced: it is line ``number + 2`` of the file."""
    return [HEADER, *ROWS[:number], row, *ROWS[number + 1 :]]


def test_numbers_words_and_labels_are_found(load: Load) -> None:
    data = load(LINES)
    assert (data.name, data.task, data.classes) == ("pets.csv", "classification", ("cat", "dog"))
    assert [(c.name, c.vocabulary) for c in data.preprocessing.columns] == [("size", ()), ("color", ("blue", "red"))]
    assert (len(data.train), len(data.valid), len(data.test)) == (12, 4, 4)
    for part in (data.train, data.valid, data.test):
        size, color = part.inputs.T
        assert color.tolist() == [float(k % 3 > 0) for k in size]
        assert part.targets.tolist() == [1 - k % 2 for k in size]


def test_the_task_and_the_categories_are_said(load: Load) -> None:
    assert load(LINES).notes == (
        "Classification: 'kind' holds 2 labels ('cat', 'dog').",
        "Categorical columns, with their numbers of values: 'color (2)'.",
    )
    assert load(["a,b", *(f"{k},{k / 4}" for k in range(20))], "b").notes == (
        "Regression: 'b' holds numbers that are not all whole.",
    )


@pytest.mark.parametrize("separator", [";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("start", ["", "\ufeff", "\n\n"])
def test_dialects_give_the_same_data(load: Load, separator: str, end: str, start: str) -> None:
    text = start + end.join(line.replace(",", separator) for line in LINES) + end + end
    assert load(text).digest == load(LINES).digest


def test_quoted_cells_may_hold_commas_and_spaces_around_cells_do_not_count(load: Load) -> None:
    data = load([line.replace("red", '"red, dark"').replace(",", ", ", 1) for line in LINES])
    assert data.preprocessing.columns[1].vocabulary == ("blue", "red, dark")


def test_truth_values_are_numbers_as_inputs_and_labels_as_targets(load: Load) -> None:
    lines = ["a,b", *(f"{k % 2 == 0},{k % 4 == 0}" for k in range(20))]
    data = load(lines, "b")
    assert data.classes == ("False", "True")
    assert data.preprocessing.columns[0].vocabulary == ()
    assert set(np.unique(data.train.inputs)) == {0, 1}


def test_numbers_beyond_64_bits_are_numbers(load: Load) -> None:
    data = load(["a,b", *(f"{k}00000000000000000000,{k % 2}" for k in range(1, 21))], "b")
    assert data.preprocessing.columns[0].vocabulary == ()
    assert data.train.inputs.max() > 1e21


def test_few_words_beside_numbers_make_a_category(load: Load) -> None:
    data = load(["a,b", *(f"{'3+' if k % 4 == 3 else k % 4},{k % 2}" for k in range(40))], "b")
    assert data.preprocessing.columns[0].vocabulary == ("0", "1", "2", "3+")


def test_without_a_target_the_columns_are_listed(load: Load) -> None:
    refused(load, r"--set dataset\.target=COLUMN; the columns are 'size', 'color', 'kind'", LINES, "")


def test_an_unknown_target_names_the_nearest(load: Load) -> None:
    refused(load, "has no column 'kinds' .* Did you mean 'kind'?", LINES, "kinds")


@pytest.mark.parametrize(
    ("row", "where"),
    [
        ("inf,red,cat", "line 9, column 'size': the value is infinite"),
        ("1e99,red,cat", r"line 9, column 'size': 1e\+99 is too large"),
        ("7,red,cat,3", "is not a table: Expected 3 fields in line 9, saw 4"),
    ],
)
def test_a_bad_cell_is_placed(load: Load, row: str, where: str) -> None:
    refused(load, where, with_row(7, row))


def test_lines_are_counted_as_an_editor_counts_them(load: Load) -> None:
    lines = ["", *with_row(7, "inf,red,cat")]
    lines[3] = '1,"re\nd",cat'  # two lines
    lines.insert(5, "  ")
    refused(load, "line 12, column 'size': the value is infinite", lines)


def test_a_word_in_a_column_of_numbers_is_placed(load: Load) -> None:
    lines = ["a,b", *(f"{'big' if k == 25 else k},{k % 2}" for k in range(30))]
    refused(load, r"line 27, column 'a': 'big' is not a number.* Such cells: 1", lines, "b")
    refused(load, r"line 27, column 'a': 'big' is not a number", lines, "a")


@pytest.mark.parametrize(
    ("lines", "match"),
    [
        ("", "is empty"),
        ("\n\n", "blank lines alone"),
        (HEADER, "no rows below its header"),
        (["kind", "cat", "dog"], "no column beside the target"),
        ([",kind", "0,cat", "1,dog"], r"column 1 of the header has no name.*index=False"),
        (["a,a,kind", "0,1,cat"], "the header has 'a' more than once"),
        (["a,kind", "1,cat,3", "2,dog,4"], "more cells than the header has names"),
        (["a,kind", '1,"cat'], "is not a table: EOF inside string"),
        ([HEADER, *(f"{k},red,cat" for k in range(9))], "every row has the label 'cat'"),
        ([*LINES, "1,red,cow", "2,red,cow"], r"fewer than 3 rows: 'cow' \(2\)"),
        (["a,kind", *(f"word{k},{k % 2}" for k in range(40))], r"nothing is left .*'a' \(a name for each row\)"),
        (["a,kind", "1,2"], "has 1 rows to learn from; 3 are needed"),
        (["a,kind", "1,2", "2,3"], "has 2 rows to learn from; 3 are needed"),
        (["a,kind", *(f",{k % 2}" for k in range(40))], r"nothing is left to learn 'kind' from: 'a' \(empty\)"),
        (["a,kind", *(f"{k}," for k in range(40))], "the target 'kind' is missing in every row"),
    ],
)
def test_what_cannot_be_learned_from_is_named(load: Load, lines: list[str] | str, match: str) -> None:
    refused(load, match, lines)


def test_text_in_another_encoding_is_refused(tmp_path: Path) -> None:
    (tmp_path / "pets.csv").write_bytes("\n".join(LINES).replace("red", "grün").encode("latin-1"))
    with pytest.raises(DataError, match=r"pets\.csv is not UTF-8 text"):
        CsvFile(tmp_path / "pets.csv", "kind").load(Stream(0))


def damaged(tmp_path: Path, count: int) -> int:
    lines = [f"{line},{'day' if k == 0 else date(2024, 1, k)}" for k, line in enumerate(LINES)]
    path, whole = tmp_path / "pets.csv", "\n".join(lines).encode()
    read = 0
    for content in mutants(whole, count):
        path.write_bytes(content)
        with suppress(DataError):
            CsvFile(path, "kind").load(Stream(0))
            read += 1
    return read


def test_damaged_files_give_clean_errors(tmp_path: Path) -> None:
    assert 0 < damaged(tmp_path, 300) < 300


@pytest.mark.slow
def test_thousands_of_damaged_files_give_clean_errors(tmp_path: Path) -> None:
    assert 0 < damaged(tmp_path, 5000) < 5000
