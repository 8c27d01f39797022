"""Plugins that take over training or storage."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from fakes import Diary, Lab
from memory_storage import Attic

from nastoolkit.errors import Interrupted
from nastoolkit.evaluation import Subject, evaluate_population
from nastoolkit.hookspecs import hookimpl
from nastoolkit.model import export_run
from nastoolkit.plugins import register
from nastoolkit.session import verify_run
from nastoolkit.storage.records import Evaluation


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


def test_a_plugin_can_keep_runs_elsewhere(lab: Lab) -> None:
    register(lab.plugins.manager, attic := Attic(), "attic")
    here = lab.start()
    with pytest.raises(Interrupted):
        lab.start({"storage": "memory://", "out": "kept"}, Diary("generation 1", KeyboardInterrupt()))
    assert lab.resume("kept", storage_url="memory://")["generations"] == 4
    assert attic.memory.digests() == lab.digests(here["run"])
    assert json.loads(Path("kept/result.json").read_text())["config"]["storage"] == "memory://"
    assert verify_run("kept", lab.plugins, lab.said.append, "memory://")["equal"]
    assert export_run("kept", None, lab.plugins, lab.said.append, "memory://").name == f"{attic.memory.row.name}.keras"
