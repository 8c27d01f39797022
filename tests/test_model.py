"""A run's best network as a user takes it along: real networks, small data."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fakes import Diary, Lab
from searches import FRONT, ctrl_c

from nastoolkit.config import from_table, read_config
from nastoolkit.errors import DataError, Interrupted, OutputError, StorageError, UsageError
from nastoolkit.loading import load_data
from nastoolkit.model import evaluate_run, export_run, predict_run
from nastoolkit.parts import build_parts
from nastoolkit.plugins import load_plugins
from nastoolkit.session import start_run
from nastoolkit.trainers.keras_door import keras

# Keras 3.15 reads TensorFlow's variables in a way that NumPy 2 warns of, whenever a model is saved.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

SMALL: dict[str, Any] = {
    "search.population": 3,
    "search.generations": 2,
    "encoder.max_depth": 1,
    "encoder.max_nodes": 8,
    "trainer.epochs": 4,
}
BERRIES = ["red,1.5,sweet", "blue,0.5,sour", "red,2.5,sweet", "green,0.25,bitter"] * 15
NEW_BERRIES = "size,colour,taste\n2.0,red,?\n0.5,blue,?\n0.5,black,?\n"
GENERATOR = np.random.default_rng(0)
ROWS = GENERATOR.normal(0, 1, (60, 3)).astype(np.float32)
PRICES = 5000 + 300 * ROWS[:, 0].astype(np.float64)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The current one, with two data sets in it."""
    folder = tmp_path_factory.mktemp("models")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        Path("berries.csv").write_text("\n".join(["colour,size,taste", *BERRIES]))
        Path("new.csv").write_text(NEW_BERRIES)
        np.savez("prices.npz", x=ROWS, y=PRICES)
        yield folder


def searched(settings: dict[str, Any]) -> dict[str, Any]:
    with pytest.warns(DeprecationWarning, match="__array__ implementation"):
        return start_run(read_config(None, {**SMALL, **settings}.items()), say=lambda _: None)


@pytest.fixture(scope="module")
def berries(folder: Path) -> dict[str, Any]:
    """Three tastes, from a colour and a size."""
    settings = {"dataset.use": "csv", "dataset.path": "berries.csv", "dataset.target": "taste", "trainer.epochs": 20}
    return searched({**settings, "out": str(folder / "berries")})


@pytest.fixture(scope="module")
def prices(folder: Path) -> dict[str, Any]:
    """A value of about 5000, from three numbers."""
    return searched({"dataset.use": "npz", "dataset.path": "prices.npz", "out": str(folder / "prices")})


def loaded(run: dict[str, Any]) -> Any:
    """The model, as anyone who has Keras loads it."""
    return keras.saving.load_model(run["files"]["model"])


@pytest.mark.parametrize("name", ["berries", "prices"])
def test_the_model_gives_the_stored_scores_again(name: str, request: pytest.FixtureRequest) -> None:
    run = request.getfixturevalue(name)
    found = evaluate_run(run["run"], say=lambda _: None)
    assert found == {
        "run": run["run"],
        "valid": pytest.approx(run["best"]["valid"], rel=1e-4, abs=1e-6),
        "test": pytest.approx(run["best"]["test"], rel=1e-4, abs=1e-6),
    }
    quality = "accuracy" if name == "berries" else "r2"
    assert 100 * found["valid"][quality] == pytest.approx(run["best"]["score"], rel=1e-4)


@pytest.mark.parametrize("name", ["berries", "prices"])
def test_the_model_has_as_many_trainable_weights_as_the_result_says(name: str, request: pytest.FixtureRequest) -> None:
    run = request.getfixturevalue(name)
    weights = loaded(run).trainable_weights
    assert sum(int(np.prod(one.shape)) for one in weights) == run["best"]["parameters"] == run["best"]["complexity"]


def test_classes_are_predicted_by_name_with_their_probability(berries: dict[str, Any]) -> None:
    found = predict_run(berries["run"], Path("new.csv"))["predictions"]
    colours = berries["data"]["vocabularies"]["colour"]
    rows = np.array([[colours.index("red"), 2.0], [colours.index("blue"), 0.5], [-1, 0.5]], np.float32)
    probabilities = loaded(berries).predict(rows, verbose=0)
    assert [one["prediction"] for one in found] == [berries["data"]["classes"][k] for k in probabilities.argmax(axis=1)]
    assert [one["probability"] for one in found] == pytest.approx(probabilities.max(axis=1).tolist())
    assert [one["prediction"] for one in found[:2]] == ["sweet", "sour"]


def test_values_are_predicted_in_the_users_own_units(prices: dict[str, Any]) -> None:
    np.savez("new.npz", x=ROWS[:5])
    found = [one["prediction"] for one in predict_run(prices["run"], Path("new.npz"))["predictions"]]
    assert found == pytest.approx(loaded(prices).predict(ROWS[:5], verbose=0)[:, 0].tolist())
    assert all(3000 < value < 7000 for value in found)


def test_rows_beyond_all_answers_are_named(prices: dict[str, Any]) -> None:
    np.savez("far.npz", x=np.array([[0, 0, 0], [3e38, -3e38, 3e38]], np.float32))
    with pytest.raises(DataError, match=r"far\.npz, row 1 \(counted from 0\): .* no answer\. Such rows: 1"):
        predict_run(prices["run"], Path("far.npz"))


@pytest.mark.parametrize(
    ("content", "message"),
    [("size,taste\n1,sweet\n", "colour"), ("colour,size\nred,big\n", "size")],
)
def test_rows_that_do_not_fit_are_an_error(berries: dict[str, Any], content: str, message: str) -> None:
    Path("odd.csv").write_text(content)
    with pytest.raises(DataError, match=rf"odd\.csv.*'{message}'"):
        predict_run(berries["run"], Path("odd.csv"))


def test_the_model_is_exported_byte_by_byte_and_overwrites_nothing(prices: dict[str, Any]) -> None:
    model = Path(prices["files"]["model"]).read_bytes()
    path = export_run(prices["run"])
    assert path == Path(f"{prices['run']}.keras").absolute()
    assert path.read_bytes() == model
    Path("precious.keras").write_text("mine")
    with pytest.raises(OutputError, match=r"precious\.keras exists\. Choose another file with --out"):
        export_run(prices["run"], Path("precious.keras"))
    assert Path("precious.keras").read_text() == "mine"
    with pytest.raises(OutputError, match="cannot be written: No such file or directory"):
        export_run(prices["run"], Path("nowhere/best.keras"))


@pytest.fixture(scope="module")
def front(folder: Path) -> dict[str, Any]:
    """A search with two objectives."""
    edge = {"initializer.lambda_c": "paper-text"}
    settings = {**edge, "search.population": 12, "fitness.objectives": ["fitness", "complexity"], "fitness.alpha": 0}
    return searched({**settings, "dataset.use": "npz", "dataset.path": "prices.npz", "out": str(folder / "front")})


def test_a_point_of_the_front_is_the_network_that_was_measured(front: dict[str, Any]) -> None:
    assert len(front["front"]) > 1
    config = from_table(front["config"])
    rows = load_data(config, build_parts(config, load_plugins()), print).test
    for number, point in enumerate(front["front"], 1):
        path = export_run(front["run"], point=number)
        assert path == Path(f"{front['run']}-point-{number}.keras").absolute()
        model = keras.saving.load_model(path)
        weights = sum(int(np.prod(one.shape)) for one in model.trainable_weights)
        assert weights == point["parameters"]
        errors = model.predict(rows.inputs, verbose=0)[:, 0] - rows.targets
        assert np.abs(errors).mean() == pytest.approx(point["test"]["mae"], rel=1e-4)
    best, first = Path(front["files"]["model"]), Path(f"{front['run']}-point-1.keras")
    same = [one.predict(ROWS, verbose=0).tolist() for one in map(keras.saving.load_model, (best, first))]
    assert same[0] == same[1]


def test_a_point_overwrites_nothing(front: dict[str, Any]) -> None:
    Path("point.txt").write_text("mine")
    with pytest.raises(OutputError, match=r"point\.txt exists\. Choose another file with --out"):
        export_run(front["run"], Path("point.txt"), point=1)
    assert Path("point.txt").read_text() == "mine"


@pytest.mark.parametrize("point", [-1, 0, 99])
def test_a_point_that_is_not_there_is_an_error_that_says_how_many_there_are(front: dict[str, Any], point: int) -> None:
    count = len(front["front"])
    with pytest.raises(
        UsageError, match=rf"has no point {point}: it has {count}, counted from 1\. See nastoolkit show"
    ):
        export_run(front["run"], point=point)


def test_a_search_with_one_objective_has_no_points(prices: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match="has one objective and so no Pareto front"):
        export_run(prices["run"], point=1)


def test_an_unfinished_search_gives_the_points_that_it_has(lab: Lab) -> None:
    with pytest.raises(Interrupted):
        lab.start({**FRONT, "out": "run"}, ctrl_c(2))
    last = lab.generations("run")[-1]
    path = export_run("run", Path("two"), lab.plugins, lab.said.append, point=2)
    weights = path.read_bytes()[:-64]  # the fake trainer writes the weights and the data's digest
    assert weights in {one.weights.tobytes() for one in last.kept}
    assert weights != last.best.weights.tobytes()
    with pytest.raises(Interrupted):
        lab.start({**FRONT, "out": "empty"}, Diary("started", KeyboardInterrupt()))
    with pytest.raises(StorageError, match="has no generation yet, so it has no Pareto front"):
        export_run("empty", None, lab.plugins, lab.said.append, point=1)


def test_a_run_without_a_model_says_when_there_will_be_one(lab: Lab) -> None:
    with pytest.raises(Interrupted):
        lab.start({"out": "run"}, Diary("generation 1", KeyboardInterrupt()))
    for action in (lambda: evaluate_run("run"), lambda: predict_run("run", Path("x.csv")), lambda: export_run("run")):
        with pytest.raises(StorageError, match=r"has no .*best\.keras.*nastoolkit resume fake-random-"):
            action()


def test_a_run_whose_networks_all_diverged_has_no_model(lab: Lab) -> None:
    name = lab.start({"trainer.diverges": True})["run"]
    with pytest.raises(StorageError, match="has no model: every network diverged"):
        export_run(name)


def test_a_file_that_is_no_model_is_an_error(lab: Lab) -> None:
    name = lab.start()["run"]  # the fake trainer writes bytes that Keras does not know
    np.savez("new.npz", x=np.zeros((1, 2)))
    with pytest.raises(DataError, match=r"best\.keras is not a whole Keras model"):
        predict_run(name, Path("new.npz"), lab.plugins)


def test_data_that_changed_is_not_scored(berries: dict[str, Any]) -> None:
    text = Path("berries.csv").read_text()
    Path("berries.csv").write_text(text.replace("red,1.5", "red,1.75"))
    with pytest.raises(DataError, match="its rows have changed"):
        evaluate_run(berries["run"], say=lambda _: None)
    Path("berries.csv").write_text(text)


def test_a_test_part_that_has_changed_since_is_noticed(lab: Lab) -> None:
    rows = np.random.default_rng(0).normal(size=(40, 3)).astype(np.float32)
    labels = np.arange(40) % 2
    parts = {"x_train": rows[:30], "y_train": labels[:30], "x_test": rows[30:], "y_test": labels[30:]}
    np.savez("rows.npz", **parts)
    lab.start({"dataset.use": "npz", "dataset.path": str(Path("rows.npz").absolute()), "out": "run"})
    np.savez("rows.npz", **{**parts, "y_test": 1 - labels[30:]})
    with pytest.raises(DataError, match="its rows have changed"):
        evaluate_run("run", lab.plugins, lab.said.append)
