"""How searches went: their courses over generations, evaluations and seconds, averaged over the seeds of an arm."""

import json
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from nastoolkit.ablation.comparisons import BOOTSTRAP, Records
from nastoolkit.ablation.plan import Plan
from nastoolkit.ablation.records import Record
from nastoolkit.arrays import Numbers

POINTS = 40
"""Of a curve over evaluations or seconds, which runs reach at different moments."""

RESAMPLES = 1000
"""Of the bootstrap of a curve's mean."""

TRUTH = Path(__file__).with_name("ground_truth.json")
"""The best hyperparameters known for some data sets, with where they are from."""

Curve = dict[str, list[float]]
"""``x``, ``mean``, and ``low`` and ``high``, a bootstrap interval of the mean at each point."""


def dynamics_rows(plan: Plan, records: Records) -> list[dict[str, Any]]:
    """The course of every arm on every data set."""
    places = [(dataset, arm.name) for dataset in plan.datasets for arm in plan.arms]
    return [
        {
            "dataset": dataset,
            "arm": arm,
            **_course(dataset, [*records[dataset, arm].values()]),
            **({} if plan.shares_fitness else {"fitness": None}),
        }
        for dataset, arm in places
        if records[dataset, arm]
    ]


@cache
def ground_truth() -> Mapping[str, Any]:
    """For some data sets ``hyperparameters``, the best of a search of its own, and its ``provenance``."""
    return json.loads(TRUTH.read_text(encoding="utf-8"))


def _course(dataset: str, runs: Sequence[Record]) -> dict[str, Any]:
    truth = ground_truth().get(dataset)
    last = max(len(one.best) for one in runs)
    generations = np.arange(float(last))

    def by_generation(course: Callable[[Record], Numbers]) -> Curve:
        return _curve(generations, [np.pad(course(one), (0, last - len(one.best)), "edge") for one in runs])

    return {
        "fitness": {
            "generation": by_generation(lambda one: one.best),
            "evaluations": _over(runs, lambda one: one.evaluations),
            "seconds": _over(runs, lambda one: one.seconds),
        },
        "diversity": by_generation(lambda one: one.diversity),
        "entropy": by_generation(lambda one: one.entropy),
        "deviation": None if truth is None else _deviation(truth["hyperparameters"], by_generation),
        "converged": _convergence(runs),
        "stagnated": float(np.mean([one.stagnated for one in runs])),
        "effective_size": float(np.median([one.effective_size for one in runs])),
    }


def _deviation(
    truth: Mapping[str, float], by_generation: Callable[[Callable[[Record], Numbers]], Curve]
) -> dict[str, Curve]:
    """How far the populations' hyperparameters are from the best known (paper, Figures 5 and 6)."""
    return {name: by_generation(lambda one, name=name: one.deviation(truth)[name]) for name in truth}


def _over(runs: Sequence[Record], clock: Callable[[Record], Numbers]) -> Curve:
    """The best F against evaluations or seconds, from when every run has one."""
    clocks = [clock(one) for one in runs]
    first, last = (max(float(one[k]) for one in clocks) for k in (0, -1))
    x = np.linspace(first, last, POINTS)
    courses = [one.best[np.searchsorted(times, x, side="right") - 1] for one, times in zip(runs, clocks, strict=True)]
    return _curve(x, courses)


def _curve(x: Numbers, courses: Sequence[Numbers]) -> Curve:
    """``(T,)`` and a ``(T,)`` course of each run -> their mean and its interval; NaN where one of them is infinite."""
    table, count = np.stack(courses), len(courses)
    weights = BOOTSTRAP.at("curve").generator().multinomial(count, np.full(count, 1 / count), RESAMPLES) / count
    known = np.isfinite(table).all(axis=0)
    means = weights @ np.where(known, table, np.nan)
    low, high = np.quantile(means, [0.025, 0.975], axis=0)
    mean = np.where(known, table.mean(axis=0), np.nan)
    return {"x": x.tolist(), "mean": mean.tolist(), "low": low.tolist(), "high": high.tolist()}


def _convergence(runs: Sequence[Record]) -> dict[str, Any]:
    """The median generation of those that converged, and how many did, did too late to tell, and never improved."""
    certain = [one.convergence for one in runs if one.convergence is not None and not one.is_censored]
    return {
        "median": float(np.median(certain)) if certain else None,
        "converged": len(certain),
        "censored": sum(one.is_censored for one in runs),
        "undefined": sum(one.convergence is None for one in runs),
    }
