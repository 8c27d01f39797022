"""Want of memory: where a backend says so, and before something is begun that cannot find room.

Little of it can be caught. Linux promises memory that it does not have and kills whoever takes it, and a compiler that
gets none, or no thread, ends its process. So what surely finds no room is not begun.
"""

import resource
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from math import inf, prod
from pathlib import Path

from nastoolkit.trainers.machine import accelerators
from nastoolkit.trainers.packing import Bucket, Exact

GROUPS = Path("/sys/fs/cgroup")
SELF = Path("/proc/self")
MACHINE = Path("/proc/meminfo")


@dataclass(slots=True)
class _Taken:
    """What this process has had: a backend keeps what it once had, or gets it again.

    Args:
        most: bytes that were reckoned with and found.
        has_begun: whether a program was begun.
    """

    most: int = 0
    has_begun: bool = False


_taken = _Taken()


@contextmanager
def memory_errors() -> Generator[None]:
    """What a backend raises for want of memory is Python's own error here; decorates functions too."""
    try:
        yield
    except Exception as error:
        if lacks_memory(error):
            raise MemoryError(str(error).partition("\n")[0]) from None
        raise


def lacks_memory(error: Exception) -> bool:
    """Whether an error is for want of memory, such as that for the stack of a thread."""
    from nastoolkit.trainers.backends import backend

    return isinstance(error, MemoryError) or "can't start new thread" in str(error) or backend().lacks_memory(error)


def least(bucket: Bucket | Exact, networks: int, rows: int, *, learning: bool) -> int:
    """Bytes that a call of a program takes at least.

    Args:
        bucket: of the program.
        networks: in one call.
        rows: in one batch.
        learning: by gradients, for which the states of all vertices are remembered, and velocities.
    """
    weights, states = sum(map(prod, bucket.shapes)), bucket.states
    numbers = 4 * weights + 2 * rows * sum(states) if learning else 2 * weights + 2 * rows * max(states)
    return 4 * networks * numbers


@contextmanager
def room(needed: int) -> Generator[None]:
    """Whatever takes so many bytes of the machine's memory happens here, if they are there.

    An accelerator's memory is its own, and its backend says when it is full.

    Raises:
        MemoryError: they are not.
    """
    from nastoolkit.trainers.backends import backend

    left = free(0 if _taken.has_begun else backend().FIRST_PROGRAM)
    if needed - _taken.most > left and not accelerators():
        raise MemoryError(f"{_gib(needed - _taken.most)} are needed at least and {_gib(max(left, 0))} are left")
    _taken.has_begun = True
    try:
        yield
    except Exception as error:
        if lacks_memory(error):  # the backend has kept some of it, and half as much is worth an attempt
            _taken.most = max(_taken.most, needed // 2)
        raise
    _taken.most = max(_taken.most, needed)


def free(addresses: int = 0) -> float:
    """Bytes that this process may still take, as far as the system tells; infinity where it does not.

    Args:
        addresses: of those that ``ulimit -v`` leaves, how many will be taken by something else.
    """
    left = [inf]
    for limits in (_of_process(addresses), _of_machine(), _of_groups()):
        with suppress(OSError, ValueError, LookupError):
            left.extend(limits)
    return min(left)


def _of_process(addresses: int) -> Iterator[int]:
    """What ``ulimit -v`` leaves."""
    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    taken = int((SELF / "statm").read_text().split()[0]) * resource.getpagesize()
    if limit != resource.RLIM_INFINITY:
        yield limit - taken - addresses


def _of_machine() -> Iterator[int]:
    """What is free or can be made free, swap among it."""
    told = dict(line.split(":") for line in MACHINE.read_text().splitlines())
    yield sum(int(told[name].split()[0]) for name in ("MemAvailable", "SwapFree")) * 2**10


def _of_groups() -> Iterator[int]:
    """What the control groups of this process leave (version 2), the innermost first; files in memory can leave it."""
    (own,) = [line[4:] for line in (SELF / "cgroup").read_text().splitlines() if line.startswith("0::/")]
    for folder in (GROUPS / own, *(GROUPS / own).parents):
        if folder.is_relative_to(GROUPS) and (limit := _read(folder / "memory.max")).isdigit():
            pages = dict(line.split() for line in _read(folder / "memory.stat").splitlines())
            files = int(pages["active_file"]) + int(pages["inactive_file"])
            yield int(limit) - int(_read(folder / "memory.current")) + files


def _read(file: Path) -> str:
    return file.read_text().strip() if file.exists() else ""


def _gib(count: float) -> str:
    return f"{count / 2**30:.2f} GiB"
