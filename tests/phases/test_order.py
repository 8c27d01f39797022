"""Which phase comes next, by hand."""

from typing import Any

import numpy as np
import pytest

from nastoolkit.config import SearchConfig
from nastoolkit.phases.order import next_phase, stop_reason
from nastoolkit.storage.records import Counters, Generation, Kept, Seconds

ALL: Any = ("grow", "evolve", "prune")


def generation(phase: str, step: int = 0, moved: int = 1) -> Generation:
    """The best F is 0.5, after 20 evaluations and 30 seconds."""
    best = Kept("a", np.zeros(2, np.uint8), np.zeros(1, np.float32))
    rows: dict[str, Any] = {"genomes": np.zeros((2, 2), np.uint8), "fitness": np.ones(2), "scores": np.ones(2)}
    rest: dict[str, Any] = {"kept": (best,), "specimens": (), "best_key": "a", "best_fitness": 0.5, "best_score": 1.0}
    made: dict[str, Any] = {"diversity": 0.0, "chunk": 1, "counters": Counters(20), "seconds": Seconds(total=30.0)}
    return Generation(number=9, phase=phase, step=step, moved=moved, keys=("a", "a"), **rows, **rest, **made)


def config(*phases: Any, **limits: Any) -> SearchConfig:
    return SearchConfig(phases=phases or None, **limits)


@pytest.mark.parametrize(
    ("phases", "last", "expected"),
    [
        ((), None, "evolve"),
        (ALL, None, "grow"),
        (("prune",), None, "prune"),
        (ALL, generation("grow"), "grow"),
        (ALL, generation("grow", moved=0), "evolve"),
        (("grow",), generation("grow", moved=0), ""),
        (("grow", "prune"), generation("grow", moved=0), "prune"),
        (("evolve", "grow"), generation("evolve", 3), "grow"),
        (("evolve", "grow"), generation("grow", moved=0), ""),
        (ALL, generation("evolve", 2, moved=0), "evolve"),
        (ALL, generation("evolve", 3), "prune"),
        (("evolve",), generation("evolve", 3), ""),
        (ALL, generation("prune"), "prune"),
        (ALL, generation("prune", moved=0), ""),
    ],
)
def test_a_phase_ends_by_itself_and_the_next_one_follows(phases: Any, last: Generation | None, expected: str) -> None:
    assert next_phase(config(*phases, generations=4), last) == expected


LIMITS: Any = [{"threshold": 0.5}, {"evaluations": 20}, {"evaluations": 12}, {"minutes": 0.5}]


@pytest.mark.parametrize("limit", LIMITS, ids=str)
def test_a_limit_leads_to_pruning_or_to_the_end_and_does_not_hold_for_pruning(limit: dict[str, Any]) -> None:
    for phase in ("grow", "evolve"):
        assert next_phase(config(*ALL, **limit), generation(phase)) == "prune"
        assert next_phase(config("grow", "evolve", **limit), generation(phase)) == ""
        assert stop_reason(config(*ALL, **limit, generations=1), generation(phase)) == next(iter(limit))
    assert next_phase(config(*ALL, **limit), generation("prune")) == "prune"


@pytest.mark.parametrize("limit", [{"threshold": 0.49}, {"evaluations": 21}, {"minutes": 0.51}], ids=str)
def test_before_a_limit_is_reached_a_search_goes_on(limit: dict[str, Any]) -> None:
    assert next_phase(config(*ALL, **limit), generation("grow")) == "grow"
    assert next_phase(config(*ALL, **limit), generation("evolve", 99)) == "evolve"


def test_what_ended_a_search_that_reached_no_limit_are_its_generations_or_its_phases() -> None:
    assert stop_reason(config("evolve", generations=4), generation("evolve", 3)) == "generations"
    assert stop_reason(config("grow", generations=4), generation("grow", 3, moved=0)) == "phases"
    assert stop_reason(config("prune"), None) == "phases"
