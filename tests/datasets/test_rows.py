"""New rows for a trained network."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nastoolkit.arrays import Floats
from nastoolkit.datasets.columns import Column, Columns
from nastoolkit.datasets.csv import CsvFile
from nastoolkit.datasets.dates import MONTHS
from nastoolkit.datasets.pixels import Pixels
from nastoolkit.datasets.rows import names_of_rows, read_rows, unseen
from nastoolkit.datasets.tokens import Tokens
from nastoolkit.errors import DataError
from nastoolkit.rng import Stream

MIXED = Columns((Column("size", mean=3.0), Column("color", ("blue", "red"))))
NUMBERS = Columns((Column("x0"), Column("x1")))


Content = str | dict[str, Any]
Read = Callable[[Content, Columns], Floats]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Write a text or arrays to a file and read it."""

    def read(content: Content, preprocessing: Columns) -> Floats:
        if isinstance(content, str):
            path = tmp_path / "new.csv"
            path.write_text(content, encoding="utf-8")
        else:
            path = tmp_path / "new.npz"
            np.savez(path, **content)
        return read_rows(path, preprocessing)

    return read


def test_columns_are_found_by_name_and_others_passed_over(read: Read) -> None:
    inputs = read("kind,color,size\ncat,red,1.5\n,blue,2\ncow,green,3\n", MIXED)
    assert inputs.tolist() == [[1.5, 1], [2, 0], [3, -1]]
    assert inputs.dtype == np.float32


def test_words_that_look_like_numbers_stay_words(read: Read) -> None:
    assert read("a\n1\n02\n2\n", Columns((Column("a", ("02", "1", "3+")),))).tolist() == [[1], [0], [-1]]


@pytest.mark.parametrize(
    "arrays",
    [
        {"x": [[1, 2], [3, 4]], "x_test": [[0, 0]], "y": ["a", "b"]},
        {"x_test": [[1, 2], [3, 4]], "x_train": [[0, 0]]},
        {"anything": [[[1], [2]], [[3], [4]]]},
    ],
)
def test_an_npz_gives_x_or_x_test_or_its_only_array(read: Read, arrays: dict[str, Any]) -> None:
    assert read(arrays, NUMBERS).tolist() == [[1, 2], [3, 4]]


@pytest.mark.parametrize(
    ("content", "preprocessing", "match"),
    [
        ("colour,size\nred,1\n", MIXED, r"new\.csv lacks the columns 'color'\. Did you mean 'colour'"),
        ("color,size\nred,1\nred,big\n", MIXED, r"new\.csv, line 3, column 'size': 'big' is not a number"),
        ("color,size\n", MIXED, r"new\.csv has no rows"),
        ({"x": [[1, 2, 3]]}, NUMBERS, r"new\.npz: a row has 3 numbers; the network was trained on 2"),
        ({"x": [1, 2]}, NUMBERS, r"new\.npz: x has shape \(2,\).*a single row x\[None\]"),
        ({"x": [[1, np.nan]]}, NUMBERS, r"new\.npz, x, row 0 \(counted from 0\), column 'x1'"),
        ({"a": [[1, 2]], "b": [[1, 2]]}, NUMBERS, r"new\.npz: which array holds the rows\? Call it x. It has 'a', 'b'"),
        ({}, NUMBERS, "It has none"),
        (
            {"x": [[1, 1]]},
            MIXED,
            r"new\.npz: the network was trained on words or dates \('color'\)",
        ),
        ({"x": [[1]]}, Columns((Column("d (days)", source="d", part="days"),)), r"words or dates \('d \(days\)'\)"),
    ],
)
def test_what_cannot_be_read_is_named(read: Read, content: Content, preprocessing: Columns, match: str) -> None:
    with pytest.raises(DataError, match=match):
        read(content, preprocessing)


def test_the_file_that_was_learned_from_gives_the_rows_that_were_learned(tmp_path: Path) -> None:
    lines = ["word,number,label", *(f"{'abc'[k % 3]},{k / 8},{k % 2}" for k in range(30))]
    (tmp_path / "a.csv").write_text("\n".join(lines), encoding="utf-8")
    data = CsvFile(tmp_path / "a.csv", "label").load(Stream(0))
    learned = np.concatenate([part.inputs for part in (data.train, data.valid, data.test)])
    read = read_rows(tmp_path / "a.csv", data.preprocessing)
    assert np.array_equal(learned[np.argsort(learned[:, 1])], read)


def test_images_and_texts_have_readers_of_their_own(tmp_path: Path) -> None:
    images = np.arange(32, dtype=np.uint8).reshape(2, 4, 4, 1)
    np.savez(tmp_path / "images.npz", x=images)
    assert np.array_equal(read_rows(tmp_path / "images.npz", Pixels(4, 4, (0.0,), (1.0,))), images)
    (tmp_path / "new.txt").write_text("good film\n")
    assert read_rows(tmp_path / "new.txt", Tokens(5, 4, words=("film", "good"))).tolist() == [[1, 4, 3, 0]]


def test_files_of_a_folder_are_named_in_the_order_of_the_rows(tmp_path: Path) -> None:
    tokens = Tokens(5, 4, words=("film", "good"))
    (tmp_path / "b").mkdir()
    for name, text in {"b/a.txt": "film", "a.txt": "good", "c.txt": "good film"}.items():
        (tmp_path / name).write_text(text)
    known = {"a.txt": [1, 4, 0, 0], "b/a.txt": [1, 3, 0, 0], "c.txt": [1, 4, 3, 0]}
    named = dict(zip(names_of_rows(tmp_path, tokens), read_rows(tmp_path, tokens).tolist(), strict=True))
    assert named == known
    assert names_of_rows(tmp_path / "a.txt", tokens) == []


def test_other_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"rows\.json: .*Supported: \.csv, \.npz"):
        read_rows(tmp_path / "rows.json", NUMBERS)


def test_missing_cells_are_missing_numbers_and_no_word(read: Read) -> None:
    found = read("color,size\nred,1\nred,\n,2\n", MIXED)
    np.testing.assert_array_equal(found, [[1, 1], [np.nan, 1], [2, -1]])


def test_parts_of_dates_come_from_the_users_column(read: Read) -> None:
    parts = Columns(
        (Column("d (days)", source="d", part="days"), Column("d (month)", MONTHS, source="d", part="month"))
    )
    assert read("d\n1970-01-02\n2000-03-01T12:00\n", parts).tolist() == [[1, 0], [11017.5, 2]]


def test_what_training_never_saw_is_told() -> None:
    rows = np.array([[1, 0], [2, -1], [3, -1]], np.float32)
    assert [*unseen(rows, MIXED)] == ["In the column 'color' 2 of 3 values were not there in training."]
    assert [*unseen(rows[:1], MIXED)] == []
    texts = np.array([[1, 2, 2, 0], [1, 3, 2, 0]], np.uint16)
    assert [*unseen(texts, Tokens(5, 4))] == ["1 of 2 texts have no word that the network knows."]
    assert [*unseen(np.zeros((1, 4, 4, 1), np.uint8), Pixels(4, 4, (0.0,), (1.0,)))] == []
