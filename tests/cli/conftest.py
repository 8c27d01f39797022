"""The command line, in this process where that shows as much, and as a real one."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import fakes
import pytest
from distributions import install
from terminal import FAKES, GOSSIP, GRUMPY, SLOW, Command, Started, wait_for

from nastoolkit.cli import main


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The fakes and the slow plugin as installed distributions."""
    folder = tmp_path_factory.mktemp("site")
    install(folder, "slow", SLOW)
    install(folder, "gossip", GOSSIP)
    install(folder, "grumpy", GRUMPY)
    install(folder, "fakes", "", entry="fakes = fakes")
    return folder


@pytest.fixture
def environment(site: Path) -> dict[str, str]:
    """Of a real process; the fakes train nothing, so that the backend that loads faster will do."""
    tests = str(Path(fakes.__file__).parent)
    backend = {"KERAS_BACKEND": "jax", "NASTOOLKIT_PLUGINS": "fakes"}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TF_")}
    return {**kept, **backend, "PYTHONPATH": os.pathsep.join([str(site), tests])}


@pytest.fixture
def shell(environment: dict[str, str], tmp_path: Path) -> Command:
    """Runs ``nastoolkit`` as a user does, in an empty folder."""

    def run(*arguments: str, **changes: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "nastoolkit", *arguments]
        options = {"capture_output": True, "text": True, "check": False, "timeout": 120}
        return subprocess.run(command, env={**environment, **changes}, cwd=tmp_path, **options)  # noqa: PLW1510 - it is

    return run


@pytest.fixture
def started(environment: dict[str, str], tmp_path: Path) -> Iterator[Started]:
    """Begins a slow search and comes back once a file says how far it is."""
    running: list[subprocess.Popen[str]] = []

    def start(until: str, *arguments: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "nastoolkit", "search", *FAKES, *arguments]
        both = {**environment, "NASTOOLKIT_PLUGINS": "fakes,slow"}
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        running.append(process := subprocess.Popen(command, env=both, cwd=tmp_path, **pipes))
        wait_for(tmp_path / until, process)
        return process

    yield start
    for process in running:
        process.kill()
        process.communicate()


@pytest.fixture
def command(
    site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Iterator[Command]:
    """Runs ``nastoolkit`` in this process, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(site)
    monkeypatch.setenv("NASTOOLKIT_PLUGINS", "fakes")
    monkeypatch.setattr("nastoolkit.cli.leave", sys.exit)  # the process is not its own
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        monkeypatch.setattr(sys, "argv", ["nastoolkit", *arguments])
        capfd.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capfd.readouterr()
        return subprocess.CompletedProcess(list(arguments), int(ended.value.code or 0), out, err)

    yield run
    for number, handler in before.items():
        signal.signal(number, handler)
