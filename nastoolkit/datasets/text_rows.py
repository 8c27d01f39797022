"""New texts for a network that was trained on such."""

from pathlib import Path

from nastoolkit.arrays import Array
from nastoolkit.datasets.archive import open_archive
from nastoolkit.datasets.checks import listed
from nastoolkit.datasets.files import TEXTS, files_at, key_of_rows
from nastoolkit.datasets.folders import all_read
from nastoolkit.datasets.numbered import padded
from nastoolkit.datasets.sheet_reader import read_sheet
from nastoolkit.datasets.text_csv import texts_of
from nastoolkit.datasets.text_folder import read_text
from nastoolkit.datasets.texts import numbered, words
from nastoolkit.datasets.tokens import Tokens
from nastoolkit.errors import DataError


def read_texts(path: Path, tokens: Tokens) -> Array:
    """``(N, L)`` numbers of words.

    Args:
        path: a text file with a text a line, of which an empty one is a text too; a folder of text files, each of which
            is one text (in the order of their names); a CSV file with the column that was learned from, one called
            ``text`` or a single one; or an npz file with an array of numbers.
        tokens: of the data that the network was trained on.

    Raises:
        DataError: it cannot be read, or the network's words are not known.
    """
    if path.suffix.lower() == ".npz":
        return _from_npz(path, tokens)
    if not tokens.words:
        raise DataError(f"{path}: the network's words are not known, only their numbers. Give those as an npz file.")
    return padded(numbered([words(text) for text in _texts(path, tokens.column)], tokens), tokens)


def _texts(path: Path, column: str) -> list[str]:
    if path.suffix.lower() == ".csv":
        return _from_csv(path, column)
    files = files_at(path, TEXTS, [".csv", ".npz"])
    contents = all_read(files, map(read_text, files))
    texts = contents if path.is_dir() else [line for text in contents for line in text.removesuffix("\n").split("\n")]
    if not any(texts):
        raise DataError(f"{path} has no texts.")
    return texts


def _from_csv(path: Path, column: str) -> list[str]:
    names = list(read_sheet(path).columns)
    found = next((one for one in (column, "text") if one in names), names[0])
    if len(names) > 1 and found not in {column, "text"}:
        raise DataError(f"{path}: which column holds the texts? Call it {column or 'text'}. It has {listed(names)}.")
    return texts_of(read_sheet(path, [found], [found]), found)  # as words also where all of them look like numbers


def _from_npz(path: Path, tokens: Tokens) -> Array:
    with open_archive(path) as archive:
        key = key_of_rows(path, archive.keys)
        numbers = archive.array(key)
    if numbers.dtype.kind not in "iu" or numbers.shape[1:] != tokens.shape or not _stand_for_words(numbers, tokens):
        raise DataError(
            f"{path}: {key} holds {numbers.dtype} of shape {numbers.shape}; the network takes "
            f"(N, {tokens.length}) numbers from 0 to {tokens.size - 1}, and no row of zeros alone."
        )
    return numbers.astype(tokens.dtype)


def _stand_for_words(numbers: Array, tokens: Tokens) -> bool:
    return bool(numbers.size and 0 <= numbers.min() <= numbers.max() < tokens.size and numbers.any(axis=1).all())
