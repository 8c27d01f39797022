"""Signals that ask the program to end: Ctrl-C, what a cluster, ``timeout`` or ``docker stop`` send, a closed terminal.

All of them mean the same to a search: stop after what was saved last, and say how to go on.
"""

import ctypes
import os
import signal
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, NoReturn

from nastoolkit.errors import ExitCode

if TYPE_CHECKING:
    from sys import UnraisableHookArgs

SAME_SECONDS = 0.5
"""What comes within these of the first signal is the same request: ``timeout`` sends it twice, and so does a program
that runs this one and hands on the Ctrl-C that both got."""

AGAIN_SECONDS = 0.05
"""After these a signal comes once more whose exception went nowhere."""


GRACE_SECONDS = 1.0
"""How long processes may take to end when they are asked to; one of Ray's that has lost the others takes a minute."""


SET_CHILD_SUBREAPER = 36
"""An operation of prctl(2)."""


class Stopping:
    """Raises KeyboardInterrupt at the first signal, and ends the process at once at another one.

    Python may be in a callback when a signal comes, of its garbage collection for example, from where no exception
    gets out. Then the signal comes again.

    Listening begins where it is made; a signal that comes before ends the process as ever.
    """

    def __init__(self) -> None:
        self._first, self._since, self._raised = 0, 0.0, KeyboardInterrupt()
        self._unraisable, sys.unraisablehook = sys.unraisablehook, self._lost
        _adopt()
        self._signals = [signal.SIGINT, signal.SIGTERM]
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # under nohup a search outlives its terminal
            self._signals.append(signal.SIGHUP)
        for number in self._signals:
            signal.signal(number, self._hear)

    @property
    def asked(self) -> bool:
        """Whether there was a signal."""
        return self._first != 0

    @property
    def code(self) -> ExitCode:
        """What the shell would see if the first signal had ended the process by itself."""
        return ExitCode(128 + (self._first or signal.SIGINT))

    def end(self) -> None:
        """Signals end the process from here on: there is nothing left to do."""
        for number in self._signals:
            signal.signal(number, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, 0)
        sys.unraisablehook = self._unraisable

    def _hear(self, number: int, _frame: FrameType | None) -> None:
        if not self._first:
            self._first, self._since, self._raised = number, time.monotonic(), KeyboardInterrupt()
            raise self._raised
        if time.monotonic() - self._since > SAME_SECONDS:
            leave(self.code)

    def _lost(self, unraisable: "UnraisableHookArgs") -> None:
        if unraisable.exc_value is not self._raised:
            self._unraisable(unraisable)
            return
        number, self._first = self._first, 0
        signal.signal(signal.SIGALRM, lambda _, frame: self._hear(number, frame))
        signal.setitimer(signal.ITIMER_REAL, AGAIN_SECONDS)


def leave(code: ExitCode) -> NoReturn:
    """End now, with all processes that this one has started.

    Nobody waits for networks that are trained in other threads, which may take minutes; and some of Ray's processes
    would stay for as long.
    """
    if sys.stderr and sys.stderr.isatty():
        os.write(sys.stderr.fileno(), b"\x1b[?25h")  # a progress display hides the cursor
    sys.stderr = None  # everything is said; Ray's threads would tell of processes that end
    told, deadline = set[int](), time.monotonic() + GRACE_SECONDS
    while (alive := _descendants()) and time.monotonic() < deadline:
        _tell(alive - told, signal.SIGTERM)
        told |= alive
        time.sleep(0.02)
    _tell(alive, signal.SIGKILL)
    _tell(_descendants(), signal.SIGKILL)  # those that had just been started by one of them
    os._exit(code)


def _adopt() -> None:
    """Become the parent of processes that lose theirs, of all that this one has started (prctl(2), on Linux)."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _tell(processes: Iterable[int], number: signal.Signals) -> None:
    for process in processes:
        with suppress(ProcessLookupError):
            os.kill(process, number)


def _descendants() -> set[int]:
    """The numbers of this process's children that have not ended, and theirs."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass  # those that have ended are children until somebody asks how
    return set(_below("self"))


def _below(process: str) -> Iterator[int]:
    """The numbers of a process's children and theirs (proc(5))."""
    with suppress(OSError):  # it has ended meanwhile
        for children in Path(f"/proc/{process}/task").glob("*/children"):
            for child in children.read_text(encoding="ascii").split():
                yield int(child)
                yield from _below(child)
