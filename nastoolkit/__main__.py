"""``python -m nastoolkit``."""

from nastoolkit.cli import main

main()
