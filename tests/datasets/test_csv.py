"""Data sets in CSV files: what they give, and every way they can be wrong."""

from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from typing import Protocol

import numpy as np
import pytest
from mutants import mutants
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from nastoolkit.datasets.base import Data
from nastoolkit.datasets.csv import CsvFile
from nastoolkit.datasets.splits import split
from nastoolkit.datasets.table_rows import read_table_rows
from nastoolkit.errors import DataError
from nastoolkit.rng import Stream

HEADER = "size,color,kind"
ROWS = [f"{k},{'red' if k % 3 else 'blue'},{'cat' if k % 2 else 'dog'}" for k in range(20)]
LINES = [HEADER, *ROWS]


class Load(Protocol):
    def __call__(self, lines: list[str] | str, target: str = "kind") -> Data: ...


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Write lines to a file and load it."""

    def load(lines: list[str] | str, target: str = "kind") -> Data:
        text = lines if isinstance(lines, str) else "\n".join(lines) + "\n"
        (tmp_path / "pets.csv").write_text(text, encoding="utf-8", newline="")
        return CsvFile(tmp_path / "pets.csv", target).load(Stream(0))

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


def features(data: Data) -> np.ndarray:
    return data.preprocessing.transform(data.train.inputs)


def test_a_missing_number_becomes_the_mean_beside_a_feature_that_says_so(load: Load) -> None:
    rng = np.random.default_rng(0)
    cells = [str(value) if rng.random() > 0.3 else "?" for value in rng.normal(5, 2, 60).round(3)]
    data = load(["a,b", *(f"{cell},{k % 2}" for k, cell in enumerate(cells))], "b")
    theirs = make_pipeline(SimpleImputer(add_indicator=True), ColumnTransformer([("", StandardScaler(), [0])]))
    raw = data.train.inputs
    known = raw[~np.isnan(raw)]
    assert data.preprocessing.columns[0].mean == pytest.approx(known.mean(dtype=np.float64))
    assert data.preprocessing.columns[0].scale == pytest.approx(known.std(dtype=np.float64))
    assert (features(data)[:, 1] == np.isnan(raw[:, 0])).all()
    assert (features(data)[np.isnan(raw[:, 0]), 0] == 0).all()
    correlation = np.corrcoef(features(data)[:, 0], theirs.fit_transform(raw)[:, 0])[0, 1]
    assert correlation == pytest.approx(1)
    assert f"Cells are missing: 'a ({cells.count('?')})'." in data.notes[1]


def test_a_number_that_only_new_rows_lack_becomes_the_mean(load: Load) -> None:
    data = load(LINES)
    row = np.array([[np.nan, 1]], np.float32)
    assert data.preprocessing.transform(row)[0, 0] == 0
    assert data.preprocessing.features == 3


def test_a_missing_word_is_a_value_of_its_own(load: Load) -> None:
    data = load(["a,b", *(f"{('red', 'blue', '')[k % 3]},{k % 2}" for k in range(60))], "b")
    assert data.preprocessing.columns[0].vocabulary == ("blue", "red", "")


def test_the_most_frequent_words_of_training_become_features(tmp_path: Path) -> None:
    words = ["often"] * 30 + ["seldom"] * 20 + [f"once {k // 2}" for k in range(20)]
    (tmp_path / "pets.csv").write_text("\n".join(["a,b", *(f"{word},{k % 2}" for k, word in enumerate(words))]))
    data = CsvFile(tmp_path / "pets.csv", "b", categories=2).load(Stream(0))
    assert data.preprocessing.columns[0].vocabulary == ("often", "seldom")
    train = np.array(words)[split(np.arange(70) % 2, Stream(0), None).train][:, None]
    theirs = OneHotEncoder(max_categories=3, sparse_output=False)
    assert np.array_equal(features(data), theirs.fit_transform(train))
    assert any("'a' the 2 most frequent values" in note for note in data.notes)


def test_new_words_share_the_feature_of_rare_ones_where_there_is_one(tmp_path: Path) -> None:
    (tmp_path / "pets.csv").write_text("\n".join(["a,b", *(f"{'xxxxxyyyyz'[k % 10]},{k % 2}" for k in range(60))]))
    (tmp_path / "new.csv").write_text("a,c\nx,1\nz,1\nnever,1\n,1\n")
    some, every = (CsvFile(tmp_path / "pets.csv", "b", categories=most).load(Stream(0)) for most in (2, 3))
    assert read_table_rows(tmp_path / "new.csv", some.preprocessing).ravel().tolist() == [0, 2, 2, 2]
    assert read_table_rows(tmp_path / "new.csv", every.preprocessing).ravel().tolist() == [0, 2, -1, -1]


def test_truth_values_may_be_missing(tmp_path: Path) -> None:
    cells = ("True", "False", "")
    (tmp_path / "pets.csv").write_text("\n".join(["a,b", *(f"{cells[k % 3]},{k % 2}" for k in range(60))]))
    (tmp_path / "new.csv").write_text("a,c\nFalse,1\n,1\nTrue,1\n")
    data = CsvFile(tmp_path / "pets.csv", "b").load(Stream(0))
    assert [(column.vocabulary, column.gaps) for column in data.preprocessing.columns] == [((), True)]
    np.testing.assert_array_equal(read_table_rows(tmp_path / "new.csv", data.preprocessing).ravel(), [0, np.nan, 1])


def test_labels_of_truth_keep_their_names_where_some_are_missing(load: Load) -> None:
    assert load(["a,b", *(f"{k},{('True', 'False', '')[k % 3]}" for k in range(60))], "b").classes == ("False", "True")


def test_many_words_among_numbers_are_names_and_no_errors(load: Load) -> None:
    tickets = [f"{'A/' * (k % 4 == 0)}{k // 2}" for k in range(200)]
    data = load(["a,b", *(f"{ticket},{k % 2}" for k, ticket in enumerate(tickets))], "b")
    assert any(word.startswith("A/") for word in data.preprocessing.columns[0].vocabulary)


def test_a_column_that_never_changes_is_left_out(load: Load) -> None:
    data = load(["a,c,d,b", *(f"1,x,{k},{k % 2}" for k in range(40))], "b")
    assert [column.name for column in data.preprocessing.columns] == ["d"]
    assert data.notes[-1] == "Left out: 'a' (the same in every row), 'c' (the same in every row)."


def test_words_that_only_other_parts_have_are_said_in_one_line(tmp_path: Path) -> None:
    lines = ["a,c,b", "rare,odd,1.5", *(f"{'xy'[k % 2]},{'zw'[k % 2]},{k}" for k in range(40))]
    (tmp_path / "pets.csv").write_text("\n".join(lines))
    loaded = [CsvFile(tmp_path / "pets.csv", "b").load(Stream(seed)) for seed in range(10)]
    said = {note for data in loaded for note in data.notes if "no training row has" in note}
    assert said == {
        "Validation and test rows have values that no training row has: 'a (1)', 'c (1)'. No feature tells them."
    }


def test_dates_become_days_months_and_weekdays(load: Load) -> None:
    days = [date(2024, 1, 1) + timedelta(days=11 * k) for k in range(40)]
    data = load(["when,b", *(f"{day},{k % 2}" for k, day in enumerate(days))], "b")
    assert [(c.name, c.part) for c in data.preprocessing.columns] == [
        *(("when (days)", "days"), ("when (month)", "month"), ("when (weekday)", "weekday"))
    ]
    for number, month, weekday in data.train.inputs[:5]:
        day = date(1970, 1, 1) + timedelta(days=int(number))
        assert day in days
        months, weekdays = (data.preprocessing.columns[k].vocabulary for k in (1, 2))
        assert (months[int(month)], weekdays[int(weekday)]) == (f"{day:%B}", f"{day:%A}")


def test_the_ends_of_the_calendar_are_no_dates_where_they_lie_outside_it_in_utc(load: Load) -> None:
    lines = ["when,b", *(f"{'0001-01-01T00:00+23:59' if k == 7 else date(2024, 1, 1 + k)},{k}" for k in range(30))]
    data = load(lines, "b")
    assert data.preprocessing.columns[0].part == "days"
    assert sum(np.isnan(part.inputs[:, 0]).sum() for part in (data.train, data.valid, data.test)) == 1


def test_rows_without_a_target_are_left_out_and_counted(load: Load) -> None:
    data = load([*LINES, "30,red,", "31,blue,"])
    assert sum(map(len, (data.train, data.valid, data.test))) == 20
    assert "2 rows are left out: 'kind' is missing there." in data.notes


def test_texts_and_names_of_rows_are_left_out_with_the_way_to_texts(load: Load) -> None:
    lines = [f"{k},row{k},a long text of {k} words,{k % 2}" for k in range(40)]
    notes = load(["size,id,review,b", *lines], "b").notes
    assert "Left out: 'id' (a name for each row), 'review' (text)" in notes[-1]
    assert "--set dataset.use=text_csv --set dataset.text=review" in notes[-1]


def test_a_class_that_is_nearly_everything_is_said(load: Load) -> None:
    notes = load(["a,b", *(f"{k},{'yes' if k % 10 else 'no'}" for k in range(100))], "b").notes
    said = "The classes are unbalanced: always saying 'yes' is right for 90.0% of the rows; 'no' has 10.0%."
    assert notes[-1] == said


def test_a_class_that_is_rare_beside_another_is_said(load: Load) -> None:
    kinds = ["cat"] * 63 + ["dog"] * 34 + ["cow"] * 3
    notes = load(["a,b", *(f"{k},{kind}" for k, kind in enumerate(kinds))], "b").notes
    assert notes[-1].endswith("always saying 'cat' is right for 63.0% of the rows; 'cow' has 3.0%.")
    balanced = ["cat"] * 60 + ["dog"] * 37 + ["cow"] * 3
    assert len(load(["a,b", *(f"{k},{kind}" for k, kind in enumerate(balanced))], "b").notes) == 1


def test_ten_thousand_classes_are_learned(load: Load) -> None:
    data = load(["a,b", *(f"{k % 7},class {k % 10_000}" for k in range(40_000))], "b")
    assert len(data.classes) == 10_000


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
