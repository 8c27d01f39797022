"""What is tried: values of any type, and good things with something changed."""

import copy
from typing import Any

from hypothesis import strategies as st

NASTY = [
    "",
    "\x00",
    "\x1b[31m",
    "\ud800",
    "../../etc",
    "<script>",
    "'; DROP TABLE runs; --",
    "nan",
    "a" * 5000,
    "\u202e",
]
"""Texts that mean something to somebody."""

NUMBERS = st.sampled_from([0, 1, -1, 2**31, -(2**63), 2**64, 10**40, 0.5, 1e308, float("nan"), float("inf")]) | (
    st.integers(-10, 100) | st.floats()
)
TEXTS = st.sampled_from(NASTY) | st.text(max_size=20)
SCALARS = st.none() | st.booleans() | NUMBERS | TEXTS

JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4), max_leaves=8
)
"""Any document that ``json.loads`` may give."""


def changed(document: Any) -> st.SearchStrategy[Any]:
    """A document in which a value or two is another, is gone, or is there twice."""
    one = st.tuples(st.integers(0, 1000), st.integers(0, 3), st.integers(-1, 9) | JSON)
    return st.lists(one, min_size=1, max_size=2).map(lambda changes: _changed(document, changes))


def _changed(document: Any, changes: list[tuple[int, int, Any]]) -> Any:
    made = copy.deepcopy(document)
    for place, how, value in changes:
        places = list(_places(made))
        if not places:
            return value
        holder, key = places[place % len(places)]
        if how == 0:
            del holder[key]
        elif how == 1 and isinstance(holder, list):
            holder.insert(key, holder[key])
        else:
            holder[key] = value
    return made


def _places(document: Any) -> list[tuple[Any, Any]]:
    """Every place in a document, as a holder and its key or number."""
    if not isinstance(document, dict | list):
        return []
    keys = list(document) if isinstance(document, dict) else range(len(document))
    return [place for key in keys for place in [(document, key), *_places(document[key])]]


def mutated(whole: bytes) -> st.SearchStrategy[bytes]:
    """A file that went wrong: some of its bytes are others, gone, or there twice; most often where headers are."""
    near = st.integers(0, 64) | st.integers(-64, -1)
    place = near | st.integers(0, max(0, len(whole) - 1))
    one = st.tuples(st.integers(0, 4), place, st.binary(min_size=1, max_size=8))
    return st.lists(one, min_size=1, max_size=3).map(lambda changes: _damaged(whole, changes))


def _damaged(whole: bytes, changes: list[tuple[int, int, bytes]]) -> bytes:
    content = bytearray(whole)
    for how, place, new in changes:
        begin = place % len(content) if content else 0
        end = begin + len(new)
        match how:
            case 0:
                content[begin:end] = new
            case 1:
                content[begin : begin + 1] = bytes([content[begin] ^ 1 << new[0] % 8] if content else [])
            case 2:
                del content[begin:]
            case 3:
                del content[begin:end]
            case _:
                content[begin:begin] = content[begin:end]
    return bytes(content)
