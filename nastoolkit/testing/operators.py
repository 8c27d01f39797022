"""What genetic operators must do."""

import math
from collections.abc import Callable, Sequence
from copy import deepcopy
from typing import Any

from nastoolkit.operators.base import Crossover, Mutation, Replacement, Selection
from nastoolkit.rng import Stream, lend_to_deap
from nastoolkit.state import Individual
from nastoolkit.testing.samples import expect, individual, population

TRIALS = 500
FITNESS = (0.5, 0.2, math.inf, 0.2, 0.9, -0.1, math.inf, 0.2, 0.7, 0.4)
"""With ties, and with networks that diverged."""

POPULATIONS = (FITNESS, FITNESS[:9], [0.3] * 10, [math.inf] * 9)


def _stays_bits(individual: Individual, length: int) -> None:
    expect(len(individual) == length, f"An individual of {length} bits has {len(individual)} afterwards.")
    strange = [bit for bit in individual if type(bit) is not int or bit not in {0, 1}]
    expect(not strange, f"An individual holds {strange[:1]!r} afterwards: every gene is the int 0 or 1.")


def _only_of(found: Sequence[Individual], given: Sequence[Individual]) -> None:
    known = {id(one) for one in given}
    expect(all(id(one) in known for one in found), "It returned an individual that it was not given: return no copies.")


def _repeats(act: Callable[[], Any]) -> None:
    with lend_to_deap(Stream(1)):
        first = act()
    with lend_to_deap(Stream(1)):
        expect(first == act(), "The same random state gave something else: draw from Python's `random` alone.")


def _unchanged(found: Sequence[Individual], before: Sequence[Individual]) -> None:
    same = found == before and [one.fitness for one in found] == [one.fitness for one in before]
    expect(same, "It changed an individual that it should only choose among.")


def selects_among_the_individuals(selection: Selection) -> None:
    """As many as asked, references, nobody changed; ties and diverged networks do not trouble it."""
    for fitness in POPULATIONS:
        individuals = population(fitness)
        with lend_to_deap(Stream(2)):
            found = selection.select(individuals, len(individuals))
        expect(len(found) == len(individuals), f"It selected {len(found)} of {len(individuals)} for k of the same.")
        _only_of(found, individuals)
        _unchanged(individuals, population(fitness))


def selects_by_pythons_random_alone(selection: Selection) -> None:
    """So that a search can be repeated."""
    _repeats(lambda: selection.select(population(FITNESS), len(FITNESS)))


def mates_in_place(crossover: Crossover) -> None:
    """The two individuals themselves come back, with as many bits as before."""
    with lend_to_deap(Stream(3)):
        for seed in range(TRIALS):
            first, second = individual(seed), individual(seed + 1)
            length = len(first)
            found = crossover.mate(first, second)
            expect(found[0] is first and found[1] is second, "mate() must change its two arguments and return them.")
            _stays_bits(first, length)
            _stays_bits(second, length)


def mates_at_the_individuals_own_rates(crossover: Crossover) -> None:
    """Pairs whose rates are at the lower end, 0.001, hardly ever mix."""
    mixed = 0
    with lend_to_deap(Stream(4)):
        for seed in range(TRIALS):
            first, second = individual(seed, crossover=0), individual(seed + 1, crossover=0)
            before = deepcopy(first)
            mixed += crossover.mate(first, second)[0] != before
    expect(mixed < TRIALS / 50, f"{mixed} of {TRIALS} pairs mixed at a crossover rate of 0.001: ask crosses() first.")


def mates_by_pythons_random_alone(crossover: Crossover) -> None:
    """So that a search can be repeated."""
    _repeats(lambda: crossover.mate(individual(1), individual(2)))


def mutates_in_place(mutation: Mutation) -> None:
    """The individual itself comes back in a tuple, with as many bits as before."""
    with lend_to_deap(Stream(5)):
        for seed in range(TRIALS):
            mutant = individual(seed)
            length = len(mutant)
            found = mutation.mutate(mutant)
            expect(len(found) == 1 and found[0] is mutant, "mutate() must change its argument and return (it,).")
            _stays_bits(mutant, length)


def mutates_at_the_individuals_own_rate(mutation: Mutation) -> None:
    """An individual with a rate of 0 stays as it is."""
    with lend_to_deap(Stream(6)):
        for seed in range(TRIALS):
            mutant = individual(seed, mutation=0)
            mutation.mutate(mutant)
            expect(mutant == individual(seed, mutation=0), "It mutated at a mutation rate of 0: ask mutates() first.")


def mutates_by_pythons_random_alone(mutation: Mutation) -> None:
    """So that a search can be repeated."""
    _repeats(lambda: mutation.mutate(individual(1)))


def keeps_the_size_of_the_population(replacement: Replacement) -> None:
    """Whatever the number of offspring; references, nobody changed."""
    for parents in POPULATIONS:
        for count in (0, 1, 9, 10):
            old, new = population(parents), population(FITNESS[:count])
            with lend_to_deap(Stream(7)):
                found = replacement.replace(old, new)
            expect(len(found) == len(old), f"{len(old)} parents and {count} offspring became {len(found)} individuals.")
            _only_of(found, [*old, *new])
            _unchanged([*old, *new], [*population(parents), *population(FITNESS[:count])])


def replaces_by_pythons_random_alone(replacement: Replacement) -> None:
    """So that a search can be repeated."""
    _repeats(lambda: replacement.replace(population(FITNESS), population(FITNESS[::-1])))


SELECTION_CHECKS = (selects_among_the_individuals, selects_by_pythons_random_alone)
CROSSOVER_CHECKS = (mates_in_place, mates_at_the_individuals_own_rates, mates_by_pythons_random_alone)
MUTATION_CHECKS = (mutates_in_place, mutates_at_the_individuals_own_rate, mutates_by_pythons_random_alone)
REPLACEMENT_CHECKS = (keeps_the_size_of_the_population, replaces_by_pythons_random_alone)
