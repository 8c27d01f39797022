"""Which process this is, so that another one on the same machine can tell whether it still lives."""

import os
import socket
from pathlib import Path


def named() -> str:
    """This process, for people."""
    return f"process {os.getpid()} on {socket.gethostname()}"


def identity() -> str:
    """This process, for others: ``MACHINE NUMBER STARTED``, the machine since it was started."""
    return f"{_machine()} {os.getpid()} {_started(os.getpid())}"


def lives(process: str) -> bool | None:
    """Whether a process, by its :func:`identity`, still lives; None where one cannot tell from this machine."""
    machine, number, started = ["", "", *process.rsplit(" ", 2)][-3:]
    if not machine or machine != _machine() or not number.isdecimal():
        return None
    now = _started(int(number))
    return _is_there(int(number)) if now is None else now == started


def _is_there(number: int) -> bool:
    """Whether there is a process of this number, which may be hidden (proc(5), ``hidepid``)."""
    try:
        os.kill(number, 0)
    except PermissionError:
        return True
    except (ProcessLookupError, OverflowError):
        return False
    return True


def _machine() -> str:
    """Which machine, since when, and what numbers its processes have; empty where that cannot be known."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{boot}/{Path('/proc/self/ns/pid').readlink()}"
    except OSError:
        return ""


def _started(number: int) -> str | None:
    """When a process was started, in ticks since the machine was (proc(5)): numbers of processes are used again.

    Empty where it has ended and nobody has asked how yet; None where it cannot be seen.
    """
    try:  # a name is cut at 15 bytes, perhaps within a letter
        state, *rest = Path(f"/proc/{number}/stat").read_text(encoding="latin-1").rpartition(") ")[2].split()
    except OSError:
        return None
    return "" if state in "ZX" else rest[18]
