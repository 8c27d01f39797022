"""Files that users hand in: which component reads them, and whether they are what their name says."""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path
from types import MappingProxyType

from nastoolkit.datasets.checks import listed
from nastoolkit.datasets.folders import every_file, is_hidden
from nastoolkit.errors import DataError
from nastoolkit.files import is_possible, is_there, regular

COMPONENTS: Mapping[str, str] = MappingProxyType({".csv": "csv", ".npz": "npz", ".parquet": "parquet"})
"""The component that reads a file, by the end of the file's name."""

IMAGES = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".ppm", ".pgm", ".tif", ".tiff")
"""How names of images end."""

TEXTS = (".txt",)
"""How names of texts end."""

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

_GLANCE = 1000
"""Files that tell what a folder holds."""


def from_file_name(name: str) -> str | None:
    """The component that reads a file or folder, where ``name`` is the name of one; None where it is a plain word.

    Raises:
        DataError: it is a file's or folder's name, but there is no such folder, or nothing reads what it is.
    """
    path = Path(name)
    if not is_possible(path):
        raise DataError("No file and no data set can be called so: the name is too long, or has a null character.")
    if is_there(path) and path.is_dir():
        return _folder(path)
    if path.suffix:
        return component_for(path)
    if path.name != name:
        raise _nothing(path)
    return None


def _folder(path: Path) -> str:
    """The component that reads a folder, by what most of its first files are: a README beside images is no text."""
    visible = (one for one in path.rglob("*") if not any(map(is_hidden, one.relative_to(path).parts)))
    known = (one.suffix.lower() in TEXTS for one in visible if one.suffix.lower() in {*IMAGES, *TEXTS})
    found = Counter(islice(known, _GLANCE))
    if not found:
        raise DataError(f"{path} has neither images ({', '.join(IMAGES)}) nor texts ({', '.join(TEXTS)}) in it.")
    return "text_folder" if found[True] > found[False] else "image_folder"


def files_at(path: Path, suffixes: Sequence[str], others: Sequence[str]) -> list[Path]:
    """A file, or all files below a folder that end like that, sorted by name.

    Args:
        path: of the file or folder.
        suffixes: how names of files end, in lower case.
        others: how names of files end that could be given as well.

    Raises:
        DataError: there is nothing, or no such file, or it cannot be read.
    """
    if not is_there(path):
        raise _nothing(path)
    if not path.is_dir():
        _head(path)  # Pillow would wait for a pipe
    files = every_file(path, suffixes) if path.is_dir() else [path]
    if not files or files[0].suffix.lower() not in suffixes:
        ends = ", ".join(suffixes)
        raise DataError(f"{path}: give a folder of files that end in {ends}, one of them, or {' or '.join(others)}.")
    return files


def key_of_rows(path: Path, keys: Sequence[str]) -> str:
    """Which array of an npz file holds new rows: ``x``, else ``x_test``, else the only one.

    Raises:
        DataError: there is none, or it cannot be told which.
    """
    known = [key for key in ("x", "x_test") if key in keys]
    if not known and len(keys) != 1:
        raise DataError(f"{path}: which array holds the rows? Call it x. It has {listed(keys) or 'none'}.")
    return [*known, *keys][0]


def _nothing(path: Path) -> DataError:
    return DataError(f"There is no file or folder {path} (looked for it from {Path.cwd()}).")


def component_for(path: Path) -> str:
    """The component that reads a file.

    Raises:
        DataError: nothing reads files whose names end like that; says which are read.
    """
    found = COMPONENTS.get(path.suffix.lower())
    if found is None:
        pictures = path.is_dir() or path.suffix.lower() in IMAGES
        hint = " Images for a network that was trained with flatten = true go into an npz file." if pictures else ""
        raise DataError(f"{path}: files of this kind can't be read. Supported: {', '.join(COMPONENTS)}.{hint}")
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
    if is_there(path) and path.is_dir():
        raise DataError(f"{path} is a folder. Give the file in it that holds the data.")
    try:
        with regular(path) as file:
            return file.read(_HEAD)
    except FileNotFoundError:
        raise DataError(f"There is no file {path} (looked for it from {Path.cwd()}).") from None
    except OSError as error:
        raise DataError(f"{path} can't be read: {error.strerror}. Give a file that can be.") from error


def _nature(head: bytes) -> str:
    """What a file is, told by how it begins."""
    known = [what for signature, what in _SIGNATURES.items() if head.startswith(signature)]
    if known:
        return known[0]
    return "binary data" if b"\0" in head else "text"
