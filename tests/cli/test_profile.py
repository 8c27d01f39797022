"""``profile``, as it prints for people and for programs."""

import json

import pytest
from terminal import FAKES, Command

from nastoolkit import session
from nastoolkit.trainers import peak

SEARCH = ("training", "scoring", "competition", "pruning", "evolution")
PARTS = ("loading", "compile", *SEARCH, "storage", "export", "other")


@pytest.fixture(autouse=True)
def small_products(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peak, "SIDE", 64)


def test_json_is_one_strict_document(command: Command) -> None:
    done = command("profile", *FAKES, "--generations", "2", "--json", "--quiet")
    assert (done.returncode, done.stderr) == (0, "")
    found = json.loads(done.stdout, parse_constant=pytest.fail)
    assert set(found) == {
        *("config", "environment", "seconds", "parts", "cores", "networks"),
        *("accelerators", "devices", "training", "peak", "acceleration"),
    }
    assert tuple(found["parts"]) == PARTS
    assert sum(part["seconds"] for part in found["parts"].values()) == pytest.approx(found["seconds"])
    assert found["config"]["search"]["generations"] == 2
    assert (found["accelerators"], found["acceleration"]) == ([], None)
    assert found["networks"]["evaluated"] == 12


def test_people_read_parts_then_devices_then_rates(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    done = command("profile", *FAKES)
    lines = done.stdout.splitlines()
    assert max(map(len, lines)) <= 80
    first = [line.split(" ")[0] for line in lines if line]
    shown = [
        "Part",
        *PARTS,
        "all",
        "idle,",
        "Device",
        "cpu",
        "networks",
        "peak",
        "executed,",
        "useful,",
        "acceleration",
    ]
    places = [first.index(one) for one in shown]
    assert places == sorted(places)
    assert "no accelerator here" in done.stdout
    assert "The rows are made up." in done.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("--set", "trainer.epocs=3"), 3, "Did you mean 'epochs'?"),
        (("nowhere.toml",), 3, "There is no configuration file nowhere.toml"),
        (("--set", "executor.use=ray"), 3, "--set executor.use=local"),
        (("--dataset", "wyne"), 3, "Did you mean 'wine'?"),
    ],
)
def test_errors_are_one_message_and_a_code(
    command: Command, arguments: tuple[str, ...], code: int, message: str
) -> None:
    done = command("profile", *arguments)
    assert (done.returncode, done.stdout) == (code, "")
    assert message in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_an_interrupted_profile_is_one_message(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(session, "start_run", interrupted)
    done = command("profile", *FAKES)
    assert (done.returncode, done.stdout) == (130, "")
    assert "nothing is reported" in done.stderr


def test_help_exits_0_and_loads_nothing_heavy(shell: Command) -> None:
    done = shell("profile", "--help", PYTHONPROFILEIMPORTTIME="1")
    assert (done.returncode, "Usage:" in done.stdout) == (0, True)
    loaded = {line.rpartition("|")[2].strip().partition(".")[0] for line in done.stderr.splitlines()}
    assert "typer" in loaded
    assert not loaded & {"numpy", "deap", "tensorflow", "keras", "jax", "sqlalchemy", "pandas", "sklearn", "pydantic"}
