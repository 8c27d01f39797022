"""A fitness function that fails: what it has no answer for loses, and a search without any answer stops."""

import math
from collections.abc import Callable, Sequence
from itertools import count
from typing import Any

import numpy as np
import pytest
from fakes import EVENTS, Lab
from faulty import Spoil
from searches import PHASES, prepared, searched

from nastoolkit.arrays import Scores
from nastoolkit.errors import ComponentError, OutOfMemory, PluginError
from nastoolkit.evaluation import evaluate_population
from nastoolkit.fitness.base import Candidate
from nastoolkit.rng import Stream
from nastoolkit.search import begin, step
from nastoolkit.storage.records import Generation

FAULTY = {"fitness.use": "faulty", "search.population": 8, "search.generations": 4, "seed": 2}

RAISED = "The fitness 'faulty' raised in measure(): ValueError: too deep ("
LOSES = "A network without an answer loses to every other."


def raises(if_any: Callable[[Candidate], bool]) -> Spoil:
    """Fails where it is asked about such a candidate, beside whatever others."""

    def spoil(answer: Scores, candidates: Sequence[Candidate], _: object) -> Scores:
        if any(map(if_any, candidates)):
            raise ValueError("too deep")
        return answer

    return spoil


def is_nan(if_any: Callable[[Candidate], bool]) -> Spoil:
    """Has no answer for such a candidate."""

    def spoil(answer: Scores, candidates: Sequence[Candidate], _: object) -> Scores:
        return np.where(list(map(if_any, candidates)), np.nan, answer)

    return spoil


def is_deep(candidate: Candidate) -> bool:
    return candidate.architecture.depth > 2


def digests(generations: Sequence[Generation]) -> list[str]:
    return [one.digest for one in generations]


@pytest.mark.parametrize(
    "settings", [{}, {"trainer.representations": 3, "trainer.judged_by": "mean"}], ids=["one", "w"]
)
def test_networks_that_it_fails_for_lose_and_the_search_goes_on_as_if_it_had_no_answer_for_them(
    lab: Lab, faults: dict[str, Spoil], settings: dict[str, Any]
) -> None:
    faults["measure"] = is_nan(is_deep)
    without = searched(prepared(lab, {**FAULTY, **settings}))
    faults["measure"] = raises(is_deep)
    found = searched(prepared(lab, {**FAULTY, **settings}))
    assert digests(found) == digests(without)
    assert all(one.incidents == () for one in without)
    first = found[0]
    lost = int(np.isinf(first.fitness).sum())
    assert 0 < lost < 8
    (incident,) = first.incidents
    assert incident.startswith(RAISED)
    assert incident.endswith(f"faulty.py:49). {LOSES} This concerns {lost} of 8 new networks.")


def test_a_function_that_never_answers_stops_the_search_which_goes_on_once_it_is_mended(
    lab: Lab, faults: dict[str, Spoil]
) -> None:
    whole = lab.digests(lab.start(FAULTY)["run"])
    faults["measure"] = raises(lambda _: True)
    with pytest.raises(PluginError) as caught:
        lab.start({**FAULTY, "out": "run"})
    told = str(caught.value)
    assert told.startswith(RAISED)
    assert "It fails for every network. Stopped; no generation was saved yet. Go on with: nastoolkit resume" in told
    faults.clear()
    assert lab.resume("run")["incidents"] == []
    assert lab.digests("run") == whole


def test_a_function_that_breaks_on_the_way_is_asked_about_the_best_network_and_stops_the_search(
    lab: Lab, faults: dict[str, Spoil]
) -> None:
    whole = lab.digests(lab.start(FAULTY)["run"])
    calls = count()
    faults["measure"] = raises(lambda _: next(calls) >= 8)
    with pytest.raises(PluginError, match=r"It fails for every network\. Stopped; generation 0 is saved"):
        lab.start({**FAULTY, "out": "run"})
    faults.clear()
    assert lab.resume("run")["incidents"] == []
    assert lab.digests("run") == whole


@pytest.mark.parametrize("lacks", [0, 1], ids=["in memory", "memory runs out"])
def test_a_function_that_fails_for_all_that_is_new_alone_stops_nothing(
    lab: Lab, faults: dict[str, Spoil], lacks: int
) -> None:
    """What is halved for the question about the best network is not for the search, which had memory enough."""
    search = prepared(lab, FAULTY)
    seen = {b""}
    faults["measure"] = lambda answer, candidates, _: [seen.add(one.curve.tobytes()) for one in candidates] and answer
    first, _ = begin(search)
    fails, lacking = raises(lambda one: one.curve.tobytes() not in seen), iter([MemoryError("8 TiB")] * lacks)

    def spoil(*given: Any) -> Scores:
        answer = fails(*given)
        for error in lacking:
            raise error
        return answer

    faults["measure"] = spoil
    EVENTS.clear()
    second, new = step(search, first, "evolve")
    assert new
    assert all(one.unanswered and one.fitness == math.inf for one in new)
    assert EVENTS.count("training") == 2 + lacks  # after the first time the best network
    assert second.best_key == first.best_key
    assert second.counters.trained == first.counters.trained + len(new)
    assert f"This concerns {len(new)} of {len(new)} new networks." in second.incidents[0]
    assert second.chunk == search.parts.trainer.chunk == 4


def test_networks_that_diverged_are_none_that_it_must_have_an_answer_for(lab: Lab, faults: dict[str, Spoil]) -> None:
    faults["measure"] = raises(lambda one: not np.isfinite(one.predictions).all())
    found = searched(prepared(lab, {**FAULTY, "trainer.diverges": True}))
    assert [one.best_fitness for one in found] == [math.inf] * 4
    assert RAISED in found[0].incidents[0]


def test_several_objectives_are_all_lost_by_a_network_that_it_fails_for(lab: Lab, faults: dict[str, Spoil]) -> None:
    fails = raises(is_deep)
    faults["measure"] = lambda answer, *given: np.stack([fails(answer, *given), -answer], axis=1)
    search = prepared(lab, {**FAULTY, "selection.use": "selNSGA2"})
    found = searched(search)
    known = [search.evaluator.known(key) for one in found for key in one.keys]
    assert {len(one.objectives) for one in known} == {2}
    lost = [one.objectives for one in known if one.unanswered or math.isinf(one.fitness)]
    assert lost
    assert set(lost) == {(math.inf, math.inf)}


def test_what_it_fails_for_does_not_hang_on_the_company(lab: Lab, faults: dict[str, Spoil]) -> None:
    faults["measure"] = raises(is_deep)
    search = prepared(lab, FAULTY)
    population = search.toolbox.population(8)
    subjects = [search.evaluator.subject(one) for one in population]
    together = evaluate_population(subjects, search.parts, search.data, Stream(2))
    alone = [evaluate_population([one], search.parts, search.data, Stream(2))[0] for one in subjects]
    assert [(one.fitness, one.incidents, one.unanswered) for one in together] == [
        (one.fitness, one.incidents, one.unanswered) for one in alone
    ]
    assert len({one.unanswered for one in together}) == 2


def test_rivals_of_a_competition_that_it_fails_for_lose(lab: Lab, faults: dict[str, Spoil]) -> None:
    calls = count()
    faults["measure"] = raises(lambda one: one.curve.size > 1 and next(calls) % 7 == 3)
    settings = {**FAULTY, "competition.use": "layerwise", "search.generations": 1}
    (found,) = searched(prepared(lab, settings))
    assert np.isfinite(found.best_fitness)
    assert RAISED in found.incidents[0]


@pytest.mark.parametrize("where", ["what would be", "what was cut"])
def test_cuts_that_it_fails_for_lose(lab: Lab, faults: dict[str, Spoil], where: str) -> None:
    settings = {**PHASES, **FAULTY, "search.phases": ["evolve", "prune"], "search.candidates": 2}
    pruner = {"pruner.use": "toggle", "pruner.sparsity": 0.5} if where == "what would be" else {"pruner.use": "fake"}
    pruning = raises(lambda one: one.pruned_fraction > 0 or (one.architecture.stem < 64 and one.curve.size == 8))
    search = prepared(lab, {**settings, **pruner})
    faults["measure"] = pruning
    found = searched(search)
    assert found[-1].phase == "prune"
    assert any(RAISED in text for one in found for text in one.incidents)
    assert np.isfinite(found[-1].best_fitness)


def test_finalists_that_it_all_fails_for_stop_the_search(lab: Lab, faults: dict[str, Spoil]) -> None:
    faults["measure"] = raises(lambda one: one.curve.size == 6)  # three times as long
    settings = {**FAULTY, "search.finalists": 2}
    with pytest.raises(PluginError, match=r"No finalist has an answer\. Stopped; generation 3 is saved"):
        lab.start(settings)


def test_a_message_to_the_user_and_the_want_of_memory_pass(lab: Lab, faults: dict[str, Spoil]) -> None:
    for error in (MemoryError("much"), PluginError("The licence has run out."), KeyboardInterrupt()):

        def fail(*_: object, error: BaseException = error) -> None:
            raise error

        faults["measure"] = fail
        with pytest.raises(OutOfMemory if isinstance(error, MemoryError) else type(error)) as caught:
            searched(prepared(lab, FAULTY))
        assert str(error) in str(caught.value)
        assert not isinstance(caught.value, ComponentError)


def test_of_very_many_incidents_the_first_are_told(lab: Lab) -> None:
    evaluator = prepared(lab).evaluator
    for number in range(20):
        evaluator.note(f"It rained for the {number}th time.")
    found = evaluator.take_incidents()
    assert found[0] == "It rained for the 0th time."
    assert found[12:] == ("Further incidents that are not listed: 8.",)
