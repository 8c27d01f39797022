"""Records to rows of texts, integers and bytes, and back. What goes in comes out bit by bit, NaN and -0.0 too.

What comes out of a row is what was sealed, and makes sense; of anything else a :class:`RowError` says why.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from hashlib import sha256
from typing import Any, TypeVar

import numpy as np
from sqlalchemy import Table

from nastoolkit.architecture import Architecture
from nastoolkit.arrays import Array, Floats, Genomes, Scores
from nastoolkit.errors import DataError
from nastoolkit.storage import schema
from nastoolkit.storage.records import Counters, Evaluation, Generation, Kept, Migrants, Run, Seconds
from nastoolkit.storage.soundness import check_evaluation, check_generation, check_run

T = TypeVar("T")

Row = Mapping[Any, Any]
"""A row by the names of its columns; its values are str, int and bytes alone."""


def seal(row: Row) -> dict[str, Any]:
    """The row with ``row_digest`` (again) computed from the rest of it."""
    return {**row, "row_digest": _row_digest(row)}


def is_whole(row: Row) -> bool:
    """Whether a row that was read is the one that was sealed."""
    return row["row_digest"] == _row_digest(row)


class RowError(ValueError):
    """What a row that was read is not; to follow its name."""


def _read(table: Table, row: Row, decode: Callable[[Row], T], check: Callable[[T], None]) -> T:
    """The record of a row that is what was sealed and makes sense.

    Raises:
        RowError: it is not.
    """
    if not is_whole(row):
        raise RowError("does not match its digest")
    try:
        schema.check_row(table, row)
        record = decode(row)
        check(record)
    except (ValueError, LookupError, TypeError, AttributeError, OverflowError, RecursionError, DataError) as error:
        raise RowError(f"makes no sense: {error}") from error
    return record


def _row_digest(row: Row) -> str:
    """SHA-256 over every other column: JSON with sorted names, bytes in hexadecimal."""
    rest = {name: value for name, value in row.items() if name != "row_digest"}
    return sha256(json.dumps(rest, sort_keys=True, default=bytes.hex).encode()).hexdigest()


def run_row(run: Run, last_digest: str = "") -> Row:
    """A run as its row, with the digest of its last generation where it has ended."""
    return seal(
        {
            "name": run.name,
            "folder": run.folder,
            "created": run.created,
            "config": json.dumps(run.config),
            "environment": json.dumps(run.environment),
            "data_digest": run.data_digest,
            "stopped_because": run.stopped_because,
            "result": json.dumps(run.result),
            "last_digest": last_digest,
        }
    )


def run_from(row: Row) -> Run:
    """The inverse of :func:`run_row`.

    Raises:
        RowError: the row is damaged, or makes no sense.
    """
    return _read(schema.runs, row, _run_from, check_run)


def _run_from(row: Row) -> Run:
    return Run(
        name=row["name"],
        folder=row["folder"],
        created=row["created"],
        config=json.loads(row["config"]),
        environment=json.loads(row["environment"]),
        data_digest=row["data_digest"],
        stopped_because=row["stopped_because"],
        result=json.loads(row["result"]),
    )


def generation_row(run: str, generation: Generation, evaluations: int) -> Row:
    """A generation, saved with so many evaluations, as its row, which has the digest of the weights alone."""
    population, bits = generation.genomes.shape
    return seal(
        {
            "run": run,
            "number": generation.number,
            "phase": generation.phase,
            "step": generation.step,
            "moved": generation.moved,
            "population": population,
            "bits": bits,
            "genomes": _bits(generation.genomes),
            "fitness": _doubles(generation.fitness),
            "scores": _doubles(generation.scores),
            "keys": json.dumps(generation.keys),
            "kept": json.dumps([[one.key, one.digest] for one in generation.kept]),
            "kept_genomes": b"".join(_bits(one.genome) for one in generation.kept),
            "specimens": json.dumps(generation.specimens),
            "best_key": generation.best_key,
            "best_fitness": _doubles(generation.best_fitness),
            "best_score": _doubles(generation.best_score),
            "diversity": _doubles(generation.diversity),
            "chunk": generation.chunk,
            "counters": json.dumps(asdict(generation.counters)),
            "seconds": json.dumps(asdict(generation.seconds)),
            "migrants": json.dumps(generation.migrants.origin if generation.migrants else []),
            "incidents": json.dumps(generation.incidents),
            "evaluations": evaluations,
            "digest": generation.digest,
        }
    )


def generation_from(row: Row) -> Generation:
    """The inverse of :func:`generation_row`, without weights.

    Raises:
        RowError: the row is damaged, or makes no sense.
    """
    generation = _read(schema.generations, row, _generation_from, check_generation)
    if generation.digest != row["digest"]:
        raise RowError("does not match its digest")
    return generation


def _generation_from(row: Row) -> Generation:
    genomes = _from_bits(row["genomes"]).reshape(row["population"], row["bits"])
    return Generation(
        number=row["number"],
        phase=row["phase"],
        step=row["step"],
        moved=row["moved"],
        genomes=genomes,
        fitness=_from_doubles(row["fitness"]),
        scores=_from_doubles(row["scores"]),
        keys=tuple(json.loads(row["keys"])),
        kept=tuple(_kept_from(row)),
        specimens=tuple(json.loads(row["specimens"])),
        best_key=row["best_key"],
        best_fitness=_from_double(row["best_fitness"]),
        best_score=_from_double(row["best_score"]),
        diversity=_from_double(row["diversity"]),
        chunk=row["chunk"],
        counters=Counters(**json.loads(row["counters"])),
        seconds=Seconds(**json.loads(row["seconds"])),
        migrants=_migrants_from(row, genomes),
        incidents=tuple(json.loads(row["incidents"])),
    )


def _migrants_from(row: Row, genomes: Genomes) -> Migrants | None:
    origin = json.loads(row["migrants"])
    return Migrants(origin[0], origin[1], genomes[-origin[2] :]) if origin else None


def _kept_from(row: Row) -> Iterator[Kept]:
    names = json.loads(row["kept"])
    genomes = _from_bits(row["kept_genomes"]).reshape(len(names), row["bits"])
    for (key, digest), genome in zip(names, genomes, strict=True):
        yield Kept(key, genome, np.empty(0, np.float32), digest)


def evaluation_row(run: str, generation: int, evaluation: Evaluation) -> Row:
    """An evaluation as its row, without weights, in the generation that it was trained for."""
    return seal(
        {
            "run": run,
            "key": evaluation.key,
            "generation": generation,
            "fitness": _doubles(evaluation.fitness),
            "score": _doubles(evaluation.score),
            "spread": _doubles(evaluation.spread),
            "diverged": evaluation.diverged,
            "architecture": json.dumps(evaluation.architecture.to_json()),
            "others": _doubles(evaluation.others),
            "contributions": _doubles(evaluation.contributions),
            "parent": evaluation.parent,
            "pruned": _doubles(evaluation.pruned),
            "zeros": evaluation.zeros,
            "epochs": evaluation.epochs,
        }
    )


def evaluation_from(row: Row) -> Evaluation:
    """The inverse of :func:`evaluation_row`.

    Raises:
        RowError: the row is damaged, or makes no sense.
    """
    return _read(schema.evaluations, row, _evaluation_from, check_evaluation)


def _evaluation_from(row: Row) -> Evaluation:
    return Evaluation(
        key=row["key"],
        fitness=_from_double(row["fitness"]),
        score=_from_double(row["score"]),
        spread=tuple(_from_doubles(row["spread"]).tolist()),
        diverged=row["diverged"],
        architecture=Architecture.from_json(json.loads(row["architecture"])),
        others=tuple(_from_doubles(row["others"]).tolist()),
        contributions=tuple(_from_doubles(row["contributions"]).tolist()),
        parent=row["parent"],
        pruned=_from_double(row["pruned"]),
        zeros=row["zeros"],
        epochs=row["epochs"],
    )


def weights_bytes(weights: Floats) -> bytes:
    """``(C,)`` float32 -> little-endian bytes."""
    return np.asarray(weights, "<f4").tobytes()


def weights_from(data: bytes) -> Floats:
    """The inverse of :func:`weights_bytes`."""
    return np.frombuffer(data, "<f4").astype(np.float32)


def _bits(bits: Genomes) -> bytes:
    return np.asarray(bits, np.uint8).tobytes()


def _from_bits(data: bytes) -> Genomes:
    return np.frombuffer(data, np.uint8).copy()


def _doubles(numbers: Array | tuple[float, ...] | float) -> bytes:
    return np.asarray(numbers, "<f8").tobytes()


def _from_doubles(data: bytes) -> Scores:
    return np.frombuffer(data, "<f8").astype(np.float64)


def _from_double(data: bytes) -> float:
    (number,) = _from_doubles(data).tolist()
    return number
