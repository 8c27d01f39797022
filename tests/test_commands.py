"""Commands that messages offer."""

import shlex
from pathlib import Path

import pytest
from fakes import Lab
from sqlalchemy import URL

from nastoolkit.commands import command, folder_command
from nastoolkit.storage import file_url

ODD = "/a b/ü %41?x:#&@+'.db"


def test_the_url_of_a_file_is_the_one_that_sqlalchemy_reads() -> None:
    assert file_url(Path(ODD)) == URL.create("sqlite", database=ODD).render_as_string()


def test_a_command_names_the_storage_where_it_is_not_looked_in_anyway(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    (here := Path("jürgen %41")).mkdir()
    monkeypatch.chdir(here)
    document = lab.start()
    assert command("show", document["run"], document["storage"]) == f"nastoolkit show {document['run']}"
    monkeypatch.chdir("/")
    offered = shlex.split(command("show", document["run"], document["storage"]))
    assert offered == ["nastoolkit", "show", document["run"], "--storage", document["storage"]]
    assert lab.resume(document["run"], storage_url=offered[-1]) == document


def test_a_folder_says_where_its_runs_are_unless_that_is_a_server() -> None:
    assert folder_command("resume", Path("/a b"), None) == "nastoolkit resume '/a b'"
    assert folder_command("resume", Path("/a b"), file_url(Path(ODD))) == "nastoolkit resume '/a b'"
    server = "postgresql+psycopg://me@host/runs"
    assert folder_command("resume", Path("/a"), server) == f"nastoolkit resume /a --storage {server}"
