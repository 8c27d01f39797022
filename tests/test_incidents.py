"""What went wrong and was contained: from where it happened into the generation, to the user, and into reports."""

from io import StringIO

import pytest
from fakes import Lab, Stumbling
from rich.console import Console
from searches import PHASES, interrupted, prepared

from nastoolkit.cli.tables import tables
from nastoolkit.phases.order import next_phase
from nastoolkit.plugins import register
from nastoolkit.search import begin, step


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
    search.evaluator.note("Noted.")
    last = begin(search)[0]
    seen = {last.phase}
    assert last.incidents == ("Noted.",)
    while phase := next_phase(search.config, last):
        for text in ("Noted twice.", "Noted.", "Noted twice."):
            search.evaluator.note(text)
        last = step(search, last, phase)[0]
        seen.add(last.phase)
        assert last.incidents == ("Noted twice.", "Noted.")
    assert seen == set(phases)


def test_incidents_are_said_when_they_happen_counted_at_the_end_and_listed(lab: Lab) -> None:
    register(lab.plugins.manager, Stumbling(), "stumbling")
    found = lab.start({"search.generations": 2})
    stored = [(0, one.number, text) for one in lab.generations(found["run"]) for text in one.incidents]
    assert len(stored) == 3
    assert [tuple(one.values()) for one in found["incidents"]] == stored
    assert [tuple(one) for one in found["incidents"]] == [("island", "generation", "text")] * 3
    said = [f"{found['run']}, generation {number}: {text}" for _, number, text in stored]
    assert lab.said[1:] == [*said, f"Incidents that were contained: 3. See nastoolkit show {found['run']}"]


def test_incidents_of_an_earlier_session_are_not_said_again(lab: Lab) -> None:
    register(lab.plugins.manager, Stumbling(), "stumbling")
    folder = interrupted(lab, {"out": "here"}, 1)
    lab.said.clear()
    found = lab.resume(folder)
    numbers = [text.partition(": ")[0].rpartition(" ")[2] for text in lab.said if ", generation " in text]
    assert set(numbers) == {"2", "3"}
    assert {one["generation"] for one in found["incidents"]} == {0, 1, 2, 3}


def test_incidents_of_islands_tell_whose_they_are(lab: Lab) -> None:
    register(lab.plugins.manager, Stumbling(), "stumbling")
    found = lab.start({"search.generations": 1, "search.islands": 2})
    assert [(one["island"], one["generation"]) for one in found["incidents"]] == [(1, 0), (1, 0), (2, 0), (2, 0)]
    title, table = tables(found)[-1]
    assert title == "What went wrong and was contained"
    assert [*table.columns[0].cells] == ["0 of island 1", "0 of island 1", "0 of island 2", "0 of island 2"]


def test_words_of_an_incident_are_no_markup() -> None:
    text = "[red]It rained[/blue]."
    _, table = tables(
        {"history": [], "best": None, "front": [], "incidents": [{"island": 0, "generation": 3, "text": text}]}
    )[-1]
    console = Console(file=StringIO(), width=200)
    console.print(table)
    assert text in console.file.getvalue()
