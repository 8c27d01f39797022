"""Models from anywhere in a run's folder: nothing in them runs, and what they cannot do is one error."""

import json
import tempfile
from collections.abc import Callable
from functools import reduce
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import h5py
import keras
import numpy as np
import pytest
from fakes import Lab
from watch import watched

from nastoolkit.errors import DataError
from nastoolkit.model import evaluate_run, predict_run
from nastoolkit.trainers.claims import LARGEST

# Keras 3.15 reads TensorFlow's variables in a way that NumPy 2 warns of, whenever a model is saved.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

MODEL = Path("run", "best.keras")
REFUSED = r"best\.keras is not a whole Keras model of this run: .*nastoolkit resume"
LONG = 500
"""Characters of a message."""

Layers = Callable[[Any], Any]


@pytest.fixture(autouse=True)
def run(lab: Lab, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A run on rows of two numbers and three classes, beside a module that says so where it is imported."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.syspath_prepend(tmp_path)
    Path("stranger.py").write_text("open('ran', 'w').close()\n")
    np.savez("new.npz", x=np.zeros((4, 2)))
    lab.start({"out": "run", "search.generations": 1, "search.population": 2})


def save(layers: Layers, columns: int = 2) -> None:
    rows = keras.Input((columns,))
    keras.Model(rows, layers(rows)).save(MODEL)


def good(rows: Any) -> Any:
    return keras.layers.Dense(3, activation="softmax")(rows)


def rewrite(change: Callable[[dict[str, bytes]], object]) -> None:
    """Change the members of a good model's file."""
    save(good)
    with ZipFile(MODEL) as file:
        members = {name: file.read(name) for name in file.namelist()}
    change(members)
    with ZipFile(MODEL, "w") as file:
        for name, content in members.items():
            file.writestr(name, content)


def dense(**changes: Any) -> Callable[[], None]:
    """A good model in which the configuration of the dense layer says something else."""

    def change(members: dict[str, bytes]) -> None:
        config = json.loads(members["config.json"])
        config["config"]["layers"][1].update(changes)
        members["config.json"] = json.dumps(config).encode()

    return lambda: rewrite(change)


def function(module: str, name: str) -> dict[str, Any]:
    return {"module": module, "class_name": "function", "config": name, "registered_name": name}


def activation(module: str, name: str) -> Callable[[], None]:
    return dense(config={"name": "dense", "units": 3, "activation": function(module, name)})


def layer(package: str, name: str, /, **config: Any) -> Callable[[], None]:
    return dense(module=package, class_name=name, registered_name=None, config={"name": "dense", **config})


def lambda_layer() -> None:
    save(lambda rows: keras.layers.Lambda(lambda x: (open("ran", "w").close(), x)[1])(good(rows)))  # noqa: PTH123


def config(content: bytes) -> Callable[[], None]:
    return lambda: rewrite(lambda members: members.update({"config.json": content}))


PAYLOADS = {
    "a lambda": lambda_layer,
    "a function of a module": activation("os", "system"),
    "a function of Python": activation("builtins", "exec"),
    "a function of a stranger's module": activation("stranger", "anything"),
    "a class of a module": layer("subprocess", "Popen", args=["touch", "ran"]),
    "a class of a stranger's module": layer("stranger", "Layer"),
    "a registered class": dense(module=None, class_name="Layer", registered_name="stranger>Layer"),
    "a download": layer(
        *("keras.layers", "Lambda"),
        function=function("keras.utils", "get_file"),
        arguments={"origin": Path(__file__).as_uri(), "cache_dir": "ran"},
    ),
    "a pickle": layer("keras.layers", "TorchModuleWrapper", module=function("os", "system")),
    "a saved model": layer("keras.layers", "TFSMLayer", filepath="elsewhere"),
    "a file of words": layer("keras.layers", "StringLookup", vocabulary=__file__),
}


@pytest.mark.parametrize("name", PAYLOADS)
def test_code_in_a_model_is_refused_and_not_run(lab: Lab, tmp_path: Path, name: str) -> None:
    PAYLOADS[name]()
    before = {*tmp_path.rglob("*")}
    with watched(tmp_path), pytest.raises(DataError, match=REFUSED):
        predict_run("run", Path("new.npz"), lab.plugins)
    assert {*tmp_path.rglob("*")} == before


def test_what_is_refused_does_run_where_it_is_trusted() -> None:
    lambda_layer()
    keras.saving.load_model(MODEL, safe_mode=False)
    assert Path("ran").exists()


@pytest.mark.filterwarnings("ignore:Skipping invalid path:UserWarning")
@pytest.mark.parametrize("member", ["../../escaped", "assets/../../../escaped", "/escaped", "assets/escaped"])
def test_files_in_a_model_are_written_nowhere(lab: Lab, tmp_path: Path, member: str) -> None:
    rewrite(lambda members: members.update({member: b"out"}))
    with watched(tmp_path):
        found = predict_run("run", Path("new.npz"), lab.plugins)
    assert len(found["predictions"]) == 4
    assert not [*tmp_path.rglob("escaped")]


UNFIT = {
    "other columns": lambda: save(good, columns=3),
    "other classes": lambda: save(keras.layers.Dense(4)),
    "one answer for all": lambda: save(lambda rows: keras.ops.sum(good(rows), axis=0, keepdims=True)),
    "two answers": lambda: save(lambda rows: [good(rows), keras.layers.Dense(1)(rows)]),
    "words": lambda: save(lambda rows: {"a": good(rows)}),
    "complex numbers": lambda: save(lambda rows: keras.ops.cast(good(rows), "complex64")),
    "no network": lambda: rewrite(lambda members: members.pop("config.json")),
    "weights that are none": lambda: rewrite(lambda members: members.update({"model.weights.h5": b"HDF"})),
    "nothing": config(b"null"),
    "lists in lists": config(b"[" * 100_000),
    "a description without end": config(b" " * (LARGEST + 1_000)),
    "a network of nothing": config(b'{"module": "keras", "class_name": "Sequential", "config": {"layers": []}}'),
}


@pytest.mark.parametrize("name", UNFIT)
def test_a_model_that_cannot_answer_is_one_error(lab: Lab, tmp_path: Path, name: str) -> None:
    UNFIT[name]()
    with watched(tmp_path), pytest.raises(DataError, match=REFUSED) as caught:
        predict_run("run", Path("new.npz"), lab.plugins)
    assert len(str(caught.value)) < LONG


def refused_unread(monkeypatch: pytest.MonkeyPatch, told: str) -> None:
    """Refused before Keras loads anything."""
    monkeypatch.delattr(keras.saving, "load_model")
    with pytest.raises(DataError, match=told):
        predict_run("run", Path("new.npz"))


@pytest.mark.parametrize("units", [[500_000], [20_000, 20_000]], ids=str)
def test_a_model_with_more_weights_than_its_file_holds_is_not_built(
    monkeypatch: pytest.MonkeyPatch, units: list[int]
) -> None:
    with keras.StatelessScope(initialize_variables=False):
        rows = keras.Input((2,))
        described = keras.Model(rows, reduce(lambda last, one: keras.layers.Dense(one)(last), units, rows)).to_json()
    keras.utils.clear_session()
    config(described.encode())()
    refused_unread(monkeypatch, r"it asks for [\d,]+ weights, and has [\d,]+ bytes")


@pytest.mark.parametrize("compression", ["gzip", None])
def test_weights_that_are_larger_than_the_file_are_not_read(
    monkeypatch: pytest.MonkeyPatch, compression: str | None
) -> None:
    """An array that was never written takes no room in its file, nor much that is full of zeros in a zip."""

    def grow(members: dict[str, bytes]) -> None:
        file = BytesIO(members["model.weights.h5"])
        with h5py.File(file, "r+") as weights:
            weights.create_dataset("more", (2**22,), "f4", chunks=(2**20,), compression=compression)
        members["model.weights.h5"] = file.getvalue()

    rewrite(grow)
    refused_unread(monkeypatch, r"its weights take 16,[\d,]+ bytes, and it has [\d,]+")


def test_a_file_that_unpacks_to_more_than_it_has_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    save(good)
    with ZipFile(MODEL, "a", ZIP_DEFLATED) as file:
        file.writestr("assets/zeros", bytes(2**20))
    refused_unread(monkeypatch, "it unpacks to more bytes than it has")


def test_predicting_leaves_keras_as_it_was(lab: Lab) -> None:
    policy = keras.config.dtype_policy().name
    keras.config.set_dtype_policy("mixed_float16")
    try:
        save(good)
        predict_run("run", Path("new.npz"), lab.plugins)
        assert keras.config.dtype_policy().name == "mixed_float16"
    finally:
        keras.config.set_dtype_policy(policy)
    with keras.StatelessScope():
        pass  # where it ends, weights that are wanted still get their values


def test_a_model_that_cannot_be_scored_is_one_error(lab: Lab) -> None:
    UNFIT["other columns"]()
    with pytest.raises(DataError, match=REFUSED):
        evaluate_run("run", lab.plugins, lab.said.append)
