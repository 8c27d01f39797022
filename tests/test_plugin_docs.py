"""What docs/write-a-plugin.md and docs/hooks.md show is what works."""

import re
import tomllib
from types import ModuleType

import numpy as np
import pytest
from distributions import HELLO

import nastoolkit
from nastoolkit.architecture import Signature
from nastoolkit.components import KINDS, Component, check_component
from nastoolkit.encoders.matrix import MatrixEncoder
from nastoolkit.plugins import new_manager, register
from nastoolkit.rng import Stream

DOCS = HELLO.parents[1] / "docs"
TUTORIAL = (DOCS / "write-a-plugin.md").read_text(encoding="utf-8")


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def module_of(source: str) -> ModuleType:
    module = ModuleType("example")
    exec(compile(source, "example.py", "exec"), vars(module))  # noqa: S102 - examples are there to be run
    return module


def test_the_tutorials_module_is_the_real_one() -> None:
    assert blocks(TUTORIAL, "python")[0] == "# nastoolkit_hello.py\n" + (HELLO / "nastoolkit_hello.py").read_text()


def test_the_tutorials_project_file_says_what_the_real_one_says() -> None:
    shown, real = tomllib.loads(blocks(TUTORIAL, "toml")[0]), tomllib.loads((HELLO / "pyproject.toml").read_text())
    assert shown["build-system"] == real["build-system"]
    assert shown["tool"]["hatch"]["build"]["targets"]["wheel"] == real["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert shown["project"].items() <= real["project"].items()


def test_the_tutorials_field_is_a_chance() -> None:
    layout = MatrixEncoder().layout(Signature(4, 3))
    (dense,) = module_of(blocks(TUTORIAL, "python")[1]).nastoolkit_components()
    check_component(dense)
    genomes = dense(share=0.25).genomes(2000, layout, Stream(0))
    np.testing.assert_allclose(genomes[:, layout.chromosome].mean(), 0.25, atol=0.01)
    np.testing.assert_array_equal(
        genomes[:, layout.hyperparameters], np.tile(layout.base[layout.hyperparameters], (2000, 1))
    )


def test_the_tutorial_knows_every_kind_and_its_methods() -> None:
    rows = re.findall(r"^\| `(\w+)` \| `nas\.(\w+)` \| (.*) \|$", TUTORIAL, re.MULTILINE)
    assert tuple(kind for kind, _, _ in rows) == KINDS
    for kind, contract, methods in rows:
        base: type[Component] = getattr(nastoolkit, contract)
        assert base.kind == kind
        assert set(re.findall(r"\w+", methods)) == set(getattr(base, "__abstractmethods__"))  # noqa: B009 - ABCMeta's


@pytest.mark.parametrize("source", blocks((DOCS / "hooks.md").read_text(encoding="utf-8"), "python"))
def test_every_example_of_a_hook_can_be_registered(source: str) -> None:
    register(new_manager(), module_of(source), "example")


def test_links_between_the_pages_lead_somewhere() -> None:
    page = (DOCS / "hooks.md").read_text(encoding="utf-8")
    headings = re.findall(r"^## (.*)$", page, re.MULTILINE)
    anchors = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
    assert set(re.findall(r"\(#(.*?)\)", page)) == anchors
    for link in re.findall(r"\((\S+\.md)\)", page + TUTORIAL):
        assert (DOCS / link).is_file()
