"""A run as one file: a zip of JSON and raw numbers, which any database takes in. No pickle, no code.

``run.json`` says the version of the tables, the rows of ``runs``, ``generations`` and ``evaluations`` as JSON (bytes in
hexadecimal), and the SHA-256 of every other member: ``weights/DIGEST``, little-endian float32, and the run's files.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, cast
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile
from zlib import error as ZlibError  # noqa: N812 - it is one

from nastoolkit.errors import DataError
from nastoolkit.files import regular
from nastoolkit.storage.base import Rows
from nastoolkit.storage.schema import APPLICATION, OLDEST, VERSION

INDEX, WEIGHTS, FILES = "run.json", "weights/", "files/"

BYTES, INDEX_BYTES, MEMBERS = 2**31, 2**28, 10_000
"""How large an archive may become when it is unpacked, how large its index, which is some hundred thousand networks and
as objects takes up to twenty times its bytes, and how many members it may have."""


@dataclass(frozen=True, slots=True)
class Archive:
    """What one holds.

    Args:
        rows: of every table.
        version: of the tables.
        files: the run's, by name.
    """

    rows: Rows
    version: int = VERSION
    files: Mapping[str, bytes] = field(default_factory=dict[str, bytes])


def write_archive(path: Path, archive: Archive) -> None:
    """Write it to a new file.

    Raises:
        DataError: it is larger than one that can be read.
    """
    rows = {name: rows for name, rows in archive.rows.items() if name != "weights"}
    members = {f"{WEIGHTS}{row['digest']}": row["data"] for row in archive.rows["weights"]}
    members |= {f"{FILES}{name}": content for name, content in archive.files.items()}
    digests = {name: sha256(content).hexdigest() for name, content in members.items()}
    index = {"application": APPLICATION, "version": archive.version, "rows": rows, "digests": digests}
    members = {INDEX: json.dumps(index, default=lambda data: {"hex": data.hex()}).encode(), **members}
    if _is_too_large({name: len(content) for name, content in members.items()}):
        raise DataError(
            f"The run is larger than a file that can be taken in ({BYTES:,} bytes, {INDEX_BYTES:,} of them rows, in "
            f"{MEMBERS:,} members). Copy its database and its folder instead."
        )
    with ZipFile(path, "x", ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name, content)


def read_archive(path: Path, names: frozenset[str]) -> Archive:
    """Read one, from anywhere.

    Args:
        path: of the file.
        names: that the run's files may have.

    Raises:
        DataError: it is none, damaged, or of a version that cannot be read.
    """
    try:
        with regular(path) as content, ZipFile(content) as file:
            _check_members(file)
            index = json.loads(file.read(INDEX), object_hook=_bytes)
            _check_version(path, index)
            return _read(file, index, names)
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}. Give a file that can be.") from None
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError, *_ZIP) as error:
        raise DataError(
            f"{path} is not a run that nastoolkit has exported, or is damaged: {error}. Export it again: "
            "nastoolkit runs --export RUN FILE"
        ) from None


_ZIP = (BadZipFile, ZlibError, NotImplementedError, EOFError, RuntimeError)
"""What Python's zip raises where a file is none."""


def _check_version(path: Path, index: Mapping[str, Any]) -> None:
    if index["application"] != APPLICATION:
        raise ValueError("it is another program's")
    if not OLDEST <= index["version"] <= VERSION:
        raise DataError(
            f"{path} was exported by a nastoolkit with version {index['version']} of the tables, and this one reads "
            f"versions {OLDEST} to {VERSION}. Import it with that one."
        )


def _read(file: ZipFile, index: Mapping[str, Any], names: frozenset[str]) -> Archive:
    found = {name: file.read(name) for name in index["digests"]}
    for name, content in found.items():
        if sha256(content).hexdigest() != index["digests"][name]:
            raise ValueError(f"{name} does not match its digest")
    (run,) = index["rows"]["runs"]
    weights = [
        {"run": run["name"], "digest": name.removeprefix(WEIGHTS), "data": content}
        for name, content in found.items()
        if name.startswith(WEIGHTS)
    ]
    files = {name.removeprefix(FILES): content for name, content in found.items() if name.startswith(FILES)}
    if unknown := files.keys() - names:
        raise ValueError(f"a run has no file {min(unknown)!r}")
    return Archive({**index["rows"], "weights": weights}, index["version"], files)


def _check_members(file: ZipFile) -> None:
    if any(member.compress_type not in {ZIP_STORED, ZIP_DEFLATED} for member in file.infolist()):
        raise ValueError("it is compressed in a way that nastoolkit does not use")
    if _is_too_large({member.filename: member.file_size for member in file.infolist()}):  # no more than these are read
        raise ValueError("it is larger than a run's can be")


def _is_too_large(sizes: Mapping[str, int]) -> bool:
    """Whether members of these sizes are more than an archive may hold."""
    return sum(sizes.values()) > BYTES or sizes.get(INDEX, 0) > INDEX_BYTES or len(sizes) > MEMBERS


def _bytes(value: dict[str, Any]) -> object:
    return bytes.fromhex(cast("str", value["hex"])) if value.keys() == {"hex"} else value
