"""Data sets in npz files: what they give, and every way they can be wrong."""

import zipfile
from collections.abc import Callable
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from mutants import mutants

from nastoolkit.arrays import Array
from nastoolkit.datasets.base import Data, Task
from nastoolkit.datasets.columns import Columns
from nastoolkit.datasets.images import Images
from nastoolkit.datasets.npz import NpzFile
from nastoolkit.datasets.pixels import Pixels
from nastoolkit.datasets.splits import Parts
from nastoolkit.errors import DataError
from nastoolkit.rng import Stream

RNG = np.random.default_rng(0)
X = RNG.normal(size=(40, 2, 3))
Y = np.arange(40) % 2

Load = Callable[..., Data]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Write arrays to a file and load it."""

    def load(limit: int | None = None, *, flatten: bool = False, task: Task | None = None, **arrays: Any) -> Data:
        np.savez(tmp_path / "set.npz", **arrays)
        return NpzFile(tmp_path / "set.npz", limit, flatten, task).load(Stream(0))

    return load


def refused(load: Load, match: str, **arrays: Any) -> None:
    with pytest.raises(DataError, match=match) as raised:
        load(**arrays)
    assert "set.npz" in str(raised.value)


def test_x_and_y_are_split_three_ways(load: Load) -> None:
    data = load(x=X.reshape(40, 6), y=Y)
    assert (len(data.train), len(data.valid), len(data.test)) == (24, 8, 8)
    assert data.name == "set.npz"
    assert data.classes == ("0", "1")
    assert [column.name for column in data.preprocessing.columns] == ["x0", "x1", "x2", "x3", "x4", "x5"]
    assert data.notes == ("Classification: 'y' holds 2 labels ('0', '1').",)


def test_inputs_are_flattened_in_row_order_and_stay_with_their_targets(load: Load) -> None:
    data = load(x=X, y=X[:, 0, 0])
    assert data.task == "regression"
    rows = {target: row for row, target in zip(X.reshape(40, 6).astype(np.float32), X[:, 0, 0], strict=True)}
    for part in (data.train, data.valid, data.test):
        for row, target in zip(part.inputs, part.targets, strict=True):
            assert np.array_equal(rows[target], row)


def test_a_test_part_is_kept_as_it_is(load: Load) -> None:
    data = load(x_train=X, y_train=Y, x_test=X[:7], y_test=Y[:7, None], limit=20)
    assert (len(data.train), len(data.valid)) == (15, 5)
    assert np.array_equal(data.test.inputs, X[:7].reshape(7, 6).astype(np.float32))
    assert data.test.targets.tolist() == [0, 1, 0, 1, 0, 1, 0]


def test_a_regression_test_part_may_hold_whole_numbers(load: Load) -> None:
    data = load(x_train=X, y_train=X[:, 0, 0], x_test=X[:2], y_test=[3, 4])
    assert data.test.targets.tolist() == [3.0, 4.0]


@pytest.mark.parametrize("labels", [np.array(["no", "yes"]), np.array([b"no", b"yes"])], ids=["text", "bytes"])
def test_labels_may_be_words(load: Load, labels: Array) -> None:
    assert load(x=X, y=labels[Y]).classes == ("no", "yes")


def test_other_arrays_are_not_touched(load: Load) -> None:
    assert load(x=X, y=Y, more=np.array([{}], object)).classes == ("0", "1")


class Unpickled:
    """Reports if it is ever unpickled."""

    def __reduce__(self) -> tuple[Any, ...]:
        return (pytest.fail, ("unpickled",))


@pytest.mark.parametrize("key", ["x", "y"])
def test_arrays_of_objects_are_refused_and_never_unpickled(load: Load, key: str) -> None:
    arrays = {"x": X, "y": Y} | {key: np.array([[Unpickled()]] * 40, object)}
    refused(load, rf"{key} is an array of Python objects.*{key}\.astype\(str\)", **arrays)


@pytest.mark.parametrize(
    ("value", "what"), [(np.nan, "missing"), (np.inf, "infinite"), (1e300, r"1e\+300 is too large for float32")]
)
def test_a_bad_input_is_placed_and_counted(load: Load, value: float, what: str) -> None:
    x = X.copy()
    x[7, 1, 0] = x[9, 0, 0] = x[9, 0, 1] = value
    refused(load, rf"x, row 7 \(counted from 0\), column 'x3': .*{what}.* Such values: 3, in 2 rows", x=x, y=Y)


def test_a_bad_target_is_placed(load: Load) -> None:
    y = Y.astype(float)
    y[5] = np.nan
    refused(load, r"y, row 5 \(counted from 0\), column 'y': the value is missing", x=X, y=y)


def test_a_bad_value_in_the_test_part_is_placed(load: Load) -> None:
    x = X.copy()
    x[0, 0, 0] = np.nan
    refused(load, r"x_test, row 0", x_train=X, y_train=Y, x_test=x, y_test=Y)


@pytest.mark.parametrize(
    ("arrays", "match"),
    [
        ({"x": X}, r"needs the arrays x_train, y_train, x_test, y_test, or x, y\. It has 'x'"),
        ({}, "It has none"),
        ({"x": X, "y": Y[:39]}, "y has 39 targets for 40 rows of inputs"),
        ({"x": X, "y": np.eye(2)[Y]}, r"y has shape \(40, 2\).*y\.argmax\(axis=1\)"),
        ({"x": X, "y": np.array(3)}, r"y has shape \(\)"),
        ({"x": X[:, 0, 0], "y": Y}, r"x has shape \(40,\)"),
        ({"x": X[:0], "y": Y[:0]}, r"x has shape \(0, 2, 3\), so it holds nothing"),
        ({"x": X[:, :0], "y": Y}, r"x has shape \(40, 0, 3\), so it holds nothing"),
        ({"x": X.astype(str), "y": Y}, "x holds <U32. Give numbers"),
        ({"x": X + 0j, "y": Y}, "x holds complex128"),
        ({"x": X, "y": Y.astype("datetime64[s]")}, "y holds datetime64"),
        ({"x": X, "y": np.zeros(40)}, "every row has the label '0'"),
        ({"x": X, "y": [0] * 38 + [1] * 2}, r"classes have fewer than 3 rows: '1' \(2\)"),
        ({"x_train": X, "y_train": Y, "x_test": X[:, :1], "y_test": Y}, "rows of x_train have 6 numbers"),
        (
            {"x_train": X, "y_train": Y, "x_test": X, "y_test": Y + 1},
            "y_test holds labels that no training row has: '2'",
        ),
        ({"x_train": X, "y_train": X[:, 0, 0], "x_test": X, "y_test": Y.astype(str)}, "y_test holds words"),
    ],
)
def test_a_wrong_shape_or_type_or_key_is_named(load: Load, arrays: dict[str, Any], match: str) -> None:
    refused(load, match, **arrays)


IMAGES = RNG.integers(0, 256, (40, 6, 5, 3)).astype(np.uint8)


@pytest.mark.parametrize("images", [IMAGES, IMAGES[..., :1], IMAGES[..., 0]], ids=["colour", "grey", "flat"])
def test_bytes_with_a_height_and_a_width_are_images(load: Load, images: Array) -> None:
    data = load(x_train=images, y_train=Y, x_test=images[:7], y_test=Y[:7])
    expected = images.reshape(40, 6, 5, -1)
    assert isinstance(data.preprocessing, Pixels)
    assert (data.preprocessing.shape, data.train.inputs.dtype) == (expected.shape[1:], np.uint8)
    np.testing.assert_array_equal(data.test.inputs, expected[:7])
    train = data.train.inputs.astype(np.float64)
    np.testing.assert_allclose(data.preprocessing.mean, train.mean(axis=(0, 1, 2)), rtol=1e-12)
    np.testing.assert_allclose(data.preprocessing.scale, train.std(axis=(0, 1, 2)), rtol=1e-12)
    assert len(data.notes) == 1


def test_many_images_are_counted_in_pieces_without_loss() -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (40, 256, 256, 1)).astype(np.uint8)
    for rows in (np.arange(39), np.arange(16), np.arange(7)):
        found = Images(pixels).fitted(Parts(rows, rows, rows)).preprocessing
        np.testing.assert_allclose(found.mean, pixels[rows].mean(axis=(0, 1, 2)), rtol=1e-12)
        np.testing.assert_allclose(found.scale, pixels[rows].std(axis=(0, 1, 2)), rtol=1e-12)


def test_images_may_be_columns(load: Load) -> None:
    table, images = load(x=IMAGES, y=Y, flatten=True), load(x=IMAGES, y=Y)
    assert isinstance(table.preprocessing, Columns)
    np.testing.assert_array_equal(table.train.inputs, images.train.inputs.reshape(len(images.train), 90))
    assert table.notes == images.notes


@pytest.mark.parametrize("images", [IMAGES[:, :3], np.repeat(IMAGES, 2, axis=3)[..., :4]], ids=["small", "4 channels"])
def test_bytes_that_might_be_images_and_are_columns_are_told(load: Load, images: Array) -> None:
    data = load(x=images, y=Y)
    assert isinstance(data.preprocessing, Columns)
    assert data.notes[1].startswith(f"x holds uint8 of shape {images.shape}, whose numbers become columns. Images are")


def test_a_test_part_that_keeps_images_from_being_images_is_told(load: Load) -> None:
    data = load(x_train=IMAGES, y_train=Y, x_test=IMAGES / 255, y_test=Y)
    assert "x_test holds float64 of shape (40, 6, 5, 3), whose numbers become columns." in data.notes[1]


@pytest.mark.parametrize("images", [IMAGES.astype(np.int16), IMAGES / 255, IMAGES[..., 0] > 9])
def test_images_of_other_numbers_are_columns_and_told(load: Load, images: Array) -> None:
    data = load(x=images, y=Y)
    assert isinstance(data.preprocessing, Columns)
    assert data.notes[1].startswith(f"x holds {images.dtype} of shape {images.shape}, whose numbers become columns.")
    assert len(load(x=images, y=Y, flatten=True).notes) == len(load(x=images.reshape(40, -1), y=Y).notes) == 1


def test_whole_numbers_can_be_regressed(load: Load) -> None:
    whole, tested = (
        load(x=X, y=Y, task="regression"),
        load(x_train=X, y_train=Y, x_test=X, y_test=Y, task="regression"),
    )
    assert whole.task == tested.task == "regression"
    assert tested.test.targets.tolist() == Y.tolist()


def test_labels_of_the_test_part_are_not_cut(load: Load) -> None:
    refused(
        load, r"y_test holds labels that no training row has: '0\.7'", x_train=X, y_train=Y, x_test=X, y_test=Y * 0.7
    )


def test_numbers_that_float32_merges_are_told(load: Load) -> None:
    rows = X.reshape(40, 6).copy()
    rows[:, 4] = 1_700_000_000 + np.arange(40)
    told = "Numbers that differ are the same in float32, which keeps 7 digits: 'x4'."
    assert [note.startswith(told) for note in load(x=rows, y=Y).notes] == [False, True]
    assert load(x_train=X.reshape(40, 6), y_train=Y, x_test=rows, y_test=Y).notes[1].startswith(told)


def test_a_loss_of_few_values_is_not_worth_a_word(load: Load) -> None:
    x = np.column_stack([RNG.normal(size=5000), RNG.normal(1e6, 1e4, 5000)])
    assert len(load(x=x, y=np.arange(5000) % 2).notes) == 1


def zipped(members: dict[str, bytes]) -> bytes:
    with BytesIO() as file:
        with zipfile.ZipFile(file, "w") as archive:
            for name, content in members.items():
                archive.writestr(name, content)
        return file.getvalue()


def survive(folder: Path, count: int) -> int:
    """How many damaged files are refused; anything but a DataError comes out as an error of this test."""
    arrays: dict[str, bytes] = {}
    for key, array in (("x", IMAGES[:12]), ("y", Y[:12])):
        with BytesIO() as file:
            np.save(file, array)
            arrays[f"{key}.npy"] = file.getvalue()
    inside = (
        zipped({**arrays, "x.npy": content}) for content in mutants(arrays["x.npy"], count)
    )  # checksums are right
    read, path = 0, folder / "set.npz"
    for content in (*mutants(zipped(arrays), count), *inside):
        path.write_bytes(content)
        with suppress(DataError):
            NpzFile(path).load(Stream(0))
            read += 1
    return 2 * count - read


def test_damaged_images_give_clean_errors(tmp_path: Path) -> None:
    assert 150 < survive(tmp_path, 150) < 300


@pytest.mark.slow
def test_thousands_of_damaged_images_give_clean_errors(tmp_path: Path) -> None:
    assert survive(tmp_path, 3000) > 3000


def test_a_file_cut_short_is_damaged(load: Load, tmp_path: Path) -> None:
    load(x=X, y=Y)
    path = tmp_path / "set.npz"
    path.write_bytes(path.read_bytes()[:-200])
    with pytest.raises(DataError, match=r"set\.npz is damaged"):
        NpzFile(path).load(Stream(0))


@pytest.mark.parametrize("header", [b"{'descr': '<f8', (}", b"{'descr': 8, 'fortran_order': 0}", b"", b"\xff" * 9])
def test_an_array_with_a_nonsense_header_is_damaged(tmp_path: Path, header: bytes) -> None:
    with zipfile.ZipFile(tmp_path / "set.npz", "w") as archive:
        for key in ("x.npy", "y.npy"):
            archive.writestr(key, b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header)
    with pytest.raises(DataError, match=r"set\.npz is damaged"):
        NpzFile(tmp_path / "set.npz").load(Stream(0))


def test_a_member_that_is_no_array_is_named(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "set.npz", "w") as archive:
        archive.writestr("x", b"text")
        archive.writestr("y", b"text")
    with pytest.raises(DataError, match=r"set\.npz: x is no NumPy array"):
        NpzFile(tmp_path / "set.npz").load(Stream(0))


def test_a_flipped_byte_is_damage(load: Load, tmp_path: Path) -> None:
    load(x=X, y=Y)
    path = tmp_path / "set.npz"
    content = bytearray(path.read_bytes())
    content[500] ^= 255
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"set\.npz is damaged.*CRC"):
        NpzFile(path).load(Stream(0))
