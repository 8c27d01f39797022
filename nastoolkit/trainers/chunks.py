"""A population in chunks: as many networks as one call of a compiled program takes, and a thread for each call."""

from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

from nastoolkit.architecture import Architecture, Signature
from nastoolkit.arrays import Floats
from nastoolkit.trainers.base import Trained
from nastoolkit.trainers.options import Padding
from nastoolkit.trainers.packing import Bucket, Exact, bucket_of

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some networks of one bucket, by their place in the population."""

    bucket: Bucket | Exact
    members: list[int]

    def pick(self, everyone: Sequence[R]) -> list[R]:
        """The members' share of something that every network has."""
        return [everyone[n] for n in self.members]


@contextmanager
def workers(count: int) -> Generator[ThreadPoolExecutor]:
    """So many. After Ctrl-C nobody waits for what they are at, which may take minutes."""
    pool, waits = ThreadPoolExecutor(count), True
    try:
        yield pool
    except KeyboardInterrupt:
        waits = False
        raise
    finally:
        pool.shutdown(waits)


def flat(trained: Trained) -> tuple[list[Architecture], list[Floats]]:
    """Every representation as a network of its own: ``(P w,)`` architectures and weights ``(C,)``."""
    networks = [one for one, rows in zip(trained.architectures, trained.weights, strict=True) for _ in rows]
    return networks, [vector for rows in trained.weights for vector in rows]


def chunks_of(
    networks: Sequence[Architecture], padding: Padding, room: Callable[[Bucket | Exact], int]
) -> Iterator[Chunk]:
    """As many networks of a bucket as there is room for; of those that go one by one the longest first."""
    buckets: dict[Bucket | Exact, list[int]] = {}
    for n, architecture in enumerate(networks):
        buckets.setdefault(bucket_of(architecture, padding), []).append(n)
    for bucket in sorted(buckets, key=lambda one: -one.cost if isinstance(one, Exact) else 0):
        members, size = buckets[bucket], room(bucket)
        for start in range(0, len(members), size):
            yield Chunk(bucket, members[start : start + size])


def one_by_one(signature: Signature) -> bool:
    """Whether networks for such data go one to a call: those for images and texts."""
    return bool(signature.size or signature.embedding)
