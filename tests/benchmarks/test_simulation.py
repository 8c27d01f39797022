"""The simulation of a search on a cluster, against what can be said in closed form."""

from math import ceil
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from simulation_events import Agenda, Server
from simulation_model import Simulation
from simulation_terms import Cluster, Costs, Course, Population, dealt, line

FREE: dict[str, Any] = {
    "start": 0.0,
    "load": 0.0,
    "compile": {"a": 0.0, "b": 0.0},
    "call": {"a": [1.0], "b": [2.0]},
    "chunk": 1,
    "send": 0.0,
    "take": 0.0,
    "wait": (0.0, 0.0),
    "propose": (0.0, 0.0),
    "save": (0.0, 0.0),
    "answer": 0.0,
}
seconds = st.floats(0, 5)
generations = st.lists(st.lists(st.sampled_from("ab"), max_size=30), min_size=1, max_size=4)


def course(cluster: Cluster, *islands: list[list[str]], individuals: int = 10, seed: int = 0, **costs: Any) -> Course:
    populations = [Population(individuals, one) for one in islands]
    return Simulation(Costs(**FREE | costs), cluster, seed).run(populations)


def of_a(number: int, generations: int = 1) -> list[list[str]]:
    return [["a"] * number] * generations


def test_one_worker_takes_the_sum_of_all_costs() -> None:
    found = course(
        Cluster(1, networks=4),
        [["a", "a", "b", "b", "b"], ["a"]],
        start=100.0,
        load=50.0,
        compile={"a": 20.0, "b": 30.0},
        chunk=2,
        send=0.5,
        take=0.125,
        wait=(0.0625, 1.0),
        propose=(3.0, 0.1),
        save=(5.0, 0.2),
    )
    workers = 100 + 50 + 20 + 30 + (1 + 2) + 2 + 1  # calls: a and b, b, a
    driver = 3 * (0.5 + 0.125 + 0.0625 + 1) + 2 * (3 + 1 + 5 + 2) - (3 + 1)  # the first offspring, while it comes up
    assert found.wall == pytest.approx(workers + driver)
    assert found.spent["padding"] == pytest.approx(1.5)


@given(workers=st.integers(1, 40), tasks=st.integers(1, 200), generations=st.integers(1, 3))
def test_equal_tasks_take_as_many_rounds_as_there_are_tasks_for_a_worker(
    workers: int, tasks: int, generations: int
) -> None:
    found = course(Cluster(workers, networks=1), of_a(tasks, generations))
    assert found.wall == generations * ceil(tasks / workers)


@given(st.integers(1, 40), st.floats(0.01, 0.9))
def test_what_is_serial_bounds_the_speed_up_as_amdahl_says(workers: int, serial: float) -> None:
    parallel, tasks = 1 - serial, 40
    costs: dict[str, Any] = {"call": {"a": [parallel / tasks]}, "save": (serial, 0.0)}
    one, many = (course(Cluster(n, networks=1), of_a(tasks), **costs).wall for n in (1, workers))
    bound = 1 / (serial + parallel / workers)
    assert one == pytest.approx(1)
    assert one / many <= bound * (1 + 1e-9)
    if tasks % workers == 0:
        assert one / many == pytest.approx(bound)


@given(generations, generations, st.integers(1, 12), st.integers(1, 6), seconds, seconds, seconds)
def test_the_time_of_all_workers_is_accounted_for(
    first: list[list[str]],
    second: list[list[str]],
    workers: int,
    networks: int,
    serial: float,
    load: float,
    latency: float,
) -> None:
    found = course(
        Cluster(workers, networks, bandwidth=10, latency=latency),
        first,
        second,
        load=load,
        compile={"a": 3.0, "b": 4.0},
        chunk=4,
        call={"a": [1.0, 1.5, 3.0], "b": [2.0]},
        send=serial / 10,
        take=serial / 5,
        wait=(0.0, serial / 100),
        save=(serial, 0.0),
        answer=2.0,
    )
    assert sum(found.spent.values()) == pytest.approx(workers * found.wall)
    assert len(found.saved) == len(first) + len(second)
    assert all(one >= 0 for one in found.spent.values())


def test_every_worker_compiles_every_program_once() -> None:
    found = course(Cluster(3, networks=1), [["a"] * 9, ["b"] * 9, ["a", "b"] * 9], compile={"a": 10.0, "b": 100.0})
    assert found.spent["compile"] == 3 * 110
    assert course(Cluster(3, warm=True), of_a(9), compile={"a": 10.0}, start=9.0, load=9.0).spent["compile"] == 0


def test_a_call_takes_as_long_for_fewer_networks() -> None:
    few, many = (course(Cluster(1), of_a(n), chunk=5) for n in (1, 5))
    assert few.wall == many.wall == 1
    assert few.spent["padding"] == pytest.approx(0.8)


def test_a_generation_waits_for_its_slowest_network() -> None:
    found = course(Cluster(4, networks=1), [["b", "a", "a", "a"]])
    assert found.wall == 2
    assert found.spent["stragglers"] == 3
    assert course(Cluster(9, networks=1), of_a(4)).spent["few networks"] == 5


def test_islands_do_not_wait_for_each_other() -> None:
    slow, fast = [["b"], ["b"]], [["a"], ["a"]]
    assert course(Cluster(2), slow, fast).saved == [1, 2, 2, 4]
    assert course(Cluster(2), [["b", "a"], ["b", "a"]]).saved == [2, 4]
    alternating = [["a"], ["b"]], [["b"], ["a"]]
    assert course(Cluster(2), *alternating).wall == 3  # where a barrier would make it 4


def test_a_generation_is_cut_into_a_task_for_every_worker() -> None:
    calls = {"send": 1.0, "call": {"a": [0.0]}}  # so the time is that of the tasks' number
    assert course(Cluster(3, networks=5), of_a(10), **calls).wall == 3  # 4, 4, 2
    assert course(Cluster(3, networks=2), of_a(10), **calls).wall == 5
    assert course(Cluster(30, networks=5), of_a(10), **calls).wall == 10
    assert course(Cluster(3, networks=5), [[]], **calls).wall == 0


def test_every_island_looks_for_every_answer() -> None:
    costs = {"wait": (1.0, 0.5), "call": {"a": [0.0]}}
    assert course(Cluster(1), of_a(1), **costs).wall == 1.5
    assert course(Cluster(1), of_a(1), of_a(1), **costs).wall == 2 * 1.5 + 1.5


def test_answers_come_in_one_after_another() -> None:
    found = course(Cluster(4, networks=1, bandwidth=10, latency=0.25), of_a(4), answer=20.0)
    assert found.wall == 0.25 + 1 + 4 * 2 + 0.25


def test_the_driver_bounds_the_throughput() -> None:
    found = course(Cluster(500, networks=1), of_a(1000), send=0.01, take=0.03)
    assert found.wall == pytest.approx(1000 * 0.04, rel=0.03)
    assert found.spent["driver"] > 0.9 * 500 * found.wall


@pytest.mark.parametrize("load", [0.3, 0.6, 0.8])
def test_a_server_with_random_arrivals_keeps_them_waiting_as_pollaczek_and_khinchine_say(load: float) -> None:
    agenda, random, waits, arrivals = Agenda(), Random(1), [], 60_000  # noqa: S311 - no secret
    server, service, moment = Server(agenda), 1.0, 0.0

    def arrive() -> None:
        came = agenda.now
        server.do(service, lambda: waits.append(agenda.now - came - service))

    for _ in range(arrivals):
        moment += random.expovariate(load / service)
        agenda.after(moment, arrive)
    agenda.run()
    assert sum(waits) / arrivals == pytest.approx(service * load / (2 * (1 - load)), rel=0.05)  # M/D/1


@given(st.lists(st.integers(1, 9), min_size=1, max_size=5), st.integers(0, 500))
def test_networks_are_dealt_out_by_the_shares_of_their_buckets(weights: list[int], number: int) -> None:
    mix = {str(n): weight / sum(weights) for n, weight in enumerate(weights)}
    found = dealt(mix, number)
    assert len(found) == number
    assert found == sorted(found)
    assert all(abs(found.count(name) - number * share) <= 1 for name, share in mix.items())


def test_a_line_passes_through_both_ends() -> None:
    once, each = line({100: 7.0, 10: 2.5, 50: 9.0})
    assert once + 10 * each == pytest.approx(2.5)
    assert once + 100 * each == pytest.approx(7)
    assert line({1: 2.0, 1000: 1.0}) == (2, 0)
