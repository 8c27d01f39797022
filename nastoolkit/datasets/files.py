"""Files that users hand in: which component reads them, and whether they are what their name says."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from nastoolkit.errors import DataError

COMPONENTS: Mapping[str, str] = MappingProxyType({".csv": "csv", ".npz": "npz", ".parquet": "parquet"})
"""The component that reads a file, by the end of the file's name."""

IMAGES = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".ppm", ".pgm", ".tif", ".tiff")
"""How names of images end."""

_SIGNATURES: Mapping[bytes, str] = MappingProxyType(
    {
        b"PK\x03\x04": "a zip archive",
        b"PK\x05\x06": "a zip archive",
        b"\x93NUMPY": "a single NumPy array (.npy)",
        b"\x1f\x8b": "a gzip file",
        b"\x89PNG": "a PNG image",
        b"\xff\xd8\xff": "a JPEG image",
        b"%PDF": "a PDF document",
        b"PAR1": "a Parquet file",
        b"\x89HDF": "an HDF5 file",
        b"SQLite format 3": "an SQLite database",
    }
)
_EXPECTED: Mapping[str, str] = MappingProxyType({".csv": "text", ".npz": "a zip archive", ".parquet": "a Parquet file"})
_HEAD = 4096


def from_file_name(name: str) -> str | None:
    """The component that reads a file or folder, where ``name`` is the name of one; None where it is a plain word.

    Raises:
        DataError: it is a file's name, but of a kind that nothing reads.
    """
    path = Path(name)
    if path.is_dir():
        return _folder(path)
    return component_for(path) if path.suffix or path.name != name else None


def _folder(path: Path) -> str:
    """The component that reads a folder, by the first file below it that one reads."""
    for one in path.rglob("*"):
        if one.suffix.lower() == ".txt":
            return "text_folder"
        if one.suffix.lower() in IMAGES:
            return "image_folder"
    raise DataError(f"{path} has neither images ({', '.join(IMAGES)}) nor texts (.txt) in it.")


def component_for(path: Path) -> str:
    """The component that reads a file.

    Raises:
        DataError: nothing reads files whose names end like that; says which are read.
    """
    found = COMPONENTS.get(path.suffix.lower())
    if found is None:
        raise DataError(f"{path}: files of this kind can't be read. Supported: {', '.join(COMPONENTS)}.")
    return found


def check_file(path: Path, suffix: str) -> None:
    """Whether a file is there, holds something, and begins as files with this suffix do.

    Raises:
        DataError: it does not; says what it is instead.
    """
    head = _head(path)
    if not head:
        raise DataError(f"{path} is empty. Give a file with data.")
    found, expected = _nature(head), _EXPECTED[suffix]
    if found != expected:
        raise DataError(f"{path} is not what {suffix} files are ({expected}): it is {found}. Convert it, or rename it.")


def _head(path: Path) -> bytes:
    if path.is_dir():
        raise DataError(f"{path} is a folder. Give the file in it that holds the data.")
    try:
        with path.open("rb") as file:
            return file.read(_HEAD)
    except FileNotFoundError:
        raise DataError(f"There is no file {path} (looked for it from {Path.cwd()}).") from None
    except OSError as error:
        raise DataError(f"{path} can't be read: {error.strerror}.") from error


def _nature(head: bytes) -> str:
    """What a file is, told by how it begins."""
    known = [what for signature, what in _SIGNATURES.items() if head.startswith(signature)]
    if known:
        return known[0]
    return "binary data" if b"\0" in head else "text"
