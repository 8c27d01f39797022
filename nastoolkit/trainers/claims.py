"""What a model file claims, held against its size before Keras makes room for it."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import h5py  # pyright: ignore[reportMissingTypeStubs] - h5py has no types

from nastoolkit.trainers.keras_door import keras

LARGEST, NUMBER = 2**24, 64
"""Bytes of a model's description, at most, where a layer or a column of words has some thousand; and so many more for
each number of a row, of which it tells mean and scale."""

UNSAID = 2**20
"""Weights that a model may have beyond one a byte of its file: layers such as dropout have some that are not kept."""


def check_claims(path: Path, numbers: int) -> None:
    """Whether a model needs no more memory than its file's size lets expect: Keras compresses nothing in it.

    Args:
        path: of the file.
        numbers: of a row that the model takes.

    Raises:
        ValueError: it needs more. A file that is none raises an error of any kind.
    """
    held = path.stat().st_size
    with ZipFile(path) as file:
        if sum(one.file_size for one in file.infolist()) > held:
            raise ValueError("it unpacks to more bytes than it has")
        with file.open("config.json") as member:
            description = member.read(LARGEST + NUMBER * numbers + 1)
        with file.open("model.weights.h5") as member, h5py.File(member) as weights:
            stored = _stored(weights)
    if len(description) > LARGEST + NUMBER * numbers:
        raise ValueError(f"its description has more than {LARGEST + NUMBER * numbers:,} bytes")
    if stored > held:
        raise ValueError(f"its weights take {stored:,} bytes, and it has {held:,}")
    with ThreadPoolExecutor(1) as apart:  # what Keras remembers of it is a thread's own
        described = apart.submit(_described, description).result()
    if described > UNSAID + held:
        raise ValueError(f"it asks for {described:,} weights, and has {held:,} bytes")


def _stored(weights: Any) -> int:  # noqa: ANN401 - h5py has no types
    """Bytes of all arrays in a file of weights, as they would be in memory."""
    sizes: list[int] = []

    def note(_name: str, one: Any) -> None:  # noqa: ANN401 - as above
        sizes.append(getattr(one, "nbytes", 0))  # groups have none

    weights.visititems(note)
    return sum(sizes)


def _described(description: bytes) -> int:
    """Weights of a model by its description; they get shapes here, and no memory."""
    with keras.StatelessScope(initialize_variables=False):
        model = keras.saving.deserialize_keras_object({**json.loads(description), "compile_config": None})
    return model.count_params()
