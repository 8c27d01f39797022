"""Texts: words, their numbers, what is fitted, and what new texts become."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nastoolkit.datasets.base import Data
from nastoolkit.datasets.numbered import padded
from nastoolkit.datasets.preprocessing import read_preprocessing
from nastoolkit.datasets.splits import Parts
from nastoolkit.datasets.text_csv import TextCsv
from nastoolkit.datasets.text_folder import TextFolder
from nastoolkit.datasets.text_rows import read_texts
from nastoolkit.datasets.texts import Texts, words
from nastoolkit.datasets.tokens import LOUDNESS, Tokens
from nastoolkit.errors import DataError
from nastoolkit.rng import Stream


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It's GREAT!<br /><br />Don\u2019t miss it", ["it's", "great", "don\u2019t", "miss", "it"]),
        ("a_b 'quoted' 3.5 x2", ["a", "b", "quoted", "3", "5", "x2"]),
        ("Über-schön 你好", ["über", "schön", "你", "好"]),
        (" \n\t...!", []),
    ],
)
def test_words_by_hand(text: str, expected: list[str]) -> None:
    assert words(text) == expected


def fitted(texts: list[str], train: list[int], **how: int) -> tuple[np.ndarray, Tokens]:
    rows = np.array(train)
    raw = Texts(texts, how.get("vocabulary", 100), how.get("length", 50), 4, ordered=False)
    found = raw.fitted(Parts(rows, rows[:1], rows[:1]))
    assert isinstance(found.preprocessing, Tokens)
    return found.inputs, found.preprocessing


def test_the_vocabulary_comes_from_training_texts_alone_by_frequency_then_alphabet() -> None:
    inputs, tokens = fitted(["b b a", "c a", "z z z z"], [0, 1])
    assert tokens.words == ("a", "b", "c")
    assert inputs.tolist() == [[1, 4, 4, 3, 0], [1, 5, 3, 0, 0], [1, 2, 2, 2, 2]]
    assert fitted(["b b a", "c a"], [0, 1], vocabulary=4)[1].words == ("a",)


def test_of_a_long_text_the_start_and_the_last_words_are_kept() -> None:
    inputs, _ = fitted(["a b c d e f"], [0], length=4)
    assert inputs.tolist() == [[1, 6, 7, 8]]


@given(st.lists(st.lists(st.integers(3, 9), max_size=8), min_size=1, max_size=5))
def test_counted_words_are_shares_that_add_up_to_the_scale(texts: list[list[int]]) -> None:
    tokens = Tokens(10, 6, scale=2.0)
    rows = padded([np.array(text, int) for text in texts], tokens)
    shares = tokens.transform(rows)
    assert shares.sum(axis=1) == pytest.approx(2.0)
    for row, share in zip(rows, shares, strict=True):
        real = row[row > 0].tolist()
        assert share.tolist() == pytest.approx([2 * real.count(number) / len(real) for number in range(10)])


def test_the_scale_gives_training_texts_the_loudness_on_average() -> None:
    inputs, tokens = fitted(["a b c", "a a", "d e f g h", ""], [0, 1, 2, 3])
    squares = (tokens.transform(inputs) ** 2).sum(axis=1)
    assert np.sqrt(squares.mean()) == pytest.approx(LOUDNESS, rel=1e-5)


def test_the_preprocessing_survives_json() -> None:
    _, tokens = fitted(["a b", "c"], [0, 1])
    assert read_preprocessing(tokens.to_json()) == tokens


def write_csv(folder: Path, rows: list[str], header: str = "text,kind") -> Path:
    path = folder / "texts.csv"
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


ROWS = [f'"good, {"very " * (k % 5)}good",yes' if k % 2 else f"bad film {k},no" for k in range(24)]


def load(path: Path, **fields: object) -> Data:
    return TextCsv(path=path, target="kind", **fields).load(Stream(0))  # type: ignore[arg-type]


def test_a_csv_of_texts_is_read_and_the_column_is_said(tmp_path: Path) -> None:
    data = load(write_csv(tmp_path, [f"{row},{k}" for k, row in enumerate(ROWS)], "text,kind,id"))
    assert (data.classes, data.notes[0]) == (("no", "yes"), "Texts are in the column 'text'.")
    assert {"good", "bad", "film"} <= set(data.preprocessing.words)
    assert sum(map(len, (data.train, data.valid, data.test))) == 24


def test_empty_texts_are_counted_and_all_empty_ones_refused(tmp_path: Path) -> None:
    notes = load(write_csv(tmp_path, [*ROWS, ",yes", ",no"]), text="text").notes
    assert "2 of 26 texts have no words." in notes
    with pytest.raises(DataError, match="every cell of the column 'text'"):
        load(write_csv(tmp_path, [f",{'yes' if k % 2 else 'no'}" for k in range(10)]), text="text")


@pytest.mark.parametrize(
    ("fields", "match"),
    [
        ({"text": "texts"}, r"no column 'texts' \(dataset\.text\)\. Did you mean 'text'"),
        ({"text": "size"}, r"the column 'size' \(dataset\.text\) holds numbers"),
    ],
)
def test_a_column_that_holds_no_texts_is_named(tmp_path: Path, fields: dict[str, str], match: str) -> None:
    path = write_csv(tmp_path, [f"{row},{k}" for k, row in enumerate(ROWS)], "text,kind,size")
    with pytest.raises(DataError, match=match):
        load(path, **fields)


def test_a_file_without_texts_is_told(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="has no column of texts beside 'kind'"):
        load(write_csv(tmp_path, [f"{k},{'yes' if k % 2 else 'no'}" for k in range(10)], "size,kind"))


def write_folder(folder: Path) -> None:
    for k, row in enumerate(ROWS):
        text, _, label = row.rpartition(",")
        file = folder / label / f"{k:02}.txt"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


def test_a_folder_of_texts_is_read_and_what_is_no_text_is_named(tmp_path: Path) -> None:
    write_folder(tmp_path)
    (tmp_path / "yes" / "odd.txt").write_bytes(b"\xff\xfe\xff")
    data = TextFolder(path=tmp_path).load(Stream(0))
    assert data.classes == ("no", "yes")
    assert "1 of 25 texts cannot be read: yes/odd.txt (no UTF-8" in data.notes[0]
    with pytest.raises(DataError, match="At most 0 may be left out"):
        TextFolder(path=tmp_path, unreadable=0).load(Stream(0))


def test_new_texts_have_the_numbers_of_training(tmp_path: Path) -> None:
    tokens = Tokens(6, 5, words=("good", "bad", "film"))
    (tmp_path / "new.txt").write_text("Good film\nunknown\n")
    expected = [[1, 3, 5, 0, 0], [1, 2, 0, 0, 0]]
    assert read_texts(tmp_path / "new.txt", tokens).tolist() == expected
    write_csv(tmp_path, ["Good film,1", "unknown,2"], "text,id")
    assert read_texts(tmp_path / "texts.csv", tokens).tolist() == expected
    (tmp_path / "folder").mkdir()
    for name, text in (("a.txt", "Good film"), ("b.txt", "unknown")):
        (tmp_path / "folder" / name).write_text(text)
    assert read_texts(tmp_path / "folder", tokens).tolist() == expected
    np.savez(tmp_path / "new.npz", x=np.array(expected))
    assert read_texts(tmp_path / "new.npz", tokens).tolist() == expected
    np.savez(tmp_path / "new.npz", x=np.array(expected) + 9)
    with pytest.raises(DataError, match=r"takes \(N, 5\) numbers below 6"):
        read_texts(tmp_path / "new.npz", tokens)
    with pytest.raises(DataError, match="words are not known"):
        read_texts(tmp_path / "new.txt", Tokens(6, 5))
