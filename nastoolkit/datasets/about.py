"""What is known of a data set before it is read."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class About:
    """A line of ``nastoolkit datasets``.

    Args:
        task: what is to be learned.
        kind: of data.
        shape: of a row, in words.
        rows: for learning and, where the set has a test part of its own, for the test.
        megabytes: of its files; 0 where it comes with a library or is made by a formula.
        licence: under which it may be used, as its publisher says.
    """

    task: Literal["classification", "regression"]
    kind: Literal["table", "image", "text"]
    shape: str
    rows: str
    megabytes: float
    licence: str
