"""How long one call of a plugin's component may take."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from fakes import Lab
from faulty import Spoil
from searches import prepared, searched

from nastoolkit.errors import PluginError
from nastoolkit.wall import limit
from nastoolkit.wall.blame import called_back, wall
from nastoolkit.wall.guard import ANSWERS, LONG
from nastoolkit.wall.limit import Overdue, limited


@pytest.fixture(autouse=True)
def _watchful(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock is looked at often; what does not end is not ended, or the tests would."""
    monkeypatch.setattr(limit, "PAUSE", 0.01)
    monkeypatch.setattr(limit, "GRACE", 3600.0)


def spin(*_: object) -> None:
    while True:
        pass


def wait(*_: object) -> None:
    threading.Event().wait()


def shrug(*_: object) -> None:
    """Goes on whatever exception there is."""
    while True:
        with suppress(Exception):
            time.sleep(3600)


@pytest.mark.parametrize("endless", [spin, wait, shrug])
def test_a_call_that_never_returns_is_interrupted(endless: Callable[[], None]) -> None:
    with pytest.raises(Overdue, match="a call"), limited("a call", 0.05):
        endless()
    assert limit._calls == {}


def test_a_call_that_is_in_time_is_left_alone() -> None:
    for seconds in (0.0, 30.0):
        with limited("a call", seconds):
            time.sleep(0.1)
    assert limit._calls == {}


def test_the_time_of_a_call_within_is_its_own() -> None:
    with limited("outside", 1):
        with limited("", 0):
            time.sleep(1.2)
        with pytest.raises(Overdue, match="inside"), limited("inside", 0.05):
            spin()
        time.sleep(0.01)


def test_the_time_of_a_call_goes_on_after_one_within() -> None:
    def endless() -> None:
        with limited("inside", 30):
            pass
        spin()

    with pytest.raises(Overdue, match="outside"), limited("outside", 0.1):
        endless()


def test_a_wall_names_whose_time_is_over_and_where_it_was() -> None:
    with pytest.raises(PluginError) as caught, wall("The fitness 'slow'", "measure()", "test_limit", 0.05):
        spin()
    told = str(caught.value)
    assert told.startswith("The fitness 'slow' took longer than 0.05 s in measure() and was interrupted (")
    assert f"{__file__}:3" in told
    assert "--plugin-time-limit SECONDS" in told


def test_a_wall_within_does_not_take_the_blame_for_the_call_outside() -> None:
    with pytest.raises(Overdue), wall("The trainer 'x'", "train()"):
        raise Overdue("The scheduler 'slow' in run()")


def test_time_in_a_function_of_the_search_is_not_the_components() -> None:
    with wall("The scheduler 'x'", "run()", "", 1):
        called_back(time.sleep)(1.2)


FAULTY = {"search.plugin_time_limit": 0.2, "search.generations": 2}
LIMITED = [(kind, method) for kind, methods in ANSWERS.items() if kind not in LONG for method in methods]


@pytest.mark.parametrize(("kind", "method"), LIMITED)
def test_a_component_that_never_returns_stops_the_search(
    lab: Lab, faults: dict[str, Spoil], kind: str, method: str
) -> None:
    faults[method] = wait
    phases = ["evolve", "prune"] if kind == "scheduler" else ["grow", "evolve", "prune"]
    settings = {**FAULTY, "search.phases": phases, "pruner.use": "fake", f"{kind}.use": "faulty"}
    with pytest.raises(PluginError, match=rf"^The {kind} 'faulty' took longer than 0.2 s in {method}\(\)"):
        searched(prepared(lab, settings))


@pytest.mark.parametrize(("kind", "method"), [("dataset", "load"), ("trainer", "train"), ("executor", "evaluate")])
def test_what_may_well_take_long_has_no_limit(lab: Lab, faults: dict[str, Spoil], kind: str, method: str) -> None:
    def slowly(answer: Any, *_: object) -> Any:
        time.sleep(0.3)
        return answer

    faults[method] = slowly
    lab.start({**FAULTY, "search.generations": 1, f"{kind}.use": "faulty"})


def test_a_search_that_was_stopped_so_goes_on_with_the_same_bits(lab: Lab, faults: dict[str, Spoil]) -> None:
    whole = lab.digests(lab.start({"fitness.use": "faulty"})["run"])
    calls: list[int] = []

    def slower(answer: Any, *_: object) -> Any:
        calls.append(1)
        time.sleep(3600 * (len(calls) > 2))
        return answer

    faults["measure"] = slower
    with pytest.raises(PluginError, match=r"took longer than 1 s .* Stopped; generation 1 is saved\. Go on with"):
        lab.start({"search.plugin_time_limit": 1, "search.generations": 4, "fitness.use": "faulty", "out": "run"})
    faults.clear()
    found = lab.resume("run", plugin_time_limit=60)
    assert lab.digests("run") == whole
    assert found["incidents"] == []


LIMITED_CALL = """
import hashlib, threading, time
from contextlib import suppress
from nastoolkit.wall import limit
limit.PAUSE, limit.GRACE = 0.05, 0.2
def endless(action):
    with limit.limited("The fitness 'slow' in measure()", 0.1):
        while True:
            with suppress(BaseException):
                action()
"""
ENDLESS = {
    "catches everything": "endless(lambda: time.sleep(3600))",
    "never comes back to Python": "endless(lambda: hashlib.pbkdf2_hmac('sha256', b'', b'', 2**31 - 1))",
    "is in a thread": "threading.Thread(target=endless, args=[lambda: time.sleep(3600)]).start()",
}


@pytest.mark.parametrize("action", ENDLESS.values(), ids=ENDLESS)
def test_what_cannot_be_interrupted_ends_the_process_with_one_message_and_exit_code_4(action: str) -> None:
    done = run(LIMITED_CALL + action)
    assert (done.returncode, done.stdout) == (4, "")
    assert done.stderr == (
        "nastoolkit: The fitness 'slow' in measure() took longer than it may (search.plugin_time_limit) and cannot be "
        "interrupted. Every generation is saved: mend it, then go on with nastoolkit resume RUN.\n"
    )


def run(script: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=60)


def test_a_process_that_stood_still_has_not_used_up_anybodys_time() -> None:
    script = """
import os, signal, subprocess, sys, time
from nastoolkit.wall import limit
limit.PAUSE, limit.GRACE = 0.05, 0.5
with limit.limited("a call", 1.0):
    subprocess.Popen([sys.executable, "-c", f"import os, time; time.sleep(1.5); os.kill({os.getpid()}, 18)"])
    os.kill(os.getpid(), signal.SIGSTOP)
    time.sleep(0.2)
print("in time")
"""
    done = run(script)
    assert (done.returncode, done.stdout, done.stderr) == (0, "in time\n", "")
