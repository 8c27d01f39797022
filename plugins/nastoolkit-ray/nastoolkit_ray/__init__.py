"""The executor ``ray``: generations are evaluated on a Ray cluster."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar, final

from annotated_types import Ge, Gt

import nastoolkit as nas


@final
@dataclass(frozen=True, slots=True)
class RayExecutor(nas.Executor):
    """Networks are trained by the workers of a Ray cluster, a core or an accelerator each.

    What comes out has the same bits as in one process, on processors of one kind. nastoolkit, and the packages of the
    components that a run names, must be installed on every node, in the same versions.

    Args:
        address: of a cluster, as Ray takes it: ``HOST:PORT``, ``auto``, ``ray://HOST:PORT``. Without one, a cluster of
            this machine's cores is started, and ends with the program.
        workers: at most; by default one for each CPU of the cluster.
        gpus: of each worker; a fraction shares one.
        networks: of a task at most. The trainer takes as many at once.
        time_limit: seconds that a task may take, loading and compiling included. A worker that takes longer is ended,
            and its networks are evaluated elsewhere.
        attempts: how often a task is begun before the search gives up.
    """

    name: ClassVar[str] = "ray"
    concurrent: ClassVar[bool] = True
    address: str = ""
    workers: Annotated[int, Ge(1)] | None = None
    gpus: Annotated[float, Ge(0)] = 0.0
    networks: Annotated[int, Ge(1)] = 5
    time_limit: Annotated[float, Gt(0)] = 3600.0
    attempts: Annotated[int, Ge(1)] = 3

    def evaluate(
        self, subjects: Sequence[nas.Subject], parts: nas.Parts, data: nas.Data, stream: nas.Stream
    ) -> list[nas.Evaluation]:
        """See :meth:`nastoolkit.Executor.evaluate`.

        Raises:
            ConfigError: there is no such cluster.
            NastoolkitError: no worker comes up, or a task was lost as often as it may be.
            MemoryError: a worker found no memory, or a node so little that a task was lost as often as it may be.
        """
        from nastoolkit_ray.pool import pool  # Ray takes a second to import

        return pool(self).evaluate(subjects, (parts, data, stream))


@nas.hookimpl
def nastoolkit_components() -> list[type[nas.Component]]:
    """Offer the executor."""
    return [RayExecutor]
