"""What executors, and plugins that evaluate populations, must return."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from nastoolkit.storage.records import Evaluation
from nastoolkit.wall.expecting import Answer, briefly, expect, expect_array, is_count

if TYPE_CHECKING:
    from nastoolkit.evaluation import Subject


def trainable(places: Sequence[Answer], epochs: Answer, whole: int, so_far: Mapping[int, int]) -> None:
    """Networks that a scheduler asks for: each is there, once, and is trained longer than before.

    Args:
        places: of the networks.
        epochs: to train them for.
        whole: epochs of a whole training.
        so_far: epochs that each of all networks was trained for.
    """
    expect(is_count(epochs, 1) and epochs <= whole, f"{briefly(epochs)} epochs. It must be a count from 1 to {whole}")
    expect(len(places), "no networks. It must ask for one at least")
    expect(all(is_count(one) and one < len(so_far) for one in places), f"networks that there are not, of {len(so_far)}")
    expect(len(set(places)) == len(places), "a network twice in one call. It must be trained once")
    expect(all(so_far[one] < epochs for one in places), "a network again, for no more epochs. It must be for more")


def evaluated(found: Sequence[Answer], subjects: Sequence["Subject"]) -> None:
    """An evaluation of each network, in order, with its weights."""
    strangers = [one for one in found if not isinstance(one, Evaluation)]
    expect(not strangers, f"{briefly(strangers[0] if strangers else None)}. All must be an Evaluation")
    keys = [one.key for one in found], [one.key for one in subjects]
    expect(keys[0] == keys[1], "other networks than it was given. They must come back as they were, in order")
    for one, subject in zip(found, subjects, strict=True):
        expect(one.architecture == subject.architecture, "another Architecture with a network's key")
        expect_array(one.weights, (subject.architecture.complexity,), np.float32, "weights: ")
        numbers = (one.fitness, one.score, *one.others, *one.spread, *one.contributions)
        expect(all(isinstance(number, float) for number in numbers), "an Evaluation with what is no float")
        expect(one.spread, "an Evaluation without a spread. It must have the F of each representation")
        counts = is_count(one.diverged) and one.diverged <= len(one.spread) and is_count(one.epochs)
        expect(counts, f"diverged = {briefly(one.diverged)}, epochs = {briefly(one.epochs)}. They must be counts")
