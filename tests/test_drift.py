"""What is said of a run: of populations made up by hand, of stored runs, and of our own search without selection."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pytest
from fakes import Lab

from nastoolkit.architecture import Signature
from nastoolkit.arrays import Genomes
from nastoolkit.config import EVOLVE
from nastoolkit.drift import Drift, drift_of, flip_probability, run_drift
from nastoolkit.encoders.matrix import MatrixEncoder
from nastoolkit.errors import StorageError
from nastoolkit.evaluation import evaluate_population
from nastoolkit.evaluator import Evaluator
from nastoolkit.markov import transition_matrix
from nastoolkit.parts import build_parts
from nastoolkit.rng import Stream
from nastoolkit.runs import find_run
from nastoolkit.search import begin, make_search, step
from nastoolkit.storage.records import Generation

LAYOUT = MatrixEncoder().layout(Signature(4, 3))
MUTATION_RATE = slice(-10, -5)


class Snapshot(NamedTuple):
    """What is read of a generation."""

    number: int
    genomes: Genomes


def analysed(
    counts: Sequence[Sequence[int]], size: int = 4, rate: int = 0, flips: float = 0.0, first: int = 0
) -> Drift:
    """Populations in which the first bits are on as often as is said, and all others never.

    Args:
        counts: a generation a row.
        size: individuals.
        rate: level of everyone's mutation rate.
        flips: see :func:`flip_probability`.
        first: number of the first generation.
    """
    generations: list[Any] = []
    for number, row in enumerate(counts, first):
        genomes = np.zeros((size, LAYOUT.length), np.uint8)
        genomes[:, MUTATION_RATE] = [rate >> shift & 1 for shift in (4, 3, 2, 1, 0)]
        for bit, count in enumerate(row):
            genomes[:count, bit] = 1
        generations.append(Snapshot(number, genomes))
    return drift_of("a run", generations, LAYOUT, flips)


def analysed_run(lab: Lab, settings: dict[str, Any]) -> tuple[Drift, list[Generation]]:
    name = lab.start(settings)["run"]
    with find_run(name, lab.plugins) as (_, stored):
        return run_drift(stored, lab.plugins), list(stored.generations())


@pytest.fixture(scope="module")
def neutral() -> list[list[Generation]]:
    """A hundred searches of 12 generations that neither select nor mutate."""
    lab = Lab()
    settings = {
        "search.population": 10,
        "selection.use": "selRandom",
        "mutation.use": "mutFlipBit",
        "mutation.indpb": 0.0,
        "replacement.elites": 0,
    }
    found: list[list[Generation]] = []
    for seed in range(100):
        config, stream = lab.config({**settings, "seed": seed}), Stream(seed)
        parts = build_parts(config, lab.plugins)
        data = parts.dataset.load(stream.at("split")).without_test()
        search = make_search(config.search, data, data, stream, Evaluator(parts, data, stream, evaluate_population))
        history = [begin(search)[0]]
        for _ in range(12):
            history.append(step(search, history[-1], EVOLVE)[0])
        found.append(history)
    return found


def scores(observed: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """In standard errors: by how much runs ``(R, T)`` miss what is expected of each, on average, after the start."""
    missed = (observed - expected)[:, 1:]
    return missed.mean(axis=0) / (missed.std(axis=0, ddof=1) / np.sqrt(len(missed)))


def test_a_neutral_search_loses_diversity_as_the_chain_says(neutral: list[list[Generation]]) -> None:
    drifts = [drift_of("", history, LAYOUT, 0.0) for history in neutral]
    observed, expected = (np.array([getattr(one, name) for one in drifts]) for name in ("observed", "neutral"))
    assert expected == pytest.approx(observed[:, :1] * 0.9 ** np.arange(13))
    assert np.abs(scores(observed, expected)).max() < 3


def test_a_neutral_search_fixes_as_many_bits_as_the_chain_says(neutral: list[list[Generation]]) -> None:
    counts = np.array([[one.genomes.sum(axis=0) for one in history] for history in neutral])
    fixed = np.isin(np.arange(11), [0, 10]).astype(float)
    powers = [np.linalg.matrix_power(transition_matrix(10), t) @ fixed for t in range(13)]
    expected = np.array([[absorbed[run[0]].mean() for absorbed in powers] for run in counts])
    assert np.abs(scores(np.isin(counts, [0, 10]).mean(axis=2), expected)).max() < 3


def test_a_neutral_search_is_as_large_as_it_is_and_selects_no_bit(neutral: list[list[Generation]]) -> None:
    drifts = [drift_of("", history, LAYOUT, 0.0) for history in neutral]
    assert np.median([one.effective for one in drifts]) == pytest.approx(10, abs=1)
    verdicts = [locus.verdict for one in drifts for locus in one.loci]
    selected = sum(verdict.startswith("selected") for verdict in verdicts)
    assert selected / (len(verdicts) - verdicts.count("no information")) < 0.06


def test_diversity_is_the_one_that_the_search_records(lab: Lab) -> None:
    drift, generations = analysed_run(lab, {"search.generations": 6})
    assert drift.observed == pytest.approx([one.diversity for one in generations])
    assert drift.numbers == tuple(range(6))
    assert drift.population == 6


def test_the_mutation_rate_is_the_parents_own_over_all_bits(lab: Lab) -> None:
    drift, generations = analysed_run(lab, {"search.generations": 5})
    levels = [one.genomes[:, MUTATION_RATE] @ [16, 8, 4, 2, 1] / 31 for one in generations[:-1]]
    assert drift.mutation == pytest.approx(np.mean(levels) / 51)


def test_growth_is_left_out(lab: Lab) -> None:
    drift, generations = analysed_run(lab, {"search.phases": ["grow", "evolve"], "search.generations": 4})
    evolved = [one.number for one in generations if one.phase == EVOLVE]
    assert drift.numbers == tuple(evolved)
    assert evolved[0] > 0


def test_one_generation_shows_no_change(lab: Lab) -> None:
    with pytest.raises(StorageError, match=r"1 generations .* needs two.*--generations"):
        analysed_run(lab, {"search.generations": 1})


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ({"use": "binary_inversion", "per_bit": False}, 1 / 51),
        ({"use": "binary_inversion", "per_bit": True}, 1),
        ({"use": "mutFlipBit", "indpb": 0.2}, 0.2),
        ({"use": "mutUniformInt", "indpb": 0.2}, 0.1),
        ({"use": "mutInversion"}, np.nan),
        ({"use": "mutShuffleIndexes", "indpb": 0.2}, np.nan),
    ],
)
def test_how_often_a_bit_flips_is_read_from_the_mutation(table: dict[str, Any], expected: float) -> None:
    assert flip_probability(table, 51) == pytest.approx(expected, nan_ok=True)


def test_a_search_stagnates_when_two_individuals_differ_in_less_than_a_bit() -> None:
    drift = analysed([[2, 2, 2], [2, 2], [2], [1], [1]], first=5)
    assert drift.bits_apart == pytest.approx([2, 4 / 3, 2 / 3, 1 / 2, 1 / 2])
    assert drift.stagnated_since == 7
    assert drift.uniform_at is None
    assert drift.sentence == (
        "The search has stagnated since generation 7: in generation 9, two individuals differ in 0.50 of 51 bits on "
        "average, so there is no genetic drift left."
    )


def test_variation_that_comes_back_ends_a_stagnation() -> None:
    drift = analysed([[2, 2, 2], [], [2, 2, 2]])
    assert drift.stagnated_since is None
    assert drift.uniform_at == 1
    assert analysed([[2, 2, 2], [], [2, 2, 2], []]).sentence.startswith(
        "The search has stagnated since generation 3: in generation 3, all are equal,"
    )


def test_of_a_search_that_goes_on_the_sentence_says_how_long_its_variation_will_last() -> None:
    drift = analysed([[2, 2, 2, 2], [2, 2]])
    assert drift.effective == pytest.approx(2)
    assert drift.varying.tolist() == [4, 2]
    assert drift.sentence == (
        "The search has not stagnated: 2 of 51 bits still vary, and two individuals differ in 1.3 bits on average. "
        f"By drift alone the chain expects {drift.remaining:.1f} more generations until none varies."
    )


def test_what_remains_goes_at_the_pace_of_the_effective_size() -> None:
    slow, fast = (analysed([[2] * many, [2, 2]]) for many in (3, 8))
    assert slow.remaining / slow.effective == pytest.approx(fast.remaining / fast.effective)
    assert slow.effective == pytest.approx(3)
    assert fast.expected > slow.expected


def test_the_sentence_says_where_mutation_will_balance_drift() -> None:
    drift = analysed([[2] * 20, [2] * 14, [2] * 11], rate=31, flips=1 / 51)
    assert drift.mutation == pytest.approx(1 / 51)
    assert drift.adjusted[0] > drift.adjusted[2] > drift.balance / 51 > 1 / 51
    assert drift.sentence.endswith(
        f"with mutation going on, the two balance where individuals differ in {drift.balance:.1f} bits."
    )


def test_the_balance_is_where_the_prediction_settles() -> None:
    drift = analysed([[2] * 20, *[[2] * 9] * 400], rate=31, flips=1 / 51)
    assert drift.adjusted[-1] * 51 == pytest.approx(drift.balance)


def test_where_diversity_does_not_decay_there_is_no_end_to_see() -> None:
    drift = analysed([[1, 1], [2, 2]])
    assert drift.effective == np.inf
    assert drift.sentence.endswith("Diversity does not decay, so the chain sees no end to it.")


def test_a_population_of_equals_has_no_effective_size() -> None:
    drift = analysed([[], []])
    assert np.isnan(drift.effective)
    assert drift.stagnated_since == 0
    assert (drift.expected, drift.remaining) == (0, 0)
    assert {one.verdict for one in drift.loci} == {"no information"}
    assert drift.adjusted.tolist() == [0, 0]


def test_a_mutation_that_flips_no_single_bits_is_none_to_the_chain() -> None:
    drift = analysed([[2, 2], [2]], rate=31, flips=np.nan)
    assert np.isnan(drift.mutation)
    assert drift.effective == pytest.approx(2)
    assert drift.balance == 0


def test_a_bit_that_all_come_to_have_was_selected_where_most_bits_stay() -> None:
    steady = [40] * 30
    drift = analysed([[16, *steady], [36, *steady], [60, *steady]], size=80)
    assert drift.loci[0].verdict == "selected for"
    assert {one.verdict for one in drift.loci[1:31]} == {"drift"}


def test_the_document_has_every_figure_once() -> None:
    document = analysed([[2, 2], [2, 4]]).to_json()
    assert document["generations"] == 2
    assert document["diversity"].keys() == {"observed", "predicted_neutral", "predicted_effective"}
    assert document["absorption"]["observed_generation"] is None
    assert document["absorption"]["expected_generations_effective"] == pytest.approx(
        document["absorption"]["expected_generations"] * document["effective_population_size"] / 4
    )
    assert len(document["loci"]) == 51
    assert document["loci"][1] == {
        "locus": "connection input -> layer 2",
        "bit": 1,
        "start": 2,
        "end": 4,
        "fixed_at": 1,
        "coefficient": np.inf,
        "interval": (document["loci"][1]["interval"][0], np.inf),
        "verdict": "drift",
    }
