"""Pickles are read as data, and never run."""

import copyreg
import os
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from known_files import TESTED, images, texts, write_batches, write_idx, write_npz, write_tar
from mutants import mutants

from nastoolkit.datasets.image_forms import read_batches, read_idx, read_npz
from nastoolkit.datasets.text_forms import read_ranks, read_words
from nastoolkit.datasets.unpickle import unpickle
from nastoolkit.errors import DataError


class Payload:
    """What a stranger's file would like to call."""

    def __init__(self, function: Callable[..., object], *arguments: object) -> None:
        self.call = (function, arguments)

    def __reduce__(self) -> Any:
        return self.call


def marker(folder: Path) -> str:
    return f"touch {folder / 'ran'}"


PAYLOADS: dict[str, Callable[[Path], object]] = {
    "os.system": lambda folder: Payload(os.system, marker(folder)),
    "eval": lambda folder: Payload(eval, f"__import__('os').system({marker(folder)!r})"),
    "getattr": lambda _: Payload(getattr, "text", "upper"),
    "in a list": lambda folder: [1, Payload(os.system, marker(folder))],
    "in an array": lambda folder: np.array([[1], Payload(os.system, marker(folder))], object),
    "file": lambda folder: Payload(open, str(folder / "ran"), "w"),
    "an array by hand": lambda _: Payload(np.ndarray, (10**12,)),
    "a type of records": lambda _: np.zeros(3, [("a", "i4")]),
    "a date": lambda _: np.array(["2020-01-01"], "datetime64[D]"),
    "a class": lambda _: Path,
}


@pytest.mark.parametrize("name", PAYLOADS)
@pytest.mark.parametrize("protocol", [0, 2, 5])
def test_payloads_are_refused_and_not_run(name: str, protocol: int, tmp_path: Path) -> None:
    content = pickle.dumps(PAYLOADS[name](tmp_path), protocol)
    with pytest.raises(DataError, match="Nothing in it was run"):
        unpickle(content, "file")
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x80\x04.",
        b"cos\nsystem\n(S'true'\ntR.",
        b"cnumpy\nndarray\n((I1000000000000\ntt\x81.",
        b"\x80\x02\x82\xf0.",  # an extension code
        b"Pid\n.",  # a persistent id
        b"\x80\x04\x8e\xff\xff\xff\xff\xff\xff\xff\x7f.",  # bytes as many as there are numbers
        b"\x80\x04\x95\xff\xff\xff\xff\xff\xff\xff\x7f.",
    ],
)
def test_pickles_by_hand_are_refused(content: bytes) -> None:
    copyreg.add_extension("os", "system", 0xF0)
    try:
        with pytest.raises(DataError):
            unpickle(content, "file")
    finally:
        copyreg.remove_extension("os", "system", 0xF0)


@pytest.mark.parametrize("protocol", range(5))
@pytest.mark.parametrize(
    "array",
    [
        np.arange(12, dtype=np.uint8).reshape(3, 4),
        np.asfortranarray(np.arange(12.0).reshape(3, 4)),
        np.arange(3, dtype=">i4"),
        np.array([True, False]),
    ],
    ids=["bytes", "by columns", "big-endian", "truth"],
)
def test_arrays_come_back_equal(array: np.ndarray, protocol: int) -> None:
    found = unpickle(pickle.dumps({b"data": array, b"labels": [1, 2]}, protocol), "file")
    np.testing.assert_array_equal(found[b"data"], array)
    assert found[b"labels"] == [1, 2]


def test_arrays_of_lists_come_back_as_lists_also_of_one_length() -> None:
    for lists in ([[1, 2], [3]], [[1, 2], [3, 4]]):
        array = np.empty(2, object)
        array[:] = lists
        found = unpickle(pickle.dumps(array), "file")
        assert found.tolist() == lists


def write_everything(folder: Path) -> dict[str, tuple[Path, Callable[[], object]]]:
    """A file of every form, and what reads it."""
    pictures = images(10, (4, 4))
    write_npz(folder / "a.npz", pictures)
    write_idx(folder / "idx", pictures, zipped=False)
    write_idx(folder / "gz", pictures, zipped=True)
    write_batches(folder / "batches", images(10, (32, 32, 3)), coarse=False)
    write_tar(folder / "batches.tar.gz", folder / "batches")
    ranks, labels = texts(2, TESTED)
    np.savez(folder / "texts.npz", x=ranks, y=labels)
    (folder / "words.json").write_text('{"the": 1, "a": 2}')
    idx, gz = ([*sorted((folder / name).iterdir(), key=_order)] for name in ("idx", "gz"))
    return {
        "npz": (folder / "a.npz", lambda: read_npz([folder / "a.npz"])),
        "idx": (idx[0], lambda: read_idx(idx)),
        "idx.gz": (gz[1], lambda: read_idx(gz)),
        "pickle": (folder / "batches" / "data_batch_2", lambda: read_batches(False)([folder / "batches"])),  # noqa: FBT003 - of CIFAR-10
        "tar": (folder / "batches.tar.gz", lambda: read_batches(False)([folder / "batches.tar.gz"])),  # noqa: FBT003 - of CIFAR-10
        "texts": (folder / "texts.npz", lambda: read_ranks(folder / "texts.npz", ["x"])),
        "words": (folder / "words.json", lambda: read_words(folder / "words.json")),
    }


def _order(file: Path) -> int:
    names = ("train-images", "train-labels", "t10k-images", "t10k-labels")
    return next(k for k, name in enumerate(names) if file.name.startswith(name))


def refused(folder: Path, form: str, count: int) -> int:
    """How many of so many damaged files are refused; anything but a clean error comes out."""
    path, read = write_everything(folder)[form]
    read()
    whole, found = path.read_bytes(), 0
    for content in mutants(whole, count):
        path.write_bytes(content)
        try:
            read()
        except DataError:
            found += 1
    return found


FORMS = ("npz", "idx", "idx.gz", "pickle", "tar", "texts", "words")


@pytest.mark.parametrize("form", FORMS)
def test_damaged_files_give_clean_errors(form: str, tmp_path: Path) -> None:
    assert refused(tmp_path, form, 20 if form == "tar" else 150) > 5


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMS)
def test_thousands_of_damaged_files_give_clean_errors(form: str, tmp_path: Path) -> None:
    assert refused(tmp_path, form, 300 if form == "tar" else 3000) > 50


def test_texts_that_hold_no_lists_of_ranks_are_named(tmp_path: Path) -> None:
    for odd in ("words", 2.5, [1, "two"], [-1], [[1]], None):
        array = np.empty(3, object)
        array[:] = [[1], odd, [2]] if not isinstance(odd, list) else [[1], None, [2]]
        array[1] = odd
        np.savez(tmp_path / "texts.npz", x=array)
        with pytest.raises(DataError, match="x "):
            read_ranks(tmp_path / "texts.npz", ["x"])


@pytest.mark.parametrize("text", ["[1]", '{"a": 3}', '{"a": "x"}', "nothing", ""])
def test_what_is_no_index_of_words_is_named(text: str, tmp_path: Path) -> None:
    (tmp_path / "words.json").write_text(text)
    with pytest.raises(DataError, match="is no index of words"):
        read_words(tmp_path / "words.json")
