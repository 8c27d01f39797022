"""A damaged run goes back to what is whole of it: every generation that is lost can be computed again."""

from contextlib import suppress

from sqlalchemy import Connection, and_, delete, not_, select

from nastoolkit.errors import StorageError
from nastoolkit.storage.records import Generation
from nastoolkit.storage.schema import evaluations, generations, weights
from nastoolkit.storage.stored_run import SqlRun


def whole_generations(connection: Connection, run: SqlRun) -> list[Generation]:
    """The generations from the first on that are whole with their evaluations, the last of them with its weights.

    None where no weights are left to go on with.
    """
    found: list[Generation] = []
    with suppress(StorageError):
        for generation in run.each(connection):
            _check_evaluations(connection, run, generation.number)
            found.append(generation)
    while found:
        with suppress(StorageError):
            return [*found[:-1], run.with_weights(connection, found[-1])]
        found.pop()
    return []


def forget_after(connection: Connection, name: str, left: list[Generation]) -> None:
    """Delete all of a run but these generations, the evaluations of these, and the weights of the last."""
    kept = {one.digest for one in left[-1].kept} if left else set[str]()
    for table, wanted in (
        (evaluations, evaluations.c.generation.between(0, len(left) - 1)),
        (generations, generations.c.number.between(0, len(left) - 1)),
        (weights, weights.c.digest.in_(kept)),
    ):
        connection.execute(delete(table).where(and_(table.c.run == name, not_(wanted))))


def _check_evaluations(connection: Connection, run: SqlRun, number: int) -> None:
    own = and_(generations.c.run == run.name, generations.c.number == number)
    saved = connection.scalar(select(generations.c.evaluations).where(own))
    query = select(evaluations).where(evaluations.c.run == run.name, evaluations.c.generation == number)
    if len([run.evaluation(row) for row in connection.execute(query).mappings()]) != saved:
        raise StorageError(f"Evaluations of generation {number} are missing.")
