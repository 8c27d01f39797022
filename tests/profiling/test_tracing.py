"""What the framework's profiler recorded, read from a true record and from one that is put together here."""

import json
from typing import Any

import pytest
from tensorflow.compiler.xla.service import hlo_pb2
from tensorflow.tsl.profiler.protobuf import xplane_pb2

from nastoolkit.trainers.backends import backend
from nastoolkit.trainers.hlo import Program
from nastoolkit.trainers.keras_door import Tensor, ops
from nastoolkit.trainers.tracing import DeviceUse, traced, uses

STEPS = 7


def test_the_arithmetic_of_a_compiled_loop_is_exact() -> None:
    """As many products as the loop has turns, which XLA's own count of a program's cost leaves out."""

    def train(turns: Tensor, left: Tensor, right: Tensor) -> Tensor:
        return ops.fori_loop(0, turns, lambda _, state: ops.tanh(state @ right) + left, left)

    compiled = backend().compiled(train, fused=True)
    arguments = [ops.ones((3, 40, 30)), ops.ones((3, 30, 30))]
    compiled(ops.convert_to_tensor(1), *arguments)
    turns = ops.convert_to_tensor(STEPS)
    (cpu,) = traced(lambda: ops.convert_to_numpy(compiled(turns, *arguments)))
    assert (cpu.device, cpu.flops) == ("cpu", STEPS * 2 * 3 * 40 * 30 * 30)
    assert cpu.operations >= STEPS
    assert cpu.seconds > 0


def module() -> Any:
    """A program with a loop, a product, a fusion around another one, and calls of libraries."""
    found = hlo_pb2.HloModuleProto(name="jit_train")
    main, inside = found.computations.add(id=1), found.computations.add(id=2)

    def put(body: Any, name: str, opcode: str, shape: tuple[int, ...], **facts: Any) -> Any:
        one = body.instructions.add(name=name, opcode=opcode, id=10 * body.id + len(body.instructions), **facts)
        one.shape.dimensions.extend(shape)
        return one

    for body in (main, inside):
        put(body, f"rows.{body.id}", "parameter", (4, 6))
        product = put(body, f"dot.{body.id}", "dot", (4, 5), operand_ids=[10 * body.id])
        product.dot_dimension_numbers.lhs_contracting_dimensions.append(1)
    put(main, "fusion.1", "fusion", (4, 5), called_computation_ids=[2])
    put(main, "while.1", "while", (4, 5), called_computation_ids=[2])
    dimensions = {"dot_dimension_numbers": {"lhs_contracting_dimensions": ["1"]}}
    said = json.dumps({"gemm_backend_config": dimensions}).encode()
    gemm = put(main, "gemm.1", "custom-call", (), operand_ids=[10], custom_call_target="__cublas$gemm")
    gemm.backend_config = said
    gemm.shape.tuple_shapes.add().dimensions.extend((4, 3))
    put(main, "library.1", "custom-call", (4, 5), custom_call_target="__cudnn$conv")
    return found


def test_products_are_counted_wherever_they_are_and_nothing_is_guessed() -> None:
    program = Program.of(module())
    assert program.containers == {"while.1"}
    assert program.flops == {
        "rows.1": 0,
        "dot.1": 2 * 4 * 5 * 6,
        "rows.2": 0,
        "dot.2": 2 * 4 * 5 * 6,
        "fusion.1": 2 * 4 * 5 * 6,
        "gemm.1": 2 * 4 * 3 * 6,
        "library.1": None,
    }


class Record:
    """A record that is put together by hand; every event takes a second."""

    def __init__(self) -> None:
        self.space = xplane_pb2.XSpace()
        plane = self.space.planes.add(name="/host:metadata")
        plane.stat_metadata[1].name = "Hlo Proto"
        plane.event_metadata[1].name = "jit_train(8)"
        program = hlo_pb2.HloProto(hlo_module=module()).SerializeToString()
        plane.event_metadata[1].stats.add(metadata_id=1, bytes_value=program)

    def line(self, plane: str, name: str, *events: tuple[str, dict[str, Any]]) -> None:
        planes = [one for one in self.space.planes if one.name == plane]
        found = planes[0] if planes else self.space.planes.add(name=plane)
        line = found.lines.add(name=name)
        for n, (title, facts) in enumerate(events, len(found.event_metadata) + 1):
            found.event_metadata[n].name = title
            event = line.events.add(metadata_id=n, duration_ps=10**12)
            for key, value in facts.items():
                place = len(found.stat_metadata) + 1
                found.stat_metadata[place].name = key
                kind = "int64_value" if isinstance(value, int) else "str_value"
                event.stats.add(metadata_id=place, **{kind: value})


def op(name: str) -> tuple[str, dict[str, Any]]:
    return name, {"hlo_op": name, "hlo_module": "jit_train", "program_id": 8}


def test_a_loop_is_no_operation_beside_those_that_it_runs_and_calls_of_functions_are_none() -> None:
    record = Record()
    record.line("/host:CPU", "thread", op("while.1"), op("dot.1"), op("fusion.1"), ("train_step", {}))
    assert uses(record.space) == [DeviceUse("cpu", 2, 2.0, 2 * 240)]


def test_what_an_accelerator_ran_was_launched_and_not_run_by_the_host() -> None:
    record = Record()
    record.line("/host:CPU", "thread", op("dot.1"), ("while/Relu:Relu", {}))
    kernels = [("sgemm_128", op("gemm.1")[1]), ("memcpy", {"memcpy_details": "HtoD"})]
    record.line("/device:GPU:0", "Stream #7(Compute)", *kernels)
    record.line("/device:GPU:0", "XLA Ops", op("dot.1"))
    cpu, gpu = uses(record.space)
    assert gpu == DeviceUse("gpu:0", 2, 2.0, 144)
    assert cpu == DeviceUse("cpu", 1, 1.0, None)


def test_without_xla_operations_are_counted_and_their_arithmetic_is_not_reported() -> None:
    record = Record()
    record.line("/host:CPU", "thread", ("while:While", {}), ("while/body/_1/while/Relu_1:Relu", {}), ("f::Run", {}))
    assert uses(record.space) == [DeviceUse("cpu", 1, 1.0, None)]


@pytest.mark.parametrize(
    ("kernel", "flops"), [({"tf_op": "while/Relu:Relu"}, None), ({"memset_details": "0"}, 0), ({}, None)]
)
def test_a_kernel_of_no_program_has_arithmetic_that_nobody_knows(kernel: dict[str, str], flops: int | None) -> None:
    record = Record()
    record.line("/device:GPU:0", "Stream #7", ("kernel", kernel))
    record.line("/host:CPU", "thread", ("while/Relu:Relu", {}))
    cpu, gpu = uses(record.space)
    assert gpu == DeviceUse("gpu:0", 1, 1.0, flops)
    assert cpu.operations == (0 if "tf_op" in kernel else 1)
