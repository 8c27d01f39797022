"""The same seed gives the same bits, in whatever process a search is run and however often it is stopped."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from searches import ctrl_c, outcome
from sklearn.datasets import load_digits

from nastoolkit.config import read_config
from nastoolkit.errors import Interrupted
from nastoolkit.plugins import load_plugins
from nastoolkit.runs import find_run
from nastoolkit.session import start_run

SEARCH: Mapping[str, Any] = {
    "seed": 3,
    "dataset.use": "digits",
    "dataset.limit": 400,
    "encoder.max_depth": 2,
    "encoder.max_nodes": 32,
    "trainer.epochs": 2,
    "trainer.representations": 2,
    "competition.use": "layerwise",
    "pruner.use": "toggle",
    "pruner.epochs": 1,
    "search.phases": ["grow", "evolve", "final", "prune"],
    "search.population": 4,
    "search.generations": 2,
    "search.evaluations": 40,
    "search.candidates": 1,
    "search.finalists": 2,
    "search.final_epochs": 2,
}
"""Real training in every phase."""

IMAGES: Mapping[str, Any] = {
    "seed": 3,
    "dataset.use": "npz",
    "dataset.path": "images.npz",
    "encoder.max_depth": 2,
    "encoder.max_nodes": 16,
    "trainer.epochs": 2,
    "search.population": 4,
    "search.generations": 2,
}
"""Convolutions."""

ONE_CORE = ("taskset", "-c", str(min(os.sched_getaffinity(0))))

PLACES: Mapping[str, tuple[Sequence[str], Mapping[str, str], Mapping[str, Any]]] = {
    "hashes": ((), {"PYTHONHASHSEED": "1"}, {}),
    "random hashes": ((), {"PYTHONHASHSEED": "random"}, {}),
    "language": ((), {"LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8", "LANGUAGE": "tr"}, {}),
    "plain C": ((), {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}, {}),
    "time zone": ((), {"TZ": "Pacific/Chatham"}, {}),
    "one core": (ONE_CORE, {}, {}),
    "one thread": ((), {}, {"trainer.threads": 1}),
    "two threads": ((), {}, {"trainer.threads": 2}),
    "four threads": ((), {}, {"trainer.threads": 4}),
    "one thread of TensorFlow": ((), {"TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1"}, {}),
    "four threads of TensorFlow": ((), {"TF_NUM_INTRAOP_THREADS": "4", "TF_NUM_INTEROP_THREADS": "4"}, {}),
    "one thread of NumPy": ((), {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}, {}),
}
"""What a search is started with, its environment, and settings that change no bit."""

ELSEWHERE = {"PYTHONHASHSEED": "2", "LC_ALL": "C", "LANG": "tr_TR.UTF-8", "TZ": "Pacific/Chatham"}

Bits = tuple[Sequence[str], Mapping[str, Any]]
"""The digests of all generations, and what the seed determines of the result."""


def searched(
    folder: Path,
    settings: Mapping[str, Any] = SEARCH,
    environ: Mapping[str, str] | None = None,
    prefix: Sequence[str] = (),
) -> Bits:
    """Search in a process of its own, or go on where a search was stopped."""
    flags = [f"--set={key}={json.dumps(value)}" for key, value in {**settings, "out": "run"}.items()]
    command = ["resume", "run"] if (folder / "run").exists() else ["search", *flags]
    subprocess.run(
        [*prefix, sys.executable, "-m", "nastoolkit", *command, "--quiet"],
        cwd=folder,
        env={**os.environ, "PYTHONHASHSEED": "0", "NASTOOLKIT_PLUGINS": "none", **(environ or {})},
        check=True,
        capture_output=True,
    )
    return bits(folder)


def bits(folder: Path) -> Bits:
    document = outcome(json.loads((folder / "run" / "result.json").read_text(encoding="utf-8")))
    with find_run(str(folder / "run"), load_plugins({"NASTOOLKIT_PLUGINS": "none"})) as (_, stored):
        return stored.digests(), {key: one for key, one in document.items() if key not in {"config", "environment"}}


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Bits:
    found = searched(tmp_path_factory.mktemp("base"))
    assert {one["phase"] for one in found[1]["history"]} == set(SEARCH["search.phases"])
    return found


def draw_images(folder: Path) -> None:
    digits = load_digits(n_class=4)
    np.savez(folder / "images.npz", x=digits.images.astype(np.uint8), y=digits.target)


def stopped(folder: Path, number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Search in this process, until a generation is saved."""
    monkeypatch.chdir(folder)
    config = read_config(None, {**SEARCH, "out": "run"}.items())
    with pytest.raises(Interrupted):
        start_run(config, load_plugins({"NASTOOLKIT_PLUGINS": "none"}), lambda _: None, [ctrl_c(number)])


def test_a_process_elsewhere_on_one_core_finds_the_same_bits(base: Bits, tmp_path: Path) -> None:
    (folder := tmp_path / "in a folder, für später").mkdir()
    assert searched(folder, SEARCH, ELSEWHERE, ONE_CORE) == base


@pytest.mark.slow
def test_what_one_process_began_another_ends_with_the_same_bits(
    base: Bits, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped(tmp_path, len(base[0]) // 2, monkeypatch)
    assert searched(tmp_path, environ=ELSEWHERE) == base


@pytest.mark.slow
@pytest.mark.parametrize("place", PLACES)
def test_no_place_changes_a_bit(base: Bits, place: str, tmp_path: Path) -> None:
    prefix, environ, settings = PLACES[place]
    assert searched(tmp_path, {**SEARCH, **settings}, environ, prefix) == base


@pytest.mark.slow
def test_going_on_from_any_generation_changes_no_bit(
    base: Bits, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(len(base[0]) - 1):
        (folder := tmp_path / str(number)).mkdir()
        stopped(folder, number, monkeypatch)
        assert searched(folder) == base


@pytest.mark.slow
def test_programs_from_an_earlier_run_change_no_bit(base: Bits, tmp_path: Path) -> None:
    environ = {"NASTOOLKIT_PROGRAMS": "kept", "NASTOOLKIT_CACHE": str(tmp_path / "cache")}
    for use in ("first", "second"):
        (folder := tmp_path / use).mkdir()
        assert searched(folder, environ=environ) == base
    assert list((tmp_path / "cache" / "programs").iterdir())


@pytest.mark.slow
def test_no_place_changes_a_bit_of_jax(base: Bits, tmp_path: Path) -> None:
    found: list[Bits] = []
    for name, environ, prefix in (("here", {}, ()), ("elsewhere", ELSEWHERE, ONE_CORE)):
        (folder := tmp_path / name).mkdir()
        found.append(searched(folder, SEARCH, {**environ, "KERAS_BACKEND": "jax"}, prefix))
    assert found[0] == found[1]
    assert found[0] != base


@pytest.mark.slow
def test_one_core_finds_the_same_bits_for_images(tmp_path: Path) -> None:
    """On two threads TensorFlow would cut an operation in two and round otherwise: its session has one."""
    found: list[Bits] = []
    for name, prefix, threads in (("two threads", (), "2"), ("one core", ONE_CORE, "1")):
        (folder := tmp_path / name).mkdir()
        draw_images(folder)
        found.append(searched(folder, IMAGES, {"TF_NUM_INTRAOP_THREADS": threads}, prefix))
    assert found[0] == found[1]


AFTER_A_TABLE = """
import json, sys
from nastoolkit.config import read_config
from nastoolkit.plugins import load_plugins
from nastoolkit.session import start_run
for settings in json.loads(sys.argv[1]):
    start_run(read_config(None, settings.items()), load_plugins(), lambda _: None)
"""


@pytest.mark.slow
def test_images_after_a_table_in_one_process_have_the_bits_of_a_process_of_their_own(tmp_path: Path) -> None:
    """The table's threads are there to stay: what is no table must not be cut by them."""
    (alone := tmp_path / "alone").mkdir()
    table = {**IMAGES, "dataset.use": "iris", "out": "table"}
    del table["dataset.path"]
    draw_images(alone)
    draw_images(tmp_path)
    settings = json.dumps([table, {**IMAGES, "out": "run"}])
    environ = {key: one for key, one in os.environ.items() if not key.startswith("TF_NUM")} | {
        "PYTHONHASHSEED": "0",
        "NASTOOLKIT_PLUGINS": "none",
    }
    subprocess.run([sys.executable, "-c", AFTER_A_TABLE, settings], cwd=tmp_path, env=environ, check=True)
    assert bits(tmp_path) == searched(alone, IMAGES)
