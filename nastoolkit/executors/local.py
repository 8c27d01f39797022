"""Evaluation in the process of the search."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, final

from nastoolkit.executors.base import Executor

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nastoolkit.datasets.base import Data
    from nastoolkit.evaluation import Subject
    from nastoolkit.parts import Parts
    from nastoolkit.rng import Stream
    from nastoolkit.storage.records import Evaluation


@final
@dataclass(frozen=True, slots=True)
class LocalExecutor(Executor):
    """Networks are trained in the process of the search, on all of its cores or its accelerator."""

    name: ClassVar[str] = "local"

    def evaluate(
        self, subjects: "Sequence[Subject]", parts: "Parts", data: "Data", stream: "Stream"
    ) -> "Sequence[Evaluation]":
        """See :meth:`Executor.evaluate`."""
        from nastoolkit.evaluation import evaluate_population  # it knows parts, and those know executors

        return evaluate_population(subjects, parts, data, stream)
