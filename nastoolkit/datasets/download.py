"""Files from the network: checked against a known digest before they have their name."""

import hashlib
import os
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from urllib.request import urlopen

from nastoolkit.errors import DataError

PIECE = 1 << 16
PATIENCE = 30
"""Seconds without an answer."""

Listener = Callable[[str, int, int], None]
"""Is told of a file's name, the bytes that have come, and how many there will be (0 where nobody knows)."""

_listener: ContextVar[Listener | None] = ContextVar("listener", default=None)


@dataclass(frozen=True, slots=True)
class Remote:
    """A file on the network.

    Args:
        url: where it is.
        name: what it is called here, folders included.
        digest: its SHA-256 or, where the publisher gives no other, its MD5; empty where there is none.
    """

    url: str
    name: str
    digest: str = ""


@contextmanager
def listening(listener: Listener) -> Generator[None]:
    """Tell someone how downloads go."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)


def fetch(remote: Remote, folder: Path) -> Path:
    """A file in a folder of ours; one that is there is left as it is.

    Raises:
        DataError: it cannot be had, or is not what it should be.
    """
    path = folder / remote.name
    if path.exists():
        return path
    part = path.with_name(f"{path.name}.{os.getpid()}.part")  # two programs may want it at once
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        digest = _copied(remote, part)
        if remote.digest and digest != remote.digest:
            raise DataError(f"{remote.url} is not the file that was published: its digest is {digest}.")
        part.replace(path)
    except (OSError, HTTPException) as error:
        raise DataError(f"{remote.url}: {getattr(error, 'reason', None) or error or type(error).__name__}.") from None
    finally:
        with suppress(OSError):  # it has its name by now, or there is no such folder
            part.unlink()
    return path


def _copied(remote: Remote, part: Path) -> str:
    """Write what comes, and its digest."""
    listener = _listener.get()
    digest = hashlib.new("md5" if len(remote.digest) == len("d41d8cd98f00b204e9800998ecf8427e") else "sha256")
    with urlopen(remote.url, timeout=PATIENCE) as answer, part.open("wb") as file:  # noqa: S310 - https, written in the source
        expected, come = answer.length or 0, 0
        while piece := answer.read(PIECE):
            digest.update(piece)
            file.write(piece)
            come += len(piece)
            if listener:
                listener(remote.name, come, expected)
    if expected and come < expected:
        raise OSError(f"it ended after {come} of {expected} bytes")
    return digest.hexdigest()
