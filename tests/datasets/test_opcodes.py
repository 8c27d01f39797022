"""Pickles are looked through before they are read: data pass, what could harm does not."""

import pickle
import pickletools
from typing import Any

import numpy as np
import pytest
from mutants import mutants

from nastoolkit.datasets.opcodes import MOST_LISTS, MOST_TUPLES, check_opcodes

ALLOWED = (
    "PROTO FRAME STOP MARK MEMOIZE PUT BINPUT LONG_BINPUT GET BINGET LONG_BINGET GLOBAL STACK_GLOBAL REDUCE BUILD "
    "NONE NEWTRUE NEWFALSE INT BININT BININT1 BININT2 LONG LONG1 LONG4 FLOAT BINFLOAT "
    "STRING BINSTRING SHORT_BINSTRING UNICODE SHORT_BINUNICODE BINUNICODE BINUNICODE8 "
    "BINBYTES SHORT_BINBYTES BINBYTES8 BYTEARRAY8 "
    "EMPTY_LIST APPEND APPENDS LIST EMPTY_TUPLE TUPLE TUPLE1 TUPLE2 TUPLE3 EMPTY_DICT DICT SETITEM SETITEMS"
)
"""Python's names of the instructions that data need."""

LISTS = np.empty(3, object)
LISTS[:] = [[1, 300, 70_000], [-1, 2**40], []]
VALUES: dict[str, Any] = {
    "a batch": {b"data": np.arange(30, dtype=np.uint8).reshape(2, 15), b"labels": [1, 2], b"names": [b"a.png"] * 300},
    "lists": LISTS,
    "others": ["\u00e9", "long" * 100, 2.5, 2**63, -(2**63), True, False, None, (1, (2,), (), (1, 2, 3, 4)), {"a": []}],
    "many": [[k] for k in range(1000)],
}


def names(content: bytes) -> set[str]:
    """The instructions, as Python's own tool tells them."""
    return {code.name for code, _, _ in pickletools.genops(content)}


@pytest.mark.parametrize("protocol", range(6))
@pytest.mark.parametrize("name", VALUES)
def test_what_python_writes_of_data_passes(name: str, protocol: int) -> None:
    content = pickle.dumps(VALUES[name], protocol)
    assert names(content) <= {*ALLOWED.split()}
    check_opcodes(content)
    check_opcodes(pickletools.optimize(content))


@pytest.mark.parametrize(
    "code", [code for code in pickletools.opcodes if code.name not in ALLOWED.split()], ids=lambda code: code.name
)
def test_other_instructions_are_refused(code: pickletools.OpcodeInfo) -> None:
    with pytest.raises(ValueError, match="which data do not need"):
        check_opcodes(b"N" + code.code.encode("latin1") + bytes(16) + b"\n\n.")


@pytest.mark.parametrize(
    "content",
    [
        b"Nr\xff\xff\xff\xff.",  # a table of four thousand million places
        b"Np4000000000\n.",
        b"\x8e\xff\xff\xff\xff\xff\xff\xff\x7f.",
        b"\x8d\x00\x00\x00\x00\x01\x00\x00\x00.",
        b"\x96\xff\xff\xff\xff\xff\x00\x00\x00.",
        b"B\xff\xff\xff\x7f.",
        b"\x8b\xff\xff\xff\x7f.",
        b")" + b"\x85" * MOST_TUPLES + b".",  # too deep to be compared
        b"(" * (MOST_TUPLES + 1) + b"t" * (MOST_TUPLES + 1) + b".",
        b"]" * (MOST_LISTS + 1) + b".",
        pickle.dumps(2**80, 0),  # numbers of which Python compares many for minutes, if they are chosen so
        pickle.dumps(2**80, 2),
        pickle.dumps(2**3000, 2),
        b"",
        b"N",
        b"K",
        b"X\x05\x00\x00\x00abc.",
        b"I12",
        b"cnumpy\nndarray",
    ],
)
def test_what_takes_more_memory_than_data_or_has_no_end_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match=r"^it (has|keeps|ends)"):
        check_opcodes(content)


def test_what_stands_in_texts_and_numbers_is_no_instruction() -> None:
    every = bytes(range(256)) * 2
    for protocol in range(6):
        check_opcodes(
            pickle.dumps([every, every.decode("latin1"), *every, int.from_bytes(b".Q\xf0(tRa", "big")], protocol)
        )


KEPT = [b"p{}\n", b"q{}", b"r{}\0\0\0", b"\x94"]
TAKEN = [b"g{}\n", b"h{}", b"j{}\0\0\0"]


@pytest.mark.parametrize("taken", TAKEN)
@pytest.mark.parametrize("kept", KEPT)
@pytest.mark.parametrize("made", [b")", b"N\x85", b"NN\x86", b"NNN\x87", b"(t", b"]", b"(l", b"}", b"(d"])
def test_lists_and_tuples_are_in_one_place(made: bytes, kept: bytes, taken: bytes) -> None:
    first, second = (one.replace(b"{}", b"0" if b"\n" in one else b"\0") for one in (kept, taken))
    with pytest.raises(ValueError, match="in two places"):
        check_opcodes(b"(" + made + first + second + b"t.")
    check_opcodes(b"(X\1\0\0\0a" + first + second + b"t.")


@pytest.mark.parametrize("hidden", [b")Nbq\0", b")(eq\0", b")(uq\0", b")q\1q\2", b"X\1\0\0\0aq\1)q\0", b")p1\n)\x94"])
def test_tuples_are_not_kept_by_a_detour(hidden: bytes) -> None:
    with pytest.raises(ValueError, match="in a way that pickles do not"):
        check_opcodes(b"(" + hidden + b"h\0t.")


@pytest.mark.parametrize("nothing", [b"\x80\4", b"\x95" + bytes(8), b"\x95" + bytes(8) + b"\x80\2"])
def test_what_does_nothing_does_not_hide_a_tuple(nothing: bytes) -> None:
    with pytest.raises(ValueError, match="in two places"):
        check_opcodes(b"()" + nothing + b"q\0h\0t.")


def test_long_texts_are_kept_after_a_frame_begins() -> None:
    long = "a" * 100_000
    content = pickle.dumps([long, long], 4)
    assert b"\x95" in content[100_000:]
    check_opcodes(content)


def passed(count: int) -> int:
    """How many of so many damaged pickles pass; Python's tool finds no other instructions in them than are allowed."""
    found = 0
    for seed, (name, protocol) in enumerate((name, protocol) for name in ("a batch", "lists") for protocol in range(6)):
        for content in mutants(pickle.dumps(VALUES[name], protocol), count, seed):
            try:
                check_opcodes(content)
            except ValueError:
                continue
            found += 1
            _same_instructions(content)
    return found


def _same_instructions(content: bytes) -> None:
    told: set[str] = set()
    try:
        for code, _, _ in pickletools.genops(content):
            told.add(code.name)
    except (ValueError, UnicodeDecodeError):  # of a text that cannot be decoded: what came before it counts
        pass
    assert told <= {*ALLOWED.split()}


@pytest.mark.filterwarnings("ignore:invalid escape:DeprecationWarning")  # in texts, of Python's tool
def test_damage_leads_to_no_other_instructions() -> None:
    assert passed(40) > 50


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:invalid escape:DeprecationWarning")
def test_thousands_of_damaged_pickles_have_no_other_instructions() -> None:
    assert passed(3000) > 3000
