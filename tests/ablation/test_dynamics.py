"""The courses of searches, by hand."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from labs import bare_plan, generation, record

from nastoolkit.ablation import dynamics
from nastoolkit.ablation.dynamics import POINTS, dynamics_rows, ground_truth
from nastoolkit.ablation.records import Record
from nastoolkit.genome import Hyperparameters, bits_of
from nastoolkit.storage.records import Counters, Seconds

INFINITE = math.inf


def course(*runs: Record) -> dict[str, Any]:
    """Of one arm with these runs."""
    (row,) = dynamics_rows(bare_plan(["a", "b"]), {("set", "a"): dict(enumerate(runs)), ("set", "b"): {}})
    return row


def paced(best: list[float], evaluations: list[int], seconds: list[float]) -> Record:
    """A run whose generations cost this much, in all."""
    steps = [
        generation(k, fitness, counters=Counters(evaluations=cost), seconds=Seconds(total=spent))
        for k, (fitness, cost, spent) in enumerate(zip(best, evaluations, seconds, strict=True))
    ]
    return record(best, generations=steps)


def test_an_arm_without_a_run_has_no_course() -> None:
    row = course(record([1.0]))
    assert (row["dataset"], row["arm"]) == ("set", "a")


def test_over_generations_a_run_that_ended_early_stays_where_it_was() -> None:
    curve = course(record([4.0, 2.0]), record([8.0, 6.0, 4.0, 2.0]))["fitness"]["generation"]
    assert curve["x"] == [0, 1, 2, 3]
    assert curve["mean"] == [6, 4, 3, 2]


def test_over_evaluations_every_run_has_what_it_had_come_to_by_then() -> None:
    """From when both runs have a generation, at 12, to when the last one ends, at 12 + 39."""
    quick, slow = paced([8.0, 4.0, 2.0], [10, 20, 30], [1, 2, 3]), paced([6.0, 0.0], [12, 51], [5, 9])
    fitness = course(quick, slow)["fitness"]
    curve = dict(zip(fitness["evaluations"]["x"], fitness["evaluations"]["mean"], strict=True))
    assert list(curve) == pytest.approx(list(range(12, 52)))
    at = {round(x): mean for x, mean in curve.items()}
    assert [at[x] for x in (12, 19, 21, 29, 31, 50, 51)] == [7, 7, 5, 5, 4, 4, 1]
    assert fitness["seconds"]["x"][::39] == [5, 9]
    assert fitness["seconds"]["mean"][::39] == [4, 1]
    assert len(curve) == POINTS


def test_the_interval_is_a_bootstrap_of_the_mean() -> None:
    values = np.random.default_rng(5).normal(10, 2, 25)
    curve = course(*[record([value]) for value in values.tolist()])["fitness"]["generation"]
    error = values.std() / 5
    assert curve["mean"] == [pytest.approx(values.mean())]
    assert curve["low"] == [pytest.approx(values.mean() - 1.96 * error, abs=0.15 * error)]
    assert curve["high"] == [pytest.approx(values.mean() + 1.96 * error, abs=0.15 * error)]


@settings(max_examples=30)
@given(st.lists(st.lists(st.floats(0, 1), min_size=1, max_size=5), min_size=1, max_size=4))
def test_the_mean_lies_in_its_interval_and_everything_between_the_runs(bests: list[list[float]]) -> None:
    runs = [record(np.minimum.accumulate(best).tolist()) for best in bests]
    curve = course(*runs)["fitness"]["evaluations"]
    for low, mean, high in zip(curve["low"], curve["mean"], curve["high"], strict=True):
        assert min(min(best) for best in bests) - 1e-9 <= low <= mean + 1e-9
        assert mean - 1e-9 <= high <= max(best[0] for best in bests) + 1e-9


def test_a_mean_with_a_run_that_has_no_network_yet_does_not_exist() -> None:
    curve = course(record([INFINITE, 2.0]), record([4.0, 3.0]))["fitness"]["generation"]
    for key in ("mean", "low", "high"):
        assert np.isnan(curve[key]).tolist() == [True, False]
    assert curve["mean"][1] == 2.5


def test_convergence_is_counted_by_its_kind() -> None:
    fell = [1.0, 0.5, 0.0, 0.0, 0.0]
    late = [1.0, 1.0, 1.0, 1.0, 0.0]
    row = course(record(fell), record([1.0, *fell]), record(late), record([1.0] * 5))
    assert row["converged"] == {"median": 2.5, "converged": 2, "censored": 1, "undefined": 1}
    assert course(record(late))["converged"]["median"] is None


def test_stagnation_is_the_share_of_runs() -> None:
    still = [generation(0, 1.0, diversity=0.0)]
    row = course(record([1.0], generations=still), *[record([1.0])] * 3)
    assert row["stagnated"] == 0.25
    assert math.isnan(course(record([1.0]))["effective_size"])


def test_deviation_is_shown_where_the_best_hyperparameters_are_known(monkeypatch: pytest.MonkeyPatch) -> None:
    assert course(record([1.0]))["deviation"] is None
    truth = {name: float(values[8]) for name, values in Hyperparameters.LEVELS.items()}
    monkeypatch.setattr(dynamics, "ground_truth", lambda: {"set": {"hyperparameters": truth}})
    level, other = ([[bit for _ in range(4) for bit in bits_of(value)]] * 2 for value in (8, 12))
    runs = [record([1.0], generations=[generation(0, 1.0, genomes)]) for genomes in (level, other)]
    found = course(*runs)["deviation"]
    assert list(found) == list(truth)
    assert [curve["mean"] for curve in found.values()] == [[pytest.approx(2 / 31)]] * 4


def test_what_is_known_of_data_sets_has_a_source_and_values_in_range() -> None:
    for name, found in ground_truth().items():
        assert found["provenance"], name
        assert found["hyperparameters"].keys() == Hyperparameters.LEVELS.keys()
        for gene, value in found["hyperparameters"].items():
            assert Hyperparameters.LEVELS[gene][0] <= value <= Hyperparameters.LEVELS[gene][-1]
