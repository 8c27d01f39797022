"""Features against scikit-learn's transformers, and the JSON form."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.preprocessing import OneHotEncoder

from nastoolkit.datasets.columns import Column, Columns
from nastoolkit.datasets.preprocessing import canonical_json, read_preprocessing

NUMERIC = st.builds(
    Column,
    st.text(),
    mean=st.floats(allow_nan=False, allow_infinity=False),
    scale=st.floats(min_value=1e-30, allow_infinity=False),
    gaps=st.booleans(),
)
CATEGORICAL = st.builds(Column, st.text(), st.lists(st.text(), min_size=1, unique=True).map(tuple), rest=st.booleans())
DATES = st.builds(Column, st.text(), source=st.text(), part=st.sampled_from(["", "days"]))


@given(st.lists(st.one_of(NUMERIC, CATEGORICAL, DATES), min_size=1).map(tuple))
def test_json_gives_the_same_preprocessing_back(columns: tuple[Column, ...]) -> None:
    preprocessing = Columns(columns)
    assert read_preprocessing(json.loads(canonical_json(preprocessing))) == preprocessing


@given(st.lists(st.integers(-1, 4), min_size=1))
def test_words_become_the_features_of_scikit_learns_one_hot_encoder(positions: list[int]) -> None:
    inputs = np.array(positions, np.float32)[:, None]
    theirs = OneHotEncoder(categories=[np.arange(5.0)], handle_unknown="ignore", sparse_output=False)
    preprocessing = Columns((Column("c", tuple("abcde")),))
    assert np.array_equal(preprocessing.transform(inputs), theirs.fit_transform(inputs))


def test_documents_of_older_runs_are_read_and_written_as_they_were() -> None:
    document = {"columns": [{"name": "a", "vocabulary": [], "mean": 1.5, "scale": 2.0}]}
    preprocessing = Columns.from_json(document)
    assert preprocessing == Columns((Column("a", mean=1.5, scale=2.0),))
    assert json.loads(canonical_json(preprocessing)) == document


def test_features_come_in_the_order_of_the_columns() -> None:
    preprocessing = Columns((Column("a", mean=1.0, scale=2.0), Column("b", ("x", "y")), Column("c", mean=3.0)))
    features = preprocessing.transform(np.array([[5, 1, 3], [1, -1, 4]], np.float32))
    assert features.tolist() == [[2, 0, 1, 0], [0, 0, 0, 1]]
    assert features.dtype == np.float32
    assert preprocessing.features == 4


def test_numeric_columns_give_the_same_alone_and_beside_words() -> None:
    inputs = np.random.default_rng(0).normal(size=(20, 2)).astype(np.float32)
    numeric = (Column("a", mean=0.3, scale=0.7), Column("b", mean=-2.0, scale=1.1))
    beside = Columns((*numeric, Column("c", ("x",)))).transform(np.c_[inputs, np.zeros(20)].astype(np.float32))
    assert Columns(numeric).transform(inputs) == pytest.approx(beside[:, :2], rel=1e-6)
