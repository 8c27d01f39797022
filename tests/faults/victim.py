"""A search that sends its own process a signal: ``python victim.py SIGNAL AT`` with the rest as JSON on stdin.

Everything that touches the world is an event, and so is every call of the trainer: files that are opened, renamed or
deleted, folders, statements and the ends of transactions. The signal comes just before event AT. SIGKILL ends the
process; others are answered as the command line does it. It prints how many events there were if it lives.
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

from nastoolkit.cli.stopping import Stopping, leave  # noqa: E402
from nastoolkit.errors import Interrupted, StorageError  # noqa: E402
from nastoolkit.plugins import register  # noqa: E402

AUDITED = {"open", "os.rename", "os.remove", "os.mkdir", "os.truncate", "os.link", "sqlite3.connect"}
"""Python's audit events (https://docs.python.org/3/library/audit_events.html) that change a file, or may."""


class Events:
    """Counts what happens, and sends a signal before one of them.

    Args:
        number: of the signal.
        at: the number of that event, from 0; negative for none.
        folder: files elsewhere do not count.
    """

    def __init__(self, number: signal.Signals, at: int, folder: Path) -> None:
        self.seen, self._number, self._at, self._folder = 0, number, at, str(folder)
        sys.addaudithook(self._audit)
        for name in ("before_cursor_execute", "commit", "rollback"):
            event.listen(Engine, name, lambda *_: self.happens())

    def happens(self) -> None:
        self.seen += 1
        if self.seen - 1 == self._at:
            os.kill(os.getpid(), self._number)

    def _audit(self, name: str, arguments: tuple[Any, ...]) -> None:
        if name not in AUDITED or not isinstance(arguments[0], str | os.PathLike):
            return
        if os.path.abspath(arguments[0]).startswith(self._folder):  # noqa: PTH100 - as the audited call has it
            self.happens()


def main() -> None:
    settings = json.load(sys.stdin)
    lab, stopping = Lab(), Stopping()
    events = Events(signal.Signals[sys.argv[1]], int(sys.argv[2]), Path.cwd())
    register(lab.plugins.manager, Before(events.happens), "before training")
    try:
        try:
            lab.resume("run")
        except StorageError:  # it was stopped before there was a run
            lab.start({**settings, "out": "run"})
    except (Interrupted, KeyboardInterrupt) as error:
        print(str(error) or "nothing yet", file=sys.stderr)  # noqa: T201 - its last words
        leave(stopping.code)
    print(events.seen)  # noqa: T201 - its answer


if __name__ == "__main__":
    main()
