"""The one JSON document of a run, against its schema as it is promised."""

import json
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fakes import Diary, Lab

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
SCHEMA: dict[str, Any] = {
    "run": str,
    "folder": str,
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
        },
        "dataset": {"use": str},
        "encoder": {"use": str, "max_depth": int, "max_nodes": int},
        "initializer": {"use": str},
        "trainer": {"use": str, "representations": int, "judged_by": str, "chunk": int, "diverges": bool},
        "competition": {"use": str},
        "fitness": {"use": str, "alpha": NUMBER, "mu": NUMBER, "literal": bool, "objectives": [str]},
        "selection": {"use": str},
        "crossover": {"use": str},
        "mutation": {"use": str, "per_bit": bool},
        "replacement": {"use": str, "elites": int},
        "pruner": {"use": str},
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
    "files": {"model": (str, None), "result": (str, None), "report": (str, None), "config": (str, None)},
}


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
    storage, stored = find_run(run, lab.plugins)
    with closing(storage):
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
