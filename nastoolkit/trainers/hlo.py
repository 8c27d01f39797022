"""The arithmetic of compiled programs, read from the form that XLA gives them (HLO)."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

CONTAINERS = {"while", "conditional", "call"}
"""Instructions that run others, which a profiler records by themselves."""

UNKNOWN = {"convolution", "custom-call"}
"""Instructions whose arithmetic is not known from their shapes alone."""

GEMM = {"__cublas$gemm", "__cublas$lt$matmul"}
"""Calls of NVIDIA's library for products of matrices, which say which dimensions they sum over."""

Message = Any
"""A protobuf, which has no types."""


@dataclass(frozen=True, slots=True)
class Program:
    """What is known of a compiled program's instructions, by their names.

    Args:
        flops: floating-point operations in matrix products, a multiplication and an addition being two; what is
            computed element by element is not counted. None where an instruction's arithmetic is not known.
        containers: those that only run others; they are not in ``flops``.
    """

    flops: dict[str, int | None]
    containers: frozenset[str]

    @classmethod
    def of(cls, module: Message) -> "Program":
        """The program of an ``HloModuleProto``."""
        bodies = {body.id: body for body in module.computations}
        pairs = [(one, body) for body in module.computations for one in body.instructions]
        return cls(
            {one.name: _flops(one, body, bodies) for one, body in pairs if one.opcode not in CONTAINERS},
            frozenset(one.name for one, _ in pairs if one.opcode in CONTAINERS),
        )


def _flops(instruction: Message, body: Message, bodies: dict[int, Message]) -> int | None:
    if instruction.opcode == "fusion":
        inner = [bodies[key] for key in instruction.called_computation_ids]
        parts = [_flops(one, each, bodies) for each in inner for one in each.instructions]
        return None if None in parts else sum(part or 0 for part in parts)
    if instruction.opcode == "dot":
        return _product(instruction, body, instruction.dot_dimension_numbers.lhs_contracting_dimensions)
    if instruction.custom_call_target in GEMM:
        said = json.loads(instruction.backend_config)["gemm_backend_config"]["dot_dimension_numbers"]
        return _product(instruction, body, [int(one) for one in said["lhs_contracting_dimensions"]])
    return None if instruction.opcode in UNKNOWN else 0


def _product(instruction: Message, body: Message, summed: Sequence[int]) -> int:
    """Twice the entries of the result, times the length of the sum behind each."""
    left = next(one.shape for one in body.instructions if one.id == instruction.operand_ids[0])
    result = instruction.shape.tuple_shapes[0] if instruction.shape.tuple_shapes else instruction.shape
    return 2 * prod(result.dimensions) * prod(left.dimensions[k] for k in summed)
