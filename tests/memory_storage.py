"""A storage that is somebody else's."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from nastoolkit.hookspecs import hookimpl
from nastoolkit.storage.base import Storage, StoredRun
from nastoolkit.storage.records import Evaluation, Generation, Run


class Memory(Storage, StoredRun):
    """One run, kept in memory."""

    url = "memory://"
    is_open = True
    row: Run
    saved: list[Generation]
    trained: dict[str, Evaluation]

    def create(self, run: Run) -> None:
        self.row, self.saved, self.trained = run, [], {}

    def describe(self, name: str, environment: Mapping[str, Any]) -> None:
        self.row = replace(self.row, name=name, environment=environment)

    def save(self, name: str, generation: Generation, evaluations: Sequence[Evaluation]) -> None:
        assert name == self.row.name
        self.saved.append(generation)
        self.trained |= {one.key: one for one in evaluations}

    def finish(self, name: str, stopped_because: str, result: Mapping[str, Any]) -> None:
        self.row = replace(self.row, name=name, stopped_because=stopped_because, result=result)

    def open(self, name: str) -> StoredRun:
        assert name == self.row.name
        return self

    def runs(self) -> Sequence[Run]:
        return [self.row]

    def close(self) -> None:
        self.is_open = False

    @property
    def run(self) -> Run:
        assert self.is_open, "the storage is closed"
        return self.row

    def generations(self) -> Sequence[Generation]:
        return self.saved

    def last(self) -> Generation | None:
        return self.saved[-1] if self.saved else None

    def digests(self) -> Sequence[str]:
        return [generation.digest for generation in self.saved]

    def evaluations(self) -> Mapping[str, Evaluation]:
        return self.trained


class Attic:
    """A plugin that keeps runs in memory."""

    def __init__(self) -> None:
        self.memory = Memory()

    @hookimpl
    def nastoolkit_open_storage(self, url: str) -> Storage | None:
        self.memory.is_open = True
        return self.memory if url == "memory://" else None
