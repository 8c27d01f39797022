"""Real installed distributions, as small as they can be: a module, and the metadata that pip would leave beside it."""

import subprocess
import sys
from pathlib import Path

HELLO = Path(__file__).parents[1] / "plugins" / "nastoolkit-hello"

INITIALIZER = '''
from dataclasses import dataclass
from typing import ClassVar

import nastoolkit as nas

@dataclass(frozen=True, slots=True)
class Start(nas.Initializer):
    """A start."""
    name: ClassVar[str] = "{name}"
    api: ClassVar[int] = {api}

    def genomes(self, size, layout, stream):
        return layout.base

@nas.hookimpl
def nastoolkit_components():
    return [Start]
'''


def initializer(name: str, api: int = 1) -> str:
    """The source of a plugin that offers one initializer."""
    return INITIALIZER.format(name=name, api=api)


def install(site: Path, name: str, source: str, entry: str = "") -> None:
    """Put the distribution ``nastoolkit-NAME`` 1.0 in a folder, with the entry point NAME or the given ones."""
    module = f"nastoolkit_{name}"
    (site / f"{module}.py").write_text(source)
    metadata = site / f"{module}-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: nastoolkit-{name}\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text(f"[nastoolkit]\n{entry or f'{name} = {module}'}\n")


def pip_install(site: Path, project: Path) -> None:
    """Build a project and install it in a folder, without a network."""
    options = ["--quiet", "--no-index", "--no-deps", "--no-build-isolation", "--disable-pip-version-check"]
    subprocess.run([sys.executable, "-m", "pip", "install", *options, "--target", str(site), str(project)], check=True)
