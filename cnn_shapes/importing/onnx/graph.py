"""The graph of an ONNX file in the language's layers: each node folded, or read by its row of the table."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from math import prod
from typing import Any

from cnn_shapes.importing.arrangement import Arranged, group_of
from cnn_shapes.importing.building import MOST_AXES, LayerBuilder, NotReached, Refused
from cnn_shapes.importing.layers_of import RESERVED, LayerNames
from cnn_shapes.importing.onnx import constants
from cnn_shapes.importing.onnx.constants import ConstantTensor, Unfoldable
from cnn_shapes.importing.onnx.node_reader import BATCH, GraphState, NodeReader, dims_of
from cnn_shapes.importing.onnx.patterns import joined
from cnn_shapes.importing.onnx.scopes import modules_of
from cnn_shapes.importing.onnx.stored.model_file import (
    MOST_ELEMENTS,
    DeclaredInput,
    OnnxModel,
    OnnxNode,
    printable,
)
from cnn_shapes.importing.onnx.table import OPERATIONS
from cnn_shapes.importing.recording import RecordedCall, Recording, ResultOf
from cnn_shapes.importing.traced_model import TracedModel, UnsupportedCall

_UNWRITABLE = re.compile(r"[^\w-]+")
_CHANNELS_LAST = {3: [0, 2, 1], 4: [0, 3, 1, 2], 5: [0, 4, 1, 2, 3]}  # the order that puts them first
_RECURRENT = ("LSTM", "GRU", "RNN")
_SHAPE_ONLY = ("Shape", "Size")  # of a tensor whose sizes are known, they are constants


@dataclass(frozen=True, slots=True)
class GraphInput:
    """An input as a spec has it: its sizes without the batch, None where the file leaves one open.

    `axes` says for each axis of the tensor which axis of the spec's it is, None of the batch.
    """

    name: str
    tensor: str
    batch: int | None
    sizes: tuple[int | None, ...]
    axes: tuple[int | None, ...]


def inputs_of(model: OnnxModel) -> list[GraphInput]:
    """The inputs, channels first. Raises Refused."""
    found: list[GraphInput] = []
    readers: dict[str, list[OnnxNode]] = {}
    for node in model.nodes:
        for name in node.inputs:
            readers.setdefault(name, []).append(node)
    for one in model.inputs:
        if one.name in readers or len(model.inputs) == 1:
            name = _name(one.name, {*RESERVED, *(other.name for other in found)})
            found.append(_input(name, one, readers.get(one.name, [])))
    if not found:
        raise Refused("a model without an input")
    return found


def _input(name: str, one: DeclaredInput, readers: Sequence[OnnxNode]) -> GraphInput:
    shown = printable(one.name[:60])
    if one.sizes is None:
        raise Refused(f"the input {shown}, whose number of axes the file does not say")
    rank = len(one.sizes)
    if not 2 <= rank <= MOST_AXES + 1:
        raise Refused(
            f"the input {shown}, which has {rank} axes: with the batch 2 to {MOST_AXES + 1} can be said"
        )
    axes: tuple[int | None, ...] = (None, *range(rank - 1))
    turn = _CHANNELS_LAST.get(rank)
    if readers and all(
        node.operation == "Transpose" and node.attributes.get("perm") == turn for node in readers
    ):
        axes = (None, *range(1, rank - 1), 0)
    elif rank == 3 and readers and all(_takes_steps_first(node, one.name) for node in readers):
        axes = (1, None, 0)
    known = [size if isinstance(size, int) else None for size in one.sizes]
    sizes = tuple(known[axes.index(axis)] for axis in range(rank - 1))
    return GraphInput(name, one.name, known[axes.index(None)], sizes, axes)


def _takes_steps_first(node: OnnxNode, name: str) -> bool:
    return node.operation in _RECURRENT and node.inputs[0] == name and not node.attributes.get("layout")


def _name(wanted: str, taken: Set[str]) -> str:
    """A name that an input of a spec may have, and that no other has."""
    plain = _UNWRITABLE.sub("-", wanted).strip("-")[:60] or "x"
    plain = plain if plain[0].isalpha() else f"x-{plain}"
    name, count = plain, 1
    while name in taken:
        count += 1
        name = f"{plain}-{count}"
    return name


class OnnxGraph:
    """Reads a model whose inputs have these sizes, channels first and without the batch.

    `tensors` is what each tensor of the file turned out to be, by its name. With `trusts` the shapes that the
    file states are compared with.
    """

    def __init__(
        self,
        name: str,
        model: OnnxModel,
        inputs: Sequence[GraphInput],
        sizes: Mapping[str, Sequence[int]],
        trusts: bool,
    ) -> None:
        self.name, self.model, self.inputs, self.trusts = name, model, inputs, trusts
        self.builder = LayerBuilder(Recording("", name, BATCH, (), ()))
        batches = {one.batch for one in inputs}
        self.state = GraphState(self.builder, model.version, batches.pop() if len(batches) == 1 else None)
        self.values: list[tuple[str, int]] = []
        self.calls: dict[int, RecordedCall] = {}
        self.unsupported: list[UnsupportedCall] = []
        self.not_reached = 0
        for number, one in enumerate(inputs):
            shape = tuple(sizes[one.name])
            value = self.builder.new_value(shape)
            batch, axes = self.builder.batch, tuple(map(group_of, shape))
            dims = tuple((batch,) if axis is None else axes[axis] for axis in one.axes)
            made = Arranged(value, axes, dims, batch)
            self.values.append((one.name, value))
            # inputs are no nodes: their numbers come before those
            self._take(one.tensor, -1 - number, 0, made)
        for tensor, stored in model.weights.items():
            self.state.tensors[tensor] = constants.stored(tensor, stored)

    @property
    def tensors(self) -> dict[str, tuple[int, ...] | None]:
        """The shape of each tensor that depends on the inputs, with the batch."""
        return {
            name: dims_of(known)
            for name, given in self.state.tensors.items()
            if isinstance(given, ResultOf) and isinstance(known := self.builder.results.get(given), Arranged)
        }

    def traced(self) -> TracedModel:
        """The model in the language's layers. What the language cannot say is in `unsupported`, by name."""
        nodes = joined(self.model)
        readers = self.state.readers
        self.state.made = frozenset(name for node in nodes for name in node.outputs)
        for node in nodes:
            for name in node.inputs:
                readers[name] = readers.get(name, 0) + 1
        for name in self.model.outputs:
            readers[name] = readers.get(name, 0) + 1
        for number, node in enumerate(nodes):
            self._read(number, node)
        outputs = [value for value in map(self._output, self.model.outputs) if value is not None]
        self.builder.spared(outputs)
        names = LayerNames(self.values_by_name(), self.builder)
        return TracedModel(
            self.name,
            tuple((name, self.builder.shapes[value]) for name, value in self.values),
            tuple(names.layer(draft) for draft in self.builder.drafts),
            tuple(dict.fromkeys(names.of[value] for value in outputs)),
            tuple(self.unsupported),
            self.not_reached,
            tuple(self.builder.left_out),
        )

    def values_by_name(self) -> list[str]:
        return [name for name, _ in self.values]

    def _output(self, name: str) -> int | None:
        given = self.state.tensors.get(name)
        known = self.builder.results.get(given) if isinstance(given, ResultOf) else None
        if not isinstance(given, ResultOf) or not isinstance(known, Arranged):
            return None
        drafts = len(self.builder.drafts)
        try:  # what comes out is of the shape that the file has
            known = self.builder.as_plain(self.calls[given.call], known)
        except (Refused, KeyError):
            self.builder.forget(drafts)
        return None if known.value in [value for _, value in self.values] else known.value

    def _take(self, tensor: str, call: int, place: int, made: Any) -> None:
        if not tensor or made is None:
            return
        if isinstance(made, Arranged):
            result = ResultOf(call, place)
            self.builder.results[result] = made
            made = result
        self.state.tensors[tensor] = made

    def _read(self, number: int, node: OnnxNode) -> None:
        drafts = len(self.builder.drafts)
        call = RecordedCall(number, node.operation, (), {}, (), modules_of(node, self.state.tensors))
        self.calls[number] = call
        reader = NodeReader(self.state, node, call)
        try:
            made = self._made(reader, node)
            results = made if isinstance(made, list) else [made]
            self._compare(node, results)
        except NotReached:
            self.not_reached += 1
            self.builder.forget(drafts)
            return
        except (Refused, Unfoldable) as refusal:
            self._refuse(call, node, str(refusal), drafts)
            return
        except (
            KeyError,
            IndexError,
            ValueError,
            TypeError,
            AttributeError,
            OverflowError,
            ZeroDivisionError,
        ):
            self._refuse(call, node, "its arguments are of a form that is not known", drafts)
            return
        for place, (tensor, result) in enumerate(zip(node.outputs, results, strict=False)):
            self._take(tensor, number, place, result)

    def _made(self, reader: NodeReader, node: OnnxNode) -> Any:
        operation = node.operation
        if operation == "Constant":
            return constants.constant(next(iter(node.attributes.values()), None))
        given = reader.all_given
        if operation in _SHAPE_ONLY:
            return self._sizes(reader, node, given[0])
        folded = [one for one in given if isinstance(one, ConstantTensor) or one is None]
        if len(folded) == len(given):
            if operation == "ConstantOfShape":
                return self._filled(node, folded[0])
            if constants.is_foldable(operation):
                return constants.folded(operation, folded, node.attributes)
        read = OPERATIONS.get(operation)
        if read is None:
            raise Refused("it has no such layer")
        return read(reader)

    def _sizes(self, reader: NodeReader, node: OnnxNode, given: Any) -> ConstantTensor:
        shape = given.shape if isinstance(given, ConstantTensor) else dims_of(reader.tensor())
        if shape is None:
            raise Refused("a tensor whose sizes are not known")
        whole = constants.size_list(shape, node.inputs[0])
        if node.operation == "Size":
            return constants.folded("ReduceProd", [whole], {"keepdims": 0})
        start, end = node.attributes.get("start") or 0, node.attributes.get("end")
        part = slice(start, end)
        return ConstantTensor((len(whole.values[part]),), whole.values[part], (), whole.sizes_of[part])

    def _filled(self, node: OnnxNode, sizes: ConstantTensor | None) -> ConstantTensor:
        """Zeros, or another number. Of sizes that are stored they stand for weights that are left out."""
        import numpy

        if sizes is None or sizes.values is None:
            raise Refused("sizes that are computed from the data")
        shape = tuple(int(size) for size in sizes.values.ravel())
        if any(size < 0 for size in shape):
            raise Refused("negative sizes")
        stored = node.inputs[0] in self.model.weights
        value = node.attributes.get("value")
        number = value.values.ravel()[0] if value is not None and value.values is not None else 0.0
        is_real = value is None or value.is_real
        names = (node.outputs[0],) if stored and is_real and shape else ()
        values = None if prod(shape) > MOST_ELEMENTS else numpy.full(shape, number)
        return ConstantTensor(shape, values, names)

    def _compare(self, node: OnnxNode, results: Sequence[Any]) -> None:
        """Refuse what has another shape than the file states: nothing is guessed."""
        for tensor, made in zip(node.outputs, results, strict=False):
            stated = self.model.declared.get(tensor)
            if not self.trusts or not isinstance(made, Arranged) or stated is None:
                continue
            found = dims_of(made)
            fits = len(found) == len(stated) and all(
                not isinstance(there, int) or there == here or here % BATCH == 0
                for here, there in zip(found, stated, strict=True)
            )
            if not fits:
                raise Refused(f"it gives {_shown(found)}, and the file says {_shown(stated)}")

    def _refuse(self, call: RecordedCall, node: OnnxNode, why: str, drafts: int) -> None:
        self.builder.forget(drafts)
        self.unsupported.append(UnsupportedCall(node.operation, why, call.index, call.modules))


def _shown(sizes: Sequence[Any]) -> str:
    return f"[{', '.join('N' if size == BATCH else str(size)[:20] for size in sizes)}]"
