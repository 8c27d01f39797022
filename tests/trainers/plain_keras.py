"""One network by Keras alone: layers of their own widths, Keras's losses, optimizer and training step."""

from dataclasses import dataclass

import keras
import numpy as np

from nastoolkit.architecture import Architecture
from nastoolkit.arrays import Floats
from nastoolkit.datasets.base import Data
from nastoolkit.genome import Hyperparameters


@dataclass
class PlainNetwork:
    """A Keras model that gives logits or standardized values, and its dense layers in the order of the weights."""

    model: keras.Model
    layers: list[keras.layers.Dense]

    @property
    def weights(self) -> Floats:
        """``(C,)`` in the order of :attr:`Architecture.shapes`."""
        return np.concatenate([array.ravel() for layer in self.layers for array in layer.get_weights()])

    @weights.setter
    def weights(self, vector: Floats) -> None:
        for layer in self.layers:
            arrays = layer.get_weights()
            ends = np.cumsum([array.size for array in arrays])
            layer.set_weights([part.reshape(a.shape) for part, a in zip(np.split(vector, ends), arrays, strict=False)])
            vector = vector[ends[-1] :]


def plain_network(architecture: Architecture, activation: str) -> PlainNetwork:
    """The network that an architecture describes: a linear stem, hidden layers, a linear head."""
    layers = [keras.layers.Dense(architecture.stem, use_bias=False)]
    features = keras.Input((architecture.signature.features,))
    states = {0: layers[0](features)}
    for vertex in range(1, architecture.depth + 2):
        hidden = vertex <= architecture.depth
        units = architecture.widths[vertex - 1] if hidden else architecture.signature.outputs
        layers.append(keras.layers.Dense(units, activation if hidden else None))
        sources = [states[i] for i, j in architecture.edges if j == vertex]
        width = max(source.shape[1] for source in sources)
        padded = [keras.ops.pad(source, ((0, 0), (0, width - source.shape[1]))) for source in sources]
        states[vertex] = layers[-1](sum(padded[1:], padded[0]))
    return PlainNetwork(keras.Model(features, states[architecture.depth + 1]), layers)


def plain_training(  # what fixes a training
    architecture: Architecture,
    activation: str,
    start: Floats,
    genes: Hyperparameters,
    data: Data,
    epochs: list[list[Floats]],
) -> tuple[Floats, list[float]]:
    """Train on batches of row numbers, epoch by epoch.

    Returns:
        ``(C,)`` the weights, and the mean loss over the rows of each epoch, each row measured as it was learned from.
    """
    network = plain_network(architecture, activation)
    network.weights = start
    classification = data.task == "classification"
    loss = keras.losses.CategoricalCrossentropy(from_logits=True) if classification else "mean_squared_error"
    optimizer = keras.optimizers.SGD(genes.learning_rate, genes.momentum)
    network.model.compile(optimizer, loss, jit_compile=False)
    inputs, targets = data.preprocessing.transform(data.train.inputs), data.expected(data.train)
    curve = []
    for batches in epochs:
        losses = []
        for batch in batches:
            network.model.reset_metrics()
            losses.append(float(network.model.train_on_batch(inputs[batch], targets[batch])))
        curve.append(float(np.average(losses, weights=[len(batch) for batch in batches])))
    return network.weights, curve
