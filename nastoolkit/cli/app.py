"""The commands."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import typer
from typer.core import TyperGroup

from nastoolkit.cli import ablate, chaos, datasets, markov, model, plugins, profile, runs, search
from nastoolkit.cli.console import visible
from nastoolkit.errors import Interrupted

_TypedWrong: type[Exception] = typer.BadParameter.__bases__[0]
"""What Typer raises where a command line cannot be parsed; it has no name of its own for it."""


class _Commands(TyperGroup):
    """Typer's group, which would end without a word at Ctrl-C, and show what was typed wrong as it was typed."""

    def make_context(self, *arguments: Any, **more: Any) -> Any:  # noqa: ANN401 - Typer's
        """Parse what stands before a command."""
        with _as_text():
            return super().make_context(*arguments, **more)

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401 - Typer's, of one type or another by its release
        """Parse and run a command.

        Raises:
            Interrupted: it was stopped where it had nothing of its own to say of that.
        """
        try:
            with _as_text():
                return super().invoke(ctx)
        except KeyboardInterrupt:
            raise Interrupted("Interrupted before it was done. Repeat the command to begin again.") from None


@contextmanager
def _as_text() -> Generator[None]:
    try:
        yield
    except _TypedWrong as error:
        vars(error).update(message=visible(str(vars(error).get("message", ""))))
        raise


app = typer.Typer(
    name="nastoolkit",
    cls=_Commands,
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
