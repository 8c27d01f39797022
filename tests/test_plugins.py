import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from distributions import HELLO, initializer, install, pip_install

from nastoolkit.architecture import Signature
from nastoolkit.components import Origin
from nastoolkit.encoders.matrix import MatrixEncoder
from nastoolkit.errors import ConfigError, PluginError
from nastoolkit.initializers.random import RandomInitializer
from nastoolkit.plugins import Plugins, load_plugins, one_by_one
from nastoolkit.rng import Stream

HOOK = "import nastoolkit as nas\n@nas.hookimpl\n"


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of installed distributions, forgotten after the test."""
    monkeypatch.syspath_prepend(tmp_path)
    yield tmp_path
    for name in [name for name, module in sys.modules.items() if str(tmp_path) in str(getattr(module, "__file__", ""))]:
        del sys.modules[name]


def load(*names: str) -> Plugins:
    """The shipped components and these plugins."""
    return load_plugins({"NASTOOLKIT_PLUGINS": ",".join(names)})


def only_failure(plugins: Plugins) -> str:
    (failure,) = plugins.failures
    return failure.error


def test_hello_as_pip_installs_it_gives_every_connection_at_the_base_hyperparameters(site: Path) -> None:
    pip_install(site, HELLO)
    plugins = load("hello")
    assert plugins.loaded[1] == Origin("hello", "nastoolkit-hello", "0.1.0")
    encoder, stream = MatrixEncoder(), Stream(0)
    layout = encoder.layout(Signature(4, 3))
    genomes = plugins.component("initializer", "ones")().genomes(6, layout, stream)
    assert (genomes.shape, genomes.dtype) == ((6, 51), np.uint8)
    assert genomes[:, :31].all()
    np.testing.assert_array_equal(genomes[:, 31:], np.tile(layout.base[31:], (6, 1)))
    assert len(encoder.decode(genomes[0], Signature(4, 3)).edges) == 21


def test_shipped_components_come_first_and_plugins_by_name(site: Path) -> None:
    for name in ("zeta", "alpha"):
        install(site, name, initializer(f"start of {name}"))
    assert [origin.plugin for origin in load("zeta", "alpha").loaded] == ["nastoolkit", "alpha", "zeta"]


def test_two_sessions_share_nothing(site: Path) -> None:
    install(site, "good", initializer("ones"))
    with_it, without_it = load("good"), load_plugins({"NASTOOLKIT_PLUGINS": "none"})
    assert with_it.manager.has_plugin("good")
    assert not without_it.manager.has_plugin("good")
    assert "ones" not in without_it.registry.names("initializer")


def test_each_plugin_is_asked_alone_the_last_one_first_within_what_wraps_the_hook(site: Path) -> None:
    section = "def nastoolkit_report_sections():\n    {}\n"
    for name in ("alpha", "zeta"):
        install(site, name, HOOK + section.format(f"return [('{name}', '')]"))
    wrapper = HOOK.replace("hookimpl", "hookimpl(wrapper=True)")
    install(site, "middle", wrapper + section.format("return [*(yield), 'wrapped']"))
    asked = one_by_one(load("alpha", "middle", "zeta").manager, "nastoolkit_report_sections")
    assert [(name, ask(run=None)) for name, ask in asked] == [
        ("zeta", [[("zeta", "")], "wrapped"]),
        ("alpha", [[("alpha", "")], "wrapped"]),
    ]


class TestChoice:
    def test_none_loads_no_plugin_at_all(self, site: Path) -> None:
        install(site, "good", initializer("ones"))
        assert [origin.plugin for origin in load("none").loaded] == ["nastoolkit"]
        assert "nastoolkit_good" not in sys.modules

    def test_names_load_those_and_import_no_other(self, site: Path) -> None:
        install(site, "good", initializer("ones"))
        install(site, "slow", "raise SystemError('not even imported')")
        plugins = load(" good ")
        assert [origin.plugin for origin in plugins.loaded] == ["nastoolkit", "good"]
        assert plugins.failures == []
        assert "nastoolkit_slow" not in sys.modules

    @pytest.mark.parametrize("environ", [{}, {"NASTOOLKIT_PLUGINS": ""}])
    def test_unset_or_empty_loads_all(self, site: Path, environ: dict[str, str]) -> None:
        install(site, "good", initializer("ones"))
        assert load_plugins(environ).manager.has_plugin("good")

    @pytest.mark.parametrize("choice", ["goode", "good,goode", "none,good", "good,"])
    def test_an_unknown_name_is_an_error_that_offers_the_nearest(self, site: Path, choice: str) -> None:
        install(site, "good", initializer("ones"))
        with pytest.raises(PluginError, match=r"names the plugin '(goode|none|)', which is not installed\. .*good"):
            load(choice)


class TestWall:
    @pytest.mark.parametrize(
        ("source", "error"),
        [
            ("import numpi", r"ModuleNotFoundError: No module named 'numpi' \(.*nastoolkit_bad\.py:1\)"),
            ("def broken(:", r"SyntaxError: .*nastoolkit_bad\.py, line 1"),
            ("\nraise SystemExit(3)", r"SystemExit: 3 \(.*nastoolkit_bad\.py:2\)"),
            ("import nastoolkit\nnastoolkit.Initialiser", "AttributeError: .*no attribute 'Initialiser'"),
            ("", "'bad' implements no hook: decorate its functions with @nastoolkit.hookimpl"),
            ("def nastoolkit_components(): return []", "'bad' implements no hook"),
            (
                HOOK + "def nastoolkit_componets(): return []",
                "no hook called 'nastoolkit_componets'. Did you mean 'nastoolkit_components'",
            ),
            (HOOK + "def nastoolkit_run_started(runs): pass", "nastoolkit_run_started.*'runs'.*can not be found"),
            (HOOK + "def nastoolkit_components(): 1 / 0", r"ZeroDivisionError: .*nastoolkit_bad\.py:3"),
            (HOOK + "def nastoolkit_components(): pass", "nastoolkit_components returned None: return a list"),
            (HOOK + "def nastoolkit_components(): return nas.Initializer", "returned .*Initializer.*: return a list"),
            (HOOK + "def nastoolkit_components(): return [int]", "int is not a component"),
            (HOOK + "def nastoolkit_components(): yield 'ones'", "'ones' is not a component"),
            (initializer("ones", api=9), "Start was written for api 9; this nastoolkit has api 1"),
            (initializer("ones").replace("frozen=True, ", ""), "Start is not a frozen dataclass"),
        ],
    )
    def test_a_broken_plugin_is_recorded_with_its_error_and_leaves_nothing(
        self, site: Path, source: str, error: str
    ) -> None:
        install(site, "bad", source)
        install(site, "good", initializer("ones"))
        plugins = load("bad", "good")
        (failure,) = plugins.failures
        assert failure.origin == Origin("bad", "nastoolkit-bad", "1.0")
        assert re.search(error, failure.error), failure.error
        assert "\n" not in failure.error
        assert not plugins.manager.has_plugin("bad")
        assert {one.origin.plugin for one in plugins.registry} == {"nastoolkit", "good"}

    def test_a_shipped_name_cannot_be_taken_over(self, site: Path) -> None:
        install(site, "thief", initializer("random"))
        plugins = load("thief")
        assert "'random', which is the initializer that nastoolkit ships" in only_failure(plugins)
        assert plugins.component("initializer", "random") is RandomInitializer

    def test_an_entry_point_to_nowhere(self, site: Path) -> None:
        install(site, "lost", "", entry="lost = nastoolkit_found")
        assert only_failure(load("lost")) == "ModuleNotFoundError: No module named 'nastoolkit_found'"

    @pytest.mark.parametrize("name", ["good", "nastoolkit"])
    def test_a_second_plugin_of_one_name_is_refused(self, site: Path, name: str) -> None:
        install(site, "good", initializer("ones"))
        install(site, "twin", initializer("twos"), entry=f"{name} = nastoolkit_twin")
        plugins = load("good", name)
        assert only_failure(plugins).startswith(f"The name {name!r}, or the module behind it, is another plugin's")
        assert plugins.component("initializer", "ones")
        assert plugins.component("encoder", "matrix") is MatrixEncoder

    def test_two_plugins_behind_one_module_are_one(self, site: Path) -> None:
        install(site, "good", initializer("ones"), entry="good = nastoolkit_good\nwell = nastoolkit_good")
        plugins = load("good", "well")
        assert only_failure(plugins).startswith("The name 'well', or the module behind it, is another plugin's")
        assert plugins.component("initializer", "ones")

    def test_what_a_plugin_prints_while_it_loads_goes_to_stderr(
        self, site: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        install(site, "loud", "print('hello')" + initializer("ones"))
        assert load("loud").failures == []
        assert capsys.readouterr() == ("", "hello\n")

    def test_ctrl_c_is_no_failure_of_a_plugin(self, site: Path) -> None:
        install(site, "slow", "raise KeyboardInterrupt")
        with pytest.raises(KeyboardInterrupt):
            load("slow")


class TestComponent:
    def test_two_plugins_with_one_name_stop_only_who_names_it(self, site: Path) -> None:
        for name in ("one", "two"):
            install(site, name, initializer("ones"))
        plugins = load("one", "two")
        assert plugins.failures == []
        assert plugins.component("encoder", "matrix") is MatrixEncoder
        with pytest.raises(PluginError, match=r"one \(nastoolkit-one 1.0\) and two \(nastoolkit-two 1.0\)"):
            plugins.component("initializer", "ones")

    def test_a_name_that_a_failed_plugin_might_offer_gets_its_error(self, site: Path) -> None:
        install(site, "bad", "import numpi")
        with pytest.raises(PluginError, match=r"called 'ones'.* bad \(nastoolkit-bad 1.0\) failed .*numpi"):
            load("bad").component("initializer", "ones")

    def test_without_failures_an_unknown_name_is_a_matter_of_configuration(self) -> None:
        with pytest.raises(ConfigError, match=r"no encoder called 'matrx'\. Did you mean 'matrix'"):
            load("none").component("encoder", "matrx")


def test_importing_the_loader_imports_no_component() -> None:
    code = "import sys, nastoolkit.plugins; print({'numpy', 'deap', 'tensorflow', 'pandas'} & {*sys.modules})"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout == "set()\n"


def test_components_are_found_without_the_libraries_that_they_compute_with() -> None:
    """Every command begins with this."""
    code = "import sys; from nastoolkit.plugins import load_plugins; load_plugins(); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert "deap" in loaded
    assert not loaded & {"tensorflow", "keras", "jax", "sklearn", "scipy", "pandas", "pyarrow", "PIL", "matplotlib"}
