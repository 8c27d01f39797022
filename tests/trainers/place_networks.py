"""Small images and texts, and the networks that learn them."""

from functools import lru_cache

import numpy as np

from nastoolkit.architecture import Architecture, canonical
from nastoolkit.datasets.base import Data, Split
from nastoolkit.datasets.images import Images
from nastoolkit.datasets.numbered import Numbered
from nastoolkit.datasets.prepare import Examples, Raw, prepare
from nastoolkit.rng import Stream

KINDS = ("8 x 8", "20 x 18 in colour", "counted words", "ordered words")
ROWS, WORDS, LENGTH = 80, 40, 20


@lru_cache
def place_data(kind: str) -> Data:
    """Two classes and a value that hang on a place or a word: 36 rows to learn from."""
    rng = np.random.default_rng(1)
    labels = np.arange(ROWS) % 2
    raw: Raw
    if "words" in kind:
        texts = [rng.integers(4, WORDS, rng.integers(1, LENGTH)) for _ in range(ROWS)]
        raw = Numbered(
            [np.append(t, 3 + y) for t, y in zip(texts, labels, strict=True)], (), WORDS, LENGTH, 4, "or" in kind[:2]
        )
    else:
        shape = (8, 8, 1) if kind == "8 x 8" else (20, 18, 3)
        pixels = rng.integers(0, 256, (ROWS, *shape), dtype=np.uint8)
        pixels[labels == 1, 2:5, 2:5] //= 4
        raw = Images(pixels)
    return prepare(Examples(kind, raw, labels, ("dark", "bright")), Stream(0), None)


def place_networks(data: Data) -> dict[str, Architecture]:
    """A single block, a chain over both stages, and skips within and between them."""
    skips = ((0, 1), (0, 2), (0, 3), (1, 2), (1, 4), (2, 3), (2, 4), (3, 4), (0, 5), (4, 5))
    return {
        "block": canonical(data.signature, (5, 3, 3, 3), ((0, 1), (1, 5)), 8),
        "chain": canonical(data.signature, (3, 6), ((0, 1), (1, 2), (2, 3)), 8),
        "skips": canonical(data.signature, (3, 5, 2, 4), skips, 8),
    }


def few(data: Data, rows: int) -> Split:
    """The first validation rows."""
    return data.valid.part(np.arange(rows))
