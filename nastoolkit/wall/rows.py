"""What a data set must return."""

from typing import get_args

import numpy as np

from nastoolkit.datasets.base import Data, Split, Task
from nastoolkit.datasets.preprocessing import Preprocessing
from nastoolkit.wall.expecting import Answer, briefly, expect, expect_array

BLOCK = 4096
"""Rows that are looked at together."""


def loaded(_: object, found: Answer, *_more: object) -> None:
    """Rows that can be learned from; the test part is not looked at before the end of a search."""
    expect(isinstance(found, Data), f"{briefly(found)}. It must be a Data")
    expect(found.task in get_args(Task), f"the task {found.task!r}. It must be one of {get_args(Task)}")
    expect(bool(found.classes) == (found.task == "classification"), f"{len(found.classes)} classes for {found.task}")
    known = isinstance(found.preprocessing, get_args(Preprocessing))
    expect(known, f"{briefly(found.preprocessing)} as preprocessing. It must be one of nastoolkit's")
    scale = np.isfinite(found.target_mean) and found.target_scale > 0 and np.isfinite(found.target_scale)
    expect(scale, f"the target scale {found.target_scale!r}. It must be finite, and above 0")
    for name in ("train", "valid"):
        expect_rows(found, getattr(found, name), name)


def expect_rows(data: Data, split: Split, name: str) -> None:
    """A part of the data: rows of the preprocessing's shape, with finite features and fitting targets."""
    inputs, targets, known = split.inputs, split.targets, data.preprocessing
    expect(len(targets) > 0, f"an empty {name} part. It must have rows")
    expect_array(inputs, (len(targets), *known.shape), known.dtype, f"{name}.inputs: ")
    expect_array(targets, (len(targets),), np.int64 if data.classes else np.float64, f"{name}.targets: ")
    with np.errstate(all="ignore"):
        finite = all(np.isfinite(known.transform(inputs[n : n + BLOCK])).all() for n in range(0, len(inputs), BLOCK))
    expect(finite, f"NaN or infinity in {name}.inputs. They must be finite numbers")
    expect(np.isfinite(targets).all(), f"NaN or infinity in {name}.targets. They must be finite numbers")
    if data.classes:
        inside = (targets >= 0) & (targets < len(data.classes))
        expect(inside.all(), f"{name}.targets outside of the {len(data.classes)} classes. They must be indices")
