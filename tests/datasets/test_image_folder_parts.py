"""Folders of images: what training images alone decide, and what is said of the others."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from nastoolkit.datasets.base import Data
from nastoolkit.datasets.columns import Columns
from nastoolkit.datasets.files import from_file_name
from nastoolkit.datasets.image_folder import ImageFolder
from nastoolkit.datasets.image_rows import read_images
from nastoolkit.datasets.pixels import Pixels
from nastoolkit.datasets.table_rows import read_table_rows
from nastoolkit.errors import DataError
from nastoolkit.rng import Stream


def fill(folder: Path, shape: tuple[int, ...] = (8, 8), shade: int = 200, count: int = 6) -> None:
    """Images of two classes; in colour where the shape has three numbers."""
    for name in ("cat", "dog"):
        (folder / name).mkdir(parents=True, exist_ok=True)
        for k in range(count):
            values = np.full(shape, shade, np.uint16 if shade > 255 else np.uint8)
            values.flat[0] = 0
            Image.fromarray(values).save(folder / name / f"{k}.png")


def load(folder: Path) -> Data:
    return ImageFolder(path=folder).load(Stream(0))


def test_the_test_part_decides_neither_size_nor_channels(tmp_path: Path) -> None:
    fill(tmp_path / "train")
    expected = load(tmp_path / "train").preprocessing.shape
    fill(tmp_path / "test", (30, 20, 3), count=9)
    data = load(tmp_path)
    assert data.preprocessing.shape == expected == (8, 8, 1)
    assert data.test.inputs.shape == (18, 8, 8, 1)
    assert data.notes == (
        "30 images, 2 classes.",
        "Images of 2 different sizes are cut about their centre and brought to 8 x 8 (dataset.size).",
        "No training image has a colour: 18 others that have one become grey.",
    )


@pytest.mark.parametrize(("white", "brightest"), [(4095, 16), (1023, 4), (100, 100)])
def test_images_that_use_few_of_their_bits_are_told(tmp_path: Path, white: int, brightest: int) -> None:
    fill(tmp_path, shade=white)
    assert f"brightest pixel of the training images is {brightest} of 255" in load(tmp_path).notes[-1]


def test_images_that_use_all_of_their_bits_are_not(tmp_path: Path) -> None:
    fill(tmp_path, shade=65535)
    assert load(tmp_path).notes == ("12 images, 2 classes.", "All are of 8 x 8.")


def test_what_a_mac_packs_beside_the_images_is_no_class(tmp_path: Path) -> None:
    fill(tmp_path)
    (tmp_path / "__MACOSX" / "cat").mkdir(parents=True)
    (tmp_path / "__MACOSX" / "cat" / "._0.png").write_bytes(b"rubbish")
    (tmp_path / "__MACOSX" / "notes.txt").write_text("rubbish")
    assert load(tmp_path).classes == ("cat", "dog")
    assert from_file_name(str(tmp_path)) == "image_folder"
    assert len(read_images(tmp_path, Pixels(8, 8, (0.0,), (1.0,)))) == 12


def test_images_beside_the_subfolders_are_counted(tmp_path: Path) -> None:
    fill(tmp_path)
    for name in ("a", "b"):
        Image.new("L", (8, 8)).save(tmp_path / f"{name}.png")
    assert "Outside of the classes' subfolders, images that are passed over: 2." in load(tmp_path).notes


def test_flattened_images_are_predicted_from_an_npz(tmp_path: Path) -> None:
    fill(tmp_path)
    data = ImageFolder(path=tmp_path, flatten=True).load(Stream(0))
    assert isinstance(data.preprocessing, Columns)
    for path in (tmp_path, tmp_path / "cat" / "0.png"):
        with pytest.raises(DataError, match=r"with flatten = true go into an npz file"):
            read_table_rows(path, data.preprocessing)
    np.savez(tmp_path / "new.npz", x=np.full((2, 8, 8, 1), 7, np.uint8))
    assert read_table_rows(tmp_path / "new.npz", data.preprocessing).tolist() == [[7.0] * 64] * 2


def test_of_several_arrays_one_has_to_be_called_x(tmp_path: Path) -> None:
    images, known = np.full((2, 8, 8), 7, np.uint8), Pixels(8, 8, (0.0,), (1.0,))
    np.savez(tmp_path / "new.npz", b=images, a=images)
    with pytest.raises(DataError, match=r"which array holds the rows\? Call it x\. It has 'b', 'a'"):
        read_images(tmp_path / "new.npz", known)
    np.savez(tmp_path / "new.npz", b=images, x_test=images[:1])
    assert len(read_images(tmp_path / "new.npz", known)) == 1
