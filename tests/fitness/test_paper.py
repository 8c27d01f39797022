from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fakes import EVENTS, Lab
from hypothesis import given
from hypothesis import strategies as st

from nastoolkit.datasets.base import Data
from nastoolkit.errors import ConfigError
from nastoolkit.fitness.base import Candidate
from nastoolkit.fitness.paper import PaperFitness

Classes = Callable[[list[int]], Data]
Values = Callable[[list[float]], Data]
Candidates = Callable[..., Candidate]

# Sums over the outputs of |target - prediction|: 0.3 + 0.2 + 0.1 and 0.2 + 0.3 + 0.5; their mean over 3 outputs:
PREDICTIONS, TARGETS, ERROR = [[0.7, 0.2, 0.1], [0.2, 0.3, 0.5]], [0, 2], (0.6 + 1.0) / 2 / 3


@pytest.mark.parametrize(
    ("fitness", "expected"),
    [
        (PaperFitness(alpha=0.01), ERROR + 0.01 * 0.5),
        (PaperFitness(alpha=0.4, mu=-0.2), ERROR + 0.4 * 0.5 - 0.2 * 0.25),
        (PaperFitness(alpha=0.0), ERROR),
        (PaperFitness(literal=True), ERROR + 0.1 * 0.5 + 0.9 * 0.25),  # the genes: learning rate and momentum
    ],
)
def test_equation_3_by_hand(classes: Classes, candidate: Candidates, fitness: PaperFitness, expected: float) -> None:
    found = fitness.measure([candidate(PREDICTIONS, pruned_fraction=0.25)], classes(TARGETS))
    assert found.dtype == np.float64
    assert found == pytest.approx([expected], abs=1e-7)


def test_for_regression_the_error_is_that_of_standardized_values(values: Values, candidate: Candidates) -> None:
    # Targets 24 and 16 are 1 and -1 in units of 4 around 20.
    found = PaperFitness(alpha=0).measure([candidate([[0.5], [-3.0]])], values([24.0, 16.0]))
    assert found == pytest.approx([(0.5 + 2) / 2])


@given(alpha=st.floats(-2, 2), mu=st.floats(-2, 2), pruned=st.floats(0, 1))
def test_errors_complexity_and_pruning_add_up(
    classes: Classes, candidate: Candidates, alpha: float, mu: float, pruned: float
) -> None:
    found = PaperFitness(alpha, mu).measure([candidate(PREDICTIONS, pruned_fraction=pruned)], classes(TARGETS))
    assert found == pytest.approx([ERROR + alpha / 2 + mu * pruned], abs=1e-6)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_diverged_network_has_no_fitness_and_spoils_no_other(
    classes: Classes, candidate: Candidates, bad: float
) -> None:
    diverged = candidate([[bad, 0.2, 0.1], PREDICTIONS[1]])
    found = PaperFitness(alpha=0.0).measure([diverged, candidate(PREDICTIONS)], classes(TARGETS))
    assert np.isnan(found[0])
    assert found[1] == pytest.approx(ERROR)


def test_nobody_has_no_fitness(classes: Classes) -> None:
    assert PaperFitness().measure([], classes(TARGETS)).shape == (0,)


BOTH = ("fitness", "complexity")


def test_with_two_objectives_complexity_stands_beside_f(classes: Classes, candidate: Candidates) -> None:
    one, diverged = candidate(PREDICTIONS, pruned_fraction=0.25), candidate([[np.nan, 0.2, 0.1], PREDICTIONS[1]])
    found = PaperFitness(alpha=0.4, mu=-0.2, objectives=BOTH).measure([one, diverged], classes(TARGETS))
    assert found.shape == (2, 2)
    assert found[0] == pytest.approx([ERROR + 0.4 * 0.5 - 0.2 * 0.25, 0.5], abs=1e-7)
    assert np.isnan(found[1, 0])
    assert found[1, 1] == 0.5


@pytest.mark.parametrize("objectives", [("complexity",), ("complexity", "fitness"), ("fitness", "fitness"), ()])
def test_f_comes_first_and_complexity_second(objectives: Any) -> None:
    with pytest.raises(ConfigError, match=r"\[fitness\] objectives = .* cannot be: give \['fitness'\] or"):
        PaperFitness(objectives=objectives)


def test_the_literal_form_has_one_objective() -> None:
    with pytest.raises(ConfigError, match=r"literal = true has one objective.*literal = false") as caught:
        PaperFitness(literal=True, objectives=BOTH)
    assert caught.value.exit_code == 3
    assert PaperFitness(literal=True).objectives == ("fitness",)


@pytest.mark.parametrize("changes", [{"literal": True}, {"objectives": ["complexity", "fitness"]}, {"objectives": []}])
def test_a_search_with_such_objectives_is_refused_before_anything_is_trained(lab: Lab, changes: dict[str, Any]) -> None:
    settings = {"objectives": list(BOTH), **changes}
    with pytest.raises(ConfigError) as caught:
        lab.start({f"fitness.{key}": value for key, value in settings.items()})
    assert caught.value.exit_code == 3
    assert EVENTS == []
    assert not Path("runs").exists()
