"""Predicting with a model file, as anyone would who has Keras alone."""

from math import prod
from pathlib import Path
from textwrap import shorten

import numpy as np

from nastoolkit.arrays import Floats
from nastoolkit.errors import DataError
from nastoolkit.trainers.claims import check_claims
from nastoolkit.trainers.keras_door import keras

LONGEST = 300
"""Characters of what Keras says, which may be pages."""


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
        check_claims(path, prod(rows.shape[1:]))
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
