import gc
from collections.abc import Generator

import pytest

from nastoolkit.garbage import no_cycles


@pytest.fixture(autouse=True)
def as_it_was() -> Generator[None]:
    """Collection is on again after each test, whatever it does."""
    yield
    gc.enable()


@no_cycles()
def is_on() -> bool:
    return gc.isenabled()


def test_nothing_is_collected_inside_and_everything_after() -> None:
    for _ in range(2):  # a decorated function more than once
        assert not is_on()
        assert gc.isenabled()


def test_one_inside_another_does_not_end_it() -> None:
    with no_cycles():
        assert not is_on()
        assert not gc.isenabled()
    assert gc.isenabled()


def test_whoever_has_no_collection_keeps_it_off() -> None:
    gc.disable()
    assert not is_on()
    assert not gc.isenabled()


def test_an_error_ends_it_too() -> None:
    with pytest.raises(KeyError), no_cycles():
        raise KeyError
    assert gc.isenabled()
