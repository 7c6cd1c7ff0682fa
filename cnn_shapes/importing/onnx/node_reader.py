"""One node of a graph while it is read: what its inputs are, and its attributes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from cnn_shapes.importing.arrangement import Arranged, size_of
from cnn_shapes.importing.building import Draft, LayerBuilder, NotReached, Refused
from cnn_shapes.importing.onnx.constants import ConstantTensor
from cnn_shapes.importing.onnx.stored.model_file import OnnxNode
from cnn_shapes.importing.recording import RecordedCall, ResultOf, Weights

Given = ResultOf | ConstantTensor
# what a node gives: a tensor, a constant, or one for each of its outputs
NodeOperation = Callable[["NodeReader"], Any]
# The batch is a number that nothing else in a graph has: what is computed of it is seen to be.
BATCH = 1_000_003


@dataclass(slots=True)
class GraphState:
    """What has been read of a graph: tensors by name, and how often each is taken."""

    builder: LayerBuilder
    version: int
    batch: int | None  # what the file says of it
    tensors: dict[str, Given] = field(default_factory=dict)
    made: frozenset[str] = frozenset()  # by some node
    readers: dict[str, int] = field(default_factory=dict)


class NodeReader:
    """`call` stands for the node in what is shared with the reading of models that run."""

    def __init__(self, state: GraphState, node: OnnxNode, call: RecordedCall) -> None:
        self.state, self.node, self.call = state, node, call
        self.b = state.builder
        self.version = state.version

    # ------------------------------------------------------------------------------------- inputs

    def given(self, place: int) -> Given | None:
        """An input; None where it is left out. Raises NotReached."""
        name = self.node.inputs[place] if place < len(self.node.inputs) else ""
        if not name:
            return None
        found = self.state.tensors.get(name)
        if found is None and name not in self.state.made:
            raise Refused(f"it takes {name[:60]}, which nothing in the file makes")
        if found is None:
            raise NotReached
        return found

    @property
    def all_given(self) -> list[Given | None]:
        return [self.given(place) for place in range(len(self.node.inputs))]

    def result(self, place: int = 0) -> ResultOf:
        """An input that depends on the network's."""
        found = self.given(place)
        if not isinstance(found, ResultOf):
            what = "no input" if found is None else self.constant_name(place)
            raise Refused(f"{what} instead of a tensor that depends on the network's input")
        return found

    def tensor(self, place: int = 0) -> Arranged:
        return self.b.tensor(self.result(place))

    def constant_name(self, place: int) -> str:
        found = self.given(place)
        if isinstance(found, ConstantTensor) and found.names:
            return f"the weights {found.names[0][:60]}"
        return f"the constant {self.node.inputs[place][:60]}"

    def folded(self, place: int) -> ConstantTensor | None:
        """An input that does not depend on the network's; None where it is left out."""
        found = self.given(place)
        if isinstance(found, ResultOf):
            raise Refused(f"its input {place + 1}, {self.node.inputs[place][:60]}, is computed from the data")
        return found

    def numbers(self, place: int) -> list[int] | None:
        """An input that is a list of whole numbers; None where it is left out, or empty."""
        found = self.folded(place)
        if found is None:
            return None
        if found.values is None:
            raise Refused(f"the values of {self.node.inputs[place][:60]} are not known")
        return [int(one) for one in found.values.ravel()]

    def array(self, place: int) -> Any:
        found = self.folded(place)
        return None if found is None else found.values

    def is_given(self, place: int) -> bool:
        return place < len(self.node.inputs) and self.node.inputs[place] != ""

    def weights(self, place: int) -> Weights | None:
        """An input that holds weights; None where it is left out."""
        found = self.folded(place)
        if found is None:
            return None
        if found.shape is None:
            raise Refused(f"the sizes of {self.node.inputs[place][:60]} are not known")
        names = found.names or (self.node.inputs[place],)
        return Weights(names, found.shape, True)

    def own_weights(self, place: int) -> Weights | None:
        """The weights of a norm or a slope, which are another layer's too only where their values say so.

        A file may store equal vectors once, and untrained ones are all alike: a scale of ones is not shared.
        """
        weights = self.weights(place)
        if weights is None:
            return None
        scale = self.array(1)
        if scale is not None and scale.size > 1 and (scale != scale.ravel()[0]).any():
            return weights
        return replace(weights, names=tuple(f"{name}:{self.call.index}" for name in weights.names))

    def kernel(self, place: int, rank: int | None = None) -> Weights:
        weights = self.weights(place)
        if weights is None or (rank is not None and len(weights.shape) != rank):
            found = "none" if weights is None else f"{len(weights.shape)}"
            raise Refused(f"weights of {rank} axes are expected, found {found}")
        return weights

    # --------------------------------------------------------------------------------- attributes

    def attribute(self, name: str, usual: Any = None) -> Any:
        value = self.node.attributes.get(name)
        return usual if value is None else value

    def whole(self, name: str, usual: int = 0) -> int:
        value = self.attribute(name, usual)
        if not isinstance(value, int):
            raise Refused(f"its {name} is not a whole number")
        return value

    def flag(self, name: str, usual: bool = False) -> bool:
        return bool(self.whole(name, int(usual)))

    def several(self, name: str, count: int, usual: int) -> list[int]:
        value = self.attribute(name)
        if value is None or value == []:
            return [usual] * count
        if not isinstance(value, list) or len(value) != count or not all(isinstance(x, int) for x in value):
            raise Refused(f"its {name} has other than {count} whole numbers")
        return value

    def axes(self, rank: int, place: int = 1) -> list[int] | None:
        """The axes of an operation: an attribute, or an input where it has become one."""
        value = self.attribute("axes")
        if value is None:
            value = self.numbers(place)
        if value is None:
            return None
        if not all(-rank <= axis < rank for axis in value):
            raise Refused(f"it names the axes {value} of {rank}")
        return sorted({axis % rank for axis in value})

    def axis(self, usual: int, rank: int) -> int:
        axis = self.whole("axis", usual)
        if not -rank <= axis < rank:
            raise Refused(f"it names axis {axis} of {rank}")
        return axis % rank

    # ------------------------------------------------------------------------------------- layers

    def shaped(self, shape: Sequence[int]) -> RecordedCall:
        """The call as one whose result has a shape, the batch included."""
        return replace(self.call, shapes=(tuple(shape),))

    def layer(
        self,
        kind: str,
        fields: Mapping[str, Any],
        inputs: Sequence[Arranged],
        shape: Sequence[int],
        **more: Any,
    ) -> int:
        return self.b.layer(self.call, kind, fields, [x.value for x in inputs], shape, **more)

    def same_shape(self, kind: str, fields: Mapping[str, Any] | None = None) -> Arranged:
        """A layer of each value by itself."""
        x = self.tensor()
        return x.holding(self.layer(kind, fields or {}, [x], x.shape))

    def left_out(self, what: str) -> None:
        self.b.left_out.setdefault(what)

    def map(self, place: int = 0, rank: int | None = None) -> Arranged:
        """An input as a map with channels first and, where it is given, so many spatial axes."""
        x = self.b.as_plain(self.call, self.tensor(place))
        if rank is not None and len(x.axes) != rank + 1:
            raise Refused(f"{len(x.axes) - 1} spatial axes come in, and it is for {rank}")
        return x

    def maker(self, place: int) -> Draft | None:
        """The layer that gives an input, where nothing else takes it."""
        found = self.given(place)
        if not isinstance(found, ResultOf) or self.state.readers.get(self.node.inputs[place], 0) != 1:
            return None
        known = self.b.results.get(found)
        return self.b.makers.get(known.value) if isinstance(known, Arranged) else None


def dims_of(x: Arranged) -> tuple[int, ...]:
    """The sizes of a tensor as its file has them, the batch included."""
    return tuple(map(size_of, x.dims))
