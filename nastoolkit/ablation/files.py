"""The files of an ablation, each written whole or not at all."""

from pathlib import Path

from nastoolkit.errors import OutputError


def write_whole(path: Path, content: bytes) -> Path:
    """Put ``content`` in the place of what the file held; its folder is made if need be.

    Raises:
        OutputError: the file system does not let it.
    """
    draft = path.with_name(f"{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.write_bytes(content)
        draft.replace(path)
    except OSError as error:
        raise OutputError(
            f"{path} cannot be written: {error.strerror or error}. Every run of the ablation is saved: make the folder "
            f"writable and repeat the command; nothing is searched again."
        ) from error
    return path
