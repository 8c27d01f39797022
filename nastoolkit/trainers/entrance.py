"""What an exported model does up to its stem, by layers that ship with Keras."""

import numpy as np

from nastoolkit.datasets.columns import Columns
from nastoolkit.datasets.pixels import Pixels
from nastoolkit.datasets.preprocessing import Preprocessing
from nastoolkit.datasets.tokens import LOUDNESS, PADDING
from nastoolkit.trainers.inputs import features
from nastoolkit.trainers.keras_door import Tensor, keras, ops


def entrance(preprocessing: Preprocessing, stem: Tensor) -> tuple[Tensor, Tensor]:
    """The input of raw rows, and the state of the stem, a Keras layer."""
    match preprocessing:
        case Columns():
            rows = keras.Input(preprocessing.shape, name="rows")
            return rows, stem(features(rows, preprocessing))
        case Pixels():
            rows = keras.Input(preprocessing.shape, dtype="uint8", name="images")
            mean, scale = (np.array(one, np.float32) for one in (preprocessing.mean, preprocessing.scale))
            return rows, stem((ops.cast(rows, "float32") - mean) / scale)
        case _:
            rows = keras.Input(preprocessing.shape, dtype="int32", name="words")
            if preprocessing.ordered:
                return rows, stem(rows) * (LOUDNESS * ops.cast(rows != PADDING, "float32")[..., None])
            return rows, keras.layers.GlobalAveragePooling1D(name="mean")(stem(rows)) * preprocessing.scale
