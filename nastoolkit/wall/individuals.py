"""What initializers and genetic operators must return."""

from collections.abc import Sequence
from itertools import chain
from typing import cast

import numpy as np

from nastoolkit.genome import Layout
from nastoolkit.state import Individual
from nastoolkit.wall.expecting import Answer, briefly, expect, expect_array

States = list[tuple[bytes, tuple[float, ...]]]
"""The bits and the fitness of individuals."""


def states(arguments: Sequence[object]) -> States:
    """What individuals are before an operator looks at them that must not change them."""
    everyone = chain.from_iterable(cast("list[object]", one) for one in arguments if isinstance(one, list))
    return [(bytes(one), one.fitness.wvalues) for one in everyone if isinstance(one, Individual)]


def expect_same(before: States, arguments: Sequence[object]) -> None:
    """Nobody has changed."""
    expect(before == states(arguments), "individuals, having changed some. It must choose among them alone")


def genomes(_: object, found: Answer, size: int, layout: Layout, *_more: object) -> None:
    """A row of bits for each individual."""
    expect_array(found, (size, layout.length), np.uint8)
    expect(found.max() <= 1, f"genomes with {found.max()}. They must be of 0 and 1")


def selected(_: object, found: Answer, individuals: Sequence[Individual], k: int) -> None:
    """As many as asked, of those that were given."""
    _expect_choice(found, individuals, k)


def replaced(_: object, found: Answer, parents: Sequence[Individual], offspring: Sequence[Individual]) -> None:
    """As many as there were parents, of parents and offspring."""
    _expect_choice(found, [*parents, *offspring], len(parents))


def mated(_: object, found: Answer, first: Individual, second: Individual) -> None:
    """The two themselves."""
    _expect_in_place(found, [first, second])


def mutated(_: object, found: Answer, individual: Individual) -> None:
    """The one itself."""
    _expect_in_place(found, [individual])


def _expect_choice(found: Answer, given: Sequence[Individual], count: int) -> None:
    expect(isinstance(found, list | tuple), f"{briefly(found)}. It must be a list of individuals")
    expect(len(found) == count, f"{len(found)} individuals. It must be {count}")
    known = set(map(id, given))
    expect(all(id(one) in known for one in found), "individuals that it was not given. It must return no copies")


def _expect_in_place(found: Answer, given: Sequence[Individual]) -> None:
    expect(isinstance(found, list | tuple), f"{briefly(found)}. It must be a tuple of individuals")
    expect(
        list(map(id, found)) == list(map(id, given)),
        f"{briefly(found)}. It must change its arguments and return them, in a tuple",
    )
    for one in given:
        length = one.layout.length
        expect(len(one) == length, f"an individual of {len(one)} bits. It must have {length} as before")
        strange = bytes(one).strip(b"\x00\x01")
        expect(not strange, f"an individual with {strange[:1].hex()}. Every gene must be the int 0 or 1")
