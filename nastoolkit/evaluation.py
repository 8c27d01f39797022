"""From networks to scores: train, compete, measure. A whole population at once."""

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from nastoolkit.architecture import Architecture
from nastoolkit.arrays import Scores
from nastoolkit.competition.base import Contest
from nastoolkit.datasets.base import Data
from nastoolkit.genome import Hyperparameters
from nastoolkit.parts import Parts
from nastoolkit.rng import Stream
from nastoolkit.scoring import Judge
from nastoolkit.storage.records import Evaluation
from nastoolkit.trainers.base import Variant
from nastoolkit.wall.blame import called_back
from nastoolkit.wall.expecting import looking_at
from nastoolkit.wall.networks import askable


@dataclass(frozen=True)
class Subject:
    """What is trained: individuals with equal keys are the same network and are trained once.

    Args:
        architecture: the canonical form.
        hyperparameters: training reads the learning rate and the momentum, and so may a fitness function.
        epochs: after which training stops; None for the end of it.
    """

    architecture: Architecture
    hyperparameters: Hyperparameters
    epochs: int | None = None

    @cached_property
    def key(self) -> str:
        """SHA-256 of the canonical form, the learning rate and the momentum."""
        genes = self.hyperparameters
        document = f'[{self.architecture.text}, "{genes.learning_rate.hex()}", "{genes.momentum.hex()}"]'
        return hashlib.sha256(document.encode()).hexdigest()


@called_back
def evaluate_population(subjects: Sequence[Subject], parts: Parts, data: Data, stream: Stream) -> list[Evaluation]:
    """Train every subject, let its layers compete, and score it by its weight representations (paper: many-to-one).

    A pure function of each subject and the run's stream: what is drawn comes from the subject's key and the data's
    digest, never from its place, its generation or its company. All subjects of a call are trained for as long.
    """
    where, judge = stream.at("network", data.digest), Judge.of(parts, data)
    genes = [one.hyperparameters for one in subjects]
    representations, (epochs,) = range(parts.trainer.representations), {one.epochs for one in subjects}
    trained = parts.trainer.train(
        [one.architecture for one in subjects],
        genes,
        data,
        np.array([[where.at(one.key, r).integer() for r in representations] for one in subjects], np.uint32),
        stream.at("batches", data.digest).integer(),
        epochs,
    )

    told: list[list[str]] = [[] for _ in subjects]

    @called_back
    def measure(variants: Sequence[Variant]) -> Scores:
        with looking_at(variants, f"The competition {parts.competition.name!r}", "asked for"):
            askable(variants, trained)
        found, failures = judge.variants(trained, genes, variants)
        for one, failure in zip(variants, failures, strict=True):
            told[one.network] += [failure] * bool(failure)
        return found

    streams = [where.at(one.key, "competition") for one in subjects]
    contest = parts.competition.compete(trained, measure, streams)
    objectives, predictions, failures = judge.networks(contest.trained, genes)
    scores = np.array([[[judge.score(outputs)] for outputs in answers] for answers in predictions])
    found = np.concatenate([objectives, scores], axis=2)
    evaluations = [_evaluation(one, contest, p, found[p], parts.trainer.judged_by) for p, one in enumerate(subjects)]
    return [failed(*one) for one in zip(evaluations, failures, told, strict=True)]


def failed(evaluation: Evaluation, failures: Sequence[str], earlier: Sequence[str] = ()) -> Evaluation:
    """An evaluation with what a fitness function failed at, when it was measured and in the competition before."""
    lost = evaluation.diverged < len(evaluation.spread) and not math.isfinite(evaluation.fitness)
    incidents = tuple(dict.fromkeys([*earlier, *failures]))
    return replace(evaluation, incidents=incidents, unanswered=lost and bool(failures))


def _evaluation(subject: Subject, contest: Contest, place: int, found: Scores, judged_by: str) -> Evaluation:
    """What is known of one subject, from the objectives and the score ``(w, M + 1)`` of its representations."""
    best = int(found[:, 0].argmin())
    fitness, *others, score = (found[best] if judged_by == "best" else found.mean(axis=0)).tolist()
    return Evaluation(
        key=subject.key,
        fitness=fitness,
        score=score if math.isfinite(fitness) else math.nan,
        spread=tuple(found[:, 0].tolist()),
        diverged=int(contest.trained.diverged[place].sum()),
        epochs=contest.trained.curves.shape[2],
        architecture=subject.architecture,
        others=tuple(others),
        contributions=tuple(contest.contributions[place][best].tolist()),
        weights=contest.trained.weights[place][best],
    )
