"""Genetic neural architecture search, with hyperparameters initialized at the edge of chaos.

The names below are resolved on first touch, so that ``import nastoolkit`` loads nothing heavy.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nastoolkit.architecture import Architecture, Signature, canonical
    from nastoolkit.arrays import Floats, Genomes, Scores, Seeds
    from nastoolkit.competition.base import Competition, Contest
    from nastoolkit.components import Component
    from nastoolkit.config import RunConfig, read_config
    from nastoolkit.datasets.base import Data, Dataset, Split
    from nastoolkit.datasets.columns import Column, Columns
    from nastoolkit.datasets.pixels import Pixels
    from nastoolkit.datasets.preprocessing import Preprocessing
    from nastoolkit.datasets.tokens import Tokens
    from nastoolkit.encoders.base import Encoder
    from nastoolkit.errors import (
        ConfigError,
        DataError,
        Interrupted,
        NastoolkitError,
        OutOfMemory,
        OutputError,
        PluginError,
        StorageError,
        UsageError,
    )
    from nastoolkit.evaluation import Subject, evaluate_population
    from nastoolkit.executors.base import Executor
    from nastoolkit.fitness.base import Candidate, Fitness
    from nastoolkit.genome import Gene, Hyperparameters, Layout
    from nastoolkit.hookspecs import hookimpl
    from nastoolkit.initializers.base import Initializer
    from nastoolkit.model import evaluate_run, export_run, predict_run
    from nastoolkit.operators.base import Crossover, Mutation, Replacement, Selection, crosses, mutates
    from nastoolkit.parts import Parts
    from nastoolkit.plugins import load_plugins
    from nastoolkit.pruners.base import Bench, Pruner, Specimen
    from nastoolkit.rng import Stream
    from nastoolkit.runs import find_run
    from nastoolkit.schedulers.base import Scheduler
    from nastoolkit.session import resume_run, start_run, verify_run
    from nastoolkit.state import Individual
    from nastoolkit.storage.base import Storage, StoredRun
    from nastoolkit.storage.records import Evaluation, Generation, Kept
    from nastoolkit.trainers.base import Trained, Trainer, Variant

    __version__: str

_HOMES = {
    "nastoolkit.architecture": ("Architecture", "Signature", "canonical"),
    "nastoolkit.arrays": ("Floats", "Genomes", "Scores", "Seeds"),
    "nastoolkit.competition.base": ("Competition", "Contest"),
    "nastoolkit.components": ("Component",),
    "nastoolkit.config": ("RunConfig", "read_config"),
    "nastoolkit.datasets.base": ("Data", "Dataset", "Split"),
    "nastoolkit.datasets.columns": ("Column", "Columns"),
    "nastoolkit.datasets.pixels": ("Pixels",),
    "nastoolkit.datasets.preprocessing": ("Preprocessing",),
    "nastoolkit.datasets.tokens": ("Tokens",),
    "nastoolkit.encoders.base": ("Encoder",),
    "nastoolkit.errors": (
        "ConfigError",
        "DataError",
        "Interrupted",
        "NastoolkitError",
        "OutOfMemory",
        "OutputError",
        "PluginError",
        "StorageError",
        "UsageError",
    ),
    "nastoolkit.evaluation": ("Subject", "evaluate_population"),
    "nastoolkit.executors.base": ("Executor",),
    "nastoolkit.fitness.base": ("Candidate", "Fitness"),
    "nastoolkit.genome": ("Gene", "Hyperparameters", "Layout"),
    "nastoolkit.hookspecs": ("hookimpl",),
    "nastoolkit.initializers.base": ("Initializer",),
    "nastoolkit.model": ("evaluate_run", "export_run", "predict_run"),
    "nastoolkit.operators.base": ("Crossover", "Mutation", "Replacement", "Selection", "crosses", "mutates"),
    "nastoolkit.parts": ("Parts",),
    "nastoolkit.plugins": ("load_plugins",),
    "nastoolkit.pruners.base": ("Bench", "Pruner", "Specimen"),
    "nastoolkit.schedulers.base": ("Scheduler",),
    "nastoolkit.rng": ("Stream",),
    "nastoolkit.runs": ("find_run",),
    "nastoolkit.session": ("resume_run", "start_run", "verify_run"),
    "nastoolkit.state": ("Individual",),
    "nastoolkit.storage.base": ("Storage", "StoredRun"),
    "nastoolkit.storage.records": ("Evaluation", "Generation", "Kept"),
    "nastoolkit.trainers.base": ("Trained", "Trainer", "Variant"),
}
"""Where each name lives; the block above says the same to type checkers, and a test compares the two."""

__all__ = [
    "Architecture",
    "Bench",
    "Candidate",
    "Column",
    "Columns",
    "Competition",
    "Component",
    "ConfigError",
    "Contest",
    "Crossover",
    "Data",
    "DataError",
    "Dataset",
    "Encoder",
    "Evaluation",
    "Executor",
    "Fitness",
    "Floats",
    "Gene",
    "Generation",
    "Genomes",
    "Hyperparameters",
    "Individual",
    "Initializer",
    "Interrupted",
    "Kept",
    "Layout",
    "Mutation",
    "NastoolkitError",
    "OutOfMemory",
    "OutputError",
    "Parts",
    "Pixels",
    "PluginError",
    "Preprocessing",
    "Pruner",
    "Replacement",
    "RunConfig",
    "Scheduler",
    "Scores",
    "Seeds",
    "Selection",
    "Signature",
    "Specimen",
    "Split",
    "Storage",
    "StorageError",
    "StoredRun",
    "Stream",
    "Subject",
    "Tokens",
    "Trained",
    "Trainer",
    "UsageError",
    "Variant",
    "__version__",
    "canonical",
    "crosses",
    "evaluate_population",
    "evaluate_run",
    "export_run",
    "find_run",
    "hookimpl",
    "load_plugins",
    "mutates",
    "predict_run",
    "read_config",
    "resume_run",
    "start_run",
    "verify_run",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - each name has a type of its own, given to type checkers above
    from importlib import import_module, metadata

    if name == "__version__":
        return metadata.version("nastoolkit")
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(home), name)
    raise AttributeError(f"module 'nastoolkit' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
