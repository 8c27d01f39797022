"""Networks for images and texts: the population trainer against keras.Model.fit, one network after the other.

    python benchmarks/places.py

The same networks, data, batches of 32 and epochs on both sides; compiling is counted on both. Prints a line a case.
"""

import os
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np

from nastoolkit.architecture import Architecture
from nastoolkit.datasets.base import Data
from nastoolkit.datasets.images import Images
from nastoolkit.datasets.numbered import Numbered
from nastoolkit.datasets.prepare import Examples, Raw, prepare
from nastoolkit.encoders.matrix import MatrixEncoder
from nastoolkit.genome import Hyperparameters
from nastoolkit.rng import Stream
from nastoolkit.trainers.export import keras_model
from nastoolkit.trainers.initial import initial_weights
from nastoolkit.trainers.keras_door import keras
from nastoolkit.trainers.keras_trainer import KerasTrainer

NETWORKS, EPOCHS = 10, 3
GENES = Hyperparameters(0.01, 0.8, 0.5, 0.5)


def made(name: str, rows: int) -> Data:
    """Random rows: what they hold does not change the time."""
    rng = np.random.default_rng(0)
    raw: Raw
    if "words" in name:
        texts = [np.minimum(rng.zipf(1.3, rng.integers(50, 400)) + 3, 9_999) for _ in range(rows)]
        raw = Numbered(texts, (), 10_000, 400, 16, "in order" in name)
    else:
        side = 8 if "8 x 8" in name else 28
        raw = Images(rng.integers(0, 256, (rows, side, side, 1), dtype=np.uint8))
    return prepare(Examples(name, raw, np.arange(rows) % 10, tuple("0123456789")), Stream(0), None)


def networks(data: Data, nodes: int) -> list[Architecture]:
    """Drawn from the default space, at so many units or channels."""
    encoder = MatrixEncoder(max_nodes=nodes)
    rng = np.random.default_rng(0)
    length = encoder.layout(data.signature).length
    return [encoder.decode(rng.integers(0, 2, length).astype(np.uint8), data.signature) for _ in range(NETWORKS)]


def together(data: Data, chosen: list[Architecture]) -> float:
    trainer = KerasTrainer(epochs=EPOCHS)
    seeds = np.arange(len(chosen), dtype=np.uint32)[:, None]
    started = time.perf_counter()
    trainer.train(chosen, [GENES] * len(chosen), data, seeds, 1)
    return time.perf_counter() - started


def one_by_one(data: Data, chosen: list[Architecture]) -> float:
    """Plain Keras: the same layers, its own optimizer and fit."""
    started = time.perf_counter()
    for seed, architecture in enumerate(chosen):
        model = keras_model(architecture, initial_weights(architecture, seed), data, "relu")
        optimizer = keras.optimizers.SGD(GENES.learning_rate, GENES.momentum)
        model.compile(optimizer, keras.losses.SparseCategoricalCrossentropy())
        model.fit(data.train.inputs, data.train.targets, batch_size=32, epochs=EPOCHS, verbose=0)
    return time.perf_counter() - started


def main() -> None:
    print(f"{NETWORKS} networks, {EPOCHS} epochs, batches of 32; {os.cpu_count()} cores")
    for name, rows, nodes in (
        ("8 x 8, 8 to 32 channels", 5000, 160),
        ("28 x 28, 4 to 16 channels", 5000, 80),
        ("28 x 28, 8 to 32 channels", 5000, 160),
        ("counted words", 8000, 320),
        ("words in order", 2500, 160),
    ):
        data = made(name, rows)
        chosen = networks(data, nodes)
        ours, theirs = together(data, chosen), one_by_one(data, chosen)
        each = 1000 / NETWORKS / EPOCHS / -(-len(data.train) // 32)
        shown = f"a network and step {ours * each:6.2f} ms, by Keras {theirs * each:6.2f} ms"
        print(f"{name:27} {theirs / ours:5.1f} times as fast: {shown}")


if __name__ == "__main__":
    main()
