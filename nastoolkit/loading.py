"""What a run is computed from: its data, its parts, its backend, as they were when it began."""

import os
import sys
from typing import TYPE_CHECKING

from nastoolkit.checking import Table
from nastoolkit.config import RunConfig, from_table
from nastoolkit.errors import DataError
from nastoolkit.parts import Parts, build_parts
from nastoolkit.plugins import Plugins
from nastoolkit.rng import Stream
from nastoolkit.storage.base import StoredRun
from nastoolkit.storage.records import Run
from nastoolkit.watchers import Say

if TYPE_CHECKING:
    from nastoolkit.datasets.base import Data


def load_data(config: RunConfig, parts: Parts, say: Say) -> "Data":
    """The data of a run, test part included; what was decided about it is said.

    Raises:
        DataError: it is not there, or cannot be learned from.
    """
    data = parts.dataset.load(Stream(config.seed).at("split"))
    for note in data.notes:
        say(note)
    return data


def load_stored(
    stored: StoredRun,
    plugins: Plugins,
    say: Say,
    executor: Table | None = None,
    plugin_time_limit: float | None = None,
) -> "tuple[Parts, Data]":
    """The parts and the data that a stored run began with; another executor or limit changes nothing of its result.

    Raises:
        DataError: the data is not what it was.
    """
    table = {**stored.run.config, **({"executor": executor} if executor else {})}
    if plugin_time_limit is not None:
        table["search"] = {**table["search"], "plugin_time_limit": plugin_time_limit}
    config = from_table(table)
    parts = build_parts(config, plugins)
    data = load_data(config, parts, say)
    check_data(stored, data)
    return parts, data


def check_data(stored: StoredRun, data: "Data") -> None:
    """Whether data is what a stored run began with; the test part is looked at where the run has ended.

    Raises:
        DataError: it is not.
    """
    ended = stored.run.result.get("fingerprint")  # the test part is first read when a search has ended
    if stored.run.data_digest != data.digest or (ended and ended != data.fingerprint):
        raise DataError(
            f"The data set {data.name} is not what the run {stored.run.name} began with: its rows have changed. "
            "Put the old data back, or start a new run."
        )


BACKENDS = frozenset({"tensorflow", "jax"})
"""Keras' names of those that networks are trained on."""


def keep_backend(run: Run) -> None:
    """Choose the backend that a run began on, where none is chosen yet: another one would round otherwise."""
    began = run.environment.get("backend")
    if began in BACKENDS and "keras" not in sys.modules:
        os.environ.setdefault("KERAS_BACKEND", began)
