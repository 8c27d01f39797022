"""Compiled programs on disk, so that the next run need not compile them again.

Both backends can do it; they have to be told where before they start. A program is found again by what is in it, for
this processor and these versions alone, and is run without another look: the folder is the user's own, as an
installed package is.
"""

import json
import os
import shutil
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from nastoolkit.cache import cache
from nastoolkit.trainers.machine import packages, processor

ROOM = 256 * 2**20
"""Bytes that programs may take; the oldest leave first."""

FREE = 2**30
"""Bytes that must be left on the disk: TensorFlow gives up where it cannot write a program."""


def keep_programs() -> None:
    """Tell the backends where, unless ``NASTOOLKIT_PROGRAMS`` is ``none``; who told them otherwise is left alone."""
    if os.environ.get("NASTOOLKIT_PROGRAMS") == "none":
        return
    folder, flags = folder_of_programs(), os.environ.get("TF_XLA_FLAGS", "")
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _make_room(folder)
        usable = os.access(folder, os.W_OK) and shutil.disk_usage(folder).free > FREE
    except OSError:
        return  # a home that cannot be written to: everything is compiled anew
    if not usable:
        return
    os.environ.setdefault("JAX_COMPILATION_CACHE_DIR", str(folder))
    os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0")
    if "persistent_cache" not in flags and " " not in str(folder):  # flags are told apart by spaces
        os.environ["TF_XLA_FLAGS"] = f"{flags} --tf_xla_persistent_cache_directory={folder}".strip()


def folder_of_programs() -> Path:
    """Where the programs for this processor and these versions are."""
    named = json.dumps([packages(), processor()], sort_keys=True)
    return cache() / "programs" / sha256(named.encode()).hexdigest()[:16]


def forget_programs() -> bool:
    """Throw the programs on disk away, since one of them may be damaged; whether there were any."""
    files = [one for one in folder_of_programs().glob("*") if one.is_file()]
    for one in files:
        one.unlink(missing_ok=True)
    return bool(files)


def _make_room(folder: Path) -> None:
    """Delete the oldest programs, of any processor and version, until the others fit."""
    files = [(one.stat(), one) for one in folder.parent.glob("*/*") if one.is_file()]
    taken = sum(found.st_size for found, _ in files)
    for found, one in sorted(files, key=lambda pair: pair[0].st_mtime):
        if taken <= ROOM:
            break
        with suppress(OSError):  # another process makes room as well
            one.unlink()
        taken -= found.st_size
