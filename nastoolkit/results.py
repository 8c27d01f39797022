"""What a run came to: the best network's file and figures, and the one JSON document that every command prints."""

import json
import math
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any, cast

import numpy as np

from nastoolkit.architecture import Architecture
from nastoolkit.arrays import Floats
from nastoolkit.commands import command
from nastoolkit.consistency import networks
from nastoolkit.datasets.base import Data, Split
from nastoolkit.files import is_there, written
from nastoolkit.fitness.metrics import metrics
from nastoolkit.genome import HYPERPARAMETER_BITS, Hyperparameters, decode_hyperparameters
from nastoolkit.islands.archipelago import Archipelago, leading, members
from nastoolkit.pareto import on_front
from nastoolkit.storage.base import StoredRun
from nastoolkit.storage.records import Counters, Evaluation, Generation, Kept, Migrants, Seconds
from nastoolkit.trainers.base import Trained, Trainer

MODEL, RESULT, CONFIG = "best.keras", "result.json", "config.toml"
"""Names of a run's files."""


def measured(trainer: Trainer, architecture: Architecture, weights: Floats, data: Data) -> dict[str, Any]:
    """A network's metrics on ``valid`` and ``test``; nothing before the end of a search reads the test part."""
    curves = np.zeros((1, 1, 1), np.float32)
    trained = Trained((architecture,), (weights[None],), curves)

    def on(split: Split) -> dict[str, float]:
        return metrics(trainer.predict(trained, data, split.inputs)[0, 0], split.targets, data)

    return {"valid": on(data.valid), "test": on(data.test)}


def meaning(data: Data) -> dict[str, Any]:
    """``data``, what turns raw rows into answers, and its ``fingerprint``: whether the test part is still the same."""
    answers = {"task": data.task, "classes": list(data.classes), "preprocessing": data.preprocessing.to_json()}
    return {"data": answers, "fingerprint": data.fingerprint}


def document(stored: StoredRun) -> dict[str, Any]:
    """A run as strict JSON: numbers that do not exist are null."""
    run, islands = stored.run, [one.generations() for one in members(stored)]
    place = leading([one[-1] if one else None for one in islands])
    generations: Sequence[Generation] = () if place is None else islands[place]
    folder = Path(run.folder)
    last = generations[-1] if generations else None
    evaluations: Mapping[str, Evaluation] = {} if place is None or not last else networks(members(stored)[place], last)
    files = {name: folder / file for name, file in (("model", MODEL), ("result", RESULT), ("config", CONFIG))}
    text = {
        "run": run.name,
        "folder": run.folder,
        "storage": stored.url,
        "config": run.config,
        "environment": run.environment,
        "seed": run.config["seed"],
        "generations": len(generations),
        **_counters([one[-1] for one in islands if one]),
        "stopped_because": run.stopped_because or None,
        "data": _vocabularies(run.result) if run.result else None,
        "best": _best(last.best, evaluations, run.result) if last else None,
        "front": _front(last, evaluations, run.result) if last else [],
        "history": [_entry(one) for one in generations],
        "islands": [_island(*one) for one in enumerate(islands, 1) if one[1]]
        if isinstance(stored, Archipelago)
        else [],
        "incidents": [
            _incident(number, one, text)
            for number, each in enumerate(islands, isinstance(stored, Archipelago))
            for one in each
            for text in one.incidents
        ],
        "files": {name: str(path) if is_there(path) else None for name, path in files.items()} | {"report": None},
    }
    return cast("dict[str, Any]", strict(text))


def write_result(stored: StoredRun) -> dict[str, Any]:
    """Write ``result.json``, whole or not at all, and return what it says."""
    found = document(stored)
    found["files"]["result"] = str(Path(stored.run.folder, RESULT))
    with writing(stored, RESULT) as draft:
        draft.write_text(json.dumps(found, indent=2, allow_nan=False) + "\n", encoding="utf-8")
    return found


def writing(stored: StoredRun, file: str) -> AbstractContextManager[Path]:
    """Write one of a run's files, see :func:`nastoolkit.files.written`."""
    again = command("resume", stored.run.name, stored.url)
    way_out = f"Every generation is saved: make room and the folder writable, then repeat it with: {again}"
    return written(Path(stored.run.folder, file), way_out)


def _counters(lasts: Sequence[Generation]) -> dict[str, Any]:
    """Totals over islands, whose time passes for all alike."""
    counters, seconds = [asdict(one.counters) for one in lasts], [asdict(one.seconds) for one in lasts]
    counted = {one.name: sum(each[one.name] for each in counters) for one in fields(Counters)}
    spent = {one.name: sum((each[one.name] for each in seconds), 0.0) for one in fields(Seconds)}
    return {**counted, "seconds": spent | {"total": max((each["total"] for each in seconds), default=0.0)}}


def _island(number: int, generations: Sequence[Generation]) -> dict[str, Any]:
    """What one island came to, and who came to it from where."""
    last = generations[-1]
    return {
        "island": number,
        "generations": len(generations),
        "evaluations": last.counters.evaluations,
        "best_fitness": last.best_fitness,
        "best_score": last.best_score,
        "migrations": [_migration(one.number, one.migrants) for one in generations if one.migrants],
    }


def _incident(island: int, generation: Generation, text: str) -> dict[str, Any]:
    """What went wrong and was contained; the island is 0 where there are none."""
    return {"island": island, "generation": generation.number, "text": text}


def _migration(generation: int, came: Migrants) -> dict[str, int]:
    return {
        "generation": generation,
        "from_island": came.island,
        "from_generation": came.generation,
        "migrants": len(came.genomes),
    }


def _best(best: Kept, evaluations: Mapping[str, Evaluation], result: Mapping[str, Any]) -> dict[str, Any]:
    evaluation, lineage = evaluations[best.key], _lineage(best.key, evaluations)
    return {
        **_network(best, evaluation, result),
        "spread": list(evaluation.spread),
        "contributions": list(lineage[0].contributions),
        "sparsity": 1 - evaluation.remaining / lineage[0].architecture.complexity,
        "pruned_fraction": evaluation.pruned,
        "tradeoff": [_point(one, lineage[0]) for one in lineage] if len(lineage) > 1 else [],
    }


def _front(last: Generation, evaluations: Mapping[str, Evaluation], result: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The Pareto front, the best F first; what was measured of each point when the search had ended."""
    points = on_front(last.kept, evaluations.__getitem__)
    measures: list[Mapping[str, Any]] = result.get("front") or [{} for _ in points]
    return [_network(one, evaluations[one.key], found) for one, found in zip(points, measures, strict=True)]


def _network(kept: Kept, evaluation: Evaluation, result: Mapping[str, Any]) -> dict[str, Any]:
    genes: Hyperparameters = decode_hyperparameters(kept.genome[-HYPERPARAMETER_BITS:].tolist())
    return {
        "genome": "".join(map(str, kept.genome.tolist())),
        "architecture": evaluation.architecture.to_json(),
        "hyperparameters": {name: getattr(genes, name) for name in Hyperparameters.LEVELS},
        "fitness": evaluation.fitness,
        "objectives": list(evaluation.objectives),
        "score": evaluation.score,
        "valid": result.get("valid"),
        "test": result.get("test"),
        "parameters": evaluation.architecture.complexity,
        "complexity": evaluation.architecture.complexity,
        "remaining": evaluation.remaining,
    }


def _lineage(key: str, evaluations: Mapping[str, Evaluation]) -> list[Evaluation]:
    """A network before anything was pruned, then every step to what it is now."""
    found = [evaluations[key]]
    while found[0].parent:
        found.insert(0, evaluations[found[0].parent])
    return found


def _point(evaluation: Evaluation, dense: Evaluation) -> dict[str, Any]:
    """One point of the trade-off between accuracy and sparsity."""
    return {
        "sparsity": 1 - evaluation.remaining / dense.architecture.complexity,
        "remaining": evaluation.remaining,
        "widths": list(evaluation.architecture.widths),
        "connections": len(evaluation.architecture.edges),
        "fitness": evaluation.fitness,
        "score": evaluation.score,
    }


def _vocabularies(result: Mapping[str, Any]) -> dict[str, Any]:
    """What the model's inputs and outputs stand for: words are positions in these lists."""
    data = result["data"]
    columns: list[dict[str, Any]] = data["preprocessing"].get("columns", [])
    vocabularies = {
        column["name"]: [*column["vocabulary"], *(["(any other)"] if column.get("rest") else [])]
        for column in columns
        if column["vocabulary"]
    }
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
