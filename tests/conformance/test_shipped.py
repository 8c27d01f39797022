"""Every shipped component keeps the contract that third parties are held to."""

from pathlib import Path

import numpy as np
import pytest

from nastoolkit.builtins import nastoolkit_components
from nastoolkit.datasets.csv import CsvFile
from nastoolkit.datasets.npz import NpzFile
from nastoolkit.testing import Check, component_checks

FIELDS = {
    "lambda": {"at": 0.5},
    "cxUniform": {"indpb": 0.5},
    "mutFlipBit": {"indpb": 0.1},
    "mutUniformInt": {"indpb": 0.1},
    "mutShuffleIndexes": {"indpb": 0.1},
    "selTournament": {"tournsize": 3},
    "selDoubleTournament": {"fitness_size": 3, "parsimony_size": 1.4, "fitness_first": True},
    "selEpsilonLexicase": {"epsilon": 0.05},
    "keras": {"epochs": 2, "representations": 2, "chunk": 4},
}
"""Fields without a default, and those that keep training short."""

IN_FILES = {"csv", "npz"}
CHECKS = [
    check
    for component in nastoolkit_components()
    if component.name not in IN_FILES
    for check in component_checks(component(**FIELDS.get(component.name, {})))
]


# Keras 3.15 reads TensorFlow's variables in a way that NumPy 2 warns of, whenever a model is saved.
@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")
@pytest.mark.parametrize("check", CHECKS, ids=str)
def test_shipped(check: Check) -> None:
    check()


@pytest.fixture
def rows() -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(0)
    return generator.normal(5, 2, (60, 3)).astype(np.float32), np.arange(60) % 3


def test_shipped_npz(rows: tuple[np.ndarray, np.ndarray], tmp_path: Path) -> None:
    path = tmp_path / "rows.npz"
    np.savez(path, x=rows[0], y=rows[1])
    for check in component_checks(NpzFile(path=path)):
        check()


def test_shipped_csv(rows: tuple[np.ndarray, np.ndarray], tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    lines = [f"{a},{b},{c},{'xyz'[k]}" for (a, b, c), k in zip(*rows, strict=True)]
    path.write_text("\n".join(["a,b,c,kind", *lines]))
    for check in component_checks(CsvFile(path=path, target="kind")):
        check()
