"""The binary string: a chromosome (the architecture), then the hyperparameters (paper, section III-B and Table I).

Every gene is plain binary, most significant bit first.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import ClassVar

import numpy as np
import numpy.typing as npt

GENE_BITS = 5
"""Bits of a hyperparameter gene: 32 levels (our reading; the paper gives the ranges alone)."""

LEVELS = 2**GENE_BITS

LEARNING_RATES = np.geomspace(1e-4, 1.0, LEVELS).round(12)  # processors differ in the last bit of a power
MOMENTA = np.linspace(0.0, 0.9, LEVELS)
MUTATION_RATES = np.linspace(0.0, 1.0, LEVELS)
CROSSOVER_RATES = np.geomspace(1e-3, 1.0, LEVELS).round(12)


@dataclass(frozen=True, slots=True)
class Hyperparameters:
    """The four genes that every individual carries beside its architecture (paper, Table I).

    ``learning_rate`` in [1e-4, 1] and ``crossover_rate`` in [1e-3, 1] are logarithmic, ``momentum`` in [0, 0.9] and
    ``mutation_rate`` in [0, 1] linear.
    """

    learning_rate: float
    momentum: float
    mutation_rate: float
    crossover_rate: float

    LEVELS: ClassVar[dict[str, npt.NDArray[np.float64]]] = {
        "learning_rate": LEARNING_RATES,
        "momentum": MOMENTA,
        "mutation_rate": MUTATION_RATES,
        "crossover_rate": CROSSOVER_RATES,
    }
    BASE: ClassVar[dict[str, float]] = {
        "learning_rate": 0.03,
        "momentum": 0.8,
        "mutation_rate": 0.5,
        "crossover_rate": 0.5,
    }
    """What the base model starts from: the nearest level of each (our choice)."""


HYPERPARAMETER_BITS = GENE_BITS * len(Hyperparameters.LEVELS)


@dataclass(frozen=True, slots=True)
class Gene:
    """A run of bits with a meaning, named so that a report can say what it did."""

    name: str
    start: int
    length: int
    meaning: str


@dataclass(frozen=True)
class Layout:
    """Where every gene of an encoding lies.

    Args:
        chromosome_genes: the encoder's own genes, from bit 0 without a gap.
        chromosome_base: the bits of the base model's chromosome (a single block).
    """

    chromosome_genes: tuple[Gene, ...]
    chromosome_base: tuple[int, ...]

    @cached_property
    def chromosome(self) -> slice:
        """The bits of the architecture."""
        return slice(0, len(self.chromosome_base))

    @cached_property
    def hyperparameters(self) -> slice:
        """The bits of the four hyperparameters."""
        return slice(len(self.chromosome_base), self.length)

    @cached_property
    def length(self) -> int:
        """G, the number of bits of an individual."""
        return len(self.chromosome_base) + HYPERPARAMETER_BITS

    @cached_property
    def genes(self) -> tuple[Gene, ...]:
        """Every gene, the hyperparameters' last."""
        start = len(self.chromosome_base)
        return self.chromosome_genes + tuple(
            Gene(name, start + GENE_BITS * k, GENE_BITS, f"{levels[0]:g} to {levels[-1]:g} in {LEVELS} levels")
            for k, (name, levels) in enumerate(Hyperparameters.LEVELS.items())
        )

    @cached_property
    def base(self) -> npt.NDArray[np.uint8]:
        """``(G,)`` the base model: a single block at the hyperparameters of :attr:`Hyperparameters.BASE`."""
        genes = [_nearest_level(name, value) for name, value in Hyperparameters.BASE.items()]
        base = np.array([*self.chromosome_base, *(bit for level in genes for bit in bits_of(level))], np.uint8)
        base.flags.writeable = False
        return base


def bits_of(value: int, length: int = GENE_BITS) -> tuple[int, ...]:
    """Plain binary, most significant bit first."""
    return tuple((value >> shift) & 1 for shift in reversed(range(length)))


def value_of(bits: Sequence[int]) -> int:
    """The inverse of :func:`bits_of`."""
    value = 0
    for bit in bits:
        value = value << 1 | int(bit)
    return value


def decode_hyperparameters(bits: Sequence[int]) -> Hyperparameters:
    """``(20,)`` bits -> the four hyperparameters. Total: any bits decode."""
    return _hyperparameters(bytes(bits))


@lru_cache(maxsize=4096)
def _hyperparameters(genes: bytes) -> Hyperparameters:
    return Hyperparameters(*[values[genes[start : start + GENE_BITS]] for start, values in _VALUES])


_VALUES = [
    (GENE_BITS * k, {bytes(bits_of(level)): float(value) for level, value in enumerate(values)})
    for k, values in enumerate(Hyperparameters.LEVELS.values())
]
"""Of each hyperparameter the first bit, and its value for every gene."""


def _nearest_level(name: str, value: float) -> int:
    return int(np.argmin(np.abs(Hyperparameters.LEVELS[name] - value)))
