"""Whatever a component of a plugin does wrong, the search ends with one message that names it, or goes on."""

import copy
import pickle
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
from fakes import Lab
from faulty import FaultyFitness, FaultyTrainer, Spoil
from searches import prepared, searched
from wrong import GIVEN, WRONG

from nastoolkit.components import KINDS, Origin
from nastoolkit.encoders.matrix import MatrixEncoder
from nastoolkit.errors import ComponentError, PluginError
from nastoolkit.fitness.paper import PaperFitness
from nastoolkit.wall.guard import ANSWERS, behind_wall

EVERYTHING: Mapping[str, Any] = {
    "search.phases": ["evolve", "prune"],
    "search.generations": 2,
    "encoder.max_depth": 2,
    "encoder.max_nodes": 32,
    "competition.use": "layerwise",
    "pruner.use": "fake",
}
"""A search that calls every method of every component, but for an encoder's quanta."""


def settings(kind: str) -> dict[str, Any]:
    """With one component that may be spoilt."""
    own = {key: value for key, value in EVERYTHING.items() if not key.startswith(f"{kind}.")}
    if kind == "encoder":
        own |= {"search.phases": ["grow", "evolve", "prune"]}
    return {**own, f"{kind}.use": "faulty", "out": "run"}


def search(lab: Lab, kind: str, method: str) -> None:
    """Call the method; a whole run, with its start and its end, only where it is called there."""
    if method in {"load", "evaluate", "export"}:
        lab.start(settings(kind))
    else:
        searched(prepared(lab, settings(kind)))


def test_every_kind_has_answers_that_are_looked_at() -> None:
    assert tuple(ANSWERS) == KINDS


PLAIN: Mapping[str, Any] = {
    "trainer.representations": 2,
    "encoder.max_depth": 2,
    "encoder.max_nodes": 32,
    "pruner.use": "fake",
    "search.phases": ["evolve", "prune"],
    "search.generations": 3,
    "out": "plain",
}


def test_sound_components_of_a_plugin_change_nothing(lab: Lab, faults: dict[str, Spoil]) -> None:
    assert faults == {}
    names = dict.fromkeys((f"{kind}.use" for kind in KINDS), "faulty")
    expected = lab.start(PLAIN)
    kept = {key: value for key, value in PLAIN.items() if key.startswith("search.")}
    found = lab.start({**kept, **names, "out": "run"})
    assert found["incidents"] == []
    assert [one.digest for one in lab.generations("run")] == [one.digest for one in lab.generations("plain")]
    assert found["best"] == expected["best"]


METHODS = [(kind, method) for kind, methods in ANSWERS.items() for method in methods]


@pytest.mark.parametrize(("kind", "method"), METHODS, ids=[f"{kind} {method}" for kind, method in METHODS])
def test_a_method_that_raises_is_named_with_its_error_and_its_place(
    lab: Lab, faults: dict[str, Spoil], kind: str, method: str
) -> None:
    faults[method] = lambda *_: np.zeros(2).reshape(3)
    with pytest.raises(PluginError) as caught:
        lab.start(settings(kind))
    told = str(caught.value)
    assert told.startswith(f"The {kind} 'faulty' raised in {method}(): ValueError: cannot reshape array of size 2 into")
    assert "tests/wall/faulty.py:" in told  # numpy raised it, but nobody would look there
    assert "\n" not in told
    if Path("run").exists():
        assert told.endswith(f"Go on with: nastoolkit resume {lab.called('run')}")


ANSWERED = [(*which, message) for which, spoils in WRONG.items() for message in spoils]


@pytest.mark.parametrize(("kind", "method", "message"), ANSWERED, ids=[f"{row[0]}: {row[2]}" for row in ANSWERED])
def test_an_answer_that_is_not_what_it_must_be_is_named_and_said(
    lab: Lab, faults: dict[str, Spoil], kind: str, method: str, message: str
) -> None:
    faults[method] = WRONG[kind, method][message]
    with pytest.raises(PluginError) as caught:
        search(lab, kind, method)
    told = str(caught.value)
    assert told.startswith((f"The {kind} 'faulty' ", f"The {kind} 'faulty', or", "The fitness 'paper' gave"))
    assert message in told
    assert "\n" not in told


def test_every_method_but_those_that_are_looked_at_elsewhere_has_wrong_answers() -> None:
    assert set(WRONG) == set(METHODS)


ARRAYS = [(*which, array) for which, arrays in GIVEN.items() for array in arrays]


@pytest.mark.parametrize(("kind", "method", "array"), ARRAYS)
def test_what_a_component_is_given_cannot_be_written_to(
    lab: Lab, faults: dict[str, Spoil], kind: str, method: str, array: str
) -> None:
    def write(answer: Any, *given: Any) -> Any:
        GIVEN[kind, method][array](*given)[0] = 0
        return answer

    faults[method] = write
    with pytest.raises(PluginError, match=rf"^The {kind} 'faulty' raised in {method}\(\): ValueError: .*read-only"):
        search(lab, kind, method)


@pytest.mark.parametrize(("kind", "method"), [("selection", "select"), ("replacement", "replace")])
def test_lists_that_an_operator_spoils_are_its_own(lab: Lab, faults: dict[str, Spoil], kind: str, method: str) -> None:
    def empty(answer: Any, *given: Any) -> Any:
        for one in given:
            if isinstance(one, list):
                one.clear()
        return answer

    sound = lab.start(settings(kind) | {"out": "sound"})
    faults[method] = empty
    assert lab.start(settings(kind))["best"] == sound["best"]


@pytest.mark.parametrize(
    ("kind", "changes", "message"),
    [
        ("trainer", {"epochs": 0}, "has epochs = 0. It must be a whole number from 1."),
        ("trainer", {"representations": -2}, "has representations = -2. It must be a whole number from 1."),
        ("trainer", {"chunk": 0}, "has chunk = 0. It must be a whole number from 1."),
        ("pruner", {"sparsity": 1.5}, "has sparsity = 1.5. It must be None, or a number from 0 and below 1."),
        ("pruner", {"epochs": -1}, "has epochs = -1. It must be a whole number from 0."),
    ],
)
def test_what_a_component_must_have_beside_methods_is_looked_at_before_a_run_is_made(
    lab: Lab, faults: dict[str, Spoil], kind: str, changes: Mapping[str, Any], message: str
) -> None:
    assert faults == {}
    with pytest.raises(PluginError) as caught:
        lab.start({**settings(kind), **{f"{kind}.{name}": value for name, value in changes.items()}})
    assert str(caught.value) == f"The {kind} 'faulty' {message}"
    assert not Path("run").exists()


def test_an_encoder_that_decodes_the_same_bits_otherwise_the_second_time_is_told(
    lab: Lab, faults: dict[str, Spoil]
) -> None:
    drawn = np.random.default_rng(1)

    def whim(_: Any, genome: Any, signature: Any) -> Any:
        return MatrixEncoder(2, 32).decode(drawn.integers(0, 2, len(genome), np.uint8), signature)

    faults["decode"] = whim
    with pytest.raises(PluginError, match="The encoder 'faulty' decoded the same bits to two networks"):
        search(lab, "encoder", "decode")


class TestSubclass:
    def test_it_is_the_class_that_it_was_and_one_that_ships_is_left_alone(self) -> None:
        guarded = behind_wall(FaultyTrainer, 5)
        assert issubclass(guarded, FaultyTrainer)
        assert guarded is behind_wall(FaultyTrainer, 5)
        assert (guarded.__module__, guarded.__qualname__) == (FaultyTrainer.__module__, FaultyTrainer.__qualname__)
        assert replace(guarded(), epochs=7).epochs == 7
        assert type(replace(guarded(), epochs=7)) is guarded
        assert behind_wall(PaperFitness, 5) is PaperFitness

    @pytest.mark.parametrize("travel", [copy.deepcopy, lambda one: pickle.loads(pickle.dumps(one))])  # noqa: S301 - our own
    def test_it_stays_behind_the_wall_where_it_is_sent(self, faults: dict[str, Spoil], travel: Any) -> None:
        sent = behind_wall(FaultyTrainer, 5)(chunk=9)
        came = travel(sent)
        assert came == sent
        assert came.chunk == 9
        faults["compile_seconds"] = lambda *_: 1 / 0
        with pytest.raises(ComponentError, match="ZeroDivisionError"):
            _ = came.compile_seconds

    def test_a_component_that_cannot_be_made_is_named(self, lab: Lab) -> None:
        lab.plugins.registry.add([Stillborn], Origin("still", "still", "1"))
        with pytest.raises(ComponentError, match=r"The fitness 'stillborn' raised in __init__\(\): ZeroDivisionError"):
            lab.start({"fitness.use": "stillborn"})


@dataclass(frozen=True, slots=True)
class Stillborn(FaultyFitness):
    name: ClassVar[str] = "stillborn"

    def __post_init__(self) -> None:
        _ = 1 / 0
