"""What ONNX itself says of a model: the shape of each tensor, and how many numbers its layers learn."""

from collections.abc import Iterator
from math import prod
from typing import Any, NamedTuple

import onnx
from onnx import shape_inference

from cnn_shapes.checking import CheckResult
from cnn_shapes.importing.findings.model_source import ModelSource
from cnn_shapes.importing.onnx.file_check import check_onnx
from cnn_shapes.importing.onnx.graph import OnnxGraph, inputs_of
from cnn_shapes.importing.onnx.node_reader import BATCH
from cnn_shapes.importing.onnx.stored.model_file import read_model

# from a weight to where it is taken its numbers stay as many
MOVING = ("Identity", "Unsqueeze", "Squeeze", "Transpose", "Reshape", "Cast", "Flatten", "Expand")
COMPUTED_WITH = ("Resize", "Upsample", "Clip", "Pad", "ConstantOfShape", "Slice")  # whose numbers none learns
STATISTICS = {"BatchNormalization": (3, 4)}
REAL = (onnx.TensorProto.FLOAT, onnx.TensorProto.FLOAT16, onnx.TensorProto.DOUBLE)


class Reading(NamedTuple):
    """What we make of a file, beside what ONNX does: shapes by tensor, where both know them."""

    report: CheckResult
    ours: dict[str, tuple[int, ...]]
    theirs: dict[str, tuple[int, ...]]
    params: int


def read(data: bytes) -> Reading:
    model = onnx.load_from_string(data)
    for value in model.graph.input:
        sizes = value.type.tensor_type.shape.dim
        if sizes and sizes[0].dim_param:
            sizes[0].dim_value = 1
    del model.graph.value_info[:]
    inferred = shape_inference.infer_shapes(model, data_prop=True).graph
    theirs = {
        value.name: tuple(dim.dim_value for dim in value.type.tensor_type.shape.dim)
        for value in (*inferred.value_info, *inferred.output)
        if value.type.tensor_type.HasField("shape")
        and all(dim.HasField("dim_value") for dim in value.type.tensor_type.shape.dim)
    }
    ours_model = read_model(data)
    inputs = inputs_of(ours_model)
    sizes_of = {one.name: tuple(map(int, filter(None, one.sizes))) for one in inputs}
    graph = OnnxGraph("model", ours_model, inputs, sizes_of, trusts=False)
    graph.traced()
    batch = inputs[0].batch or 1
    ours = {
        name: tuple(size // BATCH * batch if size % BATCH == 0 else size for size in shape)
        for name, shape in graph.tensors.items()
        if shape is not None
    }
    return Reading(check_onnx("model.onnx", data), ours, theirs, sum(learned(model.graph)))


def learned(graph: Any) -> Iterator[int]:
    """The numbers of each weight: matrices once, vectors for each layer that takes them."""
    stored = {tensor.name: tensor for tensor in graph.initializer}
    made = {name: node for node in graph.node for name in node.output}
    matrices = set()

    def origin(name: str) -> str:
        while name in made and made[name].op_type in MOVING:
            name = made[name].input[0]
        return name

    def count(name: str) -> int:
        name = origin(name)
        if name in stored:
            tensor = stored[name]
            return prod(tensor.dims) if tensor.data_type in REAL and tensor.dims else 0
        node = made.get(name)
        if node is not None and node.op_type == "ConstantOfShape" and node.input[0] in stored:
            return int(prod(onnx.numpy_helper.to_array(stored[node.input[0]]).tolist()))
        return 0

    for node in graph.node:
        if node.op_type in (*MOVING, *COMPUTED_WITH):
            continue
        for place, name in enumerate(node.input):
            if place in STATISTICS.get(node.op_type, ()):
                continue
            source = origin(name)
            dims = stored[source].dims if source in stored else ()
            if sum(size > 1 for size in dims) > 1:
                if source in matrices:
                    continue
                matrices.add(source)
            yield count(name)


def differences(reading: Reading) -> list[str]:
    """Where we and ONNX differ, in shapes or in what is learned; and where our spec and our reading do."""
    found = [
        f"{name}: {shape}, ONNX {reading.theirs[name]}"
        for name, shape in reading.ours.items()
        if reading.theirs.get(name, shape) != shape
    ]
    source, trace = reading.report.source, reading.report.trace
    if not reading.report.ok or trace is None or not isinstance(source, ModelSource):
        return [*found, *(one.message("channels_first") for one in reading.report.errors)]
    outputs = {step.node.name: tuple(step.node.output or ()) for step in trace.steps}
    for layer in source.model.layers:
        for name, shape in zip(layer.outputs, layer.shapes, strict=True):
            here = outputs.get(name, next((s for n, s in outputs.items() if n.endswith(f".{name}")), None))
            if here != shape:
                found.append(f"{name}: {here} in the spec, read as {shape}")
    if trace.totals.params != reading.params:
        found.append(f"{trace.totals.params:,} parameters, ONNX {reading.params:,}")
    return found
