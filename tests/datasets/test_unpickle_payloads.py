"""Pickles of strangers: payloads that do run elsewhere, odd arrays, and every way in which NumPy writes real ones."""

import copyreg
import os
import pickle
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from mutants import mutants

from nastoolkit.arrays import Array
from nastoolkit.datasets import unpickle as module
from nastoolkit.datasets.unpickle import unpickle
from nastoolkit.errors import DataError


class Call:
    """A call that a pickle asks for; what it returns may be called in turn."""

    def __init__(self, function: Callable[..., object], *arguments: object) -> None:
        self.call = (function, arguments)

    def __reduce__(self) -> Any:
        return self.call

    def __call__(self) -> None:
        """Say to pickle that this can be called."""


def mkdir(path: str) -> Call:
    return Call(os.mkdir, path)


REDUCED: dict[str, Callable[[str], object]] = {
    "os.system": lambda path: Call(os.system, f"mkdir {path}"),
    "os.mkdir": mkdir,
    "eval": lambda path: Call(eval, f"__import__('os').mkdir({path!r})"),
    "exec": lambda path: Call(exec, f"import os; os.mkdir({path!r})"),
    "getattr of an import": lambda path: Call(Call(getattr, Call(__import__, "os"), "mkdir"), path),
    "map": lambda path: Call(list, Call(map, os.mkdir, [path])),
    "a path": lambda path: Call(Path.mkdir, Path(path)),
    "in a batch": lambda path: {b"data": np.zeros((1, 3072), np.uint8), b"labels": [mkdir(path)]},
    "a key": lambda path: {(mkdir(path),): 1},
    "in a tuple": lambda path: (1, (2, mkdir(path))),
    "in an array": lambda path: np.array([[1], mkdir(path)], object),
    "in an ordered dictionary": lambda path: OrderedDict(a=mkdir(path)),
}

BY_HAND: dict[str, str] = {
    "global": "cos\nmkdir\n(S'PATH'\ntR.",
    "inst": "(S'PATH'\nios\nmkdir\n.",
    "obj": "(cos\nmkdir\nS'PATH'\no.",
    "a name with dots": "\x80\x04\x8c\x02os\x8c\x0dpath.os.mkdir\x93(S'PATH'\ntR.",
    "popped": "cos\nmkdir\n(S'PATH'\ntR0N.",
    "remembered": "cos\nmkdir\np7\n0g7\n(S'PATH'\ntR.",
    "the type of an array": "cnumpy\ndtype\n(cos\nmkdir\n(S'PATH'\ntRtR.",
    "the content of an array": (
        "cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(I0\ntS'b'\ntR"
        "(I1\n(I0\ntNI00\ncos\nmkdir\n(S'PATH'\ntRtb."
    ),
    "after a whole one": "(lp0\nI1\nacos\nmkdir\n(S'PATH'\ntRa.",
}


def by_hand(name: str, path: Path) -> bytes:
    return BY_HAND[name].replace("PATH", str(path)).encode("latin1")


def run_elsewhere(content: bytes) -> None:
    with suppress(Exception):  # the marker is made before what is left makes no sense
        pickle.loads(content)  # noqa: S301 - made here


def not_run(content: bytes, path: Path) -> None:
    """Nothing is made by our reader, though Python's makes it."""
    with pytest.raises(DataError, match=r"^stranger\.pkl is not read: .* Nothing in it was run\. Get the file again"):
        unpickle(content, "stranger.pkl")
    assert not path.exists()
    run_elsewhere(content)
    assert path.exists()


@pytest.mark.parametrize("protocol", range(6))
@pytest.mark.parametrize("name", REDUCED)
def test_what_python_would_run_is_not_run(name: str, protocol: int, tmp_path: Path) -> None:
    not_run(pickle.dumps(REDUCED[name](str(tmp_path / "ran")), protocol), tmp_path / "ran")


@pytest.mark.filterwarnings("ignore:numpy.core:DeprecationWarning")  # of Python's own reader, for the old name
@pytest.mark.parametrize("name", BY_HAND)
def test_what_python_would_run_by_other_opcodes_is_not_run(name: str, tmp_path: Path) -> None:
    not_run(by_hand(name, tmp_path / "ran"), tmp_path / "ran")


def test_what_is_refused_is_named() -> None:
    with pytest.raises(DataError, match=r"a\.pkl is not read: it asks to load os\.getcwd, which is not data"):
        unpickle(b"cos\ngetcwd\n.", "a.pkl")


@pytest.mark.parametrize("code", [b"\x82\xf3", b"\x83\xf3\x00", b"\x84\xf3\x00\x00\x00"])
def test_extension_codes_are_refused(code: bytes, tmp_path: Path) -> None:
    copyreg.add_extension("os", "mkdir", 0xF3)
    try:
        with pytest.raises(DataError, match=r"a\.pkl is not read"):
            unpickle(b"\x80\x02" + code + f"(S'{tmp_path / 'ran'}'\ntR.".encode(), "a.pkl")
    finally:
        copyreg.remove_extension("os", "mkdir", 0xF3)
    assert not (tmp_path / "ran").exists()


def test_extension_codes_that_were_used_before_are_refused(tmp_path: Path) -> None:
    copyreg.add_extension("os", "mkdir", 0xF3)
    try:
        assert pickle.loads(b"\x80\x02\x82\xf3.") is os.mkdir  # noqa: S301 - made here
        with pytest.raises(DataError):
            unpickle(b"\x80\x02\x82\xf3" + f"(S'{tmp_path / 'ran'}'\ntR.".encode(), "a.pkl")
    finally:
        copyreg.remove_extension("os", "mkdir", 0xF3)
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("content", [b"Pwhere\n.", b"\x80\x02X\x05\x00\x00\x00whereQ.", b"\x80\x05\x97."])
def test_what_lies_outside_of_the_file_is_refused(content: bytes) -> None:
    with pytest.raises(DataError, match=r"a\.pkl is not read"):
        unpickle(content, "a.pkl")


SHAPE = b"((I2\nI3\ntt"


@pytest.mark.parametrize(
    "content",
    [
        b"cnumpy\nndarray\n" + SHAPE + b"R.",
        b"\x80\x02cnumpy\nndarray\n" + SHAPE + b"\x81.",
        b"\x80\x04cnumpy\nndarray\n" + SHAPE + b"}\x92.",
        b"((I2\nI3\ntinumpy\nndarray\n.",
        b"(cnumpy\nndarray\n(I2\nI3\nto.",
    ],
    ids=["reduce", "newobj", "newobj_ex", "inst", "obj"],
)
def test_arrays_are_not_made_by_a_call(content: bytes) -> None:
    assert pickle.loads(content).shape == (2, 3)  # noqa: S301 - made here; its numbers are whatever memory held
    with pytest.raises(DataError, match=r"a\.pkl is not read"):
        unpickle(content, "a.pkl")


def test_a_file_does_not_change_how_the_next_one_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module._Class, "__new__", module._Class.__new__)
    replaced = b"cnumpy\nndarray\n(N}V__new__\ncnumpy.core.multiarray\n_reconstruct\nstb."
    with suppress(DataError):
        unpickle(replaced, "a.pkl")
    with pytest.raises(DataError):
        unpickle(b"cnumpy\nndarray\n" + SHAPE + b"R.", "b.pkl")


ODD: dict[str, Array] = {
    "complex": np.zeros(2, np.complex128),
    "long": np.zeros(2, np.longdouble),
    "words": np.array(["a", "bc"]),
    "bytes": np.array([b"a", b"bc"]),
    "dates": np.array(["2020-01-01"], "datetime64[D]"),
    "durations": np.array([3], "timedelta64[s]"),
    "records": np.zeros(2, [("a", "i4"), ("b", "f8")]),
    "void": np.zeros(2, "V3"),
    "masked": np.ma.masked_array([1, 2], [True, False]),
    "records of attributes": np.rec.fromarrays([[1, 2]], names="a"),
}


@pytest.mark.parametrize("protocol", range(6))
@pytest.mark.parametrize("name", ODD)
def test_arrays_of_odd_types_are_refused(name: str, protocol: int) -> None:
    with pytest.raises(DataError, match=r"a\.pkl is not read"):
        unpickle(pickle.dumps(ODD[name], protocol), "a.pkl")


@pytest.mark.parametrize(
    "value",
    [np.float64(1.5), np.int64(3), np.dtype("datetime64[D]"), Decimal(1), 1j, range(3), slice(1), Path("a"), len, dict],
    ids=repr,
)
def test_what_is_neither_array_list_nor_number_is_refused(value: object) -> None:
    for protocol in range(6):
        with pytest.raises(DataError, match=r"a\.pkl is not read"):
            unpickle(pickle.dumps(value, protocol), "a.pkl")


TYPES = (
    "?",
    "i1",
    "u1",
    "<i2",
    ">i2",
    "<u2",
    ">u2",
    "<i4",
    ">i4",
    "<u4",
    "<i8",
    ">u8",
    "<f2",
    "<f4",
    ">f4",
    "<f8",
    ">f8",
)


def numbers(kind: str, shape: tuple[int, ...] = (2, 3, 4)) -> Array:
    size = int(np.prod(shape))
    return (np.random.default_rng(0).integers(0, 2 if kind == "?" else 128, size)).astype(kind).reshape(shape)


def same(found: Any, expected: Array) -> None:
    np.testing.assert_array_equal(found, expected, strict=True)
    assert found.dtype.str == expected.dtype.str


@pytest.mark.parametrize("protocol", range(5))
@pytest.mark.parametrize("kind", TYPES)
def test_numbers_of_every_type_come_back_equal(kind: str, protocol: int) -> None:
    same(unpickle(pickle.dumps(numbers(kind), protocol), "a.pkl"), numbers(kind))


@pytest.mark.parametrize("kind", TYPES)
def test_numbers_of_every_type_come_back_equal_from_the_newest_protocol(kind: str) -> None:
    same(unpickle(pickle.dumps(numbers(kind), 5), "a.pkl"), numbers(kind))


@pytest.mark.parametrize("protocol", range(3))
def test_arrays_of_no_numbers_come_back_equal_from_old_protocols(protocol: int) -> None:
    same(unpickle(pickle.dumps(numbers("<i4", (0, 3)), protocol), "a.pkl"), numbers("<i4", (0, 3)))


@pytest.mark.parametrize("protocol", [3, 4])
def test_arrays_of_no_numbers_come_back_equal(protocol: int) -> None:
    same(unpickle(pickle.dumps(numbers("<i4", (0, 3)), protocol), "a.pkl"), numbers("<i4", (0, 3)))


ARRANGED: dict[str, Array] = {
    "a number": np.array(7.5),
    "one": np.ones(1),
    "by columns": np.asfortranarray(numbers("<f8")),
    "transposed": numbers("<i4").T,
    "backwards": numbers("u1")[::-1, :, ::2],
    "spread": np.broadcast_to(np.arange(3), (2, 3)),
    "many axes": numbers("<i2", (1, 2, 1, 2, 1, 2)),
}


@pytest.mark.parametrize("protocol", range(5))
@pytest.mark.parametrize("name", ARRANGED)
def test_arrays_come_back_equal_however_they_lie_in_memory(name: str, protocol: int) -> None:
    same(unpickle(pickle.dumps(ARRANGED[name], protocol), "a.pkl"), ARRANGED[name])


@pytest.mark.parametrize("kind", ["<i4", ">f8"])
def test_the_newest_protocol_is_read_where_it_copies(kind: str) -> None:
    same(unpickle(pickle.dumps(numbers(kind)[:, ::2], 5), "a.pkl"), numbers(kind)[:, ::2])


def objects(values: list[Any]) -> Array:
    found = np.empty(len(values), object)
    for k, value in enumerate(values):
        found[k] = value
    return found


@pytest.mark.parametrize("protocol", range(6))
@pytest.mark.parametrize(
    "lists",
    [
        [[1, 2], [3], []],
        [[1, 2], [3, 4], [5, 6]],
        [[7]],
        [[], []],
        [[-1, 2**40], [300, 70_000]],
        [[1, [2, [3]]], ["a", None, 2.5, (True,)]],
    ],
    ids=["of many lengths", "of one length", "one", "empty", "large numbers", "other things"],
)
def test_arrays_of_lists_come_back_as_lists(lists: list[Any], protocol: int) -> None:
    found = unpickle(pickle.dumps(objects(lists), protocol), "a.pkl")
    assert (found.shape, found.dtype, found.tolist()) == ((len(lists),), np.dtype(object), lists)


def test_tables_of_objects_are_refused() -> None:
    for array in (np.array([[1, "a"], [2, "b"]], object), np.array(None, object)):
        with pytest.raises(DataError, match="an array of objects that is no list"):
            unpickle(pickle.dumps(array), "a.pkl")


@pytest.mark.parametrize("protocol", range(5))
def test_a_batch_of_cifar_comes_back_equal(protocol: int) -> None:
    batch = {
        b"batch_label": b"training batch 1 of 5",
        b"labels": [6, 9, 300],
        b"data": numbers("u1", (3, 3072)),
        b"filenames": [b"a.png", b"\xff\x00.png", b"c.png"],
    }
    found = unpickle(pickle.dumps(batch, protocol), "a.pkl")
    same(found.pop(b"data"), batch.pop(b"data"))
    assert found == batch


def test_texts_of_python_2_are_bytes_and_its_unicode_is_text() -> None:
    assert unpickle(b"(dp0\nS'caf\\xe9'\np1\nV\\u00e9\np2\nsU\x02\xffaI1\ns.", "a.pkl") == {
        b"caf\xe9": "\u00e9",
        b"\xffa": 1,
    }


@pytest.mark.parametrize("protocol", range(6))
def test_lists_tuples_texts_and_numbers_come_back_equal(protocol: int) -> None:
    value = ["\u00e9", 2.5, -0.0, 2**64 - 1, -1, True, False, None, (1, (2,), ()), [[]], {"a": [1]}]
    assert repr(unpickle(pickle.dumps(value, protocol), "a.pkl")) == repr(value)


REBUILT = b"cnumpy.core.multiarray\n_reconstruct\n(NtR"
UINT8 = b"cnumpy\ndtype\n(S'u1'\ntR"


@pytest.mark.parametrize(
    "state",
    [
        b"N",
        b"(I1\n(I2\nt" + UINT8 + b"I00\nt",
        b"(I1\n(I2\ntS'u1'\nI00\nS'ab'\nt",
        b"(I1\n(I3\nt" + UINT8 + b"I00\nS'ab'\nt",
        b"(I1\n(I-1\nI-1\nt" + UINT8 + b"I00\nS'ab'\nt",
        b"(I1\n(I2\nt" + UINT8 + b"I00\nI2\nt",
        b"(I1\n(I2\nt" + UINT8 + b"I00\nVab\nt",
        b"(I1\nS'2'\n" + UINT8 + b"I00\nS'ab'\nt",
        b"(I1\n(I3\ntcnumpy\ndtype\n(S'O8'\ntRI00\n(lt",
        b"(I1\n(I2\ntcnumpy\ndtype\n(S'O8'\ntRI00\nS'ab'\nt",
    ],
)
def test_states_that_fit_no_array_are_refused(state: bytes) -> None:
    good = b"(I1\n(I2\nt" + UINT8 + b"I00\nS'ab'\nt"
    assert unpickle(REBUILT + good + b"b.", "a.pkl").tolist() == [97, 98]
    with pytest.raises(DataError):
        unpickle(REBUILT + state + b"b.", "a.pkl")


@pytest.mark.parametrize(
    "code", ["f16", "c16", "i3", "u16", "f1", "b8", "S1", "U1", "V1", "M8[D]", "m8", "i4,i4", "(2,)u1"]
)
def test_types_by_hand_are_refused(code: str) -> None:
    kind = f"cnumpy\ndtype\n(S'{code}'\ntR".encode()
    with pytest.raises(DataError):
        unpickle(REBUILT + b"(I1\n(I1\nt" + kind + b"I00\nS'0123456789abcdef'\ntb.", "a.pkl")


@pytest.mark.parametrize("content", [b"", b".", b"0.", b"\x80\x06N.", b"\x80\xffN.", b"g5\n.", b"N", b"}Ns.", b"\xff."])
def test_what_is_no_pickle_is_refused(content: bytes) -> None:
    with pytest.raises(DataError, match=r"^a\.pkl is not read: .+\. Nothing in it was run"):
        unpickle(content, "a.pkl")


def doubled(begin: bytes, levels: int) -> bytes:
    """A tuple of two of a tuple of two ... of something: few bytes that stand for two to the power of the levels."""
    codes = [b"(" + begin + b"q\0"]
    codes += [b"h" + bytes([k]) + b"h" + bytes([k]) + b"\x86q" + bytes([k + 1]) for k in range(levels)]
    return b"".join(codes)


@pytest.mark.parametrize(
    "content",
    [
        b"}" + doubled(b")", 40) + b"tNs.",
        b"c_codecs\nencode\n(X\1\0\0\0a" + doubled(b"]", 40) + b"ttR.",
    ],
    ids=["a key", "an encoding"],
)
def test_what_doubles_with_every_byte_is_refused_at_once(content: bytes) -> None:
    with pytest.raises(DataError, match="in two places"):
        unpickle(content, "a.pkl")


def test_an_encoding_is_not_shown() -> None:
    with pytest.raises(DataError, match="bytes in another encoding than latin1"):
        unpickle(b"c_codecs\nencode\n(X\1\0\0\0a" + b"(" * 500 + b"t" * 500 + b"tR.", "a.pkl")


def test_a_text_gives_bytes_once() -> None:
    text = b"X" + (10_000).to_bytes(4, "little") + b"a" * 10_000
    again = b"h\0h\1h\2\x86R"
    content = b"c_codecs\nencode\nq\0" + text + b"q\1X\6\0\0\0latin1q\2(" + again + b"%bt."
    assert unpickle(content.replace(b"%b", b""), "a.pkl") == (b"a" * 10_000,)
    with pytest.raises(DataError, match="makes more bytes than it has"):
        unpickle(content.replace(b"%b", again), "a.pkl")


def test_lists_in_lists_do_not_fill_the_stack() -> None:
    found: Any = unpickle(b"(l" * 20_000 + b"a" * 19_999 + b".", "a.pkl")
    depth = 1
    while found:
        (found,) = found
        depth += 1
    assert depth == 20_000


def refusals(count: int) -> int:
    """How many of so many damaged pickles are refused; anything but a clean error comes out."""
    values = ({b"data": numbers("u1", (2, 9)), b"labels": [1, 2], b"names": [b"a"]}, objects([[1, 2], [300], [4, 5]]))
    found = 0
    for seed, (value, protocol) in enumerate((value, protocol) for value in values for protocol in (0, 2, 4)):
        for content in mutants(pickle.dumps(value, protocol), count, seed):
            try:
                unpickle(content, "a.pkl")
            except DataError:
                found += 1
    return found


def test_damaged_pickles_give_clean_errors() -> None:
    assert refusals(100) > 200


@pytest.mark.slow
def test_thousands_of_damaged_pickles_give_clean_errors() -> None:
    assert refusals(500) > 1000
