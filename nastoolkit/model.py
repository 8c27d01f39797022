"""What can be done with a run's best network once it is written."""

import shlex
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np

from nastoolkit.arrays import Floats
from nastoolkit.datasets.preprocessing import Preprocessing
from nastoolkit.errors import DataError, OutputError, StorageError
from nastoolkit.fitness.metrics import metrics
from nastoolkit.plugins import Plugins, load_plugins
from nastoolkit.results import MODEL, strict
from nastoolkit.runs import find_run
from nastoolkit.session import Say, load_stored
from nastoolkit.storage import DEFAULT_STORAGE
from nastoolkit.storage.base import StoredRun


def evaluate_run(
    where: str, plugins: Plugins | None = None, say: Say = print, storage_url: str = DEFAULT_STORAGE
) -> dict[str, Any]:
    """Score ``best.keras`` on the validation and the test part.

    Raises:
        StorageError: there is no such run, or it has no model.
        DataError: the data is not what the run began with.
    """
    plugins = plugins or load_plugins()
    storage, stored = find_run(where, plugins, storage_url)
    with closing(storage):
        model = _model_of(stored)
        _, data = load_stored(stored, plugins, say)
    found: dict[str, Any] = {"run": stored.run.name}
    for name, split in (("valid", data.valid), ("test", data.test)):
        answers = _answers(model, split.inputs)
        standardized = answers if data.classes else (answers - data.target_mean) / data.target_scale
        found[name] = metrics(standardized, split.targets, data)
    return strict(found)


def predict_run(
    where: str, rows: Path, plugins: Plugins | None = None, storage_url: str = DEFAULT_STORAGE
) -> dict[str, Any]:
    """Predict with ``best.keras``.

    Returns:
        the ``run``'s name and its ``predictions``: for each row its class and the probability of it, or its value.

    Raises:
        StorageError: there is no such run, or it has no model.
        DataError: the rows cannot be read, do not have the columns of the run's data, or have no answer.
    """
    from nastoolkit.datasets.rows import read_rows

    storage, stored = find_run(where, plugins or load_plugins(), storage_url)
    with closing(storage):
        model, data = _model_of(stored), stored.run.result["data"]
    answers = _answers(model, read_rows(rows, Preprocessing.from_json(data["preprocessing"]))).astype(np.float64)
    lost = np.flatnonzero(~np.isfinite(answers).all(axis=1))
    if len(lost):
        raise DataError(
            f"{rows}, row {lost[0]} (counted from 0): its numbers are so far from those of the training data that the "
            f"network has no answer. Such rows: {len(lost)}. Mend or remove them."
        )
    classes: list[str] = data["classes"]
    predictions: list[dict[str, Any]] = (
        [{"prediction": classes[row.argmax()], "probability": float(row.max())} for row in answers]
        if classes
        else [{"prediction": float(value)} for value in answers[:, 0]]
    )
    return {"run": stored.run.name, "predictions": predictions}


def export_run(
    where: str, out: Path | None = None, plugins: Plugins | None = None, storage_url: str = DEFAULT_STORAGE
) -> Path:
    """Copy ``best.keras`` to a file of the user's choice, which must not exist.

    Raises:
        StorageError: there is no such run, or it has no model.
        OutputError: the file exists, or cannot be written.
    """
    storage, stored = find_run(where, plugins or load_plugins(), storage_url)
    with closing(storage):
        model, path = _model_of(stored), (out or Path(f"{stored.run.name}.keras")).absolute()
    try:
        with path.open("xb") as file:
            file.write(model.read_bytes())
    except FileExistsError:
        raise OutputError(f"{path} exists. Choose another file with --out.") from None
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror}. Choose another file with --out.") from None
    return path


def _model_of(stored: StoredRun) -> Path:
    run, path = stored.run, Path(stored.run.folder, MODEL)
    if run.stopped_because and not run.result:
        raise StorageError(f"The run {run.name} has no model: every network diverged. Search again with another seed.")
    if not run.result or not path.is_file():
        raise StorageError(
            f"The run {run.name} has no {path}. It is written when a search ends: nastoolkit resume "
            f"{shlex.quote(run.folder)}"
        )
    return path


def _answers(model: Path, rows: Floats) -> Floats:
    """``(N, O)`` what the saved model gives for raw rows."""
    from nastoolkit.trainers.saved import predict_saved

    return predict_saved(model, rows)
