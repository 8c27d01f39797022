"""What the Markov chain says of one run: which bits were selected, which drifted, and whether the search has stagnated.

The search's own operators are not the chain's. Truncation to the better half and elites let fewer parents through, and
bits on one string are inherited together. An effective population size, estimated from the run, stands for all of it.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from nastoolkit.arrays import Genomes, Numbers
from nastoolkit.config import EVOLVE, from_table
from nastoolkit.consistency import check_fit, networks
from nastoolkit.errors import StorageError
from nastoolkit.genome import Layout, decode_hyperparameters
from nastoolkit.loci import Locus, bit_names, since
from nastoolkit.markov import (
    effective_population_size,
    expected_heterozygosity,
    generations_until_uniform,
    selection_coefficients,
)
from nastoolkit.parts import build_parts
from nastoolkit.phases.order import phases
from nastoolkit.plugins import Plugins
from nastoolkit.storage.base import StoredRun
from nastoolkit.storage.records import Generation


@dataclass(frozen=True, slots=True, eq=False)
class Drift:
    """A run beside its chain.

    Args:
        run: its name.
        population: P, individuals.
        numbers: ``(T,)`` the generations of the evolutionary phase.
        counts: ``(T, G)`` individuals with each bit on.
        mutation: m, the mean probability that a bit flips; NaN where the run's mutation is none that flips bits one by
            one, and then the chain has none.
        effective: Ne; infinite where diversity did not decay, NaN where there was none.
        observed: ``(T,)`` diversity: the mean share of bits in which two individuals differ.
        neutral: ``(T,)`` what the neutral chain of P individuals expects of it.
        adjusted: ``(T,)`` what the neutral chain of Ne individuals expects of it.
        expected: generations of drift until no bit varies, for P individuals.
        remaining: the same from the last generation on, at Ne.
        loci: every bit, in the order of the genome.
    """

    run: str
    population: int
    numbers: tuple[int, ...]
    counts: npt.NDArray[np.int64]
    mutation: float
    effective: float
    observed: Numbers
    neutral: Numbers
    adjusted: Numbers
    expected: float
    remaining: float
    loci: tuple[Locus, ...]

    @property
    def varying(self) -> npt.NDArray[np.int64]:
        """``(T,)`` how many bits vary."""
        return ((self.counts > 0) & (self.counts < self.population)).sum(axis=1)

    @property
    def bits_apart(self) -> Numbers:
        """``(T,)`` in how many bits two individuals differ on average."""
        return self.observed * len(self.loci)

    @property
    def uniform_at(self) -> int | None:
        """The first generation in which no bit varied."""
        return next((g for g, count in zip(self.numbers, self.varying, strict=True) if not count), None)

    @property
    def stagnated_since(self) -> int | None:
        """The generation from which on, to the end, two individuals differ in less than one bit on average."""
        return since(self.bits_apart < 1, self.numbers)

    @property
    def balance(self) -> float:
        """In how many bits two individuals would differ in the long run, where Ne and mutation balance."""
        if not self.mutation > 0:
            return 0.0
        kept, gain = 1 - 1 / self.effective, 2 * self.mutation * (1 - self.mutation)
        return len(self.loci) * kept * gain / (1 - kept * (1 - 2 * gain)) * self._pairs

    @property
    def sentence(self) -> str:
        """Whether the search has stagnated, and since when."""
        apart, length = self.bits_apart[-1], len(self.loci)
        if self.stagnated_since is not None:
            now = f"two individuals differ in {apart:.2f} of {length} bits on average" if apart else "all are equal"
            return (
                f"The search has stagnated since generation {self.stagnated_since}: in generation {self.numbers[-1]}, "
                f"{now}, so there is no genetic drift left."
            )
        return (
            f"The search has not stagnated: {self.varying[-1]} of {length} bits still vary, and two individuals differ "
            f"in {apart:.1f} bits on average. {self._outlook}"
        )

    def to_json(self) -> dict[str, Any]:
        """Plain numbers and lists; some may be infinite or NaN."""
        return {
            "run": self.run,
            "population": self.population,
            "generations": len(self.numbers),
            "first_generation": self.numbers[0],
            "mutation_rate": self.mutation,
            "effective_population_size": self.effective,
            "stagnated_since": self.stagnated_since,
            "sentence": self.sentence,
            "diversity": {
                "observed": self.observed.tolist(),
                "predicted_neutral": self.neutral.tolist(),
                "predicted_effective": self.adjusted.tolist(),
            },
            "absorption": {
                "expected_generations": self.expected,
                "expected_generations_effective": self.expected * self.effective / self.population,
                "remaining_generations": self.remaining,
                "observed_generation": self.uniform_at,
            },
            "loci": [{**asdict(one), "verdict": one.verdict} for one in self.loci],
        }

    @property
    def _outlook(self) -> str:
        if not math.isfinite(self.remaining):
            return "Diversity does not decay, so the chain sees no end to it."
        end = f"By drift alone the chain expects {self.remaining:.1f} more generations until none varies"
        if self.balance < 1:
            return f"{end}."
        return f"{end}; with mutation going on, the two balance where individuals differ in {self.balance:.1f} bits."

    @property
    def _pairs(self) -> float:
        return _pairs(self.population)


def run_drift(stored: StoredRun, plugins: Plugins) -> Drift:
    """Analyse a stored run; its data is not read.

    Raises:
        StorageError: it has fewer than two generations of the evolutionary phase, or makes no sense.
        ConfigError: its encoder or another of its components is not there.
        PluginError: a plugin that it needs is broken or in conflict.
    """
    run = stored.run
    every = stored.generations()
    generations = [one for one in every if one.phase == EVOLVE]  # the others draw no parents
    if len(generations) < 2:  # noqa: PLR2004 - a generation and its next
        raise StorageError(
            f"The run {run.name} has {len(generations)} generations of the phase {EVOLVE!r}; the chain needs two to "
            "see a change. Search for longer: --generations."
        )
    config, last = from_table(run.config), every[-1]
    signature = networks(stored, last)[last.best_key].architecture.signature
    layout = build_parts(config, plugins).encoder.layout(signature)
    check_fit(run.name, last, layout, phases(config.search))
    if len({one.genomes.shape for one in generations}) > 1:
        raise StorageError(f"The run {run.name} has generations of several sizes, which the chain knows nothing of.")
    return drift_of(run.name, generations, layout, flip_probability(run.config["mutation"], layout.length))


def flip_probability(mutation: Mapping[str, Any], length: int) -> float:
    """How probable it is that a bit of an individual with mutation rate 1 flips; NaN where bits do not flip singly.

    Args:
        mutation: the run's table ``[mutation]``.
        length: G.
    """
    match mutation:
        case {"use": "binary_inversion", "per_bit": per_bit}:
            return 1.0 if per_bit else 1 / length
        case {"use": "mutFlipBit", "indpb": probability}:
            return probability
        case {"use": "mutUniformInt", "indpb": probability}:  # draws the bit anew
            return probability / 2
        case _:
            return math.nan


def drift_of(run: str, generations: Sequence[Generation], layout: Layout, flips: float) -> Drift:
    """Analyse two generations or more of one population.

    Args:
        run: its name.
        generations: in order, all of one size.
        layout: of the genomes.
        flips: see :func:`flip_probability`.
    """
    genomes = np.stack([one.genomes for one in generations])
    size, counts, numbers = genomes.shape[1], genomes.sum(axis=1, dtype=np.int64), tuple(g.number for g in generations)
    mutation = _mutation(genomes[:-1], layout, flips)
    chain_mutation = 0.0 if math.isnan(mutation) else mutation
    heterozygosity = (2 * counts * (size - counts)).mean(axis=1) / size**2
    effective = effective_population_size(heterozygosity, chain_mutation)
    pace = float(size) if math.isnan(effective) else effective
    neutral, adjusted = (
        expected_heterozygosity(heterozygosity[0], n, chain_mutation, len(numbers) - 1) for n in (size, pace)
    )
    coefficients = selection_coefficients(counts, size, chain_mutation, pace).tolist()
    loci = [
        Locus.on_path(name, bit, path, size, numbers, coefficient)
        for bit, (name, path, coefficient) in enumerate(zip(bit_names(layout), counts.T, coefficients, strict=True))
    ]
    return Drift(
        run=run,
        population=size,
        numbers=numbers,
        counts=counts,
        mutation=mutation,
        effective=effective,
        observed=heterozygosity * _pairs(size),
        neutral=neutral * _pairs(size),
        adjusted=adjusted * _pairs(size),
        expected=generations_until_uniform(size, counts[0]),
        remaining=_paced(generations_until_uniform(size, counts[-1]), pace / size),
        loci=tuple(loci),
    )


def _pairs(size: int) -> float:
    """Two different individuals differ in ``n / (n - 1)`` times the heterozygosity."""
    return size / (size - 1)


def _paced(generations: float, pace: float) -> float:
    return generations * pace if generations else 0.0


def _mutation(genomes: Genomes, layout: Layout, flips: float) -> float:
    """Mean probability that a bit flips, at most 1/2, over the parents ``(T, P, G)``."""
    genes = genomes[..., layout.hyperparameters].reshape(-1, layout.length - layout.hyperparameters.start)
    rates = [decode_hyperparameters(bits).mutation_rate for bits in genes.tolist()]
    return float(np.minimum(np.mean(rates) * flips, 0.5))
