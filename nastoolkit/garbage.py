"""Python's search for cyclic garbage, where nothing makes any."""

import gc
from collections.abc import Generator
from contextlib import contextmanager


@contextmanager
def no_cycles() -> Generator[None]:
    """Leave the search for cyclic garbage out of what makes many objects and no cycles; decorates functions too.

    The search is started by how much was made, and looks at all there is: for a large population that is a third of
    the work. What is not part of a cycle is freed at once, as ever. Training makes cycles and has no place in here.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
