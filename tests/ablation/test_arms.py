"""What is varied, and what its values are called."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nastoolkit.ablation.arms import arms_of
from nastoolkit.errors import UsageError


def told(*varied: str) -> list[tuple[str, dict[str, object]]]:
    return [(arm.name, dict(arm.settings)) for arm in arms_of(varied)]


def test_a_kind_of_component_is_varied_by_its_name() -> None:
    assert told("initializer = coe, random") == [
        ("coe", {"initializer.use": "coe"}),
        ("random", {"initializer.use": "random"}),
    ]


@pytest.mark.parametrize(
    ("text", "values", "names"),
    [
        ("trainer.epochs=5,10", [5, 10], ["epochs=5", "epochs=10"]),
        ("coe.at=0.5,1e-2", [0.5, 0.01], ["at=0.5", "at=0.01"]),
        ("mutation.per_bit=true,false", [True, False], ["per_bit=true", "per_bit=false"]),
        ("trainer.activation=relu,tanh", ["relu", "tanh"], ["activation=relu", "activation=tanh"]),
        ('search.phases=[["evolve"], ["grow", "evolve"]]', [["evolve"], ["grow", "evolve"]], None),
        ('initializer=["coe", "random"]', ["coe", "random"], ["coe", "random"]),
    ],
)
def test_values_are_toml_else_texts(text: str, values: list[object], names: list[str] | None) -> None:
    arms = arms_of([text])
    assert [next(iter(arm.settings.values())) for arm in arms] == values
    assert names is None or [arm.name for arm in arms] == names


def test_several_keys_make_every_combination() -> None:
    found = told("initializer=coe,random", "trainer.epochs=5,10")
    assert [name for name, _ in found] == ["coe, epochs=5", "coe, epochs=10", "random, epochs=5", "random, epochs=10"]
    assert found[1][1] == {"initializer.use": "coe", "trainer.epochs": 10}


@given(st.lists(st.integers(), min_size=2, max_size=6, unique=True))
def test_every_value_is_one_arm_in_the_order_in_which_they_are_given(values: list[int]) -> None:
    arms = arms_of([f"trainer.epochs={','.join(map(str, values))}"])
    assert [arm.settings["trainer.epochs"] for arm in arms] == values
    assert len({arm.name for arm in arms}) == len(values)


@pytest.mark.parametrize(
    ("varied", "message"),
    [
        ([], r"There is one arm, and nothing to compare it with\. Give two values or more: --vary initializer=coe"),
        (["initializer=coe"], r"There is one arm \(coe\), and nothing to compare it with"),
        (["initializer=coe,coe"], "two arms 'coe': a comparison with itself says nothing"),
        (["initializer=coe,random", "initializer.use=rbn,random"], r"--vary initializer\.use is given twice"),
        (["initializer"], r"'initializer' is not of the form KEY=VALUE,VALUE"),
        (["=coe,random"], "is not of the form"),
        (["initializer= "], "is not of the form"),
        (["initializer=coe,,random"], "is not of the form"),
        (["initializer=[]"], "There is one arm"),
        (["dataset=digits,wine"], r"--vary dataset\.use cannot be\. Use --dataset for several data sets"),
        (["dataset.path=a.csv,b.csv"], "Use --dataset"),
        (["seed=1,2"], "use --seeds for more of them"),
        (["out=a,b"], "use --out"),
        (["search.evaluations=10,20"], "Every arm has the same budget"),
        (["search.generations=10,20"], "Every arm has the same budget"),
        (["search.minutes=1,2"], "Every arm has the same budget"),
    ],
)
def test_what_cannot_be_compared_is_refused_with_the_way_out(varied: list[str], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        arms_of(varied)
