"""Folders of images: links, parts and pixels that test_image_folder.py does not show."""

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from nastoolkit.datasets.base import Data
from nastoolkit.datasets.folders import every_file, shelf
from nastoolkit.datasets.image_files import pixels
from nastoolkit.datasets.image_folder import ImageFolder
from nastoolkit.errors import DataError
from nastoolkit.rng import Stream


def fill(folder: Path, names: tuple[str, ...] = ("cat", "dog"), count: int = 8) -> None:
    for name in names:
        (folder / name).mkdir(parents=True, exist_ok=True)
        for k in range(count):
            Image.fromarray(np.full((8, 8), 16 * k, np.uint8)).save(folder / name / f"{k}.png")


def load(folder: Path, unreadable: int = 20, limit: int | None = None) -> Data:
    return ImageFolder(path=folder, unreadable=unreadable, limit=limit).load(Stream(0))


def found(folder: Path) -> list[str]:
    return [str(file.relative_to(folder)) for file in shelf(folder, (".png",), "images").files]


@pytest.mark.parametrize("part", ["test", "valid"])
@pytest.mark.parametrize("target", ["../../secret/cat", "../train/dog"])
def test_a_class_of_a_part_that_is_a_link_is_not_followed(tmp_path: Path, part: str, target: str) -> None:
    fill(tmp_path / "secret", ("cat",), 5)
    fill(tmp_path / "set" / "train")
    fill(tmp_path / "set" / part, ("dog",), 1)
    before = found(tmp_path / "set")
    (tmp_path / "set" / part / "cat").symlink_to(target)
    assert (tmp_path / "set" / part / "cat").is_dir()
    assert found(tmp_path / "set") == before


@pytest.mark.skipif(os.geteuid() == 0, reason="root may enter every folder")
def test_a_folder_that_may_not_be_entered_is_told(tmp_path: Path) -> None:
    fill(tmp_path)
    (tmp_path / "cat").chmod(0o444)
    try:
        with pytest.raises(DataError, match=r"cat can't be read: Permission denied"):
            found(tmp_path)
    finally:
        (tmp_path / "cat").chmod(0o755)


def test_parts_that_differ_in_capitals_alone_are_all_read(tmp_path: Path) -> None:
    fill(tmp_path / "Train")
    (tmp_path / "capitals").touch()
    if (tmp_path / "CAPITALS").exists():
        pytest.skip("names here do not differ in capitals alone")
    fill(tmp_path / "train", count=3)
    assert len(found(tmp_path)) == 22


def test_a_link_to_a_file_inside_the_folder_is_followed_and_one_that_leads_out_is_not(tmp_path: Path) -> None:
    fill(tmp_path / "set", count=1)
    (tmp_path / "set" / "cat" / "in.png").symlink_to("../dog/0.png")
    (tmp_path / "out.png").write_bytes((tmp_path / "set" / "cat" / "0.png").read_bytes())
    (tmp_path / "set" / "cat" / "out.png").symlink_to("../../out.png")
    assert found(tmp_path / "set") == ["cat/0.png", "cat/in.png", "dog/0.png"]


def test_a_folder_given_by_a_link_is_read(tmp_path: Path) -> None:
    fill(tmp_path / "set", count=1)
    (tmp_path / "link").symlink_to("set")
    assert found(tmp_path / "link") == ["cat/0.png", "dog/0.png"]
    assert len(every_file(tmp_path / "link", (".png",))) == 2


def test_hidden_folders_are_no_classes_and_endings_may_be_capitals(tmp_path: Path) -> None:
    fill(tmp_path, ("cat", "dog", ".cow"), 1)
    (tmp_path / "cat" / "0.png").rename(tmp_path / "cat" / "0.PNG")
    assert found(tmp_path) == ["cat/0.PNG", "dog/0.png"]


def test_a_class_that_is_empty_in_the_test_part_alone_is_no_error(tmp_path: Path) -> None:
    fill(tmp_path / "train")
    fill(tmp_path / "test", ("cat",), 2)
    (tmp_path / "test" / "dog").mkdir()
    assert load(tmp_path).test.targets.tolist() == [0, 0]


def test_an_unreadable_image_of_the_test_part_is_left_out_of_it(tmp_path: Path) -> None:
    fill(tmp_path / "train")
    fill(tmp_path / "test", count=3)
    (tmp_path / "test" / "cat" / "1.png").write_bytes(b"rubbish")
    data = load(tmp_path)
    assert (data.test.targets.tolist(), len(data.train) + len(data.valid)) == ([0, 0, 1, 1, 1], 16)


def test_a_class_of_unreadable_images_is_named(tmp_path: Path) -> None:
    fill(tmp_path, ("cat", "cow", "dog"))
    for file in (tmp_path / "cow").iterdir():
        file.write_bytes(b"rubbish")
    with pytest.raises(DataError, match=r"fewer than 3 rows: 'cow' \(0\)"):
        load(tmp_path)


def test_five_unreadable_images_are_named_and_the_limit_is_the_last_number_that_passes(tmp_path: Path) -> None:
    fill(tmp_path, count=12)
    for k in range(6):
        (tmp_path / "cat" / f"{k}.png").write_bytes(b"rubbish")
    note = load(tmp_path, unreadable=6).notes[1]
    assert [f"cat/{k}.png" in note for k in range(6)] == [True] * 5 + [False]
    assert "6 of 24 images cannot be read" in note
    assert note.endswith("and others. They are left out.")
    with pytest.raises(DataError, match="At most 5 may be left out"):
        load(tmp_path, unreadable=5)


def test_a_set_without_one_readable_image_is_refused(tmp_path: Path) -> None:
    fill(tmp_path, count=3)
    for file in tmp_path.rglob("*.png"):
        file.write_bytes(b"")
    with pytest.raises(DataError, match="6 of 6 images cannot be read"):
        load(tmp_path)


def test_no_more_images_than_the_limit_are_learned_from(tmp_path: Path) -> None:
    fill(tmp_path / "train", count=12)
    fill(tmp_path / "test", count=2)
    data = load(tmp_path, limit=12)
    assert (len(data.train) + len(data.valid), len(data.test)) == (12, 4)


@pytest.mark.parametrize(("alpha", "grey"), [(255, 0), (128, 127), (0, 255)])
@pytest.mark.parametrize("mode", ["LA", "RGBA"])
def test_what_shines_through_is_white_in_proportion(tmp_path: Path, mode: str, alpha: int, grey: int) -> None:
    Image.new(mode, (4, 4), (*[0] * (len(mode) - 1), alpha)).save(tmp_path / "a.png")
    image = pixels([tmp_path / "a.png"], None, colour=False)[0]
    assert not isinstance(image, str)
    assert set(image.ravel().tolist()) == {grey}


def test_a_transparent_colour_of_a_palette_is_white(tmp_path: Path) -> None:
    image = Image.new("P", (2, 1))
    image.putpalette([10, 20, 30, 40, 50, 60])
    image.putdata([0, 1])
    image.save(tmp_path / "a.png", transparency=0)
    (found_image,) = pixels([tmp_path / "a.png"], None, colour=True)
    assert not isinstance(found_image, str)
    assert found_image.tolist() == [[[255, 255, 255], [40, 50, 60]]]


UPRIGHT = {
    1: lambda a: a,
    2: np.fliplr,
    3: lambda a: np.rot90(a, 2),
    4: np.flipud,
    5: np.transpose,
    6: lambda a: np.rot90(a, -1),
    7: lambda a: np.rot90(a, 2).T,
    8: np.rot90,
}


@pytest.mark.parametrize("orientation", UPRIGHT)
def test_each_orientation_of_exif_is_undone(tmp_path: Path, orientation: int) -> None:
    values = np.arange(24, dtype=np.uint8).reshape(4, 6) * 10
    exif = Image.Exif()
    exif[0x0112] = orientation
    Image.fromarray(values).save(tmp_path / "a.png", exif=exif)
    (image,) = pixels([tmp_path / "a.png"], None, colour=False)
    assert not isinstance(image, str)
    np.testing.assert_array_equal(image[..., 0], UPRIGHT[orientation](values))
