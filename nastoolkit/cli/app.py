"""The commands."""

from typing import Any

import typer
from typer.core import TyperGroup

from nastoolkit.cli import ablate, chaos, datasets, markov, model, plugins, profile, runs, search
from nastoolkit.errors import Interrupted


class _Commands(TyperGroup):
    """Typer's group, which would end without a word at Ctrl-C."""

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401 - Typer's, of one type or another by its release
        """Run a command.

        Raises:
            Interrupted: it was stopped where it had nothing of its own to say of that.
        """
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            raise Interrupted("Interrupted before it was done. Repeat the command to begin again.") from None


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
