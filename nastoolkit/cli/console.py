"""Where text goes: results to stdout, remarks to stderr. Names in it may come from anywhere, and are shown as text."""

import json
import os
import sys
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import Any

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.text import Text

ODD = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
"""Categories of characters that do something to a terminal, or to the direction of its text, or are none at all."""

SHAPING = frozenset("\n\t\u200c\u200d")
"""Those of them that texts need: lines, and letters that join or do not."""


def visible(text: str) -> str:
    """A text in which whatever would do something to the terminal is a replacement character."""
    if text.isascii() and text.isprintable():
        return text
    return "".join("\ufffd" if unicodedata.category(one) in ODD and one not in SHAPING else one for one in text)


class Terminal(Console):
    """A console to which strings are texts and no markup, and only its own styles are escape sequences."""

    def __init__(self, *, stderr: bool = False) -> None:
        super().__init__(stderr=stderr, markup=False, emoji=False)

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """What is shown of something, as any console does it, without control characters."""
        for segment in super().render(renderable, options):
            text, style, control = segment
            yield segment if control else Segment(visible(text), style)


def results() -> Console:
    """Stdout."""
    return Terminal()


def people() -> Console:
    """Stderr."""
    return Terminal(stderr=True)


def print_json(document: Mapping[str, Any]) -> None:
    """One strict JSON document on stdout."""
    results().out(json.dumps(document, indent=2, allow_nan=False), highlight=False)


def remarks(*, quiet: bool, console: Console | None = None) -> Callable[[str], None]:
    """What takes a sentence for the user."""
    stderr = console or people()
    return lambda text: None if quiet else stderr.print(Text(text), soft_wrap=True)


def complain(message: str) -> None:
    """One line on stderr that says what went wrong."""
    text = f"nastoolkit: {visible(' '.join(message.splitlines()))}"
    with suppress(OSError):  # the terminal was closed
        print(text, file=sys.stderr, flush=True)  # noqa: T201 - a message to the user


def silence_frameworks() -> None:
    """Keep what TensorFlow's C++ writes to file descriptor 2 off the terminal; Python's stderr stays as it is.

    Some of it is written before any log level applies. Whoever sets ``TF_CPP_MIN_LOG_LEVEL`` sees it all.
    """
    if "TF_CPP_MIN_LOG_LEVEL" in os.environ or sys.stderr is None:  # pyright: ignore[reportUnnecessaryComparison] - 2>&-
        return
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    sys.stderr = os.fdopen(os.dup(2), "w", buffering=1, encoding=sys.stderr.encoding, errors="backslashreplace")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    os.close(nowhere)
