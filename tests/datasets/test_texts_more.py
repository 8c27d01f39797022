"""Texts: their order, their numbers and their parts, where test_texts.py does not show them."""

from pathlib import Path

import numpy as np
import pytest
from sklearn.feature_extraction.text import CountVectorizer

from nastoolkit.datasets.numbered import Numbered
from nastoolkit.datasets.preprocessing import read_preprocessing
from nastoolkit.datasets.splits import Parts
from nastoolkit.datasets.text_folder import TextFolder
from nastoolkit.datasets.text_rows import read_texts
from nastoolkit.datasets.texts import Texts
from nastoolkit.datasets.tokens import LOUDNESS, Tokens
from nastoolkit.rng import Stream

ALL = Parts(np.arange(3), np.arange(1), np.arange(1))


def test_new_texts_are_counted_as_scikit_learn_counts_them(tmp_path: Path) -> None:
    texts = ["good film good", "a film, a bad film", "bad"]
    (tmp_path / "new.txt").write_text("\n".join(texts))
    tokens = Tokens(7, 9, scale=2.0, words=("a", "bad", "film", "good"))
    shares = tokens.transform(read_texts(tmp_path / "new.txt", tokens))
    pattern = r"\w+"
    counts = CountVectorizer(vocabulary=tokens.words, token_pattern=pattern).transform(texts).toarray()
    np.testing.assert_allclose(shares[:, 3:], 2 * counts / (1 + counts.sum(axis=1, keepdims=True)), rtol=1e-6)


def test_words_in_their_order_stay_numbers_and_have_the_loudness() -> None:
    fitted = Texts(["a b", "b", ""], 100, 50, 4, ordered=True).fitted(ALL)
    assert isinstance(fitted.preprocessing, Tokens)
    assert fitted.preprocessing.scale == LOUDNESS
    assert fitted.preprocessing.transform(fitted.inputs).tolist() == [[1, 4, 3], [1, 3, 0], [1, 0, 0]]
    assert read_preprocessing(fitted.preprocessing.to_json()) == fitted.preprocessing


@pytest.mark.parametrize(("size", "bits"), [(2**16, 16), (2**16 + 1, 32)])
def test_the_largest_number_fits_its_type(size: int, bits: int) -> None:
    dtype = Tokens(size, 2).dtype
    assert dtype.itemsize * 8 == bits
    assert np.iinfo(dtype).max >= size - 1


def test_numbers_beyond_the_vocabulary_are_unknown() -> None:
    raw = Numbered([np.array([3, 4, 5]), np.array([9]), np.array([], int)], ("a", "b", "c"), 5, 50, 4, ordered=False)
    fitted = raw.fitted(ALL)
    assert fitted.inputs.tolist() == [[1, 3, 4, 2], [1, 2, 0, 0], [1, 0, 0, 0]]
    assert isinstance(fitted.preprocessing, Tokens)
    assert fitted.preprocessing.words == ("a", "b")


def test_the_longest_training_text_gives_the_length_whatever_the_others_have() -> None:
    parts = Parts(np.array([0, 1]), np.array([2]), np.array([2]))
    raw = Numbered([np.array([3]), np.array([3, 4]), np.array([3] * 9)], (), 9, 50, 4, ordered=False)
    for fitted in (raw.fitted(parts), Texts(["a", "a b", "a " * 9], 100, 50, 4, ordered=False).fitted(parts)):
        assert fitted.inputs.shape == (3, 3)
        assert fitted.notes == ("1 of 3 texts have more than 2 words: their last ones are read.",)


def test_texts_that_are_cut_are_counted_and_one_that_just_fits_is_not() -> None:
    notes = Texts(["a b c", "a b", "a"], 100, 3, 4, ordered=False).fitted(ALL).notes
    assert notes == ("1 of 3 texts have more than 2 words: their last ones are read.",)


def test_a_mark_of_byte_order_is_no_part_of_a_text_and_an_unreadable_one_leaves_the_test_part(tmp_path: Path) -> None:
    for part, count in (("train", 6), ("test", 2)):
        for label in ("no", "yes"):
            (tmp_path / part / label).mkdir(parents=True)
            for k in range(count):
                (tmp_path / part / label / f"{k}.txt").write_text(f"{label} film", encoding="utf-8-sig")
    (tmp_path / "test" / "no" / "0.txt").write_bytes(b"\xff\xfe\xff")
    data = TextFolder(path=tmp_path).load(Stream(0))
    assert isinstance(data.preprocessing, Tokens)
    assert set(data.preprocessing.words) == {"film", "no", "yes"}
    assert data.test.targets.tolist() == [0, 1, 1]
    assert TextFolder(path=tmp_path, limit=8).load(Stream(0)).train.inputs.shape[0] < 8
