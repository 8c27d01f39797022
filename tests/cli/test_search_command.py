"""``search``, ``resume`` and ``verify`` as real processes."""

import json
import signal
import time
from pathlib import Path

import pytest
from fakes import Lab
from terminal import Command, Started, wait_for

from nastoolkit.cli.stopping import SAME_SECONDS

QUICK = Path(__file__).parents[2] / "configs" / "quick.toml"


def test_the_quick_configuration_on_wine_prints_one_document_and_nothing_else(shell: Command, tmp_path: Path) -> None:
    arguments = ["--dataset", "wine", "--generations", "2", "--json"]
    done = shell("search", str(QUICK), *arguments, KERAS_BACKEND="tensorflow", NASTOOLKIT_PLUGINS="none")
    assert (done.returncode, done.stderr) == (0, "")
    found = json.loads(done.stdout)
    assert found["generations"] == 2
    assert found["config"]["dataset"]["use"] == "wine"
    assert json.loads((tmp_path / "runs" / found["run"] / "result.json").read_text()) == found


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_exits_with_its_code_and_the_command_that_goes_on(
    started: Started, command: Command, lab: Lab, number: signal.Signals
) -> None:
    process = started("saved 1", "--generations", "5", "--out", "run", "--json")
    process.send_signal(number)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (128 + number, "")
    *_, message = err.splitlines()
    assert message.startswith("nastoolkit: Interrupted; generation ")
    assert "Traceback" not in err
    resume = message.partition("Go on with: nastoolkit ")[2].split()
    assert resume == ["resume", lab.called("run")]
    done = command(*resume, "--json", "--quiet")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["generations"] == 5
    whole = lab.start({"search.generations": 5, "storage": "sqlite:///whole.db"})
    assert lab.digests("run") == lab.digests(str(Path("runs", whole["run"])))


def test_ctrl_c_twice_exits_at_once(started: Started, tmp_path: Path) -> None:
    (tmp_path / "stubborn").touch()
    process = started("saved 0", "--generations", "100")
    process.send_signal(signal.SIGINT)
    wait_for(tmp_path / "finishing", process)
    time.sleep(SAME_SECONDS)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=5)
    assert process.returncode == 130


def test_a_killed_search_goes_on_with_the_same_bits_on_the_backend_that_it_began_on(
    started: Started, shell: Command, environment: dict[str, str], tmp_path: Path, lab: Lab
) -> None:
    process = started("saved 1", "--generations", "5", "--out", "run")
    process.kill()
    process.communicate()
    assert not (tmp_path / "run" / "result.json").exists()
    assert environment.pop("KERAS_BACKEND") == "jax"
    done = shell("resume", "run", "--json")
    assert (done.returncode, done.stderr) == (0, "The rows are made up.\n")
    whole = lab.start({"search.generations": 5, "storage": "sqlite:///whole.db"})
    assert lab.digests("run") == lab.digests(str(Path("runs", whole["run"])))
    resumed = json.loads(done.stdout)
    assert resumed["best"]["genome"] == whole["best"]["genome"]
    assert resumed["environment"]["backend"] == "jax"


@pytest.mark.parametrize(
    "name", ["", "search", "resume", "verify", "ablate", "runs", "show", "evaluate", "predict", "export"]
)
def test_help_exits_0_and_loads_nothing_heavy(shell: Command, name: str) -> None:
    done = shell(*filter(None, [name]), "--help", PYTHONPROFILEIMPORTTIME="1")
    assert done.returncode == 0
    assert "Usage:" in done.stdout
    loaded = {line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.splitlines()}
    assert "typer" in loaded
    assert not loaded & {"numpy", "deap", "tensorflow", "keras", "jax", "sqlalchemy", "pandas", "sklearn", "pydantic"}
