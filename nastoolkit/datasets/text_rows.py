"""New texts for a network that was trained on such."""

from pathlib import Path

import numpy as np

from nastoolkit.arrays import Array
from nastoolkit.datasets.archive import open_archive
from nastoolkit.datasets.folders import every_file
from nastoolkit.datasets.numbered import padded
from nastoolkit.datasets.sheet_reader import read_sheet
from nastoolkit.datasets.text_csv import texts_of
from nastoolkit.datasets.texts import numbered, words
from nastoolkit.datasets.tokens import Tokens
from nastoolkit.errors import DataError


def read_texts(path: Path, tokens: Tokens) -> Array:
    """``(N, L)`` numbers of words.

    Args:
        path: a text file with a text a line, a folder of text files (in the order of their names), a CSV file with a
            column ``text`` or a single one, or an npz file with an array of numbers.
        tokens: of the data that the network was trained on.

    Raises:
        DataError: it cannot be read, or the network's words are not known.
    """
    if path.suffix.lower() == ".npz":
        return _from_npz(path, tokens)
    if not tokens.words:
        raise DataError(f"{path}: the network's words are not known, only their numbers. Give those as an npz file.")
    return padded(numbered([words(text) for text in _texts(path)], tokens), tokens)


def _texts(path: Path) -> list[str]:
    if path.suffix.lower() == ".csv":
        sheet = read_sheet(path)
        return texts_of(sheet, "text" if len(sheet.columns) > 1 else next(iter(sheet.columns)))
    files = every_file(path, [".txt"]) if path.is_dir() else [path]
    try:
        contents = [file.read_text(encoding="utf-8-sig") for file in files]
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path} cannot be read as UTF-8 text: {error}.") from None
    texts = contents if path.is_dir() else contents[0].splitlines()
    if not texts:
        raise DataError(f"{path} has no texts.")
    return texts


def _from_npz(path: Path, tokens: Tokens) -> Array:
    with open_archive(path) as archive:
        key = next((key for key in ("x", "x_test", *archive.keys) if key in archive.keys), "")
        numbers = archive.array(key) if key else np.empty(0)
    if numbers.dtype.kind not in "iu" or numbers.shape[1:] != tokens.shape or numbers.max() >= tokens.size:
        raise DataError(
            f"{path}: {key or 'nothing'} holds {numbers.dtype} of shape {numbers.shape}; the network takes "
            f"(N, {tokens.length}) numbers below {tokens.size}."
        )
    return numbers.astype(tokens.dtype)
