"""Predicting with a model file, as anyone would who has Keras alone."""

import json
from math import prod
from pathlib import Path
from textwrap import shorten
from zipfile import ZipFile

import numpy as np

from nastoolkit.arrays import Floats
from nastoolkit.errors import DataError
from nastoolkit.trainers.keras_door import keras

LONGEST = 300
"""Characters of what Keras says, which may be pages."""

LARGEST, NUMBER = 2**24, 64
"""Bytes of a model's description, at most, where a layer or a column of words has some thousand; and so many more for
each number of a row, of which it tells mean and scale."""

UNSAID = 2**20
"""Weights at most that a model may have beyond one a byte of its file, which holds them uncompressed."""


def predict_saved(path: Path, rows: Floats, outputs: int) -> Floats:
    """``(N, D)`` raw rows -> ``(N, O)`` what the model in a ``.keras`` file gives for them.

    Args:
        path: the file.
        rows: what to predict for.
        outputs: O.

    Raises:
        DataError: the file is no Keras model, or one for other data, or holds code, which is never run.
    """
    try:
        _check_size(path, LARGEST + NUMBER * prod(rows.shape[1:]))
        answers = np.asarray(keras.saving.load_model(path, compile=False).predict(rows, verbose=0))
        if answers.shape != (len(rows), outputs):
            raise ValueError(f"its answers have the shape {answers.shape} instead of {(len(rows), outputs)}")  # noqa: TRY301 - the same way out
        return answers.astype(np.float32, casting="same_kind")
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - a model is a stranger's program: it may fail in any way
        said = shorten(str(error).rpartition("Exception encountered: ")[2].removesuffix("."), LONGEST)
        raise DataError(
            f"{path} is not a whole Keras model of this run: {said}. Delete it, and write it again with nastoolkit "
            "resume."
        ) from None


def _check_size(path: Path, longest: int) -> None:
    """Whether a model is described in so many bytes, and its weights, which get shapes here, fit into its file."""
    with ZipFile(path) as file, file.open("config.json") as member:
        description = member.read(longest + 1)
    if len(description) > longest:
        raise ValueError(f"its description has more than {longest:,} bytes")
    try:
        with keras.StatelessScope(initialize_variables=False):
            model = keras.saving.deserialize_keras_object({**json.loads(description), "compile_config": None})
        count = model.count_params()
    finally:
        keras.utils.clear_session()  # else the next scope of anyone's would give the weights their values
    if count > UNSAID + (held := path.stat().st_size):
        raise ValueError(f"it asks for {count:,} weights, and holds {held:,} bytes")
