"""Several islands as one stored run, which reads as the run of the island that has found the best network."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import cast, final

from nastoolkit.config import EVOLVE, FINAL, GROW, PRUNE, Phase, from_table
from nastoolkit.consistency import check_row
from nastoolkit.storage.base import Storage, StoredRun
from nastoolkit.storage.records import Evaluation, Generation, Run, now

STAGES = {GROW: 0, EVOLVE: 0, FINAL: 1, PRUNE: 2}
"""How far a search is in a phase: F of those that search can be compared."""


@final
class Archipelago(StoredRun):
    """A run of several islands: its row is its own, its generations and networks are those of the leading island.

    Args:
        storage: of all of them.
        stored: the row of the whole, which has no generations.
    """

    def __init__(self, storage: Storage, stored: StoredRun) -> None:
        self._storage, self._stored = storage, stored

    @property
    def url(self) -> str:
        """See :class:`StoredRun`."""
        return self._storage.url

    @property
    def run(self) -> Run:
        """The row of the whole."""
        return self._stored.run

    @property
    def islands(self) -> list[StoredRun]:
        """Those that were founded, in order: runs like any other."""
        return [_open(self._storage, name) for name in self.names]

    @property
    def names(self) -> list[str]:
        """What they are called."""
        there, run = set(self._storage.names()), self.run
        return [name for island in _numbers(run) if (name := island_name(run, island)) in there]

    def generations(self) -> Sequence[Generation]:
        """See :class:`StoredRun`."""
        return lead.generations() if (lead := self._lead()) else ()

    def last(self) -> Generation | None:
        """See :class:`StoredRun`."""
        return lead.last() if (lead := self._lead()) else None

    def digests(self) -> Sequence[str]:
        """See :class:`StoredRun`."""
        return lead.digests() if (lead := self._lead()) else ()

    def evaluations(self) -> Mapping[str, Evaluation]:
        """See :class:`StoredRun`."""
        return lead.evaluations() if (lead := self._lead()) else {}

    def _lead(self) -> StoredRun | None:
        """The island that leads, where one has a generation."""
        islands = self.islands
        place = leading([one.last() for one in islands])
        return None if place is None else islands[place]


def opened(storage: Storage, name: str) -> StoredRun:
    """A run by name, which may be an archipelago.

    Raises:
        StorageError: there is no such run, or its row makes no sense.
        ConfigError: its configuration is none.
    """
    stored = _open(storage, name)
    search = from_table(stored.run.config).search
    return Archipelago(storage, stored) if search.islands > 1 and not search.island else stored


def _open(storage: Storage, name: str) -> StoredRun:
    stored = storage.open(name)
    check_row(stored.run)
    return stored


def leading(lasts: Sequence[Generation | None]) -> int | None:
    """The place of the last generation with the lowest F, of those that have come the furthest.

    F of finalists and of what was pruned cannot be compared with that of the search: they saw other rows, or longer.
    """
    there = [place for place, last in enumerate(lasts) if last]
    return min(there, key=lambda place: _rank(lasts[place]), default=None)


def _rank(last: Generation | None) -> tuple[int, float]:
    assert last  # noqa: S101 - only those that are there are ranked
    return -STAGES[cast("Phase", last.phase)], last.best_fitness


def members(stored: StoredRun) -> list[StoredRun]:
    """The islands of a run; one that is no archipelago is its own and only one."""
    return stored.islands if isinstance(stored, Archipelago) else [stored]


def founded(storage: Storage, stored: StoredRun) -> list[StoredRun]:
    """The islands of a run that is to go on; those that are not there yet are made."""
    if isinstance(stored, Archipelago):
        run, there = stored.run, {one.run.name for one in stored.islands}
        for island in _numbers(run):
            if (name := island_name(run, island)) not in there:
                folder = Path(run.folder, "islands", str(island))
                table = _island_table(run, island)
                storage.create(Run(name, str(folder), now(), table, run.data_digest, run.environment))
                folder.mkdir(parents=True, exist_ok=True)  # for watchers
    return members(stored)


def island_name(run: Run, island: int) -> str:
    """What an island of a run is called."""
    return f"{run.name}-island-{island}"


def archipelago_name(island: str) -> str:
    """The inverse of :func:`island_name`: the run that an island, by its name, is part of."""
    return island.rpartition("-island-")[0]


def is_island(run: Run) -> bool:
    """Whether a run is part of an archipelago."""
    search = from_table(run.config).search
    return search.islands > 1 and search.island > 0


def _numbers(run: Run) -> range:
    return range(1, from_table(run.config).search.islands + 1)


def _island_table(run: Run, island: int) -> Mapping[str, object]:
    """The configuration of an island, with its share of the evaluations."""
    search = from_table(run.config).search
    whole, islands = search.evaluations, search.islands
    share = None if whole is None else whole // islands + (island <= whole % islands)
    return {**run.config, "search": {**run.config["search"], "island": island, "evaluations": share}}
