"""Conformance checks: what a component of each kind must do, for those who write one.

    import pytest
    from nastoolkit.testing import component_checks

    @pytest.mark.parametrize("check", component_checks(Ones()), ids=str)
    def test_ones_keeps_its_contract(check):
        check()

A check raises ``AssertionError`` with what is wrong. The component is an instance, so that the checks see the fields it
is used with. A data set is really read and a trainer really trains, on a few rows. As in a search, arrays that a
component is given cannot be written to.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from nastoolkit.components import Component
from nastoolkit.testing import (
    competition,
    components,
    datasets,
    encoders,
    executors,
    fitness,
    initializers,
    operators,
    pruners,
    schedulers,
    trainers,
)

__all__ = ["Check", "component_checks"]

CHECKS: dict[str, tuple[Callable[[Any], None], ...]] = {
    "dataset": datasets.CHECKS,
    "encoder": encoders.CHECKS,
    "initializer": initializers.CHECKS,
    "trainer": trainers.CHECKS,
    "competition": competition.CHECKS,
    "fitness": fitness.CHECKS,
    "selection": operators.SELECTION_CHECKS,
    "crossover": operators.CROSSOVER_CHECKS,
    "mutation": operators.MUTATION_CHECKS,
    "replacement": operators.REPLACEMENT_CHECKS,
    "pruner": pruners.CHECKS,
    "executor": executors.CHECKS,
    "scheduler": schedulers.CHECKS,
}


@dataclass(frozen=True, slots=True)
class Check:
    """One question to one component; call it to ask."""

    function: Callable[[Any], None]
    component: Component

    def __call__(self) -> None:
        """Raise AssertionError unless the component does what it must."""
        try:
            self.function(self.component)
        except ValueError as error:
            if "read-only" not in str(error):
                raise
            raise AssertionError("It wrote to an array that it was given: copy it first.") from error

    def __str__(self) -> str:
        return f"{self.component.name} {self.function.__name__.replace('_', ' ')}"


def component_checks(component: Component) -> list[Check]:
    """Every check for the kind of a component, first of all those for any kind."""
    return [Check(function, component) for function in (*components.CHECKS, *CHECKS[component.kind])]
