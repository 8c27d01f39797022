"""The one JSON document of a run, against its schema as it is promised."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fakes import Diary, Lab
from searches import FRONT, PHASES, interrupted

from nastoolkit.architecture import Signature
from nastoolkit.encoders.matrix import MatrixEncoder
from nastoolkit.errors import Interrupted
from nastoolkit.results import document
from nastoolkit.runs import find_run

NUMBER = (int, float)
METRICS = {"accuracy": NUMBER, "loss": NUMBER}
NETWORK: dict[str, Any] = {
    "genome": str,
    "architecture": {"features": int, "outputs": int, "stem": int, "widths": [int], "edges": [[int]]},
    "hyperparameters": {
        "learning_rate": float,
        "momentum": float,
        "mutation_rate": float,
        "crossover_rate": float,
    },
    "fitness": float,
    "objectives": [float],
    "score": float,
    "valid": METRICS,
    "test": METRICS,
    "parameters": int,
    "complexity": int,
    "remaining": int,
}
POINT = {"sparsity": float, "remaining": int, "widths": [int], "connections": int, "fitness": float, "score": float}
SCHEMA: dict[str, Any] = {
    "run": str,
    "folder": str,
    "storage": str,
    "environment": dict,
    "config": {
        "seed": int,
        "search": {
            "population": int,
            "phases": [str],
            "generations": (int, None),
            "minutes": (*NUMBER, None),
            "evaluations": (int, None),
            "threshold": (*NUMBER, None),
            "candidates": int,
            "fraction": float,
            "finalists": int,
            "final_epochs": (int, None),
            "islands": int,
            "migration_interval": int,
            "migrants": int,
            "plugin_time_limit": float,
            "island": int,
        },
        "dataset": {"use": str},
        "encoder": {"use": str, "max_depth": int, "max_nodes": int},
        "initializer": {"use": str, "scope": str},
        "trainer": {
            "use": str,
            "epochs": int,
            "representations": int,
            "judged_by": str,
            "chunk": int,
            "diverges": bool,
        },
        "competition": {"use": str},
        "fitness": {"use": str, "alpha": NUMBER, "mu": NUMBER, "literal": bool, "objectives": [str]},
        "selection": {"use": str},
        "crossover": {"use": str},
        "mutation": {"use": str, "per_bit": bool},
        "replacement": {"use": str, "elites": int},
        "pruner": {"use": str},
        "executor": {"use": str},
        "scheduler": {"use": str},
        "storage": str,
    },
    "seed": int,
    "generations": int,
    "evaluations": int,
    "trained": int,
    "cache_hits": int,
    "diverged": int,
    "stopped_because": (str, None),
    "data": {"task": str, "classes": [str], "vocabularies": {}},
    "best": {
        **NETWORK,
        "spread": [float],
        "contributions": [float],
        "sparsity": float,
        "pruned_fraction": float,
        "tradeoff": [],
    },
    "front": [NETWORK],
    "seconds": {"total": float, "compile": float, "training": float, "search": float},
    "history": [
        {
            "generation": int,
            "phase": str,
            "best_fitness": (float, None),
            "mean_fitness": (float, None),
            "best_score": (float, None),
            "diversity": float,
        }
    ],
    "islands": [],
    "incidents": [],
    "files": {"model": (str, None), "result": (str, None), "report": (str, None), "config": (str, None)},
}


PRUNED: dict[str, Any] = {"config": dict, "best": {**SCHEMA["best"], "tradeoff": [POINT]}}
"""What is different where something was pruned."""


def check(value: Any, schema: Any, place: str = "document") -> None:
    """Exactly these keys, with values of these types."""
    if isinstance(schema, dict):
        assert value.keys() == schema.keys(), place
        for key, inner in schema.items():
            check(value[key], inner, f"{place}.{key}")
    elif isinstance(schema, list):
        assert isinstance(value, list), place
        assert schema or not value, place
        for one in value:
            check(one, schema[0], f"{place}[]")
    else:
        kinds = schema if isinstance(schema, tuple) else (schema,)
        assert type(value) in {type(None) if kind is None else kind for kind in kinds}, (place, value)


def read(lab: Lab, run: str) -> dict[str, Any]:
    """The document of a stored run, as a strict reader gets it."""
    with find_run(run, lab.plugins) as (_, stored):
        text = json.dumps(document(stored), allow_nan=False)
    return json.loads(text)


def test_a_finished_run_has_exactly_the_keys_and_types_of_the_schema(lab: Lab) -> None:
    check(lab.start(), SCHEMA)


def test_a_run_without_an_end_or_a_generation_has_the_same_keys(lab: Lab) -> None:
    with pytest.raises(Interrupted):
        lab.start({"out": "begun"}, Diary("generation 1", KeyboardInterrupt()))
    begun = {**SCHEMA, "data": None, "best": {**SCHEMA["best"], "valid": None, "test": None}}
    found = read(lab, "begun")
    check(found, begun)
    assert (found["stopped_because"], found["files"]["model"], found["generations"]) == (None, None, 2)
    with pytest.raises(Interrupted):
        lab.start({"out": "empty"}, Diary("started", KeyboardInterrupt()))
    found = read(lab, "empty")
    check(found, {**SCHEMA, "data": None, "best": None})
    assert (found["history"], found["evaluations"], found["seconds"]["total"]) == ([], 0, 0.0)


def test_numbers_that_do_not_exist_are_null(lab: Lab) -> None:
    found = read(lab, lab.start({"trainer.diverges": True})["run"])
    null = {"fitness": None, "score": None, "objectives": [None], "spread": [None], "valid": None, "test": None}
    check(found, {**SCHEMA, "data": None, "best": {**SCHEMA["best"], **null}})
    assert [one["best_fitness"] for one in found["history"]] == [None] * 4


def test_the_file_and_the_storage_say_what_the_search_returned(lab: Lab) -> None:
    found = lab.start()
    assert json.loads(Path(found["files"]["result"]).read_text()) == found == read(lab, found["run"])


def test_the_history_has_an_entry_for_each_generation(lab: Lab) -> None:
    found = lab.start()
    generations = lab.generations(found["run"])
    assert found["history"] == [
        {
            "generation": number,
            "phase": "evolve",
            "best_fitness": one.best_fitness,
            "mean_fitness": float(np.mean([value for value in one.fitness if np.isfinite(value)])),
            "best_score": one.best_score,
            "diversity": one.diversity,
        }
        for number, one in enumerate(generations)
    ]


def test_the_best_is_the_individual_with_the_lowest_fitness_of_all(lab: Lab) -> None:
    found = lab.start({"trainer.representations": 2})
    generations = lab.generations(found["run"])
    best = min((f, "".join(map(str, g))) for one in generations for f, g in zip(one.fitness, one.genomes, strict=True))
    assert found["best"]["fitness"] == best[0] == min(found["best"]["spread"])
    assert found["best"]["genome"] in {
        "".join(map(str, g))
        for one in generations
        for f, g in zip(one.fitness, one.genomes, strict=True)
        if f == best[0]
    }


def test_metrics_are_those_of_the_best_network_on_both_parts(lab: Lab) -> None:
    best = lab.start()["best"]
    largest = 2 * 64 + 5 * (64 * 64 + 64) + 64 * 3 + 3  # stem, five hidden layers, head
    error = best["fitness"] - 0.001 * best["complexity"] / largest
    quality = 1 - error * 3 / 2  # of the right class: one output misses 1 by 1 - q, two miss 0 by (1 - q) / 2
    for part in ("valid", "test"):
        assert best[part] == {"accuracy": 1.0, "loss": pytest.approx(-np.log(quality), rel=1e-6)}
    assert best["score"] == 100 * best["valid"]["accuracy"]


def test_files_are_absolute_and_there(lab: Lab) -> None:
    files = lab.start({"out": "here"})["files"]
    folder = Path("here").absolute()
    assert files == {
        "model": str(folder / "best.keras"),
        "result": str(folder / "result.json"),
        "config": str(folder / "config.toml"),
        "report": None,
    }
    assert sorted(folder.iterdir()) == sorted(Path(file) for file in files.values() if file)


def test_after_a_resume_the_document_covers_the_whole_run(lab: Lab) -> None:
    with pytest.raises(Interrupted):
        lab.start({"out": "run"}, Diary("generation 2", KeyboardInterrupt()))
    before = read(lab, "run")
    after = lab.resume("run")
    assert after["history"][:3] == before["history"]
    assert len(after["history"]) == after["generations"] == 4
    assert after["evaluations"] == before["evaluations"] + 6
    for name in ("total", "training", "search"):
        assert after["seconds"][name] > before["seconds"][name] > 0


def test_the_history_covers_every_phase(lab: Lab) -> None:
    found = lab.start(PHASES)
    check(found, {**SCHEMA, **PRUNED})
    generations = lab.generations(found["run"])
    assert [one["phase"] for one in found["history"]] == [one.phase for one in generations]
    assert {one["phase"] for one in found["history"]} == {"grow", "evolve", "prune"}
    assert found["evaluations"] == generations[-1].counters.evaluations


def test_the_trade_off_is_there_point_by_point(lab: Lab) -> None:
    found = lab.start({**PHASES, "pruner.sparsity": 0.9, "pruner.cost": 0.125})
    best, generations = found["best"], lab.generations(found["run"])
    points, steps = best["tradeoff"], [one for one in generations if one.phase == "prune"]
    assert len(points) == len(steps)  # the dense network, and every step but the last, which changed nothing
    assert [point["sparsity"] for point in points] == [1 - p["remaining"] / points[0]["remaining"] for p in points]
    assert [0.0, best["sparsity"]] == [points[0]["sparsity"], points[-1]["sparsity"]]
    assert points[-2]["sparsity"] < 0.9 <= best["sparsity"]
    assert (points[-1]["fitness"], points[-1]["score"]) == (best["fitness"], best["score"])
    assert points[-1]["remaining"] == best["remaining"] == best["parameters"]
    assert points[-1]["connections"] == len(best["architecture"]["edges"])
    assert [point["fitness"] for point in points] == sorted(point["fitness"] for point in points)
    dense = next(one for one in reversed(generations) if one.phase == "evolve")
    assert points[0]["fitness"] in [dense.best_fitness, *dense.fitness]
    genome = np.array([int(bit) for bit in best["genome"]], np.uint8)
    whole = MatrixEncoder(max_depth=2).decode(genome, Signature(2, 3))
    assert (whole.complexity, len(whole.edges)) == (points[0]["remaining"], points[0]["connections"])
    assert best["pruned_fraction"] == 1 - points[-1]["connections"] / points[0]["connections"]


def test_weights_that_are_zero_are_parameters_that_do_not_remain(lab: Lab) -> None:
    best = lab.start({**PHASES, "pruner.use": "zeros"})["best"]
    assert best["parameters"] == best["complexity"]
    assert best["remaining"] == best["parameters"] // 2
    assert best["sparsity"] == 1 - best["remaining"] / best["parameters"] == pytest.approx(0.5, abs=0.001)
    assert best["pruned_fraction"] == 0


def test_a_search_with_one_objective_has_no_front_and_without_pruning_no_trade_off(lab: Lab) -> None:
    found = lab.start()
    assert (found["front"], found["best"]["tradeoff"], found["best"]["sparsity"]) == ([], [], 0)
    assert found["best"]["objectives"] == [found["best"]["fitness"]]


def test_the_front_has_the_figures_of_every_point_and_the_best_f_first(lab: Lab) -> None:
    found = lab.start({**FRONT, "out": "run"})
    check(found, {**SCHEMA, "config": dict})
    front, best = found["front"], found["best"]
    assert len(front) > 2
    assert front[0] == {name: best[name] for name in front[0]}
    largest = 2 * 160 + 2 * (160 * 160 + 160) + 160 * 3 + 3
    for one in front:
        assert one["objectives"] == [one["fitness"], one["complexity"] / largest]
        quality = 1 - (one["fitness"] - 0.001 * one["complexity"] / largest) * 3 / 2
        for part in ("valid", "test"):
            assert one[part] == {"accuracy": 1.0, "loss": pytest.approx(-np.log(quality), rel=1e-5)}


def test_the_front_of_an_unfinished_run_has_no_measures_yet(lab: Lab) -> None:
    run = interrupted(lab, FRONT, 4)
    front = read(lab, run)["front"]
    assert len(front) > 1
    assert {(one["valid"], one["test"]) for one in front} == {(None, None)}


def test_contributions_are_those_of_the_network_before_it_was_pruned(lab: Lab) -> None:
    found = lab.start({**PHASES, "competition.use": "layerwise"})
    with find_run(found["run"], lab.plugins) as (_, stored):
        evaluations = stored.evaluations()
    dense = evaluations[lab.generations(found["run"])[-1].best_key]
    while dense.parent:
        assert dense.contributions == ()
        dense = evaluations[dense.parent]
    assert len(found["best"]["tradeoff"]) == 3
    assert found["best"]["contributions"] == list(dense.contributions) != []
