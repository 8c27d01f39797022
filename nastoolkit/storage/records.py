"""What a storage keeps: plain numbers, texts and bytes, never pickles."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import astuple, dataclass, field
from datetime import UTC, datetime
from typing import Any

import numpy as np

from nastoolkit.architecture import Architecture
from nastoolkit.arrays import Floats, Genomes, Scores


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What is known of one network; it is stored for every network that was trained or pruned.

    Args:
        key: :attr:`nastoolkit.evaluation.Subject.key` of what was trained, or one of its own for a pruned network.
        fitness: F; infinity where it diverged.
        score: generalization score, higher is better; NaN where it diverged.
        spread: ``(w,)`` F of every representation.
        diverged: how many representations diverged.
        architecture: the canonical form, or what pruning left of it.
        others: further objectives, minimized beside F; none in a search with one.
        contributions: ``(depth,)`` F with a hidden layer silenced minus F with it; empty without competition.
        parent: the key of the network that it was pruned from; empty where it was not.
        pruned: fraction of the connections that pruning took away.
        zeros: weights that pruning set to 0 for good; the architecture still counts them.
        epochs: back-propagation cycles of its training; of a pruned network those since the cut.
        weights: ``(C,)`` float32 of the best representation, which are not stored with it; None when it comes from the
            cache.
        incidents: what went wrong on the way to it and was contained, each as a sentence. They come with it from
            wherever it was made, and are stored with the generation.
        unanswered: whether it did not diverge and has no F, because the fitness function raised; not stored.
    """

    key: str
    fitness: float
    score: float
    spread: tuple[float, ...]
    diverged: int
    architecture: Architecture
    others: tuple[float, ...] = ()
    contributions: tuple[float, ...] = ()
    parent: str = ""
    pruned: float = 0.0
    zeros: int = 0
    epochs: int = 0
    weights: Floats | None = field(default=None, compare=False)
    incidents: tuple[str, ...] = field(default=(), compare=False)
    unanswered: bool = field(default=False, compare=False)

    @property
    def objectives(self) -> tuple[float, ...]:
        """``(M,)`` F first."""
        return (self.fitness, *self.others)

    @property
    def kept_objectives(self) -> tuple[float, ...]:
        """``(M,)`` of the weights that are kept, the best representation's; ``fitness`` may be a mean over all."""
        return (min(self.spread), *self.others)

    @property
    def remaining(self) -> int:
        """Weights that pruning left."""
        return self.architecture.complexity - self.zeros


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


@dataclass(frozen=True, slots=True, eq=False)
class Kept:
    """A network whose weights are part of a run's state: the best, those that may be pruned, a point of the front.

    Args:
        key: of its evaluation.
        genome: ``(G,)`` uint8 of an individual that decodes to it, or to what it was pruned from.
        weights: ``(C,)`` float32; empty where only their digest was read.
        digest: SHA-256 of ``weights``, which stands for them; given only without them.
    """

    key: str
    genome: Genomes
    weights: Floats
    digest: str = ""

    def __post_init__(self) -> None:
        if self.weights.size or not self.digest:
            object.__setattr__(self, "digest", weights_digest(self.weights))


@dataclass(frozen=True, slots=True, eq=False)
class Migrants:
    """Individuals that came into a generation from another island.

    Args:
        island: that they came from, counted from 1.
        generation: of that island, that they were taken from.
        genomes: ``(k, G)`` uint8, the best first; the last ``k`` individuals of the generation that they came into.
    """

    island: int
    generation: int
    genomes: Genomes

    @property
    def origin(self) -> tuple[int, int, int]:
        """Island, generation and k: what is written down beside the generation's genomes."""
        return self.island, self.generation, len(self.genomes)


@dataclass(frozen=True, slots=True)
class Generation:
    """One step of a search as it is saved, whole, in one transaction.

    Args:
        number: 0 for the first population.
        phase: ``grow``, ``evolve``, ``final`` or ``prune``.
        step: which step of its phase it is, from 0.
        moved: how many networks changed: instances that grew, offspring that were scored, networks that were cut.
        genomes: ``(P, G)`` uint8.
        fitness: ``(P,)`` float64 F.
        scores: ``(P,)`` float64 generalization scores, NaN where diverged.
        keys: ``(P,)`` the key of each individual's evaluation.
        kept: networks with their weights, the best among them.
        specimens: the keys of the networks that are being pruned, all of them kept.
        best_key: the key of the best so far.
        best_fitness: its F.
        best_score: its generalization score, NaN where it diverged.
        diversity: mean pairwise Hamming distance of the population over G.
        chunk: networks in one compiled program.
        counters: totals up to and with this generation.
        seconds: wall time up to and with this generation.
        migrants: who came into it from another island; None where nobody did.
        incidents: what went wrong in it and was contained, each as a sentence; not part of any digest.
    """

    number: int
    phase: str
    step: int
    moved: int
    genomes: Genomes
    fitness: Scores
    scores: Scores
    keys: tuple[str, ...]
    kept: tuple[Kept, ...]
    specimens: tuple[str, ...]
    best_key: str
    best_fitness: float
    best_score: float
    diversity: float
    chunk: int
    counters: Counters
    seconds: Seconds = field(default_factory=Seconds, compare=False)
    migrants: Migrants | None = None
    incidents: tuple[str, ...] = field(default=(), compare=False)

    @property
    def best(self) -> Kept:
        """The best network so far, with its weights."""
        return next(one for one in self.kept if one.key == self.best_key)

    @property
    def digest(self) -> str:
        """SHA-256 over everything that the seed determines: all fields but ``seconds`` and ``incidents``."""
        digest = hashlib.sha256()
        places = [self.number, self.phase, self.step, self.moved, self.chunk, list(self.genomes.shape)]
        names = [list(self.keys), list(self.specimens), self.best_key, [[one.key, one.digest] for one in self.kept]]
        came = self.migrants.origin if self.migrants else ()  # a run without islands has the digest that it always had
        digest.update(json.dumps([*places, *names, *astuple(self.counters), *came]).encode())
        for bits in (self.genomes, *(one.genome for one in self.kept)):
            digest.update(np.ascontiguousarray(bits, np.uint8).tobytes())
        for numbers in (self.fitness, self.scores, np.array([self.best_fitness, self.best_score, self.diversity])):
            digest.update(np.ascontiguousarray(numbers, "<f8").tobytes())
        return digest.hexdigest()


def weights_digest(weights: Floats) -> str:
    """SHA-256 of ``(C,)`` float32 weights as little-endian bytes: what they are stored under."""
    return hashlib.sha256(np.ascontiguousarray(weights, "<f4").tobytes()).hexdigest()


def now() -> str:
    """This moment as :attr:`Run.created`: UTC, ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="seconds")


@dataclass(frozen=True, slots=True)
class Run:
    """A run's row, written before anything is trained.

    Args:
        name: unique in a storage.
        folder: absolute path of its files.
        created: from :func:`now`.
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
