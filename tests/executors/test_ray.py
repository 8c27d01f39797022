"""The package nastoolkit-ray, on a cluster of two nodes with one core each, and a head with none."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nastoolkit_ray
import pytest
import troubled
from fakes import Lab
from nastoolkit_ray.cluster import ray
from nastoolkit_ray.pool import LEFT
from ray.exceptions import ActorDiedError, OutOfMemoryError

from nastoolkit.components import Origin
from nastoolkit.errors import ConfigError, DataError, Interrupted, NastoolkitError, PluginError
from nastoolkit.hookspecs import hookimpl
from nastoolkit.plugins import register
from nastoolkit.session import verify_run
from nastoolkit.storage.records import Generation, Run
from nastoolkit.testing import component_checks

pytestmark = [
    # What Ray itself leaves open or calls.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning:ray"),
    pytest.mark.filterwarnings("ignore::FutureWarning:ray"),
]


TESTS = Path(__file__).parents[1]
FOLDERS = os.pathsep.join(
    map(str, [TESTS.parent, TESTS, TESTS / "executors", TESTS.parent / "plugins" / "nastoolkit-ray"])
)
"""Where workers find the plugins of the tests."""


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    from ray.cluster_utils import Cluster

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", FOLDERS)
        patch.setenv("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
        made = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, "include_dashboard": False})
        for _ in range(2):
            made.add_node(num_cpus=1)
        ray.init(address=made.address, log_to_driver=False)
        yield made
        ray.shutdown()
        made.shutdown()


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lab:
    monkeypatch.chdir(tmp_path)
    made = Lab()
    made.plugins.add(nastoolkit_ray, Origin("ray", "nastoolkit-ray", "0.1.0"))
    made.plugins.add(troubled, Origin("troubled", "troubled", "1.0"))
    return made


def settings(**more: Any) -> dict[str, Any]:
    return {"fitness.use": "troubled", "executor.use": "ray", "executor.networks": 2} | {
        key.replace("__", "."): value for key, value in more.items()
    }


def here(lab: Lab) -> list[str]:
    return lab.digests(lab.start({"fitness.use": "troubled"})["run"])


def test_a_cluster_that_is_not_there_is_told(lab: Lab) -> None:
    with pytest.raises(ConfigError, match=r"address = '127\.0\.0\.1:9': there is no Ray cluster"):
        lab.start(settings(executor__address="127.0.0.1:9"))


@pytest.mark.slow
def test_a_cluster_that_an_island_has_started_is_there_for_all(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before any test has made one: Ray's processes must not end with the thread of an evaluation."""
    assert not ray.is_initialized()
    monkeypatch.setenv("PYTHONPATH", FOLDERS)
    try:
        found = lab.start(islands())
    finally:
        ray.shutdown()
    assert {one["generations"] for one in found["islands"]} == {6}


@pytest.mark.usefixtures("cluster")
def test_the_bits_are_those_of_one_process(lab: Lab) -> None:
    there = lab.start(settings())
    assert lab.digests(there["run"]) == here(lab)
    assert verify_run(there["run"], lab.plugins, lab.said.append, executor={"use": "local"})["equal"]


@pytest.mark.usefixtures("cluster")
@pytest.mark.parametrize(("trouble", "limit"), [("death", 60.0), pytest.param("sleep", 8.0, marks=pytest.mark.slow)])
def test_what_is_lost_is_evaluated_elsewhere(lab: Lab, tmp_path: Path, trouble: str, limit: float) -> None:
    mark = tmp_path / "mark"
    there = lab.start(
        settings(fitness__mark=str(mark), fitness__trouble=trouble, executor__time_limit=limit, executor__attempts=9),
    )
    assert mark.exists()
    assert lab.digests(there["run"]) == here(lab)


def test_a_node_may_leave_in_the_middle_of_a_generation(cluster: Any, lab: Lab, tmp_path: Path) -> None:
    mark = tmp_path / "mark"

    def leave() -> None:
        while not mark.exists() or not (node := mark.read_text()):
            time.sleep(0.01)
        cluster.remove_node(next(one for one in cluster.list_all_nodes() if one.node_id == node))

    leaving = threading.Thread(target=leave)
    leaving.start()
    there = lab.start(settings(fitness__mark=str(mark), fitness__trouble="sleep"))
    leaving.join()
    cluster.add_node(num_cpus=1)
    assert lab.digests(there["run"]) == here(lab)


@pytest.mark.usefixtures("cluster")
def test_what_is_lost_again_and_again_ends_the_search(lab: Lab) -> None:
    with pytest.raises(NastoolkitError, match=r"were begun 2 times on the Ray cluster \(executor.attempts\)"):
        lab.start(settings(fitness__trouble="death", executor__attempts=2))


def is_halved(lab: Lab, more: dict[str, Any], reason: str) -> bool:
    """Whether a search goes on with half as many networks at once where memory runs out on a worker for once."""
    found = lab.start(more)
    (incident,) = found["incidents"]
    assert reason in incident["text"]
    assert {one.chunk for one in lab.generations(found["run"])} == {2}
    return verify_run(found["run"], lab.plugins, lab.said.append, executor={"use": "local"})["equal"]


@pytest.mark.usefixtures("cluster")
def test_a_worker_without_memory_has_the_search_halve(lab: Lab, tmp_path: Path) -> None:
    more = settings(fitness__mark=str(tmp_path / "mark"), fitness__trouble="memory")
    assert is_halved(lab, more, "Memory ran out (8 TiB).")


@pytest.mark.usefixtures("cluster")
def test_workers_that_are_killed_for_memory_have_the_search_halve(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker that dies stands for one that Ray's memory monitor has killed, with its error."""
    get = ray.get

    def killed(answer: Any) -> Any:
        try:
            return get(answer)
        except ActorDiedError:
            raise OutOfMemoryError("1 worker(s) were killed.\nAnd much more.") from None

    monkeypatch.setattr(ray, "get", killed)
    more = settings(fitness__mark=str(tmp_path / "mark"), fitness__trouble="death", executor__attempts=1)
    assert is_halved(lab, more, "came to nothing; the last time because: 1 worker(s) were killed.)")


@pytest.mark.slow
@pytest.mark.usefixtures("cluster")
def test_it_keeps_the_contract_of_executors_from_several_threads_too() -> None:
    for check in component_checks(nastoolkit_ray.RayExecutor(networks=2)):
        check()


@pytest.mark.usefixtures("cluster")
def test_errors_are_those_of_one_process(lab: Lab) -> None:
    with pytest.raises(DataError, match=r"^There is something wrong with the data\.$"):
        lab.start(settings(fitness__trouble="error"))


@pytest.mark.usefixtures("cluster")
@pytest.mark.parametrize("workers", [2, pytest.param(1, marks=pytest.mark.slow)])
def test_what_a_fitness_function_fails_for_is_lost_and_told_as_in_one_process(lab: Lab, workers: int) -> None:
    local = lab.start({"fitness.use": "troubled", "fitness.trouble": "picky"})
    there = lab.start(settings(fitness__trouble="picky", executor__workers=workers))
    assert local["incidents"]
    assert there["incidents"] == local["incidents"]
    assert lab.digests(there["run"]) == lab.digests(local["run"])


@pytest.mark.slow
@pytest.mark.usefixtures("cluster")
def test_a_fitness_function_that_never_returns_is_interrupted_on_a_worker(lab: Lab) -> None:
    with pytest.raises(PluginError, match=r"^The fitness 'troubled' took longer than 1 s in measure\(\)"):
        lab.start(settings(fitness__trouble="sleep", search__plugin_time_limit=1))


class Logbook:
    """A watcher that knows which island saved which generation, and a plugin that holds an island up.

    Args:
        held: generations of other islands that the first one's second population waits for.
        stop: generations after which Ctrl-C is pressed.
    """

    def __init__(self, held: int = 0, stop: int = 10**6) -> None:
        self.saved: list[tuple[int, int]] = []
        self.calls = 0
        self._held, self._stop = held, stop
        self._enough = threading.Event()

    @hookimpl
    def nastoolkit_evaluate_population(self, subjects: Any, stream: Any) -> None:
        self.calls += 1
        if self.calls == 4 and self._held:
            assert self._enough.wait(60)

    @hookimpl
    def nastoolkit_generation_finished(self, run: Run, generation: Generation) -> None:
        self.saved.append((run.config["search"]["island"], generation.number))
        if len(self.saved) >= self._held:
            self._enough.set()
        if len(self.saved) == self._stop:
            raise KeyboardInterrupt


def islands(**more: Any) -> dict[str, Any]:
    return {
        **settings(**more),
        "search.islands": 3,
        "search.migration_interval": 2,
        "search.generations": 6,
    }


@pytest.mark.slow
@pytest.mark.usefixtures("cluster")
def test_no_island_waits_for_another(lab: Lab) -> None:
    """One island's population takes until the others have come to their end."""
    register(lab.plugins.manager, logbook := Logbook(held=3 + 2 * 5), "logbook")
    found = lab.start(islands())
    slow, number = logbook.saved[-1]
    assert number == 5
    assert [island for island, _ in logbook.saved[-5:]] == [slow] * 5
    assert {one["generations"] for one in found["islands"]} == {6}
    there = [one["migrations"] for one in found["islands"]]
    assert {one["from_generation"] for one in there[slow % 3]} == {0}  # its neighbour took what was there
    assert {one["from_generation"] for one in there[slow - 1]} == {5}
    assert verify_run(found["run"], lab.plugins, lab.said.append, executor={"use": "local"})["equal"]


def test_whatever_is_asked_of_ray_connects_to_nothing_by_itself() -> None:
    asked = "from nastoolkit_ray.pool import ray; ray.put(0)"
    environ = {**os.environ, "PYTHONPATH": FOLDERS}
    done = subprocess.run([sys.executable, "-c", asked], env=environ, capture_output=True, text=True, check=False)
    assert "RaySystemError" in done.stderr


def test_an_evaluation_that_is_left_behind_does_not_connect_anew(cluster: Any, lab: Lab, tmp_path: Path) -> None:
    """Ctrl-C waits for no island's thread, so one may still be there when its process leaves the cluster."""
    mark, errors = tmp_path / "mark", list[NastoolkitError]()

    def search() -> None:
        try:
            lab.start(settings(fitness__mark=str(mark), fitness__trouble="sleep"))
        except NastoolkitError as error:
            errors.append(error)

    searching = threading.Thread(target=search)
    searching.start()
    while not mark.exists():
        time.sleep(0.01)
    ray.shutdown()
    searching.join(60)
    connected = ray.is_initialized()
    ray.init(address=cluster.address, log_to_driver=False, ignore_reinit_error=True)
    assert not connected
    assert [str(error) for error in errors] == [LEFT]


@pytest.mark.usefixtures("cluster")
def test_islands_that_were_interrupted_lose_no_generation_that_was_saved(lab: Lab) -> None:
    with pytest.raises(Interrupted):
        lab.start({**islands(), "out": "stopped"}, Logbook(stop=7))
    found = lab.resume("stopped", logbook := Logbook())
    assert len(logbook.saved) == 3 * 6 - 7
    assert {one["generations"] for one in found["islands"]} == {6}
    assert verify_run("stopped", lab.plugins, lab.said.append, executor={"use": "local"})["equal"]


@pytest.mark.slow
@pytest.mark.usefixtures("cluster")
def test_what_is_lost_of_an_island_is_evaluated_elsewhere(lab: Lab, tmp_path: Path) -> None:
    trouble = {"fitness__mark": str(tmp_path / "mark"), "fitness__trouble": "death"}
    found = lab.start(islands(**trouble, executor__attempts=9))
    assert {one["generations"] for one in found["islands"]} == {6}
    assert verify_run(found["run"], lab.plugins, lab.said.append, executor={"use": "local"})["equal"]


@pytest.mark.slow
@pytest.mark.usefixtures("cluster")
def test_an_error_on_an_island_is_that_of_one_process(lab: Lab) -> None:
    with pytest.raises(DataError, match=r"^There is something wrong with the data\.$"):
        lab.start(islands(fitness__trouble="error"))
