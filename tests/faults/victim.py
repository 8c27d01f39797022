"""A search that kills its own process: ``python victim.py KILL_AT`` with the rest as JSON on stdin.

Everything that touches the world is an event, and so is every call of the trainer: files that are opened, renamed or
deleted, folders, statements and the ends of transactions. The process ends by SIGKILL just before event KILL_AT, and
prints how many there were if it lives.
"""

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).parents[1])]  # before what is imported from there

from fakes import Before, Lab  # noqa: E402
from sqlalchemy import Engine, event  # noqa: E402

from nastoolkit.errors import StorageError  # noqa: E402
from nastoolkit.plugins import register  # noqa: E402

AUDITED = {"open", "os.rename", "os.remove", "os.mkdir", "os.truncate", "os.link", "sqlite3.connect"}
"""Python's audit events (https://docs.python.org/3/library/audit_events.html) that change a file, or may."""


class Events:
    """Counts what happens, and ends the process before one of them.

    Args:
        kill_at: the number of that event, from 0; negative for none.
        folder: files elsewhere do not count.
    """

    def __init__(self, kill_at: int, folder: Path) -> None:
        self.seen, self._kill_at, self._folder = 0, kill_at, str(folder)
        sys.addaudithook(self._audit)
        for name in ("before_cursor_execute", "commit", "rollback"):
            event.listen(Engine, name, lambda *_: self.happens())

    def happens(self) -> None:
        if self.seen == self._kill_at:
            os.kill(os.getpid(), signal.SIGKILL)
        self.seen += 1

    def _audit(self, name: str, arguments: tuple[Any, ...]) -> None:
        if name not in AUDITED or not isinstance(arguments[0], str | os.PathLike):
            return
        if os.path.abspath(arguments[0]).startswith(self._folder):  # noqa: PTH100 - as the audited call has it
            self.happens()


def main() -> None:
    settings = json.load(sys.stdin)
    lab = Lab()
    events = Events(int(sys.argv[1]), Path.cwd())
    register(lab.plugins.manager, Before(events.happens), "before training")
    try:
        lab.resume("run")
    except StorageError:  # it was killed before there was a run
        lab.start({**settings, "out": "run"})
    print(events.seen)  # noqa: T201 - its answer


if __name__ == "__main__":
    main()
