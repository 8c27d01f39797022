"""FINAL: the best networks of a search are trained again, longer and on all rows, before the best is named (ours)."""

import hashlib
from dataclasses import fields, replace

import numpy as np

from nastoolkit.config import FINAL
from nastoolkit.errors import PluginError
from nastoolkit.evaluation import Subject
from nastoolkit.genome import decode_hyperparameters
from nastoolkit.memory import within_memory
from nastoolkit.parts import Parts
from nastoolkit.phases.base import Proposal, Search, Step, followed
from nastoolkit.storage.records import Evaluation, Generation, Kept

LONGER = 3
"""Times the trainer's epochs, where nothing is said."""


def finish(search: Search, last: Generation) -> Proposal:
    """The finalists: nobody is born by it."""
    return Proposal((), lambda _: _finished(search, last))


def _finished(search: Search, last: Generation) -> Step:
    """The population stays as it is; what is kept are the finalists, best first, with their new weights."""
    chosen = last.kept[: search.config.finalists]
    subjects = [_subject(search, one) for one in chosen]
    with search.evaluator.timed():
        found = within_memory(
            [search.evaluator], lambda: search.evaluator.over(_longer(search), search.everything).train(subjects)
        )
    lost = [one for one in found if one.unanswered]
    if lost and not any(np.isfinite(one.fitness) for one in found):
        raise PluginError(f"{lost[0].incidents[-1]} No finalist has an answer.")
    born = [replace(one, key=_key(kept.key)) for one, kept in zip(found, chosen, strict=True)]
    search.evaluator.remember(born)
    return _recorded(search, last, chosen, born), born


def _subject(search: Search, kept: Kept) -> Subject:
    genes = decode_hyperparameters(kept.genome[search.layout.hyperparameters].tolist())
    return Subject(search.evaluator.known(kept.key).architecture, genes)


def _longer(search: Search) -> Parts:
    """The parts with a trainer that takes its time; one without a field for that trains as it always does."""
    trainer = search.parts.trainer
    if "epochs" not in {one.name for one in fields(trainer)}:  # pyright: ignore[reportArgumentType] - a dataclass
        return search.parts
    epochs = search.config.final_epochs or LONGER * trainer.epochs
    return replace(search.parts, trainer=replace(trainer, epochs=epochs))  # pyright: ignore[reportArgumentType, reportCallIssue] - it has the field


def _key(key: str) -> str:
    """What a network is called once it is a finalist: its weights are others."""
    return hashlib.sha256(f"{key} final".encode()).hexdigest()


def _recorded(search: Search, last: Generation, chosen: tuple[Kept, ...], born: list[Evaluation]) -> Generation:
    ranked = sorted(zip(born, chosen, strict=True), key=lambda pair: pair[0].objectives)
    kept = [Kept(one.key, before.genome, one.weights) for one, before in ranked if one.weights is not None]
    return followed(
        search,
        last,
        FINAL,
        moved=len(born),
        born=born,
        kept=kept,
        best=ranked[0][0],
        incidents=search.evaluator.take_incidents(),
    )
