"""The contract of a storage, and the records that it keeps: plain numbers, texts and bytes, never pickles."""

import hashlib
import json
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, field
from typing import Any

import numpy as np

from nastoolkit.architecture import Architecture
from nastoolkit.arrays import Floats, Genomes, Scores


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What is known of one network: everything but its weights is stored for every network that was trained.

    Args:
        key: :attr:`nastoolkit.evaluation.Subject.key` of what was trained.
        fitness: F of the best representation; infinity where all of them diverged.
        score: generalization score of the same representation, higher is better; NaN where it diverged.
        spread: ``(w,)`` F of every representation.
        diverged: how many representations diverged.
        architecture: the canonical form.
        weights: ``(C,)`` float32 of the best representation; None when it comes from the cache.
    """

    key: str
    fitness: float
    score: float
    spread: tuple[float, ...]
    diverged: int
    architecture: Architecture
    weights: Floats | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Counters:
    """Totals since the run began.

    Args:
        evaluations: individuals scored, cache hits included.
        trained: networks trained (each with all its representations).
        cache_hits: individuals whose network had been trained before.
        diverged: networks of ``trained`` of which every representation diverged.
    """

    evaluations: int = 0
    trained: int = 0
    cache_hits: int = 0
    diverged: int = 0


@dataclass(frozen=True, slots=True)
class Seconds:
    """Wall time up to a generation, summed over the run's sessions; not part of any digest.

    Args:
        total: from the reading of the data; what Python takes to start, and the export at the end, are not in it.
        compile: compiling programs.
        training: training and scoring networks.
        search: everything else between the first generation and this: evolution, decoding, storage, hooks.
    """

    total: float = 0.0
    compile: float = 0.0
    training: float = 0.0
    search: float = 0.0


@dataclass(frozen=True, slots=True)
class Generation:
    """One generation as it is saved, whole, in one transaction.

    Args:
        number: 0 for the first population.
        phase: ``evolve``.
        genomes: ``(P, G)`` uint8.
        fitness: ``(P,)`` float64 F.
        scores: ``(P,)`` float64 generalization scores, NaN where diverged.
        keys: ``(P,)`` the key of each individual's evaluation.
        best_genome: ``(G,)`` uint8 of the best individual so far.
        best_key: the key of its evaluation.
        best_fitness: its F.
        best_score: its generalization score, NaN where it diverged.
        best_weights: ``(C,)`` float32 of its network; empty where only their digest was read.
        diversity: mean pairwise Hamming distance of the population over G.
        chunk: networks in one compiled program.
        counters: totals up to and with this generation.
        seconds: wall time up to and with this generation.
        best_weights_digest: SHA-256 of ``best_weights``, which stands for them in ``digest``; given only without them.
    """

    number: int
    phase: str
    genomes: Genomes
    fitness: Scores
    scores: Scores
    keys: tuple[str, ...]
    best_genome: Genomes
    best_key: str
    best_fitness: float
    best_score: float
    best_weights: Floats
    diversity: float
    chunk: int
    counters: Counters
    seconds: Seconds = field(default_factory=Seconds, compare=False)
    best_weights_digest: str = ""

    def __post_init__(self) -> None:
        if self.best_weights.size or not self.best_weights_digest:
            object.__setattr__(self, "best_weights_digest", weights_digest(self.best_weights))

    @property
    def digest(self) -> str:
        """SHA-256 over everything that the seed determines: all fields but ``seconds``."""
        digest = hashlib.sha256()
        heading = [self.number, self.phase, list(self.genomes.shape), list(self.keys), self.best_key, self.chunk]
        digest.update(json.dumps([*heading, self.best_weights_digest, *astuple(self.counters)]).encode())
        for bits in (self.genomes, self.best_genome):
            digest.update(np.ascontiguousarray(bits, np.uint8).tobytes())
        for numbers in (self.fitness, self.scores, np.array([self.best_fitness, self.best_score, self.diversity])):
            digest.update(np.ascontiguousarray(numbers, "<f8").tobytes())
        return digest.hexdigest()


def weights_digest(weights: Floats) -> str:
    """SHA-256 of ``(C,)`` float32 weights as little-endian bytes: what they are stored under."""
    return hashlib.sha256(np.ascontiguousarray(weights, "<f4").tobytes()).hexdigest()


@dataclass(frozen=True, slots=True)
class Run:
    """A run's row, written before anything is trained.

    Args:
        name: unique in a storage.
        folder: absolute path of its files.
        created: UTC, ISO 8601.
        config: the whole configuration as JSON.
        data_digest: :attr:`nastoolkit.datasets.base.Data.digest`.
        environment: versions, backend, device, threads and CPU flags; empty until they are known.
        stopped_because: empty while it has not ended.
        result: the final result as JSON; empty while it has not ended.
    """

    name: str
    folder: str
    created: str
    config: Mapping[str, Any]
    data_digest: str
    environment: Mapping[str, Any] = field(default_factory=dict[str, Any])
    stopped_because: str = ""
    result: Mapping[str, Any] = field(default_factory=dict[str, Any])


class StoredRun(ABC):
    """A read-only view of one run."""

    @property
    @abstractmethod
    def run(self) -> Run:
        """Its row."""

    @abstractmethod
    def generations(self) -> Sequence[Generation]:
        """Every saved generation in order; ``best_weights`` is empty in all but the last.

        Raises:
            StorageError: a generation is missing, or its digest does not match what was read.
        """

    @abstractmethod
    def last(self) -> Generation | None:
        """The last saved generation with its weights, or None before the first.

        Raises:
            StorageError: as :meth:`generations`.
        """

    @abstractmethod
    def digests(self) -> Sequence[str]:
        """The digest that was stored with every generation, in order."""

    @abstractmethod
    def evaluations(self) -> Mapping[str, Evaluation]:
        """Every network that was trained, by key, without weights."""


class Storage(ABC):
    """Keeps runs. What one call saves is saved whole or not at all.

    Every method raises ``StorageError`` where the database is locked, damaged, full or gone; the message says which
    file or URL, and the way out.
    """

    @property
    @abstractmethod
    def url(self) -> str:
        """Where it is, absolute, so that a run's folder can name it."""

    @abstractmethod
    def create(self, run: Run) -> None:
        """Add a run's row. A name that is taken is an error."""

    @abstractmethod
    def describe(self, name: str, environment: Mapping[str, Any]) -> None:
        """Say where a run is computed, which was not known when its row was written."""

    @abstractmethod
    def save(self, name: str, generation: Generation, evaluations: Sequence[Evaluation]) -> None:
        """Add a generation, with the networks trained for it, in one transaction.

        The weights of the best so far replace those of the generation before; other weights are not kept.
        """

    @abstractmethod
    def finish(self, name: str, stopped_because: str, result: Mapping[str, Any]) -> None:
        """Say why the run ended and with what."""

    @abstractmethod
    def open(self, name: str) -> StoredRun:
        """A run by name. One that does not exist is an error that names the nearest."""

    @abstractmethod
    def runs(self) -> Sequence[Run]:
        """Every run's row, newest first."""

    @abstractmethod
    def close(self) -> None:
        """Give back files and connections."""
