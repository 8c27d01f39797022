"""Texts of one's own: words as numbers, fitted on the training texts."""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, TypeAlias

import numpy as np
from annotated_types import Interval

from nastoolkit.arrays import Array
from nastoolkit.datasets.numbered import cut_note, fitted_length, padded, scaled
from nastoolkit.datasets.prepare import Fitted
from nastoolkit.datasets.splits import Parts
from nastoolkit.datasets.tokens import FIRST_WORD, UNKNOWN, Tokens
from nastoolkit.errors import DataError

Vocabulary: TypeAlias = Annotated[int, Interval(ge=FIRST_WORD + 1, le=10**6)]
"""V, different numbers at most, the first three of which are no words."""

Length: TypeAlias = Annotated[int, Interval(ge=2, le=10_000)]
"""L, numbers of a text at most, its start included."""

Embedding: TypeAlias = Annotated[int, Interval(ge=1, le=1024)]
"""E, units of a word's vector at most."""

_TAG = re.compile(r"</?[a-z][^<>]*>", re.IGNORECASE)
_MARKS = "".join(chr(code) for code in range(0x300, 0x2000) if unicodedata.category(chr(code)).startswith("M"))
"""Accents, and the vowels of scripts that write them about their consonants."""

_CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af"
_LETTERS = rf"[^\W_{_CJK}](?:[^\W_{_CJK}]|[{_MARKS}])*"
_WORD = re.compile(rf"[{_CJK}]|{_LETTERS}(?:['\u2019]{_LETTERS})*")


@dataclass(frozen=True, slots=True, eq=False)
class Texts:
    """Texts in words.

    Args:
        texts: ``(N,)`` as their users wrote them.
        vocabulary: V at most.
        length: L at most.
        embedding: E.
        ordered: whether networks read the words in their order.
        column: see :class:`Tokens`.
    """

    texts: Sequence[str]
    vocabulary: int
    length: int
    embedding: int
    ordered: bool
    column: str = ""

    def fitted(self, parts: Parts) -> Fitted:
        """Number the most frequent words of the training texts; of equally frequent ones the first in the alphabet.

        Raises:
            DataError: no training text has a word.
        """
        texts = [words(text) for text in self.texts]
        counts = Counter(word for row in parts.train for word in texts[int(row)])
        ranked = sorted(counts, key=lambda word: (-counts[word], word))[: self.vocabulary - FIRST_WORD]
        if not ranked:
            raise DataError("No text of the training part has a word, of letters or digits. Give texts that have some.")
        length = fitted_length(texts, parts, self.length)
        tokens = Tokens(
            FIRST_WORD + len(ranked), length, self.embedding, self.ordered, words=tuple(ranked), column=self.column
        )
        numbers = numbered(texts, tokens)
        inputs = padded(numbers, tokens)
        empty = sum(not text for text in texts)
        notes = (f"{empty} of {len(texts)} texts have no words.",) if empty else ()
        return Fitted(inputs, scaled(tokens, inputs[parts.train]), (*notes, *cut_note(numbers, length)))


def words(text: str) -> list[str]:
    """The words of a text in lower case: letters and digits, with apostrophes inside; HTML's tags are passed over.

    An accent is one with its letter, however it was typed. Of Chinese, Japanese and Korean each character is a word.
    """
    return [found.group() for found in _WORD.finditer(unicodedata.normalize("NFC", _TAG.sub(" ", text).lower()))]


def numbered(texts: Sequence[Sequence[str]], tokens: Tokens) -> list[Array]:
    """The numbers of words; :data:`UNKNOWN` for those that the vocabulary lacks."""
    numbers = {word: FIRST_WORD + k for k, word in enumerate(tokens.words) if word}
    return [np.array([numbers.get(word, UNKNOWN) for word in text], np.int64) for text in texts]
