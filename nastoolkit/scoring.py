"""From trained networks to objectives: what a fitness function is given, and what becomes of its answers."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from nastoolkit.architecture import Architecture
from nastoolkit.arrays import Array, Floats, Scores
from nastoolkit.datasets.base import Data
from nastoolkit.errors import PluginError
from nastoolkit.fitness.base import Candidate
from nastoolkit.fitness.metrics import score
from nastoolkit.genome import Hyperparameters
from nastoolkit.parts import Parts
from nastoolkit.trainers.base import Trained, Variant


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

    def networks(
        self, networks: Trained, genes: Sequence[Hyperparameters], pruned: Sequence[float] = ()
    ) -> tuple[Scores, Floats]:
        """Measure trained networks.

        Args:
            networks: ``(P, w)``.
            genes: ``(P,)``.
            pruned: ``(P,)`` fraction of the connections that are gone; nothing where none are.

        Returns:
            ``(P, w, M)`` objectives, F first, infinity where there is no answer; and the ``(P, w, N, O)`` predictions
            on the validation part that they were measured by.
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
        return self.objectives(candidates, diverged.ravel()).reshape(*diverged.shape, -1), predictions

    def variants(self, trained: Trained, genes: Sequence[Hyperparameters], variants: Sequence[Variant]) -> Scores:
        """``(V,)`` F of variants of trained networks; infinity where there is none."""
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
        return self.objectives(candidates, lost)[:, 0]

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

    def objectives(self, candidates: Sequence[Candidate], diverged: Array) -> Scores:
        """``(V,)`` candidates, and which of them diverged -> ``(V, M)``, F first; infinity where there is no answer.

        Raises:
            PluginError: the fitness function's answer has another shape.
        """
        measured = np.asarray(self.parts.fitness.measure(candidates, self.data), np.float64)
        if measured.ndim not in {1, 2} or len(measured) != len(candidates) or measured.shape[1:] == (0,):
            raise PluginError(
                f"The fitness {self.parts.fitness.name!r} returned shape {measured.shape} for {len(candidates)} "
                f"candidates. It must return ({len(candidates)},), or a row of objectives for each."
            )
        table = measured[:, None] if measured.ndim == 1 else measured
        unknown = diverged | ~np.isfinite(table).all(axis=1)
        return np.where(unknown[:, None], np.inf, table)
