"""``nastoolkit datasets`` says which sets there are, and which are here."""

import json

import numpy as np
import pytest
from terminal import Command


def test_every_set_is_listed_with_whether_it_is_here(
    command: Command, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path_factory.mktemp("data")
    for name in ("KERAS_HOME", "NASTOOLKIT_CACHE", "NASTOOLKIT_DATA"):
        monkeypatch.setenv(name, str(folder))
    np.savez(folder / "mnist.npz", x=np.zeros(1))
    found = {one["name"]: one for one in json.loads(command("datasets", "--json").stdout)["datasets"]}
    assert (found["mnist"]["here"], found["mnist"]["path"]) == (True, str(folder / "mnist.npz"))
    assert (found["imdb"]["here"], found["imdb"]["path"], found["imdb"]["kind"]) == (False, None, "text")
    assert (found["digits"]["here"], found["csv"]["here"], found["csv"]["named"]) == (True, None, False)
    shown = command("datasets").stdout
    assert "boston_housing  a value  506" in shown
    assert max(map(len, shown.splitlines()[:20])) <= 80
    assert "NASTOOLKIT_DATA" in shown
