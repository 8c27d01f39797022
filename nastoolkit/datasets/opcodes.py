"""What a pickle may consist of, checked before it is read.

Python's unpickler believes what a file says: one instruction of five bytes makes room for a table of any size, another
one calls what programs have registered, tuples in tuples can be too deep to be compared, and what is taken twice a
hundred times over stands for more than any computer holds. Files of data have none of that.
"""

import re
from collections.abc import Mapping

MOST_LISTS = 1 << 20
"""Lists and dictionaries in a file; IMDB has 25,000. An empty list is one byte in a file, and 70 in memory."""

MOST_TUPLES = 60_000
"""CIFAR-100 saved again by Python 3 for Python 2 has 50,000. This bounds how deep they are in each other: Python
itself crashes when it hashes tuples 150,000 deep."""

LARGEST = 9
"""Bytes of a whole number: what NumPy can hold needs 9. Python takes long to compare larger ones."""

_SHORT, _LARGE = "it ends too early", "it has larger whole numbers than data sets have"

_RUN = re.compile(rb"(?:[N\x88\x89(aesubR\x93]|K.|M..|J.{4}|G.{8})*+", re.DOTALL)
"""Instructions without a length: numbers, and what puts things together."""

_LENGTHS: Mapping[int, int] = {
    **dict.fromkeys(b"UC\x8a\x8c", 1),
    **dict.fromkeys(b"BTX\x8b", 4),
    **dict.fromkeys(b"\x8d\x8e\x96", 8),
}
"""How many bytes say how many bytes follow: words, bytes and large numbers."""

_LINES: Mapping[int, int] = {**dict.fromkeys(b"FILSVgp", 1), ord("c"): 2}
"""How many lines follow."""

_PLACES: Mapping[int, int] = {**dict.fromkeys(b"qh", 1), **dict.fromkeys(b"rj", 4)}
"""How many bytes say under which number something is kept, or taken again."""

_HEADS: Mapping[int, int] = {0x80: 1, 0x95: 8}
"""How many bytes say by which protocol, and how long a frame is: they leave everything as it is."""

_ALONE = frozenset(b"]})ldt\x85\x86\x87\x94")
_LISTS, _TUPLES, _STOP = frozenset(b"]}ld"), frozenset(b")t\x85\x86\x87"), ord(".")
_KEEP, _AGAIN, _NEXT = frozenset(b"pqr\x94"), frozenset(b"ghj"), 0x94
_OLD = _KEEP | frozenset(b"aesub")
"""What leaves something that was there before; pickles keep a thing as soon as it is there."""


class _Memo:
    """What a pickle keeps, so that it can be taken again: lists, dictionaries and tuples are to be taken once."""

    def __init__(self) -> None:
        self.count, self.last = 0, -1
        self.once: set[int] = set()

    def keep(self, number: int, made: int) -> None:
        """Something under a number, larger than all before; ``made`` is the instruction that it is from."""
        if made in _OLD or number <= self.last:
            raise ValueError("it keeps something in a way that pickles do not")
        if made in _LISTS or made in _TUPLES:
            self.once.add(number)
        self.count, self.last = self.count + 1, number

    def again(self, number: int) -> None:
        """Take what is under a number."""
        if number in self.once:
            raise ValueError("it has a list, a dictionary or a tuple in two places")


def check_opcodes(content: bytes) -> None:
    """Whether a pickle has data in it and nothing else, and takes no more memory and time than such data do.

    Raises:
        ValueError: it does not; says why.
    """
    place = lists = tuples = before = 0
    memo = _Memo()
    while (code := _code(content, after := _end_of_run(content, place))) != _STOP:
        before = content[after - 1] if after > place else before  # of a number a byte: pickles keep none
        lists, tuples = lists + (code in _LISTS), tuples + (code in _TUPLES)
        if lists > MOST_LISTS or tuples > MOST_TUPLES:
            raise ValueError("it has more lists or tuples than data sets have")
        place = _next(content, after, code)
        if code in _KEEP:
            memo.keep(memo.count if code == _NEXT else _number(content[after:place]), before)
        elif code in _AGAIN:
            memo.again(_number(content[after:place]))
        before = before if code in _HEADS else code


def _end_of_run(content: bytes, place: int) -> int:
    found = _RUN.match(content, place)
    return found.end() if found else place


def _code(content: bytes, place: int) -> int:
    if place >= len(content):
        raise ValueError(_SHORT)
    return content[place]


def _number(instruction: bytes) -> int:
    """Under which something is kept or taken again."""
    written = instruction[1:]
    return int(written) if instruction[0] in _LINES else int.from_bytes(written, "little")


def _next(content: bytes, place: int, code: int) -> int:
    """Where the instruction after one that is in no run begins."""
    if code in _ALONE or code in _HEADS:
        return place + 1 + _HEADS.get(code, 0)
    if code in _LINES:
        return _after_lines(content, place, code)
    if code not in _LENGTHS and code not in _PLACES:
        raise ValueError(f"it has the instruction {bytes([code])!r}, which data do not need")
    begin = place + 1 + (_LENGTHS.get(code) or _PLACES[code])
    number = int.from_bytes(content[place + 1 : begin], "little")
    if number > len(content):
        raise ValueError(f"it has a length or a place of {number}, and no more than {len(content)} bytes")
    if code in b"\x8a\x8b" and number > LARGEST:
        raise ValueError(_LARGE)
    return begin + (number if code in _LENGTHS else 0)


def _after_lines(content: bytes, place: int, code: int) -> int:
    end = place
    for _ in range(_LINES[code]):
        end = content.find(b"\n", end + 1)
        if end < 0:
            raise ValueError(_SHORT)
    if code in b"IL" and end - place > len(f"I{-(2**64)}L"):
        raise ValueError(_LARGE)
    if code == ord("p") and int(content[place + 1 : end]) > len(content):
        raise ValueError("it keeps something under a number larger than itself")
    return end + 1
