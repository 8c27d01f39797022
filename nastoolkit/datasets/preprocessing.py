"""Raw rows to what networks read, as plain data: stored with a run and rebuilt as layers inside the exported model."""

import json
from typing import Any, TypeAlias

from nastoolkit.datasets.columns import Columns
from nastoolkit.datasets.pixels import Pixels
from nastoolkit.datasets.tokens import Tokens
from nastoolkit.errors import DataError

Preprocessing: TypeAlias = Columns | Pixels | Tokens
"""One for each kind of data: tables, images, texts."""


def canonical_json(preprocessing: Preprocessing) -> str:
    """One text for one preprocessing."""
    return json.dumps(preprocessing.to_json(), sort_keys=True, separators=(",", ":"))


def read_preprocessing(document: Any) -> Preprocessing:  # noqa: ANN401 - JSON
    """The preprocessing whose ``to_json`` wrote a document.

    Raises:
        DataError: none did: this is no preprocessing.
    """
    try:
        kind = Pixels if "pixels" in document else Tokens if "tokens" in document else Columns
        return kind.from_json(document)
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise DataError(f"This describes no data that a network could read: {error}.") from error
