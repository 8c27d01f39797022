"""A plugin that misbehaves, as its users see it: one message, its exit code, and a run that goes on."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from distributions import install
from terminal import FAKES, Command

MOODY = """
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np
import nastoolkit as nas


@dataclass(frozen=True, slots=True)
class Moody(nas.Fitness):
    "The depth, when it is in the mood that a file says."
    name: ClassVar[str] = "moody"

    def measure(self, candidates, data):
        mood = Path("mood").read_text() if Path("mood").exists() else ""
        depths = np.array([one.architecture.depth for one in candidates], np.float64)
        if mood == "angry" or (mood == "picky" and depths.min() < 3):
            raise ValueError("[red]too\\nshallow")
        if mood == "asleep":
            time.sleep(3600)
        if mood == "gone":
            sys.exit(0)
        if mood == "careless":
            data.valid.targets[0] = 1
        return depths if mood != "brief" else depths[:-1]


@nas.hookimpl
def nastoolkit_components():
    return [Moody]


@nas.hookimpl
def nastoolkit_evaluate_population(subjects):
    if Path("mood").exists() and Path("mood").read_text() == "hooked":
        raise LookupError("no cluster")


@nas.hookimpl
def nastoolkit_generation_finished(generation):
    if generation.number == 1 and Path("next mood").exists():
        Path("next mood").rename("mood")
"""

SEARCH = ("search", *FAKES, "--fitness", "moody", "--generations", "4", "--out", "run")


def called(moody: Command) -> str:
    return str(json.loads(moody("show", "run", "--json").stdout)["run"])


@pytest.fixture
def moody(command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Command]:
    """``nastoolkit`` with the plugin installed."""
    site = tmp_path / "site"
    site.mkdir()
    install(site, "moody", MOODY)
    monkeypatch.syspath_prepend(site)
    monkeypatch.setenv("NASTOOLKIT_PLUGINS", "fakes,moody")
    yield command
    sys.modules.pop("nastoolkit_moody")


def outcome(done: CompletedProcess[str]) -> dict[str, object]:
    found = json.loads(done.stdout)
    return {key: found[key] for key in ("best", "history", "evaluations", "trained")}


PLACE = "/site/nastoolkit_moody.py:"

STOPS = {
    "angry": "The fitness 'moody' raised in measure(): ValueError: [red]too shallow (",
    "asleep": "The fitness 'moody' took longer than 0.2 s in measure() and was interrupted (",
    "gone": "The fitness 'moody' raised in measure(): SystemExit: 0 (",
    "careless": "The fitness 'moody' raised in measure(): ValueError: assignment destination is read-only (",
    "brief": "The fitness 'moody' returned shape (",
    "hooked": "or a plugin in its place, raised in nastoolkit_evaluate_population(): LookupError: no cluster (",
}


@pytest.mark.parametrize("mood", STOPS)
def test_a_plugin_that_misbehaves_exits_4_with_one_message_and_the_run_goes_on_once_it_is_mended(
    moody: Command, mood: str
) -> None:
    whole = outcome(moody(*SEARCH[:-1], "whole", "--json"))
    Path("next mood").write_text(mood)
    done = moody(*SEARCH, "--quiet", *(["--set", "search.plugin_time_limit=0.2"] if mood == "asleep" else []))
    assert (done.returncode, done.stdout) == (4, "")
    (told,) = done.stderr.splitlines()
    assert STOPS[mood] in told
    assert (PLACE in told) == (mood != "brief")
    assert told.endswith(f"generation 1 is saved. Go on with: nastoolkit resume {called(moody)}")
    Path("mood").unlink()
    assert outcome(moody("resume", "run", "--plugin-time-limit", "60", "--json")) == whole


def test_what_is_contained_is_said_at_once_listed_by_show_and_counted_at_the_end(moody: Command) -> None:
    Path("mood").write_text("picky")
    done = moody(*SEARCH)
    assert done.returncode == 0
    remarks = done.stderr.splitlines()
    assert any(
        "generation 0: The fitness 'moody' raised in measure(): ValueError: [red]too shallow (" in one
        for one in remarks
    )
    shown = json.loads(moody("show", "run", "--json").stdout)["incidents"]
    assert [one["text"] in "\n".join(remarks) for one in shown] == [True] * len(shown)
    assert shown[0].keys() == {"island", "generation", "text"}
    assert remarks[-1] == f"Incidents that were contained: {len(shown)}. See nastoolkit show {called(moody)}"
    table = moody("show", "run").stdout
    assert "What went wrong and was contained" in table
    assert "[red]too shallow" in " ".join(table.split())


def test_a_limit_that_cannot_be_is_refused(moody: Command) -> None:
    assert moody(*SEARCH).returncode == 0
    Path("run/best.keras").unlink()
    done = moody("resume", "run", "--plugin-time-limit", "-1")
    assert done.returncode == 3
    assert "[search] plugin_time_limit = -1" in done.stderr
