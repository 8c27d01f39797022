"""Where the files of known data sets may lie. They are read there, and never changed, whatever is in them."""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nastoolkit.cache import cache
from nastoolkit.datasets.checks import listed
from nastoolkit.datasets.download import Remote, fetch
from nastoolkit.errors import DataError

KERAS = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/"
"""Where Keras keeps its copies."""

SYSTEM = Path("/usr/share/datasets")
"""Where Debian's packages of data sets put theirs."""


@dataclass(frozen=True, slots=True)
class Form:
    """One way in which a data set is kept.

    Args:
        files: the names, all of which are needed; a name may be that of a folder, or begin with one.
        read: takes their paths in the same order.
    """

    files: tuple[str, ...]
    read: Callable[[Sequence[Path]], Any]


@dataclass(frozen=True, slots=True)
class Known:
    """A published data set.

    Args:
        name: of its component.
        forms: in which it may be there already.
        remotes: what is downloaded where it is not; together they are the last form.
    """

    name: str
    forms: tuple[Form, ...]
    remotes: tuple[Remote, ...]

    def here(self, folder: Path | None = None) -> tuple[Form, list[Path]] | None:
        """The first form that is there, and its paths.

        Args:
            folder: the only place to look in; by default all of :func:`places`.
        """
        for place in [folder] if folder else places():
            for form in self.forms:
                paths = [place / file for file in form.files]
                if all(os.access(path, os.F_OK) for path in paths):
                    return form, paths
        return None

    def read(self, folder: Path | None) -> Any:  # noqa: ANN401 - what its forms give
        """What the files hold; they are downloaded where there are none and no folder was asked for.

        Raises:
            DataError: they are neither here nor to be had, or cannot be read.
        """
        found = self.here(folder)
        if found is None:
            self._get(folder)
            found = self.here(cache())
            assert found, "what is downloaded is a form of the set"  # noqa: S101 - a defect of the declaration
        form, paths = found
        return form.read(paths)

    def _get(self, folder: Path | None) -> None:
        wanted = ", or ".join(dict.fromkeys([listed(self.forms[0].files), listed([one.name for one in self.remotes])]))
        if folder is not None:
            raise DataError(
                f"{folder} (dataset.folder) does not have the data set {self.name}: put {wanted} there, or leave "
                "dataset.folder out."
            )
        try:
            for remote in self.remotes:
                fetch(remote, cache())
        except DataError as error:
            looked = ", ".join(str(place) for place in places())
            raise DataError(
                f"The data set {self.name} is not here, and cannot be downloaded: {error} Put {wanted} into a folder "
                f"and say --set dataset.folder=FOLDER, or NASTOOLKIT_DATA=FOLDER. Looked for it in {looked}."
            ) from None


def places() -> list[Path]:
    """The folders that are looked in: the user's, Keras' cache, and that of our own downloads."""
    own = os.environ.get("NASTOOLKIT_DATA")
    keras = Path(os.environ.get("KERAS_HOME") or Path.home() / ".keras") / "datasets"
    return [*([Path(own)] if own else []), keras, cache(), SYSTEM]


def in_folders(folders: Iterable[str], names: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """The same names in each of several folders; "" is none."""
    for folder in folders:
        yield tuple(f"{folder}/{name}" if folder else name for name in names)
