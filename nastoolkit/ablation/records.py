"""What a stored run came to, as a comparison sees it."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from nastoolkit.arrays import Genomes, Numbers
from nastoolkit.config import EVOLVE, SEARCHED
from nastoolkit.genome import GENE_BITS, HYPERPARAMETER_BITS, LEVELS, Hyperparameters
from nastoolkit.markov import effective_population_size
from nastoolkit.storage.base import StoredRun
from nastoolkit.storage.records import Generation

CLOSE = 0.01
"""Of all that F fell: what may be left when a search counts as converged."""

CENSORED = 0.9
"""Of all generations: a search that converges later than this may not have converged at all."""


@dataclass(frozen=True, eq=False)
class Record:
    """One run that has ended.

    Args:
        dataset: what its data set is called.
        arm: its arm's name.
        seed: its seed.
        fitness: F of its best network; infinite where all diverged.
        score: that network's score on the validation part, NaN where all diverged.
        test_score: the same on the test part.
        generations: every generation, without weights.
    """

    dataset: str
    arm: str
    seed: int
    fitness: float
    score: float
    test_score: float
    generations: Sequence[Generation]

    @classmethod
    def of(cls, stored: StoredRun, dataset: str, arm: str, seed: int) -> "Record":
        """Read a run."""
        generations, result = stored.generations(), stored.run.result
        last = generations[-1]
        test = _score(result["test"]) if result else math.nan
        return cls(dataset, arm, seed, last.best_fitness, last.best_score, test, generations)

    @cached_property
    def searched(self) -> Sequence[Generation]:
        """``(T,)`` the generations of the search; what comes after them changes no population."""
        return [one for one in self.generations if one.phase in SEARCHED]

    @cached_property
    def best(self) -> Numbers:
        """``(T,)`` the lowest F up to each generation."""
        return np.array([one.best_fitness for one in self.searched])

    @cached_property
    def evaluations(self) -> Numbers:
        """``(T,)`` individuals scored up to each generation, cache hits included."""
        return np.array([one.counters.evaluations for one in self.searched], float)

    @cached_property
    def seconds(self) -> Numbers:
        """``(T,)`` wall seconds up to each generation: compiling is not in them, shared training is shared out."""
        return np.array([one.seconds.total for one in self.searched])

    @cached_property
    def diversity(self) -> Numbers:
        """``(T,)`` mean share of bits in which two individuals differ."""
        return np.array([one.diversity for one in self.searched])

    @cached_property
    def entropy(self) -> Numbers:
        """``(T,)`` mean over the bits of the entropy of a bit in the population, from 0 to 1."""
        return np.array([_bit_entropy(one.genomes) for one in self.searched])

    @property
    def duplicates(self) -> int:
        """Individuals of the first population that are equal to an earlier one."""
        genomes = self.generations[0].genomes
        return len(genomes) - len(np.unique(genomes, axis=0))

    @property
    def effective_size(self) -> float:
        """Ne by the decay of diversity alone; infinite where there was none, NaN where nothing could decay.

        The gain by mutation is left out, so what is held up by mutation counts as larger.
        """
        genomes = [one.genomes for one in self.generations if one.phase == EVOLVE]
        if len(genomes) < 2:  # noqa: PLR2004 - a generation and its next
            return math.nan
        shares = np.stack([one.mean(axis=0) for one in genomes])
        return effective_population_size((2 * shares * (1 - shares)).mean(axis=1))

    @property
    def stagnated(self) -> bool:
        """Whether at the end two individuals differ in less than one bit on average."""
        last = self.generations[-1]
        return last.diversity * last.genomes.shape[1] < 1

    @property
    def convergence(self) -> int | None:
        """The first generation g with ``F_g - F_G <= 0.01 (F_0 - F_G)``; None where F never fell."""
        best = self.best[np.isfinite(self.best)]
        if not len(best) or best[0] <= best[-1]:
            return None
        late = len(self.best) - len(best)
        return late + int(np.argmax(best - best[-1] <= CLOSE * (best[0] - best[-1])))

    @property
    def is_censored(self) -> bool:
        """Whether it converged so late that it may not have converged at all."""
        return self.convergence is not None and self.convergence > CENSORED * (len(self.best) - 1)

    def deviation(self, truth: Mapping[str, float]) -> dict[str, Numbers]:
        """``(T,)`` for each hyperparameter: the population's mean distance from a value, in parts of the gene's range.

        Args:
            truth: a value of every hyperparameter.
        """
        levels = np.stack([_levels(one.genomes) for one in self.searched])
        return {
            name: np.abs(levels[:, :, k] - np.abs(values - truth[name]).argmin()).mean(axis=1) / (LEVELS - 1)
            for k, (name, values) in enumerate(Hyperparameters.LEVELS.items())
        }

    @property
    def incidents(self) -> list[dict[str, Any]]:
        """What went wrong and was contained, a row each."""
        whose = {"dataset": self.dataset, "arm": self.arm, "seed": self.seed}
        return [{**whose, "generation": one.number, "text": text} for one in self.generations for text in one.incidents]

    def row(self) -> dict[str, Any]:
        """One line of a table."""
        counters, last = self.generations[-1].counters, self.generations[-1]
        return {
            "dataset": self.dataset,
            "arm": self.arm,
            "seed": self.seed,
            "fitness": self.fitness,
            "score": self.score,
            "test_score": self.test_score,
            "evaluations": counters.evaluations,
            "seconds": last.seconds.total,
            "generations_to_converge": None if self.is_censored else self.convergence,
            "converged": "undefined" if self.convergence is None else "censored" if self.is_censored else "yes",
            "trained": counters.trained,
            "cache_hits": counters.cache_hits,
            "diverged": counters.diverged,
            "duplicates": self.duplicates,
            "diversity": float(self.diversity[-1]),
            "stagnated": self.stagnated,
            "effective_size": self.effective_size,
        }


def _score(metrics: Mapping[str, float | None]) -> float:
    """The generalization score of a network's metrics: 100 x accuracy, or 100 x R2."""
    quality = metrics["accuracy"] if "accuracy" in metrics else metrics["r2"]
    return math.nan if quality is None else 100 * quality


def _bit_entropy(genomes: Genomes) -> float:
    share = genomes.mean(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = [np.where(p > 0, -p * np.log2(p), 0.0) for p in (share, 1 - share)]
    return float((terms[0] + terms[1]).mean())


def _levels(genomes: Genomes) -> npt.NDArray[np.int64]:
    """``(P, G)`` -> ``(P, 4)`` which of its 32 levels each hyperparameter has."""
    genes = genomes[:, -HYPERPARAMETER_BITS:].reshape(len(genomes), -1, GENE_BITS)
    return genes @ (1 << np.arange(GENE_BITS)[::-1])
