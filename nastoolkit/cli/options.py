"""Options that several commands share, and how they become settings of a configuration."""

from pathlib import Path
from typing import Annotated, Any

import typer

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document instead.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress and no remarks on stderr.")]
Storage = Annotated[str, typer.Option(help="URL of the database that runs are looked up in.")]
RunArgument = Annotated[str, typer.Argument(metavar="RUN", help="A run's name, or its folder.", show_default=False)]


def settings(flags: dict[str, Any], assignments: list[str]) -> list[tuple[str, Any]]:
    """Dotted keys and values: flags that were given, then every ``--set``."""
    from nastoolkit.config import parse_setting

    given = [(key, value) for key, value in flags.items() if value is not None]
    return [*given, *(parse_setting(text) for text in assignments)]


def dataset_settings(name: str | None) -> dict[str, Any]:
    """``--dataset``: a data set's name, or a file whose suffix tells what reads it."""
    from nastoolkit.datasets.files import from_file_name

    if name is None:
        return {}
    reader = from_file_name(name)
    return (
        {"dataset.use": name} if reader is None else {"dataset.use": reader, "dataset.path": str(Path(name).absolute())}
    )
