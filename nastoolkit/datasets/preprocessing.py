"""Raw rows to what networks read, as plain data: stored with a run and rebuilt as layers inside the exported model."""

import json
from typing import Any, TypeAlias

from nastoolkit.datasets.columns import Columns
from nastoolkit.datasets.pixels import Pixels
from nastoolkit.datasets.tokens import Tokens

Preprocessing: TypeAlias = Columns | Pixels | Tokens
"""One for each kind of data: tables, images, texts."""


def canonical_json(preprocessing: Preprocessing) -> str:
    """One text for one preprocessing."""
    return json.dumps(preprocessing.to_json(), sort_keys=True, separators=(",", ":"))


def read_preprocessing(document: dict[str, Any]) -> Preprocessing:
    """The preprocessing whose ``to_json`` wrote a document."""
    if "pixels" in document:
        return Pixels.from_json(document)
    return Tokens.from_json(document) if "tokens" in document else Columns.from_json(document)
