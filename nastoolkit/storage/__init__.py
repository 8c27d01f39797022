"""Storage: what a run leaves behind. Nothing outside this folder knows SQL."""

FILE = "sqlite:///"
"""How URLs of files begin; what begins otherwise is on a server."""

DEFAULT_STORAGE = f"{FILE}runs/nastoolkit.db"
"""One database for all runs, below the folder that a search is started in."""
