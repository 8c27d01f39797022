"""What a pickle may consist of, checked before it is read.

Python's unpickler believes what a file says: one instruction of five bytes makes room for a table of any size, another
one calls what programs have registered, and tuples in tuples can be too deep to be compared. Files of data have none
of that.
"""

import re
from collections.abc import Mapping

MOST_LISTS = 1 << 20
"""Lists and dictionaries in a file; IMDB has 25,000. An empty list is one byte in a file, and 70 in memory."""

MOST_TUPLES = 60_000
"""CIFAR-100 saved again by Python 3 for Python 2 has 50,000. This bounds how deep they are in each other: Python
itself crashes when it hashes tuples 150,000 deep."""

_SHORT = "it ends too early"

_RUN = re.compile(rb"(?:[N\x88\x89(aesubR\x93]|[Kh\x80].|M..|[Jj].{4}|[G\x95].{8})*+", re.DOTALL)
"""Instructions without a length: numbers, and what puts things together."""

_LENGTHS: Mapping[int, int] = {
    **dict.fromkeys(b"UC\x8a\x8c", 1),
    **dict.fromkeys(b"BTX\x8b", 4),
    **dict.fromkeys(b"\x8d\x8e\x96", 8),
}
"""How many bytes say how many bytes follow: words, bytes and large numbers."""

_LINES: Mapping[int, int] = {**dict.fromkeys(b"FILSVgp", 1), ord("c"): 2}
"""How many lines follow."""

_PLACES: Mapping[int, int] = {ord("q"): 1, ord("r"): 4}
"""How many bytes say under which number something is kept."""

_ALONE = frozenset(b"]})ldt\x85\x86\x87\x94")
_LISTS, _TUPLES, _STOP = frozenset(b"]}ld"), frozenset(b")t\x85\x86\x87"), ord(".")


def check_opcodes(content: bytes) -> None:
    """Whether a pickle has data in it and nothing else, and takes no more memory than such data do.

    Raises:
        ValueError: it does not; says why.
    """
    place = lists = tuples = 0
    while (code := _code(content, place := _end_of_run(content, place))) != _STOP:
        lists, tuples = lists + (code in _LISTS), tuples + (code in _TUPLES)
        if lists > MOST_LISTS or tuples > MOST_TUPLES:
            raise ValueError("it has more lists or tuples than data sets have")
        place = _next(content, place, code)


def _end_of_run(content: bytes, place: int) -> int:
    found = _RUN.match(content, place)
    return found.end() if found else place


def _code(content: bytes, place: int) -> int:
    if place >= len(content):
        raise ValueError(_SHORT)
    return content[place]


def _next(content: bytes, place: int, code: int) -> int:
    """Where the instruction after one that is in no run begins."""
    if code in _ALONE:
        return place + 1
    if code in _LINES:
        return _after_lines(content, place, code)
    if code not in _LENGTHS and code not in _PLACES:
        raise ValueError(f"it has the instruction {bytes([code])!r}, which data do not need")
    begin = place + 1 + (_LENGTHS.get(code) or _PLACES[code])
    number = int.from_bytes(content[place + 1 : begin], "little")
    if number > len(content):
        raise ValueError(f"it has a length or a place of {number}, and no more than {len(content)} bytes")
    return begin + (number if code in _LENGTHS else 0)


def _after_lines(content: bytes, place: int, code: int) -> int:
    end = place
    for _ in range(_LINES[code]):
        end = content.find(b"\n", end + 1)
        if end < 0:
            raise ValueError(_SHORT)
    if code == ord("p") and int(content[place + 1 : end]) > len(content):
        raise ValueError("it keeps something under a number larger than itself")
    return end + 1
