from dataclasses import dataclass

import pytest

from nastoolkit.errors import PluginError
from nastoolkit.hookspecs import hookimpl
from nastoolkit.plugins import Plugins, load_plugins
from nastoolkit.watchers import Watchers

RUN, GENERATION = object(), object()


class Diary:
    """A watcher that writes down what it is told."""

    def __init__(self) -> None:
        self.entries: list[tuple[object, ...]] = []

    @hookimpl
    def nastoolkit_run_started(self, run: object) -> None:
        self.entries.append(("started", run))

    @hookimpl
    def nastoolkit_generation_finished(self, run: object, generation: object) -> None:
        self.entries.append(("generation", run, generation))

    @hookimpl
    def nastoolkit_run_finished(self, run: object, stopped_because: str) -> None:
        self.entries.append(("finished", run, stopped_because))


class Clumsy(Diary):
    """A watcher that stumbles over the first generation."""

    def __init__(self, error: BaseException) -> None:
        super().__init__()
        self.error = error

    @hookimpl
    def nastoolkit_generation_finished(self) -> None:
        raise self.error


@pytest.fixture
def plugins() -> Plugins:
    return load_plugins({"NASTOOLKIT_PLUGINS": "none"})


def watch(watchers: Watchers) -> None:
    """A run of two generations."""
    watchers.started(RUN)  # pyright: ignore[reportArgumentType] - watchers pass on whatever they are given
    watchers.generation(RUN, GENERATION)  # pyright: ignore[reportArgumentType] - as above
    watchers.generation(RUN, GENERATION)  # pyright: ignore[reportArgumentType] - as above
    watchers.finished(RUN, "generations")  # pyright: ignore[reportArgumentType] - as above


WHOLE = [
    ("started", RUN),
    ("generation", RUN, GENERATION),
    ("generation", RUN, GENERATION),
    ("finished", RUN, "generations"),
]


def test_plugins_of_the_session_and_extra_watchers_are_told_everything_in_order(plugins: Plugins) -> None:
    plugins.manager.register(session := Diary(), "session")
    watchers = Watchers(plugins, [extra := Diary()])
    watch(watchers)
    assert session.entries == extra.entries == WHOLE
    assert watchers.failures == []


def test_extra_watchers_watch_one_run_alone(plugins: Plugins) -> None:
    watch(Watchers(plugins, [extra := Diary()]))
    watch(Watchers(plugins))
    assert extra.entries == WHOLE


@pytest.mark.parametrize("error", [ValueError("out of\nink"), SystemExit(3)])
def test_a_watcher_that_raises_is_named_and_switched_off_and_disturbs_no_other(
    plugins: Plugins, error: BaseException
) -> None:
    plugins.manager.register(clumsy := Clumsy(error), "clumsy")
    watchers = Watchers(plugins, [diary := Diary()])
    watch(watchers)
    assert diary.entries == WHOLE
    assert clumsy.entries == [("started", RUN)]
    (failure,) = watchers.failures
    assert (failure.plugin, failure.hook) == ("clumsy", "nastoolkit_generation_finished")
    assert failure.error.startswith(" ".join(f"{type(error).__name__}: {error}".split()))
    assert "test_watchers.py:" in failure.error


def test_a_watcher_that_raised_is_back_in_the_next_run(plugins: Plugins) -> None:
    plugins.manager.register(clumsy := Clumsy(ValueError()), "clumsy")
    watch(Watchers(plugins))
    watch(Watchers(plugins))
    assert clumsy.entries == [("started", RUN)] * 2


def test_ctrl_c_passes_through(plugins: Plugins) -> None:
    with pytest.raises(KeyboardInterrupt):
        watch(Watchers(plugins, [Clumsy(KeyboardInterrupt())]))


def test_a_failure_reads_as_one_sentence(plugins: Plugins) -> None:
    watchers = Watchers(plugins, [Clumsy(ValueError("no ink"))])
    watch(watchers)
    assert str(watchers.failures[0]).startswith(
        "The plugin watcher 1 (Clumsy) raised in nastoolkit_generation_finished and was switched off for this run: "
        "ValueError: no ink"
    )


def test_an_extra_watcher_that_cannot_be_hashed_is_refused(plugins: Plugins) -> None:
    @dataclass
    class Equal:
        """Those of equal fields are."""

    with pytest.raises(PluginError, match=r"'watcher 1 \(Equal\)' cannot be in a set, .* eq=False"):
        Watchers(plugins, [Equal()])


def test_an_extra_watcher_without_hooks_is_refused(plugins: Plugins) -> None:
    with pytest.raises(PluginError, match=r"'watcher 1 \(object\)' implements no hook"):
        Watchers(plugins, [object()])
