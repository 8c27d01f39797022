"""The files that Keras' text sets come in: npz with lists of word ranks, and an index of words as JSON."""

import json
import zipfile
from array import array
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.lib import format as npy

from nastoolkit.arrays import Array
from nastoolkit.datasets.archive import read_header
from nastoolkit.datasets.files import check_file
from nastoolkit.datasets.tokens import FIRST_WORD
from nastoolkit.datasets.unpickle import unpickle
from nastoolkit.errors import DataError
from nastoolkit.files import regular

INDEX_FROM = 3
"""What Keras adds to a word's rank, which counts from 1: the first numbers mean something else."""

MOST_BYTES = 1 << 28
"""Of an array; IMDB's have 15 million."""


def read_ranks(path: Path, keys: Sequence[str]) -> list[list[Array]]:
    """The texts of arrays of lists, as numbers of words: their ranks and :data:`INDEX_FROM`.

    Raises:
        DataError: the file is damaged, or holds anything but lists of ranks.
    """
    check_file(path, ".npz")
    return [[_numbers(one, path, key) for one in _objects(path, key)] for key in keys]


def read_words(path: Path) -> tuple[str, ...]:
    """The words of the numbers from :data:`FIRST_WORD` on, from a JSON object of a rank for each word.

    The first one is empty: Keras leaves that number out.

    Raises:
        DataError: it is none.
    """
    try:
        with regular(path) as file:
            ranks: Any = json.loads(file.read().decode())
        by_rank = {rank: str(word) for word, rank in ranks.items()}
        found = [by_rank[rank] for rank in sorted(by_rank)]
    except (OSError, ValueError, AttributeError, TypeError, RecursionError) as error:
        raise DataError(f"{path} is no index of words: {error}. Get it again, or take it away.") from None
    if sorted(by_rank) != list(range(1, len(ranks) + 1)):
        raise DataError(
            f"{path} is no index of words: its ranks do not count up from 1. Get it again, or take it away."
        )
    return ("",) * (1 + INDEX_FROM - FIRST_WORD) + tuple(found)


def _objects(path: Path, key: str) -> list[Any]:
    """An array of objects in an npz file, unpickled without running anything."""
    try:
        with zipfile.ZipFile(path) as archive, archive.open(f"{key}.npy") as member:
            content = member.read(MOST_BYTES)
        file = BytesIO(content)
        first = npy.read_magic(file) == (1, 0)
        read_header(file, first=first)  # whatever it says, what follows must be a pickle of lists
        pickled = file.read()
    except Exception as fault:  # noqa: BLE001 - zipfile and NumPy's header parser fail in a dozen ways
        raise DataError(f"{path} is damaged, or lacks the array {key!r}: {fault}. Get it again.") from None
    found = unpickle(pickled, f"{path}, {key}")
    objects = cast("Array", found) if isinstance(found, np.ndarray) else np.zeros(0)
    texts: list[Any] = objects.tolist() if objects.dtype == object else []
    if not texts:
        raise DataError(f"{path}: {key} is no array of lists. Get it again.")
    return texts


def _numbers(text: Any, path: Path, key: str) -> Array:  # noqa: ANN401 - pickled
    """Ranks of words to numbers."""
    try:
        ranks = np.array(array("q", cast("list[int]", text if isinstance(text, list) else [None])), np.int64)
    except (TypeError, OverflowError) as error:
        raise DataError(f"{path}: {key} holds something else than lists of ranks: {error}. Get it again.") from None
    if len(ranks) and not 0 <= ranks.min() <= ranks.max() < 2**31 - INDEX_FROM:
        raise DataError(f"{path}: {key} has the rank {ranks.min()} or {ranks.max()}. Get it again.")
    return (ranks + INDEX_FROM).astype(np.int32)
