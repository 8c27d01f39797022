"""The errors a user can meet, each with the exit code of the command line.

    NastoolkitError          1
    ├── OutOfMemory          1   no memory to train with, however few networks at once
    ├── UsageError           2   the command line itself is wrong
    ├── ConfigError          3   a key or value of the configuration
    ├── DataError            3   a data set, or a file of data
    ├── OutputError          3   a folder or file that is written to
    ├── PluginError          4   a plugin that is broken, missing or in conflict
    │   └── ComponentError   4   what a plugin offers raised an error
    └── StorageError         5   the database, or a run in it
    Interrupted            130   Ctrl-C, or 128 + another signal; the last generation is safe

Every message says what is wrong, where, and the way out.
"""

import difflib
from collections.abc import Iterable
from enum import IntEnum
from typing import Any, ClassVar


class ExitCode(IntEnum):
    """What the command line returns to the shell."""

    OK = 0
    FAILED = 1
    USAGE = 2
    CONFIG = 3
    PLUGIN = 4
    STORAGE = 5
    HUNG_UP = 129
    INTERRUPTED = 130
    TERMINATED = 143


class NastoolkitError(Exception):
    """Base of every error that is a message to the user and not a defect of the program."""

    exit_code: ClassVar[ExitCode] = ExitCode.FAILED

    def __reduce__(self) -> tuple[Any, ...]:
        """As a worker process sends it: what was said, whatever its class is made from."""
        return type(self).__new__, (type(self), *self.args), vars(self)


class OutOfMemory(NastoolkitError):  # noqa: N818 - as it is called everywhere
    """There is no memory to train with, however few networks go at once."""


class UsageError(NastoolkitError):
    """The command line cannot be understood."""

    exit_code = ExitCode.USAGE


class ConfigError(NastoolkitError):
    """A configuration names something unknown, or gives a value that cannot be."""

    exit_code = ExitCode.CONFIG


class DataError(NastoolkitError):
    """A data set cannot be read, or cannot be learned from."""

    exit_code = ExitCode.CONFIG


class OutputError(NastoolkitError):
    """A folder or file cannot be written."""

    exit_code = ExitCode.CONFIG


class PluginError(NastoolkitError):
    """A plugin that the run needs is broken, missing, or in conflict with another."""

    exit_code = ExitCode.PLUGIN


class ComponentError(PluginError):
    """What a plugin offers raised an error that is no message to the user."""


class StorageError(NastoolkitError):
    """The database cannot be opened or read, or it does not hold the run."""

    exit_code = ExitCode.STORAGE


class Interrupted(NastoolkitError):  # noqa: N818 - named for what happened; nothing went wrong
    """The user or the machine stopped the run; everything up to the last whole generation is saved."""

    exit_code = ExitCode.INTERRUPTED


LISTED = 12
"""How many names a message lists at most."""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The way out of a misspelt name: the nearest known one, or all of them."""
    names = sorted(known)
    near = difflib.get_close_matches(word, names, n=1)
    if near:
        return f"Did you mean {near[0]!r}?"
    if not names:
        return "There is none."
    more = f" and {len(names) - LISTED} more" if len(names) > LISTED else ""
    return f"Known: {', '.join(names[:LISTED])}{more}."
