# ruff: noqa: ARG005 - lambdas name what led to an answer
"""What no component may answer, ask for or write to, by what is said of it."""

import copy
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from faulty import Spoil

from nastoolkit.architecture import Architecture
from nastoolkit.datasets.base import Data, Split
from nastoolkit.genome import Gene, Layout
from nastoolkit.state import Individual
from nastoolkit.trainers.base import Trained, Variant


def nothing(*_: Any) -> None:
    return None


def rows(data: Data, **changes: Any) -> Data:
    return replace(data, train=replace(data.train, **changes))


def weights(trained: Trained, change: Callable[[Any], Any]) -> Trained:
    return replace(trained, weights=tuple(map(change, trained.weights)))


def bits(individual: Individual, *first: Any) -> tuple[Individual]:
    individual[: len(first)] = first
    return (individual,)


def shorter(individual: Individual) -> tuple[Individual]:
    del individual[0]
    return (individual,)


def changed(answer: Any, individuals: list[Individual], *_: Any) -> Any:
    individuals[0][0] ^= 1
    return answer


def rated(answer: Any, individuals: list[Individual], *_: Any) -> Any:
    individuals[0].fitness.values = (0.0,)
    return answer


WRONG: dict[tuple[str, str], dict[str, Spoil]] = {
    ("dataset", "load"): {
        "returned None. It must be a Data": nothing,
        "returned the task 'guessing'. It must be one of": lambda d, _: replace(d, task="guessing"),
        "returned 0 classes for classification": lambda d, _: replace(d, classes=()),
        "returned a dict as preprocessing. It must be one of": lambda d, _: replace(d, preprocessing={}),
        "returned the target scale 0.0. It must be finite": lambda d, _: replace(d, target_scale=0.0),
        "returned an empty train part. It must have rows": lambda d, _: replace(d, train=d.train.part([])),
        "train.inputs: an array of shape (32, 1)": lambda d, _: rows(d, inputs=d.train.inputs[:, :1]),
        "of float64. It must be an array of shape (32, 2) of float32": lambda d, _: rows(d, inputs=np.ones((32, 2))),
        "NaN or infinity in train.inputs": lambda d, _: rows(d, inputs=np.full((32, 2), np.inf, np.float32)),
        "It must be an array of shape (31, 2)": lambda d, _: rows(d, targets=d.train.targets[:-1]),
        "train.targets outside of the 3 classes": lambda d, _: rows(d, targets=d.train.targets - 1),
        "train.targets: an array of shape (32,) of float64": lambda d, _: rows(d, targets=np.ones(32)),
        "train.targets: a list. It must be an array": lambda d, _: rows(d, targets=[0] * 32),
        "returned a Data, which cannot be read: AttributeError": lambda d, _: replace(d, train=None),
        "test.inputs: an array of shape (16, 1)": lambda d, _: replace(d, test=Split(np.ones((16, 1)), np.ones(16))),
    },
    ("encoder", "layout"): {
        "returned None. It must be a Layout": nothing,
        "returned a Layout without bits": lambda *_: Layout((), ()),
        "returned a base of a tuple. It must be of bits": lambda *_: Layout((Gene("a", 0, 1, ""),), (2,)),
        "returned a Layout whose genes have gaps": lambda *_: Layout((Gene("a", 1, 1, ""),), (1, 1)),
    },
    ("encoder", "decode"): {
        "returned None. It must be an Architecture": nothing,
        "an Architecture for other data": lambda a, *_: replace(a, signature=replace(a.signature, features=9)),
        "an Architecture with a layer without units": lambda a, *_: replace(a, widths=(-3,) * a.depth),
        "an Architecture with numbers that are no int": lambda a, *_: replace(a, widths=tuple(np.array(a.widths))),
        "with numbers that are no int. Convert them": lambda a, *_: replace(a, stem=0.5),
        "an Architecture with dead edges. All must lie on paths": lambda a, *_: replace(a, edges=()),
        "with dead edges": lambda a, *_: replace(a, edges=((1, 0), *a.edges)),
        "returned an Architecture, which cannot be read: TypeError": lambda a, *_: replace(a, edges=None),
        "returned 9 activations for": lambda a, *_: replace(a, activations=("relu",) * 9),
        "not in canonical form": lambda a, *_: replace(
            a, stem=9, widths=(4, 8), edges=((0, 1), (0, 2), (1, 3), (2, 3))
        ),
    },
    ("encoder", "quanta"): {
        "returned None. It must be genomes by kind": nothing,
        "returned a list for 'layer'. A kind must have genomes": lambda *_: {"layer": []},
        "returned for 'layer' an array of shape (29,)": lambda _, genome, __: {"layer": [genome[:-1]]},
        "returned for 'layer' a genome with": lambda _, genome, __: {"layer": [genome + np.uint8(2)]},
    },
    ("initializer", "genomes"): {
        "returned None. It must be an array of shape (6, 30) of uint8": nothing,
        "returned an array of shape (6, 30) of float64": lambda g, *_: g.astype(float),
        "returned an array of shape (6, 29) of uint8": lambda g, *_: g[:, :-1],
        "returned an array of shape (5, 30) of uint8": lambda g, *_: g[:-1],
        "returned genomes with 2. They must be of 0 and 1": lambda g, *_: g + np.uint8(1),
    },
    ("trainer", "halved"): {
        "returned 1. It must be the same trainer with less, or None": lambda *_: 1,
        "returned chunk = 4 after 4, or nothing else. It must": lambda _, trainer, __: trainer,
        "returned chunk = 8 after 4": lambda _, trainer, __: replace(trainer, chunk=8),
    },
    ("trainer", "train"): {
        "returned None. It must be a Trained": nothing,
        "returned other networks than it was": lambda t, *_: replace(t, architectures=t.architectures[::-1]),
        "returned weights of 5 networks, not of each": lambda t, *_: replace(t, weights=t.weights[:-1]),
        "returned weights: an array of shape (2, ": lambda t, *_: weights(t, lambda one: one[:, :-1]),
        "of float64. It must be an array of shape (2, ": lambda t, *_: weights(t, np.float64),
        "returned weights: an array of shape (1, ": lambda t, *_: weights(t, lambda one: one[:1]),
        "returned curves: an array of shape (6, 1, 2)": lambda t, *_: replace(t, curves=t.curves[:, :1]),
        "There must be an epoch at least": lambda t, *_: replace(t, curves=t.curves[:, :, :0]),
        "returned curves: 1.0. It must be an array of shape (6, 2, 1)": lambda t, *_: replace(t, curves=1.0),
    },
    ("trainer", "tune"): {
        "returned weights: an array of shape (1, ": lambda t, *_: weights(t, lambda one: one[:, :-1]),
    },
    ("trainer", "predict"): {
        "(6, 2, 16, 1) of float32. It must be an array of shape (6, 2, 16, 3)": lambda p, *_: p[..., :1],
        "of float64. It must be an array of shape (6, 2, 16, 3) of float32": lambda p, *_: p.astype(float),
    },
    ("trainer", "predict_variants"): {
        "returned an array of shape (11, 16, 3) of float32. It must": lambda p, *_: p[:-1],
    },
    ("trainer", "export"): {
        "returned a PosixPath, and wrote nothing. It must write": lambda path, *_: path,
    },
    ("trainer", "compile_seconds"): {
        "returned None. It must be seconds, 0 or more": nothing,
        "returned -1.0. It must be seconds, 0 or more": lambda _: -1.0,
        "returned nan. It must be seconds, 0 or more": lambda _: np.nan,
    },
    ("competition", "compete"): {
        "returned None. It must be a Contest": nothing,
        "returned weights: an array of": lambda c, t, *_: replace(c, trained=weights(t, lambda one: one[:, :-1])),
        "returned other networks than": lambda c, t, *_: replace(c, trained=replace(t, architectures=())),
        "returned contributions of 0 networks, not of 6": lambda c, *_: replace(c, contributions=()),
        "They must have one of the shapes": lambda c, *_: replace(c, contributions=(np.zeros((1, 9)),) * 6),
        "They must be numbers": lambda c, *_: replace(c, contributions=(np.full((1, 0), "a"),) * 6),
        "asked for network 99. There are 6, from 0": lambda _, t, ask, __: ask([Variant(99)]),
        "asked for representation 1. There are 1, from 0": lambda _, t, ask, __: ask([Variant(0, 1)]),
        "asked for weights: an array of shape (3,)": lambda _, t, ask, __: ask([Variant(0, weights=np.zeros(3))]),
        "asked for a network without connections that it does not have": lambda _, t, ask, __: ask(
            [Variant(0, without=frozenset([(7, 8)]))]
        ),
        "asked for a network without any path to the output": lambda _, t, ask, __: ask(
            [Variant(0, without=frozenset(t.architectures[0].edges))]
        ),
        "asked for 'all'. It must be a Variant": lambda _, t, ask, __: ask(["all"]),
    },
    ("fitness", "measure"): {
        "returned shape () for 6 candidates. It must return (6,), or a row of objectives for each": nothing,
        "returned shape (5,) for 6 candidates": lambda s, *_: s[:-1],
        "returned shape () for 6 candidates. It must return": lambda s, *_: iter(s),
        "of <U32. It must return float64": lambda s, *_: s.astype(str),
        "returned a list, which cannot be read: ValueError": lambda *_: [1, [2]],
    },
    ("selection", "select"): {
        "returned None. It must be a list of individuals": nothing,
        "returned 5 individuals. It must be 6": lambda s, *_: s[:-1],
        "returned individuals that it was not given. It must return no copies": lambda s, *_: copy.deepcopy(s),
        "returned individuals, having changed some. It must choose among them alone": changed,
        "returned individuals, having changed some": rated,
    },
    ("crossover", "mate"): {
        "returned None. It must be a tuple of individuals": nothing,
        "It must change its arguments and return them, in a tuple": lambda pair, *_: copy.deepcopy(pair),
        "returned an individual with 07": lambda _, one, other: (*bits(one, 7), other),
    },
    ("mutation", "mutate"): {
        "returned an Individual. It must change its arguments and return them, in a tuple": lambda _, one: one,
        "returned an individual with 02. Every gene must be the int 0 or 1": lambda _, one: bits(one, 1, 2, 1),
        "which cannot be read: TypeError: 'float' object": lambda _, one: bits(one, 1.0),
        "which cannot be read: TypeError: 'NoneType' object": lambda _, one: bits(one, None),
        "which cannot be read: ValueError: bytes must be in": lambda _, one: bits(one, -1),
        "returned an individual of 29 bits. It must have 30 as before": lambda _, one: shorter(one),
    },
    ("replacement", "replace"): {
        "returned None. It must be a list of individuals": nothing,
        "returned 12 individuals. It must be 6": lambda s, *_: [*s, *s],
        "returned individuals that it was not given": lambda *_: [None] * 6,
        "returned individuals, having changed some": changed,
    },
    ("pruner", "prune"): {
        "returned 3. It must be an architecture with its weights, or None": lambda *_: 3,
        "returned a tuple, which cannot be read: ValueError: too many values": lambda *_: (None,) * 3,
        "returned weights: an array of shape (": lambda n, *_: (n[0], n[1][:-1]),
        "of float64. It must be an array of shape (": lambda n, *_: (n[0], n[1].astype(float)),
        "returned a network of the same size. It must take": lambda _, s, *__: (s.architecture, s.weights),
        "with dead edges": lambda _, s, *__: (replace(s.architecture, edges=()), s.weights),
        "returned a larger network. It must take away": lambda _, s, *__: _larger(s.architecture),
        "asked for a network without connections that": lambda _, s, bench, __: bench.toggled([[(7, 8)]]),
        "asked for a network without any path": lambda _, s, bench, __: bench.toggled([s.architecture.edges]),
        "asked for 3, which cannot be read: TypeError": lambda _, s, bench, __: bench.toggled(3),
    },
    ("executor", "evaluate"): {
        "or a plugin in its place, raised in nastoolkit_evaluate_population(): TypeError": nothing,
        "returned other networks than it was given. They must come back as they were": lambda e, *_: e[::-1],
        "returned a dict. All must be an Evaluation": lambda *_: [{}],
        "returned weights: None. It must be": lambda e, *_: [replace(one, weights=None) for one in e],
        "an Evaluation with what is no float": lambda e, *_: [replace(one, fitness="low") for one in e],
        "an Evaluation without a spread": lambda e, *_: [replace(one, spread=()) for one in e],
        "diverged = -1, epochs = 2. They must be counts": lambda e, *_: [replace(one, diverged=-1) for one in e],
        "diverged = 0, epochs = 0.5. They must be counts": lambda e, *_: [replace(one, epochs=0.5) for one in e],
        "another Architecture": lambda e, *_: [replace(one, architecture=e[0].architecture) for one in e],
        "gave 1 objectives for some networks and 2 for others": lambda e, *_: [
            replace(one, others=(0.5,) * (n % 2)) for n, one in enumerate(e)
        ],
    },
    ("scheduler", "run"): {
        "left 6 networks without training": nothing,
        "asked for no networks. It must ask for one": lambda _, size, epochs, train: train([], epochs),
        "asked for a network twice in one call": lambda _, size, epochs, train: train([0, 0], epochs),
        "asked for networks that there are not, of 6": lambda _, size, epochs, train: train([-1], epochs),
        "networks that there are not, of 6": lambda _, size, epochs, train: train([6], epochs),
        "asked for 3 epochs. It must be a count from 1 to 2": lambda _, size, epochs, train: train([0], 3),
        "asked for 0 epochs. It must be a count from 1 to 2": lambda _, size, epochs, train: train([0], 0),
        "asked for a network again, for no more": lambda _, size, epochs, train: [train([0], 1), train([0], 1)],
        "asked for None, which cannot be read: TypeError": lambda _, size, epochs, train: train(None, 1),
    },
}


def _larger(network: Architecture) -> tuple[Architecture, Any]:
    wider = replace(network, stem=network.stem + 1)
    return wider, np.zeros(wider.complexity, np.float32)


GIVEN: dict[tuple[str, str], dict[str, Callable[..., Any]]] = {
    ("encoder", "decode"): {"genome": lambda genome, _: genome},
    ("encoder", "quanta"): {"genome": lambda genome, _: genome},
    ("initializer", "genomes"): {"base": lambda size, layout, stream: layout.base},
    ("trainer", "train"): {
        "inputs": lambda *given: given[2].train.inputs,
        "targets": lambda *given: given[2].valid.targets,
        "seeds": lambda *given: given[3],
    },
    ("trainer", "tune"): {
        "weights": lambda trained, *_: trained.weights[0],
        "curves": lambda trained, *_: trained.curves,
    },
    ("trainer", "predict"): {"inputs": lambda trained, data, inputs: inputs},
    ("trainer", "predict_variants"): {"weights": lambda trained, *_: trained.weights[0]},
    ("trainer", "export"): {"weights": lambda architecture, weights, *_: weights},
    ("competition", "compete"): {
        "weights": lambda trained, *_: trained.weights[0],
        "curves": lambda trained, *_: trained.curves,
    },
    ("fitness", "measure"): {
        "predictions": lambda candidates, data: candidates[0].predictions,
        "curve": lambda candidates, data: candidates[0].curve,
        "targets": lambda candidates, data: data.valid.targets,
    },
    ("pruner", "prune"): {
        "weights": lambda specimen, *_: specimen.weights,
        "scores": lambda specimen, bench, *_: bench.fitness,
    },
    ("executor", "evaluate"): {"inputs": lambda subjects, parts, data, stream: data.train.inputs},
}
"""Arrays that methods are given."""
