"""Discrete events: what happens when, and who does one thing at a time."""

import heapq
from collections.abc import Callable
from itertools import count

Action = Callable[[], None]


class Agenda:
    """What is to happen, by time; what is due at the same time happens in the order in which it was asked for.

    Args:
        observe: is told the seconds that pass before each thing that happens.
    """

    def __init__(self, observe: Callable[[float], None] = lambda _: None) -> None:
        self.now = 0.0
        self._due: list[tuple[float, int, Action]] = []
        self._order, self._observe = count(), observe

    def after(self, seconds: float, action: Action) -> None:
        """Do something so much later."""
        heapq.heappush(self._due, (self.now + seconds, next(self._order), action))

    def run(self) -> None:
        """Until nothing is left to do."""
        while self._due:
            moment, _, action = heapq.heappop(self._due)
            self._observe(moment - self.now)
            self.now = moment
            action()


class Server:
    """Does one thing at a time; who comes first is served first.

    Args:
        agenda: of everything.
    """

    def __init__(self, agenda: Agenda) -> None:
        self._agenda, self._open, self._free = agenda, 0, 0.0

    @property
    def is_busy(self) -> bool:
        """Whether there is something that it has not done yet."""
        return self._open > 0

    def do(self, seconds: float, then: Action) -> None:
        """Something that takes so long, once all before it is done."""
        self._open += 1
        self._free = max(self._free, self._agenda.now) + seconds
        self._agenda.after(self._free - self._agenda.now, lambda: self._done(then))

    def _done(self, then: Action) -> None:
        self._open -= 1
        then()
