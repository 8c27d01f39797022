"""Every check of these kinds finds the mistake that it is there for."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
import pytest

from nastoolkit.architecture import Architecture
from nastoolkit.arrays import Floats
from nastoolkit.competition.base import Competition, Contest, Measure
from nastoolkit.components import Component
from nastoolkit.pruners.base import Bench, Pruner, Specimen
from nastoolkit.pruners.compact import compacted, cuttable
from nastoolkit.rng import Stream
from nastoolkit.schedulers.base import Scheduler, Train
from nastoolkit.testing import component_checks
from nastoolkit.trainers.base import Trained


@dataclass(frozen=True, slots=True)
class FoulPlay(Competition):
    """A competition with one thing wrong.

    Args:
        mistake: which.
    """

    name: ClassVar[str] = "foul"
    mistake: str

    def compete(self, trained: Trained, measure: Measure, streams: Sequence[Stream]) -> Contest:
        nothing = tuple(np.zeros((len(one), 0), np.float32) for one in trained.weights)
        if self.mistake == "scribbles":
            trained.weights[0][0] += 1
        draw = {"unseeded": np.random.default_rng().random(), "company": len(streams)}.get(self.mistake, 0)
        moved = tuple(one + np.float32(draw) for one in trained.weights)
        changes = {
            "other shapes": {"weights": tuple(one[:, :-1] for one in moved)},
            "doubles": {"weights": tuple(one.astype(np.float64) for one in moved)},
            "heals": {"weights": tuple(map(np.nan_to_num, moved)), "curves": np.nan_to_num(trained.curves)},
            "kills": {"weights": tuple(one + np.float32(np.inf) for one in moved)},
        }
        told = nothing[1:] if self.mistake == "silent" else nothing
        return Contest(replace(trained, **changes.get(self.mistake, {"weights": moved})), told)


@dataclass(frozen=True, slots=True)
class Clumsy(Pruner):
    """A pruner with one thing wrong.

    Args:
        mistake: which.
        sparsity: not looked at.
        epochs: not looked at.
    """

    name: ClassVar[str] = "clumsy"
    mistake: str
    sparsity: float | None = None
    epochs: int = 0

    def prune(self, specimen: Specimen, bench: Bench, stream: Stream) -> tuple[Architecture, Floats] | None:
        architecture, weights = specimen.architecture, specimen.weights
        edges = cuttable(architecture)
        if self.mistake == "idle":
            return architecture, weights
        if not edges or (self.mistake != "unseeded" and specimen.step):
            return None
        if self.mistake == "scribbles":
            weights[0] += 1
            return None
        place = np.random.default_rng().integers(len(edges)) if self.mistake == "unseeded" else 0
        smaller, kept = compacted(architecture, weights, [edges[place]])
        found = {
            "dead parts": (replace(architecture, edges=tuple(one for one in architecture.edges if one[0])), weights),
            "no path": (replace(architecture, edges=()), weights),
            "a row too many": (smaller, np.append(kept, kept[:1])),
            "doubles": (smaller, kept.astype(np.float64)),
            "grows": (replace(smaller, stem=30), np.zeros(replace(smaller, stem=30).complexity, np.float32)),
        }
        return found.get(self.mistake, (smaller, kept))


@dataclass(frozen=True, slots=True)
class Moody(Scheduler):
    """A scheduler with one thing wrong.

    Args:
        mistake: which.
    """

    name: ClassVar[str] = "moody"
    compares: ClassVar[bool] = False
    mistake: str

    def run(self, size: int, epochs: int, train: Train) -> None:
        left = range(size - (self.mistake == "leaves one out"))
        if self.mistake == "again":
            train(left, epochs)
        if self.mistake == "unseeded":
            train(left[:1], 1 + int(np.random.default_rng().integers(2**40)))
        fitness = train([*left, *left] if self.mistake == "twice" else left, epochs + (self.mistake == "longer"))
        if self.mistake == "compares" and fitness.min() < 0:
            train([0], epochs)


MISTAKES = [
    (FoulPlay("other shapes"), "gives the same networks with other weights at most"),
    (FoulPlay("doubles"), "gives the same networks with other weights at most"),
    (FoulPlay("heals"), "gives the same networks with other weights at most"),
    (FoulPlay("silent"), "gives the same networks with other weights at most"),
    (FoulPlay("scribbles"), "leaves what it is given alone"),
    (FoulPlay("unseeded"), "draws from the individuals streams alone"),
    (FoulPlay("company"), "competes alike in any company"),
    (FoulPlay("heals"), "leaves diverged networks diverged"),
    (FoulPlay("kills"), "leaves diverged networks diverged"),
    (Clumsy("dead parts"), "keeps a path to the output"),
    (Clumsy("no path"), "keeps a path to the output"),
    (Clumsy("a row too many"), "gives a network that fits"),
    (Clumsy("doubles"), "gives a network that fits"),
    (Clumsy("grows"), "takes something away in each step"),
    (Clumsy("idle"), "takes something away in each step"),
    (Clumsy("scribbles"), "leaves what it is given alone"),
    (Clumsy("unseeded"), "draws from the stream alone"),
    (Clumsy("idle"), "comes to an end"),
    (Moody("leaves one out"), "trains every network"),
    (Moody("twice"), "trains every network"),
    (Moody("longer"), "keeps to the epochs of a whole training"),
    (Moody("again"), "keeps to the epochs of a whole training"),
    (Moody("unseeded"), "decides always alike"),
    (Moody("compares"), "says whether it compares"),
]


@pytest.mark.parametrize(("component", "title"), MISTAKES, ids=lambda one: str(getattr(one, "mistake", one)))
def test_a_mistake_is_found_and_named(component: Component, title: str) -> None:
    (check,) = [one for one in component_checks(component) if str(one) == f"{component.name} {title}"]
    with pytest.raises(AssertionError, match=r"\w+ \w+ \w+"):
        check()


@pytest.mark.parametrize(
    "check", [check for one in (FoulPlay(""), Clumsy(""), Moody("")) for check in component_checks(one)], ids=str
)
def test_a_third_partys_sound_component_passes(check: object) -> None:
    assert callable(check)
    check()
