"""Which arm is better, how much, and whether that can be told: every test of an ablation, corrected together."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from nastoolkit.ablation.plan import Plan
from nastoolkit.ablation.records import Record
from nastoolkit.arrays import Numbers
from nastoolkit.rng import Stream
from nastoolkit.statistics.effects import a12, a12_interval, cliffs_delta
from nastoolkit.statistics.paired import sign_flip, wilcoxon
from nastoolkit.statistics.power import detectable
from nastoolkit.statistics.several import friedman, holm
from nastoolkit.statistics.summary import summary
from nastoolkit.statistics.survival import Times, log_rank, median_time
from nastoolkit.statistics.verdict import verdict

Records = Mapping[tuple[str, str], Mapping[int, Record]]
"""Every run that has ended, by data set and arm, and then by seed."""

BOOTSTRAP = Stream(0).at("ablation", "bootstrap")
"""Where resamples come from: the same results have the same intervals."""

Row = dict[str, Any]


def oriented(metric: str) -> int:
    """1 where a metric is maximized, -1 where it is minimized."""
    return -1 if metric == "fitness" else 1


def values(runs: Mapping[int, Record], metric: str) -> dict[int, float]:
    """A metric by seed, of the runs that have one: a run whose networks all diverged has none."""
    found = {seed: float(getattr(one, metric)) for seed, one in runs.items()}
    return {seed: value for seed, value in found.items() if np.isfinite(value)}


def arm_rows(plan: Plan, records: Records) -> list[Row]:
    """Each arm's ``name`` and ``settings``, and in ``results`` its middle on every data set and metric."""
    return [
        {
            "name": arm.name,
            "settings": dict(arm.settings),
            "results": [
                {"dataset": dataset, "metric": metric, **_middle(records[dataset, arm.name], metric)}
                for dataset in plan.datasets
                for metric in plan.metrics
            ],
        }
        for arm in plan.arms
    ]


def comparison_rows(plan: Plan, records: Records) -> list[Row]:
    """Every pair of arms on every data set and metric, tested on the seeds that both have."""
    places = [(dataset, metric, *pair) for metric in plan.metrics for dataset in plan.datasets for pair in plan.pairs]
    pairs = [_paired(records, *place) for place in places]
    tests = [
        wilcoxon(oriented(metric) * x, oriented(metric) * y)
        for (_, metric, *_), (x, y) in zip(places, pairs, strict=True)
    ]
    corrected = holm(np.array([test.p for test in tests]))
    rows: list[Row] = []
    for (dataset, metric, a, b), (x, y), test, p in zip(places, pairs, tests, corrected.tolist(), strict=True):
        stream, sign = BOOTSTRAP.at(dataset, metric, a, b), oriented(metric)
        middle = summary(x - y, stream.at("difference").generator())
        effect = a12_interval(sign * x, sign * y, stream.at("effect").generator())
        rows.append(
            {
                "dataset": dataset,
                "metric": metric,
                "a": a,
                "b": b,
                "n": len(x),
                "missing": len(plan.seeds) - len(x),
                "median_difference": middle.median,
                "interval": list(middle.interval),
                "p_wilcoxon": test.p,
                "p_permutation": sign_flip(x, y, stream.at("signs").generator()),
                "p_holm": p,
                "a12": a12(sign * x, sign * y),
                "a12_interval": list(effect),
                "cliffs_delta": cliffs_delta(sign * x, sign * y),
                "detectable_a12": detectable(len(x), plan.level / len(places)) if len(x) else None,
                "verdict": verdict(test, p, effect, plan.level),
            }
        )
    return rows


def ranking_rows(plan: Plan, records: Records) -> list[Row]:
    """Friedman's test over the data sets, for every metric; nothing for two arms or one data set."""
    rows: list[Row] = []
    names = [arm.name for arm in plan.arms]
    for metric in plan.metrics:
        medians = np.array(
            [[_median(values(records[dataset, name], metric)) for name in names] for dataset in plan.datasets]
        )
        whole = medians[np.isfinite(medians).all(axis=1)]  # a data set on which an arm has no result ranks nobody
        found = friedman(oriented(metric) * whole, plan.level)
        if found:
            rows.append(
                {
                    "metric": metric,
                    "datasets": len(whole),
                    "mean_ranks": dict(zip(names, found.ranks.tolist(), strict=True)),
                    "statistic": found.statistic,
                    "p": found.p,
                    "critical_difference": found.critical_difference,
                    "cliques": [[names[k] for k in group] for group in found.groups],
                }
            )
    return rows


def target_rows(plan: Plan, records: Records) -> list[Row]:
    """How soon arms come to one F: the median of what all runs on a data set came to.

    Time is what the budget is counted in. Runs that do not come to it are censored where they ended, so an arm that
    never improves does not look fast. These tests are a family of their own, corrected together. There are none where
    arms measure F differently.
    """
    rows: list[Row] = []
    for dataset in plan.datasets if plan.shares_fitness else ():
        final = [float(one.best[-1]) for arm in plan.arms for one in records[dataset, arm.name].values()]
        finite = [value for value in final if np.isfinite(value)]
        if finite:
            target = float(np.median(finite))
            times = {arm.name: _times(records[dataset, arm.name], target, plan.budget.by) for arm in plan.arms}
            rows += [_race(dataset, target, (a, b), times) for a, b in plan.pairs]
    corrected = holm(np.array([row["p"] for row in rows]))
    return [{**row, "p_holm": p} for row, p in zip(rows, corrected.tolist(), strict=True)]


def _paired(records: Records, dataset: str, metric: str, a: str, b: str) -> tuple[Numbers, Numbers]:
    """``(n,)`` values of both arms, of the seeds that both have, in order."""
    first, second = (values(records[dataset, arm], metric) for arm in (a, b))
    seeds = sorted(first.keys() & second.keys())
    return np.array([first[seed] for seed in seeds], float), np.array([second[seed] for seed in seeds], float)


def _middle(runs: Mapping[int, Record], metric: str) -> Row:
    found = values(runs, metric)
    one = summary(np.array([found[seed] for seed in sorted(found)], float), BOOTSTRAP.at("arm", metric).generator())
    return {"n": one.n, "median": one.median, "mean": one.mean, "interval": list(one.interval)}


def _median(found: Mapping[int, float]) -> float:
    return float(np.median([*found.values()])) if found else np.nan


def _times(runs: Mapping[int, Record], target: float, by: str) -> Times:
    """When each run came to a target, or until when it did not."""
    clocks = [one.evaluations if by == "evaluations" else one.seconds for one in runs.values()]
    hits = [one.best <= target for one in runs.values()]
    reached = np.array([hit.any() for hit in hits], bool)
    times = [clock[hit.argmax()] if hit.any() else clock[-1] for clock, hit in zip(clocks, hits, strict=True)]
    return Times(np.array(times, float), reached)


def _race(dataset: str, target: float, pair: Sequence[str], times: Mapping[str, Times]) -> Row:
    a, b = (times[arm] for arm in pair)
    return {
        "dataset": dataset,
        "target": target,
        "a": pair[0],
        "b": pair[1],
        "n_a": len(a.times),
        "n_b": len(b.times),
        "p": log_rank(a, b),
        "median_a": median_time(a),
        "median_b": median_time(b),
        "reached_a": int(a.reached.sum()),
        "reached_b": int(b.reached.sum()),
    }
