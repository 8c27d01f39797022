"""From individuals to scores: decode, train what is new, measure. A whole population at once."""

import hashlib
import json
import math
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

import numpy as np

from nastoolkit.architecture import Architecture
from nastoolkit.arrays import Floats, Scores, worst_if_unknown
from nastoolkit.datasets.base import Data
from nastoolkit.errors import PluginError
from nastoolkit.fitness.base import Candidate
from nastoolkit.fitness.metrics import score
from nastoolkit.genome import Hyperparameters
from nastoolkit.parts import Parts
from nastoolkit.rng import Stream
from nastoolkit.state import Individual
from nastoolkit.storage.base import Counters, Evaluation
from nastoolkit.trainers.base import Trained


@dataclass(frozen=True)
class Subject:
    """What is trained: individuals with equal keys are the same network and are trained once.

    Args:
        architecture: the canonical form.
        hyperparameters: training reads the learning rate and the momentum, and so may a fitness function.
    """

    architecture: Architecture
    hyperparameters: Hyperparameters

    @cached_property
    def key(self) -> str:
        """SHA-256 of the canonical form, the learning rate and the momentum."""
        genes = self.hyperparameters
        document = [self.architecture.to_json(), genes.learning_rate.hex(), genes.momentum.hex()]
        return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()


def evaluate_population(subjects: Sequence[Subject], parts: Parts, data: Data, stream: Stream) -> list[Evaluation]:
    """Train every subject and score it by the best of its weight representations (paper: many-to-one).

    A pure function of each subject and the run's stream: initial weights are drawn from the subject's key and the
    data's digest, never from its place, its generation or its company.
    """
    where = stream.at("network", data.digest)
    representations = range(parts.trainer.representations)
    trained = parts.trainer.train(
        [one.architecture for one in subjects],
        [one.hyperparameters for one in subjects],
        data,
        np.array([[where.at(one.key, r).integer() for r in representations] for one in subjects], np.uint32),
        stream.at("batches", data.digest).integer(),
    )
    predictions = parts.trainer.predict(trained, data, data.valid.inputs)
    diverged = trained.diverged.sum(axis=1)
    spreads = _measured(subjects, trained, predictions, parts, data)
    return [
        Evaluation(
            key=one.key,
            fitness=float(spread[best]),
            score=score(predictions[p, best], data.valid.targets, data) if np.isfinite(spread[best]) else np.nan,
            spread=tuple(spread.tolist()),
            diverged=int(diverged[p]),
            architecture=one.architecture,
            weights=trained.weights[p][best],
        )
        for p, (one, spread, best) in enumerate(zip(subjects, spreads, spreads.argmin(axis=1), strict=True))
    ]


def _measured(subjects: Sequence[Subject], trained: Trained, predictions: Floats, parts: Parts, data: Data) -> Scores:
    """``(P, w)`` F of every representation; infinity where it diverged or the fitness function has no answer."""
    largest = _max_complexity(parts, data)
    candidates = [
        Candidate(one.architecture, _training_only(one.hyperparameters), *representation, largest)
        for one, curves, outputs in zip(subjects, trained.curves, predictions, strict=True)
        for representation in zip(curves, outputs, strict=True)
    ]
    measured = parts.fitness.measure(candidates, data)
    if np.shape(measured) != (len(candidates),):
        raise PluginError(
            f"The fitness {parts.fitness.name!r} returned shape {np.shape(measured)} for {len(candidates)} candidates. "
            f"It must return ({len(candidates)},)."
        )
    diverged = trained.diverged
    return worst_if_unknown(np.where(diverged, np.nan, np.reshape(measured, diverged.shape)))


def _training_only(genes: Hyperparameters) -> Hyperparameters:
    """Without the two rates of evolution: they are no part of a network, so its F must not depend on them."""
    return replace(genes, mutation_rate=math.nan, crossover_rate=math.nan)


class Evaluator:
    """Scores individuals, training only what the run has not trained before.

    Args:
        parts: the run's components.
        data: without its test part.
        stream: the run's root stream.
        train: who trains: :func:`evaluate_population`, or the hook that may put a plugin in its place. It is called
            with keywords alone, as hooks are.
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
        self._parts, self._data, self._stream, self._train = parts, data, stream, train
        self._cache = {one.key: one for one in cache}
        self._decoded = lru_cache(maxsize=1024)(self._decode)  # most of a settled population is copies
        self.seconds = 0.0
        self.compile_seconds = 0.0

    def subject(self, individual: Individual) -> Subject:
        """Decode an individual."""
        return self._decoded(individual.genome.tobytes(), individual.hyperparameters)

    def _decode(self, genome: bytes, hyperparameters: Hyperparameters) -> Subject:
        bits = np.frombuffer(genome, np.uint8)
        return Subject(self._parts.encoder.decode(bits, self._data.signature), hyperparameters)

    def known(self, key: str) -> Evaluation:
        """What was found for a key before, without weights."""
        return self._cache[key]

    def evaluate(self, individuals: Sequence[Individual]) -> list[Evaluation]:
        """Score a population: every individual takes its key and its fitness.

        Returns:
            what was trained for it: each network once, with weights.
        """
        subjects = [self.subject(one) for one in individuals]
        unknown = list({one.key: one for one in subjects if one.key not in self._cache}.values())
        started, compiled = time.perf_counter(), self._parts.trainer.compile_seconds
        new = (
            list(self._train(subjects=unknown, parts=self._parts, data=self._data, stream=self._stream))
            if unknown
            else []
        )
        self.seconds += time.perf_counter() - started
        self.compile_seconds += self._parts.trainer.compile_seconds - compiled
        if [one.key for one in new] != [one.key for one in unknown] or any(one.weights is None for one in new):
            raise PluginError(
                "The plugin that evaluates populations gave other networks back than it was given, or no weights."
            )
        new = [replace(one, fitness=one.fitness if math.isfinite(one.fitness) else math.inf) for one in new]
        self._cache |= {one.key: replace(one, weights=None) for one in new}
        for individual, subject in zip(individuals, subjects, strict=True):
            individual.take(subject.key, self._cache[subject.key].fitness)
        return new


def counted(before: Counters, scored: Sequence[Individual], new: Sequence[Evaluation]) -> Counters:
    """The totals after some individuals were scored, for which ``new`` had to be trained."""
    return Counters(
        evaluations=before.evaluations + len(scored),
        trained=before.trained + len(new),
        cache_hits=before.cache_hits + len(scored) - len(new),
        diverged=before.diverged + sum(one.diverged == len(one.spread) for one in new),
    )


def _max_complexity(parts: Parts, data: Data) -> int:
    """C_max: the complexity of the all-ones encoding."""
    layout = parts.encoder.layout(data.signature)
    return parts.encoder.decode(np.ones(layout.length, np.uint8), data.signature).complexity
