"""Published image sets: pixels lie where their authors say, and files that are wrong are told."""

import gzip
import os
import pickle
import struct
import tarfile
import zipfile
from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from mutants import mutants

from nastoolkit.arrays import Array
from nastoolkit.datasets.image_forms import Pictures, read_batches, read_idx, read_npz
from nastoolkit.errors import DataError

NAMES = ("x_train", "y_train", "x_test", "y_test")
read_ten = read_batches(coarse=False)
read_hundred = read_batches(coarse=True)


def bytes_of(*shape: int) -> Array:
    return np.random.default_rng(len(shape)).integers(0, 256, shape, np.uint8)


def arrays(*shape: int) -> dict[str, Array]:
    """Five images to learn from and three for the test."""
    parts = (bytes_of(5, *shape), np.array([3, 1, 4, 1, 5]), bytes_of(3, *shape), np.array([9, 2, 6]))
    return dict(zip(NAMES, parts, strict=True))


def equal(found: Pictures, expected: Mapping[str, Array]) -> None:
    for name, array in zip(NAMES, found, strict=True):
        wanted = expected[name]
        assert array.dtype == (np.uint8 if name[0] == "x" else np.int64)
        assert array.shape == (wanted.shape if wanted.ndim in {1, 4} else (*wanted.shape, 1))
        assert array.tobytes() == wanted.astype(array.dtype).tobytes()


class Stranger:
    """Makes a folder where it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = str(path)

    def __reduce__(self) -> Any:
        return os.mkdir, (self.path,)


@pytest.mark.parametrize("shape", [(6, 4), (6, 4, 1), (6, 4, 3)])
def test_an_npz_gives_images_with_channels(shape: tuple[int, ...], tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", **arrays(*shape))
    equal(read_npz([tmp_path / "a.npz"]), arrays(*shape))


@pytest.mark.parametrize("kind", ["u1", "i1", "<u2", ">i4", "i8", "u8"])
def test_labels_may_be_whole_numbers_of_any_type_in_a_column(kind: str, tmp_path: Path) -> None:
    expected = arrays(6, 4)
    given = {name: array.astype(kind)[:, None] if name[0] == "y" else array for name, array in expected.items()}
    np.savez_compressed(tmp_path / "a.npz", **given)
    equal(read_npz([tmp_path / "a.npz"]), expected)


@pytest.mark.parametrize("missing", [("y_test",), ("x_train",), ("y_train", "x_test"), NAMES])
def test_arrays_that_an_npz_lacks_are_named(missing: tuple[str, ...], tmp_path: Path) -> None:
    kept = {name: array for name, array in arrays(6, 4).items() if name not in missing}
    np.savez(tmp_path / "a.npz", other=bytes_of(1), **kept)
    with pytest.raises(DataError, match=rf"a\.npz lacks the arrays {', '.join(missing)}\. Get it again"):
        read_npz([tmp_path / "a.npz"])


WRONG: dict[str, tuple[Mapping[str, Array], str]] = {
    "shares": ({"x_train": np.zeros((5, 6, 4))}, r"images are float64 of shape \(5, 6, 4\); needed are bytes"),
    "whole numbers": ({"x_test": np.zeros((3, 6, 4), int)}, r"images are int64 of shape \(3, 6, 4\)"),
    "signed bytes": ({"x_test": np.zeros((3, 6, 4), np.int8)}, "images are int8"),
    "words": ({"x_train": np.full((5, 6, 4), "a")}, "images are <U1"),
    "rows": ({"x_train": bytes_of(5, 24)}, r"of shape \(5, 24\)"),
    "videos": ({"x_train": bytes_of(5, 2, 6, 4, 3)}, r"of shape \(5, 2, 6, 4, 3\)"),
    "one number": ({"x_train": bytes_of()}, r"of shape \(\)"),
    "no images": ({"x_test": bytes_of(0, 6, 4), "y_test": np.zeros(0, int)}, r"of shape \(0, 6, 4\)"),
    "no pixels": ({"x_test": bytes_of(3, 6, 0)}, r"of shape \(3, 6, 0\)"),
    "other sizes": ({"x_test": bytes_of(3, 4, 6)}, r"images are of \(6, 4, 1\) and \(4, 6, 1\)"),
    "colour and grey": ({"x_test": bytes_of(3, 6, 4, 3)}, r"images are of \(6, 4, 1\) and \(6, 4, 3\)"),
    "few labels": ({"y_train": np.arange(4)}, "5 images do not go with 4 labels"),
    "many labels": ({"y_test": np.arange(4)}, "3 images do not go with 4 labels"),
    "one label": ({"y_test": np.array(1)}, "3 images do not go with 1 labels"),
    "no labels": ({"y_test": np.zeros(0, int)}, "3 images do not go with 0 labels"),
    "one-hot labels": ({"y_test": np.eye(3, 10, dtype=int)}, "3 images do not go with 30 labels"),
    "shares for labels": ({"y_train": np.linspace(0, 1, 5)}, "5 images do not go with 5 labels"),
    "words for labels": ({"y_train": np.array(list("abcde"))}, "5 images do not go with 5 labels"),
    "truth for labels": ({"y_train": np.ones(5, bool)}, "5 images do not go with 5 labels"),
    "the parts' labels changed": ({"y_train": np.arange(3), "y_test": np.arange(5)}, "5 images .* 3 labels"),
}


@pytest.mark.parametrize("name", WRONG)
def test_arrays_that_are_no_images_with_labels_are_told(name: str, tmp_path: Path) -> None:
    odd, match = WRONG[name]
    np.savez(tmp_path / "a.npz", **{**arrays(6, 4), **odd})
    with pytest.raises(DataError, match=rf"a\.npz: .*{match}.* Get it again"):
        read_npz([tmp_path / "a.npz"])


@pytest.mark.parametrize("name", NAMES)
def test_arrays_of_objects_in_an_npz_are_refused_and_not_run(name: str, tmp_path: Path) -> None:
    objects = np.array([Stranger(tmp_path / "ran")] * 5, object)
    np.savez(tmp_path / "a.npz", **{**arrays(6, 4), name: objects})
    with pytest.raises(DataError, match=f"{name} is an array of Python objects"):
        read_npz([tmp_path / "a.npz"])
    assert not (tmp_path / "ran").exists()


def test_what_is_no_npz_is_told(tmp_path: Path) -> None:
    (tmp_path / "page.npz").write_text("<html>Not found</html>")
    (tmp_path / "empty.npz").touch()
    (tmp_path / "folder.npz").mkdir()
    for name, match in (("page", "it is text"), ("empty", "is empty"), ("folder", "a folder"), ("no", "no file")):
        with pytest.raises(DataError, match=match):
            read_npz([tmp_path / f"{name}.npz"])


def idx(array: Array, start: bytes = b"\0\0\x08") -> bytes:
    return start + struct.pack(f">B{array.ndim}I", array.ndim, *array.shape) + array.tobytes()


def idx_files(folder: Path, parts: Mapping[str, Array], *, zipped: bool = False) -> list[Path]:
    paths = [folder / f"{name}.gz" if zipped else folder / name for name in NAMES]
    for path, name in zip(paths, NAMES, strict=True):
        content = idx(parts[name].astype(np.uint8))
        path.write_bytes(gzip.compress(content, mtime=0) if zipped else content)
    return paths


@pytest.mark.parametrize("zipped", [False, True])
@pytest.mark.parametrize("shape", [(6, 4), (6, 4, 3)])
def test_idx_files_give_images_with_channels(shape: tuple[int, ...], zipped: bool, tmp_path: Path) -> None:  # noqa: FBT001 - parametrized
    equal(read_idx(idx_files(tmp_path, arrays(*shape), zipped=zipped)), arrays(*shape))


def test_an_idx_file_by_hand_has_rows_after_rows(tmp_path: Path) -> None:
    paths = idx_files(tmp_path, arrays(2, 3))
    paths[2].write_bytes(bytes.fromhex("00000803 00000003 00000002 00000003 000102101112") + bytes(12))
    assert read_idx(paths).test[0, :, :, 0].tolist() == [[0, 1, 2], [16, 17, 18]]


IDX: dict[str, tuple[int, bytes, str]] = {
    "empty": (0, b"", "x_train is damaged"),
    "a page": (0, b"<html>Not found</html>", "x_train is damaged"),
    "a number": (1, b"\0\0\x08\0\x05", "5 images do not go with 1 labels"),
    "only the start": (1, b"\0\0\x08\x01\0\0", "y_train is damaged"),
    "without its end": (2, idx(bytes_of(3, 6, 4))[:-1], "x_test is damaged"),
    "with more at its end": (2, idx(bytes_of(3, 6, 4)) + b"\0", "x_test is damaged"),
    "large": (3, b"\0\0\x08\x04" + b"\xff" * 16 + b"a", "y_test is damaged"),
    "too many axes": (3, b"\0\0\x08\xff" + b"\0\0\0\x01" * 255 + b"a", "y_test is damaged"),
    "of floats": (0, idx(bytes_of(5, 6, 4), b"\0\0\x0d"), "x_train does not begin as IDX files of bytes do"),
    "without zeros": (0, idx(bytes_of(5, 6, 4), b"\x01\0\x08"), "x_train does not begin as IDX files of bytes do"),
    "labels for images": (0, idx(bytes_of(5)), r"images are uint8 of shape \(5,\)"),
    "images for labels": (1, idx(bytes_of(5, 6, 4)), "5 images do not go with 120 labels"),
    "of other images": (2, idx(bytes_of(3, 4, 6)), r"images are of \(6, 4, 1\) and \(4, 6, 1\)"),
    "of more images": (2, idx(bytes_of(4, 6, 4)), "4 images do not go with 3 labels"),
    "of none": (2, idx(bytes_of(0, 6, 4)), "x_test is damaged|images are uint8 of shape"),
    "gzipped by another name": (2, gzip.compress(idx(bytes_of(3, 6, 4))), "x_test is damaged|does not begin"),
}


@pytest.mark.parametrize("name", IDX)
def test_idx_files_that_are_wrong_are_told(name: str, tmp_path: Path) -> None:
    place, content, match = IDX[name]
    paths = idx_files(tmp_path, arrays(6, 4))
    paths[place].write_bytes(content)
    with pytest.raises(DataError, match=rf"({match}).* Get it again"):
        read_idx(paths)


def test_idx_files_that_are_wrongly_zipped_are_told(tmp_path: Path) -> None:
    paths = idx_files(tmp_path, arrays(6, 4), zipped=True)
    whole = paths[2].read_bytes()
    flipped = whole[:-8] + bytes([whole[-8] ^ 1]) + whole[-7:]  # of the checksum
    for content in (idx(bytes_of(3, 6, 4)), whole[:-1], whole[:20], whole[:10], flipped, whole + b"more", b"\x1f"):
        paths[2].write_bytes(content)
        with pytest.raises(DataError, match=r"x_test\.gz is damaged: .* Get it again"):
            read_idx(paths)
    paths[2].write_bytes(whole)
    equal(read_idx(paths), arrays(6, 4))


def test_idx_files_that_are_not_there_are_told(tmp_path: Path) -> None:
    paths = idx_files(tmp_path, arrays(6, 4))
    for place in (tmp_path, tmp_path / "nowhere", tmp_path / "nowhere.gz"):
        with pytest.raises(DataError, match=f"{place.name}.* is damaged"):
            read_idx([*paths[:3], place])


TEN = (*(f"data_batch_{k}" for k in range(1, 6)), "test_batch")


def batch(first: int, count: int, **odd: object) -> dict[bytes, object]:
    """Rows of random pixels, and labels that count up."""
    found: dict[bytes, object] = {
        b"data": np.random.default_rng(first).integers(0, 256, (count, 3072), np.uint8),
        b"labels": list(range(first, first + count)),
        b"fine_labels": list(range(first, first + count)),
        b"coarse_labels": [0] * count,
        b"filenames": [b"a.png"] * count,
    }
    return found | {key.encode(): value for key, value in odd.items()}


def members() -> dict[str, bytes]:
    """CIFAR-10 of two images a batch."""
    return {name: pickle.dumps(batch(2 * k, 2), 2) for k, name in enumerate(TEN)}


def write_folder(folder: Path, files: Mapping[str, bytes]) -> Path:
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


def write_tar(path: Path, files: Mapping[str, bytes], mode: str = "w:gz", folder: str = "cifar/") -> Path:
    with tarfile.open(path, mode) as tar:  # type: ignore[call-overload]
        for name, content in files.items():
            entry = tarfile.TarInfo(folder + name)
            entry.size = len(content)
            tar.addfile(entry, BytesIO(content))
    return path


def check_ten(found: Pictures) -> None:
    """Every pixel by the rule of CIFAR's authors: 1,024 red ones in rows of 32, then green, then blue."""
    assert (found.train_labels.tolist(), found.test_labels.tolist()) == ([*range(10)], [10, 11])
    rows: list[Any] = [batch(2 * k, 2)[b"data"] for k in range(6)]
    flat = np.concatenate(rows)
    for image, row in zip([*found.train, *found.test], flat, strict=True):
        assert (image.shape, image.dtype) == ((32, 32, 3), np.uint8)
        for y, x, channel in ((0, 0, 0), (0, 1, 0), (1, 0, 1), (7, 30, 2), (31, 31, 2)):
            assert image[y, x, channel] == row[1024 * channel + 32 * y + x]
        assert [image[..., channel].tobytes() for channel in range(3)] == [
            row[start : start + 1024].tobytes() for start in (0, 1024, 2048)
        ]


@pytest.mark.parametrize("protocol", range(5))
def test_a_folder_of_batches_has_its_pixels_in_place(protocol: int, tmp_path: Path) -> None:
    files = {name: pickle.dumps(batch(2 * k, 2), protocol) for k, name in enumerate(TEN)}
    check_ten(read_ten([write_folder(tmp_path / "cifar", files)]))


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
@pytest.mark.parametrize("folder", ["", "cifar/", "./a/b/"])
def test_a_tar_of_batches_is_read_and_not_unpacked(mode: str, folder: str, tmp_path: Path) -> None:
    files = {"readme.html": b"<html>", **dict(reversed(members().items()))}
    path = write_tar(tmp_path / "a.tar", files, mode, folder)
    check_ten(read_ten([path]))
    assert list(tmp_path.rglob("*")) == [path]


def test_of_the_hundred_the_fine_labels_are_read(tmp_path: Path) -> None:
    files = {"train": pickle.dumps(batch(40, 3), 2), "test": pickle.dumps(batch(90, 2), 2), "meta": b"odd"}
    for path in (write_folder(tmp_path / "a", files), write_tar(tmp_path / "a.tar.gz", files)):
        found = read_hundred([path])
        assert (found.train_labels.tolist(), found.test_labels.tolist()) == ([40, 41, 42], [90, 91])
        assert found.test.shape == (2, 32, 32, 3)


@pytest.mark.parametrize("name", TEN)
def test_batches_that_are_missing_are_named(name: str, tmp_path: Path) -> None:
    files = {other: content for other, content in members().items() if other != name}
    with pytest.raises(DataError, match=rf"a\.tar\.gz has no file '{name}'\. Get it again"):
        read_ten([write_tar(tmp_path / "a.tar.gz", files)])
    with pytest.raises(DataError, match=rf"a is damaged: .*{name}.* Get it again"):
        read_ten([write_folder(tmp_path / "a", files)])
    (tmp_path / "a" / name).mkdir()
    with pytest.raises(DataError, match=rf"a is damaged: .*{name}.* Get it again"):
        read_ten([tmp_path / "a"])


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.FIFOTYPE])
def test_links_and_folders_in_a_tar_are_no_batches(kind: bytes, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(members()["test_batch"])
    path = write_tar(tmp_path / "a.tar", {name: members()[name] for name in TEN[:5]}, "w")
    with tarfile.open(path, "a") as tar:
        entry = tarfile.TarInfo("test_batch")
        entry.type, entry.linkname = kind, str(secret)
        tar.addfile(entry)
    with pytest.raises(DataError, match="has no file 'test_batch'"):
        read_ten([path])


def test_names_in_a_tar_lead_nowhere(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    files = {f"../{name}": content for name, content in members().items()} | {"../../evil": b"evil"}
    path = write_tar(tmp_path / "inner" / "a.tar", files, "w", "../")
    check_ten(read_ten([path]))
    assert sorted(tmp_path.rglob("*")) == [tmp_path / "inner", path]


SHORT = np.zeros((1, 3072), np.uint8)

BATCHES: dict[str, tuple[object, str]] = {
    "a list": ([1], "has no rows of 3072 bytes"),
    "nothing": (None, "has no rows of 3072 bytes"),
    "no data": ({b"labels": [1]}, "has no rows of 3072 bytes"),
    "keys of text": ({"data": SHORT, "labels": [1]}, "has no rows of 3072 bytes"),
    "rows as bytes": (batch(0, 1, data=bytes(3072)), "has no rows of 3072 bytes"),
    "rows in a list": (batch(0, 1, data=[[0] * 3072]), "has no rows of 3072 bytes"),
    "short rows": (batch(0, 1, data=SHORT[:, 1:]), "has no rows of 3072 bytes"),
    "one row": (batch(0, 1, data=SHORT[0]), "has no rows of 3072 bytes"),
    "images": (batch(0, 1, data=SHORT.reshape(1, 32, 32, 3)), "has no rows of 3072 bytes"),
    "shares": (batch(0, 1, data=SHORT / 255), "has no rows of 3072 bytes"),
    "signed": (batch(0, 1, data=SHORT.astype(np.int8)), "has no rows of 3072 bytes"),
    "one number": (batch(0, 1, data=np.array(1, np.uint8)), "has no rows of 3072 bytes"),
    "objects": (batch(0, 1, data=np.array([1, "a"], object)), "has no rows of 3072 bytes"),
    "no labels": ({b"data": SHORT}, "has no list of labels"),
    "labels in an array": (batch(0, 1, labels=np.array([1])), "has no list of labels"),
    "labels in a tuple": (batch(0, 1, labels=(1,)), "has no list of labels"),
    "shares for labels": (batch(0, 1, labels=[0.5]), "has no list of labels"),
    "truth for labels": (batch(0, 1, labels=[True]), "has no list of labels"),
    "words for labels": (batch(0, 1, labels=[b"cat"]), "has no list of labels"),
    "lists of labels": (batch(0, 1, labels=[[1]]), "has no list of labels"),
}


@pytest.mark.parametrize("name", BATCHES)
def test_batches_that_hold_something_else_are_named(name: str, tmp_path: Path) -> None:
    value, match = BATCHES[name]
    files = members() | {"data_batch_4": pickle.dumps(value, 2)}
    for path in (write_folder(tmp_path / "a", files), write_tar(tmp_path / "a.tar.gz", files)):
        with pytest.raises(DataError, match=rf"{path.name}, data_batch_4 {match}\. Get it again"):
            read_ten([path])


@pytest.mark.parametrize(("images", "labels"), [(2, 3), (3, 2), (2, 0)])
def test_batches_with_too_few_labels_are_told(images: int, labels: int, tmp_path: Path) -> None:
    odd = batch(0, images, labels=[1] * labels)
    with pytest.raises(DataError, match=f"a: {images} images do not go with {labels} labels"):
        read_ten([write_folder(tmp_path / "a", members() | {"test_batch": pickle.dumps(odd, 2)})])


def test_batches_without_images_are_told(tmp_path: Path) -> None:
    empty = pickle.dumps(batch(0, 0), 4)
    with pytest.raises(DataError, match=r"images are uint8 of shape \(0, 32, 32, 3\)"):
        read_hundred([write_folder(tmp_path / "a", {"train": pickle.dumps(batch(0, 1)), "test": empty})])


def test_labels_that_are_too_large_are_told(tmp_path: Path) -> None:
    odd = pickle.dumps(batch(0, 1, labels=[2**64]), 2)
    with pytest.raises(DataError, match="has no list of labels"):
        read_ten([write_folder(tmp_path / "a", members() | {"test_batch": odd})])


@pytest.mark.parametrize("name", TEN)
def test_batches_are_not_run(name: str, tmp_path: Path) -> None:
    files = members() | {name: pickle.dumps(batch(0, 1, labels=[Stranger(tmp_path / "ran")]), 2)}
    for path in (write_folder(tmp_path / "a", files), write_tar(tmp_path / "a.tar.gz", files)):
        with pytest.raises(DataError, match=rf"{path.name}, {name} is not read: .*mkdir.* Nothing in it was run"):
            read_ten([path])
    assert not (tmp_path / "ran").exists()
    pickle.loads(files[name])  # noqa: S301 - made here: it does run elsewhere
    assert (tmp_path / "ran").exists()


def test_what_is_no_tar_is_told(tmp_path: Path) -> None:
    whole = write_tar(tmp_path / "a.tar.gz", members()).read_bytes()
    for content in (
        b"",
        b"<html>Not found</html>",
        bytes(10_240),
        whole[:100],
        whole[: len(whole) // 2],
        gzip.compress(b"words"),
    ):
        (tmp_path / "a.tar.gz").write_bytes(content)
        with pytest.raises(DataError, match=r"a\.tar\.gz (is damaged: |has no file 'data_batch_1')"):
            read_ten([tmp_path / "a.tar.gz"])
    with pytest.raises(DataError, match=r"none\.tar\.gz is damaged: .*No such file"):
        read_ten([tmp_path / "none.tar.gz"])


def test_a_tar_whose_checksum_is_wrong_is_refused(tmp_path: Path) -> None:
    path = write_tar(tmp_path / "a.tar.gz", members())
    content = bytearray(path.read_bytes())
    content[-8] ^= 1
    path.write_bytes(content)
    with pytest.raises(DataError, match="is damaged"):
        read_ten([path])


def header(size: int, kind: bytes = tarfile.REGTYPE) -> bytes:
    """Of a member of a tar that says it has ``size`` bytes, by GNU's way of writing large numbers."""
    entry = tarfile.TarInfo("test_batch")
    entry.type = kind
    content = bytearray(entry.tobuf(tarfile.GNU_FORMAT))
    content[124:136] = bytes([0x80]) + size.to_bytes(11, "big")
    content[148:156] = b" " * 8
    content[148:156] = f"{sum(content):06o}\0 ".encode()
    return bytes(content)


@pytest.mark.parametrize("power", [31, 40, 62, 63, 70, 80])
def test_members_that_claim_to_be_huge_are_refused(power: int, tmp_path: Path) -> None:
    (tmp_path / "a.tar").write_bytes(header(2**power) + bytes(1024))
    with pytest.raises(DataError, match="is damaged"):
        read_ten([tmp_path / "a.tar"])


@pytest.mark.parametrize(
    "content",
    [header(2**70, tarfile.GNUTYPE_LONGNAME), header(2**62, tarfile.XHDTYPE), header(0, tarfile.XGLTYPE) * 3000],
    ids=["long name", "extended header", "headers on headers"],
)
def test_headers_of_tars_that_are_wrong_are_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.tar").write_bytes(content + bytes(1024))
    with pytest.raises(DataError, match="is damaged"):
        read_ten([tmp_path / "a.tar"])


def test_a_tar_that_is_damaged_inside_of_xz_is_refused(tmp_path: Path) -> None:
    path = write_tar(tmp_path / "a.tar.xz", members(), "w:xz")
    content = bytearray(path.read_bytes())
    half = len(content) // 2
    content[half : half + 100] = bytes(100)
    path.write_bytes(content)
    with pytest.raises(DataError, match="is damaged"):
        read_ten([path])


def zipped_again(path: Path, name: str, content: bytes) -> None:
    """Put other bytes into an npz, with a checksum that holds."""
    with zipfile.ZipFile(path) as archive:
        files = {one: archive.read(one) for one in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for one, whole in (files | {name: content}).items():
            archive.writestr(one, whole)


def damaged_npz(folder: Path, name: str) -> tuple[bytes, Callable[[bytes], object]]:
    np.savez(folder / "a.npz", **arrays(6, 4))
    with zipfile.ZipFile(folder / "a.npz") as archive:
        whole = archive.read(f"{name}.npy")

    def read(content: bytes) -> object:
        zipped_again(folder / "a.npz", f"{name}.npy", content)
        return read_npz([folder / "a.npz"])

    return whole, read


def damaged_idx(folder: Path) -> tuple[bytes, Callable[[bytes], object]]:
    paths = idx_files(folder, arrays(6, 4), zipped=True)

    def read(content: bytes) -> object:
        paths[2].write_bytes(gzip.compress(content, 1))
        return read_idx(paths)

    return idx(arrays(6, 4)["x_test"]), read


def damaged_tar(folder: Path) -> tuple[bytes, Callable[[bytes], object]]:
    files = {"train": pickle.dumps(batch(0, 1), 2), "test": pickle.dumps(batch(1, 1), 2)}
    whole = write_tar(folder / "a.tar", files, "w").read_bytes()

    def read(content: bytes) -> object:
        (folder / "a.tar").write_bytes(content)
        return read_hundred([folder / "a.tar"])

    return whole, read


def damaged_batch(folder: Path) -> tuple[bytes, Callable[[bytes], object]]:
    files = {"train": pickle.dumps(batch(0, 1), 2)}

    def read(content: bytes) -> object:
        return read_hundred([write_tar(folder / "a.tar", files | {"test": content}, "w")])

    return pickle.dumps(batch(1, 1), 2), read


INSIDE: dict[str, Callable[[Path], tuple[bytes, Callable[[bytes], object]]]] = {
    "images in npz": lambda folder: damaged_npz(folder, "x_test"),
    "labels in npz": lambda folder: damaged_npz(folder, "y_train"),
    "idx in gz": damaged_idx,
    "tar": damaged_tar,
    "batch in tar": damaged_batch,
}


def refusals(folder: Path, name: str, count: int) -> int:
    """How many of so many files with damage behind a checksum are refused; anything but a clean error comes out."""
    whole, read = INSIDE[name](folder)
    read(whole)
    found = 0
    for content in mutants(whole, count):
        try:
            read(content)
        except DataError:
            found += 1
    return found


@pytest.mark.filterwarnings("ignore:Reading `.npy`:UserWarning")  # NumPy says that Python 2 wrote a damaged header
@pytest.mark.parametrize("name", INSIDE)
def test_damage_behind_a_checksum_gives_clean_errors(name: str, tmp_path: Path) -> None:
    assert refusals(tmp_path, name, 100) > 20


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:Reading `.npy`:UserWarning")
@pytest.mark.parametrize("name", INSIDE)
def test_thousands_damaged_behind_a_checksum_give_clean_errors(name: str, tmp_path: Path) -> None:
    assert refusals(tmp_path, name, 3000) > 600
