"""What the tests with hostile inputs share."""

from pathlib import Path

import pytest
from hostile import FEW, MANY, TRIED, Survive


@pytest.fixture(params=[pytest.param(FEW, id="few"), pytest.param(MANY, id="many", marks=pytest.mark.slow)])
def survive(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Survive:
    """In a folder of its own."""
    monkeypatch.chdir(tmp_path)
    return Survive(request.node.name, request.param, tmp_path)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How many inputs there were, and what came of them."""
    if not TRIED:
        return
    terminalreporter.section("hostile inputs")
    for name, found in TRIED.items():
        terminalreporter.line(
            f"{found.total():8} {name}: {', '.join(f'{n} {what}' for what, n in found.most_common())}"
        )
    terminalreporter.line(f"{sum(found.total() for found in TRIED.values()):8} in all")
