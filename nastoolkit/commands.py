"""Command lines that messages offer: what finds a run again, whatever it is called and wherever it is stored."""

import shlex
from pathlib import Path

from nastoolkit.storage import DEFAULT_STORAGE, FILE, file_url


def command(verb: str, run: str, url: str) -> str:
    """A command on a run.

    Args:
        verb: of ``nastoolkit``, perhaps with flags.
        run: its name.
        url: of its storage, which is left out where it is the one that is looked in here.
    """
    here = file_url(Path(DEFAULT_STORAGE.removeprefix(FILE)).absolute())
    return _line(verb, run, "" if url == here else url)


def folder_command(verb: str, folder: Path, url: str | None) -> str:
    """A command on a folder that says where its runs are, which is followed where that is a file, or None."""
    return _line(verb, str(folder), "" if url is None or url.startswith(FILE) else url)


def _line(verb: str, what: str, url: str) -> str:
    return f"nastoolkit {verb} {shlex.quote(what)}" + (f" --storage {shlex.quote(url)}" if url else "")
