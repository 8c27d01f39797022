"""npz files that unpack to more than they seem to hold, and how often they are unpacked."""

import tracemalloc
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.lib import format as npy

from nastoolkit.datasets import checks
from nastoolkit.datasets.archive import open_archive
from nastoolkit.datasets.npz import NpzFile
from nastoolkit.errors import DataError
from nastoolkit.rng import Stream

Y = np.arange(40) % 2


def promising(path: Path, descr: str, shape: tuple[int, ...]) -> None:
    """Write a file whose ``x`` says that it has a type and shape, and has no data at all."""
    np.savez(path, y=Y)
    with zipfile.ZipFile(path, "a") as archive, archive.open("x.npy", "w") as member:
        npy.write_array_header_1_0(member, {"descr": descr, "fortran_order": False, "shape": shape})


@pytest.mark.parametrize(
    ("descr", "shape", "match"),
    [
        ("|u1", (40, 50_000_000), r"50,000,000 numbers a row\. At most 1,048,576 are read"),
        ("|u1", (2_000_000_000, 1), r"x would take 7\.5 GiB of memory; at most 4 are read"),
        ("<f8", (700_000_000, 1), r"x would take 5\.2 GiB"),
        ("|u1", (10**6, 100, 100), r"x would take 9\.3 GiB"),
        ("<U500000000", (40,), r"x holds <U500000000\. Give numbers"),
        ("<i8", (10**30, 10**30), r"numbers a row"),
    ],
)
def test_what_would_not_fit_is_refused_before_it_is_unpacked(
    tmp_path: Path, descr: str, shape: tuple[int, ...], match: str
) -> None:
    promising(tmp_path / "set.npz", descr, shape)
    with pytest.raises(DataError, match=rf"set\.npz: .*{match}"):
        NpzFile(tmp_path / "set.npz").load(Stream(0))


def test_targets_that_would_not_fit_are_refused_before_they_are_unpacked(tmp_path: Path) -> None:
    promising(tmp_path / "set.npz", "<U500000000", (40,))
    with (
        open_archive(tmp_path / "set.npz") as archive,
        pytest.raises(DataError, match=r"x would take 74\.5 GiB of memory"),
    ):
        archive.targets("x", 40)


def test_a_header_that_promises_too_much_is_damage(tmp_path: Path) -> None:
    promising(tmp_path / "set.npz", "<f8", (40, 1000))
    with pytest.raises(DataError, match=r"set\.npz is damaged"):
        NpzFile(tmp_path / "set.npz").load(Stream(0))


@pytest.mark.parametrize("dtype", [np.uint8, np.float64])
def test_every_array_is_unpacked_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dtype: type) -> None:
    x = np.random.default_rng(0).integers(0, 256, (40, 8, 8)).astype(dtype)
    np.savez(tmp_path / "set.npz", x_train=x, y_train=Y, x_test=x[:9], y_test=Y[:9])
    unpacked: Counter[tuple[int, ...]] = Counter()
    read = npy.read_array

    def counted(*args: Any, **options: Any) -> Any:
        array = read(*args, **options)
        unpacked[array.shape] += 1
        return array

    monkeypatch.setattr(npy, "read_array", counted)
    NpzFile(tmp_path / "set.npz").load(Stream(0))
    assert unpacked == {(40, 8, 8): 1, (40,): 1, (9, 8, 8): 1, (9,): 1}


def test_words_in_bytes_are_not_decoded_where_they_would_not_fit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    np.savez(tmp_path / "set.npz", y=np.array(["a" * 100, "b"], "S"))
    with open_archive(tmp_path / "set.npz") as opened:
        assert opened.targets("y", 2).tolist() == ["a" * 100, "b"]
        monkeypatch.setattr(checks, "MOST_BYTES", 1_999)
        with pytest.raises(DataError, match=r"set\.npz: y would take"):
            opened.targets("y", 2)


@pytest.mark.parametrize("version", [1, 2])
def test_a_header_is_not_read_before_it_is_known_to_be_short(tmp_path: Path, version: int) -> None:
    """NumPy's parser refuses it too, once it has all of it in memory twice."""
    length = {1: 10_001, 2: 20_000_000}[version]
    with (
        zipfile.ZipFile(tmp_path / "set.npz", "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("x.npy", "w") as file,
    ):
        file.write(npy.magic(version, 0) + length.to_bytes(2 * version, "little") + b" " * length)
    tracemalloc.start()
    with (
        open_archive(tmp_path / "set.npz") as opened,
        pytest.raises(DataError, match=f"the header of an array has {length:,} bytes"),
    ):
        opened.header("x")
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 1_000_000
