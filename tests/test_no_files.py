"""Pipes and devices in the place of files, which nobody waits for and nobody reads to an end that they do not have."""

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from fakes import Lab
from labs import ablated, planned
from searches import interrupted

from nastoolkit.config import read_config
from nastoolkit.datasets.image_forms import read_batches, read_idx
from nastoolkit.datasets.npz import NpzFile
from nastoolkit.datasets.parquet_reader import read_parquet
from nastoolkit.datasets.pixels import Pixels
from nastoolkit.datasets.rows import read_rows
from nastoolkit.datasets.sheet_reader import read_sheet
from nastoolkit.datasets.text_forms import read_words
from nastoolkit.datasets.tokens import Tokens
from nastoolkit.errors import ConfigError, DataError, OutputError, StorageError
from nastoolkit.files import SMALL, read_small, regular
from nastoolkit.model import export_run
from nastoolkit.rng import Stream
from nastoolkit.runs import pack_run, unpack_run

SECONDS = 60
"""That one of them may take."""

Put = Callable[[Path], None]


@pytest.fixture(autouse=True)
def alarm() -> Iterator[None]:
    """Fails who waits."""

    def late(_number: int, _frame: FrameType | None) -> None:
        pytest.fail(f"it takes longer than {SECONDS} seconds")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(SECONDS)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.fixture(params=["pipe", "device"])
def put(request: pytest.FixtureRequest) -> Put:
    """Puts a pipe without a writer, or a device that has no end, in the place of a file."""

    def put(path: Path) -> None:
        path.unlink(missing_ok=True)
        os.mkfifo(path) if request.param == "pipe" else path.symlink_to("/dev/zero")

    return put


def test_small_files_are_read_whole_and_no_others(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_bytes(b"x" * SMALL)
    assert read_small(path) == b"x" * SMALL
    with path.open("r+b") as file:
        file.truncate(1 << 40)
    with pytest.raises(OSError, match="It has more than 1,048,576 bytes"):
        read_small(path)
    with regular(path) as file:
        assert file.read(3) == b"xxx"


READERS: dict[str, Callable[[Path], Any]] = {
    "rows.csv": read_sheet,
    "rows.parquet": read_parquet,
    "rows.npz": lambda path: NpzFile(path).load(Stream(0)),
    "rows.png": lambda path: read_rows(path, Pixels(4, 4, (0.0,), (1.0,))),
    "rows.txt": lambda path: read_rows(path, Tokens(5, 4, words=("film", "good"))),
    "words.json": read_words,
    "images-idx3-ubyte": lambda path: read_idx([path] * 4),
    "images-idx3-ubyte.gz": lambda path: read_idx([path] * 4),
    "cifar-100": lambda path: read_batches(coarse=True)([path]),
    "train": lambda path: read_batches(coarse=True)([path.parent]),
}


@pytest.mark.parametrize("name", READERS)
def test_data_is_in_files(tmp_path: Path, put: Put, name: str) -> None:
    put(tmp_path / name)
    with pytest.raises(DataError, match="It is a pipe or a device, and no file"):
        READERS[name](tmp_path / name)


def test_a_configuration_is_a_file(tmp_path: Path, put: Put) -> None:
    put(tmp_path / "run.toml")
    with pytest.raises(ConfigError, match=r"run\.toml cannot be read: It is a pipe or a device, and no file\. Give a"):
        read_config(tmp_path / "run.toml")


def test_a_run_file_is_a_file(lab: Lab, put: Put) -> None:
    put(Path("run.zip"))
    with pytest.raises(DataError, match=r"run\.zip cannot be read: It is a pipe or a device, and no file\. Give a"):
        unpack_run(Path("run.zip"), lab.plugins)


def test_a_model_is_a_file(lab: Lab, put: Put) -> None:
    lab.start({"out": "run"})
    put(Path("run", "best.keras"))
    with pytest.raises(StorageError, match=r"has no .*best\.keras"):
        export_run("run", None, lab.plugins)
    assert lab.resume("run")["stopped_because"]
    assert Path("run", "best.keras").is_file()
    put(Path("run", "best.keras"))
    with pytest.raises(OSError, match="It is a pipe or a device"):  # a message of the command line
        pack_run("run", Path("run.zip"), lab.plugins)
    assert not Path("run.zip").exists()


def test_the_configuration_of_a_run_is_a_file(lab: Lab, put: Put) -> None:
    folder = Path(interrupted(lab, {}, 1))
    put(folder / "config.toml")
    with pytest.raises(StorageError, match=r"does not say where the run is stored .*It is a pipe or a device"):
        lab.resume(str(folder))
    with pytest.raises(StorageError, match="has no folder here"):
        lab.resume(folder.name)


def test_a_folder_with_such_a_configuration_is_taken(lab: Lab, put: Put) -> None:
    Path("run").mkdir()
    put(Path("run", "config.toml"))
    with pytest.raises(OutputError, match=r"The run's folder .*run cannot be written: It is a pipe or a device"):
        lab.start({"out": "run"})


def test_a_plan_is_a_file(lab: Lab, put: Put) -> None:
    Path("trial").mkdir()
    put(Path("trial", "plan.json"))
    with pytest.raises(OutputError, match=r"is not the plan of an ablation: .*It is a pipe or a device"):
        ablated(lab, planned(lab))
