"""PRUNE: make the best networks smaller, step by step, and train them on (paper, Algorithm 1 and section III-B.1)."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from nastoolkit.architecture import Architecture, Edge
from nastoolkit.arrays import Floats, Scores
from nastoolkit.config import PRUNE
from nastoolkit.evaluation import failed
from nastoolkit.genome import Hyperparameters, decode_hyperparameters
from nastoolkit.memory import within_memory
from nastoolkit.pareto import on_front
from nastoolkit.phases.base import Proposal, Search, Step, contained, followed
from nastoolkit.pruners.base import Bench, Specimen
from nastoolkit.pruners.compact import without
from nastoolkit.scoring import Judge
from nastoolkit.storage.records import Evaluation, Generation, Kept
from nastoolkit.trainers.base import Trained, Variant
from nastoolkit.wall.blame import called_back
from nastoolkit.wall.expecting import looking_at
from nastoolkit.wall.networks import expect_cut
from nastoolkit.weights import split


@dataclass(frozen=True, slots=True, eq=False)
class _Patient:
    """A network under the knife: what is kept of it, what a pruner sees of it, and its training genes."""

    kept: Kept
    specimen: Specimen
    genes: Hyperparameters

    @property
    def successor(self) -> str:
        """The key of what it becomes by the next cut."""
        return hashlib.sha256(f"{self.kept.key} pruned".encode()).hexdigest()

    def pruned(self, architecture: Architecture) -> float:
        """The fraction of its first connections that an architecture has no more."""
        return 1 - len(architecture.edges) / len(self.specimen.origin.edges)


def prune(search: Search, last: Generation) -> Proposal:
    """One step of the pruner: nobody is born by it."""
    return Proposal((), lambda _: _pruned(search, last))


def _pruned(search: Search, last: Generation) -> Step:
    """Every specimen after the pruner's next cut; those that it leaves as they are stay.

    The population stays as it is. The first step takes the best networks of the search, ``[search] candidates`` of
    them. After each cut they are trained on, from the weights that are left.
    """
    with search.evaluator.timed():
        patients = [_patient(search, one) for one in _specimens(search, last)]
        fresh = [one for one in patients if not search.evaluator.knows(one.successor)]  # else it diverged: it is done
        born = within_memory([search.evaluator], lambda: _cut(search, last, fresh))
    search.evaluator.remember(born)
    return _recorded(search, last, patients, born), born


def _cut(search: Search, last: Generation, patients: Sequence[_Patient]) -> list[Evaluation]:
    """Those that the pruner made smaller, trained on."""
    judge = Judge.of(search.parts, search.last_data)
    smaller = [_smaller(search, judge, last, one) for one in patients]
    cut = [(one, network) for one, network in zip(patients, smaller, strict=True) if network is not None]
    return search.evaluator.comparable(list(_trained_on(search, judge, cut))) if cut else []


def _specimens(search: Search, last: Generation) -> list[Kept]:
    """Those of the step before, or the best of the search."""
    if last.specimens:
        return [one for key in last.specimens for one in last.kept if one.key == key]
    best = last.kept[: search.config.candidates]
    return [one for one in best if np.isfinite(search.evaluator.known(one.key).fitness)]


def _patient(search: Search, kept: Kept) -> _Patient:
    lineage = list(_lineage(search, kept.key))
    now, first = lineage[0], lineage[-1]
    specimen = Specimen(
        first.architecture, now.architecture, kept.weights, now.remaining, now.kept_objectives[0], len(lineage) - 1
    )
    return _Patient(kept, specimen, decode_hyperparameters(kept.genome[search.layout.hyperparameters].tolist()))


def _lineage(search: Search, key: str) -> Iterator[Evaluation]:
    """The evaluation of a network, of that which it was pruned from, and so on."""
    while key:
        yield (one := search.evaluator.known(key))
        key = one.parent


def _smaller(search: Search, judge: Judge, last: Generation, patient: _Patient) -> tuple[Architecture, Floats] | None:
    """What the pruner makes of a specimen."""
    specimen, data = patient.specimen, search.last_data
    trainer, pruner = search.parts.trainer, search.parts.pruner
    network = _as_trained([specimen.architecture], [specimen.weights])

    @called_back
    def toggled(cuts: Sequence[frozenset[Edge]]) -> Scores:
        with looking_at(cuts, f"The pruner {pruner.name!r}", "asked for"):
            for edges in cuts:
                expect_cut(edges, specimen.architecture)
        answers = trainer.predict_variants(
            network, [Variant(0, without=edges) for edges in cuts], data, data.valid.inputs
        )
        left = [without(specimen.architecture, edges) for edges in cuts]
        candidates = [
            judge.candidate(one, patient.genes, network.curves[0, 0], outputs, patient.pruned(one))
            for one, outputs in zip(left, answers, strict=True)
        ]
        objectives, failures = judge.objectives(candidates, np.zeros(len(cuts), bool))
        for failure in filter(None, failures):
            search.evaluator.note(failure)
        return objectives[:, 0]

    population = tuple(search.evaluator.known(key).architecture for key in last.keys)
    stream = search.stream.at("network", data.digest).at(patient.kept.key, "pruning")
    return pruner.prune(specimen, Bench(toggled, population, last.fitness), stream)


def _trained_on(
    search: Search, judge: Judge, cut: Sequence[tuple[_Patient, tuple[Architecture, Floats]]]
) -> Iterator[Evaluation]:
    """Train what was cut, and measure it."""
    pruner, data = search.parts.pruner, search.last_data
    patients = [one for one, _ in cut]
    networks = _as_trained(*zip(*(network for _, network in cut), strict=True))
    genes = [one.genes for one in patients]
    if pruner.epochs:
        order = search.stream.at("batches", data.digest, "pruning").integer()
        tune = search.parts.trainer.tune
        networks = tune(networks, genes, data, order, pruner.epochs, sparse=pruner.unstructured)
    fractions = [one.pruned(a) for one, a in zip(patients, networks.architectures, strict=True)]
    objectives, predictions, failures = judge.networks(networks, genes, fractions)
    for n, patient in enumerate(patients):
        weights = networks.weights[n][0]
        fitness, *others = objectives[n, 0].tolist()
        evaluation = Evaluation(
            key=patient.successor,
            fitness=fitness,
            score=judge.score(predictions[n, 0]) if np.isfinite(fitness) else np.nan,
            spread=(fitness,),
            diverged=int(networks.diverged[n, 0]),
            architecture=networks.architectures[n],
            others=tuple(others),
            parent=patient.kept.key,
            pruned=fractions[n],
            zeros=_zeros(networks.architectures[n], weights) if pruner.unstructured else 0,
            epochs=pruner.epochs,
            weights=weights,
        )
        yield failed(evaluation, failures[n])


def _zeros(architecture: Architecture, weights: Floats) -> int:
    """How many weights of kernels are 0; a bias may be 0 because its unit was never active."""
    return sum(int((part == 0).sum()) for part in split(architecture, weights) if part.ndim > 1)


def _as_trained(architectures: Sequence[Architecture], weights: Sequence[Floats]) -> Trained:
    """Networks of one representation whose learning curves are not known."""
    curves = np.zeros((len(architectures), 1, 1), np.float32)
    return Trained(tuple(architectures), tuple(one[None] for one in weights), curves)


def _recorded(search: Search, last: Generation, patients: Sequence[_Patient], born: Sequence[Evaluation]) -> Generation:
    """Write the step down: the population as it was, and what the specimens are now."""
    weights = {one.key: one.weights for one in born if np.isfinite(one.fitness) and one.weights is not None}
    now = [
        Kept(one.successor, one.kept.genome, weights[one.successor]) if one.successor in weights else one.kept
        for one in patients
    ]
    known = search.evaluator.known
    pool = {one.key: one for one in (*last.kept, *now)}
    ranked = sorted(pool.values(), key=lambda one: known(one.key).kept_objectives)
    excess = {one.key: _excess(search, patient, one) for one, patient in zip(now, patients, strict=True)}
    asked = [one for one in ranked if one.key in excess and search.parts.pruner.sparsity is not None]
    best = min(asked or ranked, key=lambda one: excess.get(one.key, 0))
    dense = next(one for one in ranked if not known(one.key).parent)
    kept = {one.key: one for one in (best, *now, dense, *on_front(ranked, known))}
    return followed(
        search,
        last,
        PRUNE,
        moved=len(weights),
        born=born,
        kept=[*kept.values()],
        best=known(best.key),
        incidents=contained(search, last, born),
        specimens=tuple(one.key for one in now),
    )


def _excess(search: Search, patient: _Patient, now: Kept) -> float:
    """The share of its weights that a specimen has beyond the sparsity that was asked for."""
    asked = search.parts.pruner.sparsity or 0.0
    left = search.evaluator.known(now.key).remaining / patient.specimen.origin.complexity
    return round(max(0.0, left - (1 - asked)), 9)
