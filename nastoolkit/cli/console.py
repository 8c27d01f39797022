"""Where text goes: results to stdout, remarks to stderr."""

import json
import os
import sys
from collections.abc import Callable, Mapping
from typing import Any

from rich.console import Console
from rich.text import Text


def results() -> Console:
    """Stdout."""
    return Console()


def people() -> Console:
    """Stderr."""
    return Console(stderr=True)


def print_json(document: Mapping[str, Any]) -> None:
    """One strict JSON document on stdout."""
    results().out(json.dumps(document, indent=2, allow_nan=False), highlight=False)


def remarks(*, quiet: bool, console: Console | None = None) -> Callable[[str], None]:
    """What takes a sentence for the user."""
    stderr = console or people()
    return lambda text: None if quiet else stderr.print(Text(text), soft_wrap=True)


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
