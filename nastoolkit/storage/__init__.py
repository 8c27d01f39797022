"""Storage: what a run leaves behind. Nothing outside this folder knows SQL."""

from pathlib import Path
from urllib.parse import quote

FILE = "sqlite:///"
"""How URLs of files begin; what begins otherwise is on a server."""

DEFAULT_STORAGE = f"{FILE}runs/nastoolkit.db"
"""One database for all runs, below the folder that a search is started in."""


def file_url(path: Path) -> str:
    """The URL of a file, whatever it is called."""
    return FILE + quote(str(path), safe=" +/")
