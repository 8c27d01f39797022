"""Files that went wrong: a whole one with bytes changed, cut, doubled, or taken out, always the same ones."""

from collections.abc import Iterator

import numpy as np


def mutants(whole: bytes, count: int, seed: int = 0) -> Iterator[bytes]:
    """``count`` damaged versions of a file."""
    rng = np.random.default_rng(seed)
    for _ in range(count):
        content = bytearray(whole)
        for _ in range(int(rng.integers(1, 4))):
            _damage(content, rng)
        yield bytes(content)


def _damage(content: bytearray, rng: np.random.Generator) -> None:
    """One change in place, most often near the beginning, where headers are."""
    size = len(content)
    if not size:
        content.extend(rng.bytes(4))
        return
    place = int(rng.integers(size) if rng.random() < 0.5 else min(size - 1, rng.geometric(0.02) - 1))
    length = int(rng.integers(1, 9))
    match rng.integers(5):
        case 0:
            content[place] ^= 1 << int(rng.integers(8))
        case 1:
            content[place : place + length] = rng.bytes(length)
        case 2:
            del content[place:]
        case 3:
            del content[place : place + length]
        case _:
            content[place:place] = content[place : place + length]
