"""From individuals to scores: decode, train what is new, remember what was found."""

import math
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Sequence, Sized
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from nastoolkit.arrays import Scores
from nastoolkit.datasets.base import Data
from nastoolkit.errors import LISTED, PluginError
from nastoolkit.evaluation import Subject
from nastoolkit.garbage import no_cycles
from nastoolkit.genome import decode_hyperparameters
from nastoolkit.memory import within_memory
from nastoolkit.parts import Parts
from nastoolkit.rng import Stream
from nastoolkit.state import Individual
from nastoolkit.storage.records import Counters, Evaluation
from nastoolkit.trainers.base import Trainer
from nastoolkit.wall.blame import called_back, wall
from nastoolkit.wall.evaluations import evaluated, trainable
from nastoolkit.wall.expecting import looking_at

DECODED = 2**17
"""Genomes whose network's key is remembered: a generation looks at each of its individuals several times."""


class Evaluator:
    """Scores individuals, training only what the run has not trained before.

    Args:
        parts: the run's components; its trainer may shrink.
        data: without its test part.
        stream: the run's root stream.
        train: who trains: :func:`nastoolkit.evaluation.evaluate_population`, or the hook that may put a plugin in its
            place. It is called with keywords alone, as hooks are.
        cache: the run's evaluations so far.
    """

    def __init__(
        self,
        parts: Parts,
        data: Data,
        stream: Stream,
        train: Callable[..., Sequence[Evaluation]],
        cache: Iterable[Evaluation] = (),
    ) -> None:
        self.parts, self._data, self._stream, self._train = parts, data, stream, train
        self._cache = {one.key: one for one in cache}
        self._signature = data.signature
        self._layout = parts.encoder.layout(self._signature)
        self._key = lru_cache(maxsize=DECODED)(self._digest)
        self._incidents: list[str] = []
        self.seconds = 0.0
        self.compile_seconds = 0.0

    def subject(self, bits: Sequence[int]) -> Subject:
        """Decode an individual, or its bits."""
        genome = bytes(bits)
        architecture = self.parts.encoder.decode(np.frombuffer(genome, np.uint8), self._signature)
        return Subject(architecture, decode_hyperparameters(genome[self._layout.hyperparameters]))

    def _digest(self, genome: bytes) -> str:
        return self.subject(genome).key

    def known(self, key: str) -> Evaluation:
        """What was found for a key before, without weights."""
        return self._cache[key]

    def knows(self, key: str) -> bool:
        """Whether something was found for a key."""
        return key in self._cache

    def evaluate(self, individuals: Sequence[Individual]) -> list[Evaluation]:
        """Score a population: every individual takes its key and its fitness.

        Returns:
            what was trained for it: each network once, with weights.
        """
        unknown = self.unknown(individuals)
        with self.timed():
            new = within_memory([self], lambda: self.scheduled(unknown))
        return self.accept(individuals, new)

    def shrink(self) -> bool:
        """From here on, train with fewer networks at once; whether there is a trainer that does."""
        smaller = self.parts.trainer.halved(self._data)
        if smaller:
            self.parts = replace(self.parts, trainer=smaller)
        return smaller is not None

    def shrink_to(self, chunk: int) -> None:
        """From here on, train with so many networks in a program, as a generation has it recorded."""
        self.parts = replace(self.parts, trainer=self.parts.trainer.down_to(chunk, self._data))

    def over(self, parts: Parts, data: Data) -> "Evaluator":
        """One that knows nothing yet, of other parts or data; the same one trains."""
        return Evaluator(parts, data, self._stream, self._train)

    @no_cycles()
    def unknown(self, individuals: Sequence[Individual]) -> list[Subject]:
        """The networks of a population that were not trained before, each once.

        Raises:
            PluginError: the encoder decoded the same bits to two networks.
        """
        genomes = {self._key(genome): genome for genome in map(bytes, individuals)}
        unknown = {key: self.subject(genome) for key, genome in genomes.items() if key not in self._cache}
        if any(one.key != key for key, one in unknown.items()):
            raise PluginError(f"The encoder {self.parts.encoder.name!r} decoded the same bits to two networks.")
        return list(unknown.values())

    def scheduled(self, subjects: Sequence[Subject]) -> list[Evaluation]:
        """Train networks that compete with each other, each as long as the scheduler says.

        Raises:
            PluginError: as :meth:`train`; the scheduler left some without training, or asked for what cannot be.
        """
        found: dict[int, Evaluation] = {}
        scheduler, whole = self.parts.scheduler, self.parts.trainer.epochs
        so_far = dict.fromkeys(range(len(subjects)), 0)

        @called_back
        def train(places: Sequence[int], epochs: int) -> Scores:
            with looking_at(places, f"The scheduler {scheduler.name!r}", "asked for"):
                trainable(places, epochs, whole, so_far)
            so_far.update(dict.fromkeys(places, epochs))
            new = self.train([replace(subjects[n], epochs=epochs) for n in places])
            found.update(zip(places, new, strict=True))
            return np.array([one.fitness for one in new])

        if subjects:
            scheduler.run(len(subjects), whole, train)
        if missing := len(subjects) - len(found):
            raise PluginError(f"The scheduler {scheduler.name!r} left {missing} networks without training.")
        return [found[n] for n in range(len(subjects))]

    def train(self, subjects: Sequence[Subject]) -> list[Evaluation]:
        """Train networks and score them; nothing is remembered.

        Raises:
            PluginError: what trains gave other networks back than it was given, or no weights.
        """
        if not subjects:
            return []
        who = f"The executor {self.parts.executor.name!r}, or a plugin in its place,"
        with wall(who, "nastoolkit_evaluate_population()"):
            new = list(self._train(subjects=subjects, parts=self.parts, data=self._data, stream=self._stream))
        with looking_at(new, who):
            evaluated(new, subjects)
        return self.comparable(new)

    def comparable(self, new: Sequence[Evaluation]) -> list[Evaluation]:
        """What loses to every other has infinite objectives, as many as the others have.

        NaN both beats and loses in DEAP's comparisons.

        Raises:
            PluginError: the fitness function gave more objectives for some networks than for others.
        """
        before = next((one for one in self._cache.values() if math.isfinite(one.fitness)), None)
        answered = [one for one in (before, *new) if one and math.isfinite(one.fitness)]
        counts = {len(one.others) for one in answered}
        if len(counts) > 1:
            raise PluginError(
                f"The fitness {self.parts.fitness.name!r} gave {min(counts) + 1} objectives for some networks and "
                f"{max(counts) + 1} for others. It must give as many for all."
            )
        most = max((len(one.others) for one in (*answered, *new)), default=0)
        worst = (math.inf,) * most
        return [
            one if np.isfinite(one.objectives).all() else replace(one, fitness=math.inf, others=worst) for one in new
        ]

    @no_cycles()
    def accept(self, individuals: Sequence[Individual], new: list[Evaluation]) -> list[Evaluation]:
        """Remember what was trained for a population, and let every individual take its key and its fitness."""
        self.remember(new)
        for individual in individuals:
            key = self._key(bytes(individual))
            individual.take(key, self._cache[key].objectives)
        return new

    @property
    def terms(self) -> tuple[object, ...]:
        """What a network's evaluation depends on beside the network: searches of equal terms can share training."""
        parts = self.parts
        means = parts.encoder, parts.trainer, parts.competition, parts.fitness, parts.scheduler
        company = self if parts.scheduler.compares else None
        return *means, self._data.digest, self._stream, company

    def remember(self, evaluations: Sequence[Evaluation]) -> None:
        """Take in what was found, and note the incidents on the way to it: equal ones once, with how many had them."""
        self._cache |= {one.key: replace(one, weights=None, incidents=()) for one in evaluations}
        counts = Counter(text for one in evaluations for text in one.incidents)
        for text, count in counts.items():
            self.note(f"{text} This concerns {count} of {len(evaluations)} new networks.")

    def note(self, incident: str) -> None:
        """Take in a sentence on what went wrong and was contained, for the generation that is under way."""
        self._incidents.append(incident)

    def take_incidents(self) -> tuple[str, ...]:
        """All that was noted since they were taken last; of very many the first, and how many there are."""
        noted, self._incidents = list(dict.fromkeys(self._incidents)), []
        more = [f"Further incidents that are not listed: {len(noted) - LISTED}."] if len(noted) > LISTED else []
        return (*noted[:LISTED], *more)

    @contextmanager
    def timed(self) -> Generator[None]:
        """Count what happens here as training, and its compiling as that."""
        with _stopwatch(self.parts.trainer) as spent:
            yield
        self.spend(spent)

    def spend(self, spent: "Spent", share: float = 1.0) -> None:
        """Count time, or a share of it, as training."""
        self.seconds += share * spent.seconds
        self.compile_seconds += share * spent.compiling


@dataclass(slots=True)
class Spent:
    """Wall seconds, and how many of them went into compiling."""

    seconds: float = 0.0
    compiling: float = 0.0


@contextmanager
def _stopwatch(trainer: Trainer) -> Generator[Spent]:
    """Measure what happens here; what it yields is filled in at the end."""
    spent, started, compiled = Spent(), time.perf_counter(), trainer.compile_seconds
    yield spent
    spent.seconds, spent.compiling = time.perf_counter() - started, trainer.compile_seconds - compiled


def evaluate_together(
    evaluators: Sequence[Evaluator], populations: Sequence[Sequence[Individual]]
) -> list[list[Evaluation]]:
    """Score a population of each of several searches of equal :attr:`Evaluator.terms`; see :meth:`Evaluator.evaluate`.

    A network that several of them ask for is trained once, and all of them at once. What it cost is shared out by the
    number of networks that each has asked for. Where memory runs out, all of them go on with fewer at once.
    """
    wanted = [one.unknown(born) for one, born in zip(evaluators, populations, strict=True)]
    everything = {subject.key: subject for subjects in wanted for subject in subjects}
    with _stopwatch(evaluators[0].parts.trainer) as spent:
        new = within_memory(evaluators, lambda: evaluators[0].scheduled(list(everything.values())))
    found = {one.key: one for one in new}
    asked = sum(map(len, wanted)) or 1
    for one, subjects in zip(evaluators, wanted, strict=True):
        one.spend(spent, len(subjects) / asked)
    return [
        one.accept(born, [found[subject.key] for subject in subjects])
        for one, born, subjects in zip(evaluators, populations, wanted, strict=True)
    ]


def counted(before: Counters, scored: Sized, new: Sequence[Evaluation]) -> Counters:
    """The totals after some were scored, for which ``new`` had to be trained."""
    return Counters(
        evaluations=before.evaluations + len(scored),
        trained=before.trained + len(new),
        cache_hits=before.cache_hits + len(scored) - len(new),
        diverged=before.diverged + sum(one.diverged == len(one.spread) for one in new),
    )
