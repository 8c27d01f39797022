"""Critical values that were measured for this release, so that no search has to.

``critical.json`` beside this file holds them, each with its intervals and the command that measured it. With very small
rule tables (K**N of 32 and less) mutual information has no peak before the end of the range, and they are no more than
the place where it is highest.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any, Final

from nastoolkit.chaos.domains import DOMAINS
from nastoolkit.errors import ConfigError, did_you_mean

PAPER: Final = {"paper-text": 0.786, "paper-image": 0.881}
"""What the paper reports for its text and image sets; it does not say of which automaton."""


@cache
def measured() -> dict[str, Any]:
    """What ``critical.json`` says.

    ``critical`` has an entry for each automaton; ``domains`` the lambdas that stand for the four domains at K = 32,
    N = 2, with the shares of tables in each domain there.
    """
    return json.loads(Path(__file__).with_name("critical.json").read_text(encoding="utf-8"))


def critical_lambda(states: int, neighbours: int) -> float:
    """Where the mean mutual information between a cell and itself one step later peaks, as shipped.

    Args:
        states: K.
        neighbours: N.

    Raises:
        ConfigError: it was not measured for this automaton.
    """
    known = {(one["states"], one["neighbours"]): one["lambda_c"] for one in measured()["critical"]}
    if (states, neighbours) not in known:
        raise ConfigError(
            f"No critical lambda is shipped for {states} states and {neighbours} neighbours. Measure it: "
            f"nastoolkit chaos --states {states} --neighbours {neighbours}"
        )
    return known[states, neighbours]


def domain_lambda(name: str) -> float:
    """The lambda that stands for a domain, ``fixed``, ``periodic``, ``complex`` or ``chaotic``, at K = 32, N = 2.

    Raises:
        ConfigError: there is no such domain.
    """
    if name not in DOMAINS:
        raise ConfigError(f"There is no domain {name!r}. {did_you_mean(name, DOMAINS)}")
    return measured()["domains"][name]["lambda"]
