"""How long one call of a component may take.

In the main thread a timer of the process interrupts what runs too long: Python code, and whatever waits in the kernel.
What does not come back for that (other threads, C code that never returns) cannot be told from outside to stop, so the
process ends, with one message: every generation is saved.
"""

import os
import signal
import sys
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from types import FrameType

from nastoolkit.errors import ExitCode

GRACE = 5.0
"""Seconds that a call whose time is over has to end, before the process does."""


class Overdue(BaseException):
    """Raised in a call whose time is over, with its name. Components catch exceptions, so it is none."""


@dataclass(slots=True, eq=False)
class _Call:
    """A call under way: its name, and when its time is over."""

    name: str
    deadline: float


_calls: dict[int, _Call] = {}
"""The call whose time runs, by thread."""


@contextmanager
def limited(name: str, seconds: float) -> Generator[None]:
    """Raise :class:`Overdue` in what takes longer than so many seconds; 0 is no limit.

    The time of a call outside of this one stands still.
    """
    if seconds:
        _watch_once()
    with _counted(_Call(name, time.monotonic() + seconds) if seconds else None, seconds):
        yield


@contextmanager
def _counted(call: _Call | None, seconds: float) -> Generator[None]:
    here, since = threading.get_ident(), time.monotonic()
    if call is None and here not in _calls:
        yield
        return
    alarm = _Alarm(seconds) if here == threading.main_thread().ident else None
    outer = _calls.pop(here, None)
    if call:
        _calls[here] = call
    try:
        try:
            yield
        finally:  # the alarm may ring in here, but not twice: what comes last is always done
            if alarm:
                signal.setitimer(signal.ITIMER_REAL, 0)
    finally:
        _calls.pop(here, None)
        if outer:
            outer.deadline += time.monotonic() - since
            _calls[here] = outer
        if alarm:
            alarm.undo()


class _Alarm:
    """The timer of the process, set to some seconds, or stopped at 0; what it was before comes back."""

    def __init__(self, seconds: float) -> None:
        self._handler = signal.signal(signal.SIGALRM, _ring)
        self._timer = signal.setitimer(signal.ITIMER_REAL, seconds)

    def undo(self) -> None:
        """Go on with what it was set to before."""
        signal.signal(signal.SIGALRM, self._handler or signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, *self._timer)


def _ring(_number: int, _frame: FrameType | None) -> None:
    if call := _calls.get(threading.get_ident()):
        raise Overdue(call.name)


@cache
def _watch_once() -> None:
    threading.Thread(target=_watch, name="nastoolkit time limit", daemon=True).start()


def _watch() -> None:
    """End the process where a call goes on after its time."""
    while True:
        time.sleep(min(GRACE, 1))
        for call in tuple(_calls.values()):
            if time.monotonic() > call.deadline + GRACE:
                text = f"{call.name} took longer than it may (search.plugin_time_limit) and cannot be interrupted."
                way_out = "Every generation is saved: mend it, then go on with nastoolkit resume RUN"
                print(f"nastoolkit: {text} {way_out}", file=sys.stderr, flush=True)  # noqa: T201 - a last message
                os._exit(ExitCode.PLUGIN)
