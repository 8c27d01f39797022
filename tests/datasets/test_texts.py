"""Texts: words, their numbers, what is fitted, and what new texts become."""

from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mutants import mutants
from sklearn.feature_extraction.text import CountVectorizer

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
        ("a < b and c > d, I <3 you", ["a", "b", "and", "c", "d", "i", "3", "you"]),
        (f'one<a href="{"x" * 500}">two</A>three', ["one", "two", "three"]),
        ("cafe\u0301 caf\u00e9", ["caf\u00e9", "caf\u00e9"]),
        ("\u0939\u093f\u0928\u094d\u0926\u0940", ["\u0939\u093f\u0928\u094d\u0926\u0940"]),
        ("\u0130stanbul", ["i\u0307stanbul"]),
        ("\u30ab\u30ca \ud55c\uae00ab", ["\u30ab", "\u30ca", "\ud55c", "\uae00", "ab"]),
    ],
)
def test_words_by_hand(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@given(st.text("aB9 .,-(\u00e4\u0416\n", max_size=30))
def test_plain_words_are_those_of_scikit_learn(text: str) -> None:
    pattern = r"\b\w+\b"
    assert words(text) == CountVectorizer(token_pattern=pattern).build_analyzer()(text)


def test_the_most_frequent_words_are_those_that_scikit_learn_counts() -> None:
    rng = np.random.default_rng(0)
    texts = [" ".join(f"w{k}" for k in rng.geometric(0.1, 30)) for _ in range(20)]
    counted = CountVectorizer().fit(texts[:15])
    totals = counted.transform(texts[:15]).sum(axis=0).A1
    by_word = dict(zip(counted.get_feature_names_out(), totals.tolist(), strict=True))
    _, tokens = fitted(texts, list(range(15)), vocabulary=13)
    assert tokens.words == tuple(sorted(by_word, key=lambda word: (-by_word[word], word))[:10])


def fitted(texts: list[str], train: list[int], **how: int) -> tuple[np.ndarray, Tokens]:
    rows = np.array(train)
    raw = Texts(texts, how.get("vocabulary", 100), how.get("length", 50), 4, ordered=False)
    found = raw.fitted(Parts(rows, rows[:1], rows[:1]))
    assert isinstance(found.preprocessing, Tokens)
    return found.inputs, found.preprocessing


def test_the_vocabulary_comes_from_training_texts_alone_by_frequency_then_alphabet() -> None:
    inputs, tokens = fitted(["b b a", "c a", "z z z z"], [0, 1])
    assert tokens.words == ("a", "b", "c")
    assert inputs.tolist() == [[1, 4, 4, 3], [1, 5, 3, 0], [1, 2, 2, 2]]
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
    assert "Columns that are passed over: 'id'." in data.notes
    assert {"good", "bad", "film"} <= set(data.preprocessing.words)
    assert sum(map(len, (data.train, data.valid, data.test))) == 24


def test_empty_texts_are_counted_and_all_empty_ones_refused(tmp_path: Path) -> None:
    notes = load(write_csv(tmp_path, [*ROWS, ",yes", ",no"]), text="text").notes
    assert "2 of 26 texts have no words." in notes
    with pytest.raises(DataError, match="every cell of the column 'text'"):
        load(write_csv(tmp_path, [f",{'yes' if k % 2 else 'no'}" for k in range(10)]), text="text")


def test_a_column_that_is_not_there_is_named(tmp_path: Path) -> None:
    path = write_csv(tmp_path, [f"{row},{k}" for k, row in enumerate(ROWS)], "text,kind,size")
    with pytest.raises(DataError, match=r"no column 'texts' \(dataset\.text\)\. Did you mean 'text'"):
        load(path, text="texts")


def test_texts_that_look_like_numbers_are_words(tmp_path: Path) -> None:
    path = write_csv(tmp_path, [f"00{k % 2},{k % 2}" for k in range(24)])
    data = load(path, text="text")
    assert data.preprocessing.words == ("000", "001")
    for header in ("text", "anything"):
        (tmp_path / "new.csv").write_text(f"{header}\n001\n1\n\n", encoding="utf-8")
        assert read_texts(tmp_path / "new.csv", data.preprocessing).tolist() == [[1, 4], [1, 2]]


def test_texts_may_have_commas_quotes_and_lines(tmp_path: Path) -> None:
    rows = [f'"first, ""second""\nthird {k}",{"yes" if k % 2 else "no"}' for k in range(12)]
    data = load(write_csv(tmp_path, rows))
    assert data.preprocessing.words[:3] == ("first", "second", "third")
    assert {int(count) for count in (data.train.inputs > 0).sum(axis=1)} == {5}


def test_a_column_is_not_learned_from_itself(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"'kind' is dataset\.text and dataset\.target\. Name two columns"):
        load(write_csv(tmp_path, ROWS), text="kind")


def test_a_target_has_to_be_named_and_the_columns_are_listed(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"dataset\.target=COLUMN; the columns are 'text', 'kind'"):
        TextCsv(write_csv(tmp_path, ROWS)).load(Stream(0))


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


def test_folders_train_and_test_are_parts(tmp_path: Path) -> None:
    write_folder(tmp_path / "train")
    for label in ("yes", "no"):
        (tmp_path / "test" / label).mkdir(parents=True)
        (tmp_path / "test" / label / "a.txt").write_text("zebra good")
    data = TextFolder(path=tmp_path).load(Stream(0))
    assert (len(data.test), len(data.train) + len(data.valid)) == (2, 24)
    assert "zebra" not in data.preprocessing.words
    (tmp_path / "test" / "maybe").mkdir()
    with pytest.raises(DataError, match="classes that no training part has: 'maybe'"):
        TextFolder(path=tmp_path).load(Stream(0))


def test_texts_without_a_word_are_refused(tmp_path: Path) -> None:
    for k in range(10):
        (tmp_path / "ab"[k % 2]).mkdir(exist_ok=True)
        (tmp_path / "ab"[k % 2] / f"{k}.txt").write_text("...")
    with pytest.raises(DataError, match="No text of the training part has a word"):
        TextFolder(path=tmp_path).load(Stream(0))


KNOWN = Tokens(6, 5, words=("good", "bad", "film"))


def test_the_column_that_was_learned_from_is_read_again(tmp_path: Path) -> None:
    (tmp_path / "new.csv").write_text("kind,review\nx,good film\ny,bad\n", encoding="utf-8")
    learned = replace(KNOWN, column="review")
    assert read_texts(tmp_path / "new.csv", learned).tolist() == [[1, 3, 5, 0, 0], [1, 4, 0, 0, 0]]
    with pytest.raises(DataError, match=r"Call it body\. It has 'kind', 'review'"):
        read_texts(tmp_path / "new.csv", replace(KNOWN, column="body"))


def test_only_the_ends_of_lines_part_new_texts(tmp_path: Path) -> None:
    (tmp_path / "new.txt").write_bytes("\ufeffgood\u2028film\r\n\r\nbad\x0bfilm".encode())
    assert read_texts(tmp_path / "new.txt", KNOWN).tolist() == [[1, 3, 5, 0, 0], [1, 0, 0, 0, 0], [1, 4, 5, 0, 0]]


@pytest.mark.parametrize(
    ("name", "match"),
    [
        ("nowhere.txt", r"There is no file or folder .*nowhere\.txt"),
        ("a.json", r"a\.json: give a folder of files that end in \.txt, one of them, or \.csv or \.npz"),
        ("empty", r"empty: give a folder of files that end in \.txt"),
        ("empty.txt", r"empty\.txt has no texts"),
        ("folder", r"bad\.txt cannot be read: no UTF-8"),
        ("two.csv", r"which column holds the texts\? Call it text\. It has 'review', 'kind'"),
        ("negative.npz", r"holds int64 of shape \(2, 5\)"),
        ("padding.npz", "no row of zeros alone"),
        ("none.npz", r"holds int64 of shape \(0, 5\)"),
        ("short.npz", r"holds int64 of shape \(2, 4\)"),
        ("nothing.npz", r"which array holds the rows\? Call it x\. It has none"),
    ],
)
def test_what_holds_no_new_texts_is_told(tmp_path: Path, name: str, match: str) -> None:
    (tmp_path / "a.json").write_text("{}")
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty.txt").touch()
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "bad.txt").write_bytes(b"\xff\xfe\xff")
    (tmp_path / "two.csv").write_text("review,kind\ngood film,y\n")
    for stem, numbers in (("negative", -1), ("padding", 0)):
        np.savez(tmp_path / f"{stem}.npz", x=np.full((2, 5), numbers))
    np.savez(tmp_path / "none.npz", x=np.ones((0, 5), int))
    np.savez(tmp_path / "short.npz", x=np.ones((2, 4), int))
    np.savez(tmp_path / "nothing.npz")
    with pytest.raises(DataError, match=match):
        read_texts(tmp_path / name, KNOWN)


def test_new_texts_have_the_numbers_of_training(tmp_path: Path) -> None:
    tokens = KNOWN
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
    with pytest.raises(DataError, match=r"takes \(N, 5\) numbers from 0 to 5"):
        read_texts(tmp_path / "new.npz", tokens)
    with pytest.raises(DataError, match="words are not known"):
        read_texts(tmp_path / "new.txt", Tokens(6, 5))


def survive(folder: Path, count: int) -> None:
    """Read damaged files; anything but an answer or a DataError comes out as an error of this test."""
    whole = write_csv(folder, ROWS).read_bytes()
    path = folder / "texts.csv"
    for content in mutants(whole, count):
        path.write_bytes(content)
        with suppress(DataError):
            load(path)
        with suppress(DataError):
            read_texts(path, KNOWN)
    path = folder / "new.txt"
    for content in mutants("Gr\u00fc\u00dfe, good <br/> film\n\u4f60 bad\n".encode(), count):
        path.write_bytes(content)
        with suppress(DataError):
            read_texts(path, KNOWN)


def test_damaged_texts_give_clean_errors(tmp_path: Path) -> None:
    survive(tmp_path, 150)


@pytest.mark.slow
def test_thousands_of_damaged_texts_give_clean_errors(tmp_path: Path) -> None:
    survive(tmp_path, 3000)
