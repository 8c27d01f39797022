"""Arms: what is varied, and what each of its values is called."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, cast

from nastoolkit.components import KINDS
from nastoolkit.config import parse_setting
from nastoolkit.errors import UsageError

FIXED = {
    **dict.fromkeys(("dataset.use", "dataset.path"), "Use --dataset for several data sets."),
    "seed": "Every arm runs on every seed; use --seeds for more of them.",
    **dict.fromkeys(("out", "storage"), "All runs are kept in one place; use --out."),
    **dict.fromkeys(
        ("search.evaluations", "search.minutes", "search.generations"),
        "Every arm has the same budget; use --evaluations, or --minutes.",
    ),
}
"""Keys that cannot be varied, and why."""


@dataclass(frozen=True, slots=True)
class Arm:
    """One side of a comparison.

    Args:
        name: what it is called in tables: ``coe``, ``at=0.5``, ``coe, tree``.
        settings: the dotted keys that make it, and their values.
    """

    name: str
    settings: Mapping[str, Any]


def arms_of(varied: Sequence[str]) -> tuple[Arm, ...]:
    """Every combination of what is varied.

    Args:
        varied: ``KEY=VALUE,VALUE,...`` each. KEY is a dotted key of a configuration, or a kind of component; the values
            are TOML, else texts. A TOML list as the whole of the values is taken apart, so ``KEY=[[1, 2], [3]]``
            varies a list.

    Raises:
        UsageError: it is not of that form, a key is given twice or cannot be varied, or there are fewer than two arms.
    """
    choices = [_choices(text) for text in varied]
    keys = [key for key, _ in choices]
    if twice := next((key for key in keys if keys.count(key) > 1), None):
        raise UsageError(f"--vary {twice} is given twice. Give all of its values at once, separated by commas.")
    combined = [dict(zip(keys, values, strict=True)) for values in product(*(values for _, values in choices))]
    arms = tuple(Arm(", ".join(_word(key, value) for key, value in one.items()), one) for one in combined)
    names = [arm.name for arm in arms]
    if same := next((name for name in names if names.count(name) > 1), None):
        raise UsageError(f"There are two arms {same!r}: a comparison with itself says nothing. Give each value once.")
    if len(arms) < 2:  # noqa: PLR2004 - it takes two
        raise UsageError(
            f"There is one arm{f' ({names[0]})' if any(names) else ''}, and nothing to compare it with. "
            "Give two values or more: --vary initializer=coe,random"
        )
    return arms


def _choices(text: str) -> tuple[str, list[Any]]:
    key, equals, values = text.partition("=")
    if not equals or not key.strip() or not all(map(str.strip, values.split(","))):
        raise UsageError(f"--vary {text!r} is not of the form KEY=VALUE,VALUE, such as initializer=coe,random.")
    key = f"{key.strip()}.use" if key.strip() in KINDS else key.strip()
    if key in FIXED:
        raise UsageError(f"--vary {key} cannot be. {FIXED[key]}")
    whole = parse_setting(text)[1]
    if isinstance(whole, list):
        return key, cast("list[Any]", whole)
    return key, [parse_setting(f"{key}={one}")[1] for one in values.split(",")]


def _word(key: str, value: Any) -> str:  # noqa: ANN401 - a TOML value
    told = value if isinstance(value, str) else json.dumps(value)
    return told if key.endswith(".use") else f"{key.rpartition('.')[2]}={told}"
