"""What an exported model does first: preprocessing as layers that ship with Keras."""

from itertools import groupby

import numpy as np

from nastoolkit.datasets.columns import Columns
from nastoolkit.trainers.keras_door import Tensor, keras, ops


def features(rows: Tensor, preprocessing: Columns) -> Tensor:
    """:meth:`Columns.transform` as layers: arithmetic for runs of numeric columns, one-hot for the others."""
    parts: list[Tensor] = []
    start = 0
    for (categorical, gaps), group in groupby(
        preprocessing.columns, key=lambda column: (bool(column.vocabulary), column.gaps)
    ):
        columns = list(group)
        part = rows if len(columns) == len(preprocessing.columns) else rows[:, start : start + len(columns)]
        if categorical:
            codes = ops.cast(part, "int32")
            parts += [ops.one_hot(codes[:, k], column.features) for k, column in enumerate(columns)]
        else:
            # Keras's Normalization divides by 1e-7 at least, and by the root of a square that may overflow.
            mean, scale = (np.array([getattr(one, name) for one in columns], np.float32) for name in ("mean", "scale"))
            missing = ops.isnan(part)
            standard = ops.where(missing, 0.0, (part - mean) / scale)
            flags = ops.cast(missing, "float32")
            pairs = [one[:, k : k + 1] for k in range(len(columns)) for one in (standard, flags)]
            parts += pairs if gaps else [standard]
        start += len(columns)
    return parts[0] if len(parts) == 1 else keras.layers.Concatenate(name="features")(parts)
