"""Predicting with a model file, as anyone would who has Keras alone."""

from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from nastoolkit.arrays import Floats
from nastoolkit.errors import DataError
from nastoolkit.trainers.keras_door import keras


def predict_saved(path: Path, rows: Floats) -> Floats:
    """``(N, D)`` raw rows -> ``(N, O)`` what the model in a ``.keras`` file gives for them.

    Raises:
        DataError: the file is no Keras model, or holds code, which is never run.
    """
    try:
        model = keras.saving.load_model(path)
    except (ValueError, OSError, KeyError, TypeError, AttributeError, BadZipFile) as error:
        raise DataError(
            f"{path} is not a whole Keras model: {error}. Delete it, and write it again with nastoolkit resume."
        ) from None
    return np.asarray(model.predict(rows, verbose=0))
