"""Folders of images: what they give, and every way they can be wrong."""

import os
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from mutants import mutants
from PIL import Image

from nastoolkit.datasets.base import Data
from nastoolkit.datasets.columns import Columns
from nastoolkit.datasets.files import from_file_name
from nastoolkit.datasets.image_files import pixels
from nastoolkit.datasets.image_folder import ImageFolder
from nastoolkit.datasets.image_rows import read_images
from nastoolkit.datasets.pixels import Pixels
from nastoolkit.errors import DataError
from nastoolkit.rng import Stream

RNG = np.random.default_rng(0)


def write(file: Path, size: tuple[int, int] = (8, 8), *, colour: bool = False, shade: int | None = None) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    shape = (size[1], size[0], 3) if colour else (size[1], size[0])
    values = RNG.integers(0, 256, shape) if shade is None else np.full(shape, shade)
    Image.fromarray(values.astype(np.uint8)).save(file)


def fill(folder: Path, names: tuple[str, ...] = ("cat", "dog"), count: int = 8, **how: object) -> None:
    for name in names:
        for k in range(count):
            write(folder / name / f"{k}.png", **how)  # type: ignore[arg-type]


def load(folder: Path, **fields: object) -> Data:
    return ImageFolder(path=folder, **fields).load(Stream(0))  # type: ignore[arg-type]


def one(file: Path, size: tuple[int, int] | None = None, *, colour: bool = True) -> np.ndarray:
    found = pixels([file], size, colour=colour)[0]
    assert not isinstance(found, str), found
    return found


def test_every_subfolder_is_a_class(tmp_path: Path) -> None:
    fill(tmp_path)
    write(tmp_path / "dog" / "deeper" / "more.png")
    (tmp_path / "dog" / ".hidden.png").write_bytes(b"rubbish")
    (tmp_path / "dog" / "notes.md").write_text("no image")
    data = load(tmp_path)
    assert (data.classes, data.preprocessing.shape) == (("cat", "dog"), (8, 8, 1))
    assert sum(map(len, (data.train, data.valid, data.test))) == 17
    assert data.notes == (
        "17 images, 2 classes.",
        "Files of other kinds that are passed over: 1.",
        "All are of 8 x 8.",
    )


def test_a_class_may_be_called_train(tmp_path: Path) -> None:
    fill(tmp_path, ("car", "test", "train"))
    assert load(tmp_path).classes == ("car", "test", "train")


def test_a_test_folder_without_classes_is_told_and_another_test_part_drawn(tmp_path: Path) -> None:
    fill(tmp_path / "train", count=10)
    write(tmp_path / "test" / "0.png")
    data = load(tmp_path)
    assert len(data.test) == 4
    assert data.notes[1] == "Outside of the classes' subfolders, images that are passed over: 1."
    assert data.notes[2].startswith("test has no images in subfolders of classes: a test part is drawn")


def test_folders_train_and_test_are_parts(tmp_path: Path) -> None:
    fill(tmp_path / "train")
    fill(tmp_path / "valid", count=2)
    fill(tmp_path / "test", count=3)
    data = load(tmp_path)
    assert (len(data.test), len(data.train) + len(data.valid)) == (6, 20)
    fill(tmp_path / "test", ("cow",), 1)
    with pytest.raises(DataError, match="classes that no training part has: 'cow'"):
        load(tmp_path)


def test_images_of_several_sizes_are_brought_to_one_and_it_is_said(tmp_path: Path) -> None:
    fill(tmp_path, count=6, size=(12, 10))
    fill(tmp_path, ("cow",), 6, size=(20, 30))
    data = load(tmp_path)
    assert data.preprocessing.shape == (10, 10, 1)
    assert "2 different sizes are cut about their centre and brought to 10 x 10" in data.notes[1]
    assert load(tmp_path, size=16).preprocessing.shape == (16, 16, 1)


def test_large_images_of_one_size_become_smaller(tmp_path: Path) -> None:
    fill(tmp_path, count=4, size=(100, 90))
    assert load(tmp_path).preprocessing.shape == (64, 64, 1)


def test_one_image_in_colour_gives_all_three_channels(tmp_path: Path) -> None:
    fill(tmp_path)
    write(tmp_path / "cat" / "colour.png", colour=True)
    assert load(tmp_path).preprocessing.shape == (8, 8, 3)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK"])
def test_shades_of_grey_are_one_channel_however_they_are_stored(tmp_path: Path, mode: str) -> None:
    values = np.full((8, 8), 255, np.uint8)
    values[2:5, 3:] = 0
    for name in ("cat", "dog"):
        (tmp_path / name).mkdir()
        for k in range(4):
            Image.fromarray(values).convert(mode).save(tmp_path / name / f"{k}.{'tiff' if mode == 'CMYK' else 'png'}")
    data = load(tmp_path)
    assert data.preprocessing.shape == (8, 8, 1)
    np.testing.assert_array_equal(data.train.inputs[0, ..., 0], values)


def test_images_are_cut_about_their_centre_and_keep_their_form(tmp_path: Path) -> None:
    values = RNG.integers(0, 256, (4, 8)).astype(np.uint8)
    Image.fromarray(values).save(tmp_path / "a.png")
    np.testing.assert_array_equal(one(tmp_path / "a.png", (4, 4), colour=False)[..., 0], values[:, 2:6])
    np.testing.assert_array_equal(one(tmp_path / "a.png", (2, 8), colour=False)[..., 0], values[1:3])
    Image.new("L", (1, 3000), 9).save(tmp_path / "a.png")
    assert set(one(tmp_path / "a.png", (16, 16), colour=False).ravel().tolist()) == {9}


def test_pixels_may_be_columns(tmp_path: Path) -> None:
    fill(tmp_path, count=4)
    images, table = load(tmp_path), load(tmp_path, flatten=True)
    assert isinstance(table.preprocessing, Columns)
    np.testing.assert_array_equal(table.train.inputs, images.train.inputs.reshape(len(images.train), 64))


def test_what_is_transparent_is_white(tmp_path: Path) -> None:
    Image.new("RGBA", (4, 4), (0, 0, 0, 0)).save(tmp_path / "a.png")
    assert (one(tmp_path / "a.png") == 255).all()


def test_images_are_turned_as_their_camera_says(tmp_path: Path) -> None:
    picture = Image.fromarray(np.arange(24, dtype=np.uint8).reshape(4, 6) * 10)
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by 90 degrees clockwise
    picture.save(tmp_path / "a.png", exif=exif)
    np.testing.assert_array_equal(one(tmp_path / "a.png", colour=False)[..., 0], np.rot90(np.asarray(picture), -1))


def test_sixteen_bits_become_eight(tmp_path: Path) -> None:
    Image.fromarray(np.array([[0, 257 * 100], [65535, 257]], np.uint16)).save(tmp_path / "a.png")
    assert one(tmp_path / "a.png", colour=False)[..., 0].tolist() == [[0, 100], [255, 1]]


@pytest.mark.parametrize("values", [np.ones((4, 4), np.float32), np.full((4, 4), 70_000, np.int32)])
def test_pixels_of_which_no_white_is_known_are_unreadable(tmp_path: Path, values: np.ndarray) -> None:
    Image.fromarray(values).save(tmp_path / "a.tiff")
    assert pixels([tmp_path / "a.tiff"], None, colour=False) == ["its pixels are fractions, or have more than 16 bits"]


def test_unreadable_images_are_named_counted_and_limited(tmp_path: Path) -> None:
    fill(tmp_path)
    (tmp_path / "cat" / "bad.png").write_bytes(b"\x89PNG rubbish")
    (tmp_path / "dog" / "empty.jpg").write_bytes(b"")
    data = load(tmp_path)
    assert "2 of 18 images cannot be read: cat/bad.png (" in data.notes[1]
    assert sum(map(len, (data.train, data.valid, data.test))) == 16
    with pytest.raises(DataError, match=r"2 of 18 images cannot be read.*At most 1 may be left out"):
        load(tmp_path, unreadable=1)


def test_an_image_that_would_fill_the_memory_is_unreadable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 50)
    write(tmp_path / "a.png", (8, 8))
    found = pixels([tmp_path / "a.png"], None, colour=False)[0]
    assert isinstance(found, str)
    assert "decompression bomb" in found


def test_links_out_of_the_folder_are_not_followed(tmp_path: Path) -> None:
    fill(tmp_path / "set")
    fill(tmp_path / "secret", ("cat",), 5)
    (tmp_path / "set" / "cat" / "link").symlink_to(tmp_path / "secret")
    (tmp_path / "set" / "cow").symlink_to(tmp_path / "secret" / "cat")
    data = load(tmp_path / "set")
    assert data.classes == ("cat", "dog")
    assert sum(map(len, (data.train, data.valid, data.test))) == 16


def test_links_in_a_circle_and_what_is_no_file_are_passed_over(tmp_path: Path) -> None:
    fill(tmp_path)
    (tmp_path / "cat" / "up").symlink_to("..")
    (tmp_path / "cat" / "self.png").symlink_to("self.png")
    os.mkfifo(tmp_path / "dog" / "pipe.png")  # opening it would wait for ever
    data = load(tmp_path)
    assert sum(map(len, (data.train, data.valid, data.test))) == 16


def test_what_is_no_set_of_images_is_told(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="There is no folder"):
        load(tmp_path / "none")
    with pytest.raises(DataError, match="has no subfolders"):
        load(tmp_path)
    write(tmp_path / "cat" / "a.png")
    with pytest.raises(DataError, match="every row has the label 'cat'"):
        load(tmp_path)
    (tmp_path / "dog").mkdir()
    with pytest.raises(DataError, match=r"no images \(.png.*in 'dog'"):
        load(tmp_path)
    write(tmp_path / "dog" / "a.png")
    with pytest.raises(DataError, match="2 of 2 classes have fewer than 3 rows"):
        load(tmp_path)


def test_folders_are_told_apart_by_what_is_in_them(tmp_path: Path) -> None:
    write(tmp_path / "images" / "cat" / "a.png")
    (tmp_path / "texts" / "cat").mkdir(parents=True)
    (tmp_path / "texts" / "cat" / "a.txt").write_text("words")
    (tmp_path / "nothing").mkdir()
    assert from_file_name(str(tmp_path / "images")) == "image_folder"
    assert from_file_name(str(tmp_path / "texts")) == "text_folder"
    with pytest.raises(DataError, match="has neither images"):
        from_file_name(str(tmp_path / "nothing"))


def test_a_few_files_of_another_kind_do_not_tell_what_a_folder_holds(tmp_path: Path) -> None:
    fill(tmp_path, count=2)
    for name in ("README.txt", "labels.txt", ".git/a.txt", ".git/b.txt", ".git/c.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("words")
    assert from_file_name(str(tmp_path)) == "image_folder"


def test_images_of_the_form_that_was_learned_can_be_predicted(tmp_path: Path) -> None:
    fill(tmp_path, size=(12, 8))
    data = load(tmp_path)
    assert data.preprocessing.shape == (8, 12, 1)
    found = {row.tobytes() for row in read_images(tmp_path, data.preprocessing)}
    assert found == {row.tobytes() for part in (data.train, data.valid, data.test) for row in part.inputs}


@pytest.mark.parametrize(
    ("name", "match"),
    [
        ("nowhere.png", r"There is no file or folder .*nowhere\.png"),
        ("rows.csv", r"rows\.csv: give a folder of files that end in \.png, .* one of them, or \.npz"),
        ("empty", r"empty: give a folder of files that end in \.png"),
        ("objects.npz", "x is an array of Python objects"),
        ("floats.npz", r"holds float64 of shape \(2, 8, 8\); the network takes images of \(8, 8, 1\) in uint8"),
        ("none.npz", r"holds uint8 of shape \(0, 8, 8\)"),
        ("nothing.npz", r"which array holds the rows\? Call it x\. It has none"),
    ],
)
def test_what_holds_no_new_images_is_told(tmp_path: Path, name: str, match: str) -> None:
    (tmp_path / "rows.csv").write_text("a,b\n1,2\n")
    (tmp_path / "empty").mkdir()
    np.savez(tmp_path / "objects.npz", x=np.array([{}], object))
    np.savez(tmp_path / "floats.npz", x=np.zeros((2, 8, 8)))
    np.savez(tmp_path / "none.npz", x=np.zeros((0, 8, 8), np.uint8))
    np.savez(tmp_path / "nothing.npz")
    with pytest.raises(DataError, match=match):
        read_images(tmp_path / name, Pixels(8, 8, (0.0,), (1.0,)))


def test_new_images_are_brought_to_what_the_network_takes(tmp_path: Path) -> None:
    fill(tmp_path / "set", size=(12, 12))
    taken = load(tmp_path / "set").preprocessing
    write(tmp_path / "new" / "b.png", (30, 20), colour=True)
    write(tmp_path / "new" / "a.png", (12, 12), shade=7)
    found = read_images(tmp_path / "new", taken)
    assert (found.shape, set(found[0].ravel().tolist())) == ((2, 12, 12, 1), {7})
    assert read_images(tmp_path / "new" / "a.png", taken).shape == (1, 12, 12, 1)
    np.savez(tmp_path / "x.npz", x=found[..., 0])
    np.testing.assert_array_equal(read_images(tmp_path / "x.npz", taken), found)
    np.savez(tmp_path / "x.npz", x=found[:, :5])
    with pytest.raises(DataError, match=r"the network takes images of \(12, 12, 1\)"):
        read_images(tmp_path / "x.npz", taken)
    (tmp_path / "new" / "c.png").write_bytes(b"rubbish")
    with pytest.raises(DataError, match=r"c\.png cannot be read"):
        read_images(tmp_path / "new", taken)


KINDS = ("png", "jpeg", "gif", "bmp", "tiff", "webp", "ppm")
WITH_EXIF = ("png", "jpeg", "tiff", "webp")


def outcomes(kind: str, folder: Path, count: int) -> int:
    """How many damaged images are unreadable; anything but words comes out as an error of this test."""
    buffer = BytesIO()
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "a description"
    values = np.random.default_rng(0).integers(0, 256, (12, 12, 3)).astype(np.uint8)
    Image.fromarray(values).save(buffer, kind, **({"exif": exif} if kind in WITH_EXIF else {}))
    path = folder / f"a.{kind}"
    found = 0
    for content in mutants(buffer.getvalue(), count):
        path.write_bytes(content)
        found += isinstance(pixels([path], (8, 8), colour=True)[0], str)
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_damaged_images_are_unreadable_and_nothing_worse(kind: str, tmp_path: Path) -> None:
    assert outcomes(kind, tmp_path, 100) > 0


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_thousands_of_damaged_images_are_unreadable_and_nothing_worse(kind: str, tmp_path: Path) -> None:
    assert outcomes(kind, tmp_path, 3000) > 0
