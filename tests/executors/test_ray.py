"""The package nastoolkit-ray, on a cluster of two nodes with one core each, and a head with none."""

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nastoolkit_ray
import pytest
import ray
import troubled
from fakes import Lab

from nastoolkit.components import Origin
from nastoolkit.errors import ConfigError, DataError, NastoolkitError
from nastoolkit.session import verify_run

pytestmark = [
    # What Ray itself leaves open or calls.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning:ray"),
    pytest.mark.filterwarnings("ignore::FutureWarning:ray"),
]


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    from ray.cluster_utils import Cluster

    tests = Path(__file__).parents[1]
    folders = [tests, tests / "executors", tests.parent / "plugins" / "nastoolkit-ray"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join(map(str, folders)))  # workers import the plugins of the tests
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


@pytest.mark.usefixtures("cluster")
def test_the_bits_are_those_of_one_process(lab: Lab) -> None:
    there = lab.start(settings())
    assert lab.digests(there["run"]) == here(lab)
    assert verify_run(there["run"], lab.plugins, lab.said.append, executor={"use": "local"})["equal"]


@pytest.mark.usefixtures("cluster")
@pytest.mark.parametrize(("trouble", "limit"), [("death", 60.0), ("sleep", 8.0)])
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


@pytest.mark.usefixtures("cluster")
def test_errors_are_those_of_one_process(lab: Lab) -> None:
    with pytest.raises(DataError, match=r"^There is something wrong with the data\.$"):
        lab.start(settings(fitness__trouble="error"))
