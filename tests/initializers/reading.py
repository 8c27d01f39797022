"""Genomes read back as the symbols that they were written from."""

import numpy as np

from nastoolkit.arrays import Array, Genomes
from nastoolkit.genome import Gene, Layout


def symbols_of(bits: Genomes) -> Array:
    """``(P, B)`` -> ``(P, B // 5)`` the whole symbols of 5 bits, the first bit the most significant."""
    whole = bits[:, : 5 * (bits.shape[1] // 5)].reshape(len(bits), -1, 5)
    return whole @ [16, 8, 4, 2, 1]


def layout_of(length: int) -> Layout:
    """A chromosome of some length whose base model's bits are 0, 1, 0, 1, ..."""
    return Layout((Gene("all", 0, length, ""),), tuple(place % 2 for place in range(length)))


def unexplained(rows: Array) -> float:
    """The share of the steps from row to row that contradict a rule table of a cell and its right neighbour."""
    rule: dict[tuple[int, int], int] = {}
    steps = list(zip(rows[:-1, :-1].flat, rows[:-1, 1:].flat, rows[1:, :-1].flat, strict=True))
    return float(np.mean([rule.setdefault((own, right), state) != state for own, right, state in steps]))
