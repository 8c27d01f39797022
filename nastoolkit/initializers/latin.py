"""A Latin hypercube: every gene spread evenly, a control."""

from dataclasses import dataclass
from typing import ClassVar, final

from nastoolkit.arrays import Genomes
from nastoolkit.genome import Layout
from nastoolkit.initializers.base import Initializer
from nastoolkit.initializers.scope import Region, Scope, symbols_at
from nastoolkit.rng import Stream


@final
@dataclass(frozen=True, slots=True)
class LatinHypercube(Initializer):
    """Individuals are a Latin hypercube, a dimension for each symbol of 5 bits.

    Of P individuals, in each dimension one lies in each P-th part of the range (McKay, Beckman and Conover 1979;
    ``scipy.stats.qmc.LatinHypercube``); dimensions are independent of each other. Symbols are read as they are, without
    regard to the base model. A control (ours), as ``sobol`` is; it spreads single genes alone, but for any P.

    Args:
        scope: what is drawn: all bits, or the hyperparameters alone, with the base model's single block as every
            individual's architecture.
    """

    name: ClassVar[str] = "latin"
    scope: Scope = "all"

    def genomes(self, size: int, layout: Layout, stream: Stream) -> Genomes:
        """``(size, G)`` uint8."""
        from scipy.stats import qmc  # pyright: ignore[reportMissingTypeStubs] - scipy has no types; it takes a second

        region = Region(layout, self.scope)
        points = qmc.LatinHypercube(region.symbols, rng=stream.generator()).random(size)
        return region.individuals(region.spelled(symbols_at(points)))
