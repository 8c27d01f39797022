"""What every device did, by the record of the backend's own profiler: TensorFlow's and JAX's are the same (XSpace)."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from nastoolkit.trainers.backends import backend
from nastoolkit.trainers.hlo import Message, Program

HOST, METADATA = "/host:CPU", "/host:metadata"
ACCELERATOR = re.compile(r"/device:(GPU:\d+)")
STREAM = "Stream"
"""How the names of an accelerator's own lines begin; other lines sum these up."""

UNCOMPILED = re.compile(r"[A-Za-z0-9.][\w./>-]*:([A-Z_]\w*)")
"""How TensorFlow names what it runs without XLA: ``name:Type``."""

LAUNCHERS = {"While", "StatelessWhile", "If", "StatelessIf", "PartitionedCall", "StatefulPartitionedCall"}
"""Types of those that run others, which are recorded by themselves."""

COPIES = {"memcpy_details", "memset_details"}
"""What the record says of operations that move an accelerator's memory, and so compute nothing."""


@dataclass(slots=True)
class DeviceUse:
    """What a device did.

    Args:
        device: ``cpu``, or an accelerator's name.
        operations: how many it ran.
        seconds: what they took, summed over threads or streams.
        flops: floating-point operations in their matrix products; None where the record does not tell it of all.
    """

    device: str
    operations: int = 0
    seconds: float = 0.0
    flops: int | None = 0

    def add(self, seconds: float, flops: int | None) -> None:
        """Count an operation."""
        self.operations += 1
        self.seconds += seconds
        self.flops = None if self.flops is None or flops is None else self.flops + flops


def traced(work: Callable[[], object]) -> list[DeviceUse]:
    """Do some work under the backend's profiler, and say what every device did for it; the host comes first."""
    record = import_module("tensorflow.tsl.profiler.protobuf.xplane_pb2").XSpace()
    with TemporaryDirectory() as folder:
        with backend().recording(folder):
            work()
        record.ParseFromString(next(Path(folder).rglob("*.xplane.pb")).read_bytes())
    return uses(record)


def uses(record: Message) -> list[DeviceUse]:
    """What every device did, from an ``XSpace``; the host comes first."""
    programs = _programs(record)
    found: list[DeviceUse] = []
    launched: set[str] = set()
    for plane in record.planes:
        if name := ACCELERATOR.fullmatch(plane.name):
            events = list(_events(plane, STREAM))
            launched |= {_origin(one) for one in events}
            found.append(_use(name[1].lower(), events, programs))
    host = [one for plane in record.planes if plane.name == HOST for one in _events(plane)]
    own = [one for one in host if (one.program or _is_operation(one.name)) and _origin(one) not in launched]
    return [_use("cpu", own, programs), *found]


class _Event(NamedTuple):
    """Something that took time; ``program`` is empty where XLA did not compile it."""

    program: str
    name: str
    seconds: float
    copies: bool


def _origin(event: _Event) -> str:
    """What the host launched, where an accelerator did this."""
    return event.program or event.name


def _use(device: str, events: list[_Event], programs: Mapping[str, Program]) -> DeviceUse:
    use, nothing = DeviceUse(device), Program({}, frozenset())
    for one in events:
        program = programs.get(one.program, nothing)
        if one.name not in program.containers:
            use.add(one.seconds, 0 if one.copies else program.flops.get(one.name))
    return use


def _events(plane: Message, lines: str = "") -> Iterator[_Event]:
    """What a plane's lines of such names recorded."""
    known = {key: one.name for key, one in plane.stat_metadata.items()}
    for event in (event for line in plane.lines if line.name.startswith(lines) for event in line.events):
        facts = {known[stat.metadata_id]: stat for stat in event.stats}
        name, program = plane.event_metadata[event.metadata_id].name, ""
        if "hlo_op" in facts and "hlo_module" in facts and "program_id" in facts:
            name, module, number = (_value(facts[key], known) for key in ("hlo_op", "hlo_module", "program_id"))
            program = f"{module}({number})"
        elif "tf_op" in facts:
            name = _value(facts["tf_op"], known)
        yield _Event(program, name, event.duration_ps / 1e12, not COPIES.isdisjoint(facts))


def _value(stat: Message, known: Mapping[int, str]) -> str:
    kind = stat.WhichOneof("value")
    return known[stat.ref_value] if kind == "ref_value" else str(getattr(stat, kind))


def _is_operation(name: str) -> bool:
    """Whether TensorFlow ran this without XLA; most of what a host records are calls of functions."""
    found = UNCOMPILED.fullmatch(name)
    return found is not None and found[1] not in LAUNCHERS


def _programs(record: Message) -> dict[str, Program]:
    """The programs that ran, by the names and numbers that events know them by."""
    hlo = import_module("tensorflow.compiler.xla.service.hlo_pb2")
    told = [one for plane in record.planes if plane.name == METADATA for one in plane.event_metadata.values()]
    return {
        one.name: Program.of(hlo.HloProto.FromString(b"".join(stat.bytes_value for stat in one.stats)).hlo_module)
        for one in told
    }
