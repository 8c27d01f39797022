"""What plugins report of a run, asked for behind the wall."""

from collections.abc import Callable, Iterable
from typing import cast

from nastoolkit.wall.blame import MEND, wall
from nastoolkit.wall.expecting import Answer, briefly, expect, looking_at


def reported(plugin: str, ask: Callable[[], Iterable[Answer]]) -> list[tuple[str, str]]:
    """The sections of a plugin.

    Args:
        plugin: its name.
        ask: collects its answers; there is none where it has nothing to say.

    Raises:
        ComponentError: it raised something that is no message to the user.
        PluginError: it returned something else.
    """
    who = f"The plugin {plugin!r}"
    with wall(who, "nastoolkit_report_sections()", way_out=MEND):
        found = [section for answer in ask() for section in _each(answer)]
    with looking_at(found, who):
        for one in found:
            expect(_is_pair(one), f"{briefly(one)} among its sections. They must be pairs of a title and a plain text")
    return [(title, text) for title, text in found]


def _each(answer: Answer) -> Iterable[Answer]:
    """The sections in an answer; it is none of them where it has none, and that is found out with the others."""
    return cast("Iterable[Answer]", answer) if isinstance(answer, Iterable) else [answer]


def _is_pair(section: Answer) -> bool:
    match section:
        case [str(), str()]:
            return True
        case _:
            return False
