"""Storage: what a run leaves behind. Nothing outside this folder knows SQL."""

DEFAULT_STORAGE = "sqlite:///runs/nastoolkit.db"
"""One database for all runs, below the folder that a search is started in."""
