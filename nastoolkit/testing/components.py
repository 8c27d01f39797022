"""What every component must do, whatever its kind."""

from nastoolkit.checking import checked, json_table
from nastoolkit.components import Component, check_component
from nastoolkit.describe import fields_of
from nastoolkit.errors import NastoolkitError
from nastoolkit.testing.samples import expect


def keeps_the_rules_of_components(component: Component) -> None:
    """A frozen, slotted dataclass with a kind, a name and a version of the contracts."""
    try:
        check_component(type(component))
    except NastoolkitError as error:
        raise AssertionError(str(error)) from error
    expect("__slots__" in vars(type(component)), "Decorate the class with @dataclass(frozen=True, slots=True).")


def can_be_written_in_a_configuration(component: Component) -> None:
    """Its fields go through JSON and come back the same."""
    kind = type(component)
    table = json_table(kind, component)
    try:
        again = checked(component.kind, kind, table)
    except NastoolkitError as error:
        raise AssertionError(f"Its fields, written as {table}, are refused when they are read: {error}") from error
    expect(again == component, f"Its fields come back changed: {component} was written, {again} read.")


def documents_every_field(component: Component) -> None:
    """The class docstring has an entry for each field, which ``nastoolkit plugins show`` prints."""
    silent = [field.name for field in fields_of(type(component)) if not field.documentation]
    expect(not silent, f"The class docstring says nothing of {', '.join(silent)} under `Args:`.")


CHECKS = (keeps_the_rules_of_components, can_be_written_in_a_configuration, documents_every_field)
