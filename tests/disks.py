"""Small disks, which are soon full."""

import os
import shutil
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Generator[Path]:
    """Mount one on an empty folder; a test that cannot is skipped."""
    if os.geteuid() != 0 or not shutil.which("mount"):
        pytest.skip("only root can mount a small disk")
    command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)]
    if subprocess.run(command, check=False).returncode:
        pytest.skip("no disk can be mounted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)  # noqa: S607 - the system's


def fill(disk: Path, left: int = 0) -> None:
    """Leave so many bytes, in pages of 4096."""
    empty(disk)
    free = shutil.disk_usage(disk).free
    with _filler(disk).open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, max(free - left, 1))


def empty(disk: Path) -> None:
    """Make room again."""
    _filler(disk).unlink(missing_ok=True)


def _filler(disk: Path) -> Path:
    return disk / "filler"
