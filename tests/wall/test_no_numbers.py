"""NaN and infinity, wherever they come from: who has them loses, and the search goes on."""

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from fakes import Lab
from faulty import Spoil
from searches import prepared, searched

from nastoolkit.trainers.base import Trained

SMALL = {"search.population": 8, "search.generations": 3, "seed": 2}

NUMBERS = [np.nan, np.inf, -np.inf]


def every_second(array: Any, number: float) -> Any:
    """The array with all of every second network's numbers replaced."""
    found = array.copy()
    found[::2] = number
    return found


def weights(number: float) -> Spoil:
    def spoil(trained: Trained, *_: Any) -> Trained:
        lost = [one.copy() for one in trained.weights]
        for one in lost[::2]:
            one[:, -1] = number  # a single one
        return replace(trained, weights=tuple(lost))

    return spoil


def curves(number: float) -> Spoil:
    return lambda trained, *_: replace(trained, curves=every_second(trained.curves, number))


def predictions(number: float) -> Spoil:
    def spoil(answer: Any, *_: Any) -> Any:
        found = answer.copy()
        found[::2, :, 3, 1] = number  # of a single row
        return found

    return spoil


def answers(number: float) -> Spoil:
    return lambda answer, *_: every_second(answer, number)


SOURCES: dict[str, tuple[str, str, Callable[[float], Spoil]]] = {
    "weights": ("trainer", "train", weights),
    "learning curves": ("trainer", "train", curves),
    "predictions": ("trainer", "predict", predictions),
    "answers of the fitness function": ("fitness", "measure", answers),
}


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("source", SOURCES)
def test_networks_with_what_is_no_number_lose_and_others_are_what_they_were(
    lab: Lab, faults: dict[str, Spoil], source: str, number: float
) -> None:
    kind, method, spoil = SOURCES[source]
    settings = {**SMALL, f"{kind}.use": "faulty"}
    sound = searched(prepared(lab, settings))
    faults[method] = spoil(number)
    found = searched(prepared(lab, settings))
    assert len(found) == len(sound) == 3
    assert np.array_equal(found[0].genomes, sound[0].genomes)
    lost = np.isinf(found[0].fitness)
    assert lost.sum() >= 4
    assert np.array_equal(found[0].fitness[~lost], sound[0].fitness[~lost])
    assert math.isfinite(found[0].best_fitness) == (~lost).any()
    assert not np.isnan(np.concatenate([one.fitness for one in found])).any()
    assert not np.isneginf(np.concatenate([one.fitness for one in found])).any()
    assert np.isnan(found[0].scores[lost]).all()
    assert all(one.incidents == () for one in found)  # contracts have a place for them


@pytest.mark.parametrize("number", NUMBERS)
def test_a_search_in_which_nothing_is_a_number_ends_all_the_same(
    lab: Lab, faults: dict[str, Spoil], number: float
) -> None:
    faults["predict"] = lambda answer, *_: np.full_like(answer, number)
    found = lab.start({**SMALL, "trainer.use": "faulty", "trainer.representations": 2})
    assert (found["generations"], found["best"]["fitness"], found["best"]["score"]) == (3, None, None)


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize(
    "settings",
    [{"competition.use": "layerwise"}, {"pruner.use": "toggle", "pruner.sparsity": 0.3, "encoder.max_depth": 2}],
    ids=["competition", "pruner"],
)
def test_what_might_be_loses_where_it_would_be_no_number(
    lab: Lab, faults: dict[str, Spoil], settings: dict[str, Any], number: float
) -> None:
    faults["predict_variants"] = lambda answer, *_: every_second(answer, number)
    found = lab.start({**SMALL, **settings, "search.generations": 1, "trainer.use": "faulty"})
    assert math.isfinite(found["best"]["fitness"])
