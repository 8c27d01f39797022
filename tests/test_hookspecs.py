import inspect
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from nastoolkit import hookspecs
from nastoolkit.plugins import new_manager

HOOKS: dict[str, Callable[..., object]] = {
    name: member for name, member in vars(hookspecs).items() if name.startswith("nastoolkit_")
}
PAGE = (Path(__file__).parents[1] / "docs" / "hooks.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^## `(\w+)\(.*?\)`\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL))


def test_every_hook_is_known_to_a_manager_with_its_arguments() -> None:
    for name, function in HOOKS.items():
        specification = getattr(new_manager().hook, name).spec
        assert list(specification.argnames) == list(inspect.signature(function).parameters)


def test_only_questions_of_who_can_do_this_stop_at_the_first_answer() -> None:
    hook = new_manager().hook
    first = {name for name in HOOKS if getattr(hook, name).spec.opts["firstresult"]}
    assert first == {"nastoolkit_open_storage", "nastoolkit_evaluate_population"}


@pytest.mark.parametrize("name", HOOKS)
def test_every_hook_says_when_it_is_called_and_what_becomes_of_the_answer(name: str) -> None:
    documentation = inspect.getdoc(HOOKS[name])
    assert documentation
    assert "Called" in documentation or "Watch:" in documentation


def test_the_page_on_hooks_has_a_section_for_each_and_no_other() -> None:
    assert list(SECTIONS) == list(HOOKS)


@pytest.mark.parametrize("name", HOOKS)
def test_the_page_gives_arguments_and_answers_every_question(name: str) -> None:
    arguments = ", ".join(inspect.signature(HOOKS[name]).parameters)
    assert f"## `{name}({arguments})`" in PAGE
    for question in ("**Called**", "**Return**", "**Then**"):
        assert question in SECTIONS[name]


def test_reading_the_hooks_loads_nothing_but_pluggy() -> None:
    code = "import sys, nastoolkit.hookspecs; print(*sorted(name for name in sys.modules if 'nastoolkit' in name))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert loaded.split() == ["nastoolkit", "nastoolkit.hookspecs"]
