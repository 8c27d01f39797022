"""The contract of a storage, and of its view of one run."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from nastoolkit.errors import StorageError
from nastoolkit.storage.records import Evaluation, Generation, Run


class StoredRun(ABC):
    """A read-only view of one run."""

    @property
    @abstractmethod
    def url(self) -> str:
        """Of its storage, where it is now; the run's configuration says where it was made."""

    @property
    @abstractmethod
    def run(self) -> Run:
        """Its row."""

    @abstractmethod
    def generations(self) -> Sequence[Generation]:
        """Every saved generation in order; the weights of what was kept are there in the last alone.

        Raises:
            StorageError: a generation is missing, or its digest does not match what was read.
        """

    @abstractmethod
    def last(self) -> Generation | None:
        """The last saved generation with its weights, or None before the first.

        Raises:
            StorageError: as :meth:`generations`.
        """

    @abstractmethod
    def digests(self) -> Sequence[str]:
        """The digest that was stored with every generation, in order."""

    @abstractmethod
    def evaluations(self) -> Mapping[str, Evaluation]:
        """Every network that was trained, by key, without weights."""


Rows = Mapping[str, Sequence[Mapping[str, Any]]]
"""Rows by the names of their tables; their values are str, int and bytes alone."""


class Storage(ABC):
    """Keeps runs. What one call saves is saved whole or not at all.

    Every method raises ``StorageError`` where the database is locked, damaged, full or gone; the message says which
    file or URL, and the way out.
    """

    @property
    @abstractmethod
    def url(self) -> str:
        """Where it is, absolute, so that a run's folder can name it."""

    @abstractmethod
    def create(self, run: Run) -> None:
        """Add a run's row. A name that is taken is an error."""

    @abstractmethod
    def describe(self, name: str, environment: Mapping[str, Any]) -> None:
        """Say where a run is computed, which was not known when its row was written."""

    @abstractmethod
    def save(self, name: str, generation: Generation, evaluations: Sequence[Evaluation]) -> None:
        """Add a generation, with the networks trained for it, in one transaction.

        The weights of what it keeps replace those of the generation before; other weights are not kept.
        """

    @abstractmethod
    def finish(self, name: str, stopped_because: str, result: Mapping[str, Any]) -> None:
        """Say why the run ended and with what."""

    @abstractmethod
    def open(self, name: str) -> StoredRun:
        """A run by name. One that does not exist is an error that names the nearest."""

    @abstractmethod
    def runs(self) -> Sequence[Run]:
        """The row of every run, newest first; damaged ones are passed over."""

    def names(self) -> Sequence[str]:
        """The name of every run, newest first, those whose row is damaged among them."""
        return [run.name for run in self.runs()]

    def delete(self, name: str) -> None:
        """Delete all of a run; the files in its folder stay."""
        raise self._unable("delete a run")

    def sweep(self) -> int:
        """Delete what nothing points to, and give its room back; returns how many rows that were."""
        raise self._unable("sweep")

    def rows(self, name: str) -> Rows:
        """All that is stored of a run, which is whole."""
        raise self._unable("export a run")

    def put(self, name: str, rows: Rows, version: int, **changes: Any) -> None:  # noqa: ANN401 - of any type
        """Add a run from elsewhere.

        Args:
            name: its name.
            rows: from :meth:`rows`.
            version: of the tables that they are from.
            changes: fields of :class:`Run` that are different here.

        Raises:
            DataError: they are not those of one whole run.
        """
        raise self._unable("import a run")

    def rewind(self, name: str) -> int:
        """Forget what comes after the last whole generation of a damaged run, and that it has ended.

        Returns:
            how many generations are left; 0 where there is none to go on from.

        Raises:
            StorageError: the run's own row is damaged, or this storage cannot do it.
        """
        raise self._unable("go back to an earlier generation")

    def _unable(self, what: str) -> StorageError:
        return StorageError(f"The storage {self.url} cannot {what}. Only the built-in one does.")

    def held(self, what: str) -> AbstractContextManager[None]:
        """Keep other processes away from a run or an ablation; for a storage that only one process reaches, nothing.

        Args:
            what: ``run NAME`` or ``ablation NAME``.

        Raises:
            StorageError: another process holds it and lives.
        """
        return nullcontext()

    @abstractmethod
    def close(self) -> None:
        """Give back files and connections."""
