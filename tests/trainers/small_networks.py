"""Small data sets of one shape, and the networks that learn them: so that few programs are compiled."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from nastoolkit.architecture import Architecture, canonical
from nastoolkit.arrays import Floats
from nastoolkit.datasets.base import Data, Split, Task
from nastoolkit.datasets.columns import Column, Columns
from nastoolkit.encoders.heterogeneous import HeterogeneousEncoder
from nastoolkit.encoders.matrix import MatrixEncoder
from nastoolkit.genome import Hyperparameters
from nastoolkit.trainers.base import Trained
from nastoolkit.trainers.initial import initial_weights
from nastoolkit.trainers.keras_trainer import KerasTrainer

TRAIN_ROWS, VALID_ROWS, CLASSES = 58, 20, 3
EPOCHS, BATCH_SIZE = 5, 6
"""50 steps; the last batch of an epoch has 4 rows."""
ORDER = 5
"""The seed of the order of the batches."""

KINDS = {"numeric": (0, 0, 0, 0, 0, 0), "categorical": (3, 3), "mixed": (0, 3, 0, 0)}
"""For each column the size of its vocabulary, 0 for a numeric one: six features in each case."""


def trainer(**fields: object) -> KerasTrainer:
    """Fifty steps, three networks in a program."""
    return KerasTrainer(**{"epochs": EPOCHS, "batch_size": BATCH_SIZE, "chunk": 3} | fields)


@lru_cache
def small_data(task: Task, kind: str = "numeric") -> Data:
    """Rows far from zero and from unit scale, with targets that can be learned from them."""
    generator = np.random.default_rng(7)
    rows = TRAIN_ROWS + VALID_ROWS
    columns = [
        generator.integers(0, size, rows) if size else generator.normal(50 * k, 1 + 10 * k, rows)
        for k, size in enumerate(KINDS[kind])
    ]
    inputs = np.stack(columns, axis=1).astype(np.float32)
    return dataset(task, inputs, [_column(k, size, inputs) for k, size in enumerate(KINDS[kind])])


def dataset(task: Task, inputs: Floats, columns: Sequence[Column]) -> Data:
    """Data of these rows: the first ones are for training; the target hangs on the features."""
    preprocessing = Columns(tuple(columns))
    features = preprocessing.transform(inputs)
    values = 300 + 40 * (np.sin(features[:, 0]) - features[:, 1]).astype(np.float64)
    classification = task == "classification"
    targets = features[:, :CLASSES].argmax(axis=1) if classification else values
    train = Split(inputs[:TRAIN_ROWS], targets[:TRAIN_ROWS])
    return Data(
        name="small",
        task=task,
        classes=("a", "b", "c") if classification else (),
        train=train,
        valid=Split(inputs[TRAIN_ROWS:], targets[TRAIN_ROWS:]),
        test=Split(inputs[:0], targets[:0]),
        preprocessing=preprocessing,
        target_mean=0.0 if classification else float(train.targets.mean()),
        target_scale=1.0 if classification else float(train.targets.std()),
    )


def _column(k: int, size: int, inputs: Floats) -> Column:
    if size:
        return Column(f"x{k}", tuple("pqrstu"[:size]))
    values = inputs[:TRAIN_ROWS, k].astype(np.float64)
    return Column(f"x{k}", mean=float(values.mean()), scale=float(values.std()))


SKIPS = ((0, 1), (0, 2), (0, 4), (1, 2), (1, 3), (2, 3), (2, 4), (3, 4))


def architectures(data: Data) -> dict[str, Architecture]:
    """Networks of one bucket: the base model, a direct connection, narrow ones with skips, and decoded genomes."""
    signature = data.signature
    encoder = MatrixEncoder()
    layout = encoder.layout(signature)
    genomes = np.random.default_rng(3).integers(0, 2, (2, layout.length), np.uint8)
    return {
        "base": encoder.decode(layout.base, signature),
        "direct": canonical(signature, (8,), ((0, 2),), 16),
        "one unit": canonical(signature, (1,), ((0, 1), (1, 2)), 1),
        "skips": canonical(signature, (3, 17, 5), SKIPS, 17),
        **{f"random {n}": encoder.decode(genome, signature) for n, genome in enumerate(genomes)},
    }


def mixed_architectures(data: Data) -> dict[str, Architecture]:
    """Networks of one bucket whose layers have activations or biases of their own; all five activations are there."""
    signature = data.signature
    encoder = HeterogeneousEncoder()
    genome = np.random.default_rng(3).integers(0, 2, encoder.layout(signature).length, np.uint8)
    return {
        "mixed skips": canonical(signature, (3, 17, 5), SKIPS, 17, ("gelu", "elu", "swish"), (True, False, True)),
        "no bias": canonical(signature, (8, 8), ((0, 1), (1, 2), (2, 3)), 8, biases=(False, False)),
        "beside": canonical(signature, (4, 4), ((0, 1), (0, 2), (1, 3), (2, 3)), 4, ("tanh", "relu"), (False, True)),
        "heterogeneous": encoder.decode(genome, signature),
    }


def genes(learning_rate: float = 0.01, momentum: float = 0.8) -> Hyperparameters:
    """What a trainer reads, and mutation and crossover rates that it does not."""
    return Hyperparameters(learning_rate, momentum, mutation_rate=0.5, crossover_rate=0.5)


def train(
    trainer: KerasTrainer,
    data: Data,
    networks: Sequence[Architecture],
    hyperparameters: Sequence[Hyperparameters],
    seeds: Sequence[int],
) -> Trained:
    """Train every network from the initial weights of one seed."""
    return trainer.train(networks, hyperparameters, data, np.array(seeds, np.uint32)[:, None], order=ORDER)


def untrained(networks: Sequence[Architecture]) -> Trained:
    """Networks with the weights that training would start from."""
    weights = tuple(initial_weights(one, seed)[None] for seed, one in enumerate(networks))
    return Trained(tuple(networks), weights, np.ones((len(networks), 1, 1), np.float32))
