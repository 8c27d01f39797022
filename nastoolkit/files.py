"""Files that are written whole or not at all."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def whole(path: Path) -> Generator[Path]:
    """A file beside ``path``, of the same suffix, to write to; in the end it takes the place of ``path``.

    Where the body raises, or the disk is full, ``path`` stays as it was and the other file is taken away.
    """
    draft = path.with_stem(f"{path.stem}.part")
    try:
        yield draft
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
