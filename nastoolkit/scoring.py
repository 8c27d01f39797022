"""From trained networks to objectives: what a fitness function is given, and what becomes of its answers."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from nastoolkit.architecture import Architecture
from nastoolkit.arrays import Array, Floats, Scores
from nastoolkit.datasets.base import Data
from nastoolkit.errors import ComponentError
from nastoolkit.fitness.base import Candidate
from nastoolkit.fitness.metrics import score
from nastoolkit.genome import Hyperparameters
from nastoolkit.parts import Parts
from nastoolkit.trainers.base import Trained, Variant


class Measured(NamedTuple):
    """What came of measuring P networks of w representations.

    Args:
        objectives: ``(P, w, M)``, F first; infinity where there is no answer.
        predictions: ``(P, w, N, O)`` on the validation part, that they were measured by.
        failures: ``(P,)`` for each network sentences on how the fitness function failed.
    """

    objectives: Scores
    predictions: Floats
    failures: Sequence[tuple[str, ...]]


@dataclass(frozen=True, slots=True, eq=False)
class Judge:
    """Measures networks on the validation part.

    Args:
        parts: the fitness function is asked.
        data: without its test part.
        largest: C_max, the complexity of the all-ones encoding.
    """

    parts: Parts
    data: Data
    largest: int

    @classmethod
    def of(cls, parts: Parts, data: Data) -> "Judge":
        """The judge of a run."""
        layout = parts.encoder.layout(data.signature)
        everything = parts.encoder.decode(np.ones(layout.length, np.uint8), data.signature)
        return cls(parts, data, everything.complexity)

    def networks(self, networks: Trained, genes: Sequence[Hyperparameters], pruned: Sequence[float] = ()) -> Measured:
        """Measure trained networks.

        Args:
            networks: ``(P, w)``.
            genes: ``(P,)``.
            pruned: ``(P,)`` fraction of the connections that are gone; nothing where none are.
        """
        predictions = self.parts.trainer.predict(networks, self.data, self.data.valid.inputs)
        candidates = [
            self.candidate(architecture, gene, curve, outputs, gone)
            for architecture, gene, curves, answers, gone in zip(
                networks.architectures, genes, networks.curves, predictions, pruned or [0.0] * len(genes), strict=True
            )
            for curve, outputs in zip(curves, answers, strict=True)
        ]
        diverged = networks.diverged
        objectives, failures = self.objectives(candidates, diverged.ravel())
        width = diverged.shape[1]
        told = [tuple(filter(None, failures[n : n + width])) for n in range(0, len(failures), width)]
        return Measured(objectives.reshape(*diverged.shape, -1), predictions, told)

    def variants(
        self, trained: Trained, genes: Sequence[Hyperparameters], variants: Sequence[Variant]
    ) -> tuple[Scores, list[str]]:
        """``(V,)`` F of variants of trained networks, infinity where there is none; and failures."""
        answers = self.parts.trainer.predict_variants(trained, variants, self.data, self.data.valid.inputs)
        candidates = [
            self.candidate(
                trained.architectures[one.network],
                genes[one.network],
                trained.curves[one.network, one.representation],
                outputs,
            )
            for one, outputs in zip(variants, answers, strict=True)
        ]
        lost = trained.diverged[[one.network for one in variants], [one.representation for one in variants]]
        objectives, failures = self.objectives(candidates, lost)
        return objectives[:, 0], failures

    def score(self, outputs: Floats) -> float:
        """The generalization score of ``(N, O)`` predictions on the validation part."""
        return score(outputs, self.data.valid.targets, self.data)

    def candidate(
        self, architecture: Architecture, genes: Hyperparameters, curve: Floats, outputs: Floats, pruned: float = 0.0
    ) -> Candidate:
        """A network as a fitness function sees it.

        The two rates of evolution are no part of a network, so its F must not depend on them.
        """
        training = replace(genes, mutation_rate=math.nan, crossover_rate=math.nan)
        return Candidate(architecture, training, curve, outputs, self.largest, pruned)

    def objectives(self, candidates: Sequence[Candidate], diverged: Array) -> tuple[Scores, list[str]]:
        """``(V,)`` candidates, and which of them diverged -> ``(V, M)``, F first; infinity where there is no answer.

        Returns:
            the objectives, and for each candidate a sentence on how the fitness function failed, or nothing.
        """
        table, failures = self._answers(candidates)
        unknown = diverged | ~np.isfinite(table).all(axis=1)
        return np.where(unknown[:, None], np.inf, table), failures

    def _answers(self, candidates: Sequence[Candidate]) -> tuple[Scores, list[str]]:
        """Ask about all candidates at once, and about each by itself where that fails; NaN where that fails too."""
        try:
            found = np.asarray(self.parts.fitness.measure(candidates, self.data), np.float64)
        except ComponentError as error:
            if len(candidates) == 1:
                return np.array([[np.nan]]), [f"{error} A network without an answer loses to every other."]
            alone = [self._answers([one]) for one in candidates]
            objectives = max(table.shape[1] for table, _ in alone)
            padded = [np.pad(one, ((0, 0), (0, objectives - one.shape[1])), constant_values=np.nan) for one, _ in alone]
            return np.concatenate(padded), [failure for _, (failure,) in alone]
        return found[:, None] if found.ndim == 1 else found, [""] * len(candidates)
