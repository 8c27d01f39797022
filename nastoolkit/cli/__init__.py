"""The command line: parse, call the library, print. stdout carries results, stderr people's text."""

import sys

from nastoolkit.cli.stopping import Stopping, leave
from nastoolkit.errors import ExitCode, Interrupted, NastoolkitError


def main() -> None:
    """Run the command line; an error of ours is one message and its own exit code, never a traceback."""
    stopping = Stopping()
    if reconfigure := getattr(sys.stdout, "reconfigure", None):
        reconfigure(errors="backslashreplace")  # as stderr: what a terminal cannot show is no error
    try:
        from nastoolkit.cli.app import app  # takes a while, in which a signal may come already
        from nastoolkit.cli.console import silence_frameworks

        silence_frameworks()
        app()
    except KeyboardInterrupt:
        leave(stopping.code)
    except Interrupted as error:
        _say(str(error))
        leave(stopping.code)
    except NastoolkitError as error:
        _say(str(error))
        sys.exit(error.exit_code)
    except MemoryError as error:
        _say(f"Out of memory: {error}. Lower trainer.chunk, encoder.max_nodes or dataset.limit.")
        sys.exit(ExitCode.FAILED)
    except Exception as error:
        if stopping.asked:
            leave(stopping.code)  # it came of the signal: a terminal that is closed cannot be written to
        if not isinstance(error, OSError):
            raise
        where = f"{error.filename}: " if error.filename else ""
        _say(f"{where}{error.strerror or error}. Choose another file, or change what is in its way.")
        sys.exit(ExitCode.CONFIG)
    finally:
        stopping.end()


def _say(message: str) -> None:
    from nastoolkit.cli.console import complain  # as late as the commands: --help waits for every import

    complain(message)
