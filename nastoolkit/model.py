"""What can be done with the networks that a run has found."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from nastoolkit.arrays import Floats
from nastoolkit.commands import command
from nastoolkit.consistency import networks
from nastoolkit.datasets.preprocessing import read_preprocessing
from nastoolkit.errors import DataError, StorageError, UsageError
from nastoolkit.files import check_new, is_file, written
from nastoolkit.fitness.metrics import metrics
from nastoolkit.loading import load_stored
from nastoolkit.pareto import on_front
from nastoolkit.plugins import Plugins, load_plugins
from nastoolkit.results import MODEL, strict
from nastoolkit.runs import find_run
from nastoolkit.storage.base import StoredRun
from nastoolkit.watchers import Say

HERE = {"use": "local"}
"""A model needs no cluster, wherever it was found."""


def evaluate_run(
    where: str, plugins: Plugins | None = None, say: Say = print, storage_url: str | None = None
) -> dict[str, Any]:
    """Score ``best.keras`` on the validation and the test part.

    Raises:
        StorageError: there is no such run, or it has no model.
        DataError: the data is not what the run began with, or the model is not the run's.
    """
    plugins = plugins or load_plugins()
    with find_run(where, plugins, storage_url) as (_, stored):
        model, found = _model_of(stored), dict[str, Any](run=stored.run.name)
        _, data = load_stored(stored, plugins, say, HERE)
    for name, split in (("valid", data.valid), ("test", data.test)):
        answers = _answers(model, split.inputs, data.outputs)
        standardized = answers if data.classes else (answers - data.target_mean) / data.target_scale
        found[name] = metrics(standardized, split.targets, data)
    return strict(found)


def predict_run(
    where: str, rows: Path, plugins: Plugins | None = None, say: Say = print, storage_url: str | None = None
) -> dict[str, Any]:
    """Predict with ``best.keras``; what rows hold that training did not is said.

    Returns:
        the ``run``'s name and its ``predictions``: for each row its class and the probability of it, or its value;
        where a folder was given, also the ``file``.

    Raises:
        StorageError: there is no such run, or it has no model.
        DataError: the rows cannot be read, do not have the columns of the run's data, or have no answer; the model is
            not the run's.
    """
    from nastoolkit.datasets.rows import names_of_rows, read_rows, unseen

    with find_run(where, plugins or load_plugins(), storage_url) as (_, stored):
        model, run = _model_of(stored), stored.run
    data = run.result["data"]
    preprocessing = read_preprocessing(data["preprocessing"])
    inputs = read_rows(rows, preprocessing)
    for remark in unseen(inputs, preprocessing):
        say(remark)
    classes: list[str] = data["classes"]
    answers = _answers(model, inputs, len(classes) or 1).astype(np.float64)
    lost = np.flatnonzero(~np.isfinite(answers).all(axis=1))
    if len(lost):
        raise DataError(
            f"{rows}, row {lost[0]} (counted from 0): its numbers are so far from those of the training data that the "
            f"network has no answer. Such rows: {len(lost)}. Mend or remove them."
        )
    predictions: list[dict[str, Any]] = (
        [{"prediction": classes[row.argmax()], "probability": float(row.max())} for row in answers]
        if classes
        else [{"prediction": float(value)} for value in answers[:, 0]]
    )
    if names := names_of_rows(rows, preprocessing):
        predictions = [{"file": name, **one} for name, one in zip(names, predictions, strict=True)]
    return {"run": run.name, "predictions": predictions}


def export_run(  # noqa: PLR0913 - what every function here takes, and two of its own
    where: str,
    out: Path | None = None,
    plugins: Plugins | None = None,
    say: Say = print,
    storage_url: str | None = None,
    *,
    point: int | None = None,
) -> Path:
    """Write a run's best network, or a point of its Pareto front, to a file of the user's choice, which must not exist.

    Args:
        where: a run's name or its folder.
        out: the file; without one, the run's name and the point's number with the suffix ``.keras``.
        plugins: the session's; loaded where none are given.
        say: takes what the user should know; nothing is said where ``best.keras`` is copied.
        storage_url: as for :func:`nastoolkit.find_run`.
        point: of the front, 1 being the lowest F; a search that has not ended has a front too.

    Raises:
        UsageError: the search has no such point.
        StorageError: there is no such run, or it has no model, or no generation yet.
        DataError: the data is not what the run began with.
        OutputError: the file exists, or cannot be written.
    """
    plugins = plugins or load_plugins()
    with find_run(where, plugins, storage_url) as (_, stored):
        model = _model_of(stored).read_bytes() if point is None else _point_of(stored, point, plugins, say)
        name = stored.run.name
    default = f"{name}.keras" if point is None else f"{name}-point-{point}.keras"
    path = (out or Path(default)).absolute()
    way_out = "Choose another file with --out."
    check_new(path, way_out)
    with written(path, way_out) as draft:
        draft.write_bytes(model)
    return path


def _point_of(stored: StoredRun, point: int, plugins: Plugins, say: Say) -> bytes:
    """A network of the Pareto front as a ``.keras`` file."""
    run, last = stored.run, stored.last()
    if last is None:
        raise StorageError(
            f"The run {run.name} has no generation yet, so it has no Pareto front. Go on with: "
            f"{command('resume', run.name, stored.url)}"
        )
    evaluations = networks(stored, last)
    if len(evaluations[last.best_key].objectives) == 1:
        raise UsageError(
            f"The run {run.name} has one objective and so no Pareto front. Export its best network without --point, or "
            'search with --set \'fitness.objectives=["fitness", "complexity"]\'.'
        )
    front = on_front(last.kept, evaluations.__getitem__)
    if not 1 <= point <= len(front):
        raise UsageError(
            f"The Pareto front of the run {run.name} has no point {point}: it has {len(front)}, counted from 1. See "
            f"{command('show', run.name, stored.url)}"
        )
    chosen = front[point - 1]
    parts, data = load_stored(stored, plugins, say, HERE)
    with TemporaryDirectory() as folder:
        file = Path(folder, MODEL)
        return parts.trainer.export(evaluations[chosen.key].architecture, chosen.weights, data, file).read_bytes()


def _model_of(stored: StoredRun) -> Path:
    run, path = stored.run, Path(stored.run.folder, MODEL)
    if run.stopped_because and not run.result:
        raise StorageError(f"The run {run.name} has no model: every network diverged. Search again with another seed.")
    if not run.result or not is_file(path):
        raise StorageError(
            f"The run {run.name} has no {path}. It is written when a search ends: "
            f"{command('resume', run.name, stored.url)}"
        )
    return path


def _answers(model: Path, rows: Floats, outputs: int) -> Floats:
    """``(N, O)`` what the saved model gives for raw rows."""
    from nastoolkit.trainers.saved import predict_saved

    return predict_saved(model, rows, outputs)
