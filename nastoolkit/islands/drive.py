"""Several searches in one process: each goes on as soon as its own networks are evaluated."""

import time
from collections.abc import Sequence
from dataclasses import replace
from queue import SimpleQueue
from threading import Thread

from nastoolkit.evaluator import Evaluator
from nastoolkit.running import Clock, Running
from nastoolkit.state import Individual
from nastoolkit.storage.records import Evaluation, Seconds

Evaluated = tuple[Running, list[Evaluation] | BaseException]
"""An island, and what was trained for it, or what went wrong."""


class IslandClock(Clock):
    """The clock of one of several searches: its total is that of all of them, as minutes pass for all alike.

    Args:
        before: of the search's earlier sessions.
        whole: goes on while any of them does.
    """

    def __init__(self, before: Seconds, whole: Clock) -> None:
        super().__init__(before)
        self._whole = whole

    def read(self, evaluator: Evaluator) -> Seconds:
        """The seconds up to now."""
        return replace(super().read(evaluator), total=self._whole.total)


def drive(islands: Sequence[Running], *, at_once: int) -> bool:
    """Take searches to their ends.

    Whenever there is room, the one with the fewest generations goes next, of equal ones the first: so they take turns
    where there is room for one, and after an interruption it is the turn of the one whose turn it was.

    Args:
        islands: a ring: migrants come from the one before, from what was saved of it last.
        at_once: how many may be evaluated at a time.

    Returns:
        whether one of them has reached the threshold, which ends the search of all.
    """
    idle, under_way = list(islands), _UnderWay(at_once)
    found = any(one.is_good_enough for one in islands)
    with under_way:
        while idle or under_way.count:
            while idle and under_way.count < at_once:
                one = min(idle, key=lambda each: (each.saved, islands.index(each)))
                idle.remove(one)
                with one.clock:
                    born = one.ask(islands[islands.index(one) - 1].last, found=found)
                if born is not None:
                    under_way.begin(one, born)
            if under_way.count:
                idle.append(one := under_way.end())
                found = found or one.is_good_enough
    return found


class _UnderWay:
    """Evaluations that were begun, each in a thread of its own where there may be several.

    Threads, because evaluation is a call for all: plugins may take it over, and executors know no other. They end with
    the program, so that Ctrl-C waits for none of them; an error does, and leaves none behind.
    """

    def __init__(self, at_once: int) -> None:
        self.count = 0
        self._aside = at_once > 1
        self._evaluated: SimpleQueue[Evaluated] = SimpleQueue()

    def __enter__(self) -> None:
        """Nothing is under way yet."""

    def __exit__(self, kind: type[BaseException] | None, *details: object) -> None:
        """Wait for what is left after an error."""
        if kind is not None and issubclass(kind, Exception):
            for _ in range(self.count):
                self._evaluated.get()

    def begin(self, one: Running, born: Sequence[Individual]) -> None:
        """Evaluate what an island has asked for."""
        self.count += 1
        if self._aside:
            Thread(target=self._evaluate, args=(one, born), daemon=True).start()
        else:
            self._evaluate(one, born)

    def end(self) -> Running:
        """Tell the next island whose individuals are evaluated, or raise what went wrong for it."""
        one, answer = self._evaluated.get()
        self.count -= 1
        if isinstance(answer, BaseException):
            raise answer
        with one.clock:
            one.tell(answer)
        return one

    def _evaluate(self, one: Running, born: Sequence[Individual]) -> None:
        started = time.perf_counter()
        try:
            answer = one.search.evaluator.evaluate(born)
        except BaseException as error:  # noqa: BLE001 - it is raised where the islands are driven
            answer = error
        one.clock.add(time.perf_counter() - started)
        self._evaluated.put((one, answer))
