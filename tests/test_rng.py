import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nastoolkit.rng import Stream, lend_to_deap

STEPS = st.one_of(st.integers(0, 2**32 - 1), st.text(min_size=1, max_size=8))


def numbers(stream: Stream) -> list[float]:
    return stream.generator().random(4).tolist()


def test_what_is_drawn_does_not_depend_on_what_was_drawn_before() -> None:
    addresses = [("generation", n, "mutation") for n in range(20)]
    forwards = {address: numbers(Stream(1).at(*address)) for address in addresses}
    root = Stream(1)
    root.generator().random(1000)
    root.integer()
    backwards = {address: numbers(root.at(*address)) for address in reversed(addresses)}
    assert forwards == backwards
    assert len({tuple(found) for found in forwards.values()}) == len(addresses)


@given(first=st.lists(STEPS, max_size=3), second=st.lists(STEPS, max_size=3))
def test_a_path_can_be_walked_in_parts(first: list[str | int], second: list[str | int]) -> None:
    assert Stream(7).at(*first).at(*second) == Stream(7).at(*first, *second)


def test_seeds_and_places_draw_different_numbers() -> None:
    streams = [Stream(seed).at(*path) for seed in (0, 1) for path in ((), ("a",), ("b",), ("a", "b"), (0,), ("a", 0))]
    assert len({tuple(numbers(stream)) for stream in streams}) == len(streams)
    assert len({stream.integer() for stream in streams}) == len(streams)


def test_the_numbers_are_numpys_own_philox() -> None:
    sequence = np.random.SeedSequence(5, spawn_key=(3,))
    expected = np.random.Generator(np.random.Philox(sequence)).random(4).tolist()
    assert numbers(Stream(5).at(3)) == expected


def test_deap_is_lent_the_same_numbers_every_time() -> None:
    def draw(stream: Stream) -> tuple[float, float]:
        with lend_to_deap(stream):
            return random.random(), float(np.random.random())  # noqa: NPY002, S311 - what DEAP draws from

    assert draw(Stream(1)) == draw(Stream(1))
    assert draw(Stream(1)) != draw(Stream(2))
    assert draw(Stream(1)) != draw(Stream(1).at("further"))


def test_both_global_generators_are_given_back_as_they_were() -> None:
    def state() -> tuple[object, object]:
        return random.getstate(), np.random.get_state()[1].tolist()  # noqa: NPY002 - what DEAP draws from

    before = state()
    with lend_to_deap(Stream(1)):
        assert state() != before
    assert state() == before
    with pytest.raises(ZeroDivisionError), lend_to_deap(Stream(1)):
        random.randrange(1 // 0)  # noqa: S311 - what DEAP draws from
    assert state() == before
