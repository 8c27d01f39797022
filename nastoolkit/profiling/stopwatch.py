"""Wall time, shared out among the parts of a piece of work: every moment belongs to one of them."""

import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from functools import wraps
from typing import Any, TypeVar, cast

T = TypeVar("T")

COMPILE, OTHER = "compile", "other"


class Stopwatch:
    """Runs from the moment that it is made, for one thread.

    Args:
        whole: parts within which nothing else is told apart: a competition's measuring belongs to the competition.
    """

    def __init__(self, whole: frozenset[str]) -> None:
        self.seconds: dict[str, float] = {}
        self._whole, self._open, self._since = whole, [OTHER], time.perf_counter()

    def otherwise(self, part: str) -> None:
        """From now on, what is nothing else belongs to this part."""
        self._charge()
        self._open[0] = part

    @contextmanager
    def during(self, part: str, compiled: Callable[[], float] = lambda: 0.0) -> Generator[None]:
        """What happens here belongs to a part, unless a part of it does not.

        Args:
            part: its name.
            compiled: seconds that were spent on compiling so far; what is added here belongs to that part.
        """
        if self._open[-1] in self._whole:
            yield
            return
        self._charge()
        self._open.append(part)
        before = compiled()
        try:
            yield
        finally:
            self._charge()
            self._open.pop()
            self._move(compiled() - before, part)

    def stop(self) -> float:
        """The seconds of all parts together, which is the wall time up to now."""
        self._charge()
        return sum(self.seconds.values())

    def timed(self, kind: type[T], parts: Mapping[str, str]) -> type[T]:
        """A class's own subclass, some of whose methods belong to parts by their names.

        It is still the class, for whoever asks what it is, copies it or reads its fields.
        """
        methods = {name: self._timed(getattr(kind, name), part) for name, part in parts.items()}
        named = {name: getattr(kind, name) for name in ("__module__", "__qualname__", "__doc__")}
        return cast("type[T]", type(kind)(kind.__name__, (kind,), {**named, **methods, "__slots__": ()}))

    def _timed(self, method: Callable[..., Any], part: str) -> Callable[..., Any]:
        @wraps(method)
        def call(component: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - whatever the method takes
            with self.during(part, lambda: getattr(component, "compile_seconds", 0.0)):
                return method(component, *args, **kwargs)

        return call

    def _move(self, seconds: float, part: str) -> None:
        if seconds:
            self.seconds[part] -= seconds
            self.seconds[COMPILE] = self.seconds.get(COMPILE, 0.0) + seconds

    def _charge(self) -> None:
        now = time.perf_counter()
        self.seconds[self._open[-1]] = self.seconds.get(self._open[-1], 0.0) + now - self._since
        self._since = now
