"""What bad input gets: one message with what, where and the way out, and the right exit code."""

import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import fakes
import numpy as np
import pytest
from distributions import install
from terminal import FAKES, Command

from nastoolkit.memory import WAYS_OUT
from nastoolkit.storage import database


def write(name: str, content: str | bytes = "") -> Callable[[], object]:
    return lambda: Path(name).write_bytes(content if isinstance(content, bytes) else content.encode())


def save(name: str, **arrays: object) -> Callable[[], None]:
    return lambda: np.savez(name, **{key: np.array(value) for key, value in arrays.items()})


def nothing() -> None:
    pass


def rows(*labels: str) -> str:
    return "\n".join(["size,kind", *(f"{k},{label}" for k, label in enumerate(labels))])


CSV = ("--dataset", "rows.csv", "--set", "dataset.target=kind")
NPZ = ("--dataset", "rows.npz")
CASES = [
    (nothing, ("search", "--init", "coo"), 3, "There is no initializer called 'coo'. Did you mean 'coe'?"),
    (nothing, ("search", "--dataset", "wyne"), 3, "There is no dataset called 'wyne'. Did you mean 'wine'?"),
    (nothing, ("search", "--set", "trainer.epocs=3"), 3, "[trainer] has no key 'epocs'. Did you mean 'epochs'?"),
    (
        nothing,
        ("search", "--set", "trainr.epochs=3"),
        3,
        "no key 'trainr'. Did you mean 'trainer'?",
    ),
    (nothing, ("search", "--epochs", "0"), 3, "[trainer] epochs = 0 cannot be: input should be greater than or equal"),
    (nothing, ("search", "--population", "1"), 3, "[search] population = 1 cannot be"),
    (nothing, ("search", "--population", "0"), 3, "[search] population = 0 cannot be"),
    (nothing, ("search", "--evaluations", "3"), 3, "[search] evaluations = 3 does not pay for the first population"),
    (nothing, ("search", "--set", "encoder.max_nodes=3"), 3, "there is no architecture to search for"),
    (nothing, ("search", "--set", "epochs"), 2, "--set 'epochs' is not of the form KEY=VALUE"),
    (nothing, ("search", "--encoder", "tree", "--set", "encoder.max_nodes=30"), 3, "Give at least 31 nodes, or fewer"),
    (
        nothing,
        ("plugins", "show", "dataset", "wine", "--dataset", "iris"),
        2,
        "and a dataset has none. Leave them out.",
    ),
    (nothing, ("plugins", "show", "encoder", "tree", "--set", "encoder.max_depth=2"), 2, "give --dataset as well"),
    (nothing, ("plugins", "show", "encoder", "tree", "--dataset", "rows.csv"), 3, "There is no file"),
    (nothing, ("search", "none.toml"), 3, "There is no configuration file none.toml"),
    (write("bad.toml", "a: b"), ("search", "bad.toml"), 3, "The configuration file bad.toml is not TOML"),
    (nothing, ("search", *CSV), 3, "There is no file"),
    (nothing, ("search", "--dataset", "rows.xls"), 3, "rows.xls: files of this kind can't be read. Supported: .csv"),
    (write("rows.csv"), ("search", *CSV), 3, "rows.csv is empty. Give a file with data."),
    (write("rows.csv", b"PK\x03\x04"), ("search", *CSV), 3, "rows.csv is not what .csv files are (text): it is a zip"),
    (write("rows.csv", rows("a", "b")), ("search", *CSV[:2]), 3, "which column is to be predicted?"),
    (write("rows.csv", rows("a") + "\ninf,b"), ("search", *CSV), 3, "line 3"),
    (write("rows.csv", rows("a")), ("search", *CSV[:3], "dataset.target=kynd"), 3, "Did you mean 'kind'?"),
    (write("rows.csv", rows(*"aaaa")), ("search", *CSV), 3, "every row has the label 'a'"),
    (write("rows.csv", rows(*"aaabb")), ("search", *CSV), 3, "fewer than 3 rows: 'b' (2)"),
    (save("rows.npz", x=[[{}]], y=[1]), ("search", *NPZ), 3, "x is an array of Python objects, which are not loaded"),
    (save("rows.npz", x=[[1.0], [np.inf]], y=[1, 2]), ("search", *NPZ), 3, "row 1 (counted from 0), column 'x0'"),
    (save("rows.npz", z=[1]), ("search", *NPZ), 3, "needs the arrays x_train, y_train, x_test, y_test, or x, y"),
    (write("file"), ("search", *FAKES, "--out", "file/run"), 3, "cannot be written: Not a directory"),
    (write("run/best.keras"), ("search", *FAKES, "--out", "run"), 3, "holds a run already"),
    (nothing, ("search", "--storage", "postgres://x"), 5, "is not of the form sqlite:///FILE"),
    (write("x.db", "x" * 999), ("search", *FAKES, "--storage", "sqlite:///x.db"), 5, "x.db is not a database"),
    (nothing, ("resume", "gone"), 5, "There is no database"),
    (nothing, ("runs",), 5, "There is no database"),
    (nothing, ("show", "gone"), 5, "There is no database"),
    (nothing, ("evaluate", "gone"), 5, "There is no database"),
    (nothing, ("predict", "gone", "rows.csv"), 5, "There is no database"),
    (nothing, ("export", "gone"), 5, "There is no database"),
    (nothing, ("verify", "gone"), 5, "There is no database"),
]


@pytest.mark.parametrize(("prepare", "arguments", "code", "message"), CASES, ids=[" ".join(case[1]) for case in CASES])
def test_bad_input_gets_one_line_and_an_exit_code(
    command: Command, tmp_path: Path, prepare: Callable[[], object], arguments: tuple[str, ...], code: int, message: str
) -> None:
    (tmp_path / "run").mkdir()
    prepare()
    done = command(*arguments)
    assert (done.returncode, done.stdout) == (code, "")
    *_, line = done.stderr.splitlines()
    assert line.startswith("nastoolkit: ")
    assert message in line
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.glob("runs/*/"))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("frobnicate",), "No such command 'frobnicate'"),
        (("search", "--frobnicate"), "No such option: --frobnicate"),
        (("search", "--population", "ten"), "Invalid value for '--population'"),
        (("resume",), "Missing argument"),
        (("export", "run", "--format", "onnx"), "'onnx' is not one of 'keras'"),
    ],
)
def test_a_command_line_that_cannot_be_understood_exits_2(
    command: Command, arguments: tuple[str, ...], message: str
) -> None:
    done = command(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_a_locked_database_exits_5(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.01)
    assert command("search", *FAKES, "--generations", "1").returncode == 0
    with closing(sqlite3.connect("runs/nastoolkit.db")) as other:
        other.execute("BEGIN IMMEDIATE")
        done = command("search", *FAKES, "--generations", "1")
    assert done.returncode == 5
    assert "nastoolkit.db is locked: another process writes to it. Wait for it to end" in done.stderr


def test_a_damaged_database_exits_5(command: Command) -> None:
    assert command("search", *FAKES, "--generations", "2", "--out", "run").returncode == 0
    with closing(sqlite3.connect("runs/nastoolkit.db")) as other:
        other.execute("UPDATE generations SET chunk = 5 WHERE number = 1")
        other.commit()
    for name in ("show", "verify", "resume"):
        done = command(name, "run")
        assert (done.returncode, done.stdout) == (5, "")
        assert "generation 1 does not match its digest (whole generations before it: 1)" in done.stderr


def test_a_plugin_that_is_broken_exits_4(command: Command) -> None:
    done = command("search", *FAKES, "--fitness", "odd", "--set", "fitness.answer=shape")
    assert (done.returncode, done.stdout) == (4, "")
    assert (
        "The fitness 'odd' returned shape (7,) for 6 candidates. It must return (6,), or a row of objectives for each."
        in done.stderr
    )


def test_ctrl_c_before_there_is_a_run_exits_130_without_a_traceback(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(fakes.FakeDataset, "load", interrupted)
    done = command("search", *FAKES)
    message = "nastoolkit: Interrupted before it was done. Repeat the command to begin again.\n"
    assert (done.returncode, done.stdout, done.stderr) == (130, "", message)


@pytest.mark.parametrize(
    ("component", "method", "way_out"),
    [
        (fakes.FakeDataset, "load", "Lower trainer.chunk, encoder.max_nodes or dataset.limit.\n"),
        (
            fakes.FakeTrainer,
            "train",
            f"{WAYS_OUT} Stopped; no generation was saved yet. Go on with: nastoolkit resume ",
        ),
    ],
    ids=["loading", "training"],
)
def test_too_little_memory_is_said_with_what_to_lower(
    command: Command, monkeypatch: pytest.MonkeyPatch, component: type, method: str, way_out: str
) -> None:
    def too_large(*_: object) -> None:
        raise MemoryError("8 TiB")

    monkeypatch.setattr(component, method, too_large)
    done = command("search", *FAKES, "--quiet")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"nastoolkit: Out of memory: 8 TiB. {way_out}")


REPORTS = {
    "return 7": "returned 7 among its sections. They must be pairs of a title and a plain text.",
    "return [('a', 'b'), ('c', 7)]": "returned a tuple among its sections.",
    "return 'ab'": "returned 'a' among its sections.",
    "yield 'a', 'b'; 1 / 0": "raised in nastoolkit_report_sections(): ZeroDivisionError: division by zero (",
}


@pytest.mark.parametrize("report", REPORTS)
def test_a_plugin_whose_report_is_broken_is_named_and_others_are_shown(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, report: str
) -> None:
    assert command("search", *FAKES, "--generations", "1", "--out", "run").returncode == 0
    site = tmp_path / "site"
    site.mkdir()
    install(site, "odd", f"import nastoolkit as nas\n@nas.hookimpl\ndef nastoolkit_report_sections():\n    {report}\n")
    monkeypatch.syspath_prepend(site)
    monkeypatch.setenv("NASTOOLKIT_PLUGINS", "fakes,gossip,grumpy,odd")
    done = command("show", "run")
    sys.modules.pop("nastoolkit_odd")
    assert done.returncode == 4
    assert "\nRumours\n[b]" in done.stdout
    assert f"The plugin 'odd' {REPORTS[report]}" in done.stderr
    assert "The plugin 'grumpy' raised in nastoolkit_report_sections(): ZeroDivisionError" in done.stderr
    assert "Mend it, or leave it out: NASTOOLKIT_PLUGINS says which plugins to load." in done.stderr
