"""Compiled programs on disk, so that the next run need not compile them again.

Both backends can do it; they have to be told where before they start. A program is found again by what is in it, for
this processor and these versions alone, and is run without another look: the folder is the user's own, as an
installed package is.
"""

import json
import os
from collections.abc import Iterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from stat import S_IRWXG, S_IRWXO
from tempfile import TemporaryFile

from nastoolkit.cache import cache
from nastoolkit.trainers.machine import accelerators, packages, processor

TENSORFLOW = "--tf_xla_persistent_cache_directory="
"""The flag by which TensorFlow is told."""

ROOM = 256 * 2**20
"""Bytes that programs may take; the oldest leave first."""

PROBE = 8 * 2**20
"""Bytes that must find a place: TensorFlow gives up where it cannot write a program."""


def keep_programs() -> None:
    """Tell the backends where, unless ``NASTOOLKIT_PROGRAMS`` is ``none``; who told them otherwise is left alone."""
    if os.environ.get("NASTOOLKIT_PROGRAMS") == "none":
        return
    flags = os.environ.get("TF_XLA_FLAGS", "")
    try:
        folder = folder_of_programs()
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _make_room(folder)
        _probe(folder)
    except (OSError, RuntimeError):  # a home that there is not, or that cannot be written to
        return
    os.environ.setdefault("JAX_COMPILATION_CACHE_DIR", str(folder))
    os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0")
    if "persistent_cache" not in flags and " " not in str(folder):  # flags are told apart by spaces
        os.environ["TF_XLA_FLAGS"] = f"{flags} {TENSORFLOW}{folder}".strip()


def folder_of_programs() -> Path:
    """Where the programs for this processor, these accelerators and these versions are.

    Raises:
        RuntimeError: the user has no home.
    """
    named = json.dumps([packages(), processor(), accelerators()], sort_keys=True)
    return cache() / "programs" / sha256(named.encode()).hexdigest()[:16]


def forget_programs() -> bool:
    """Throw the programs on disk away, since one of them may be damaged; whether this process uses any."""
    told = os.environ.get("TF_XLA_FLAGS", ""), os.environ.get("JAX_COMPILATION_CACHE_DIR", "")
    if not any(str(cache() / "programs") in one for one in told):
        return False
    files = [one for one in folder_of_programs().glob("*") if one.is_file()]
    for one in files:
        with suppress(OSError):
            one.unlink()
    return bool(files)


def _make_room(folder: Path) -> None:
    """Delete the oldest programs, of any processor and version, until the others fit."""
    files = sorted(_files(folder.parent), reverse=True)  # the newest first
    taken = 0
    for _, size, one in files:
        taken += size
        if taken > ROOM:
            with suppress(OSError):  # another process makes room as well
                one.unlink()


def _files(folder: Path) -> Iterator[tuple[float, int, Path]]:
    """When each program was made, and how large it is."""
    for one in folder.glob("*/*"):
        with suppress(OSError):
            found = one.stat()
            yield found.st_mtime, found.st_size, one


def _probe(folder: Path) -> None:
    """Whether the folder is the user's alone, and takes a file.

    Raises:
        OSError: it is not, or does not.
    """
    found = folder.stat()
    if found.st_uid != os.geteuid() or found.st_mode & (S_IRWXG | S_IRWXO):
        raise PermissionError(f"{folder} is not this user's alone")
    with TemporaryFile(dir=folder) as file:
        file.write(bytes(PROBE))
