"""What went wrong and was contained: from where it happened into the generation, to the user, and into reports."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from fakes import Lab
from searches import PHASES, prepared

from nastoolkit.evaluation import Subject, evaluate_population
from nastoolkit.hookspecs import hookimpl
from nastoolkit.phases.order import next_phase
from nastoolkit.plugins import register
from nastoolkit.search import begin, step
from nastoolkit.storage.base import Evaluation, Generation


class Stumbling:
    """Evaluates populations, and has a word to say of every second network, and of all."""

    @hookimpl
    def nastoolkit_evaluate_population(
        self, subjects: Sequence[Subject], parts: Any, data: Any, stream: Any
    ) -> list[Evaluation]:
        found = evaluate_population(subjects, parts, data, stream)
        told = [("It rained.", "It <b>thundered</b>.") if n % 2 else ("It rained.",) for n in range(len(found))]
        return [replace(one, incidents=words) for one, words in zip(found, told, strict=True)]


def test_incidents_of_networks_become_those_of_their_generation_and_change_nothing(lab: Lab) -> None:
    calm = lab.generations(lab.start({"search.generations": 2})["run"])
    register(lab.plugins.manager, Stumbling(), "stumbling")
    found = lab.generations(lab.start({"search.generations": 2})["run"])
    assert [one.digest for one in found] == [one.digest for one in calm]
    assert [one.incidents for one in calm] == [(), ()]
    new = found[0].counters.trained
    assert found[0].incidents == (
        f"It rained. This concerns {new} of {new} new networks.",
        f"It <b>thundered</b>. This concerns {new // 2} of {new} new networks.",
    )
    assert found[1].incidents[0].startswith("It rained. This concerns ")


@pytest.mark.parametrize("phases", [["grow", "evolve"], ["evolve", "prune"], ["evolve", "final"]])
def test_every_phase_writes_down_what_was_noted_since_the_last_step(lab: Lab, phases: list[str]) -> None:
    settings = {**PHASES, "search.phases": phases, "search.finalists": 2 * ("final" in phases)}
    search = prepared(lab, settings | ({} if "prune" in phases else {"pruner.use": "none"}))
    found: list[Generation] = []
    while phase := next_phase(search.config, found[-1] if found else None):
        for _ in range(2):
            search.evaluator.note(f"Noted before step {len(found)}.")
        found.append((step(search, found[-1], phase) if found else begin(search))[0])
    assert [one.incidents for one in found] == [(f"Noted before step {n}.",) for n in range(len(found))]
    assert {one.phase for one in found} == set(phases)
