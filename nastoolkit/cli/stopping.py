"""Signals that ask the program to end: Ctrl-C, what a cluster, ``timeout`` or ``docker stop`` send, a closed terminal.

All of them mean the same to a search: stop after what was saved last, and say how to go on.
"""

import os
import signal
import sys
import time
from collections.abc import Iterator
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


class Stopping:
    """Raises KeyboardInterrupt at the first signal, and ends the process at once at another one.

    Python may be in a callback when a signal comes, of its garbage collection for example, from where no exception
    gets out. Then the signal comes again.

    Listening begins where it is made; a signal that comes before ends the process as ever.
    """

    def __init__(self) -> None:
        self._first, self._since, self._raised = 0, 0.0, KeyboardInterrupt()
        self._unraisable, sys.unraisablehook = sys.unraisablehook, self._lost
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
    for process in _descendants("self"):
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGTERM)
    if sys.stderr and sys.stderr.isatty():
        os.write(sys.stderr.fileno(), b"\x1b[?25h")  # a progress display hides the cursor
    os._exit(code)


def _descendants(process: str) -> Iterator[int]:
    """The numbers of a process's children and theirs (proc(5)), each after its own children."""
    with suppress(OSError):  # it has ended meanwhile
        for children in Path(f"/proc/{process}/task").glob("*/children"):
            for child in children.read_text(encoding="ascii").split():
                yield from _descendants(child)
                yield int(child)
