"""The files of an ablation, each written whole or not at all."""

from pathlib import Path

from nastoolkit.errors import OutputError
from nastoolkit.files import whole


def write_whole(path: Path, content: bytes) -> Path:
    """Put ``content`` in the place of what the file held; its folder is made if need be.

    Raises:
        OutputError: the file system does not let it.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole(path) as draft:
            draft.write_bytes(content)
    except OSError as error:
        raise OutputError(
            f"{path} cannot be written: {error.strerror or error}. Every run of the ablation is saved: make room and "
            "the folder writable, and repeat the command; nothing is searched again."
        ) from error
    return path
