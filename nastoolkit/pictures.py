"""Files that pictures are written to."""

import io
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from nastoolkit.errors import OutputError
from nastoolkit.files import check_new, written

if TYPE_CHECKING:  # matplotlib takes half a second to import; checking a file's name does not need it
    from matplotlib.figure import Figure

SUFFIXES = (".png", ".svg", ".pdf")
WAY_OUT = "Choose another file with --plot."

NOT_IN_XML = bytes({*range(32)} - {*b"\t\n\r"})
"""Characters that no SVG may have: it holds the names that it draws as remarks as well."""


def check_picture(path: Path) -> None:
    """Say before anything is computed that a picture cannot be written to a file.

    Raises:
        OutputError: its suffix names no format, or it exists.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise OutputError(f"{path} names no kind of picture. Give --plot a file that ends in {', '.join(SUFFIXES)}.")
    check_new(path, WAY_OUT)


def write_picture(figure: "Figure", path: Path) -> None:
    """Write a figure in the format that the file's suffix names, whole or not at all.

    Raises:
        OutputError: as :func:`check_picture`, or the file cannot be written.
    """
    check_picture(path)
    content = picture_bytes(figure, path.suffix[1:].lower())
    with written(path, WAY_OUT) as draft:
        draft.write_bytes(content)


def picture_bytes(figure: "Figure", suffix: str) -> bytes:
    """A figure as a file of a format. A dollar in a name is a dollar, not the beginning of a formula."""
    from matplotlib.text import Text

    for text in figure.findobj(Text):
        text.set_parse_math(False)
    content = io.BytesIO()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph ")  # a letter that the font lacks is drawn as a box
        figure.savefig(content, format=suffix)  # pyright: ignore[reportUnknownMemberType] - its keywords have no types
    return content.getvalue().translate(None, NOT_IN_XML) if suffix == "svg" else content.getvalue()
