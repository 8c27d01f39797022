import re
from pathlib import Path

import numpy as np
import pytest

from nastoolkit.drift import Drift
from nastoolkit.drift_plot import write_plot
from nastoolkit.errors import OutputError
from nastoolkit.loci import Locus


@pytest.fixture
def drift() -> Drift:
    """Three bits of five individuals over three generations."""
    loci = tuple(Locus(name, bit, 2, 5, None, 0.5, (-1.0, 1.0)) for bit, name in enumerate(("left", "middle", "right")))
    figures = (np.array([0.5, 0.3, 0.1]), np.array([0.5, 0.4, 0.3]), np.array([0.5, 0.3, 0.2]))
    counts = np.array([[2, 3, 2], [1, 4, 2], [0, 5, 3]])
    return Drift("a $run_1", 5, (4, 5, 6), counts, 0.01, 2.5, *figures, 9.0, 3.0, loci)


@pytest.mark.parametrize(
    ("name", "begins"), [("a.png", b"\x89PNG"), ("a.svg", b"<?xml"), ("a.pdf", b"%PDF"), ("a.SVG", b"<?xml")]
)
def test_a_picture_is_of_the_kind_that_its_suffix_names(drift: Drift, tmp_path: Path, name: str, begins: bytes) -> None:
    write_plot(drift, tmp_path / name)
    assert (tmp_path / name).read_bytes().startswith(begins)


def test_the_picture_names_the_run_its_sizes_and_every_bit(drift: Drift, tmp_path: Path) -> None:
    write_plot(drift, tmp_path / "a.svg")
    drawn = (tmp_path / "a.svg").read_text(encoding="utf-8")
    for seen in ("a $run_1", "observed", "n = 5", "Ne = 2.5", "left", "middle", "right"):
        assert f"{seen} -->" in drawn


def test_generations_are_whole(drift: Drift, tmp_path: Path) -> None:
    write_plot(drift, tmp_path / "a.svg")
    seen = re.findall(r"<!-- (\S+) -->", (tmp_path / "a.svg").read_text(encoding="utf-8"))
    assert {one for one in seen if one[0] in "456"} == {"4", "5", "6"}


@pytest.mark.parametrize("name", ["a.gif", "a", "png"])
def test_another_suffix_is_refused(drift: Drift, tmp_path: Path, name: str) -> None:
    with pytest.raises(OutputError, match=r"\.png, \.svg, \.pdf"):
        write_plot(drift, tmp_path / name)


def test_a_file_that_exists_is_left_alone(drift: Drift, tmp_path: Path) -> None:
    (tmp_path / "a.png").write_text("mine")
    with pytest.raises(OutputError, match="exists"):
        write_plot(drift, tmp_path / "a.png")
    assert (tmp_path / "a.png").read_text() == "mine"


def test_a_folder_that_is_not_there_is_said(drift: Drift, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="cannot be written: No such file"):
        write_plot(drift, tmp_path / "nowhere" / "a.png")
