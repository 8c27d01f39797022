"""From networks to objectives, with networks that are one number each."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

import numpy as np
import pytest
from fakes import IDLE, Lab

from nastoolkit.architecture import Architecture
from nastoolkit.datasets.base import Data
from nastoolkit.errors import PluginError
from nastoolkit.fitness.base import Candidate, Fitness
from nastoolkit.genome import Hyperparameters
from nastoolkit.parts import Parts, build_parts
from nastoolkit.rng import Stream
from nastoolkit.scoring import Judge
from nastoolkit.trainers.base import Trained
from nastoolkit.wall.guard import behind_wall

GENES = Hyperparameters(learning_rate=0.03, momentum=0.8, mutation_rate=0.5, crossover_rate=0.5)
LARGEST = 2 * 64 + 5 * (64 * 64 + 64) + 64 * 3 + 3  # stem, five hidden layers, head


class Asked(Fitness):
    """Remembers what it is asked, and answers what it is told to."""

    name = "asked"

    def __init__(self, answer: Callable[[int], Any]) -> None:
        self.answer = answer
        self.candidates: list[Candidate] = []

    def measure(self, candidates: Any, data: Data) -> Any:
        self.candidates = list(candidates)
        return self.answer(len(candidates))


@pytest.fixture
def parts(lab: Lab) -> Parts:
    return build_parts(lab.config({"fitness.mu": 0.5}), lab.plugins)


@pytest.fixture
def data(parts: Parts) -> Data:
    return parts.dataset.load(Stream(1)).without_test()


def networks(data: Data, *qualities: list[float]) -> Trained:
    """One architecture of two layers for each list, with a representation for each quality."""
    shape = Architecture(data.signature, 8, (8, 4), ((0, 1), (1, 2), (2, 3)))
    weights = [np.full((len(row), shape.complexity), IDLE, np.float32) for row in qualities]
    for one, row in zip(weights, qualities, strict=True):
        one[:, 0] = row
    curves = np.tile(np.float32([1.0, 0.5]), (len(weights), len(qualities[0]), 1))
    return Trained((shape,) * len(weights), tuple(weights), curves)


def asked(parts: Parts, data: Data, answer: Callable[[int], Any]) -> tuple[Judge, Asked]:
    fitness = behind_wall(Asked, 0)(answer)
    return Judge.of(replace(parts, fitness=cast("Fitness", fitness)), data), fitness


def test_every_representation_is_measured_by_equation_3(parts: Parts, data: Data) -> None:
    judge, trained = Judge.of(parts, data), networks(data, [0.5, 0.75], [0.625, 1.0])
    objectives, predictions, failures = judge.networks(trained, [GENES] * 2, [0.25, 0.0])
    share = trained.architectures[0].complexity / LARGEST
    errors = 2 * (1 - np.array([[0.5, 0.75], [0.625, 1.0]])) / 3  # one output misses by 1 - q, two by (1 - q) / 2
    assert objectives.shape == (2, 2, 1)
    assert objectives[..., 0] == pytest.approx(errors + 0.001 * share + 0.5 * np.array([[0.25], [0.0]]))
    assert predictions.shape == (2, 2, len(data.valid), 3)
    assert failures == [(), ()]
    assert np.array_equal(predictions, parts.trainer.predict(trained, data, data.valid.inputs))


def test_a_fitness_function_is_shown_each_network_with_its_own_genes_and_curve(parts: Parts, data: Data) -> None:
    judge, fitness = asked(parts, data, lambda count: np.arange(float(count)))
    trained, other = networks(data, [0.5, 0.75], [0.625, 1.0]), replace(GENES, momentum=0.1)
    objectives, predictions, _ = judge.networks(trained, [GENES, other], [0.25, 0.75])
    assert objectives[..., 0].tolist() == [[0.0, 1.0], [2.0, 3.0]]
    assert [one.hyperparameters.momentum for one in fitness.candidates] == [0.8, 0.8, 0.1, 0.1]
    assert [one.pruned_fraction for one in fitness.candidates] == [0.25, 0.25, 0.75, 0.75]
    for n, one in enumerate(fitness.candidates):
        assert np.array_equal(one.predictions, predictions[n // 2, n % 2])
        assert one.curve.tolist() == [1.0, 0.5]
        assert one.max_complexity == LARGEST
        assert one.architecture == trained.architectures[0]


def test_the_rates_of_evolution_are_hidden(parts: Parts, data: Data) -> None:
    made = Judge.of(parts, data).candidate(networks(data, [1.0]).architectures[0], GENES, np.ones(1), np.ones((1, 3)))
    assert np.isnan([made.hyperparameters.mutation_rate, made.hyperparameters.crossover_rate]).all()
    assert (made.hyperparameters.learning_rate, made.hyperparameters.momentum) == (0.03, 0.8)
    assert made.pruned_fraction == 0


def test_several_objectives_are_columns_f_first(parts: Parts, data: Data) -> None:
    judge, _ = asked(parts, data, lambda count: np.arange(2.0 * count).reshape(count, 2))
    objectives = judge.networks(networks(data, [0.5, 0.75], [0.625, 1.0]), [GENES] * 2).objectives
    assert objectives.tolist() == [[[0.0, 1.0], [2.0, 3.0]], [[4.0, 5.0], [6.0, 7.0]]]


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_an_objective_that_is_no_number_makes_the_worst_of_all_of_them(parts: Parts, data: Data, bad: float) -> None:
    judge, _ = asked(parts, data, lambda _: np.array([[0.5, bad], [0.25, 1.0], [bad, 0.5]]))
    found = judge.networks(networks(data, [0.5] * 3), [GENES]).objectives
    assert found.tolist() == [[[np.inf, np.inf], [0.25, 1.0], [np.inf, np.inf]]]


def test_a_network_that_diverged_is_worst_whatever_the_fitness_says(parts: Parts, data: Data) -> None:
    judge, _ = asked(parts, data, np.zeros)
    found = judge.networks(networks(data, [0.5, np.nan, 0.75]), [GENES]).objectives
    assert found.tolist() == [[[0.0], [np.inf], [0.0]]]


@pytest.mark.parametrize("shape", [(), (3,), (5,), (3, 2), (4, 1, 1), (1, 4)])
def test_an_answer_of_another_shape_is_a_defect_of_the_plugin(parts: Parts, data: Data, shape: tuple[int, ...]) -> None:
    judge, _ = asked(parts, data, lambda _: np.zeros(shape))
    with pytest.raises(PluginError) as caught:
        judge.networks(networks(data, [0.5, 0.5], [0.5, 0.5]), [GENES] * 2)
    assert f"'asked' returned shape {shape} for 4 candidates. It must return (4,), or a row" in str(caught.value)


def test_the_score_is_the_accuracy_on_the_validation_part(parts: Parts, data: Data) -> None:
    judge, right = Judge.of(parts, data), np.eye(3)[data.valid.targets]
    wrong = right.copy()
    wrong[:4] = np.roll(wrong[:4], 1, axis=1)
    assert judge.score(right) == 100
    assert judge.score(wrong) == 75  # 12 of 16
