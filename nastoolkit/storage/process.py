"""Which process this is, so that another one on the same machine can tell whether it still lives."""

import os
import socket
from pathlib import Path


def named() -> str:
    """This process, for people."""
    return f"process {os.getpid()} on {socket.gethostname()}"


def identity() -> str:
    """This process, for others: ``MACHINE NUMBER STARTED``, the machine since it was started."""
    return f"{_machine()} {os.getpid()} {_started(str(os.getpid()))}"


def has_died(process: str) -> bool:
    """Whether a process, by its :func:`identity`, was on this machine and is no more; False where one cannot tell."""
    machine, number, started = ["", "", *process.rsplit(" ", 2)][-3:]
    return bool(machine) and machine == _machine() and started != _started(number)


def _machine() -> str:
    """Which machine, since when, and what numbers its processes have; empty where that cannot be known."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{boot}/{Path('/proc/self/ns/pid').readlink()}"
    except OSError:
        return ""


def _started(number: str) -> str:
    """When a process was started, in ticks since the machine was (proc(5)): numbers of processes are used again."""
    try:
        state, *rest = Path(f"/proc/{number}/stat").read_text(encoding="utf-8").rpartition(") ")[2].split()
    except OSError:
        return ""
    return "" if state in "ZX" else rest[18]
