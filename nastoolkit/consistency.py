"""Whether what is stored of a run fits together: rows may be sound one by one, and be no run."""

from collections.abc import Mapping, Sequence
from typing import Any, get_args

from nastoolkit.architecture import Signature
from nastoolkit.config import from_table
from nastoolkit.datasets.base import Task
from nastoolkit.datasets.preprocessing import read_preprocessing
from nastoolkit.documents import texts
from nastoolkit.errors import DataError, StorageError
from nastoolkit.genome import Layout
from nastoolkit.pareto import on_front
from nastoolkit.storage.base import StoredRun
from nastoolkit.storage.records import Evaluation, Generation, Run

SHOWN = ("dataset", "encoder", "initializer", "competition", "fitness", "mutation", "pruner")
"""Tables of a configuration that are looked at without making what they name."""


class NonsenseError(StorageError):
    """What is stored under a run's name is no run.

    Args:
        run: its name.
        what: does not fit.
    """

    def __init__(self, run: str, what: str) -> None:
        self.what = what
        super().__init__(
            f"The run {run} makes no sense: {what}. It was not written by nastoolkit, or is damaged. Put back an "
            "earlier copy of its database, or delete the run with `nastoolkit runs --delete`."
        )


def check_row(run: Run) -> None:
    """Whether a run's row says what it is of and what came of it.

    Raises:
        NonsenseError: it does not.
        ConfigError: its configuration is none.
    """
    from_table(run.config)
    try:
        if type(run.config["seed"]) is not int:
            raise TypeError("its seed is no number")  # noqa: TRY301 - the same way out
        texts([run.config[kind]["use"] for kind in SHOWN])
        if run.result:
            _check_result(run.result)
    except (LookupError, TypeError, ValueError, AttributeError, DataError) as error:
        raise NonsenseError(run.name, f"its row says something else than what a search comes to ({error!r})") from error


def _check_result(result: Mapping[str, Any]) -> None:
    """Raise an error where the result of a search cannot be."""
    data, front = result["data"], result.get("front", [])
    texts([result["fingerprint"], *data["classes"]])
    read_preprocessing(data["preprocessing"])
    if data["task"] not in get_args(Task):
        raise ValueError("there is no such task")
    for measures in [result, *front]:
        for part in ("valid", "test"):
            numbers = measures[part].values()
            if not numbers or not all(one is None or type(one) in {int, float} for one in numbers):
                raise ValueError("what was measured are no numbers")


def check_fit(run: str, last: Generation, layout: Layout, order: Sequence[str]) -> None:
    """Whether a generation is one of its run's configuration.

    Args:
        run: its name.
        last: the generation.
        layout: of the genomes.
        order: the phases.

    Raises:
        NonsenseError: it has other genes, or is of another phase.
    """
    if last.genomes.shape[1] != layout.length:
        raise NonsenseError(
            run, f"its genomes have {last.genomes.shape[1]} bits, and its encoder reads {layout.length}"
        )
    if last.phase not in order:
        raise NonsenseError(run, f"its last phase was {last.phase!r}, and there are {', '.join(order)}")


def networks(stored: StoredRun, last: Generation, signature: Signature | None = None) -> Mapping[str, Evaluation]:
    """Every network of a run, those that its last generation goes on with among them.

    Args:
        stored: the run.
        last: its last generation, with its weights.
        signature: what they must fit, where it is known.

    Raises:
        NonsenseError: they are not.
        StorageError: as for :meth:`StoredRun.evaluations`.
    """
    found, name = stored.evaluations(), stored.run.name
    if missing := {*last.keys, *(one.key for one in last.kept)} - found.keys():
        raise NonsenseError(name, f"its last generation names the network {min(missing)!r}, which is not there")
    kinds = {(one.architecture.signature, len(one.others)) for one in found.values()}
    if len(kinds) > 1 or (signature and {one for one, _ in kinds} != {signature}):
        raise NonsenseError(name, "its networks are for other data, or have different objectives")
    for one in last.kept:
        _check_lineage(name, one.key, found)
        if len(one.weights) != found[one.key].architecture.complexity:
            raise NonsenseError(name, f"the network {one.key!r} has other weights than connections")
    measured = stored.run.result.get("front")
    if measured and len(measured) != len(on_front(last.kept, found.__getitem__)):
        raise NonsenseError(name, "its front has other points than were measured")
    return found


def _check_lineage(run: str, key: str, found: Mapping[str, Evaluation]) -> None:
    seen: set[str] = set()
    while key:
        if key in seen or key not in found:
            raise NonsenseError(run, f"the network {key!r} was pruned from one that is not there, or from itself")
        seen.add(key)
        key = found[key].parent
