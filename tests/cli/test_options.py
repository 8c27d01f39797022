"""What ``--dataset`` and ``--executor`` mean."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from nastoolkit.cli.options import dataset_settings, executor_table
from nastoolkit.config import read_config
from nastoolkit.errors import DataError, UsageError


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NASTOOLKIT_PLUGINS", "none")


def write_images(folder: Path) -> None:
    (folder / "cat").mkdir(parents=True)
    Image.fromarray(np.zeros((4, 4), np.uint8)).save(folder / "cat" / "a.png")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (None, {}),
        ("digits", {"dataset.use": "digits"}),
        ("openml:adult", {"dataset.use": "openml", "dataset.data": "adult"}),
        ("openml:1590", {"dataset.use": "openml", "dataset.data": "1590"}),
    ],
)
def test_a_name_is_a_data_set(name: str | None, expected: dict[str, str]) -> None:
    assert dict(dataset_settings(name)) == expected


@pytest.mark.parametrize(("name", "reader"), [("a.csv", "csv"), ("a.npz", "npz"), ("a.parquet", "parquet")])
def test_a_file_has_its_reader_and_a_place_that_stays(tmp_path: Path, name: str, reader: str) -> None:
    assert dict(dataset_settings(name)) == {"dataset.use": reader, "dataset.path": str(tmp_path / name)}


def test_a_folder_may_have_a_plain_name(tmp_path: Path) -> None:
    write_images(tmp_path / "pets")
    expected = {"dataset.use": "image_folder", "dataset.path": str(tmp_path / "pets")}
    assert dict(dataset_settings("pets")) == dict(dataset_settings("pets/")) == expected


def test_a_folder_of_the_name_of_a_data_set_does_not_hide_it(tmp_path: Path) -> None:
    write_images(tmp_path / "mnist")
    assert dict(dataset_settings("mnist")) == {"dataset.use": "mnist"}
    assert dict(dataset_settings("./mnist"))["dataset.use"] == "image_folder"


def test_another_reader_keeps_the_file(tmp_path: Path) -> None:
    chosen = [("dataset.use", "text_csv"), ("dataset.target", "kind")]
    config = read_config(None, [*dataset_settings("reviews.csv"), *chosen])
    expected = {"use": "text_csv", "path": str(tmp_path / "reviews.csv"), "target": "kind"}
    assert config.components["dataset"] == expected


def test_a_file_that_nothing_reads_is_refused() -> None:
    with pytest.raises(DataError, match=r"rows\.xlsx: files of this kind can't be read"):
        dataset_settings("rows.xlsx")


def test_an_executor_is_a_table() -> None:
    assert executor_table(None, None) is None
    assert executor_table("local", None) == {"use": "local"}
    assert executor_table("ray", "auto") == {"use": "ray", "address": "auto"}
    with pytest.raises(UsageError, match=r"--address auto needs --executor"):
        executor_table(None, "auto")
