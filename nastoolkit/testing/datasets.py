"""What a data set must do."""

from collections.abc import Iterator

import numpy as np

from nastoolkit.arrays import Array
from nastoolkit.datasets.base import Data, Dataset, Split
from nastoolkit.datasets.columns import Columns
from nastoolkit.datasets.pixels import Pixels
from nastoolkit.rng import Stream
from nastoolkit.testing.samples import expect


def _parts(data: Data) -> dict[str, Split]:
    return {"train": data.train, "valid": data.valid, "test": data.test}


def loads_the_same_rows_from_the_same_stream(dataset: Dataset) -> None:
    """The split is a function of the stream."""
    first, again = dataset.load(Stream(1)), dataset.load(Stream(1))
    expect(first.digest == again.digest, "The same stream split the data otherwise: draw from the stream alone.")
    expect(np.array_equal(first.test.inputs, again.test.inputs), "The same stream gave another test part.")


def fills_every_part_with_finite_numbers(dataset: Dataset) -> None:
    """Inputs of the preprocessing's shape, and as many targets as rows."""
    data = dataset.load(Stream(1))
    row, wanted = data.preprocessing.shape, data.preprocessing.dtype
    for name, part in _parts(data).items():
        shape, dtype = part.inputs.shape, part.inputs.dtype
        expect(len(part) > 0, f"The {name} part is empty.")
        expect(shape == (len(part), *row), f"{name}.inputs has shape {shape} and not {(len(part), *row)}.")
        expect(dtype == wanted, f"{name}.inputs is {dtype} and not {wanted}.")
        told = data.preprocessing.transform(part.inputs)
        expect(np.isfinite(told).all(), f"{name}.inputs becomes NaN or infinity.")
        expect(np.isfinite(part.targets).all(), f"{name}.targets holds NaN or infinity.")


def gives_targets_that_fit_the_task(dataset: Dataset) -> None:
    """Indices of classes that are all there to learn, or float64 values."""
    data = dataset.load(Stream(1))
    wanted = np.int64 if data.task == "classification" else np.float64
    for name, part in _parts(data).items():
        expect(part.targets.dtype == wanted, f"{name}.targets is {part.targets.dtype} and not {wanted.__name__}.")
        if data.classes:
            inside = (part.targets >= 0) & (part.targets < len(data.classes))
            expect(inside.all(), f"{name}.targets has indices outside the {len(data.classes)} classes.")
    expect(bool(data.classes) == (data.task == "classification"), "Classes are for classification, and needed there.")
    missing = set(range(len(data.classes))) - set(data.train.targets.tolist())
    expect(not missing, f"The training part has no row of {[data.classes[k] for k in sorted(missing)]}.")


def keeps_the_parts_apart(dataset: Dataset) -> None:
    """No part is another one in disguise; a few equal rows are let pass, because real data has duplicates."""
    data = dataset.load(Stream(1))
    rows = {name: {row.tobytes() for row in part.inputs} for name, part in _parts(data).items()}
    for one, other in (("train", "valid"), ("train", "test"), ("valid", "test")):
        shared = len(rows[one] & rows[other])
        expect(shared <= len(rows[other]) / 2, f"{shared} of {len(rows[other])} {other} rows are {one} rows too.")


def centres_by_the_training_part_alone(dataset: Dataset) -> None:
    """The means of the preprocessing are exactly its own; they could not be if other rows had been looked at."""
    data = dataset.load(Stream(1))
    for name, told, values in _centres(data):
        mean, spread = values.mean(dtype=np.float64), values.std(dtype=np.float64)
        close = abs(told - mean) <= 1e-4 * (abs(mean) + spread)
        expect(close, f"{name} has the mean {told}; that of the training part is {mean}.")
    if data.task == "regression":
        told, found = (data.target_mean, data.target_scale), (data.train.targets.mean(), data.train.targets.std())
        expect(np.allclose(told, found), f"Targets have mean and scale {told}; those of the training part are {found}.")


def _centres(data: Data) -> Iterator[tuple[str, float, Array]]:
    """Of each numeric column or channel its name, the mean that is told, and the training part's numbers."""
    preprocessing, inputs = data.preprocessing, data.train.inputs
    if isinstance(preprocessing, Columns):
        for place, column in enumerate(preprocessing.columns):
            known = inputs[~np.isnan(inputs[:, place]), place]
            if not column.vocabulary and len(known):
                yield column.name, column.mean, known
    if isinstance(preprocessing, Pixels):
        for channel, mean in enumerate(preprocessing.mean):
            yield f"channel {channel}", mean, inputs[..., channel]


CHECKS = (
    loads_the_same_rows_from_the_same_stream,
    fills_every_part_with_finite_numbers,
    gives_targets_that_fit_the_task,
    keeps_the_parts_apart,
    centres_by_the_training_part_alone,
)
