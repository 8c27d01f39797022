"""The exported model is the network that was scored, for anyone who has Keras alone."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
import pytest
from small_networks import TRAIN_ROWS, architectures, dataset, mixed_architectures, small_data, trainer, untrained

from nastoolkit.architecture import Architecture
from nastoolkit.arrays import Floats
from nastoolkit.datasets.base import Data, Task
from nastoolkit.datasets.columns import Column, Columns
from nastoolkit.errors import DataError
from nastoolkit.trainers.inputs import features
from nastoolkit.trainers.keras_trainer import KerasTrainer
from nastoolkit.trainers.saved import predict_saved

# Keras 3.15 reads TensorFlow's variables in a way that NumPy 2 warns of, whenever a model is saved.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

WITHOUT_NASTOOLKIT = """
import sys
sys.modules["nastoolkit"] = None
from pathlib import Path
import keras, numpy as np
for path in Path(sys.argv[1]).glob("*.keras"):
    rows = np.load(path.with_suffix(".rows.npy"))
    np.save(path.with_suffix(".found.npy"), keras.saving.load_model(path)(rows))
"""


@dataclass(frozen=True)
class Exported:
    """A network, its data, and the trainer that writes it."""

    task: Task
    kind: str
    network: str
    activation: str = "relu"

    def __str__(self) -> str:
        return f"{self.task}-{self.kind}-{self.network}-{self.activation}".replace(" ", "-")

    @property
    def data(self) -> Data:
        return small_data(self.task, self.kind)

    @property
    def architecture(self) -> Architecture:
        return (architectures(self.data) | mixed_architectures(self.data))[self.network]

    @property
    def trainer(self) -> KerasTrainer:
        return trainer(activation=self.activation)

    @property
    def rows(self) -> Floats:
        """The validation rows, and one with values that training never saw in its categorical columns."""
        unknown = [-1 if column.vocabulary else column.mean for column in self.data.preprocessing.columns]
        return np.concatenate([self.data.valid.inputs, [np.float32(unknown)]])

    @property
    def expected(self) -> Floats:
        """``(N, O)`` what the trainer predicts, in the user's own units."""
        answers = self.trainer.predict(untrained([self.architecture]), self.data, self.rows)[0, 0]
        return answers * np.float32(self.data.target_scale) + np.float32(self.data.target_mean)

    def write(self, folder: Path) -> Path:
        weights = untrained([self.architecture]).weights[0][0]
        return self.trainer.export(self.architecture, weights, self.data, folder / f"{self}.keras")

    def assert_expected(self, found: Floats) -> None:
        """To a millionth of a probability, or of the targets' standard deviation and mean."""
        tolerance = 1e-6 * (self.data.target_scale + abs(self.data.target_mean))
        np.testing.assert_allclose(found, self.expected, rtol=0, atol=tolerance)


CASES = [
    Exported("classification", "numeric", "random 0"),
    Exported("classification", "numeric", "direct"),
    Exported("classification", "categorical", "skips"),
    Exported("classification", "mixed", "skips"),
    Exported("regression", "mixed", "random 1", "tanh"),
    Exported("regression", "numeric", "skips", "tanh"),
    Exported("classification", "numeric", "mixed skips"),
    Exported("classification", "numeric", "no bias"),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every case's model, its rows, and what Python without nastoolkit finds for them."""
    folder = tmp_path_factory.mktemp("exported")
    for case in CASES:
        np.save(case.write(folder).with_suffix(".rows.npy"), case.rows)
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_NASTOOLKIT, str(folder)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return folder


@pytest.mark.parametrize("case", CASES, ids=str)
def test_plain_keras_gives_what_the_trainer_predicts(case: Exported, folder: Path) -> None:
    case.assert_expected(np.load(folder / f"{case}.found.npy"))


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_saved_model_gives_what_the_trainer_predicts(case: Exported, folder: Path) -> None:
    path, weights = folder / f"{case}.keras", case.architecture.complexity
    case.assert_expected(predict_saved(path, case.rows, case.data.outputs, weights))


@pytest.mark.parametrize("case", CASES, ids=str)
def test_nothing_dead_is_in_the_model(case: Exported, folder: Path) -> None:
    model = keras.saving.load_model(folder / f"{case}.keras")
    shapes = [tuple(variable.shape) for variable in model.trainable_weights]
    assert sum(int(np.prod(shape)) for shape in shapes) == case.architecture.complexity
    assert sorted(shapes) == sorted(shape for shape in case.architecture.shapes if shape != (0,))
    assert not model.non_trainable_weights


def test_columns_of_the_smallest_and_largest_units_are_scaled_alike(tmp_path: Path) -> None:
    units = np.array([1e-30, 1e-12, 1e-3, 1e6, 1e20, 1e30])
    inputs = (np.random.default_rng(0).normal(2, 1, (78, 6)) * units).astype(np.float32)
    learned = inputs[:TRAIN_ROWS].astype(np.float64)
    statistics = zip(learned.mean(axis=0), learned.std(axis=0), strict=True)
    data = dataset("classification", inputs, [Column("x", mean=float(m), scale=float(s)) for m, s in statistics])
    population = untrained([architectures(data)["skips"]])
    path = trainer().export(population.architectures[0], population.weights[0][0], data, tmp_path / "best.keras")
    expected = trainer().predict(population, data, data.valid.inputs)[0, 0]
    found = predict_saved(path, data.valid.inputs, data.outputs, population.architectures[0].complexity)
    np.testing.assert_allclose(found, expected, atol=1e-6)


@pytest.mark.parametrize("damage", ["text", "cut short", "one byte", "empty", "missing"])
def test_a_file_that_is_no_whole_model_is_named(damage: str, folder: Path, tmp_path: Path) -> None:
    case, path = CASES[0], tmp_path / "best.keras"
    whole = (folder / f"{case}.keras").read_bytes()
    contents = {
        "text": b"not a model",
        "cut short": whole[: len(whole) // 2],
        "one byte": whole[:200] + bytes([whole[200] ^ 1]) + whole[201:],
        "empty": b"",
    }
    if damage in contents:
        path.write_bytes(contents[damage])
    with pytest.raises(DataError, match=r"best\.keras is not a whole Keras model.*nastoolkit resume"):
        predict_saved(path, case.rows, case.data.outputs, case.architecture.complexity)


def test_code_in_a_model_file_is_never_run(tmp_path: Path) -> None:
    inputs = keras.Input((2,))
    path = tmp_path / "lambda.keras"
    keras.Model(inputs, keras.layers.Lambda(lambda rows: rows + 1)(inputs)).save(path)
    with pytest.raises(DataError, match="Lambda"):
        predict_saved(path, np.zeros((1, 2), np.float32), 2, 0)


def test_gaps_become_means_and_flags_inside_the_model() -> None:
    gap = Column("gap", mean=3.0, scale=2.0, gaps=True)
    columns = Columns((gap, Column("word", ("x", "y")), Column("whole", mean=1.0), gap, gap, Column("last", scale=4.0)))
    rows = np.random.default_rng(0).normal(3, 2, (20, 6)).astype(np.float32)
    rows[:, 1] = np.arange(20) % 3 - 1
    rows[np.arange(20), [0, 2, 3, 4, 5] * 4] = np.nan
    inputs = keras.Input((6,))
    model = keras.Model(inputs, features(inputs, columns))
    expected = columns.transform(rows)
    assert expected.shape == (20, columns.features) == (20, 10)
    np.testing.assert_allclose(keras.ops.convert_to_numpy(model(rows)), expected, rtol=1e-6)
    assert np.isfinite(expected).all()
    np.testing.assert_array_equal(expected[:, 1], np.isnan(rows[:, 0]))


def test_words_beyond_a_vocabulary_share_one_feature_inside_the_model_where_there_is_one() -> None:
    columns = Columns((Column("some", ("x", "y"), rest=True), Column("every", ("x", "y", "z"))))
    rows = np.array([[k, m] for k in (-1, 0, 1, 2) for m in (-1, 0, 1, 2)], np.float32)
    inputs = keras.Input((2,))
    found = keras.ops.convert_to_numpy(keras.Model(inputs, features(inputs, columns))(rows))
    assert np.array_equal(found, columns.transform(rows))
    assert found[-1].tolist() == [0, 0, 1, 0, 0, 1]
    assert found[0].tolist() == [0] * 6
