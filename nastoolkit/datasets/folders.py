"""Folders in which every subfolder is a class: what lies where, and what could not be read."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Generic, TypeAlias, TypeVar

import numpy as np
from annotated_types import Ge

from nastoolkit.arrays import Array
from nastoolkit.datasets.checks import listed
from nastoolkit.errors import DataError
from nastoolkit.files import is_there

T = TypeVar("T")

Unreadable: TypeAlias = Annotated[int, Ge(0)]
"""Files at most that may be left out because they cannot be read."""

LEARNT, TESTED = ("train", "training", "val", "valid", "validation"), ("test", "testing")
"""Names of subfolders that are no classes but parts."""

NAMED = 5
"""Files that a message names."""


class Fault(str):
    """In words, why a file cannot be read."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Shelf:
    """The files of a folder, class by class.

    Args:
        files: all of them, those of the test part last.
        labels: ``(N,)`` the class of each.
        classes: the names of the subfolders, in alphabetical order.
        given_test: so many files at the end are the folder's own test part.
        notes: what was passed over, one sentence each.
    """

    files: Sequence[Path]
    labels: Array
    classes: tuple[str, ...]
    given_test: int
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Readable(Generic[T]):
    """What could be read of a shelf.

    Args:
        files: that could be read, in the shelf's order.
        contents: of those.
        labels: of those.
        given_test: of those, at the end.
        notes: a word on those that could not, after the shelf's own.
    """

    files: list[Path]
    contents: list[T]
    labels: Array
    given_test: int
    notes: tuple[str, ...]


def shelf(folder: Path, suffixes: Sequence[str], what: str) -> Shelf:
    """Find the files of a folder.

    Hidden files are passed over, and so are links to folders, which could lead in a circle, and links to files that do
    not lie in the folder. Files beside the classes' subfolders are counted.

    Args:
        folder: its subfolders are classes, or ``train`` and ``test``, whose subfolders are.
        suffixes: how names of files end, in lower case.
        what: to call the files in messages.

    Raises:
        DataError: there is no such folder, or it has no classes, or one without files, or a class of the test part is
            unknown.
    """
    if not (is_there(folder) and folder.is_dir()):
        raise DataError(f"There is no folder {folder} (looked for it from {Path.cwd()}).")
    learnt, tested = _parts(folder)
    classes = _names(learnt, folder)
    if not classes:
        raise DataError(
            f"{folder} has no subfolders: put the {what} of each class into a subfolder of the class's name."
        )
    strange = [name for name in _names(tested, folder) if name not in classes]
    if strange:
        raise DataError(f"{tested[0]} has classes that no training part has: {listed(strange)}. Take them out.")
    every = [list(_labelled(parts, classes, folder)) for parts in (learnt, tested)]
    first, last = ([one for one in part if one[0].suffix.lower() in suffixes] for part in every)
    found = [*first, *last]
    labels = np.array([label for _, label in found], np.int64)
    empty = [name for k, name in enumerate(classes) if k not in labels[: len(first)]]
    if empty:
        raise DataError(
            f"{folder}: no {what} ({', '.join(suffixes)}) in {listed(empty)}. Add some, or remove the folder."
        )
    others = sum(map(len, every)) - len(found)
    notes = (f"Files of other kinds that are passed over: {others}.",) if others else ()
    loose = sum(one.suffix.lower() in suffixes for part in {folder, *learnt, *tested} for one in _inside(part, folder))
    if loose:
        notes += (f"Outside of the classes' subfolders, {what} that are passed over: {loose}.",)
    if tested and not last:
        notes += (f"{tested[0].name} has no {what} in subfolders of classes: a test part is drawn from the others.",)
    return Shelf([file for file, _ in found], labels, tuple(classes), len(last), notes)


def readable(shelf: Shelf, contents: Iterable[T | Fault], most: int, what: str, folder: Path) -> Readable[T]:
    """Leave out what could not be read.

    Args:
        shelf: the files.
        contents: of each file what it holds, or why it cannot be read.
        most: that may be left out.
        what: to call the files in messages.
        folder: of the shelf.

    Raises:
        DataError: more could not be read.
    """
    every = list(contents)
    bad = np.array([isinstance(one, Fault) for one in every], bool)
    count = int(bad.sum())
    shown = [
        f"{file.relative_to(folder)} ({one})"
        for file, one in zip(shelf.files, every, strict=True)
        if isinstance(one, Fault)
    ][:NAMED]
    told = f"{count} of {len(every)} {what} cannot be read: {', '.join(shown)}{' and others' * (count > NAMED)}."
    if count > most or count == len(every):
        raise DataError(f"{folder}: {told} At most {most} may be left out (dataset.unreadable): mend or remove them.")
    files = [file for file, odd in zip(shelf.files, bad, strict=True) if not odd]
    kept = [one for one in every if not isinstance(one, Fault)]
    test = int((~bad[len(every) - shelf.given_test :]).sum()) if shelf.given_test else 0
    notes = (*shelf.notes, *([f"{told} They are left out."] if count else []))
    return Readable(files, kept, shelf.labels[~bad], test, notes)


def all_read(files: Sequence[Path], contents: Iterable[T | Fault]) -> list[T]:
    """What files hold, none of which may be left out.

    Raises:
        DataError: one cannot be read.
    """
    found: list[T] = []
    for file, one in zip(files, contents, strict=True):
        if isinstance(one, Fault):
            raise DataError(f"{file} cannot be read: {one}. Mend or remove it.")
        found.append(one)
    return found


def is_hidden(name: str) -> bool:
    """Whether a file or folder of such a name is none of a user's: ``.git``, ``__MACOSX``."""
    return name.startswith((".", "__"))


def every_file(folder: Path, suffixes: Sequence[str]) -> list[Path]:
    """All files below a folder with such names, sorted."""
    return sorted(file for file in _files(folder, folder) if file.suffix.lower() in suffixes)


def _parts(folder: Path) -> tuple[list[Path], list[Path]]:
    """The folders whose subfolders are classes: those to learn from, and those of the test part."""
    within = [one for one in _inside(folder, folder) if one.is_dir()]
    learnt, tested = (
        [one for name in names for one in within if one.name.lower() == name] for names in (LEARNT, TESTED)
    )
    learnt = [one for one in learnt if _names([one], folder)]
    return (learnt, tested) if learnt else ([folder], [])


def _names(parts: Sequence[Path], root: Path) -> list[str]:
    """The names of the subfolders, sorted."""
    return sorted({one.name for part in parts for one in _inside(part, root) if one.is_dir()})


def _labelled(parts: Sequence[Path], classes: Sequence[str], root: Path) -> Iterator[tuple[Path, int]]:
    for part in parts:
        for one in _inside(part, root):  # never part / name, which may be a link
            if one.is_dir():
                for file in sorted(_files(one, root)):
                    yield file, classes.index(one.name)


def _files(folder: Path, root: Path) -> Iterator[Path]:
    for one in _inside(folder, root):
        if one.is_dir():
            yield from _files(one, root)
        elif one.is_file():
            yield one


def _inside(folder: Path, root: Path) -> list[Path]:
    """Visible folders and files in a folder, but for links to folders and to what lies out of the root."""
    try:
        found = sorted(one for one in folder.iterdir() if not is_hidden(one.name))
        known = [one for one in found if one.is_dir() or one.is_file()]  # asking fails where it may not be entered
        return [one for one in known if not one.is_symlink() or _leads_in(one, root)]
    except OSError as error:
        raise DataError(f"{folder} can't be read: {error.strerror}.") from None


def _leads_in(link: Path, root: Path) -> bool:
    return link.is_file() and link.resolve().is_relative_to(root.resolve())
