"""Records to store, and a comparison that tells every bit: NaN from NaN, -0.0 from 0.0."""

import dataclasses
import struct
from typing import Any

import numpy as np

from nastoolkit.architecture import Architecture, Signature
from nastoolkit.storage.base import Counters, Evaluation, Generation, Run, Seconds

CHAIN = Architecture(Signature(4, 3), 8, (8, 4), ((0, 1), (1, 2), (2, 3)))


def a_run(name: str = "first", created: str = "2025-01-01T00:00:00+00:00") -> Run:
    return Run(name, f"/runs/{name}", created, {"seed": 7, "search": {"population": 2}}, "d1")


def a_generation(number: int = 0, **changes: Any) -> Generation:
    """Two individuals of three bits, and weights that differ from generation to generation."""
    generation = Generation(
        number=number,
        phase="evolve",
        genomes=np.array([[0, 1, 1], [1, 0, number % 2]], np.uint8),
        fitness=np.array([0.5, np.inf]),
        scores=np.array([98.5, np.nan]),
        keys=(f"{number}a", f"{number}b"),
        best_genome=np.array([0, 1, 1], np.uint8),
        best_key=f"{number}a",
        best_fitness=0.5,
        best_score=98.5,
        best_weights=np.array([1.5, -0.0, np.nan, number], np.float32),
        diversity=2 / 3,
        chunk=16,
        counters=Counters(evaluations=2 * number + 2, trained=2 * number + 2),
        seconds=Seconds(total=1.5, training=0.25),
    )
    return dataclasses.replace(generation, **changes)


def an_evaluation(key: str, **changes: Any) -> Evaluation:
    return dataclasses.replace(Evaluation(key, 0.5, 98.5, (0.5, 0.75), 0, CHAIN), **changes)


def evaluations_of(generation: Generation) -> list[Evaluation]:
    return [an_evaluation(key) for key in generation.keys]


def exact(value: Any) -> Any:
    """What compares as equal exactly when every bit is."""
    if isinstance(value, np.ndarray):
        return value.dtype.str, value.shape, value.tobytes()
    if isinstance(value, float):
        return struct.pack("<d", value)
    if isinstance(value, tuple | list):
        return [exact(one) for one in value]
    if dataclasses.is_dataclass(value):
        return [exact(getattr(value, field.name)) for field in dataclasses.fields(value)]
    return value
