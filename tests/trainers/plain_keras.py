"""One network by Keras alone: layers of their own widths, and Keras's losses, optimizer and training step."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import keras
import numpy as np

from nastoolkit.architecture import Architecture
from nastoolkit.arrays import Array, Floats
from nastoolkit.datasets.base import Data
from nastoolkit.genome import Hyperparameters


@dataclass
class PlainCourse:
    """What a training by Keras showed.

    Args:
        gradient: ``(C,)`` of the first step.
        weights: ``(C,)`` after each epoch.
        curve: the mean loss over the rows of each epoch, each row's measured as it was learned from.
    """

    gradient: Floats
    weights: list[Floats] = field(default_factory=list)
    curve: list[float] = field(default_factory=list)


@dataclass
class PlainNetwork:
    """A Keras model that gives logits or standardized values, and its layers in the order of the weights."""

    model: keras.Model
    layers: list[keras.layers.Layer]

    @property
    def variables(self) -> list[keras.Variable]:
        """The trainable weights in the order of :attr:`Architecture.shapes`."""
        return [variable for layer in self.layers for variable in layer.trainable_variables]

    @property
    def weights(self) -> Floats:
        """``(C,)`` the weights as one vector."""
        return vector_of(self.variables)

    def start_from(self, weights: Floats) -> None:
        """Give the layers the weights ``(C,)``."""
        for variable in self.variables:
            size = int(np.prod(variable.shape))
            variable.assign(weights[:size].reshape(variable.shape))
            weights = weights[size:]


def vector_of(variables: Sequence[keras.Variable]) -> Floats:
    """Variables as one vector."""
    return keras.ops.convert_to_numpy(keras.ops.concatenate([keras.ops.ravel(one) for one in variables]))


def plain_convolution(architecture: Architecture, activation: str) -> PlainNetwork:
    """The same for data with places whose size has two stages: 8 x 8, 20 x 18 (after a stride of 2), 20 words."""
    layers, size = keras.layers, architecture.signature.size
    image = len(size) == 2
    stride = 2 if size == (20, 18) else 1
    if image:
        inputs = keras.Input((*size, architecture.signature.features))
        used = [layers.Conv2D(architecture.stem, 4 if stride == 2 else 3, stride, "same", use_bias=False)]
        states = {0: used[0](inputs)}
    else:
        inputs = keras.Input(size, dtype="int32")
        used = [layers.Embedding(architecture.signature.features, architecture.stem)]
        states = {0: used[0](inputs) * (30.0 * keras.ops.cast(inputs != 0, "float32"))[..., None]}
    stages = {0: 0, **dict(enumerate(architecture.stages, 1)), architecture.depth + 1: 1}
    convolution, pool = (layers.Conv2D, layers.MaxPooling2D(2)) if image else (layers.Conv1D, layers.MaxPooling1D(4))
    for vertex in range(1, architecture.depth + 2):
        sources = [i for i, j in architecture.edges if j == vertex]
        seen = [pool(states[i]) if stages[vertex] > stages[i] else states[i] for i in sources]
        width = max(one.shape[-1] for one in seen)
        rest = [(0, 0)] * (len(size) + 1)
        padded = [keras.ops.pad(one, (*rest, (0, width - one.shape[-1]))) for one in seen]
        total = sum(padded[1:], padded[0])
        if vertex <= architecture.depth:
            used.append(convolution(architecture.widths[vertex - 1], 3, padding="same", activation=activation))
        else:
            total = layers.Flatten()(total) if image else layers.GlobalMaxPooling1D()(total)
            used.append(layers.Dense(architecture.signature.outputs))
        states[vertex] = used[-1](total)
    return PlainNetwork(keras.Model(inputs, states[architecture.depth + 1]), used)


def plain_network(architecture: Architecture, activation: str) -> PlainNetwork:
    """The network that an architecture describes: a linear stem, hidden layers, a linear head."""
    if architecture.signature.size:
        return plain_convolution(architecture, activation)
    layers = [keras.layers.Dense(architecture.stem, use_bias=False)]
    features = keras.Input((architecture.signature.features,))
    states = {0: layers[0](features)}
    for vertex in range(1, architecture.depth + 2):
        hidden = vertex <= architecture.depth
        units = architecture.widths[vertex - 1] if hidden else architecture.signature.outputs
        own = architecture.activations[vertex - 1] if hidden and architecture.activations else activation
        bias = architecture.biases[vertex - 1] if hidden and architecture.biases else True
        layers.append(keras.layers.Dense(units, own if hidden else None, use_bias=bias))
        sources = [states[i] for i, j in architecture.edges if j == vertex]
        width = max(source.shape[1] for source in sources)
        padded = [keras.ops.pad(source, ((0, 0), (0, width - source.shape[1]))) for source in sources]
        states[vertex] = layers[-1](sum(padded[1:], padded[0]))
    return PlainNetwork(keras.Model(features, states[architecture.depth + 1]), layers)


def plain_training(
    architecture: Architecture,
    activation: str,
    start: Floats,
    genes: Hyperparameters,
    data: Data,
    epochs: Sequence[Sequence[Array]],
) -> PlainCourse:
    """Train with ``train_on_batch``, batch by batch of row numbers."""
    network = plain_network(architecture, activation)
    network.start_from(start)
    model, optimizer = network.model, keras.optimizers.SGD(genes.learning_rate, genes.momentum)
    classification = data.task == "classification"
    loss = keras.losses.CategoricalCrossentropy(from_logits=True) if classification else "mean_squared_error"
    # Without XLA JAX runs operation by operation; TensorFlow has a quicker way for so few steps.
    model.compile(optimizer, loss, jit_compile=keras.config.backend() == "jax")
    inputs, targets = data.preprocessing.transform(data.train.inputs), data.expected(data.train)
    found = None
    for batches in epochs:
        losses: list[float] = []
        for batch in batches:
            model.reset_metrics()
            losses.append(float(model.train_on_batch(inputs[batch], targets[batch])))
            found = found or PlainCourse(_first_gradient(network, optimizer))
        found.weights.append(network.weights)
        found.curve.append(float(np.average(losses, weights=[len(batch) for batch in batches])))
    return found


def _first_gradient(network: PlainNetwork, optimizer: keras.optimizers.SGD) -> Floats:
    """After one step a velocity is the gradient, times minus the learning rate: exact where ``w0 - w1`` is rounded."""
    velocities = dict(zip([one.path for one in network.model.trainable_variables], optimizer.momentums, strict=True))
    return vector_of([velocities[one.path] for one in network.variables]) / -float(optimizer.learning_rate)
