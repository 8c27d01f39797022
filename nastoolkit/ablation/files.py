"""The files of an ablation, each written whole or not at all."""

from pathlib import Path

from nastoolkit.files import written

WAY_OUT = (
    "Every run of the ablation is saved: make room and the folder writable, and repeat the command; nothing is "
    "searched again."
)


def write_whole(path: Path, content: bytes) -> Path:
    """Put ``content`` in the place of what the file held; its folder is made if need be.

    Raises:
        OutputError: the file system does not let it.
    """
    with written(path, WAY_OUT) as draft:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.write_bytes(content)
    return path
