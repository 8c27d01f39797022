"""Where text goes: results to stdout, remarks to stderr."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from rich.console import Console
from rich.text import Text


def results() -> Console:
    """stdout."""
    return Console()


def people() -> Console:
    """stderr."""
    return Console(stderr=True)


def print_json(document: Mapping[str, Any]) -> None:
    """One strict JSON document on stdout."""
    results().out(json.dumps(document, indent=2, allow_nan=False), highlight=False)


def remarks(*, quiet: bool, console: Console | None = None) -> Callable[[str], None]:
    """What takes a sentence for the user."""
    stderr = console or people()
    return lambda text: None if quiet else stderr.print(Text(text), soft_wrap=True)
