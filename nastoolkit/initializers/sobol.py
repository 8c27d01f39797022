"""Sobol's sequence: space filled evenly, a control."""

from dataclasses import dataclass
from typing import ClassVar, final

from nastoolkit.arrays import Genomes
from nastoolkit.genome import Layout
from nastoolkit.initializers.base import Initializer
from nastoolkit.initializers.scope import Region, Scope, symbols_at
from nastoolkit.rng import Stream


@final
@dataclass(frozen=True, slots=True)
class SobolInitializer(Initializer):
    """Individuals are the first points of a scrambled Sobol sequence, a dimension for each symbol of 5 bits.

    Of the first 2, 4, 8, ... individuals, in each dimension one lies in each half, quarter, eighth, ...; so with 32
    individuals every level of a gene comes once. Symbols are read as they are, without regard to the base model.
    Scrambling (Matoušek 1998; ``scipy.stats.qmc.Sobol``) makes each seed's points other ones. A control (ours): it
    covers the space better than ``random`` does, and there is no chaos in it.

    Args:
        scope: what is drawn: all bits, or the hyperparameters alone, with the base model's single block as every
            individual's architecture.
    """

    name: ClassVar[str] = "sobol"
    scope: Scope = "all"

    def genomes(self, size: int, layout: Layout, stream: Stream) -> Genomes:
        """``(size, G)`` uint8, points in the sequence's order."""
        from scipy.stats import qmc  # pyright: ignore[reportMissingTypeStubs] - scipy has no types; it takes a second

        region = Region(layout, self.scope)
        sequence = qmc.Sobol(region.symbols, rng=stream.generator())
        points = sequence.random_base2((size - 1).bit_length())[:size]  # a power of two, or scipy warns
        return region.individuals(region.spelled(symbols_at(points)))
