"""One network as a plain Keras model: raw rows in, probabilities or values out, nothing dead inside."""

from nastoolkit.architecture import Architecture
from nastoolkit.arrays import Floats
from nastoolkit.datasets.base import Data
from nastoolkit.datasets.preprocessing import Preprocessing
from nastoolkit.grids import TAPS, grids, head_grid, pooling, stem_stride, stem_taps
from nastoolkit.trainers.convolution import widened
from nastoolkit.trainers.entrance import entrance
from nastoolkit.trainers.keras_door import Tensor, keras
from nastoolkit.weights import split


def keras_model(architecture: Architecture, weights: Floats, data: Data, activation: str) -> Tensor:
    """A functional model of layers that ship with Keras, so that it loads where nastoolkit is not installed.

    Args:
        architecture: the canonical form.
        weights: ``(C,)``, which become exactly the model's trainable weights.
        data: for its preprocessing and task.
        activation: of the hidden layers that have none of their own.
    """
    rows, outputs = _network(architecture, data.preprocessing, activation)
    if data.task == "classification":
        answers = keras.layers.Softmax(name="probabilities")(outputs)
    else:
        answers = keras.layers.Rescaling(data.target_scale, data.target_mean, name="value")(outputs)
    model = keras.Model(rows, answers, name="best")
    names = ["stem", *(f"layer_{j + 1}" for j in range(architecture.depth)), "head"]
    variables = [variable for name in names for variable in model.get_layer(name).trainable_variables]
    values = [part for part in split(architecture, weights) if part.size]
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value.reshape(variable.shape))  # a head that sees a grid is a dense layer on all of it
    return model


def _network(architecture: Architecture, preprocessing: Preprocessing, activation: str) -> tuple[Tensor, Tensor]:
    """The input, and the logits or standardized values."""
    size, outputs = architecture.signature.size, architecture.signature.outputs
    rows, stem = entrance(preprocessing, _stem(architecture))
    states, stages = [stem], [0, *(architecture.stages or [0] * architecture.depth)]
    own = architecture.activations or [activation] * architecture.depth
    biases = architecture.biases or [True] * architecture.depth
    for j, width in enumerate(architecture.widths):
        sources = architecture.predecessors[j]
        incoming = _added([_pooled(states[i], stages[j + 1] - stages[i], size) for i in sources])
        states.append(_vertex(len(size), width, own[j], f"layer_{j + 1}", bias=biases[j])(incoming))
    seen = _added(
        [_pooled(states[i], max(len(grids(size)) - 1, 0) - stages[i], size) for i in architecture.predecessors[-1]]
    )
    return rows, keras.layers.Dense(outputs, name="head")(_flat(seen, size))


def _stem(architecture: Architecture) -> Tensor:
    """The layer that the stem is; words have vectors instead of a kernel."""
    signature, units = architecture.signature, architecture.stem
    if signature.embedding:
        return keras.layers.Embedding(signature.features, units, mask_zero=not signature.size, name="stem")
    if not signature.size:
        return keras.layers.Dense(units, use_bias=False, name="stem")
    taps, stride = stem_taps(signature.size), stem_stride(signature.size)
    return keras.layers.Conv2D(units, taps, stride, padding="same", use_bias=False, name="stem")


def _vertex(dimensions: int, width: int, activation: str, name: str, *, bias: bool) -> Tensor:
    if not dimensions:
        return keras.layers.Dense(width, activation=activation, use_bias=bias, name=name)
    convolution = (keras.layers.Conv1D, keras.layers.Conv2D)[dimensions - 1]
    return convolution(width, TAPS, padding="same", activation=activation, use_bias=bias, name=name)


def _pooled(state: Tensor, times: int, size: tuple[int, ...]) -> Tensor:
    for _ in range(times):
        layer = keras.layers.MaxPooling2D if len(size) > 1 else keras.layers.MaxPooling1D
        state = layer(pooling(size))(state)
    return state


def _flat(state: Tensor, size: tuple[int, ...]) -> Tensor:
    """What a head sees, as ``(N, features)``."""
    if not size:
        return state
    return keras.layers.Flatten()(state) if head_grid(size) else keras.layers.GlobalMaxPooling1D()(state)


def _added(states: list[Tensor]) -> Tensor:
    """The sum of ``(N, ..., units)`` states, the narrower padded with zeros to the widest."""
    width = max(state.shape[-1] for state in states)
    padded = [widened(state, width) for state in states]
    return padded[0] if len(padded) == 1 else keras.layers.Add()(padded)
