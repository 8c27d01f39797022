"""Whatever a plugin's storage does wrong is told in one message that names the plugin."""

from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import Any

import pytest
from fakes import Lab
from memory_storage import Memory

from nastoolkit.errors import ComponentError, PluginError, StorageError
from nastoolkit.hookspecs import hookimpl
from nastoolkit.plugins import register
from nastoolkit.runs import open_storage
from nastoolkit.storage.base import Storage, StoredRun
from nastoolkit.storage.sql import SqlStorage
from nastoolkit.wall.storages import ANSWERS

QUESTIONS = [(base, name) for base in (Storage, StoredRun) for name in vars(base) if not name.startswith("_")]
READ = {"url", "run"}
"""Questions that are properties."""


class Shop:
    """A plugin that answers one URL."""

    def __init__(self, answer: Callable[[], Any]) -> None:
        self._answer = answer

    @hookimpl
    def nastoolkit_open_storage(self, url: str) -> Any:
        return self._answer() if url == "shop://" else None


class Theirs(Memory):
    """One with every run."""

    def open(self, name: str) -> StoredRun:
        return self


def opened(lab: Lab, answer: Callable[[], Any]) -> Storage:
    register(lab.plugins.manager, Shop(answer), "shop")
    return open_storage("shop://", lab.plugins)


def ask(lab: Lab, base: type, name: str, behave: Callable[..., Any]) -> Any:
    """A question that a storage, or its view of a run, answers in some way."""
    kind = type("Theirs", (Theirs,), {name: property(behave) if name in READ else behave})
    storage = opened(lab, kind)
    found = getattr(storage if base is Storage else storage.open("a"), name)
    return found if name in READ else found()


def lost(*_: object) -> None:
    raise KeyError("lost")


@pytest.mark.parametrize(("base", "name"), QUESTIONS)
def test_an_error_is_told_with_its_plugin_its_place_and_the_way_out(lab: Lab, base: type, name: str) -> None:
    told = rf"^The plugin 'shop' raised in {name}\(\): KeyError: 'lost' \(.*test_storages\.py:\d+\)\. Mend it, or leave"
    with pytest.raises(ComponentError, match=told):
        ask(lab, base, name, lost)


@pytest.mark.parametrize(("base", "name"), [one for one in QUESTIONS if one[1] in ANSWERS])
@pytest.mark.parametrize("answer", [0.5, [7], {"a": 7}], ids=repr)
def test_an_answer_of_another_kind_is_told(lab: Lab, base: type, name: str, answer: Any) -> None:
    with pytest.raises(PluginError, match=rf"^The plugin 'shop' returned .* from {name}\(\)\. It must be "):
        ask(lab, base, name, lambda _: answer)


@pytest.mark.parametrize("error", [StorageError("It is closed."), KeyboardInterrupt()], ids=repr)
def test_messages_to_the_user_and_ctrl_c_pass(lab: Lab, error: BaseException) -> None:
    def shut(*_: object) -> None:
        raise error

    for base, name in ((Storage, "names"), (StoredRun, "last")):
        with pytest.raises(type(error)) as raised:
            ask(lab, base, name, shut)
        assert raised.value is error
        lab.plugins.manager.unregister(name="shop")


class Holding(Theirs):
    """One that says what is held, and may fail before or afterwards."""

    def __init__(self, fails: str = "") -> None:
        self.now: list[str] = []
        self.fails = fails

    @contextmanager
    def held(self, what: str) -> Generator[None]:
        if self.fails == "before":
            lost()
        self.now.append(what)
        try:
            yield
        finally:
            self.now.remove(what)
        if self.fails == "afterwards":
            lost()


def test_what_is_done_while_a_run_is_held_is_not_the_storages_doing(lab: Lab) -> None:
    own = Holding()
    storage = opened(lab, lambda: own)
    with pytest.raises(ValueError, match="run a"), storage.held("run a"):
        raise ValueError(*own.now)
    assert own.now == []


def test_what_went_wrong_while_a_run_was_held_is_told_whatever_the_storage_says(lab: Lab) -> None:
    class Calm(Theirs):
        def held(self, what: str) -> AbstractContextManager[None]:
            return suppress(ValueError)

    with pytest.raises(ValueError, match="ours"), opened(lab, Calm).held("run a"):
        raise ValueError("ours")


@pytest.mark.parametrize("fails", ["before", "afterwards"])
def test_a_run_that_cannot_be_held_or_given_back_is(lab: Lab, fails: str) -> None:
    done: list[str] = []
    with (
        pytest.raises(ComponentError, match=r"^The plugin 'shop' raised in held\(\): KeyError"),
        opened(lab, lambda: Holding(fails)).held("run a"),
    ):
        done.append("something")
    assert done == (["something"] if fails == "afterwards" else [])


def test_what_is_no_storage_is_told(lab: Lab) -> None:
    with pytest.raises(PluginError, match=r"'shop' returned 7 from nastoolkit_open_storage\(\)\. It must be a Storage"):
        opened(lab, lambda: 7)


def test_a_plugin_that_cannot_say_whether_a_url_is_its_own_is_told(lab: Lab) -> None:
    with pytest.raises(ComponentError, match=r"'shop' raised in nastoolkit_open_storage\(\): KeyError: 'lost'"):
        opened(lab, lost)


def test_the_storage_that_ships_stays_as_it_is_and_is_asked_last(lab: Lab) -> None:
    assert opened(lab, Theirs).url == Theirs.url
    shipped = open_storage("sqlite:///runs.db", lab.plugins)
    assert type(shipped) is SqlStorage
    shipped.close()
