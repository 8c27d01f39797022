"""How long one call of a component may take.

A thread looks at the clock. In the main thread it interrupts what runs too long by a signal: Python code, and whatever
waits in the kernel. What does not heed it, as C code that never comes back, and what runs in other threads, cannot be
stopped from outside; then the process ends, with one message: every generation is saved. Only C code that never lets
Python's other threads run is beyond reach.
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

PAUSE = 0.5
"""Seconds from one look at the clock to the next."""

SIGNAL = signal.SIGRTMIN + 7
"""One of the signals that have no meaning of their own: alarms are others' to set."""


class Overdue(BaseException):
    """Raised in a call whose time is over, with its name. Components catch exceptions, so it is none."""


@dataclass(slots=True, eq=False)
class _Call:
    """A call under way: its name, when its time is over, and whether it was told so."""

    name: str
    deadline: float
    is_told: bool = False


_calls: dict[int, _Call] = {}
"""The call whose time runs, by thread."""


@contextmanager
def limited(name: str, seconds: float) -> Generator[None]:
    """Raise :class:`Overdue` in what takes longer than so many seconds; 0 is no limit.

    The time of a call outside of this one stands still.
    """
    here, since = threading.get_ident(), time.monotonic()
    outer = _calls.pop(here, None)
    if seconds:
        _begin_to_watch()
        if here == threading.main_thread().ident:
            _begin_to_hear()
        _calls[here] = _Call(name, since + seconds)
    try:
        try:
            yield
        finally:  # the signal may come in here, but it comes once: what stands last is done in any case
            _calls.pop(here, None)
    finally:
        _calls.pop(here, None)
        if outer:
            outer.deadline += time.monotonic() - since
            _calls[here] = outer


@cache
def _begin_to_watch() -> None:
    threading.Thread(target=_watch, name="nastoolkit time limit", daemon=True).start()


@cache
def _begin_to_hear() -> None:
    signal.signal(SIGNAL, _hear)


def _hear(_number: int, _frame: FrameType | None) -> None:
    call = _calls.get(threading.get_ident())
    if call and call.is_told:
        raise Overdue(call.name)


def _watch() -> None:
    main, last = threading.main_thread().ident, time.monotonic()
    while True:
        time.sleep(PAUSE)
        now = time.monotonic()
        stood_still = now - last if now - last > GRACE else 0.0  # as after Ctrl-Z: no call has had that time
        last = now
        for thread, call in tuple(_calls.items()):
            call.deadline += stood_still
            if now > call.deadline + GRACE:
                _end(call)
            if now > call.deadline and thread == main and not call.is_told:
                call.is_told = True
                signal.pthread_kill(thread, SIGNAL)


def _end(call: _Call) -> None:
    text = f"{call.name} took longer than it may (search.plugin_time_limit) and cannot be interrupted."
    way_out = "Every generation is saved: mend it, then go on with nastoolkit resume RUN."
    print(f"nastoolkit: {text} {way_out}", file=sys.stderr, flush=True)  # noqa: T201 - its last words
    os._exit(ExitCode.PLUGIN)
