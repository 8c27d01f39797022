"""A small table, and tables written to CSV files and loaded."""

from pathlib import Path

from nastoolkit.datasets.base import Data
from nastoolkit.datasets.csv import CsvFile
from nastoolkit.rng import Stream

HEADER = "size,color,kind"
ROWS = [f"{k},{'red' if k % 3 else 'blue'},{'cat' if k % 2 else 'dog'}" for k in range(20)]
LINES = [HEADER, *ROWS]


def loaded(folder: Path, lines: list[str] | str, target: str, categories: int = 100) -> Data:
    """Write lines to ``pets.csv`` and load it."""
    text = lines if isinstance(lines, str) else "\n".join(lines) + "\n"
    (folder / "pets.csv").write_text(text, encoding="utf-8", newline="")
    return CsvFile(folder / "pets.csv", target, categories).load(Stream(0))
