from pathlib import Path

import pytest
from matplotlib.figure import Figure

from nastoolkit.errors import OutputError
from nastoolkit.pictures import check_picture, write_picture


@pytest.mark.parametrize(
    ("name", "begins"), [("a.png", b"\x89PNG"), ("a.svg", b"<?xml"), ("a.pdf", b"%PDF"), ("a.SVG", b"<?xml")]
)
def test_a_picture_is_of_the_kind_that_its_suffix_names(tmp_path: Path, name: str, begins: bytes) -> None:
    write_picture(Figure(), tmp_path / name)
    assert (tmp_path / name).read_bytes().startswith(begins)


@pytest.mark.parametrize("name", ["a.gif", "a", "png"])
def test_another_suffix_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(OutputError, match=r"\.png, \.svg, \.pdf"):
        check_picture(tmp_path / name)


def test_a_file_that_exists_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_text("mine")
    with pytest.raises(OutputError, match="exists"):
        write_picture(Figure(), tmp_path / "a.png")
    assert (tmp_path / "a.png").read_text() == "mine"


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="cannot be written: No such file"):
        write_picture(Figure(), tmp_path / "nowhere" / "a.png")
