"""What the checks are made with: small data, a layout, individuals, networks, and words for what went wrong."""

from collections.abc import Collection, Sequence
from functools import lru_cache

import numpy as np

from nastoolkit.architecture import Architecture, Edge, Signature, canonical
from nastoolkit.arrays import Floats
from nastoolkit.datasets.base import Data, Split, Task
from nastoolkit.datasets.columns import Column, Columns
from nastoolkit.encoders.matrix import MatrixEncoder
from nastoolkit.genome import Layout, bits_of
from nastoolkit.rng import Stream
from nastoolkit.state import Individual
from nastoolkit.trainers.forward import Forward
from nastoolkit.trainers.initial import initial_weights

SIGNATURE = Signature(features=4, outputs=3)
TRAIN_ROWS, VALID_ROWS = 40, 20


def expect(holds: object, message: str) -> None:
    """Fail with a message unless something holds."""
    if not holds:
        raise AssertionError(message)


@lru_cache
def layout() -> Layout:
    """Where the genes of a default individual lie."""
    return MatrixEncoder().layout(SIGNATURE)


def individual(seed: int, *, mutation: int = 31, crossover: int = 31, fitness: float = 0.5) -> Individual:
    """A scored individual; its mutation and crossover rates are levels from 0 to 31."""
    bits = Stream(seed).generator().integers(0, 2, layout().length).tolist()
    bits[-10:] = [*bits_of(mutation), *bits_of(crossover)]
    made = Individual(bits, layout())
    made.fitness.values = (fitness,)
    return made


def population(fitness: Sequence[float]) -> list[Individual]:
    """One individual for each fitness."""
    return [individual(seed, fitness=value) for seed, value in enumerate(fitness)]


@lru_cache
def small_data(task: Task) -> Data:
    """A few rows that can be learned: four numbers far from zero, and three classes or a sum of them."""
    inputs = np.random.default_rng(0).normal(10, 3, (TRAIN_ROWS + VALID_ROWS, SIGNATURE.features)).astype(np.float32)
    classification = task == "classification"
    targets = inputs[:, :3].argmax(axis=1) if classification else inputs.sum(axis=1, dtype=np.float64)
    train = Split(inputs[:TRAIN_ROWS], targets[:TRAIN_ROWS])
    valid = Split(inputs[TRAIN_ROWS:], targets[TRAIN_ROWS:])
    columns = [Column(f"x{k}", (), float(one.mean()), float(one.std())) for k, one in enumerate(train.inputs.T)]
    return Data(
        name="small",
        task=task,
        classes=("a", "b", "c") if classification else (),
        train=train,
        valid=valid,
        test=Split(inputs[:0], targets[:0]),
        preprocessing=Columns(tuple(columns)),
        target_mean=0.0 if classification else float(train.targets.mean()),
        target_scale=1.0 if classification else float(train.targets.std()),
    )


@lru_cache
def architectures() -> tuple[Architecture, ...]:
    """A single block, a chain, skips between layers of several widths, layers of their own kinds, and no layer."""
    skips = ((0, 1), (0, 2), (0, 4), (1, 2), (1, 3), (2, 3), (2, 4), (3, 4))
    return (
        canonical(SIGNATURE, (8,), ((0, 1), (1, 2)), 8),
        canonical(SIGNATURE, (6, 4), ((0, 1), (1, 2), (2, 3)), 8),
        canonical(SIGNATURE, (3, 9, 5), skips, 9),
        canonical(SIGNATURE, (3, 9, 5), skips, 9, ("gelu", "tanh", "elu"), (True, False, True)),
        canonical(SIGNATURE, (8,), ((0, 2),), 8),
    )


def weights_of(architecture: Architecture, seed: int) -> Floats:
    """``(C,)`` of an untrained network, with biases that are not all 0."""
    return initial_weights(architecture, seed) + np.float32(0.01)


@lru_cache(maxsize=1)
def features() -> Floats:
    """``(N, F)`` of the validation rows."""
    data = small_data("classification")
    return data.preprocessing.transform(data.valid.inputs)


def error(architecture: Architecture, weights: Floats, cut: Collection[Edge] = ()) -> float:
    """F of a network without some of its connections: the mean absolute error; infinity where there is none."""
    if not np.isfinite(weights).all():
        return np.inf
    data = small_data("classification")
    outputs = Forward(architecture, weights, "relu", features()).predict("classification", cut)
    return float(np.abs(outputs - data.expected(data.valid)).mean(dtype=np.float64))
