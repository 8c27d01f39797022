"""Reads Parquet files: the one place that knows pyarrow."""

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa  # pyright: ignore[reportMissingTypeStubs] - pyarrow has no types
from pyarrow import compute, parquet  # pyright: ignore[reportMissingTypeStubs] - pyarrow has no types

from nastoolkit.datasets.checks import check_fits
from nastoolkit.datasets.files import check_file
from nastoolkit.datasets.sheet import Sheet
from nastoolkit.datasets.sheet_reader import check_header, sheet_of
from nastoolkit.errors import DataError

_types: Any = pa.types
_compute: Any = compute
_parquet: Any = parquet

CELL = 32
"""Bytes of a cell, in all the forms that a table has while it is read: Arrow's, pandas', and 64 and 32 bits."""

WAY_OUT = "Keep fewer rows or columns."


def read_parquet(path: Path, only: Sequence[str] | None = None, words: Collection[str] = ()) -> Sheet:
    """Read a Parquet file.

    Args:
        path: the file.
        only: the columns to read; others are passed over.
        words: columns to read as words, whatever they hold.

    Raises:
        DataError: it can't be read, is too large, lacks a column, or a column holds lists, records or bytes.
    """
    check_file(path, ".parquet")
    try:
        frame = _frame(path, only)
    except DataError:
        raise
    except MemoryError as error:
        raise DataError(f"{path} takes more memory than there is: {error}. {WAY_OUT}") from None
    except Exception as error:  # noqa: BLE001 - pyarrow's readers raise errors of a dozen kinds where bytes are wrong
        raise DataError(f"{path} is damaged or no Parquet file: {error}. Write it again.") from None
    if frame.empty:
        raise DataError(f"{path} has no rows, or no columns.")
    return sheet_of(frame, str(path), lambda row: f"row {row} (counted from 0)", words)


def _frame(path: Path, only: Sequence[str] | None) -> pd.DataFrame:
    """The columns, each text once in memory, however many cells have it."""
    file = _parquet.ParquetFile(path)
    schema = file.schema_arrow
    index = schema.pandas_metadata["index_columns"] if schema.pandas_metadata else ()
    header: list[str] = [name for name in schema.names if name not in index]
    if header:
        check_header(path, header, only)
    names = header if only is None else list(only)
    for name in names:
        _check_type(f"{path}, column {name!r}", schema.field(name).type)
    check_fits(str(path), _size(file.metadata, {*names}), WAY_OUT)
    table = _parquet.ParquetFile(path, metadata=file.metadata, read_dictionary=names).read(names)
    table.validate(full=True)  # else a text that is not UTF-8 is noticed when it is looked at
    check_fits(f"The text in {path}", sum(map(_text, table.columns)), WAY_OUT)
    frame: pd.DataFrame = table.to_pandas(ignore_metadata=True)  # a stranger's, of what pandas would make of it
    declared = {one.name for one in schema if _types.is_dictionary(one.type)}
    packed = [one.name for one in table.schema if _types.is_dictionary(one.type) and one.name not in declared]
    return frame.astype(dict.fromkeys(packed, object))[names]


def _check_type(what: str, found: Any) -> None:  # noqa: ANN401 - pyarrow has no types
    held = found.value_type if _types.is_dictionary(found) else found
    words = (_types.is_string, _types.is_large_string, _types.is_string_view)
    if not any(is_one(held) for is_one in (*words, _types.is_primitive, _types.is_decimal, _types.is_null)):
        raise DataError(
            f"{what} holds {held}: a network takes one number or word a cell. Spread it over columns, or leave it out."
        )


def _size(metadata: Any, names: Collection[str]) -> int:  # noqa: ANN401 - pyarrow has no types
    """Bytes of some columns in memory, by what a file says of itself; a text that many cells have counts once."""
    groups = [metadata.row_group(k) for k in range(metadata.num_row_groups)]
    chunks = [group.column(k) for group in groups for k in range(group.num_columns)]
    return sum(
        CELL * abs(one.num_values) + abs(one.total_uncompressed_size) for one in chunks if one.path_in_schema in names
    )


def _text(column: Any) -> int:  # noqa: ANN401 - pyarrow has no types
    """Bytes of text in a column's cells."""
    if not (_types.is_dictionary(column.type) and _types.is_string(column.type.value_type)):
        return 0
    lengths = [_compute.take(_compute.binary_length(one.dictionary), one.indices) for one in column.chunks]
    return sum(_compute.sum(one).as_py() or 0 for one in lengths)
