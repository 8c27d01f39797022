"""What a fitness function must do."""

import warnings
from typing import get_args

import numpy as np

from nastoolkit.architecture import canonical
from nastoolkit.arrays import Floats, Scores
from nastoolkit.datasets.base import Data, Task
from nastoolkit.fitness.base import Candidate, Fitness
from nastoolkit.genome import Hyperparameters
from nastoolkit.testing.samples import expect, small_data


def _predictions(data: Data, seed: int) -> Floats:
    """``(N, O)`` probabilities or values."""
    generator = np.random.default_rng(seed)
    if data.task == "classification":
        return generator.dirichlet(np.ones(data.outputs), len(data.valid)).astype(np.float32)
    return generator.standard_normal((len(data.valid), 1), np.float32)


def _candidate(data: Data, predictions: Floats) -> Candidate:
    architecture = canonical(data.signature, (8,), ((0, 1), (1, 2)), 8)
    genes = Hyperparameters(learning_rate=0.1, momentum=0.5, mutation_rate=0.5, crossover_rate=0.5)
    curve = np.ones(3, np.float32)
    return Candidate(architecture, genes, curve, predictions, 2 * architecture.complexity, pruned_fraction=0.2)


def _measured(fitness: Fitness, candidates: list[Candidate], data: Data) -> Scores:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return fitness.measure(candidates, data)


def gives_one_number_a_candidate(fitness: Fitness) -> None:
    """``(P,)`` float64, for classification and regression."""
    for task in get_args(Task):
        data = small_data(task)
        found = _measured(fitness, [_candidate(data, _predictions(data, seed)) for seed in range(5)], data)
        expect(found.shape == (5,), f"measure() of 5 candidates has shape {found.shape} and not (5,).")
        expect(found.dtype == np.float64, f"Fitness is {found.dtype} and not float64.")
        expect(np.isfinite(found).all(), f"Candidates with finite predictions measure {found} for {task}.")


def leaves_what_it_is_given_alone(fitness: Fitness) -> None:
    """Neither predictions and curves nor the data are written to."""
    for task in get_args(Task):
        data = small_data(task)
        _measured(fitness, [_candidate(data, _predictions(data, seed)) for seed in range(5)], data)


def measures_each_candidate_for_itself(fitness: Fitness) -> None:
    """Company changes nothing, so that what is stored for a network stays true."""
    data = small_data("classification")
    candidates = [_candidate(data, _predictions(data, seed)) for seed in range(5)]
    together, alone = _measured(fitness, candidates, data), _measured(fitness, candidates[3:4], data)
    expect(together[3] == alone[0], f"A candidate measures {alone[0]} alone and {together[3]} in company.")


def has_no_answer_for_diverged_networks(fitness: Fitness) -> None:
    """NaN and infinite predictions measure NaN, without a warning and without spoiling others."""
    for task in get_args(Task):
        data = small_data(task)
        sound = _predictions(data, 0)
        for bad in (np.nan, np.inf):
            diverged = _candidate(data, np.where(np.arange(len(sound))[:, None] == 1, np.float32(bad), sound))
            found = _measured(fitness, [diverged, _candidate(data, sound)], data)
            expect(np.isnan(found[0]), f"Predictions with {bad} measure {found[0]} and not NaN.")
            expect(np.isfinite(found[1]), "A diverged network beside it spoiled a candidate's fitness.")


CHECKS = (
    gives_one_number_a_candidate,
    leaves_what_it_is_given_alone,
    measures_each_candidate_for_itself,
    has_no_answer_for_diverged_networks,
)
