"""The commands on runs that are stored, as they print for people and for programs."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from terminal import FAKES, Command


@pytest.fixture
def found(command: Command) -> dict[str, Any]:
    """A finished run."""
    return json.loads(command("search", *FAKES, "--generations", "3", "--json").stdout)


def test_flags_are_short_names_for_keys(command: Command) -> None:
    written = "[fitness]\nuse = 'error'\n[competition]\nuse = 'layerwise'"
    Path("run.toml").write_text(f"seed = 1\n[search]\npopulation = 20\ngenerations = 9\n{written}")
    flags = ["--seed", "7", "--generations", "2", "--fitness", "paper", "--encoder", "matrix", "--threshold", "-1"]
    flags += ["--fraction", "0.5"]
    flags += ["--competition", "none", "--pruner", "fake"]
    settings = ["--set", "fitness.alpha=0.5", "--set", "search.population=4", "--minutes", "9", "--evaluations", "90"]
    found = json.loads(command("search", "run.toml", *FAKES, *flags, *settings, "--json").stdout)
    config = found["config"]
    assert found["seed"] == config["seed"] == 7
    limits = {"population": 4, "generations": 2, "minutes": 9, "evaluations": 90, "threshold": -1}
    rest = {"candidates": 1, "fraction": 0.5, "finalists": 0, "final_epochs": None}
    islands = {"islands": 1, "migration_interval": 5, "migrants": 1, "plugin_time_limit": 600.0, "island": 0}
    assert config["search"] == {**limits, "phases": ["evolve", "prune"], **rest, **islands}
    assert config["fitness"] == {"use": "paper", "alpha": 0.5, "mu": 0.0, "literal": False, "objectives": ["fitness"]}
    assert (config["competition"]["use"], config["pruner"]["use"]) == ("none", "fake")
    assert found["stopped_because"] == "generations"


def test_a_file_of_data_is_found_by_its_name_and_kept_by_its_absolute_path(command: Command, tmp_path: Path) -> None:
    lines = [f"{k % 3},{k},{'abc'[k % 3]}" for k in range(30)]
    Path("rows.csv").write_text("\n".join(["x,y,kind", *lines]))
    arguments = ["--dataset", "rows.csv", "--set", "dataset.target=kind", "--trainer", "fake", "--json"]
    done = command("search", *arguments, "--generations", "1", "--storage", "sqlite:///here.db", "--out", "run")
    dataset = json.loads(done.stdout)["config"]["dataset"]
    chosen = {"use": "csv", "path": str(tmp_path / "rows.csv"), "target": "kind"}
    assert dataset == {**chosen, "categories": 100, "limit": None, "task": None}
    assert "kind" in done.stderr
    assert {path.name for path in tmp_path.iterdir()} >= {"here.db", "run"}
    assert not (tmp_path / "runs").exists()


def test_without_json_the_result_is_for_people_and_remarks_go_to_stderr(command: Command) -> None:
    done = command("search", *FAKES, "--generations", "1")
    assert (done.returncode, done.stderr) == (0, "The rows are made up.\n")
    assert "validation" in done.stdout
    assert "nastoolkit evaluate fake-random-" in done.stdout


def test_what_a_plugin_prints_is_no_result(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NASTOOLKIT_PLUGINS", "fakes,grumpy")
    done = command("search", *FAKES, "--generations", "1", "--json")
    assert json.loads(done.stdout)["generations"] == 1
    assert "must I?" in done.stderr


def test_quiet_keeps_stderr_silent(command: Command) -> None:
    assert command("search", *FAKES, "--generations", "1", "--quiet").stderr == ""
    assert command("search", *FAKES, "--generations", "1", "-q").stderr == ""


def test_a_terminal_sees_progress_on_stderr_and_json_stays_json(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "120")
    done = command("search", *FAKES, "--generations", "3", "--json")
    assert json.loads(done.stdout)["generations"] == 3
    for seen in ("test part, model", "3 saved", "best F", "mean F", "best score", "diversity", "networks/s"):
        assert seen in done.stderr
    assert "\x1b[" not in command("search", *FAKES, "--generations", "1", "--quiet").stderr


def test_the_result_for_people_has_its_figures_and_the_next_commands(command: Command, found: dict[str, Any]) -> None:
    shown = command("show", found["run"]).stdout
    best, text = found["best"], " ".join(shown.replace("│", " ").split())
    for seen in (
        "data set fake",
        "initializer random, seed 0",
        f"validation accuracy {best['valid']['accuracy']:.4f}, loss {best['valid']['loss']:.4f}",
        f"test accuracy {best['test']['accuracy']:.4f}",
        f"fitness F {best['fitness']:.5f}",
        f"{found['generations']} generations, {found['evaluations']} evaluations, {found['trained']} networks trained",
        "stopped by generations",
        *(f"nastoolkit {verb} {found['run']}" for verb in ("show", "evaluate", "export")),
    ):
        assert seen in text


def test_show_lists_every_generation(command: Command, found: dict[str, Any]) -> None:
    lines = [line.split() for line in command("show", found["run"]).stdout.splitlines()]
    for one in found["history"]:
        figures = [f"{one[key]:.{digits}f}" for key, digits in (("best_fitness", 5), ("mean_fitness", 5))]
        assert any(line[:4] == [str(one["generation"]), "evolve", *figures] for line in lines)


def test_show_and_resume_print_the_document_of_the_search(command: Command, found: dict[str, Any]) -> None:
    for name in ("show", "resume"):
        for where in (found["run"], str(Path("runs", found["run"]))):
            assert json.loads(command(name, where, "--json").stdout) == found


def test_show_ends_with_what_plugins_have_to_say(
    command: Command, found: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NASTOOLKIT_PLUGINS", "fakes,gossip")
    assert command("show", found["run"]).stdout.endswith(f"\nRumours\n[b]{found['run']} has 3 generations.\n")


def test_runs_are_listed_the_newest_first(command: Command, found: dict[str, Any]) -> None:
    other = json.loads(command("search", *FAKES, "--generations", "1", "--seed", "5", "--json").stdout)
    rows = json.loads(command("runs", "--json").stdout)["runs"]
    assert {row["run"] for row in rows} == {found["run"], other["run"]}
    assert [row["created"] for row in rows] == sorted((row["created"] for row in rows), reverse=True)
    (row,) = [row for row in rows if row["run"] == other["run"]]
    assert {key: row[key] for key in ("dataset", "initializer", "seed", "stopped_because", "folder")} == {
        "dataset": "fake",
        "initializer": "random",
        "seed": 5,
        "stopped_because": "generations",
        "folder": str(Path("runs", other["run"]).absolute()),
    }
    lines = command("runs").stdout.splitlines()
    assert [other["run"], "fake", "random", "5", "generations"] in [line.split() for line in lines]


def test_verify_says_that_a_run_comes_out_the_same(command: Command, found: dict[str, Any]) -> None:
    done = command("verify", found["run"], "--json")
    document = json.loads(done.stdout)
    assert (done.returncode, document["equal"], len(document["generations"])) == (0, True, 3)
    said = command("verify", found["run"]).stdout
    assert said == f"All 3 generations of {found['run']} came out the same, bit by bit.\n"


def test_verify_exits_1_where_a_run_comes_out_otherwise(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    compared = [
        {"island": 0, "generation": 0, "stored": "a", "replayed": "b", "equal": False},
        {"island": 2, "generation": 3, "stored": "a", "replayed": "b", "equal": False},
        {"island": 3, "generation": 0, "stored": "a", "replayed": "a", "equal": True},
    ]
    found = {"run": "mine", "equal": False, "generations": compared}
    monkeypatch.setattr("nastoolkit.session.verify_run", lambda *_, **__: found)
    done = command("verify", "mine")
    said = [f"Generation {place} came out differently." for place in ("0 of mine", "3 of island 2 of mine")]
    assert (done.returncode, done.stdout.splitlines()) == (1, said)
    done = command("verify", "mine", "--json")
    assert (done.returncode, json.loads(done.stdout)) == (1, found)


def test_export_writes_the_model_and_prints_where(command: Command, found: dict[str, Any]) -> None:
    model = Path(found["files"]["model"]).read_bytes()
    assert command("export", found["run"]).stdout == f"{Path(found['run'] + '.keras').absolute()}\n"
    assert Path(f"{found['run']}.keras").read_bytes() == model
    done = command("export", found["run"], "--format", "keras", "--out", "mine.keras", "--json")
    assert json.loads(done.stdout)["file"] == str(Path("mine.keras").absolute())
    again = command("export", found["run"], "--out", "mine.keras")
    assert (again.returncode, again.stdout) == (3, "")


def test_export_writes_a_point_of_the_front_and_remarks_go_to_stderr(command: Command) -> None:
    objectives = ["--set", 'fitness.objectives=["fitness", "complexity"]', "--generations", "2", "--json"]
    found = json.loads(command("search", *FAKES, *objectives).stdout)
    points = len(found["front"])
    done = command("export", found["run"], "--point", str(points), "--json")
    assert json.loads(done.stdout)["file"] == str(Path(f"{found['run']}-point-{points}.keras").absolute())
    assert done.stderr == "The rows are made up.\n"
    assert command("export", found["run"], "--point", "1", "--quiet").stderr == ""
    done = command("export", found["run"], "--point", str(points + 1))
    assert (done.returncode, done.stdout) == (2, "")


def test_a_search_where_everything_diverges_exits_0_with_a_warning(command: Command) -> None:
    done = command("search", *FAKES, "--set", "trainer.diverges=true", "--json")
    assert done.returncode == 0
    assert "Every network diverged, so there is no model." in done.stderr
    found = json.loads(done.stdout)
    assert (found["best"]["score"], found["files"]["model"]) == (None, None)
    assert command("show", found["run"]).returncode == 0


def test_islands_are_searched_shown_listed_and_verified(command: Command) -> None:
    flags = ["--islands", "2", "--set", "search.migration_interval=1", "--generations", "3"]
    found = json.loads(command("search", *FAKES, *flags, "--json").stdout)
    assert [len(one["migrations"]) for one in found["islands"]] == [2, 2]
    assert json.loads(command("show", found["run"], "--json").stdout) == found
    names = {one["run"] for one in json.loads(command("runs", "--json").stdout)["runs"]}
    assert {found["run"], f"{found['run']}-island-1", f"{found['run']}-island-2"} <= names
    assert "All 6 generations of" in command("verify", found["run"]).stdout


def test_predictions_are_lines_of_csv_whatever_classes_are_called(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = [{"prediction": name, "probability": 0.5} for name in ("a,b", 'c "d"', "e\nf", "g")]
    monkeypatch.setattr("nastoolkit.model.predict_run", lambda *_, **__: {"run": "x", "predictions": answers})
    printed = command("predict", "x", "rows.csv").stdout
    assert list(csv.reader(printed.splitlines(keepends=True))) == [[one["prediction"], "0.5"] for one in answers]
    assert printed.splitlines()[-1] == "g,0.5"
