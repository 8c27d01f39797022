"""Searches whose trainer runs out of memory."""

from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from itertools import count
from typing import Any

import pytest
from fakes import EVENTS, FakeTrainer, Lab
from searches import FRONT, PHASES, ctrl_c, outcome

from nastoolkit.config import FINAL, PRUNE
from nastoolkit.errors import Interrupted, OutOfMemory
from nastoolkit.session import verify_run

ISLANDS: Mapping[str, Any] = {"search.islands": 2, "search.migration_interval": 1, "search.generations": 3}


@contextmanager
def scarce(lacks: Callable[[int, int], bool], method: str = "train") -> Generator[None]:
    """Memory runs out in a method of the trainer, as the number of the call and the chunk have it."""
    calls, enough = count(), getattr(FakeTrainer, method)

    def tried(self: FakeTrainer, *arguments: Any, **more: Any) -> Any:
        if lacks(next(calls), self.chunk):
            raise MemoryError("8 TiB")
        return enough(self, *arguments, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(FakeTrainer, method, tried)
        yield


def chunks(lab: Lab, run: str) -> list[int]:
    """Of each generation."""
    return [one.chunk for one in lab.generations(run)]


def is_replayed(lab: Lab, run: str) -> bool:
    return verify_run(run, lab.plugins, lab.said.append)["equal"]


def without_incidents(document: Mapping[str, Any]) -> dict[str, Any]:
    return {**outcome(document), "incidents": []}


@pytest.mark.parametrize("method", ["train", "predict"])
def test_a_generation_is_trained_again_and_the_search_goes_on(lab: Lab, method: str) -> None:
    with scarce(lambda call, chunk: call > 0 and chunk > 1, method):
        found = lab.start({"seed": 5})
    assert chunks(lab, found["run"]) == [4, 1, 1, 1]
    assert [one["generation"] for one in found["incidents"]] == [1, 1]
    assert f"{found['run']}, generation 1: Memory ran out (8 TiB). All of it was done again" in "\n".join(lab.said)
    assert is_replayed(lab, found["run"])
    assert without_incidents(found) == outcome(lab.start({"seed": 5}))  # this trainer rounds alike with any chunk


def test_all_networks_of_a_generation_have_one_chunk(lab: Lab) -> None:
    """Memory runs out when the first of them were trained already, for as long as the scheduler says."""
    settings = {"scheduler.use": "halving", "trainer.epochs": 9, "search.population": 9, "search.generations": 1}
    whole = EVENTS.count("training") if lab.start(settings) else 0
    EVENTS.clear()
    with scarce(lambda call, _: call == 1):
        found = lab.start(settings)
    assert EVENTS.count("training") == whole + 1
    assert chunks(lab, found["run"]) == [2]
    assert is_replayed(lab, found["run"])


def test_a_search_goes_on_with_the_chunk_that_it_had(lab: Lab) -> None:
    with scarce(lambda call, chunk: call > 1 and chunk > 2), pytest.raises(Interrupted):
        lab.start({"out": "run"}, ctrl_c(2))
    lab.resume("run")
    assert chunks(lab, "run") == [4, 4, 2, 2]
    assert is_replayed(lab, "run")


def test_a_search_that_was_killed_for_want_of_memory_goes_on_with_fewer_networks_at_once(lab: Lab) -> None:
    with pytest.raises(Interrupted):
        lab.start({"out": "run"}, ctrl_c(1))
    lab.resume("run", chunk=3)
    assert chunks(lab, "run") == [4, 4, 2, 2]
    assert is_replayed(lab, "run")


@pytest.mark.parametrize(
    ("settings", "method", "phase"),
    [(PHASES, "tune", PRUNE), (PHASES, "predict_variants", PRUNE), ({"search.finalists": 2}, "train", FINAL)],
    ids=["tuning", "cutting", "finalists"],
)
def test_what_follows_evolution_is_done_again_too(
    lab: Lab, settings: Mapping[str, Any], method: str, phase: str
) -> None:
    settings = {**settings, "pruner.use": "toggle"} if method == "predict_variants" else settings
    before = lab.start(settings)
    evolved = sum(one.phase not in {FINAL, PRUNE} for one in lab.generations(before["run"]))
    calls = evolved if method == "train" else 1
    with scarce(lambda call, chunk: call >= calls and chunk > 1, method):
        found = lab.start(settings)
    assert without_incidents(found) == outcome(before)
    last = lab.generations(found["run"])[-1]
    assert (last.phase, last.chunk) == (phase, 1)
    assert chunks(lab, found["run"])[:evolved] == [4] * evolved
    assert is_replayed(lab, found["run"])


@pytest.mark.parametrize("settings", [{}, FRONT, ISLANDS], ids=["one", "front", "islands"])
def test_the_end_is_predicted_again_and_what_is_saved_stays_as_it_was(lab: Lab, settings: Mapping[str, Any]) -> None:
    before = lab.start(settings)
    EVENTS.clear()
    with scarce(lambda _, chunk: "test part read" in EVENTS and chunk > 1, "predict"):
        found = lab.start(settings)
    assert outcome(found) == outcome(before)
    assert lab.digests(found["run"]) == lab.digests(before["run"])
    told = [text for text in lab.said if "Memory ran out" in text]
    assert len(told) == 2 * max(1, settings.get("search.islands", 1))
    assert all(", at its end: Memory ran out (8 TiB). All of it was done again" in text for text in told)
    assert is_replayed(lab, found["run"])


def test_without_memory_for_the_end_it_is_all_that_is_left_to_do(lab: Lab) -> None:
    with scarce(lambda *_: "test part read" in EVENTS, "predict"), pytest.raises(OutOfMemory, match="generation 3 is "):
        lab.start({"out": "run"})
    EVENTS.clear()
    assert lab.resume("run")["stopped_because"] == "generations"
    assert "training" not in EVENTS


def test_each_island_has_its_own_chunk(lab: Lab) -> None:
    with scarce(lambda call, _: call == 1):
        run = lab.start(ISLANDS)["run"]
    assert [chunks(lab, f"{run}-island-{n}") for n in (1, 2)] == [[4, 4, 4], [2, 2, 2]]
    assert is_replayed(lab, run)


def test_without_memory_for_a_single_network_the_search_ends_and_what_is_saved_is_safe(lab: Lab) -> None:
    with (
        scarce(lambda call, _: call > 1),
        pytest.raises(OutOfMemory, match=r"^Out of memory: 8 TiB\. Lower .* Stopped; generation 1 is saved\. "),
    ):
        lab.start({"out": "run"})
    lab.resume("run")
    assert chunks(lab, "run") == [4, 4, 4, 4]
    assert is_replayed(lab, "run")


def test_a_replay_with_too_little_memory_says_so(lab: Lab) -> None:
    run = lab.start()["run"]
    with (
        scarce(lambda call, chunk: call > 1 and chunk > 2),
        pytest.raises(OutOfMemory, match=r"^Generation 2 was computed with \[trainer\] chunk = 4, for which there is"),
    ):
        is_replayed(lab, run)
