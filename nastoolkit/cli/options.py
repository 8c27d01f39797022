"""Options that several commands share, and how they become settings of a configuration."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from nastoolkit.storage import DEFAULT_STORAGE

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document instead.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress and no remarks on stderr.")]
Storage = Annotated[
    str | None, typer.Option(help="URL of the database that runs are looked up in.", show_default=DEFAULT_STORAGE)
]
RunArgument = Annotated[str, typer.Argument(metavar="RUN", help="A run's name, or its folder.", show_default=False)]

Config = Annotated[Path | None, typer.Argument(help="A TOML file; none means the defaults.", show_default=False)]
Init = Annotated[str | None, typer.Option(help="Initializer: coe, random, ...")]
EncoderName = Annotated[str | None, typer.Option(help="What the bits of a chromosome mean.")]
TrainerName = Annotated[str | None, typer.Option(help="What trains a population.")]
FitnessName = Annotated[str | None, typer.Option(help="What is minimized: paper, loss, error.")]
CompetitionName = Annotated[str | None, typer.Option(help="Among trained layers: none, layerwise.")]
ExecutorName = Annotated[str | None, typer.Option("--executor", help="Where networks are trained: local, ...")]
Address = Annotated[str | None, typer.Option(help="Of the executor's cluster.")]
PluginTimeLimit = Annotated[
    float | None, typer.Option(help="Seconds that one call of a plugin's component may take; 0 for no limit.")
]
SchedulerName = Annotated[str | None, typer.Option("--scheduler", help="What stops networks early: none, halving.")]
PrunerName = Annotated[str | None, typer.Option(help="What makes the best smaller: none, toggle, ...")]
Population = Annotated[int | None, typer.Option(help="Individuals of a generation.")]
Generations = Annotated[int | None, typer.Option(help="Evolve for so many generations.")]
Evaluations = Annotated[int | None, typer.Option(help="Stop after so many individuals were scored.")]
Minutes = Annotated[float | None, typer.Option(help="Stop after so many minutes.")]
Fraction = Annotated[float | None, typer.Option(help="Search with this part of the rows, such as 0.1.")]
Finalists = Annotated[int | None, typer.Option(help="Train so many of the best again, longer and on all rows.")]
Islands = Annotated[int | None, typer.Option(help="Populations side by side, which exchange their best.")]
Threshold = Annotated[float | None, typer.Option(help="Stop when the best fitness is as low as this.")]
Epochs = Annotated[int | None, typer.Option(help="Back-propagation cycles of each network.")]
Seed = Annotated[int | None, typer.Option(help="Where all random numbers come from.")]
Assign = Annotated[list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Any key of a configuration.")]
StorageUrl = Annotated[str | None, typer.Option(help="URL of the database.", show_default=DEFAULT_STORAGE)]

KEYS = {
    "init": "initializer.use",
    "encoder": "encoder.use",
    "trainer": "trainer.use",
    "epochs": "trainer.epochs",
    "fitness": "fitness.use",
    "competition": "competition.use",
    "pruner": "pruner.use",
    "executor": "executor.use",
    "address": "executor.address",
    "scheduler": "scheduler.use",
    **{name: f"search.{name}" for name in ("population", "generations", "evaluations", "minutes", "threshold")},
    **{name: f"search.{name}" for name in ("fraction", "finalists", "islands")},
    "seed": "seed",
}
"""The keys that flags are short names for."""


def settings(flags: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Dotted keys and values: flags that were given, by their names, then every ``--set``."""
    from nastoolkit.config import parse_setting

    assigned: list[str] = flags.get("assign") or []
    given = [(key, flags[name]) for name, key in KEYS.items() if flags.get(name) is not None]
    return [*given, *(parse_setting(text) for text in assigned)]


def executor_table(name: str | None, address: str | None) -> dict[str, Any] | None:
    """``--executor`` and ``--address`` as a table ``[executor]``, where the first was given.

    Raises:
        UsageError: there is an address, and nobody to use it.
    """
    from nastoolkit.errors import UsageError

    if name is None and address is not None:
        raise UsageError(f"--address {address} needs --executor, such as --executor ray.")
    return None if name is None else {"use": name} | ({} if address is None else {"address": address})


def dataset_settings(name: str | None) -> list[tuple[str, Any]]:
    """``--dataset``: a data set's name, ``openml:NAME``, or a file or folder by which is known what reads it."""
    from nastoolkit.datasets.files import from_file_name
    from nastoolkit.files import is_there
    from nastoolkit.plugins import load_plugins

    if name is None:
        return []
    if name.startswith("openml:"):
        return [("dataset.use", "openml"), ("dataset.data", name.removeprefix("openml:"))]
    named = is_there(Path(name)) and name in load_plugins().registry.names("dataset")  # a folder "mnist" hides no set
    reader = None if named else from_file_name(name)
    if reader is None:
        return [("dataset.use", name)]
    return [("dataset.use", reader), ("dataset.path", str(Path(name).absolute()))]
