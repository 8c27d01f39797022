"""Individuals to scores, with the fake trainer, whose networks are one number each."""

import gc
import json
import time
from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from typing import Any, cast

import numpy as np
import pytest
from fakes import EVENTS, FakeTrainer, Lab, network

from nastoolkit.architecture import Architecture, Signature
from nastoolkit.arrays import Scores
from nastoolkit.competition.base import Competition, Contest, Measure
from nastoolkit.datasets.base import Data
from nastoolkit.errors import ComponentError, PluginError
from nastoolkit.evaluation import Subject, evaluate_population
from nastoolkit.evaluator import Evaluator, counted, evaluate_together
from nastoolkit.fitness.base import Candidate, Fitness
from nastoolkit.fitness.paper import PaperFitness
from nastoolkit.genome import Hyperparameters
from nastoolkit.parts import Parts, build_parts
from nastoolkit.rng import Stream
from nastoolkit.state import Individual
from nastoolkit.storage.records import Counters, Evaluation
from nastoolkit.trainers.base import Trained, Trainer, Variant

ROOT = Stream(7)
SKIP = ((0, 1), (0, 2), (1, 2), (1, 3), (2, 3))


@pytest.fixture
def parts(lab: Lab) -> Parts:
    return build_parts(lab.config({"trainer.representations": 3}), lab.plugins)


@pytest.fixture
def data(parts: Parts) -> Data:
    return parts.dataset.load(ROOT).without_test()


def subject(data: Data, edges: Any = ((0, 1), (1, 2), (2, 3)), **genes: float) -> Subject:
    known = {"learning_rate": 0.03, "momentum": 0.8, "mutation_rate": 0.5, "crossover_rate": 0.5}
    return Subject(Architecture(data.signature, 8, (8, 4), edges), Hyperparameters(**{**known, **genes}))


@pytest.fixture
def subjects(data: Data) -> list[Subject]:
    """The second one diverges."""
    return [subject(data), subject(data, learning_rate=1.0), subject(data, SKIP), subject(data, momentum=0.0)]


def individuals(parts: Parts, data: Data, count: int) -> list[Individual]:
    layout = parts.encoder.layout(data.signature)
    return [Individual(bits, layout) for bits in parts.initializer.genomes(count, layout, ROOT).tolist()]


def test_the_key_stands_for_what_is_trained_alone(data: Data) -> None:
    one = subject(data)
    assert one.key == subject(data, mutation_rate=0.1, crossover_rate=0.9).key
    others = [subject(data, SKIP), subject(data, learning_rate=0.04), subject(data, momentum=0.7)]
    assert len({one.key, *(other.key for other in others)}) == 4


@pytest.mark.parametrize("n", range(4))
def test_the_key_is_the_digest_of_a_json_document(subjects: list[Subject], n: int) -> None:
    one = subjects[n]
    genes = one.hyperparameters
    document = [one.architecture.to_json(), genes.learning_rate.hex(), genes.momentum.hex()]
    assert one.key == sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()


def test_the_key_of_a_known_network_stays(data: Data) -> None:
    """Keys are stored, so they can't change from one release to the next."""
    architecture = Architecture(Signature(4, 3), 8, (8, 4), ((0, 1), (1, 2), (2, 3)))
    assert (
        Subject(architecture, subject(data).hyperparameters).key
        == "324731eaba08fd3705d19fee0547ad130f9321ab5380dd5569b38d65f9a0c378"
    )


def test_garbage_is_collected_while_networks_are_trained(parts: Parts, data: Data) -> None:
    seen: list[bool] = []

    def train(subjects: Sequence[Subject], **_: object) -> list[Evaluation]:
        seen.append(gc.isenabled())
        return evaluate_population(subjects, parts, data, ROOT)

    Evaluator(parts, data, ROOT, train).evaluate(individuals(parts, data, 2))
    assert seen == [True]
    assert gc.isenabled()


def test_the_best_representation_counts_and_all_are_kept(subjects: list[Subject], parts: Parts, data: Data) -> None:
    found = evaluate_population(subjects, parts, data, ROOT)
    for one in (found[0], found[2], found[3]):
        assert len(one.spread) == 3
        assert one.fitness == min(one.spread) < max(one.spread)
        assert one.weights is not None
        assert one.weights[0] > 0.4
    assert [one.key for one in found] == [one.key for one in subjects]


def test_the_fitness_is_that_of_equation_3_by_hand(subjects: list[Subject], parts: Parts, data: Data) -> None:
    (found,) = evaluate_population(subjects[:1], parts, data, ROOT)
    assert found.weights is not None
    quality = float(found.weights[0])  # one output misses 1 by 1 - q, two miss 0 by (1 - q) / 2
    largest = parts.encoder.decode(np.ones(51, np.uint8), data.signature).complexity
    share = found.architecture.complexity / largest
    assert found.fitness == pytest.approx(2 * (1 - quality) / 3 + 0.001 * share)
    assert found.score == 100.0


def test_a_diverged_network_is_worst_and_marked(subjects: list[Subject], parts: Parts, data: Data) -> None:
    found = evaluate_population(subjects, parts, data, ROOT)[1]
    assert (found.fitness, found.diverged, found.spread) == (np.inf, 3, (np.inf,) * 3)
    assert np.isnan(found.score)


def test_a_result_depends_on_nothing_but_the_network_and_the_stream(
    subjects: list[Subject], parts: Parts, data: Data
) -> None:
    together = evaluate_population(subjects, parts, data, ROOT)
    alone = [evaluate_population([one], parts, data, ROOT)[0] for one in reversed(subjects)]
    finite = [(one, other) for one, other in zip(together, reversed(alone), strict=True) if np.isfinite(one.fitness)]
    assert len(finite) == 3
    assert all(one == other for one, other in finite)
    assert evaluate_population(subjects, parts, data, Stream(8))[0].spread != together[0].spread


def test_initial_weights_differ_between_representations_and_data(parts: Parts, data: Data) -> None:
    other = replace(data, train=data.valid)
    spreads = [evaluate_population([subject(data)], parts, one, ROOT)[0].spread for one in (data, other)]
    assert len({*spreads[0], *spreads[1]}) == 6


def test_nobody_to_score_trains_nothing(parts: Parts, data: Data) -> None:
    assert Evaluator(parts, data, ROOT, evaluate_population).evaluate([]) == []
    assert EVENTS == []


@pytest.mark.parametrize(("answer", "finite"), [("nan", 0), ("shallow", 4)])
def test_a_fitness_of_nan_loses(lab: Lab, subjects: list[Subject], data: Data, answer: str, finite: int) -> None:
    parts = build_parts(lab.config({"fitness.use": "odd", "fitness.answer": answer}), lab.plugins)
    found = evaluate_population([*subjects, subject(data, momentum=0.5)], parts, data, ROOT)
    assert sum(one.fitness == 2.0 for one in found) == finite
    assert all(one.fitness == np.inf and np.isnan(one.score) for one in found if one.fitness != 2.0)


def test_a_fitness_of_another_shape_is_a_defect_of_its_plugin(lab: Lab, subjects: list[Subject], data: Data) -> None:
    parts = build_parts(lab.config({"fitness.use": "odd", "fitness.answer": "shape"}), lab.plugins)
    with pytest.raises(PluginError, match=r"'odd' returned shape \(5,\) for 4 candidates\. It must return \(4,\)"):
        evaluate_population(subjects, parts, data, ROOT)


def test_an_evaluator_trains_each_network_once(parts: Parts, data: Data) -> None:
    evaluator = Evaluator(parts, data, ROOT, evaluate_population)
    population = individuals(parts, data, 5)
    new = evaluator.evaluate([*population, *population[:2]])
    assert len(new) == 5
    assert evaluator.evaluate(population) == []
    assert EVENTS.count("training") == 1
    assert {one.key for one in population} == {one.key for one in new}
    assert all(one.fitness.values == (evaluator.known(one.key).fitness,) for one in population)


def test_what_was_stored_is_not_trained_again(parts: Parts, data: Data) -> None:
    population = individuals(parts, data, 5)
    known = Evaluator(parts, data, ROOT, evaluate_population).evaluate(population[:3])
    EVENTS.clear()
    evaluator = Evaluator(parts, data, ROOT, evaluate_population, known)
    assert [one.key for one in evaluator.evaluate(population)] == [evaluator.subject(one).key for one in population[3:]]
    wanted = [network(s.architecture, s.hyperparameters) for s in map(evaluator.subject, population[3:])]
    assert ["training", *wanted] == EVENTS


def test_weights_are_given_out_and_not_kept(parts: Parts, data: Data) -> None:
    evaluator = Evaluator(parts, data, ROOT, evaluate_population)
    (new,) = evaluator.evaluate(individuals(parts, data, 1))
    assert new.weights is not None
    assert evaluator.known(new.key).weights is None


def test_a_plugin_that_gives_other_networks_back_is_told(parts: Parts, data: Data) -> None:
    def backwards(subjects: Sequence[Subject], **rest: Any) -> list[Evaluation]:
        return evaluate_population(subjects, **rest)[::-1]

    with pytest.raises(PluginError, match="returned other networks than it was given"):
        Evaluator(parts, data, ROOT, backwards).evaluate(individuals(parts, data, 3))


def test_a_plugin_that_gives_no_weights_is_told(parts: Parts, data: Data) -> None:
    def forgetful(subjects: Sequence[Subject], **rest: Any) -> list[Evaluation]:
        return [replace(one, weights=None) for one in evaluate_population(subjects, **rest)]

    with pytest.raises(PluginError, match=r"returned weights: None\. It must be an array of shape"):
        Evaluator(parts, data, ROOT, forgetful).evaluate(individuals(parts, data, 3))


@pytest.mark.parametrize("fitness", [np.nan, -np.inf])
def test_a_plugins_answer_that_is_no_number_loses(parts: Parts, data: Data, fitness: float) -> None:
    def mad(subjects: Sequence[Subject], **rest: Any) -> list[Evaluation]:
        return [replace(one, fitness=fitness) for one in evaluate_population(subjects, **rest)]

    evaluator, population = Evaluator(parts, data, ROOT, mad), individuals(parts, data, 2)
    assert [one.fitness for one in evaluator.evaluate(population)] == [np.inf] * 2
    assert [one.fitness.values for one in population] == [(np.inf,)] * 2


def test_a_fitness_function_does_not_see_the_rates_of_evolution(subjects: list[Subject], parts: Parts) -> None:
    seen: list[Hyperparameters] = []

    class Spy:
        name = "spy"

        def measure(self, candidates: Sequence[Candidate], _data: Data) -> Scores:
            seen.extend(one.hyperparameters for one in candidates)
            return np.zeros(len(candidates))

    watched = replace(parts, fitness=cast("Fitness", Spy()))
    evaluate_population(subjects[:1], watched, parts.dataset.load(ROOT).without_test(), ROOT)
    assert {(one.learning_rate, one.momentum) for one in seen} == {(0.03, 0.8)}
    assert all(np.isnan([one.mutation_rate, one.crossover_rate]).all() for one in seen)


class Unlucky:
    """A trainer of three representations of which the first diverges where it is told to."""

    representations, chunk, compile_seconds = 3, 4, 0.0

    def __init__(self, inner: Trainer, judged_by: str, *, loses: bool = False) -> None:
        self.inner, self.judged_by, self.loses = inner, judged_by, loses
        self.predict, self.predict_variants = inner.predict, inner.predict_variants

    def train(self, *given: Any) -> Trained:
        trained = self.inner.train(*given)
        lost = np.array([[np.nan], [0], [0]], np.float32) if self.loses else np.float32(0)
        return replace(trained, weights=tuple(one + lost for one in trained.weights))


@pytest.mark.parametrize("judged_by", ["best", "mean"])
def test_an_architecture_is_judged_by_its_best_representation_or_by_all(
    subjects: list[Subject], parts: Parts, data: Data, judged_by: str
) -> None:
    trainer = Unlucky(parts.trainer, judged_by)
    found, other = evaluate_population(subjects[::2], replace(parts, trainer=cast("Trainer", trainer)), data, ROOT)
    largest = parts.encoder.decode(np.ones(51, np.uint8), data.signature).complexity
    for one, subject in ((found, subjects[0]), (other, subjects[2])):
        seeds = [ROOT.at("network", data.digest).at(subject.key, r).integer() for r in range(3)]
        genes, shape = subject.hyperparameters, subject.architecture
        (weights,) = parts.trainer.train([shape], [genes], data, np.array([seeds], np.uint32), 0).weights
        by_hand = 2 * (1 - weights[:, 0].astype(np.float64)) / 3 + 0.001 * shape.complexity / largest
        assert one.spread == pytest.approx(by_hand.tolist())
        assert len(set(one.spread)) == 3
        assert one.fitness == pytest.approx(by_hand.min() if judged_by == "best" else by_hand.mean())
        assert one.weights is not None
        assert np.array_equal(one.weights, weights[by_hand.argmin()])
        assert (one.score, one.diverged, one.contributions, one.others) == (100.0, 0, (), ())


@pytest.mark.parametrize(("judged_by", "finite"), [("best", True), ("mean", False)])
def test_one_representation_that_diverges_spoils_the_mean_and_not_the_best(
    subjects: list[Subject], parts: Parts, data: Data, judged_by: str, finite: Any
) -> None:
    trainer = cast("Trainer", Unlucky(parts.trainer, judged_by, loses=True))
    (found,) = evaluate_population(subjects[:1], replace(parts, trainer=trainer), data, ROOT)
    assert (found.diverged, np.isfinite(found.spread).tolist()) == (1, [False, True, True])
    assert np.isfinite(found.fitness) == np.isfinite(found.score) == finite
    assert found.weights is not None
    assert np.isfinite(found.weights).all()
    assert counted(Counters(), individuals(parts, data, 1), [found]).diverged == 0


def test_every_objective_is_that_of_the_representation_that_counts(
    lab: Lab, subjects: list[Subject], data: Data
) -> None:
    both = {"fitness.objectives": ["fitness", "complexity"], "trainer.representations": 3}
    parts = build_parts(lab.config(both), lab.plugins)
    found = evaluate_population(subjects, parts, data, ROOT)
    largest = parts.encoder.decode(np.ones(51, np.uint8), data.signature).complexity
    assert [one.others for one in found if one.diverged == 0] == [
        (one.architecture.complexity / largest,) for one in found if one.diverged == 0
    ]
    assert found[1].objectives == (np.inf, np.inf)
    evaluator, population = Evaluator(parts, data, ROOT, evaluate_population), individuals(parts, data, 4)
    evaluator.evaluate(population)
    assert [one.fitness.values for one in population] == [evaluator.known(one.key).objectives for one in population]
    assert {len(one.fitness.values) for one in population} == {2}


def test_the_layers_compete_before_the_networks_are_judged(subjects: list[Subject], parts: Parts, data: Data) -> None:
    measured: list[Scores] = []

    class Halving:
        """Halves the quality of the second representation, and says what each layer contributes."""

        name = "halving"

        def compete(self, trained: Trained, measure: Measure, streams: Sequence[Stream]) -> Contest:
            assert len({one.integer() for one in streams}) == len(subjects)
            own = [Variant(p, r) for p in range(len(subjects)) for r in range(3)]
            measured.append(measure(own))
            weights = tuple(one.copy() for one in trained.weights)
            for one in weights:
                one[1, 0] /= 2
            return Contest(
                replace(trained, weights=weights), tuple(np.array([[r, 2.0 * r] for r in range(3)]) for _ in streams)
            )

    rivals = replace(parts, competition=cast("Competition", Halving()))
    before, after = (evaluate_population(subjects, one, data, ROOT) for one in (parts, rivals))
    assert measured[0].tolist() == [fitness for one in before for fitness in one.spread]
    for one, was in zip(after, before, strict=True):
        assert (one.spread[0], one.spread[2]) == (was.spread[0], was.spread[2])
        assert one.spread[1] > was.spread[1] or np.isinf(was.fitness)
        best = int(np.argmin(one.spread))
        assert one.contributions == (best, 2.0 * best)
        assert one.fitness == one.spread[best]


def test_an_evaluator_remembers_what_it_is_told(parts: Parts, data: Data) -> None:
    evaluator = Evaluator(parts, data, ROOT, evaluate_population)
    (population, other) = (individuals(parts, data, 2), Evaluator(parts, data, ROOT, evaluate_population))
    new = other.evaluate(population)
    assert not any(evaluator.knows(one.key) for one in new)
    evaluator.remember(new)
    assert all(evaluator.knows(one.key) and evaluator.known(one.key) == one for one in new)
    assert evaluator.evaluate(population) == []


def test_what_happens_while_it_is_timed_counts_as_training(parts: Parts, data: Data) -> None:
    evaluator = Evaluator(parts, data, ROOT, evaluate_population)
    with evaluator.timed():
        time.sleep(0.01)
    first = evaluator.seconds
    evaluator.evaluate(individuals(parts, data, 2))
    assert evaluator.seconds > first >= 0.01
    assert evaluator.compile_seconds == 0


def test_searches_of_equal_terms_train_what_both_want_once_and_hear_what_they_would_have_found_alone(
    parts: Parts, data: Data
) -> None:
    evaluators = [Evaluator(parts, data, ROOT, evaluate_population) for _ in range(3)]
    everyone = individuals(parts, data, 6)
    shares = [everyone[:4], everyone[2:], everyone[3:4] * 2]
    evaluators[1].evaluate([everyone[5]])  # it knows one already
    EVENTS.clear()
    found = evaluate_together(evaluators, [[Individual(one, one.layout) for one in share] for share in shares])
    assert EVENTS.count("training") == 1
    assert len(EVENTS) == 1 + len({evaluators[0].subject(one).key for one in everyone[:5]})
    for new, share, evaluator in zip(found, [everyone[:4], everyone[2:5], everyone[3:4]], evaluators, strict=True):
        single = Evaluator(parts, data, ROOT, evaluate_population).evaluate(share)
        assert [one.key for one in new] == [one.key for one in single]
        for one, other in zip(new, single, strict=True):
            assert one.objectives == other.objectives
            assert one.weights is not None
            assert other.weights is not None
            assert one.weights.tobytes() == other.weights.tobytes()
        assert all(evaluator.knows(evaluator.subject(one).key) for one in share)
    strangers = {evaluators[0].subject(one).key for one in everyone[:3]}
    assert not any(evaluators[2].knows(key) for key in strangers)


def test_individuals_that_are_scored_together_take_their_fitness(parts: Parts, data: Data) -> None:
    evaluators = [Evaluator(parts, data, ROOT, evaluate_population) for _ in range(2)]
    populations = [individuals(parts, data, 3) for _ in range(2)]
    evaluate_together(evaluators, populations)
    for evaluator, population in zip(evaluators, populations, strict=True):
        assert [one.fitness.values for one in population] == [
            evaluator.known(evaluator.subject(one).key).objectives for one in population
        ]
    assert evaluate_together(evaluators, populations) == [[], []]


def test_time_is_shared_out_by_what_each_has_asked_for(parts: Parts, data: Data) -> None:
    def slow(subjects: Sequence[Subject], **rest: Any) -> list[Evaluation]:
        time.sleep(0.02)
        return evaluate_population(subjects, **rest)

    evaluators = [Evaluator(parts, data, ROOT, slow) for _ in range(3)]
    everyone = individuals(parts, data, 4)
    evaluate_together(evaluators, [everyone, everyone[:2], []])
    first, second, third = (one.seconds for one in evaluators)
    assert first == pytest.approx(2 * second)
    assert (third, [one.compile_seconds for one in evaluators]) == (0, [0, 0, 0])
    assert first + second >= 0.02


def test_a_training_that_fails_costs_nobody_time_and_is_remembered_by_nobody(parts: Parts, data: Data) -> None:
    def broken(**_: Any) -> list[Evaluation]:
        raise ValueError("no luck")

    evaluators = [Evaluator(parts, data, ROOT, broken) for _ in range(2)]
    population = individuals(parts, data, 3)
    with pytest.raises(ComponentError, match=r"'local', or a plugin in its place, raised .*ValueError: no luck"):
        evaluate_together(evaluators, [population, population])
    assert not any(one.knows(one.subject(each).key) for one in evaluators for each in population)
    assert [one.seconds for one in evaluators] == [0, 0]


def test_terms_are_what_an_evaluation_depends_on(lab: Lab, parts: Parts, data: Data) -> None:
    def terms(settings: dict[str, Any], data: Data = data, stream: Stream = ROOT) -> tuple[object, ...]:
        other = build_parts(lab.config({"trainer.representations": 3, **settings}), lab.plugins)
        return Evaluator(other, data, stream, evaluate_population).terms

    same = Evaluator(parts, data, ROOT, evaluate_population).terms
    alike = [{}, {"initializer.use": "coe"}, {"mutation.per_bit": True}, {"search.population": 9}]
    assert all(terms(settings) == same for settings in alike)
    unlike = [{"trainer.representations": 1}, {"fitness.alpha": 0.5}, {"encoder.max_nodes": 64}]
    unlike += [{"competition.use": "layerwise"}, {"encoder.use": "tree"}]
    assert all(terms(settings) != same for settings in unlike)
    assert terms({}, stream=Stream(8)) != same
    assert terms({}, data=replace(data, train=data.valid)) != same


def test_counters_add_up(subjects: list[Subject], parts: Parts, data: Data) -> None:
    new = evaluate_population(subjects, parts, data, ROOT)
    scored = individuals(parts, data, 6)
    before = Counters(evaluations=10, trained=7, cache_hits=3, diverged=1)
    assert counted(before, scored, new) == Counters(evaluations=16, trained=11, cache_hits=5, diverged=2)


def test_a_network_counts_as_diverged_when_every_representation_did(subjects: list[Subject], parts: Parts) -> None:
    data = parts.dataset.load(ROOT).without_test()
    new = [replace(one, diverged=2) for one in evaluate_population(subjects[:1], parts, data, ROOT)]
    assert counted(Counters(), individuals(parts, data, 1), new).diverged == 0


def test_the_shipped_parts_are_replaced_by_the_configured_ones(parts: Parts) -> None:
    assert isinstance(parts.trainer, FakeTrainer)
    assert parts.fitness == PaperFitness()
