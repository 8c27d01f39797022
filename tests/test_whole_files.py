"""Files that are written whole or not at all."""

import os
from pathlib import Path

import pytest

from nastoolkit.files import whole


def test_a_file_takes_its_place_once_its_bytes_are_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, synced = tmp_path / "best.keras", list[tuple[bool, int]]()
    monkeypatch.setattr(os, "fsync", lambda number: synced.append((path.exists(), os.fstat(number).st_size)))
    with whole(path) as draft:
        draft.write_bytes(b"model")
        assert (draft.parent, draft.suffix) == (tmp_path, ".keras")
    assert (synced, path.read_bytes()) == ([(False, 5)], b"model")
    assert list(tmp_path.iterdir()) == [path]


def test_what_raises_leaves_what_was_there(tmp_path: Path) -> None:
    def fail(draft: Path) -> None:
        draft.write_text("half")
        raise ValueError(draft.name)

    path = tmp_path / "result.json"
    path.write_text("before")
    with pytest.raises(ValueError, match="result"), whole(path) as draft:
        fail(draft)
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


def test_what_a_killed_process_left_is_overwritten_and_files_of_others_stay(tmp_path: Path) -> None:
    path, theirs = tmp_path / "run.zip", [tmp_path / "run.part.zip", tmp_path / "run.zip.part"]
    for one in theirs:
        one.write_text("precious")
    with whole(path) as draft:
        draft.touch()
    draft.write_text("half")
    with whole(path) as again, again.open("x") as file:
        file.write("all")
    assert path.read_text() == "all"
    assert [one.read_text() for one in theirs] == ["precious"] * 2
    assert sorted(tmp_path.iterdir()) == sorted([path, *theirs])
