import math

import numpy as np
import pytest

from nastoolkit.architecture import Signature
from nastoolkit.encoders.matrix import MatrixEncoder
from nastoolkit.loci import Locus, bit_names, since


def locus(path: list[int], size: int = 5, interval: tuple[float, float] = (-1.0, 1.0)) -> Locus:
    return Locus.on_path("a bit", 3, np.array(path), size, range(10, 10 + len(path)), (0.0, *interval))


def test_every_bit_is_named_by_what_it_means() -> None:
    layout = MatrixEncoder().layout(Signature(4, 3))
    names = bit_names(layout)
    assert len(names) == len(set(names)) == layout.length
    assert {"connection layer 2 -> layer 4", "connection input -> output", "width of layer 3 bit 1"} <= set(names)
    assert names[-20:-18] == ["learning rate bit 1", "learning rate bit 2"]


@pytest.mark.parametrize(
    ("path", "fixed_at"),
    [([5, 5, 5], 10), ([3, 5, 5], 11), ([3, 4, 5], 12), ([5, 4, 5], 12), ([0, 0, 1], None), ([5, 0, 0], 11)],
)
def test_a_bit_is_fixed_since_the_generation_from_which_on_all_have_it_or_none(
    path: list[int], fixed_at: int | None
) -> None:
    found = locus(path)
    assert (found.start, found.end, found.fixed_at) == (path[0], path[-1], fixed_at)


def test_a_verdict_is_where_the_interval_lies() -> None:
    assert locus([1, 2], interval=(0.1, math.inf)).verdict == "selected for"
    assert locus([1, 2], interval=(-math.inf, -0.1)).verdict == "selected against"
    assert locus([1, 2], interval=(-0.1, 0.1)).verdict == "drift"
    nothing = Locus("a bit", 0, 5, 5, 0, math.nan, (math.nan, math.nan))
    assert nothing.verdict == "no information"


def test_since_is_the_generation_after_the_last_in_which_it_did_not_hold() -> None:
    assert since(np.array([True, False, True, True]), [4, 5, 6, 7]) == 6
    assert since(np.array([True, True]), [4, 5]) == 4
    assert since(np.array([True, False]), [4, 5]) is None
