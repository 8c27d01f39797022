"""The command line: parse, call the library, print. stdout carries results, stderr people's text."""

import sys
from contextlib import suppress

from nastoolkit.cli.stopping import Stopping, leave
from nastoolkit.errors import ExitCode, Interrupted, NastoolkitError


def main() -> None:
    """Run the command line; an error of ours is one message and its own exit code, never a traceback."""
    stopping = Stopping()
    try:
        from nastoolkit.cli.app import app  # takes a while, in which a signal may come already
        from nastoolkit.cli.console import silence_frameworks

        silence_frameworks()
        app()
    except KeyboardInterrupt:
        leave(stopping.code)
    except Interrupted as error:
        _say(error)
        leave(stopping.code)
    except NastoolkitError as error:
        _say(error)
        sys.exit(error.exit_code)
    except MemoryError as error:
        _say(f"Out of memory: {error}. Lower trainer.chunk, encoder.max_nodes or dataset.limit.")
        sys.exit(ExitCode.FAILED)
    except Exception:
        if not stopping.asked:
            raise
        leave(stopping.code)  # it came of the signal: a terminal that is closed cannot be written to
    finally:
        stopping.end()


def _say(message: object) -> None:
    with suppress(OSError):  # the terminal was closed
        print(f"nastoolkit: {message}", file=sys.stderr, flush=True)  # noqa: T201 - a message to the user
