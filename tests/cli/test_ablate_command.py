"""``ablate``, and ``resume`` of an ablation."""

import csv
import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import psutil
import pytest
from fakes import EVENTS
from terminal import FAKES, Command, wait_for

VARY = ("--vary", "initializer=coe,random")
SMALL = ("--dataset", "fake", "--trainer", "fake", "--population", "6", "--seeds", "2", "--workers", "1")
TRIAL = ("ablate", *SMALL, "--evaluations", "12", "--out", "trial")


def test_an_ablation_is_one_document_three_files_and_nothing_else(shell: Command, tmp_path: Path) -> None:
    done = shell(*TRIAL, *VARY, "--metric", "fitness", "--json", "--quiet")
    assert (done.returncode, done.stderr) == (0, "")
    found = json.loads(done.stdout)
    assert json.loads((tmp_path / "trial" / "ablation.json").read_text()) == found
    assert [arm["name"] for arm in found["arms"]] == ["coe", "random"]
    (row,) = found["comparisons"]
    assert (row["dataset"], row["metric"], row["a"], row["b"], row["n"]) == ("fake", "fitness", "coe", "random", 2)
    with (tmp_path / "trial" / "ablation.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(one["arm"], one["seed"], one["evaluations"]) for one in rows] == [
        ("coe", "0", "12"),
        ("coe", "1", "12"),
        ("random", "0", "12"),
        ("random", "1", "12"),
    ]
    assert (tmp_path / "trial" / "report.html").stat().st_size > 1000
    names = {path.name for path in (tmp_path / "trial").iterdir()}
    assert names == {"ablation.csv", "ablation.db", "ablation.json", "plan.json", "report.html", "runs"}


def test_any_key_can_be_varied_on_several_data_sets(command: Command) -> None:
    several = ("--dataset", "fake, iris", "--vary", "trainer.representations=1,2", "--vary", "initializer=coe,random")
    found = json.loads(command(*TRIAL, *several, "--seeds", "1", "--json").stdout)
    assert found["datasets"] == ["fake", "iris"]
    assert [arm["name"] for arm in found["arms"]] == [
        "representations=1, coe",
        "representations=1, random",
        "representations=2, coe",
        "representations=2, random",
    ]
    assert len(found["runs"]) == 8
    assert len(found["comparisons"]) == 12


def test_the_answer_is_printed_and_remarks_go_elsewhere(command: Command) -> None:
    done = command(*TRIAL, *VARY)
    assert done.returncode == 0
    said = " ".join(done.stdout.replace("│", " ").split())
    assert said.index("2 seeds") < said.index("coe") < said.index("random")
    assert "test score" in said
    assert "The rows are made up." in done.stderr.splitlines()


def test_a_configuration_file_is_what_all_arms_have_in_common(command: Command, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('seed = 4\n[search]\npopulation = 8\n[initializer]\nuse = "random"\n')
    flags = ("--dataset", "fake", "--trainer", "fake", "--generations", "2", "--seeds", "1", "--workers", "1")
    found = json.loads(command("ablate", "mine.toml", *flags, *VARY, "--json").stdout)
    assert (found["seeds"], found["budget"]) == ([4], {"by": "evaluations", "amount": 16})
    assert Path(found["folder"]).parent == tmp_path / "runs"
    assert found["ablation"] == Path(found["folder"]).name
    assert found["ablation"].startswith("ablation-")


def test_repeating_the_command_or_resuming_its_folder_trains_nothing_again(command: Command) -> None:
    first = command(*TRIAL, *VARY, "--json")
    EVENTS.clear()
    again = command(*TRIAL, *VARY, "--json")
    resumed = command("resume", "trial", "--json")
    assert (again.returncode, resumed.returncode) == (0, 0)
    assert json.loads(first.stdout) == json.loads(again.stdout) == json.loads(resumed.stdout)
    assert EVENTS == []


@pytest.mark.parametrize("flag", ["--from-whole", "--chunk=1", "--executor=ray"])
def test_a_flag_for_a_run_is_not_taken_for_an_ablation_and_ignored(command: Command, flag: str) -> None:
    command(*TRIAL, *VARY)
    done = command("resume", "trial", flag)
    assert done.returncode == 2
    assert f"trial holds an ablation, and {flag.partition('=')[0]} is for a run. Leave it out" in done.stderr


def test_an_ablation_goes_on_at_a_server_that_is_named_again(command: Command) -> None:
    command(*TRIAL, *VARY)
    plan, server = Path("trial", "plan.json"), "postgresql+psycopg://me@127.0.0.1:1/runs"
    plan.write_text(plan.read_text().replace('"storage": null', f'"storage": "{server}"', 1))
    done = command("resume", "trial")
    assert done.returncode == 5
    assert f"repeat the command with --storage {server}" in done.stderr
    done = command("resume", "trial", "--storage", server)
    assert done.returncode == 5
    assert any(words in done.stderr for words in ("cannot be reached", "needs psycopg"))


def test_figures_are_written_where_they_are_asked_for(command: Command, tmp_path: Path) -> None:
    assert command(*TRIAL, *VARY, "--figures", "png").returncode == 0
    written = list((tmp_path / "trial" / "figures").iterdir())
    assert written
    assert {path.suffix for path in written} == {".png"}


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        ((), 2, "There is one arm, and nothing to compare it with"),
        (("--vary", "initializer=coe"), 2, "There is one arm (coe)"),
        (("--vary", "initializer=coe,coe"), 2, "There are two arms 'coe'"),
        (("--vary", "initializer"), 2, "is not of the form KEY=VALUE,VALUE"),
        (("--vary", "seed=1,2"), 2, "--vary seed cannot be"),
        (("--vary", "initialiser=coe,random"), 3, "has no key 'initialiser'. Did you mean 'initializer'?"),
        (("--vary", "trainer.epoch=1,2"), 3, "[trainer] has no key 'epoch'"),
        (("--vary", "initializer=coe,randum"), 3, "There is no initializer called 'randum'. Did you mean 'random'?"),
        (("--vary", "encoder.max_depth=2,0"), 3, "[encoder] max_depth = 0 cannot be"),
        ((*VARY, "--seeds", "0"), 2, "--seeds 0 runs nothing"),
        ((*VARY, "--dataset", "fake,nothing"), 3, "There is no dataset called 'nothing'"),
        ((*VARY, "--dataset", "fake,missing.csv"), 3, "missing.csv"),
        ((*VARY, "--dataset", "fake,fake"), 3, "Two data sets are called 'fake'"),
        ((*VARY, "--control", "rndom"), 2, "--control 'rndom' is no arm. Did you mean 'random'?"),
        ((*VARY, "--budget", "minutes"), 3, "--budget minutes does not say how many. Add --minutes"),
        ((*VARY, "--budget", "hours"), 2, "--budget 'hours' is not known"),
        ((*VARY, "--metric", "accuracy"), 2, "--metric 'accuracy' is not known"),
        ((*VARY, "--figures", "gif"), 2, "--figures 'gif' cannot be written. Give png or pdf"),
        ((*VARY, "--evaluations", "3"), 3, "does not pay for the first population of 6"),
        ((*VARY, "--storage", "mysql://there"), 5, "is not of the form sqlite:///FILE"),
        ((*VARY, "--level", "2"), 2, "--level"),
        ((*VARY, "--workers", "0"), 2, "--workers"),
    ],
)
def test_what_cannot_be_is_one_message_and_an_exit_code_before_anything_is_trained(
    command: Command, tmp_path: Path, arguments: tuple[str, ...], code: int, message: str
) -> None:
    before = set(tmp_path.iterdir())
    EVENTS.clear()
    done = command(*TRIAL, *arguments)
    assert (done.returncode, done.stdout) == (code, "")
    assert message in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr
    assert EVENTS == []
    assert set(tmp_path.iterdir()) == before


def test_another_ablation_in_the_same_folder_is_refused(command: Command) -> None:
    assert command(*TRIAL, *VARY).returncode == 0
    done = command(*TRIAL, *VARY, "--evaluations", "18")
    assert done.returncode == 3
    assert "holds another ablation" in done.stderr


def test_a_folder_that_cannot_be_made_is_an_error_of_the_output(command: Command, tmp_path: Path) -> None:
    (tmp_path / "trial").touch()
    done = command(*TRIAL, *VARY)
    assert done.returncode == 3
    assert "cannot be made: File exists. Choose another with --out." in done.stderr


def test_runs_of_an_ablation_are_listed_like_any_others(command: Command) -> None:
    found = json.loads(command(*TRIAL, *VARY, "--json").stdout)
    listed = json.loads(command("runs", "--storage", found["files"]["storage"], "--json").stdout)["runs"]
    assert {(run["initializer"], run["seed"], run["stopped_because"]) for run in listed} == {
        (arm, seed, "evaluations") for arm in ("coe", "random") for seed in (0, 1)
    }


@pytest.mark.slow
@pytest.mark.parametrize(
    ("number", "send"), [(signal.SIGINT, os.killpg), (signal.SIGTERM, os.killpg), (signal.SIGTERM, os.kill)]
)
def test_a_signal_ends_every_worker_at_once_and_the_folder_goes_on(
    environment: dict[str, str],
    command: Command,
    tmp_path: Path,
    number: signal.Signals,
    send: Callable[[int, int], None],
) -> None:
    """As a terminal does it, ``timeout``, and ``docker stop``, whose signal reaches the command and not its workers."""
    arguments = ["ablate", *FAKES, *VARY, "--seeds", "3", "--evaluations", "60", "--json", "--out"]
    both = {**environment, "NASTOOLKIT_PLUGINS": "fakes,slow"}
    process = subprocess.Popen(
        [sys.executable, "-m", "nastoolkit", *arguments, "trial", "--workers", "2"],
        env=both,
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        wait_for(tmp_path / "saved 1", process)
        workers = psutil.Process(process.pid).children(recursive=True)
        send(process.pid, number)
        out, err = process.communicate(timeout=30)
    finally:
        process.kill()
    assert (process.returncode, out) == (128 + number, "")
    assert "Traceback" not in err
    message = err.splitlines()[-1]
    assert re.match(r"nastoolkit: Interrupted; [0-5] of 6 runs have ended", message)  # the machine may be busy
    assert message.endswith(f"Go on with: nastoolkit resume {tmp_path / 'trial'}")
    assert len(workers) >= 2
    assert not psutil.wait_procs(workers, timeout=20)[1]
    with closing(sqlite3.connect(tmp_path / "trial" / "ablation.db")) as connection:
        assert connection.execute("SELECT name FROM leases").fetchall() == []
    found, whole = (json.loads(command(*arguments, out, "--workers", "1").stdout) for out in ("trial", "whole"))
    assert (len(found["runs"]), found["missing"]) == (6, [])
    assert [row["fitness"] for row in found["runs"]] == [row["fitness"] for row in whole["runs"]]
