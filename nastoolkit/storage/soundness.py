"""What a record has to be to make sense: a digest says that nobody changed a row, not that its writer meant well.

Every function raises a ValueError that says what is wrong; a value of another type may raise another error instead.
"""

import math
from collections.abc import Mapping
from dataclasses import astuple
from typing import Any, cast

from nastoolkit.files import is_possible
from nastoolkit.storage.records import Evaluation, Generation, Run

PHASES = frozenset({"grow", "evolve", "final", "prune"})

SMALLEST = 2
"""Individuals of a population."""

DEEPEST = 50
"""How deep in each other lists and tables of a run's documents may be."""

LARGEST = 2**63
"""Of numbers that count something."""


def check_run(run: Run) -> None:
    """A run's row."""
    documents = run.config, run.environment, run.result
    _check_all(
        {
            "its folder is no absolute path": run.folder.startswith("/") and is_possible(run.folder),
            "it is described by something else than tables": all(isinstance(one, dict) for one in documents),
        }
    )
    for one in documents:
        _check_document(one)


def check_generation(one: Generation) -> None:
    """A generation, whatever the rest of its run is."""
    population, kept, came = len(one.genomes), [network.key for network in one.kept], one.migrants
    bits = [one.genomes, *(network.genome for network in one.kept)]
    texts = [*one.keys, *kept, *(network.digest for network in one.kept), *one.incidents]
    _check_all(
        {
            "there is no such phase": one.phase in PHASES,
            "it counts less than nothing": _are_counts(one.step, one.moved, one.chunk - 1, *astuple(one.counters)),
            "it has no population": population >= SMALLEST,
            "its genomes are no bits": all(genome.max(initial=0) <= 1 for genome in bits),
            "individuals, scores and keys are not as many": population
            == len(one.fitness)
            == len(one.scores)
            == len(one.keys),
            "a key is no text": {*map(type, texts)} <= {str},
            "it keeps a network twice": len(set(kept)) == len(kept),
            "it does not keep the best network, or one that is pruned": {one.best_key, *one.specimens} <= set(kept),
            "its seconds are none": all(math.isfinite(seconds) for seconds in astuple(one.seconds)),
            "it says who came to it in a way that cannot be": came is None
            or (_are_counts(came.island - 1, came.generation) and 0 < len(came.genomes) <= population),
        }
    )


def check_evaluation(one: Evaluation) -> None:
    """An evaluation, whatever the rest of its run is."""
    _check_all(
        {
            "it counts less than nothing": _are_counts(one.diverged, one.zeros, one.epochs),
            "it has other representations than it says": one.diverged <= len(one.spread) > 0,
            "it has fewer weights than zeros": one.zeros <= one.architecture.complexity,
            "it has contributions of other layers": len(one.contributions) in {0, one.architecture.depth},
            "it was pruned from itself": one.parent != one.key,
        }
    )


def _check_all(facts: Mapping[str, bool]) -> None:
    """Raise what is said of the first fact that is none."""
    if wrong := next((words for words, holds in facts.items() if not holds), None):
        raise ValueError(wrong)


def _are_counts(*numbers: int) -> bool:
    return all(type(number) is int and 0 <= number < LARGEST for number in numbers)


def _check_document(value: Any, left: int = DEEPEST) -> None:  # noqa: ANN401 - JSON
    """Lists and tables that are not too deep in each other, with texts that are Unicode."""
    if isinstance(value, str):
        value.encode()
    elif isinstance(value, dict | list):
        if not left:
            raise ValueError("its lists and tables are too deep in each other")
        inner = cast("dict[str, Any] | list[Any]", value)
        for one in (*inner, *inner.values()) if isinstance(inner, dict) else inner:
            _check_document(one, left - 1)
