"""Storages of plugins: asked behind the wall, with their answers looked at."""

from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import cache
from typing import Any, cast

from nastoolkit.components import SHIPPED
from nastoolkit.storage.base import Storage, StoredRun
from nastoolkit.storage.records import Evaluation, Generation, Run
from nastoolkit.wall.blame import MEND, wall
from nastoolkit.wall.expecting import Answer, briefly, expect, is_count, looking_at

Test = Callable[[Answer], bool]


def _are(kind: type, found: Iterable[Answer]) -> bool:
    return all(isinstance(one, kind) for one in found)


def _sequence_of(kind: type) -> Test:
    return lambda found: isinstance(found, Sequence) and _are(kind, cast("Sequence[Answer]", found))


def _mapping_of(kind: type) -> Test:
    return lambda found: isinstance(found, Mapping) and _are(kind, cast("Mapping[Answer, Answer]", found).values())


ANSWERS: Mapping[str, tuple[Test, str]] = {
    "nastoolkit_open_storage": (lambda found: isinstance(found, Storage | None), "a Storage, or None"),
    "url": (lambda found: isinstance(found, str), "a text"),
    "open": (lambda found: isinstance(found, StoredRun), "a StoredRun"),
    "runs": (_sequence_of(Run), "a sequence of Run"),
    "names": (_sequence_of(str), "a sequence of texts"),
    "sweep": (is_count, "a count"),
    "rows": (_mapping_of(Sequence), "rows by tables"),
    "rewind": (is_count, "a count"),
    "held": (lambda found: isinstance(found, AbstractContextManager), "a context manager"),
    "run": (lambda found: isinstance(found, Run), "a Run"),
    "generations": (_sequence_of(Generation), "a sequence of Generation"),
    "last": (lambda found: isinstance(found, Generation | None), "a Generation, or None"),
    "digests": (_sequence_of(str), "a sequence of texts"),
    "evaluations": (_mapping_of(Evaluation), "a mapping of Evaluation"),
}
"""What the hook, and each method of a storage and of its view of a run, must return; others return nothing."""


def walled(plugin: str, opening: Callable[[], Answer]) -> Storage | None:
    """The storage that a plugin opens, which is called behind the wall; the one that ships as it is.

    Args:
        plugin: its name.
        opening: asks it.

    Raises:
        ComponentError: the plugin raised something that is no message to the user.
        PluginError: it returned something else.
    """
    if plugin == SHIPPED:
        return opening()
    who = f"The plugin {plugin!r}"
    found = _answer(who, "nastoolkit_open_storage", opening)
    return None if found is None else _walled(Storage)(found, who)


def _answer(who: str, name: str, ask: Callable[[], Answer]) -> Answer:
    with wall(who, f"{name}()", way_out=MEND):
        found = ask()
    with looking_at(found, who):
        test, wanted = ANSWERS.get(name, (lambda _: True, ""))
        expect(test(found), f"{briefly(found)} from {name}(). It must be {wanted}")
    return found


@cache
def _walled(base: type) -> Any:  # noqa: ANN401 - a class that is made here
    """A storage, or a view of a run, that asks somebody else's.

    It is no subclass of that one's class, so that what that one asks of itself stays its own affair.
    """

    def begin(self: Any, own: Storage | StoredRun, who: str) -> None:  # noqa: ANN401 - as above
        self.own, self.who = own, who

    questions = {name: _question(name, attribute) for name, attribute in vars(base).items() if name[0] != "_"}
    return type(base)(base.__name__, (base,), {"__init__": begin, **questions})


def _question(name: str, attribute: object) -> Any:  # noqa: ANN401 - an attribute
    """A method, or a property, that asks the one of its name, behind the wall."""
    is_read = isinstance(attribute, property)

    def ask(self: Any, *arguments: object, **options: object) -> Answer:  # noqa: ANN401 - as above
        def theirs() -> Answer:
            found = getattr(self.own, name)
            return found if is_read else found(*arguments, **options)

        found = _answer(self.who, name, theirs)
        if name == "open":
            return _walled(StoredRun)(found, self.who)
        return _held(found, self.who) if name == "held" else found

    return property(ask) if is_read else ask


@contextmanager
def _held(own: AbstractContextManager[None], who: str) -> Generator[None]:
    """Behind the wall are its beginning and its end, and not what is done meanwhile."""
    behind_wall = wall(who, "held()", way_out=MEND)
    behind_wall(own.__enter__)()

    def leave(*error: Any) -> None:  # noqa: ANN401 - what went wrong meanwhile, which goes on whatever it answers
        behind_wall(own.__exit__)(*error)

    with ExitStack() as ending:
        ending.push(leave)
        yield
