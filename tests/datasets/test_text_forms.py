"""Text sets of Keras: lists of ranks come back as numbers, their words with them, and nothing else is taken."""

import json
import os
import pickle
import struct
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mutants import mutants
from numpy.lib import format as npy

from nastoolkit.arrays import Array
from nastoolkit.datasets.text_forms import read_ranks, read_words
from nastoolkit.datasets.tokens import FIRST_WORD, UNKNOWN
from nastoolkit.errors import DataError

LISTS: dict[str, list[list[int]]] = {
    "of many lengths": [[1, 14, 20, 47], [5], [7, 7, 300]],
    "of one length": [[1, 2], [3, 4], [5, 6]],
    "of one word": [[1], [2]],
    "as many as words": [[1, 2], [3, 4]],
    "one text": [[9, 8, 7]],
    "empty": [[], [1], []],
    "all empty": [[], []],
    "large": [[0, 255, 256, 65_535, 65_536, 2**31 - 4]],
}


def objects(values: list[Any]) -> Array:
    found = np.empty(len(values), object)
    for k, value in enumerate(values):
        found[k] = value
    return found


def check(found: list[Array], lists: list[list[int]]) -> None:
    """Keras' rule: a rank and 3."""
    assert [text.tolist() for text in found] == [[rank + 3 for rank in text] for text in lists]
    assert all((text.dtype, text.ndim) == (np.int32, 1) for text in found)


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
@pytest.mark.parametrize("name", LISTS)
def test_arrays_of_lists_come_back_as_numbers(name: str, save: Callable[..., None], tmp_path: Path) -> None:
    save(tmp_path / "a.npz", x=objects(LISTS[name]))
    (found,) = read_ranks(tmp_path / "a.npz", ["x"])
    check(found, LISTS[name])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """For tests of many examples."""
    return tmp_path_factory.mktemp("examples")


@given(lists=st.lists(st.lists(st.integers(0, 2**31 - 4), max_size=5), min_size=1, max_size=5))
@settings(max_examples=40)
def test_any_lists_come_back_as_numbers(lists: list[list[int]], folder: Path) -> None:
    check(read(folder, npy_of(pickle.dumps(objects(lists)))), lists)


HEADER = "{'descr': '|O', 'fortran_order': False, 'shape': (2,), }"


def npy_of(pickled: bytes, header: str = HEADER) -> bytes:
    """A file of NumPy's first version, whatever its header says."""
    line = header.encode("latin1")
    line += b" " * (-(len(line) + 11) % 64) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(line)) + line + pickled


def npz_of(content: bytes, method: int = zipfile.ZIP_STORED) -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        archive.writestr("x.npy", content)
    return file.getvalue()


def read(folder: Path, content: bytes) -> list[Array]:
    """Texts of an npz whose only member is this."""
    (folder / "a.npz").write_bytes(npz_of(content))
    (found,) = read_ranks(folder / "a.npz", ["x"])
    return found


@pytest.mark.parametrize("protocol", range(6))
@pytest.mark.parametrize("name", LISTS)
def test_every_protocol_of_pickles_is_read(name: str, protocol: int, tmp_path: Path) -> None:
    check(read(tmp_path, npy_of(pickle.dumps(objects(LISTS[name]), protocol))), LISTS[name])


def test_pickles_of_older_numpy_are_read(tmp_path: Path) -> None:
    new, old = b"cnumpy._core.multiarray\n", b"cnumpy.core.multiarray\n"
    pickled = pickle.dumps(objects([[1, 2], [3]]), 2)
    assert (new in pickled) != (old in pickled)
    for name in (new, old):
        check(read(tmp_path, npy_of(pickled.replace(new, name).replace(old, name))), [[1, 2], [3]])


@pytest.mark.parametrize("version", [(1, 0), (2, 0), (3, 0)])
@pytest.mark.filterwarnings("ignore:Stored array in format:UserWarning")  # NumPy says that old ones cannot read it
def test_every_version_of_numpys_files_is_read(version: tuple[int, int], tmp_path: Path) -> None:
    file = BytesIO()
    npy.write_array(file, objects([[1, 2], [3]]), version)
    check(read(tmp_path, file.getvalue()), [[1, 2], [3]])


def test_arrays_come_in_the_order_asked_for_and_others_are_not_touched(tmp_path: Path) -> None:
    parts = {"x_train": objects([[1], [2, 3]]), "x_test": objects([[4]]), "y": objects([Stranger(tmp_path / "ran")])}
    np.savez(tmp_path / "a.npz", **parts)
    test, train = read_ranks(tmp_path / "a.npz", ["x_test", "x_train"])
    check(test, [[4]])
    check(train, [[1], [2, 3]])
    assert not (tmp_path / "ran").exists()


class Stranger:
    """Makes a folder where it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = str(path)

    def __reduce__(self) -> Any:
        return os.mkdir, (self.path,)


@pytest.mark.parametrize("place", ["a text", "a rank", "the array"])
@pytest.mark.parametrize("protocol", range(6))
def test_arrays_are_not_run(place: str, protocol: int, tmp_path: Path) -> None:
    stranger = Stranger(tmp_path / "ran")
    value = {"a text": objects([[1], stranger]), "a rank": objects([[1, stranger]]), "the array": stranger}[place]
    pickled = pickle.dumps(value, protocol)
    with pytest.raises(DataError, match=r"a\.npz, x is not read: .*mkdir.* Nothing in it was run"):
        read(tmp_path, npy_of(pickled))
    assert not (tmp_path / "ran").exists()
    pickle.loads(pickled)  # noqa: S301 - made here: it does run elsewhere
    assert (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    "odd",
    [None, "words", b"words", 2.5, (1, 2), {1: 2}, [1, None], [1, "2"], [1.0], [[1]], [b"\x01"], [2**63], [-(2**64)]],
    ids=repr,
)
def test_texts_that_are_no_lists_of_ranks_are_told(odd: object, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"a\.npz: x holds something else than lists of ranks: .* Get it again"):
        read(tmp_path, npy_of(pickle.dumps(objects([[1], odd, [2]]))))


def test_ranks_outside_of_lists_are_told(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="x holds something else than lists of ranks"):
        read(tmp_path, npy_of(pickle.dumps(objects([[1], 5, [2]]))))


@pytest.mark.parametrize("rank", [-1, 2**31 - 3, 2**31, 2**32 + 1, 2**63 - 1, -(2**63)])
def test_ranks_that_no_number_has_are_told(rank: int, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=rf"a\.npz: x has the rank .*{rank}.* Get it again"):
        read(tmp_path, npy_of(pickle.dumps(objects([[1, 2], [3, rank]]))))


@pytest.mark.parametrize(
    "value",
    [None, 5, "words", [[1], [2]], ([1],), {b"x": objects([[1]])}, objects([]), np.array([], object)],
    ids=["nothing", "number", "text", "list", "tuple", "dictionary", "no texts", "empty"],
)
def test_what_is_no_array_of_lists_is_told(value: object, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"a\.npz: x is no array of lists\. Get it again"):
        read(tmp_path, npy_of(pickle.dumps(value)))


def test_an_array_of_one_number_is_told(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="x is no array of lists"):
        read(tmp_path, npy_of(pickle.dumps(np.array(5), 2)))


def test_one_list_again_and_again_does_not_fill_the_memory(tmp_path: Path) -> None:
    one = list(range(10_000))
    content = npy_of(pickle.dumps(objects([one] * 20_000)))
    assert len(content) < 200_000
    with pytest.raises(DataError, match="in two places"):
        read(tmp_path, content)


def test_arrays_that_hold_no_objects_are_refused(tmp_path: Path) -> None:
    for array in (np.arange(6), np.eye(2), np.array(["a", "b"]), np.zeros(0)):
        np.savez(tmp_path / "a.npz", x=array)
        with pytest.raises(DataError, match=r"a\.npz, x is not read"):
            read_ranks(tmp_path / "a.npz", ["x"])


def test_an_array_that_is_missing_is_named(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", x=objects([[1]]), y=np.arange(1))
    with pytest.raises(DataError, match=r"a\.npz is damaged, or lacks the array 'x_train': .* Get it again"):
        read_ranks(tmp_path / "a.npz", ["x", "x_train"])


def test_what_is_no_npz_is_told(tmp_path: Path) -> None:
    (tmp_path / "page.npz").write_text("<html>Not found</html>")
    (tmp_path / "empty.npz").touch()
    (tmp_path / "folder.npz").mkdir()
    (tmp_path / "array.npz").write_bytes(npy_of(pickle.dumps(objects([[1]]))))
    (tmp_path / "start.npz").write_bytes(npz_of(b"")[:30])
    matches = {
        "page": "it is text",
        "empty": "is empty",
        "folder": "a folder",
        "none": "There is no file",
        "array": "a single NumPy array",
        "start": "start.npz is damaged",
    }
    for name, match in matches.items():
        with pytest.raises(DataError, match=match):
            read_ranks(tmp_path / f"{name}.npz", ["x"])


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x93NUMPY",
        b"\x93NUMPY\x04\x00" + bytes(64),
        b"\x93NUMPY\x01\x00\xff\xff{}",
        b"\x93NUMPY\x02\x00\xff\xff\xff\x7f{}",
        b"words and words and words",
        npy_of(b""),
        npy_of(b"", "1"),
        npy_of(b"N.", "{}"),
        npy_of(b"N.", "{**1}"),
        npy_of(b"N.", "\0"),
        npy_of(b"N.", "{'descr': 'odd', 'fortran_order': False, 'shape': (2,)}"),
        npy_of(b"N.", "{'descr': '|O', 'fortran_order': False, 'shape': 'odd'}"),
        npy_of(b"N.", "{'descr': '|O', 'fortran_order': 2, 'shape': (2,)}"),
        npy_of(b"N.", "[" * 20_000),
        npy_of(b"N.", " " * 20_000),
    ],
    ids=range(16),
)
def test_headers_that_are_wrong_are_refused(content: bytes, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"a\.npz(, x is not read| is damaged, or lacks the array 'x')"):
        read(tmp_path, content)


@pytest.mark.parametrize(
    "header",
    [
        "{1: 2, 'a': 3}",
        "{[]: 1}",
        "{'descr': (",
        "'''",
        "{'descr': ((),), 'fortran_order': False, 'shape': (2,), }",
    ],
)
def test_headers_that_are_no_dictionaries_of_the_right_kind_are_refused(header: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"a\.npz is damaged"):
        read(tmp_path, npy_of(pickle.dumps(objects([[1]])), header))


def test_members_that_are_encrypted_or_of_a_method_unknown_are_refused(tmp_path: Path) -> None:
    whole = npz_of(npy_of(pickle.dumps(objects([[1]]))))
    middle = whole.rindex(b"PK\x01\x02")
    for place, value in ((6, 1), (8, 99), (8, 20)):
        content = bytearray(whole)
        content[place] = content[middle + place + 2] = value
        (tmp_path / "a.npz").write_bytes(content)
        with pytest.raises(DataError, match=r"a\.npz is damaged"):
            read_ranks(tmp_path / "a.npz", ["x"])


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_members_that_are_damaged_are_refused(method: int, tmp_path: Path) -> None:
    lists = np.random.default_rng(0).integers(0, 2**30, (40, 20)).tolist()
    content = bytearray(npz_of(npy_of(pickle.dumps(objects(lists))), method))
    (tmp_path / "a.npz").write_bytes(content)
    check(read_ranks(tmp_path / "a.npz", ["x"])[0], lists)
    half = len(content) // 2
    content[half : half + 20] = b"\xff" * 20
    (tmp_path / "a.npz").write_bytes(content)
    assert error_of(tmp_path / "a.npz").startswith(f"DataError: {tmp_path / 'a.npz'} is damaged")


def error_of(path: Path) -> str:
    """What is raised, without its traceback, which would keep files open."""
    try:
        read_ranks(path, ["x"])
    except Exception as error:  # noqa: BLE001 - of any class
        return f"{type(error).__name__}: {error}"
    return ""


def words_of(folder: Path, content: str | bytes) -> tuple[str, ...]:
    path = folder / "words.json"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_words(path)


def test_words_are_those_of_the_numbers(tmp_path: Path) -> None:
    ranks = {"film": 3, "the": 1, "d\u00e9j\u00e0": 4, "a": 2}
    found = words_of(tmp_path, json.dumps(ranks))
    assert found == ("", "the", "a", "film", "d\u00e9j\u00e0")
    assert {word: found[rank + 3 - FIRST_WORD] for word, rank in ranks.items()} == {word: word for word in ranks}
    assert FIRST_WORD == UNKNOWN + 1


def test_texts_and_words_fit_together(tmp_path: Path) -> None:
    sentences = [["the", "film", "is", "good"], ["good", "good"], ["is", "it"]]
    ranks = {"good": 1, "is": 2, "film": 3, "it": 4, "the": 5}
    (text, *more) = read(tmp_path, npy_of(pickle.dumps(objects([[ranks[word] for word in one] for one in sentences]))))
    words = words_of(tmp_path, json.dumps(ranks))
    assert [[words[number - FIRST_WORD] for number in one] for one in (text, *more)] == sentences


@given(words=st.lists(st.text(max_size=5), unique=True, max_size=8))
@settings(max_examples=40)
def test_any_words_come_back_by_rank(words: list[str], folder: Path) -> None:
    document = {word: rank for rank, word in reversed([*enumerate(words, 1)])}
    assert words_of(folder, json.dumps(document)) == ("", *words)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "words",
        "null",
        "5",
        '"the"',
        "[1]",
        '["the"]',
        '{"a": 1,',
        '{"a": null}',
        '{"a": [1]}',
        '{"a": {}}',
        '{"a": "one"}',
        '{"a": NaN}',
        '{"a": 0}',
        '{"a": -1}',
        '{"a": 2}',
        '{"a": 0, "b": 1}',
        '{"a": 1, "b": 3}',
        '{"a": 1, "b": 1000000000000}',
        f'{{"a": {"9" * 5000}}}',
        "[" * 100_000,
        '{"a":' * 100_000,
        '{"a": 1}'.encode("utf-16"),
        b'\xef\xbb\xbf{"a": 1}',
        b'{"\xff": 1}',
        b"\x80\x04N.",
        bytes(100),
    ],
    ids=range(27),
)
def test_what_is_no_index_of_words_is_told(content: str | bytes, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"words\.json is no index of words: .*Get it again, or take it away"):
        words_of(tmp_path, content)


@pytest.mark.parametrize("rank", ["Infinity", "-Infinity", "1e999"])
def test_infinite_ranks_are_told(rank: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="is no index of words"):
        words_of(tmp_path, f'{{"a": {rank}}}')


@pytest.mark.parametrize("content", ['{"a": 1, "b": 1}', '{"a": 1.5}', '{"a": 1, "b": 2, "c": 2}'])
def test_ranks_of_two_words_and_broken_ones_are_told(content: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="is no index of words"):
        words_of(tmp_path, content)


def test_an_index_of_words_that_is_not_there_is_told(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none.json"):
        with pytest.raises(DataError, match=rf"{path.name} is no index of words"):
            read_words(path)


def refusals(folder: Path, name: str, count: int) -> int:
    """How many of so many damaged files are refused; anything but a clean error comes out."""
    member = npy_of(pickle.dumps(objects([[1, 14, 300], [5], [70_000, 2]])))
    whole, reader = {
        "pickle": (member[128:], lambda content: read(folder, member[:128] + content)),
        "npy": (member, lambda content: read(folder, content)),
        "words": (b'{"the": 1, "a": 2, "film": 3}', lambda content: words_of(folder, content)),
    }[name]
    reader(whole)
    found = 0
    for content in mutants(whole, count):
        try:
            reader(content)
        except DataError:
            found += 1
    return found


NPY = pytest.param(
    "npy",
    marks=pytest.mark.filterwarnings("ignore:Reading `.npy`:UserWarning"),  # NumPy: Python 2 wrote this header
)


@pytest.mark.parametrize("name", ["pickle", NPY, "words"])
def test_damage_behind_a_checksum_gives_clean_errors(name: str, tmp_path: Path) -> None:
    assert refusals(tmp_path, name, 150) > 20


@pytest.mark.slow
@pytest.mark.parametrize("name", ["pickle", NPY, "words"])
def test_thousands_damaged_behind_a_checksum_give_clean_errors(name: str, tmp_path: Path) -> None:
    assert refusals(tmp_path, name, 3000) > 400
