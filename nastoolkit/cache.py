"""The folder for what can be had again: downloads, compiled programs."""

import os
from pathlib import Path


def cache() -> Path:
    """``NASTOOLKIT_CACHE``, else ``nastoolkit`` in the user's cache."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(os.environ.get("NASTOOLKIT_CACHE") or Path(base) / "nastoolkit")
