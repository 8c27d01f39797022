"""New rows for a network that was trained: a file read into the raw inputs that its preprocessing takes."""

from collections.abc import Iterator
from pathlib import Path

from nastoolkit.arrays import Array
from nastoolkit.datasets.columns import Columns
from nastoolkit.datasets.files import IMAGES, TEXTS, files_at
from nastoolkit.datasets.image_rows import read_images
from nastoolkit.datasets.pixels import Pixels
from nastoolkit.datasets.preprocessing import Preprocessing
from nastoolkit.datasets.table_rows import read_table_rows
from nastoolkit.datasets.text_rows import read_texts
from nastoolkit.datasets.tokens import FIRST_WORD, Tokens


def read_rows(path: Path, preprocessing: Preprocessing) -> Array:
    """Raw inputs, as :class:`nastoolkit.datasets.base.Split` has them.

    Args:
        path: a file, or a folder of images or texts.
        preprocessing: of the data that the network was trained on.

    Raises:
        DataError: it can't be read, or does not hold what the network takes; says what and where.
    """
    match preprocessing:
        case Columns():
            return read_table_rows(path, preprocessing)
        case Pixels():
            return read_images(path, preprocessing)
        case _:
            return read_texts(path, preprocessing)


def names_of_rows(path: Path, preprocessing: Preprocessing) -> list[str]:
    """The files of a folder in the order of its rows, as they are called there; nothing where rows come from one file.

    Raises:
        DataError: as :func:`read_rows`.
    """
    if not path.is_dir():
        return []
    suffixes = IMAGES if isinstance(preprocessing, Pixels) else TEXTS
    return [str(one.relative_to(path)) for one in files_at(path, suffixes, [])]


def unseen(inputs: Array, preprocessing: Preprocessing) -> Iterator[str]:
    """What new rows hold that a network knows nothing of, a sentence each.

    Args:
        inputs: from :func:`read_rows`.
        preprocessing: the same.
    """
    match preprocessing:
        case Columns():
            for column, values in zip(preprocessing.columns, inputs.T, strict=True):
                if column.vocabulary and (count := int((values < 0).sum())):
                    yield f"In the column {column.name!r} {count} of {len(inputs)} values were not there in training."
        case Tokens():
            if count := int((inputs < FIRST_WORD).all(axis=1).sum()):
                yield f"{count} of {len(inputs)} texts have no word that the network knows."
        case _:
            return
