"""Signals that ask the program to end: Ctrl-C, what a cluster, ``timeout`` or ``docker stop`` send, a closed terminal.

All of them mean the same to a search: stop after what was saved last, and say how to go on.
"""

import os
import select
import signal
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
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


class Stopping:
    """Raises KeyboardInterrupt at the first signal, and ends the process at once at another one.

    Python may be in a callback when a signal comes, of its garbage collection for example, from where no exception
    gets out. Then the signal comes again.

    Listening begins where it is made; a signal that comes before ends the process as ever.
    """

    def __init__(self) -> None:
        self._first, self._since, self._raised = 0, 0.0, KeyboardInterrupt()
        self.started: Sequence[int] = ()
        """What this process had started when the first signal came; they may have lost their parents since."""
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
            self.started = list(_descendants("self"))
            raise self._raised
        if time.monotonic() - self._since > SAME_SECONDS:
            leave(self.code, self.started)

    def _lost(self, unraisable: "UnraisableHookArgs") -> None:
        if unraisable.exc_value is not self._raised:
            self._unraisable(unraisable)
            return
        number, self._first = self._first, 0
        signal.signal(signal.SIGALRM, lambda _, frame: self._hear(number, frame))
        signal.setitimer(signal.ITIMER_REAL, AGAIN_SECONDS)


def leave(code: ExitCode, started: Sequence[int] = ()) -> NoReturn:
    """End now, with all processes that this one has started.

    Nobody waits for networks that are trained in other threads, which may take minutes; and some of Ray's processes
    would stay for as long.

    Args:
        code: for the shell.
        started: :attr:`Stopping.started`.
    """
    processes = {*started, *_descendants("self")}
    _tell(processes, signal.SIGTERM)
    _wait_for(processes)
    _tell(processes, signal.SIGKILL)
    if sys.stderr and sys.stderr.isatty():
        os.write(sys.stderr.fileno(), b"\x1b[?25h")  # a progress display hides the cursor
    os._exit(code)


def _tell(processes: Iterable[int], number: signal.Signals) -> None:
    """Send a signal to processes, by their descriptors."""
    for process in processes:
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(process, number)


def _wait_for(processes: Iterable[int]) -> None:
    """Until they have ended, but not for long."""
    alive, deadline = select.poll(), time.monotonic() + GRACE_SECONDS
    left = set(processes)
    for process in left:
        alive.register(process, select.POLLIN)
    while left and (patience := deadline - time.monotonic()) > 0:
        for process, _ in alive.poll(1000 * patience):
            alive.unregister(process)
            left.discard(process)


def _descendants(process: str) -> Iterator[int]:
    """Descriptors of a process's children and theirs (proc(5), pidfd_open(2)): numbers are used again."""
    with suppress(OSError):  # it has ended meanwhile
        for children in Path(f"/proc/{process}/task").glob("*/children"):
            for child in children.read_text(encoding="ascii").split():
                yield from _descendants(child)
                yield os.pidfd_open(int(child))
