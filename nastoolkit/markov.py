"""The Markov chain of one bit in a population (paper, section III-B.2; Goldberg and Segrest, 1987)."""

import numpy as np
import numpy.typing as npt

from nastoolkit.arrays import Genomes, Scores


def survival(fitness: Scores) -> Scores:
    """``(P,)`` F -> ``(P,)`` survival values ``exp(-(F - min F) / tau)``, tau the standard deviation of the finite F.

    The best has 1, one that diverged 0. Where all finite F are equal, each of them has 1. The paper leaves survival
    values open; this form is ours.
    """
    finite = np.isfinite(fitness)
    values = np.zeros(len(fitness))
    if finite.any():
        above = fitness[finite] - fitness[finite].min()
        values[finite] = np.exp(-above / (above.std() or 1.0))
    return values


def locus_survival(genomes: Genomes, fitness: Scores) -> npt.NDArray[np.float64]:
    """``(P, G)`` bits and ``(P,)`` F -> ``(G, 2)``: s0 and s1, the mean survival of those without and with each bit.

    A side that nobody is on has NaN.
    """
    values = survival(fitness)
    on = genomes.astype(bool)
    sums = np.stack([values @ ~on, values @ on], axis=1)
    counts = np.stack([(~on).sum(axis=0), on.sum(axis=0)], axis=1)
    return np.divide(sums, counts, out=np.full(sums.shape, np.nan), where=counts > 0)
