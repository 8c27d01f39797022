"""Texts: words as numbers, counted or in their order."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from nastoolkit.architecture import Signature
from nastoolkit.arrays import Array
from nastoolkit.documents import finite, texts, whole_numbers

PADDING, START, UNKNOWN = 0, 1, 2
"""What the first numbers mean, as in Keras' text sets: nothing, where a text begins, a word beyond the vocabulary."""

FIRST_WORD = 3
"""The number of the most frequent word."""

LOUDNESS = 30.0
"""What words' vectors are multiplied by: gradient descent moves them faster by its square. With 1 to 5, networks for
IMDB learn next to nothing in a few epochs; from 30 to 100 they do equally well, but with 100 more of them diverge."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """What the numbers of a text stand for, and what networks read of it.

    A text is a start and then the numbers of its words, padded with zeros at its end. Where ``ordered`` is off, a
    network sees the mean of its words' vectors, times ``scale``; where it is on, the vectors one after the other.

    Args:
        size: V, how many different numbers there are, the first three included.
        length: L, numbers of a text; a longer one keeps its start and its last words.
        embedding: E, units of the stem, a learned vector for each number, at most.
        ordered: whether networks read the words in their order.
        scale: what the mean is multiplied by, so that the squares of training texts' shares of words add up to the
            square of :data:`LOUDNESS` on average; vectors in their order are multiplied by that itself.
        words: ``(V - 3,)`` the words; empty where only their numbers are known.
        column: of the texts in a table; empty where they were in none.
    """

    size: int
    length: int
    embedding: int = 16
    ordered: bool = False
    scale: float = 1.0
    words: tuple[str, ...] = ()
    column: str = ""

    @property
    def shape(self) -> tuple[int, ...]:
        """``(L,)``, of a raw text in :attr:`dtype`."""
        return (self.length,)

    @property
    def dtype(self) -> np.dtype[Any]:
        """The smallest that holds every number."""
        return np.dtype(np.uint16 if self.size <= 2**16 else np.int32)

    def signature(self, outputs: int) -> Signature:
        """What a network for such texts must fit."""
        return Signature(self.size, outputs, (self.length,) if self.ordered else (), self.embedding)

    def transform(self, inputs: Array) -> Array:
        """``(N, L)`` numbers -> what the stem takes.

        The numbers themselves where they are read in order; else ``(N, V)`` float32 the share of each among a text's
        numbers, padding left out, times the scale. A stem on this is the mean of the words' vectors.
        """
        if self.ordered:
            return inputs
        counts = np.zeros((len(inputs), self.size), np.float32)
        np.add.at(counts, (np.arange(len(inputs))[:, None], inputs.astype(np.int64)), 1)
        counts[:, PADDING] = 0
        return counts * (np.float32(self.scale) / counts.sum(axis=1, keepdims=True))

    def to_json(self) -> dict[str, Any]:
        """Plain lists, strings and numbers; :meth:`from_json` is the inverse."""
        return {"tokens": asdict(self)}

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> "Tokens":
        """The preprocessing that :meth:`to_json` wrote.

        Raises:
            LookupError, TypeError, ValueError: it did not.
        """
        one = document["tokens"]
        size, length, embedding = whole_numbers([one[name] for name in ("size", "length", "embedding")], 1)
        (column,), words = texts([one["column"]]), texts(one["words"])
        if words and len(words) > size - FIRST_WORD:
            raise ValueError("it has more words than numbers for them")
        return cls(size, length, embedding, bool(one["ordered"]), finite(one["scale"]), words, column)
