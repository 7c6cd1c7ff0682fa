"""What is in an ONNX file, as plain values: nodes, inputs, and the shapes of its weights.

The one place that imports `onnx`. Weights that are stored in other files are never loaded, and of large ones
nothing but the shape is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import prod
from typing import Any

MOST_NODES = 20_000
MOST_ELEMENTS = 2**16  # of a constant whose values are kept: sizes, axes and scales have fewer
MOST_INPUTS = 64
_LONGEST_NAME = 60
_MOST_ENTRIES = 200_000  # operations, weights, inputs and stated shapes, before they are unpacked
_LONGEST_NOTE = 2000
_MOST_AXES = 16
# the wire format of Protocol Buffers: a key is the number of a field times 8 and its type
_FIRST_KEY, _A_NUMBER, _BYTES, _GRAPH = 8, 0, 2, 7


class NotReadable(Exception):
    """A file that is not a whole model: a template, and its facts."""

    def __init__(self, template: str, **facts: Any) -> None:
        super().__init__(template)
        self.template, self.facts = template, facts


@dataclass(frozen=True, slots=True)
class StoredTensor:
    """A tensor in the file: its sizes, and its values as an array of numpy where they are few."""

    shape: tuple[int, ...]
    values: Any
    is_real: bool  # floating point numbers: what is learned is of these


@dataclass(frozen=True, slots=True)
class OnnxNode:
    """An operation. An input that is left out has an empty name; `scopes` are the paths of
    the modules around it, outermost first, `classes` what these are called, where an exporter notes it.
    """

    operation: str
    name: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: Mapping[str, Any]
    scopes: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DeclaredInput:
    """An input of the graph. A size that the file leaves open is its name, or None."""

    name: str
    sizes: tuple[int | str | None, ...] | None


@dataclass(frozen=True, slots=True)
class OnnxModel:
    """`declared` are the shapes that the file states of tensors."""

    version: int
    nodes: tuple[OnnxNode, ...]
    inputs: tuple[DeclaredInput, ...]
    outputs: tuple[str, ...]
    weights: Mapping[str, StoredTensor]
    declared: Mapping[str, tuple[int | str | None, ...]] = field(default_factory=dict)


def read_model(data: bytes) -> OnnxModel:
    """The model that the bytes of a file are. Raises NotReadable."""
    try:
        from onnx import ModelProto, numpy_helper
    except ImportError as error:
        if getattr(error, "name", None) not in ("onnx", "numpy", "google", "google.protobuf"):
            raise NotReadable("the package onnx cannot be loaded: {reason}", reason=str(error)) from None
        raise NotReadable(
            "to read {path}, install the package onnx: pip install 'cnn-shapes[onnx]'"
        ) from None
    if _entries(data) > _MOST_ENTRIES:
        raise NotReadable("{path} has more than {most} entries: it is not read", most=_MOST_ENTRIES)
    model = ModelProto()
    try:
        model.ParseFromString(data)
    except Exception:  # DecodeError is of a package that is not ours to name
        raise NotReadable("{path} is not a whole ONNX file: it was cut short, or is something else") from None
    graph = model.graph
    if not model.HasField("graph") or not graph.node:
        raise NotReadable("{path} is not an ONNX file: there is no operation in it")
    if len(graph.node) > MOST_NODES:
        facts = {"count": len(graph.node), "most": MOST_NODES}
        raise NotReadable("{path} has {count} operations: at most {most} are read", **facts)
    reader = _Plain(numpy_helper.to_array)
    weights = {tensor.name: reader.tensor(tensor) for tensor in graph.initializer}
    for sparse in graph.sparse_initializer:
        shape = tuple(sparse.dims)
        weights[sparse.values.name] = StoredTensor(shape, None, True)
    declared = {
        value.name: sizes
        for value in (*graph.value_info, *graph.output)
        if (sizes := _sizes(value)) is not None
    }
    inputs = tuple(
        DeclaredInput(value.name, _sizes(value)) for value in graph.input if value.name not in weights
    )
    return OnnxModel(
        max((one.version for one in model.opset_import if one.domain in ("", "ai.onnx")), default=1),
        _in_order([reader.node(node) for node in graph.node], {*weights, *(one.name for one in inputs)}),
        inputs,
        tuple(value.name for value in graph.output),
        weights,
        declared,
    )


def _entries(data: bytes) -> int:
    """How many entries a model and its graph have, at most one more than are read.

    Unpacked, each takes much memory. What is no entry at all is left to who unpacks it.
    """
    count = 0
    parts = [(0, len(data), False)]
    while parts:
        place, end, is_graph = parts.pop()
        while place < end and count <= _MOST_ENTRIES:
            key, place = _number(data, place)
            if key < _FIRST_KEY or key & 7 not in (_A_NUMBER, _BYTES):
                return count
            size, place = _number(data, place)
            count += 1
            if key & 7 == _BYTES:
                if key >> 3 == _GRAPH and not is_graph:
                    parts.append((place, min(place + size, end), True))
                place += size
    return count


def _number(data: bytes, place: int) -> tuple[int, int]:
    """A number of seven bits a byte, and where it ends."""
    found = shift = 0
    for byte in data[place : place + 10]:
        found |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return found, place + shift // 7
    return 0, len(data)


def printable(text: str) -> str:
    """A name without what a terminal or a spec would take for more than text."""
    return text if text.isprintable() else "".join(one if one.isprintable() else "?" for one in text)


class _Plain:
    def __init__(self, to_array: Any) -> None:
        self.to_array = to_array

    def node(self, node: Any) -> OnnxNode:
        known = node.domain in ("", "ai.onnx")
        return OnnxNode(
            printable((node.op_type if known else f"{node.domain}.{node.op_type}")[:_LONGEST_NAME]),
            node.name,
            tuple(node.input),
            tuple(node.output),
            {one.name: self.attribute(one) for one in node.attribute},
            *_scopes(node),
        )

    def attribute(self, one: Any) -> Any:
        names = {1: "f", 2: "i", 3: "s", 4: "t", 6: "floats", 7: "ints", 8: "strings"}
        kind = names.get(one.type)
        if kind is None:  # files of the first versions do not say which
            kind = next((name for name in names.values() if name != "t" and getattr(one, name)), None)
        if kind is None:
            return None
        value = getattr(one, kind)
        if kind == "t":
            return self.tensor(value)
        if kind == "s":
            return value.decode(errors="replace")
        if kind == "strings":
            return [text.decode(errors="replace") for text in value]
        return list(value) if kind in ("floats", "ints") else value

    def tensor(self, tensor: Any) -> StoredTensor:
        shape = tuple(tensor.dims)
        if any(size < 0 for size in shape) or len(shape) > _MOST_AXES:
            raise NotReadable(
                "the tensor {name} has the sizes {sizes}", name=tensor.name, sizes=_listed(shape)
            )
        is_real = tensor.data_type in (1, 10, 11, 16)
        # 1: stored in another file
        if prod(shape) > MOST_ELEMENTS or tensor.data_location == 1 or tensor.data_type in (0, 8):
            return StoredTensor(shape, None, is_real)
        try:
            values = self.to_array(tensor)
        except Exception:  # of no type or length that it may have
            return StoredTensor(shape, None, is_real)
        return StoredTensor(shape, values if values.shape == shape else None, is_real)


def _listed(shape: Sequence[int]) -> str:
    return f"[{', '.join(map(str, shape[:_MOST_AXES]))}]"


def _sizes(value: Any) -> tuple[int | str | None, ...] | None:
    kind = value.type.tensor_type
    if not value.type.HasField("tensor_type") or not kind.HasField("shape"):
        return None
    return tuple(
        dim.dim_value if dim.HasField("dim_value") and dim.dim_value > 0 else dim.dim_param or None
        for dim in kind.shape.dim
    )


def _scopes(node: Any) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The paths and classes of the modules that PyTorch notes, without the model and the operation."""
    noted = {one.key: one.value for one in node.metadata_props if len(one.value) < _LONGEST_NOTE}
    paths, classes = (
        tuple(part.strip(" '\"") for part in noted.get(key, "").strip("[]").split(","))[1:-1]
        for key in ("pkg.torch.onnx.name_scopes", "pkg.torch.onnx.class_hierarchy")
    )
    return paths, classes if len(classes) == len(paths) else ()


def _in_order(nodes: Sequence[OnnxNode], known: Iterable[str]) -> tuple[OnnxNode, ...]:
    """The nodes, each after those whose outputs it takes. Raises NotReadable for a cycle."""
    there = {"", *known}
    makers: dict[str, int] = {}
    for number, node in enumerate(nodes):
        for name in filter(None, node.outputs):
            if makers.setdefault(name, number) != number or name in there:
                raise NotReadable("{tensor} is made twice in {path}", tensor=name[:_LONGEST_NAME])
    waiting = [{makers[name] for name in node.inputs if name in makers} for node in nodes]
    readers: dict[int, list[int]] = {}
    for number, before in enumerate(waiting):
        for one in before:
            readers.setdefault(one, []).append(number)
    if all(max(before, default=-1) < number for number, before in enumerate(waiting)):
        return tuple(nodes)
    left = list(map(len, waiting))
    ready = [number for number, count in enumerate(left) if not count]
    order = []
    for number in ready:
        order.append(nodes[number])
        for reader in readers.get(number, ()):
            left[reader] -= 1
            if not left[reader]:
                ready.append(reader)
    if len(order) < len(nodes):
        stuck = next(node for node, count in zip(nodes, left, strict=True) if count)
        raise NotReadable(
            "the operations of {path} go in a circle: {operation} {name} waits for what comes of itself",
            operation=stuck.operation,
            name=(stuck.name or next(iter(stuck.outputs), ""))[:_LONGEST_NAME],
        )
    return tuple(order)
