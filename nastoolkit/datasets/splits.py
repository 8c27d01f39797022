"""Which rows are for training, validation and test."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from nastoolkit.rng import Stream

Rows = npt.NDArray[np.int64]
"""``(n,)`` row numbers, ascending."""

TEST_SHARE = 0.2
VALID_SHARE = 0.25
"""Of what is not test: 60 / 20 / 20 of the whole, or 75 / 25 where the test part is given."""

FEWEST_ROWS = 3
"""Of a class, so that each part can have one."""


class Parts(NamedTuple):
    """Row numbers of the three parts; no row is in two of them."""

    train: Rows
    valid: Rows
    test: Rows


def split(groups: Rows, stream: Stream, limit: int | None, given_test: int = 0) -> Parts:
    """Split rows at random so that every group has its share in every part, and one row at least.

    The test part does not depend on the limit.

    Args:
        groups: ``(N,)`` the class of each row, from 0 without a gap; all 0 where there are none. A group has at least
            :data:`FEWEST_ROWS` rows beside the given test rows.
        stream: of its numbers alone the split depends.
        limit: rows of training plus validation at most; two for each group at least.
        given_test: so many rows at the end are the test part; where it is 0, one is drawn.
    """
    rows = np.arange(len(groups))
    if given_test:
        rest, test = rows[:-given_test], rows[-given_test:]
    else:
        test, rest = _draw(rows, groups, TEST_SHARE, stream.at("test"))
    if limit is not None:
        rest = np.sort(rest[_proportional_order(groups[rest], 2, stream.at("limit"))[:limit]])
    valid, train = _draw(rest, groups, VALID_SHARE, stream.at("valid"))
    return Parts(train, valid, test)


def _draw(rows: Rows, groups: Rows, share: float, stream: Stream) -> tuple[Rows, Rows]:
    """A share of the rows, and the others."""
    order = rows[_proportional_order(groups[rows], 1, stream)]
    size = max(round(share * len(rows)), len(np.unique(groups)))
    return np.sort(order[:size]), np.sort(order[size:])


def _proportional_order(groups: Rows, first: int, stream: Stream) -> Rows:
    """A random order of ``(n,)`` rows whose every beginning holds the groups in proportion.

    Row r of a group's n rows, in random order, comes at (r + 1/2) / n of the way (systematic sampling); the ``first``
    rows of each group come before all others, so that small groups are not left out. Scikit-learn's stratified split
    leaves them out, and refuses parts that have fewer rows than there are groups.
    """
    shuffled = stream.generator().permutation(len(groups))
    by_group = shuffled[np.argsort(groups[shuffled], kind="stable")]
    counts = np.bincount(groups)
    rank = np.arange(len(groups)) - np.repeat(np.cumsum(counts) - counts, counts)
    place = np.where(rank < first, 0.0, (rank + 0.5) / np.repeat(counts, counts))
    return by_group[np.argsort(place, kind="stable")]


def share(groups: Rows, fraction: float, stream: Stream) -> Rows:
    """The numbers of a share of rows in which every group has its own share, and one row at least."""
    return _draw(np.arange(len(groups)), groups, fraction, stream)[0]
