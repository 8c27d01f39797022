"""Randomness by address: what is drawn depends on where and why, never on what was drawn before.

No generator is ever stored. A :class:`Stream` is a seed and a path; asking it for a generator gives the same
numbers however often and in whatever order streams are used, so a search that is resumed draws what it would have
drawn anyway.
"""

import random
from binascii import crc32
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True)
class Stream:
    """A place in the tree of random numbers that grows from one seed."""

    seed: int
    path: tuple[int, ...] = ()

    def at(self, *steps: str | int) -> "Stream":
        """The stream further down: ``stream.at("generation", 7, "mutation")``."""
        words = tuple(crc32(step.encode()) if isinstance(step, str) else step for step in steps)
        return Stream(self.seed, self.path + words)

    def generator(self) -> np.random.Generator:
        """A fresh Philox generator; every call starts at the same first number."""
        sequence = np.random.SeedSequence(self.seed, spawn_key=self.path)
        return np.random.Generator(np.random.Philox(sequence))

    def integer(self) -> int:
        """One 32-bit number, for libraries that take a seed of their own."""
        return int(np.random.SeedSequence(self.seed, spawn_key=self.path).generate_state(1)[0])


@contextmanager
def lend_to_deap(stream: Stream) -> Generator[None]:
    """Seed the two global generators that DEAP's operators draw from, and give them back as they were.

    DEAP's tools call Python's ``random``; ``selNSGA3`` also calls ``numpy.random``.
    """
    python_state, numpy_state = random.getstate(), np.random.get_state(legacy=False)  # noqa: NPY002 - DEAP draws from it
    words = np.random.SeedSequence(stream.seed, spawn_key=stream.path).generate_state(4)
    random.seed(int.from_bytes(words.astype("<u4").tobytes(), "little"))
    np.random.seed(words)  # noqa: NPY002 - DEAP draws from it
    try:
        yield
    finally:
        random.setstate(python_state)
        np.random.set_state(numpy_state)  # noqa: NPY002 - DEAP draws from it
