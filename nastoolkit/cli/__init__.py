"""The command line: parse, call the library, print. stdout carries results, stderr people's text."""

import sys
from typing import NoReturn

import typer

from nastoolkit.cli import ablate, chaos, datasets, markov, model, plugins, profile, runs, search
from nastoolkit.cli.console import silence_frameworks
from nastoolkit.errors import ExitCode, NastoolkitError

app = typer.Typer(
    name="nastoolkit",
    help="Find a good neural network for a data set by a genetic search.",
    epilog="Begin with: nastoolkit search --init coe",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
)
for command in (search.search, search.resume, search.verify, ablate.ablate, runs.runs, runs.show, markov.markov):
    app.command()(command)
for command in (chaos.chaos, profile.profile, datasets.datasets, model.evaluate, model.predict, model.export):
    app.command()(command)
app.add_typer(plugins.app, name="plugins")


def main() -> None:
    """Run the command line; an error of ours is one message and its own exit code, never a traceback."""
    silence_frameworks()
    try:
        app()
    except NastoolkitError as error:
        _exit(str(error), error.exit_code)
    except MemoryError as error:
        _exit(f"Out of memory: {error}. Lower trainer.chunk, encoder.max_nodes or dataset.limit.", ExitCode.FAILED)


def _exit(message: str, code: ExitCode) -> NoReturn:
    print(f"nastoolkit: {message}", file=sys.stderr)  # noqa: T201 - a message to the user
    sys.exit(code)
