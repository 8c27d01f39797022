"""Searches step by step, searches that are interrupted, and what the seed determines of them."""

from collections.abc import Mapping
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from fakes import Before, Diary, Lab

from nastoolkit.errors import Interrupted
from nastoolkit.evaluation import evaluate_population
from nastoolkit.evaluator import Evaluator
from nastoolkit.parts import build_parts
from nastoolkit.phases.base import Search
from nastoolkit.phases.order import next_phase
from nastoolkit.rng import Stream
from nastoolkit.search import begin, make_search, step
from nastoolkit.storage.records import Generation

PHASES: Mapping[str, Any] = {
    "seed": 3,
    "encoder.max_depth": 2,
    "search.phases": ["grow", "evolve", "prune"],
    "search.generations": 3,
    "search.candidates": 2,
    "trainer.representations": 2,
    "pruner.use": "fake",
}
"""A search with all three phases."""

FRONT: Mapping[str, Any] = {
    **PHASES,
    "search.phases": ["evolve"],
    "pruner.use": "none",
    "search.population": 10,
    "search.generations": 6,
    "fitness.objectives": ["fitness", "complexity"],
    "selection.use": "selNSGA2",
}
"""A search with two objectives."""


def prepared(lab: Lab, settings: Mapping[str, Any] | None = None) -> Search:
    """A search that was not begun yet, without a storage."""
    config = lab.config(settings)
    parts, stream = build_parts(config, lab.plugins), Stream(config.seed)
    data = parts.dataset.load(stream.at("split")).without_test()
    return make_search(config.search, data, data, stream, Evaluator(parts, data, stream, evaluate_population))


def searched(search: Search) -> list[Generation]:
    """Every generation of a search, with its weights."""
    found: list[Generation] = []
    while phase := next_phase(search.config, found[-1] if found else None):
        found.append((step(search, found[-1], phase) if found else begin(search))[0])
    return found


def ctrl_c(number: int) -> Diary:
    """Interrupts a search once a generation is saved."""
    return Diary(f"generation {number}", KeyboardInterrupt())


def ctrl_c_in_training(number: int) -> Before:
    """Interrupts a search in its n-th call of the trainer, counted from 0."""
    calls = count()

    def action() -> None:
        if next(calls) == number:
            raise KeyboardInterrupt

    return Before(action)


def interrupted(lab: Lab, settings: Mapping[str, Any], number: int) -> str:
    """The folder of a run that was interrupted after a generation."""
    with pytest.raises(Interrupted, match=f"generation {number} is saved") as caught:
        lab.start(settings, ctrl_c(number))
    name = str(caught.value).partition("nastoolkit resume ")[2].split()[0]
    return str(Path(settings.get("out", Path("runs", name))).absolute())


def outcome(document: Mapping[str, Any]) -> dict[str, Any]:
    """What the seed determines of a result."""
    places = {"run", "folder", "storage", "seconds", "files"}
    return {key: value for key, value in document.items() if key not in places}


def model(document: Mapping[str, Any]) -> bytes:
    """The exported network."""
    return Path(document["files"]["model"]).read_bytes()
