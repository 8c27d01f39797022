"""Names of files, and files that are not what their names say."""

import gzip
import io
import sqlite3
import zipfile
from pathlib import Path

import numpy as np
import pytest

from nastoolkit.datasets.files import check_file, component_for, from_file_name
from nastoolkit.errors import DataError


def zipped() -> bytes:
    with io.BytesIO() as file:
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("a.csv", "a,b\n1,2\n")
        return file.getvalue()


def saved_array() -> bytes:
    with io.BytesIO() as file:
        np.save(file, np.zeros(3))
        return file.getvalue()


def database(path: Path) -> bytes:
    with sqlite3.connect(path / "a.db") as connection:
        connection.execute("create table t (a)")
    connection.close()
    return (path / "a.db").read_bytes()


@pytest.mark.parametrize(
    ("name", "component"),
    [
        ("a.csv", "csv"),
        ("folder/a.NPZ", "npz"),
        ("./a.b.csv", "csv"),
        ("a.parquet", "parquet"),
        ("digits", None),
        ("breast_cancer", None),
    ],
)
def test_the_end_of_a_name_tells_the_component(name: str, component: str | None) -> None:
    assert from_file_name(name) == component


@pytest.mark.parametrize("name", ["a.npy", "folder/a.json", "a.csv.gz"])
def test_other_files_are_refused_with_what_is_supported(name: str) -> None:
    with pytest.raises(DataError, match=rf"{name}: .* Supported: \.csv, \.npz, \.parquet\."):
        from_file_name(name)


def test_a_missing_folder_is_named() -> None:
    with pytest.raises(DataError, match=r"There is no file or folder nowhere/images \(looked for it from "):
        from_file_name("nowhere/images")


def test_rows_to_predict_need_a_supported_file_even_without_a_suffix(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="Supported"):
        component_for(tmp_path / "rows")


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (zipped(), "a zip archive"),
        (saved_array(), r"a single NumPy array \(\.npy\)"),
        (gzip.compress(b"a,b\n1,2\n", mtime=0), "a gzip file"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "a PNG image"),
        ("a,b\n1,2\n".encode("utf-16"), "binary data"),
    ],
)
def test_a_csv_that_is_something_else_is_named(tmp_path: Path, content: bytes, what: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    with pytest.raises(DataError, match=rf"a\.csv is not what \.csv files are \(text\): it is {what}\."):
        check_file(path, ".csv")


@pytest.mark.parametrize("content", [b"a,b\n1,2\n", b"%PDF-1.7 ..."], ids=["text", "pdf"])
def test_an_npz_that_is_something_else_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.npz"
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"a\.npz is not what \.npz files are \(a zip archive\): it is (text|a PDF)"):
        check_file(path, ".npz")


def test_a_database_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(database(tmp_path))
    with pytest.raises(DataError, match="an SQLite database"):
        check_file(path, ".csv")


def test_a_missing_file_is_named() -> None:
    with pytest.raises(DataError, match=r"There is no file nowhere/a\.csv"):
        check_file(Path("nowhere/a.csv"), ".csv")


def test_an_empty_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.csv").touch()
    with pytest.raises(DataError, match=r"a\.csv is empty"):
        check_file(tmp_path / "a.csv", ".csv")


def test_a_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="is a folder"):
        check_file(tmp_path, ".csv")
