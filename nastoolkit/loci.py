"""What became of each bit of the genome in a run."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nastoolkit.genome import Layout


@dataclass(frozen=True, slots=True)
class Locus:
    """One bit of the genome over a run.

    Args:
        locus: its gene, and which bit of it where there are several (bit 1 is the most significant).
        bit: its place in the genome.
        start: individuals of the first generation that have it on.
        end: the same in the last.
        fixed_at: the generation since which all individuals have had the same; None where they do not.
        coefficient: ``log(s1 / s0)`` a generation.
        interval: its 95 % interval.
    """

    locus: str
    bit: int
    start: int
    end: int
    fixed_at: int | None
    coefficient: float
    interval: tuple[float, float]

    @property
    def verdict(self) -> str:
        """``selected for``, ``selected against``, ``drift`` where neither can be told, or ``no information``."""
        low, high = self.interval
        if math.isnan(self.coefficient):
            return "no information"
        return "selected for" if low > 0 else "selected against" if high < 0 else "drift"

    @classmethod
    def on_path(  # noqa: PLR0913 - what is known of a bit
        cls,
        locus: str,
        bit: int,
        path: npt.NDArray[np.int64],
        size: int,
        numbers: Sequence[int],
        coefficient: Sequence[float],
    ) -> "Locus":
        """Of a bit that was on in ``path`` ``(T,)`` of ``size`` individuals in the generations ``numbers``."""
        fixed = (path == path[-1]) & (path[-1] in {0, size})
        estimate, low, high = coefficient
        return cls(locus, bit, int(path[0]), int(path[-1]), since(fixed, numbers), estimate, (low, high))


def bit_names(layout: Layout) -> list[str]:
    """``(G,)`` the gene of each bit, in words."""
    return [
        gene.name.replace("_", " ") + (f" bit {k + 1}" if gene.length > 1 else "")
        for gene in layout.genes
        for k in range(gene.length)
    ]


def since(holds: npt.NDArray[np.bool_], numbers: Sequence[int]) -> int | None:
    """The one of ``(T,)`` generations from which on something holds to the end; None where it does not in the end."""
    fails = np.flatnonzero(~holds)
    start = fails[-1] + 1 if len(fails) else 0
    return numbers[start] if start < len(numbers) else None
