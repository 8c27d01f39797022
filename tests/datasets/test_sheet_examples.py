"""What becomes of the columns of a table: missing cells, categories, dates, names, and what is said about them."""

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from small_tables import LINES, loaded

from nastoolkit.datasets.base import Data
from nastoolkit.datasets.csv import CsvFile
from nastoolkit.datasets.splits import split
from nastoolkit.datasets.table_rows import read_table_rows
from nastoolkit.rng import Stream


def features(data: Data) -> np.ndarray:
    return data.preprocessing.transform(data.train.inputs)


def test_a_missing_number_becomes_the_mean_beside_a_feature_that_says_so(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    cells = [str(value) if rng.random() > 0.3 else "?" for value in rng.normal(5, 2, 60).round(3)]
    data = loaded(tmp_path, ["a,b", *(f"{cell},{k % 2}" for k, cell in enumerate(cells))], "b")
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


def test_a_number_that_only_new_rows_lack_becomes_the_mean(tmp_path: Path) -> None:
    data = loaded(tmp_path, LINES, "kind")
    row = np.array([[np.nan, 1]], np.float32)
    assert data.preprocessing.transform(row)[0, 0] == 0
    assert data.preprocessing.features == 3


def test_a_missing_word_is_a_value_of_its_own(tmp_path: Path) -> None:
    data = loaded(tmp_path, ["a,b", *(f"{('red', 'blue', '')[k % 3]},{k % 2}" for k in range(60))], "b")
    assert data.preprocessing.columns[0].vocabulary == ("blue", "red", "")


def test_the_most_frequent_words_of_training_become_features(tmp_path: Path) -> None:
    words = ["often"] * 30 + ["seldom"] * 20 + [f"once {k // 2}" for k in range(20)]
    data = loaded(tmp_path, ["a,b", *(f"{word},{k % 2}" for k, word in enumerate(words))], "b", categories=2)
    assert data.preprocessing.columns[0].vocabulary == ("often", "seldom")
    train = np.array(words)[split(np.arange(70) % 2, Stream(0), None).train][:, None]
    theirs = OneHotEncoder(max_categories=3, sparse_output=False)
    assert np.array_equal(features(data), theirs.fit_transform(train))
    assert any("'a' the 2 most frequent values" in note for note in data.notes)


def test_new_words_share_the_feature_of_rare_ones_where_there_is_one(tmp_path: Path) -> None:
    lines = ["a,b", *(f"{'xxxxxyyyyz'[k % 10]},{k % 2}" for k in range(60))]
    (tmp_path / "new.csv").write_text("a,c\nx,1\nz,1\nnever,1\n,1\n")
    some, every = (loaded(tmp_path, lines, "b", most) for most in (2, 3))
    assert read_table_rows(tmp_path / "new.csv", some.preprocessing).ravel().tolist() == [0, 2, 2, 2]
    assert read_table_rows(tmp_path / "new.csv", every.preprocessing).ravel().tolist() == [0, 2, -1, -1]


def test_truth_values_may_be_missing(tmp_path: Path) -> None:
    cells = ("True", "False", "")
    (tmp_path / "new.csv").write_text("a,c\nFalse,1\n,1\nTrue,1\n")
    data = loaded(tmp_path, ["a,b", *(f"{cells[k % 3]},{k % 2}" for k in range(60))], "b")
    assert [(column.vocabulary, column.gaps) for column in data.preprocessing.columns] == [((), True)]
    np.testing.assert_array_equal(read_table_rows(tmp_path / "new.csv", data.preprocessing).ravel(), [0, np.nan, 1])


def test_labels_of_truth_keep_their_names_where_some_are_missing(tmp_path: Path) -> None:
    data = loaded(tmp_path, ["a,b", *(f"{k},{('True', 'False', '')[k % 3]}" for k in range(60))], "b")
    assert data.classes == ("False", "True")


def test_many_words_among_numbers_are_names_and_no_errors(tmp_path: Path) -> None:
    tickets = [f"{'A/' * (k % 4 == 0)}{k // 2}" for k in range(200)]
    data = loaded(tmp_path, ["a,b", *(f"{ticket},{k % 2}" for k, ticket in enumerate(tickets))], "b")
    assert any(word.startswith("A/") for word in data.preprocessing.columns[0].vocabulary)


def test_a_column_that_never_changes_is_left_out(tmp_path: Path) -> None:
    data = loaded(tmp_path, ["a,c,d,b", *(f"1,x,{k},{k % 2}" for k in range(40))], "b")
    assert [column.name for column in data.preprocessing.columns] == ["d"]
    assert data.notes[-1] == "Left out: 'a' (the same in every row), 'c' (the same in every row)."


def test_words_that_only_other_parts_have_are_said_in_one_line(tmp_path: Path) -> None:
    lines = ["a,c,b", "rare,odd,1.5", *(f"{'xy'[k % 2]},{'zw'[k % 2]},{k}" for k in range(40))]
    (tmp_path / "pets.csv").write_text("\n".join(lines))
    every = [CsvFile(tmp_path / "pets.csv", "b").load(Stream(seed)) for seed in range(10)]
    said = {note for data in every for note in data.notes if "no training row has" in note}
    assert said == {
        "Validation and test rows have values that no training row has: 'a (1)', 'c (1)'. No feature tells them."
    }


def test_dates_become_days_months_and_weekdays(tmp_path: Path) -> None:
    days = [date(2024, 1, 1) + timedelta(days=11 * k) for k in range(40)]
    data = loaded(tmp_path, ["when,b", *(f"{day},{k % 2}" for k, day in enumerate(days))], "b")
    assert [(c.name, c.part) for c in data.preprocessing.columns] == [
        *(("when (days)", "days"), ("when (month)", "month"), ("when (weekday)", "weekday"))
    ]
    for number, month, weekday in data.train.inputs[:5]:
        day = date(1970, 1, 1) + timedelta(days=int(number))
        assert day in days
        months, weekdays = (data.preprocessing.columns[k].vocabulary for k in (1, 2))
        assert (months[int(month)], weekdays[int(weekday)]) == (f"{day:%B}", f"{day:%A}")


def test_the_ends_of_the_calendar_are_no_dates_where_they_lie_outside_it_in_utc(tmp_path: Path) -> None:
    lines = ["when,b", *(f"{'0001-01-01T00:00+23:59' if k == 7 else date(2024, 1, 1 + k)},{k}" for k in range(30))]
    data = loaded(tmp_path, lines, "b")
    assert data.preprocessing.columns[0].part == "days"
    assert sum(np.isnan(part.inputs[:, 0]).sum() for part in (data.train, data.valid, data.test)) == 1


def test_rows_without_a_target_are_left_out_and_counted(tmp_path: Path) -> None:
    data = loaded(tmp_path, [*LINES, "30,red,", "31,blue,"], "kind")
    assert sum(map(len, (data.train, data.valid, data.test))) == 20
    assert "2 rows are left out: 'kind' is missing there." in data.notes


def test_texts_and_names_of_rows_are_left_out_with_the_way_to_texts(tmp_path: Path) -> None:
    lines = [f"{k},row{k},a long text of {k} words,{k % 2}" for k in range(40)]
    notes = loaded(tmp_path, ["size,id,review,b", *lines], "b").notes
    assert "Left out: 'id' (a name for each row), 'review' (text)" in notes[-1]
    assert "--set dataset.use=text_csv --set dataset.text=review" in notes[-1]


def test_a_class_that_is_nearly_everything_is_said(tmp_path: Path) -> None:
    notes = loaded(tmp_path, ["a,b", *(f"{k},{'yes' if k % 10 else 'no'}" for k in range(100))], "b").notes
    said = "The classes are unbalanced: always saying 'yes' is right for 90.0% of the rows; 'no' has 10.0%."
    assert notes[-1] == said


def test_a_class_that_is_rare_beside_another_is_said(tmp_path: Path) -> None:
    kinds = ["cat"] * 63 + ["dog"] * 34 + ["cow"] * 3
    notes = loaded(tmp_path, ["a,b", *(f"{k},{kind}" for k, kind in enumerate(kinds))], "b").notes
    assert notes[-1].endswith("always saying 'cat' is right for 63.0% of the rows; 'cow' has 3.0%.")
    balanced = ["cat"] * 60 + ["dog"] * 37 + ["cow"] * 3
    assert len(loaded(tmp_path, ["a,b", *(f"{k},{kind}" for k, kind in enumerate(balanced))], "b").notes) == 1


def test_ten_thousand_classes_are_learned(tmp_path: Path) -> None:
    data = loaded(tmp_path, ["a,b", *(f"{k % 7},class {k % 10_000}" for k in range(40_000))], "b")
    assert len(data.classes) == 10_000
