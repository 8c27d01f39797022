"""The command, as it prints for people and for programs."""

import json
import shlex
from pathlib import Path
from typing import Any

import pytest
from terminal import Command

from nastoolkit.chaos import sweep
from nastoolkit.chaos.critical import measured

SMALL = ("--states", "6", "--sweeps", "3", "--points", "8", "--cells", "40", "--transient", "20", "--steps", "40")


def same_as_shipped(entry: dict[str, Any], command: Command) -> None:
    found = json.loads(command(*shlex.split(entry["command"])[1:]).stdout)
    names = ("lambda_c", "interval", "lambda_c_excess", "interval_excess", "seed")
    assert {name: found[name] for name in names} == {name: pytest.approx(entry[name], abs=1e-9) for name in names}


def test_a_shipped_critical_value_is_what_its_command_measures(command: Command) -> None:
    entry = next(one for one in measured()["critical"] if (one["states"], one["neighbours"]) == (2, 3))
    same_as_shipped(entry, command)


@pytest.mark.slow
@pytest.mark.parametrize("entry", measured()["critical"], ids=lambda one: f"{one['states']}, {one['neighbours']}")
def test_every_shipped_critical_value_is_what_its_command_measures(command: Command, entry: dict[str, Any]) -> None:
    same_as_shipped(entry, command)


def test_json_is_one_strict_document(command: Command) -> None:
    found = json.loads(command("chaos", *SMALL, "--seed", "7", "--json").stdout, parse_constant=pytest.fail)
    assert (found["states"], found["neighbours"], found["sweeps"], found["seed"], found["plot"]) == (6, 2, 3, 7, None)
    assert found["interval"][0] <= found["lambda_c"] <= found["interval"][1]
    assert 0 <= found["lambda_c_excess"] <= 5 / 6
    assert len(found["sweep"]) == 8
    assert {"lambda", "entropy", "mutual_information", "excess", "transient"} < found["sweep"][0].keys()


def test_the_method_is_passed_on(command: Command) -> None:
    random, walk = (
        json.loads(command("chaos", *SMALL, "--method", method, "--json").stdout)
        for method in ("random-table", "table-walk")
    )
    assert (random["method"], walk["method"]) == ("random-table", "table-walk")
    assert random["sweep"] != walk["sweep"]


def test_people_read_a_sentence_then_figures_then_a_row_for_each_lambda(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    found = json.loads(command("chaos", *SMALL, "--json").stdout)
    lines = command("chaos", *SMALL).stdout.splitlines()
    assert max(map(len, lines)) <= 80
    text = " ".join(" ".join(lines).replace("│", " ").split())
    low, high = found["interval"]
    shown = (
        "6 states",
        f"{found['lambda_c']:.3f} ({low:.3f} to {high:.3f})",
        "of the excess",
        *(f"{row['lambda']:.4f} " for row in found["sweep"]),
    )
    places = [text.index(one) for one in shown]
    assert places == sorted(places)


def test_at_the_initializers_automaton_the_papers_values_are_set_beside_the_interval(command: Command) -> None:
    arguments = ("chaos", "--sweeps", "2", "--points", "9", "--cells", "128", "--transient", "50", "--steps", "80")
    low, high = json.loads(command(*arguments, "--json").stdout)["interval"]
    text = " ".join(command(*arguments).stdout.replace("│", " ").split())
    for value, name in ((0.786, "0.786 (text sets)"), (0.881, "0.881 (image sets)")):
        place = "below" if value < low else "above" if value > high else "inside"
        assert f"{name} is {place} " in text


def test_a_peak_at_the_end_is_said_to_be_none(command: Command) -> None:
    out = command("chaos", "--states", "2", "--neighbours", "3", "--sweeps", "20").stdout
    assert "rises up to the end of the sweep, lambda = 0.500" in " ".join(out.replace("│", " ").split())


def test_a_plot_is_written_and_its_place_is_said(command: Command) -> None:
    found = json.loads(command("chaos", *SMALL, "--plot", "there.png", "--json").stdout)
    assert found["plot"] == str(Path("there.png").absolute())
    assert Path("there.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("--states", "1"), 3, "2 to 256 states"),
        (("--states", "300"), 3, "2 to 256 states"),
        (("--states", "64", "--neighbours", "3"), 3, "at most 2 neighbours"),
        (("--steps", "30"), 3, "10 K^2 = 10,240"),
        (("--plot", "a.bmp"), 3, ".png, .svg, .pdf"),
        (("--plot", "taken.png"), 3, "exists"),
    ],
)
def test_errors_are_one_message_and_a_code(
    command: Command, arguments: tuple[str, ...], code: int, message: str
) -> None:
    Path("taken.png").touch()
    done = command("chaos", *arguments)
    assert (done.returncode, done.stdout) == (code, "")
    assert message in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_method_that_is_not_there_is_a_matter_of_usage(command: Command) -> None:
    done = command("chaos", "--method", "walk")
    assert (done.returncode, done.stdout) == (2, "")
    assert "table-walk" in done.stderr


def test_an_interrupted_sweep_is_one_message(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(sweep, "run_sweep", interrupted)
    done = command("chaos")
    assert (done.returncode, done.stdout) == (130, "")
    assert "nothing was measured" in done.stderr
