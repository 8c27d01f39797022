"""Records to store, and a comparison that tells every bit: NaN from NaN, -0.0 from 0.0."""

import dataclasses
import struct
from typing import Any

import numpy as np

from nastoolkit.architecture import Architecture, Signature
from nastoolkit.storage.records import Counters, Evaluation, Generation, Kept, Run, Seconds

CHAIN = Architecture(Signature(4, 3), 8, (8, 4), ((0, 1), (1, 2), (2, 3)))


def a_run(name: str = "first", created: str = "2025-01-01T00:00:00+00:00") -> Run:
    return Run(name, f"/runs/{name}", created, {"seed": 7, "search": {"population": 2}}, "d1")


def a_network(number: int = 0, letter: str = "a") -> Kept:
    """Of three bits and four weights."""
    weights = np.array([1.5, -0.0, np.nan, number + ord(letter)], np.float32)
    return Kept(f"{number}{letter}", np.array([0, 1, letter == "a"], np.uint8), weights)


def a_generation(number: int = 0, **changes: Any) -> Generation:
    """Two individuals of three bits, and two kept networks that differ from generation to generation."""
    kept = changes.pop("kept", (a_network(number), a_network(number, "z")))
    generation = Generation(
        number=number,
        phase="evolve",
        step=number,
        moved=2,
        genomes=np.array([[0, 1, 1], [1, 0, number % 2]], np.uint8),
        fitness=np.array([0.5, np.inf]),
        scores=np.array([98.5, np.nan]),
        keys=(f"{number}a", f"{number}b"),
        kept=kept,
        specimens=(kept[-1].key,),
        best_key=kept[0].key,
        best_fitness=0.5,
        best_score=98.5,
        diversity=2 / 3,
        chunk=16,
        counters=Counters(evaluations=2 * number + 2, trained=2 * number + 2),
        seconds=Seconds(total=1.5, training=0.25),
        incidents=("The fitness 'mine' failed.",),
    )
    return dataclasses.replace(generation, **changes)


def an_evaluation(key: str, **changes: Any) -> Evaluation:
    evaluation = Evaluation(key, 0.5, 98.5, (0.5, 0.75), 0, CHAIN, (0.25,), (0.125, -0.0), "parent", 1 / 3, 7)
    return dataclasses.replace(evaluation, **changes)


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
