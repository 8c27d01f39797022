"""Signals: which are heard, what a second one does, and those whose exception goes nowhere."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from terminal import FAKES, Command, wait_for

from nastoolkit.cli import stopping
from nastoolkit.cli.stopping import SAME_SECONDS, Stopping

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def send(number: signal.Signals) -> None:
    os.kill(os.getpid(), number)


@pytest.fixture
def listening(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stopping]:
    monkeypatch.setattr(stopping, "leave", sys.exit)
    before = {number: signal.getsignal(number) for number in SIGNALS}
    made = Stopping()
    yield made
    made.end()
    assert all(signal.getsignal(number) is signal.SIG_DFL for number in SIGNALS)
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_is_ctrl_c_with_a_code_of_its_own(listening: Stopping, number: signal.Signals, code: int) -> None:
    with pytest.raises(KeyboardInterrupt):
        send(number)
    assert listening.code == code


def test_a_signal_that_comes_twice_is_one_and_a_later_one_ends_at_once(
    listening: Stopping, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        send(signal.SIGTERM)
    send(signal.SIGTERM)
    send(signal.SIGINT)
    monkeypatch.setattr(time, "monotonic", lambda: now + SAME_SECONDS + 1)
    with pytest.raises(SystemExit) as ended:
        send(signal.SIGINT)
    assert ended.value.code == listening.code == 143


class Fragile:
    def __del__(self) -> None:
        send(signal.SIGTERM)


def test_a_signal_in_a_callback_whose_errors_go_nowhere_comes_again(listening: Stopping) -> None:
    def loses() -> None:
        one = Fragile()
        del one

    with pytest.raises(KeyboardInterrupt):  # noqa: PT012 - it comes later
        loses()
        time.sleep(10)
    assert listening.code == 143


def test_other_errors_in_callbacks_are_reported_as_ever(listening: Stopping, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[object] = []
    monkeypatch.setattr(listening, "_unraisable", heard.append)

    class Broken:
        def __del__(self) -> None:
            raise ZeroDivisionError

    Broken()
    assert len(heard) == 1


def test_under_nohup_a_search_outlives_its_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: dict[int, object] = {}
    monkeypatch.setattr(signal, "getsignal", lambda _: signal.SIG_IGN)
    monkeypatch.setattr(signal, "signal", heard.__setitem__)
    Stopping().end()
    assert set(heard) == {signal.SIGINT, signal.SIGTERM}


def test_a_signal_while_the_commands_are_imported_leaves_no_traceback() -> None:
    program = f"""
import os, sys
class Signals:
    def find_spec(self, name, *_):
        if name == "typer":
            os.kill(os.getpid(), {signal.SIGTERM:d})
sys.meta_path.insert(0, Signals())
from nastoolkit.cli import main
main()
"""
    done = subprocess.run([sys.executable, "-c", program], check=False, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (143, "", "")


def test_processes_that_were_started_end_with_it() -> None:
    program = """
import subprocess, sys
from nastoolkit.cli.stopping import leave
inner = subprocess.Popen(["sh", "-c", "sleep 60 & echo $!; wait"], stdout=subprocess.PIPE, text=True)
print(inner.pid, inner.stdout.readline(), flush=True)
leave(143)
"""
    done = subprocess.run([sys.executable, "-c", program], check=False, capture_output=True, text=True, timeout=30)
    assert done.returncode == 143
    started = [psutil.Process(number) for number in map(int, done.stdout.split()) if psutil.pid_exists(number)]
    assert not psutil.wait_procs(started, timeout=10)[1]


def test_processes_that_were_there_at_the_signal_end_with_it_and_whether_they_like_it_or_not() -> None:
    """As those of Ray's that another one of Ray's has started, and that wait for it when it has gone."""
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True); time.sleep(60)"
    outer = "import subprocess, sys; one = subprocess.Popen([sys.executable, '-c', *sys.argv[1:]]); print(one.pid)"
    program = f"""
import os, signal, subprocess, sys
from nastoolkit.cli.stopping import Stopping, leave
stopping = Stopping()
command = [sys.executable, "-c", {outer + "; sys.stdout.flush(); one.wait()"!r}, {deaf!r}]
inner = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
print(inner.stdout.readline(), inner.stdout.readline(), flush=True)
try:
    os.kill(os.getpid(), signal.SIGINT)
except KeyboardInterrupt:
    inner.kill()
    inner.wait()
    leave(stopping.code)
"""
    done = subprocess.run([sys.executable, "-c", program], check=False, capture_output=True, text=True, timeout=30)
    assert done.returncode == 130, done.stderr
    (orphan,) = map(int, done.stdout.split())
    assert not psutil.pid_exists(orphan) or not psutil.wait_procs([psutil.Process(orphan)], timeout=10)[1]


def test_a_command_without_words_of_its_own_says_that_it_was_interrupted(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = command("search", *FAKES, "--generations", "1", "--json", "--out", "run")
    assert run.returncode == 0
    monkeypatch.setattr("nastoolkit.work.Work.replay", lambda _: send(signal.SIGTERM))
    done = command("verify", "run", "--quiet")
    said = "nastoolkit: Interrupted before it was done. Repeat the command to begin again.\n"
    assert (done.returncode, done.stdout, done.stderr) == (143, "", said)


def test_a_terminal_that_is_closed_stops_a_search_cleanly(environment: dict[str, str], tmp_path: Path) -> None:
    ours, theirs = os.openpty()
    both = {**environment, "NASTOOLKIT_PLUGINS": "fakes,slow", "TERM": "xterm"}
    command = [sys.executable, "-m", "nastoolkit", "search", *FAKES, "--out", "run", "--generations", "100"]
    adopt = "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execv(sys.argv[1], sys.argv[1:])"
    pipes = {"stdin": theirs, "stdout": theirs, "stderr": theirs, "start_new_session": True}
    process = subprocess.Popen([sys.executable, "-c", adopt, *command], env=both, cwd=tmp_path, **pipes)
    os.close(theirs)
    wait_for(tmp_path / "saved 0", process)
    os.close(ours)
    assert process.wait(30) == 129
