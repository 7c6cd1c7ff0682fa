"""The layers of a recorded Keras model: each call through the table of Keras, then a name for each layer."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from cnn_shapes.diagnostics import CHANNELS_FIRST, CHANNELS_LAST, from_layout
from cnn_shapes.importing.keras_models.names import units_of
from cnn_shapes.importing.keras_models.recording import KerasRecording, RecordedLayer
from cnn_shapes.importing.recording import INPUT, ModuleCall, ResultOf
from cnn_shapes.importing.traced_model import LayerShape, TracedLayer, TracedModel, UnsupportedCall
from cnn_shapes.language.dialects.keras.call import KerasCall, SaidLayer, Tensor, Unsayable, Variable
from cnn_shapes.language.dialects.keras.operations import LEFT_OUT
from cnn_shapes.language.dialects.keras.table import said_layers
from cnn_shapes.layers import KINDS

_UNWRITABLE = re.compile(r"[^\w-]+")
_RESERVED = ("prev", "input")
_LAYOUTS = (CHANNELS_LAST, CHANNELS_FIRST)


def keras_layers_of(recording: KerasRecording) -> TracedModel:
    """The model in the language's layers. What the language cannot say is in `unsupported`, by name."""
    return _KerasReading(recording).model()


def layout_of(recording: KerasRecording) -> str:
    """Where the channels of a model are: as the first layer that says it has them."""
    said = (call.config.get("data_format") for call in recording.calls if call.config is not None)
    return next((one for one in said if one in _LAYOUTS), recording.layout)


class _KerasReading:
    def __init__(self, recording: KerasRecording) -> None:
        self.recording = recording
        self.layout = layout_of(recording)
        self.results: dict[ResultOf, str] = {}
        self.layers: list[TracedLayer] = []
        self.unsupported: list[UnsupportedCall] = []
        self.not_reached = 0
        self.left_out: dict[str, None] = {}
        self.owners: dict[tuple[str, int, int], str] = {}
        self.inputs = [(call.name, self.shape(call.shapes[0])) for call in recording.inputs]
        self.taken = {*_RESERVED, *(name for name, _ in self.inputs)}

    def model(self) -> TracedModel:
        for call in self.recording.calls:
            if call.operation == INPUT:
                name = call.name if len(self.inputs) > 1 else "input"
                self.results[ResultOf(call.index)] = name
            elif all(result in self.results for result in call.results):
                self.read(call)
            else:
                self.not_reached += 1
        read = [self.results.get(result) for _, result in self.recording.outputs]
        inputs = {name for name, _ in self.inputs} | {"input"}
        return TracedModel(
            self.recording.class_name,
            tuple(self.inputs),
            tuple(self.layers),
            tuple(dict.fromkeys(name for name in read if name is not None and name not in inputs)),
            tuple(self.unsupported),
            self.not_reached,
            tuple(self.left_out),
            layout=self.layout,
            framework=self.recording.framework,
        )

    def shape(self, sizes: Sequence[int]) -> LayerShape:
        """Sizes with the batch as a shape, channels first."""
        return tuple(from_layout(tuple(sizes[1:]), self.layout))

    def read(self, call: RecordedLayer) -> None:
        results = list(call.results)
        places = {result: place for place, result in reversed([*enumerate(results)])}
        batch = self.recording.batch
        try:
            if call.opaque is not None:
                raise Unsayable(f"its own code cannot be followed: {call.opaque}")
            if call.config is None:
                raise Unsayable("it does not say what it is set to")
            if any(shape[:1] != (batch,) for shape in (*map(self.recording.shape, results), *call.shapes)):
                raise Unsayable("the batch is not the first size of its tensors")
            said = KerasCall(
                call.operation,
                call.config,
                tuple(self.recording.shape(result)[1:] for result in results),
                tuple(shape[1:] for shape in call.shapes) or None,
                tuple(_argument(one, places) for one in call.arguments),
                {name: _argument(one, places) for name, one in call.named.items()},
                self.layout,
                batch,
            )
            entries = said_layers(said, call.layer is not None)
            parts = entries[-1].parts if entries else 1
            if call.error is None and parts != len(call.shapes):
                raise Unsayable(f"{len(call.shapes)} tensors come out of it")
        except Unsayable as refusal:
            self.unsupported.append(
                UnsupportedCall(call.operation, str(refusal), call.index, call.modules, call.place)
            )
            return
        if call.layer is None and call.operation in LEFT_OUT:
            self.left_out.setdefault(call.operation)
        self.add(call, entries, [self.results[result] for result in results])

    def add(self, call: RecordedLayer, entries: Sequence[SaidLayer], read: list[str]) -> None:
        path = ".".join(filter(None, (call.modules[-1].path if call.modules else "", call.name)))
        base = _UNWRITABLE.sub("-", path) or call.operation
        base = base if not base[:1].isdigit() else f"layer-{base}"
        outputs: tuple[str, ...] = tuple(read[:1])
        for number, entry in enumerate(entries):
            last = number == len(entries) - 1
            if number:
                inputs = outputs
            else:
                inputs = tuple(read if entry.takes is None else (read[place] for place in entry.takes))
            if entry.parts > 1:
                outputs = tuple(self.free(f"{base}-{part}") for part in range(entry.parts))
            else:
                outputs = (self.free(base if last else f"{base}-{entry.kind}"),)
            if last:
                shapes = tuple(map(self.shape, call.shapes))
            else:
                shapes = (tuple(from_layout(entry.sizes, self.layout)),)
            fields = dict(entry.fields)
            if entry.parts > 1:
                fields = _split_fields(fields, outputs, shapes)
            of = self.weights_of(call)
            if of is not None and KINDS[entry.kind].has_weights:
                owner = self.owners.setdefault((*of, number), outputs[0])
                if owner != outputs[0]:
                    fields["share"] = owner
            self.layers.append(
                TracedLayer(
                    entry.kind,
                    outputs[0],
                    fields,
                    inputs,
                    outputs,
                    shapes if call.error is None else (),
                    {},
                    dict(entry.words),
                    call.index,
                    self.modules(call, path),
                    call.place,
                    call.error if last else None,
                )
            )
        for place in range(max(1, len(call.shapes))):
            self.results[ResultOf(call.index, place)] = outputs[place]

    def weights_of(self, call: RecordedLayer) -> tuple[str, int] | None:
        """Whose weights a call has: those of a layer, or a variable that an operation takes."""
        if call.layer is not None:
            return "layer", call.layer
        numbers = (one.number for one in call.arguments if isinstance(one, Variable) and one.learned)
        return next((("variable", number) for number in numbers if number is not None), None)

    def modules(self, call: RecordedLayer, path: str) -> tuple[ModuleCall, ...]:
        """The models around a call, the groups that its name says, and the layer itself."""
        own = ModuleCall(path, call.operation, True, 1, call.constructed)
        return (*call.modules, *units_of(call.name, call.modules[-1].path if call.modules else ""), own)

    def free(self, wanted: str) -> str:
        name, count = wanted, 1
        while name in self.taken:
            count += 1
            name = f"{wanted}-{count}"
        self.taken.add(name)
        return name


def _argument(value: Any, places: Mapping[ResultOf, int]) -> Any:
    """An argument whose tensors are inputs of the call."""
    if isinstance(value, ResultOf):
        return Tensor(places[value])
    if isinstance(value, tuple) and type(value) is tuple:
        return tuple(_argument(one, places) for one in value)
    return value


def _split_fields(
    fields: dict[str, Any], outputs: tuple[str, ...], shapes: Sequence[LayerShape]
) -> dict[str, Any]:
    """The names of the parts, with their sizes where these differ."""
    axis = fields.get("axis", "channels")
    changed = [place for place, sizes in enumerate(zip(*shapes, strict=True)) if len({*sizes}) > 1]
    into: Any = list(outputs)
    if changed:
        into = {name: shape[changed[0]] for name, shape in zip(outputs, shapes, strict=True)}
    return {"into": into} | ({} if axis == "channels" else {"axis": axis})
