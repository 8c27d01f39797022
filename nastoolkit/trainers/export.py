"""One network as a plain Keras model: raw rows in, probabilities or values out, nothing dead inside."""

from itertools import groupby

import numpy as np

from nastoolkit.architecture import Architecture
from nastoolkit.arrays import Floats
from nastoolkit.datasets.base import Data
from nastoolkit.datasets.preprocessing import Preprocessing
from nastoolkit.trainers.keras_door import Tensor, keras, ops
from nastoolkit.weights import split


def keras_model(architecture: Architecture, weights: Floats, data: Data, activation: str) -> Tensor:
    """A functional model of layers that ship with Keras, so that it loads where nastoolkit is not installed.

    Args:
        architecture: the canonical form.
        weights: ``(C,)``, which become exactly the model's trainable weights.
        data: for its preprocessing and task.
        activation: of the hidden layers that have none of their own.
    """
    rows = keras.Input((len(data.preprocessing.columns),), name="rows")
    states = [keras.layers.Dense(architecture.stem, use_bias=False, name="stem")(_features(rows, data.preprocessing))]
    own = architecture.activations or [activation] * architecture.depth
    biases = architecture.biases or [True] * architecture.depth
    for j, width in enumerate(architecture.widths):
        incoming = _added([states[i] for i in architecture.predecessors[j]])
        dense = keras.layers.Dense(width, activation=own[j], use_bias=biases[j], name=f"layer_{j + 1}")
        states.append(dense(incoming))
    outputs = keras.layers.Dense(data.outputs, name="head")(_added([states[i] for i in architecture.predecessors[-1]]))
    if data.task == "classification":
        answers = keras.layers.Softmax(name="probabilities")(outputs)
    else:
        answers = keras.layers.Rescaling(data.target_scale, data.target_mean, name="value")(outputs)
    model = keras.Model(rows, answers, name="best")
    dense = ["stem", *(f"layer_{j + 1}" for j in range(architecture.depth)), "head"]
    variables = [variable for name in dense for variable in model.get_layer(name).trainable_variables]
    values = [part for part in split(architecture, weights) if part.size]
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)
    return model


def _added(states: list[Tensor]) -> Tensor:
    """The sum of ``(N, units)`` states, the narrower padded with zeros to the widest."""
    width = max(state.shape[1] for state in states)
    padded = [
        state if state.shape[1] == width else ops.pad(state, ((0, 0), (0, width - state.shape[1]))) for state in states
    ]
    return padded[0] if len(padded) == 1 else keras.layers.Add()(padded)


def _features(rows: Tensor, preprocessing: Preprocessing) -> Tensor:
    """:meth:`Preprocessing.transform` as layers: arithmetic for runs of numeric columns, one-hot for the others."""
    parts: list[Tensor] = []
    start = 0
    for categorical, group in groupby(preprocessing.columns, key=lambda column: bool(column.vocabulary)):
        columns = list(group)
        part = rows if len(columns) == len(preprocessing.columns) else rows[:, start : start + len(columns)]
        if categorical:
            codes = ops.cast(part, "int32")
            parts += [ops.one_hot(codes[:, k], len(column.vocabulary)) for k, column in enumerate(columns)]
        else:
            # Keras's Normalization divides by 1e-7 at least, and by the root of a square that may overflow.
            mean, scale = (np.array([getattr(one, name) for one in columns], np.float32) for name in ("mean", "scale"))
            parts.append((part - mean) / scale)
        start += len(columns)
    return parts[0] if len(parts) == 1 else keras.layers.Concatenate(name="features")(parts)
