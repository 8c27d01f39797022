"""Whose error it is, and in which words it is told."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import wraps
from traceback import walk_tb
from typing import ParamSpec, TypeVar

from nastoolkit.components import SHIPPED
from nastoolkit.errors import ComponentError, NastoolkitError, PluginError
from nastoolkit.plugins import CHOICE, in_words, place_of
from nastoolkit.wall.limit import Overdue, limited

P = ParamSpec("P")
R = TypeVar("R")


MEND = f"Mend it, or leave it out: {CHOICE} says which plugins to load."
"""The way out for what is called outside of a search."""


@contextmanager
def wall(  # noqa: PLR0913 - whose call it is, and how it may end
    who: str,
    doing: str,
    home: str = "",
    seconds: float = 0.0,
    passing: tuple[type[Exception], ...] = (),
    way_out: str = "",
) -> Generator[None]:
    """Call somebody else's code in here.

    Errors that are messages to the user pass, and so do Ctrl-C, the want of memory, and what went wrong in a function
    of the search that the code had been given (:func:`called_back`).

    Args:
        who: whose code it is, as a sentence begins.
        doing: what is called.
        home: the package that the code is in, ours not being behind the wall; where it is empty, the first one that
            is not ours.
        seconds: that the call may take; 0 is no limit.
        passing: further errors that are no defect of the code.
        way_out: ends the message.

    Raises:
        ComponentError: the code raised something.
        PluginError: it took too long.
    """
    name = f"{who} in {doing}"
    try:
        with limited(name, seconds):
            yield
    except Overdue as error:
        if str(error) != name:  # it is the call outside whose time is over
            raise
        raise PluginError(
            f"{who} took longer than {seconds:g} s in {doing} and was interrupted ({place_of(error, home)}). Make it "
            "faster, or give it longer: search.plugin_time_limit, or nastoolkit resume RUN --plugin-time-limit SECONDS."
        ) from error
    except (NastoolkitError, MemoryError, *passing):
        raise
    except (Exception, SystemExit) as error:
        if home == SHIPPED or _came_back(error):
            raise
        said = f"{who} raised in {doing}: {in_words(error, home or _foreign(error))}. {way_out}"
        raise ComponentError(said.rstrip()) from error


def called_back(function: Callable[P, R]) -> Callable[P, R]:
    """A function of the search that others call: its time is not theirs, and neither are its errors."""

    @wraps(function)
    def back(*args: P.args, **kwargs: P.kwargs) -> R:
        with limited("", 0):
            return function(*args, **kwargs)

    return back


_BACK = called_back(print).__code__


def _came_back(error: BaseException) -> bool:
    """Whether an error went through a function of the search."""
    return any(frame.f_code is _BACK for frame, _ in walk_tb(error.__traceback__))


def _foreign(error: BaseException) -> str:
    """The package of the outermost function that is not ours."""
    names = (str(frame.f_globals.get("__name__", "")) for frame, _ in walk_tb(error.__traceback__))
    packages = (name.partition(".")[0] for name in names)
    return next((one for one in packages if one not in {SHIPPED, "pluggy"}), "")
