"""The command, as it prints for people and for programs."""

import json
from pathlib import Path

import pytest
from terminal import FAKES, Command


@pytest.fixture
def run(command: Command) -> str:
    """A finished run."""
    return json.loads(command("search", *FAKES, "--generations", "6", "--json").stdout)["run"]


def test_json_is_one_strict_document(command: Command, run: str) -> None:
    found = json.loads(command("markov", run, "--json").stdout, parse_constant=pytest.fail)
    assert found["run"] == run
    assert (found["population"], found["generations"], found["plot"]) == (6, 6, None)
    assert len(found["diversity"]["observed"]) == len(found["diversity"]["predicted_effective"]) == 6
    assert len(found["loci"]) == 51
    assert {"locus", "bit", "start", "end", "fixed_at", "coefficient", "interval", "verdict"} == found["loci"][0].keys()
    assert found["sentence"].startswith("The search has")


def test_people_read_the_sentence_first_then_figures_then_bits(
    command: Command, run: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    found = json.loads(command("markov", run, "--json").stdout)
    lines = command("markov", run).stdout.splitlines()
    assert max(map(len, lines)) <= 80
    text = " ".join(" ".join(lines).replace("│", " ").split())
    places = [text.index(seen) for seen in (found["sentence"], "Ne = ", "diversity", "95 % interval", "Selected: ")]
    assert places == sorted(places)
    informative = [one for one in found["loci"] if one["verdict"] != "no information"]
    selected = [one for one in informative if one["verdict"] != "drift"]
    shown = max(12, len(selected))
    assert f"Selected: {len(selected)} of {len(informative)} bits" in text
    rest, silent = len(informative) - shown, 51 - len(informative)
    assert f"{rest} in drift, {silent} that told nothing" in text
    named = [one for one in found["loci"] if any(line.strip().startswith(f"{one['locus']} ") for line in lines)]
    assert len(named) == shown
    assert all(one in named for one in selected)


def test_a_plot_is_written_and_its_place_is_said(command: Command, run: str) -> None:
    assert "here.svg" in command("markov", run, "--plot", "here.svg").stdout
    assert run in Path("here.svg").read_text(encoding="utf-8")
    found = json.loads(command("markov", run, "--plot", "there.png", "--json").stdout)
    assert found["plot"] == str(Path("there.png").absolute())
    assert Path("there.png").is_file()


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("nobody",), 5, "no run 'nobody'"),
        (("RUN", "--plot", "a.bmp"), 3, ".png, .svg, .pdf"),
        (("RUN", "--plot", "taken.png"), 3, "exists"),
        (("SHORT",), 5, "needs two"),
    ],
)
def test_errors_are_one_message_and_a_code(
    command: Command, run: str, arguments: tuple[str, ...], code: int, message: str
) -> None:
    Path("taken.png").touch()
    short = json.loads(command("search", *FAKES, "--generations", "1", "--json").stdout)["run"]
    done = command("markov", *({"RUN": run, "SHORT": short}.get(word, word) for word in arguments))
    assert (done.returncode, done.stdout) == (code, "")
    assert message in done.stderr
    assert len(done.stderr.splitlines()) == 1
