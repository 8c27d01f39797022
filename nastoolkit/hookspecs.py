"""Every hook of nastoolkit: what a plugin can do.

Implement a hook by writing a function of its name, decorated with ``nastoolkit.hookimpl``, in the module (or object)
that your package names in the entry-point group ``nastoolkit``. A hook may take fewer arguments than are listed here;
arguments are only ever added.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pluggy

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from nastoolkit.components import Component
    from nastoolkit.datasets.base import Data
    from nastoolkit.evaluation import Subject
    from nastoolkit.parts import Parts
    from nastoolkit.rng import Stream
    from nastoolkit.storage.base import Storage, StoredRun
    from nastoolkit.storage.records import Evaluation, Generation, Run

PROJECT = "nastoolkit"
"""The name that pluggy and the entry-point group know us by."""

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec
def nastoolkit_components() -> Iterable[type[Component]]:  # pyright: ignore[reportReturnType]
    """Offer components: encoders, initializers, fitness functions, trainers and the rest.

    Called once for each plugin when it is loaded. Return the classes; each becomes usable by its ``kind`` and ``name``
    in configurations. Two plugins with the same kind and name are both listed as in conflict, and only a run that
    names it fails. A name that nastoolkit ships can't be taken over.
    """


@hookspec(firstresult=True)
def nastoolkit_open_storage(url: str, create: bool) -> Storage | None:  # noqa: FBT001 - hooks are called with keywords
    """Open the storage behind a URL that you understand.

    Called when a run or a command needs its storage; the first answer that is not None is used, and the built-in one
    (SQLite and PostgreSQL) is asked last. Raise ``StorageError`` where it is yours but can't be opened, or is not there
    and ``create`` is false.
    """


@hookspec(firstresult=True)
def nastoolkit_evaluate_population(
    subjects: Sequence[Subject], parts: Parts, data: Data, stream: Stream
) -> Sequence[Evaluation] | None:
    """Train and score networks somewhere else, such as on a cluster.

    Called once a generation with those networks that the run has not trained yet, none twice; in an ablation with
    those of several runs at once, which share all parts that training depends on. Return one evaluation for each,
    in order, or None to leave it to the built-in, which is asked last and gives it to the run's executor. To offer
    another place to train at, write an executor; this hook is for what concerns every run, whatever its executor.
    It is called from several threads at once where there are islands and the executor is ``concurrent``.
    The result must be that of ``nastoolkit.evaluation.evaluate_population``: what an evaluation
    draws may depend on the subject and the stream, never on place or worker. ``data`` has no test part.
    """


@hookspec
def nastoolkit_report_sections(run: StoredRun) -> Iterable[tuple[str, str]]:  # pyright: ignore[reportReturnType]
    """Add sections to what ``nastoolkit show RUN`` prints.

    Called with a read-only view of a stored run. Return pairs of a title and a plain text; they are printed below the
    built-in sections and change nothing.
    """


@hookspec
def nastoolkit_run_started(run: Run) -> None:
    """Watch: a run begins or goes on. Called once its row and folder exist, before anything is trained."""


@hookspec
def nastoolkit_generation_finished(run: Run, generation: Generation) -> None:
    """Watch: a generation was saved. What you return is ignored; nothing comes back into the search.

    On several islands ``run`` is the island's; the other two hooks are called for the whole.
    """


@hookspec
def nastoolkit_run_finished(run: Run, stopped_because: str) -> None:
    """Watch: a run ended. Called once, always: also after Ctrl-C (``interrupted``) and errors (``failed``)."""
