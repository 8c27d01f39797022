"""Plugins that take over training or storage."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fakes import Diary, Lab

from nastoolkit.errors import Interrupted
from nastoolkit.evaluation import Subject, evaluate_population
from nastoolkit.hookspecs import hookimpl
from nastoolkit.plugins import register
from nastoolkit.session import verify_run
from nastoolkit.storage.base import Storage, StoredRun
from nastoolkit.storage.records import Evaluation, Generation, Run


class Cluster:
    """Trains every network by itself, the last one first."""

    def __init__(self) -> None:
        self.calls: list[int] = []

    @hookimpl
    def nastoolkit_evaluate_population(
        self, subjects: Sequence[Subject], parts: Any, data: Any, stream: Any
    ) -> list[Evaluation]:
        self.calls.append(len(subjects))
        assert len(data.test) == 0
        return [evaluate_population([one], parts, data, stream)[0] for one in reversed(subjects)][::-1]


def test_a_plugin_can_train_elsewhere_and_the_bits_stay_the_same(lab: Lab) -> None:
    here = lab.start()
    register(lab.plugins.manager, cluster := Cluster(), "cluster")
    there = lab.start()
    assert lab.digests(here["run"]) == lab.digests(there["run"])
    assert sum(cluster.calls) == there["trained"]
    assert 0 not in cluster.calls


class Memory(Storage, StoredRun):
    """One run, kept in memory."""

    url = "memory://"
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
        pass

    @property
    def run(self) -> Run:
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
        return self.memory if url == "memory://" else None


def test_a_plugin_can_keep_runs_elsewhere(lab: Lab) -> None:
    register(lab.plugins.manager, attic := Attic(), "attic")
    here = lab.start()
    with pytest.raises(Interrupted):
        lab.start({"storage": "memory://", "out": "kept"}, Diary("generation 1", KeyboardInterrupt()))
    assert lab.resume("kept", storage_url="memory://")["generations"] == 4
    assert attic.memory.digests() == lab.digests(here["run"])
    assert json.loads(Path("kept/result.json").read_text())["config"]["storage"] == "memory://"
    assert verify_run("kept", lab.plugins, lab.said.append, "memory://")["equal"]
