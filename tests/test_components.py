from dataclasses import dataclass
from typing import Annotated, ClassVar

import pytest

from nastoolkit.arrays import Genomes
from nastoolkit.competition.base import Competition
from nastoolkit.components import KINDS, SHIPPED, Component, Failure, Origin, Registry, check_component
from nastoolkit.datasets.base import Dataset
from nastoolkit.encoders.base import Encoder
from nastoolkit.encoders.matrix import MatrixEncoder
from nastoolkit.errors import ConfigError, PluginError
from nastoolkit.executors.base import Executor
from nastoolkit.fitness.base import Fitness
from nastoolkit.genome import Layout
from nastoolkit.initializers.base import Initializer
from nastoolkit.operators.base import Crossover, Mutation, Replacement, Selection
from nastoolkit.pruners.base import Pruner
from nastoolkit.rng import Stream
from nastoolkit.schedulers.base import Scheduler
from nastoolkit.trainers.base import Trainer

OURS = Origin(SHIPPED, "nastoolkit", "0.1.0")
THEIRS = Origin("hello", "nastoolkit-hello", "2.0")
OTHERS = Origin("other", "nastoolkit-other", "3.0")


class Plain(Initializer):
    name: ClassVar[str] = "plain"

    def genomes(self, size: int, layout: Layout, stream: Stream) -> Genomes:
        raise NotImplementedError


def start(called: object, **members: object) -> type[Initializer]:
    """An initializer; whether it is a valid one is up to the members."""
    return dataclass(frozen=True)(type("Start", (Plain,), {"name": called, **members}))


class TestRegistry:
    def test_finds_a_component_and_where_it_comes_from(self) -> None:
        registry = Registry()
        registry.add([MatrixEncoder], OURS)
        registry.add([ones := start("ones")], THEIRS)
        found = registry.get("initializer", "ones")
        assert (found.component, found.origin) == (ones, THEIRS)
        assert registry.get("encoder", "matrix").component is MatrixEncoder

    def test_lists_by_kind_in_the_order_of_a_run_and_then_by_name(self) -> None:
        registry = Registry()
        registry.add([start("b"), start("a"), MatrixEncoder], THEIRS)
        assert [(one.component.kind, one.component.name) for one in registry] == [
            ("encoder", "matrix"),
            ("initializer", "a"),
            ("initializer", "b"),
        ]
        assert registry.names("initializer") == ["a", "b"]

    def test_one_name_may_stand_for_a_component_of_each_kind(self) -> None:
        registry = Registry()
        registry.add([MatrixEncoder, start("matrix")], THEIRS)
        assert registry.get("initializer", "matrix").component is not registry.get("encoder", "matrix").component

    @pytest.mark.parametrize(
        ("kind", "name", "message"),
        [
            ("encodr", "matrix", "There is no kind of component called 'encodr'. Did you mean 'encoder'?"),
            ("encoder", "matrx", "There is no encoder called 'matrx'. Did you mean 'matrix'?"),
            ("encoder", "tree", "There is no encoder called 'tree'. Known: matrix."),
            ("trainer", "keras", "There is no trainer called 'keras'. There is none."),
        ],
    )
    def test_an_unknown_name_is_answered_with_the_nearest(self, kind: str, name: str, message: str) -> None:
        registry = Registry()
        registry.add([MatrixEncoder], OURS)
        with pytest.raises(ConfigError) as caught:
            registry.get(kind, name)
        assert str(caught.value) == message

    def test_an_unknown_name_may_be_that_of_a_plugin_that_failed(self) -> None:
        registry = Registry([Failure(THEIRS, "ImportError: no module named 'numpi'")])
        registry.add([start("random")], OURS)
        with pytest.raises(PluginError) as caught:
            registry.get("initializer", "ones")
        assert str(caught.value) == (
            "There is no initializer called 'ones'. Known: random. "
            "The plugin hello (nastoolkit-hello 2.0) failed to load: ImportError: no module named 'numpi'"
        )

    def test_a_conflict_stops_only_who_names_it(self) -> None:
        registry = Registry()
        registry.add([start("ones"), start("mine")], THEIRS)
        registry.add([start("ones")], OTHERS)
        assert registry.claimants("initializer", "ones") == [THEIRS, OTHERS]
        assert registry.get("initializer", "mine").origin == THEIRS
        with pytest.raises(PluginError, match=r"hello \(nastoolkit-hello 2.0\) and other \(nastoolkit-other 3.0\)"):
            registry.get("initializer", "ones")

    def test_a_shipped_name_cannot_be_taken_over(self) -> None:
        registry = Registry()
        registry.add([start("random")], OURS)
        with pytest.raises(PluginError, match="'random', which is the initializer that nastoolkit ships"):
            registry.add([start("ones"), start("random")], THEIRS)
        assert [one.component.name for one in registry] == ["random"]

    def test_a_plugin_with_one_bad_component_leaves_none(self) -> None:
        registry = Registry()
        with pytest.raises(PluginError):
            registry.add([start("ones"), int], THEIRS)
        assert list(registry) == []

    def test_a_plugin_offers_a_name_once(self) -> None:
        with pytest.raises(PluginError, match="two components of kind initializer called 'ones'"):
            Registry().add([start("ones"), start("ones")], THEIRS)


@dataclass
class Melting(Plain):
    pass


class Heir(Encoder):
    name: ClassVar[str] = "heir"


@dataclass(frozen=True)
class Typeless(Plain):
    size: "Annotated[int, Missing]" = 1  # noqa: F821 - that is the point


@dataclass(frozen=True)
class Kindless(Component):
    name: ClassVar[str] = "kindless"


class TestCheckComponent:
    @pytest.mark.parametrize("component", [MatrixEncoder, start("ones")])
    def test_lets_a_good_one_through(self, component: object) -> None:
        check_component(component)

    @pytest.mark.parametrize(
        ("component", "message"),
        [
            ("ones", "'ones' is not a component"),
            (int, "int is not a component"),
            (start("ones")(), "is not a component"),
            (Kindless, "Kindless has no known kind"),
            (start("ones", kind="initializer"), "Start has no known kind"),
            (start("ones", kind="poem"), "Start has no known kind"),
            (start(""), "Start has no name"),
            (start(7), "Start has no name"),
            (start("ones", api=2), "Start was written for api 2; this nastoolkit has api 1"),
            (Heir, "Heir lacks decode, layout, quanta"),
            (Plain, "Plain is not a frozen dataclass"),
            (Melting, "Melting is not a frozen dataclass"),
            (type("Twos", (start("ones"),), {"name": "twos"}), "Twos is not a frozen dataclass"),
            (Typeless, r"fields of Typeless can't be checked \(name 'Missing' is not defined\)"),
        ],
    )
    def test_names_the_rule_that_is_broken(self, component: object, message: str) -> None:
        with pytest.raises(PluginError, match=message):
            check_component(component)

    def test_every_kind_has_one_contract(self) -> None:
        contracts = (Dataset, Encoder, Initializer, Trainer, Competition, Fitness)
        contracts += (Selection, Crossover, Mutation, Replacement, Pruner, Executor, Scheduler)
        assert tuple(contract.kind for contract in contracts) == KINDS
