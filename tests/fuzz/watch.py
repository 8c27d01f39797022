"""Whether anything runs, leaves its folder or goes to the network, by the audit events of the interpreter."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

SECONDS = 20
"""That one input may take."""

RUNS = (
    *("os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "os.forkpty", "subprocess.Popen", "pty.spawn"),
    *("socket.connect", "socket.bind", "urllib.Request", "sqlite3.enable_load_extension", "sqlite3.load_extension"),
    *("ctypes.call_function", "code.__new__", "webbrowser.open", "pickle.find_class"),
)
"""Events of what no input may bring about."""

WRITES = {
    **dict.fromkeys(("os.mkdir", "os.remove", "os.rmdir", "os.truncate", "os.chmod", "shutil.rmtree"), 1),
    **dict.fromkeys(("os.rename", "os.link", "os.symlink"), 2),
}
"""Events with so many paths that are written to."""

_WATCHED: list[Path] = []
"""The folder that is watched now, if any."""


class EscapedError(BaseException):
    """An input has done what none may do; no handler of errors swallows it."""


@contextmanager
def watched(folder: Path) -> Iterator[None]:
    """Watch what happens here: it is over within seconds, and writes nowhere but below the folder."""
    before = signal.signal(signal.SIGALRM, _too_long)
    signal.alarm(SECONDS)
    _WATCHED.append(folder.resolve())
    try:
        yield
    finally:
        _WATCHED.pop()
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def _too_long(_number: int, _frame: FrameType | None) -> None:
    raise EscapedError(f"it takes longer than {SECONDS} seconds")


def _audit(event: str, arguments: tuple[Any, ...]) -> None:
    if not _WATCHED:
        return
    if event in RUNS:
        raise EscapedError(f"{event} {arguments}")
    if event == "open":
        path, mode, flags = arguments
        wants = set("wax+") & set(mode or "") or (flags or 0) & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
        paths = [path] if wants else []
    else:
        paths = arguments[: WRITES.get(event, 0)]
    for path in paths:
        if not isinstance(path, int) and not _may_be_written(Path(os.fsdecode(path))):
            raise EscapedError(f"{event} {path}")


def _may_be_written(path: Path) -> bool:
    """Below the folder; Python keeps what it compiles of modules beside them."""
    absolute = path.parent.resolve() / path.name
    return absolute.is_relative_to(_WATCHED[-1]) or "__pycache__" in absolute.parts or absolute == Path(os.devnull)


sys.addaudithook(_audit)
