"""Every shipped component keeps the contract that third parties are held to."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from nastoolkit.builtins import nastoolkit_components
from nastoolkit.datasets.csv import CsvFile
from nastoolkit.datasets.image_folder import ImageFolder
from nastoolkit.datasets.npz import NpzFile
from nastoolkit.datasets.parquet import ParquetFile
from nastoolkit.datasets.text_csv import TextCsv
from nastoolkit.datasets.text_folder import TextFolder
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

ELSEWHERE = {"csv", "npz", "openml", "parquet", "image_folder", "text_csv", "text_folder"}
ELSEWHERE |= {"mnist", "fashion_mnist", "cifar10", "cifar100", "boston_housing", "imdb", "reuters"}
"""What reads files: below, and in tests/datasets."""
CHECKS = [
    check
    for component in nastoolkit_components()
    if component.name not in ELSEWHERE
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


def test_shipped_parquet(rows: tuple[np.ndarray, np.ndarray], tmp_path: Path) -> None:
    path = tmp_path / "rows.parquet"
    pd.DataFrame({"a": rows[0][:, 0], "b": rows[0][:, 1], "kind": [*"xyz" * 20]}).to_parquet(path)
    for check in component_checks(ParquetFile(path=path, target="kind")):
        check()


def test_shipped_image_folder(tmp_path: Path) -> None:
    generator = np.random.default_rng(0)
    for k in range(30):
        folder = tmp_path / "xyz"[k % 3]
        folder.mkdir(exist_ok=True)
        Image.fromarray(generator.integers(0, 256, (8, 8), dtype=np.uint8)).save(folder / f"{k}.png")
    for check in component_checks(ImageFolder(path=tmp_path)):
        check()


@pytest.mark.parametrize("ordered", [False, True])
def test_shipped_texts(tmp_path: Path, *, ordered: bool) -> None:
    generator = np.random.default_rng(0)
    texts = [" ".join(generator.choice([*"abcdefgh"], 9)) for _ in range(30)]
    pd.DataFrame({"text": texts, "kind": [*"xyz" * 10]}).to_csv(tmp_path / "texts.csv", index=False)
    for k, text in enumerate(texts):
        folder = tmp_path / "texts" / "xyz"[k % 3]
        folder.mkdir(exist_ok=True, parents=True)
        (folder / f"{k}.txt").write_text(text)
    for one in (
        TextCsv(path=tmp_path / "texts.csv", target="kind", ordered=ordered),
        TextFolder(path=tmp_path / "texts", ordered=ordered),
    ):
        for check in component_checks(one):
            check()
