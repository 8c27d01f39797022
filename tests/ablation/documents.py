"""Documents of ablations that nobody ran: seeded noise, with the keys that a real one has."""

import math
from typing import Any

import numpy as np

GENES = ("learning_rate", "momentum", "mutation_rate", "crossover_rate")


def document(arms: list[str], datasets: list[str], seeds: int = 12, **changes: Any) -> dict[str, Any]:
    """Arms whose median falls by half a point each, on data sets of different difficulty."""
    rng = np.random.default_rng(1)
    runs = [
        _run(dataset, arm, seed, 90 - 5 * d - 0.5 * a + rng.normal())
        for d, dataset in enumerate(datasets)
        for a, arm in enumerate(arms)
        for seed in range(seeds)
    ]
    pairs = [(a, b) for k, a in enumerate(arms) for b in arms[k + 1 :]]
    several = len(arms) > 2 and len(datasets) > 1
    return {
        "ablation": "an-ablation",
        "folder": "/runs/an-ablation",
        "created": "2026-01-02T03:04:05+00:00",
        "config": {"seed": 0, "dataset": {"use": datasets[0]}, "search": {"population": 10, "phases": ["evolve"]}},
        "data": {name: {"use": name} for name in datasets},
        "environment": {"python": "3.11.2", "packages": {"numpy": "2.3.0"}, "cpu": "a processor", "threads": 2},
        "budget": {"by": "evaluations", "amount": 100},
        "metrics": ["test_score"],
        "level": 0.05,
        "control": None,
        "seeds": list(range(seeds)),
        "datasets": datasets,
        "varied": ["initializer.use"],
        "arms": [_arm(name, runs) for name in arms],
        "comparisons": [_comparison(dataset, a, b, runs) for dataset in datasets for a, b in pairs],
        "rankings": [_ranking(arms, len(datasets))] if several else [],
        "targets": [_target(dataset, a, b, seeds) for dataset in datasets for a, b in pairs],
        "dynamics": [_dynamics(dataset, arm, k) for dataset in datasets for k, arm in enumerate(arms)],
        "truth": {name: {"provenance": {"command": f"search {name} for long"}} for name in datasets},
        "missing": [],
        "incidents": [],
        "runs": runs,
        "files": {"csv": "/runs/an-ablation/runs.csv", "report": "/runs/an-ablation/report.html"},
        **changes,
    }


def empty(arms: list[str], datasets: list[str]) -> dict[str, Any]:
    """Every run is missing, and so is every figure that could be."""
    full = document(arms, datasets)
    none = dict.fromkeys(("median", "mean", "interval"))
    curves = dict.fromkeys(("fitness", "diversity", "entropy", "deviation", "converged", "stagnated", "effective_size"))
    measures = dict.fromkeys(set(full["comparisons"][0]) - {"dataset", "metric", "a", "b", "n", "missing", "verdict"})
    return full | {
        "arms": [arm | {"results": [one | none | {"n": 0} for one in arm["results"]]} for arm in full["arms"]],
        "comparisons": [
            one | measures | {"n": 0, "missing": 12, "verdict": "too few seeds to tell"} for one in full["comparisons"]
        ],
        "targets": [],
        "rankings": [],
        "dynamics": [one | curves for one in full["dynamics"]],
        "missing": [
            {key: run[key] for key in ("dataset", "arm", "seed")} | {"reason": "it was lost"} for run in full["runs"]
        ],
        "runs": [],
    }


def curve(start: float, end: float, steps: int = 8) -> dict[str, list[float]]:
    x = [float(k) for k in range(steps)]
    mean = [end + (start - end) * math.exp(-k / 2) for k in x]
    return {"x": x, "mean": mean, "low": [0.9 * one for one in mean], "high": [1.1 * one for one in mean]}


def _run(dataset: str, arm: str, seed: int, score: float) -> dict[str, Any]:
    costs = {"evaluations": 100, "seconds": 6.0, "generations_to_converge": 4, "trained": 80, "cache_hits": 20}
    measured = {"fitness": (100 - score) / 1000, "score": score + 1, "test_score": score}
    return {"dataset": dataset, "arm": arm, "seed": seed, **measured, **costs, "diverged": 0, "duplicates": 0}


def _scores(runs: list[dict[str, Any]], dataset: str, arm: str) -> np.ndarray:
    return np.array([run["test_score"] for run in runs if (run["dataset"], run["arm"]) == (dataset, arm)])


def _arm(name: str, runs: list[dict[str, Any]]) -> dict[str, Any]:
    results = []
    for dataset in dict.fromkeys(run["dataset"] for run in runs):
        scores = _scores(runs, dataset, name)
        low, high = np.quantile(scores, [0.3, 0.7]).tolist()
        middle = {"median": float(np.median(scores)), "mean": float(scores.mean()), "interval": [low, high]}
        results.append({"dataset": dataset, "metric": "test_score", "n": len(scores), **middle})
    return {"name": name, "settings": {"initializer.use": name}, "results": results}


def _comparison(dataset: str, a: str, b: str, runs: list[dict[str, Any]]) -> dict[str, Any]:
    first, second = _scores(runs, dataset, a), _scores(runs, dataset, b)
    a12 = float((first[:, None] > second).mean())
    low, high = max(0.0, a12 - 0.15), min(1.0, a12 + 0.15)
    difference = float(np.median(first - second))
    verdict = (
        "better" if low > 0.6 else "worse" if high < 0.4 else "too few seeds to tell" if a12 > 0.55 else "no difference"
    )
    p = 0.0004 if verdict == "better" else 0.04 if verdict == "worse" else 0.5
    return {
        "dataset": dataset,
        "metric": "test_score",
        "a": a,
        "b": b,
        "n": len(first),
        "missing": 0,
        "median_difference": difference,
        "interval": [difference - 0.4, difference + 0.4],
        **dict.fromkeys(("p_wilcoxon", "p_permutation"), p / 2),
        "p_holm": p,
        "a12": a12,
        "a12_interval": [low, high],
        "cliffs_delta": 2 * a12 - 1,
        "detectable_a12": 0.83,
        "verdict": verdict,
    }


def _ranking(arms: list[str], datasets: int) -> dict[str, Any]:
    mean_ranks = {name: 1 + 0.9 * k + 0.25 * (k % 2) for k, name in enumerate(arms)}
    cliques = [arms[k : k + 3] for k in range(0, len(arms) - 2, 2)]
    tests = {"statistic": 9.25, "p": 0.01, "critical_difference": 2.1}
    return {"metric": "test_score", "datasets": datasets, "mean_ranks": mean_ranks, "cliques": cliques, **tests}


def _target(dataset: str, a: str, b: str, seeds: int) -> dict[str, Any]:
    reached = {"median_a": 40.0, "median_b": None, "reached_a": seeds, "reached_b": seeds // 3}
    tests = {"p": 0.012, "p_holm": 0.024}
    return {"dataset": dataset, "target": 0.0123, "a": a, "b": b, "n_a": seeds, "n_b": seeds, **tests, **reached}


def _dynamics(dataset: str, arm: str, k: int) -> dict[str, Any]:
    falling = curve(0.05 + 0.01 * k, 0.01 + 0.002 * k)
    cost = {"generation": 1, "evaluations": 10, "seconds": 0.5 + 0.1 * k}
    return {
        "dataset": dataset,
        "arm": arm,
        "fitness": {unit: falling | {"x": [x * factor for x in falling["x"]]} for unit, factor in cost.items()},
        "diversity": curve(0.5, 0.1 + 0.02 * k),
        "entropy": curve(0.9, 0.2 + 0.02 * k),
        "deviation": {gene: curve(0.4 - 0.02 * k, 0.2) for gene in GENES},
        "converged": {"median": 4.0 + k, "converged": 9, "censored": 2, "undefined": 1},
        "stagnated": 0.75,
        "effective_size": 2.1,
    }
