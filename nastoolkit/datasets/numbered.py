"""Texts whose words are numbers: cut, padded, and what is fitted on the training texts."""

from collections.abc import Sequence, Sized
from dataclasses import dataclass, replace

import numpy as np

from nastoolkit.arrays import Array
from nastoolkit.datasets.prepare import Fitted
from nastoolkit.datasets.splits import Parts
from nastoolkit.datasets.tokens import FIRST_WORD, LOUDNESS, PADDING, START, UNKNOWN, Tokens


@dataclass(frozen=True, slots=True, eq=False)
class Numbered:
    """Texts as numbers of words, the most frequent word having the smallest.

    Args:
        texts: ``(N,)`` the numbers of each text's words, from :data:`FIRST_WORD` on, in their order.
        words: the words of the numbers, from :data:`FIRST_WORD` on; empty where they are not known.
        vocabulary: V, different numbers at most; larger ones become :data:`UNKNOWN`.
        length: L at most; see :class:`Tokens`.
        embedding: E; see :class:`Tokens`.
        ordered: see :class:`Tokens`.
    """

    texts: Sequence[Array]
    words: tuple[str, ...]
    vocabulary: int
    length: int
    embedding: int
    ordered: bool

    def fitted(self, parts: Parts) -> Fitted:
        """Pad to one length, and scale the mean of words' vectors by the training texts."""
        words, length = self.words[: self.vocabulary - FIRST_WORD], fitted_length(self.texts, parts, self.length)
        tokens = Tokens(self.vocabulary, length, self.embedding, self.ordered, words=words)
        inputs = padded(self.texts, tokens)
        return Fitted(inputs, scaled(tokens, inputs[parts.train]), cut_note(self.texts, tokens.length))


def padded(texts: Sequence[Array], tokens: Tokens) -> Array:
    """Texts -> ``(N, L)``: a start, then the words, of too many the last ones, then zeros."""
    inputs = np.full((len(texts), tokens.length), PADDING, tokens.dtype)
    inputs[:, 0] = START
    room = tokens.length - 1
    for row, text in zip(inputs, texts, strict=True):
        last = text[-room:] if room else text[:0]
        row[1 : 1 + len(last)] = np.where(last < tokens.size, last, UNKNOWN)
    return inputs


def scaled(tokens: Tokens, train: Array) -> Tokens:
    """The same with the scale of the mean; see :class:`Tokens`.

    Args:
        tokens: whose scale is not fitted yet.
        train: ``(N, L)`` the training texts.
    """
    total = 0.0
    for row in train:
        counts = np.bincount(row)
        counts[PADDING] = 0
        total += float((counts**2).sum()) / float(counts.sum()) ** 2
    scale = LOUDNESS if tokens.ordered else LOUDNESS * float(np.sqrt(len(train) / total))
    return replace(tokens, scale=scale)


def fitted_length(texts: Sequence[Sized], parts: Parts, most: int) -> int:
    """L that holds the start and the words of every training text, and ``most`` at most."""
    return min(most, 1 + max(len(texts[int(row)]) for row in parts.train))


def cut_note(texts: Sequence[Array], length: int) -> tuple[str, ...]:
    """How many texts are longer than networks read; nothing where none is."""
    cut = sum(len(text) >= length for text in texts)
    return (f"{cut} of {len(texts)} texts have more than {length - 1} words: their last ones are read.",) if cut else ()
