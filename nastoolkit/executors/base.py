"""The contract of an executor: networks in, evaluations out, wherever they were trained."""

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar

from nastoolkit.components import Component

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nastoolkit.datasets.base import Data
    from nastoolkit.evaluation import Subject
    from nastoolkit.parts import Parts
    from nastoolkit.rng import Stream
    from nastoolkit.storage.records import Evaluation


class Executor(Component, ABC):
    """Decides where networks are trained; never what comes of it."""

    kind: ClassVar[str] = "executor"
    concurrent: ClassVar[bool] = False
    """Whether :meth:`evaluate` may be called from several threads at once: islands do not wait for each other then."""

    @abstractmethod
    def evaluate(
        self, subjects: "Sequence[Subject]", parts: "Parts", data: "Data", stream: "Stream"
    ) -> "Sequence[Evaluation]":
        """Train and score every subject.

        The result is that of :func:`nastoolkit.evaluation.evaluate_population`, which may be called with any of the
        subjects, in any company, in any process.

        Args:
            subjects: none twice.
            parts: of the run.
            data: without its test part.
            stream: the run's.

        Returns:
            one evaluation for each, in order.
        """
