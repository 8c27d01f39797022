from pathlib import Path

import pytest

from nastoolkit.chaos.critical import critical_lambda, domain_lambda, measured
from nastoolkit.chaos.domains import DOMAINS
from nastoolkit.errors import ConfigError


def test_shipped_values_lie_in_their_intervals() -> None:
    entries = measured()["critical"]
    assert len({(one["states"], one["neighbours"]) for one in entries}) == len(entries)
    for one in entries:
        assert critical_lambda(one["states"], one["neighbours"]) == one["lambda_c"]
        for name in ("", "_excess"):
            low, high = one[f"interval{name}"]
            assert 0 < low <= one[f"lambda_c{name}"] <= high <= 1 - 1 / one["states"]
        assert f"--states {one['states']} --neighbours {one['neighbours']} " in one["command"]


def test_the_page_has_the_shipped_values() -> None:
    page = (Path(__file__).parents[2] / "docs" / "chaos.md").read_text(encoding="utf-8")
    for one in measured()["critical"]:
        texts = [
            "{:.3f} ({:.3f} to {:.3f})".format(one[f"lambda_c{name}"], *one[f"interval{name}"])
            for name in ("", "_excess")
        ]
        assert f"| {one['states']}, {one['neighbours']} | {' | '.join(texts)} | `{one['command']}` |" in page


def test_the_domains_rise_from_order_to_chaos() -> None:
    found = [domain_lambda(name) for name in DOMAINS]
    assert found == sorted(found)
    assert found[2:] == [critical_lambda(32, 2), 31 / 32]


def test_what_was_not_measured_is_an_error_with_the_command_that_would() -> None:
    with pytest.raises(ConfigError, match="nastoolkit chaos --states 7 --neighbours 2"):
        critical_lambda(7, 2)


def test_a_misspelt_domain_is_an_error_with_the_nearest() -> None:
    with pytest.raises(ConfigError, match="Did you mean 'periodic'"):
        domain_lambda("periodical")
