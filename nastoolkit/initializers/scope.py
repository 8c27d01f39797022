"""Which bits of an individual an initializer draws, and how what it draws becomes bits.

Many domains draw symbols, one of 32 as a hyperparameter has 32 levels. They are written down 5 bits each, one after the
other from the first drawn bit on, and spare bits of the last one are not used. So with the scope ``hyperparameters``
each of the first four symbols is a gene; with the scope ``all`` the first lie on the chromosome, whose genes have other
lengths, and where its length is no multiple of 5 a hyperparameter has bits of two symbols.
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from nastoolkit.arrays import Genomes
from nastoolkit.genome import GENE_BITS, LEVELS, Layout

Scope: TypeAlias = Literal["all", "hyperparameters"]
"""All bits (ours), or the hyperparameters alone (the paper's)."""

Symbols: TypeAlias = npt.NDArray[np.uint8]
"""``(P, S)`` numbers from 0 to 31, one row an individual."""


@dataclass(frozen=True, slots=True)
class Region:
    """The bits that are drawn; all others are the base model's, which is a single block.

    Args:
        layout: of the genome.
        scope: what is drawn of it.
    """

    layout: Layout
    scope: Scope

    @property
    def bits(self) -> int:
        """B, how many bits are drawn."""
        return self.layout.length - self._first

    @property
    def symbols(self) -> int:
        """S, how many symbols these bits take."""
        return -(-self.bits // GENE_BITS)

    def individuals(self, bits: Genomes) -> Genomes:
        """``(P, B)`` bits that are what they say -> ``(P, G)``."""
        genomes = np.tile(self.layout.base, (len(bits), 1))
        genomes[:, self._first :] = bits
        return genomes

    def deviations(self, bits: Genomes) -> Genomes:
        """``(P, B)`` -> ``(P, G)``: base models with those bits flipped where there is a 1 (exclusive or)."""
        return self.individuals(bits ^ self.layout.base[self._first :])

    def spelled(self, symbols: Symbols) -> Genomes:
        """``(P, S)`` symbols -> ``(P, B)``, most significant bit first."""
        bits = np.unpackbits(symbols[..., None], axis=2)[..., -GENE_BITS:]
        return bits.reshape(len(symbols), -1)[:, : self.bits]

    @property
    def _first(self) -> int:
        return 0 if self.scope == "all" else self.layout.hyperparameters.start


def symbols_at(points: npt.NDArray[np.float64]) -> Symbols:
    """``(P, S)`` numbers from 0 to 1 -> ``(P, S)`` which of 32 intervals of one width each lies in."""
    return np.minimum(points * LEVELS, LEVELS - 1).astype(np.uint8)
