"""A server whose disk is full: said, with what was saved still there, and gone on with once there is room."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import pytest
import servers
from disks import empty, fill, small_disk
from fakes import Diary, Lab
from searches import model, outcome

from nastoolkit.errors import ExitCode, StorageError
from nastoolkit.results import document
from nastoolkit.runs import find_run

SETTINGS = {"search.population": 30, "search.generations": 40}


class Small(NamedTuple):
    """A database, and the disk that it is on."""

    url: str
    disk: Path


@pytest.fixture
def small(postgres: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Small]:
    monkeypatch.chdir(tmp_path)
    with TemporaryDirectory() as folder:
        Path(folder).chmod(0o711)  # the server has a user of its own
        (place := Path(folder, "small")).mkdir()
        with small_disk(place, 32) as disk, servers.database_on(disk, postgres, "small") as url:
            yield Small(url, disk)
            empty(disk)


def test_a_disk_that_fills_during_a_search(small: Small) -> None:
    class Filler(Diary):
        def note(self, entry: str) -> None:
            if entry == "generation 1":
                fill(small.disk)

    lab, settings = Lab(), {**SETTINGS, "storage": small.url}
    with pytest.raises(StorageError, match=r"the server's disk is full.*nastoolkit resume") as said:
        lab.start({**settings, "out": "run"}, Filler())
    assert said.value.exit_code == ExitCode.STORAGE
    with pytest.raises(StorageError, match="the server's disk is full"):
        lab.resume("run", storage_url=small.url)
    with find_run("run", lab.plugins, small.url) as (_, stored):
        assert 2 <= document(stored)["generations"] < SETTINGS["search.generations"]
    empty(small.disk)
    again, good = lab.resume("run", storage_url=small.url), Lab().start({**SETTINGS, "out": "good"})
    assert outcome(again) | {"config": None} == outcome(good) | {"config": None}
    assert model(again) == model(good)
