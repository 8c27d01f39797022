"""What a run came to: the best network's file and figures, and the one JSON document that every command prints."""

import json
import math
import shlex
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any, cast

import numpy as np

from nastoolkit.architecture import Architecture
from nastoolkit.arrays import Floats
from nastoolkit.datasets.base import Data, Split
from nastoolkit.errors import OutputError
from nastoolkit.fitness.metrics import metrics
from nastoolkit.genome import HYPERPARAMETER_BITS, Hyperparameters, decode_hyperparameters
from nastoolkit.storage.base import Counters, Evaluation, Generation, Seconds, StoredRun
from nastoolkit.trainers.base import Trained, Trainer

MODEL, RESULT, CONFIG = "best.keras", "result.json", "config.toml"
"""Names of a run's files."""


def measured(trainer: Trainer, architecture: Architecture, weights: Floats, data: Data) -> dict[str, Any]:
    """What is stored of the best network when a search ends; nothing before it reads the test part.

    Returns:
        its metrics on ``valid`` and ``test``; ``data``, what turns raw rows into answers; and the data's
        ``fingerprint``, which tells later whether the test part is still the same.
    """
    curves = np.zeros((1, 1, 1), np.float32)
    trained = Trained((architecture,), (weights[None],), curves)

    def on(split: Split) -> dict[str, float]:
        return metrics(trainer.predict(trained, data, split.inputs)[0, 0], split.targets, data)

    meaning = {"task": data.task, "classes": list(data.classes), "preprocessing": data.preprocessing.to_json()}
    return {"valid": on(data.valid), "test": on(data.test), "data": meaning, "fingerprint": data.fingerprint}


def document(stored: StoredRun) -> dict[str, Any]:
    """A run as strict JSON: numbers that do not exist are null."""
    run, generations = stored.run, stored.generations()
    folder = Path(run.folder)
    last = generations[-1] if generations else None
    files = {name: folder / file for name, file in (("model", MODEL), ("result", RESULT), ("config", CONFIG))}
    text = {
        "run": run.name,
        "folder": run.folder,
        "config": run.config,
        "environment": run.environment,
        "seed": run.config["seed"],
        "generations": len(generations),
        **_counters(last),
        "stopped_because": run.stopped_because or None,
        "data": _meaning(run.result) if run.result else None,
        "best": _best(stored.evaluations()[last.best_key], last, run.result) if last else None,
        "history": [_entry(one) for one in generations],
        "files": {name: str(path) if path.exists() else None for name, path in files.items()} | {"report": None},
    }
    return cast("dict[str, Any]", strict(text))


def write_result(stored: StoredRun) -> dict[str, Any]:
    """Write ``result.json``, whole or not at all, and return what it says."""
    path = Path(stored.run.folder) / RESULT
    found = document(stored)
    found["files"]["result"] = str(path)
    with writing(path):
        draft = path.with_suffix(".part")
        draft.write_text(json.dumps(found, indent=2, allow_nan=False) + "\n", encoding="utf-8")
        draft.replace(path)
    return found


@contextmanager
def writing(path: Path) -> Generator[None]:
    """Write one of a run's files.

    Raises:
        OutputError: the file system does not let it.
    """
    try:
        yield
    except OSError as error:
        raise OutputError(
            f"{path} cannot be written: {error.strerror or error}. Every generation is saved: make the folder "
            f"writable, then repeat it with: nastoolkit resume {shlex.quote(str(path.parent))}"
        ) from error


def _counters(last: Generation | None) -> dict[str, Any]:
    counters, seconds = (last.counters, last.seconds) if last else (Counters(), Seconds())
    return {**asdict(counters), "seconds": asdict(seconds)}


def _best(evaluation: Evaluation, last: Generation, result: Mapping[str, Any]) -> dict[str, Any]:
    genes: Hyperparameters = decode_hyperparameters(last.best_genome[-HYPERPARAMETER_BITS:].tolist())
    return {
        "genome": "".join(map(str, last.best_genome.tolist())),
        "architecture": evaluation.architecture.to_json(),
        "hyperparameters": {name: getattr(genes, name) for name in Hyperparameters.LEVELS},
        "fitness": evaluation.fitness,
        "spread": list(evaluation.spread),
        "score": evaluation.score,
        "valid": result.get("valid"),
        "test": result.get("test"),
        "parameters": evaluation.architecture.complexity,
        "complexity": evaluation.architecture.complexity,
        "pruned_fraction": 0.0,
    }


def _meaning(result: Mapping[str, Any]) -> dict[str, Any]:
    """What the model's inputs and outputs stand for: words are positions in these lists."""
    data = result["data"]
    columns: list[dict[str, Any]] = data["preprocessing"]["columns"]
    vocabularies = {column["name"]: column["vocabulary"] for column in columns if column["vocabulary"]}
    return {"task": data["task"], "classes": data["classes"], "vocabularies": vocabularies}


def _entry(generation: Generation) -> dict[str, Any]:
    finite = generation.fitness[np.isfinite(generation.fitness)]
    return {
        "generation": generation.number,
        "phase": generation.phase,
        "best_fitness": generation.best_fitness,
        "mean_fitness": float(finite.mean()) if len(finite) else None,
        "best_score": generation.best_score,
        "diversity": generation.diversity,
    }


def strict(value: Any) -> Any:  # noqa: ANN401 - JSON
    """Numbers that JSON does not know become null."""
    if isinstance(value, Mapping):
        return {str(key): strict(inner) for key, inner in cast("Mapping[str, Any]", value).items()}
    if isinstance(value, list | tuple):
        return [strict(inner) for inner in cast("list[Any]", value)]
    return None if isinstance(value, float) and not math.isfinite(value) else value
