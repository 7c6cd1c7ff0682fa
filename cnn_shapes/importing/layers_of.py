"""The layers of a recording: each call through the table of operations, then a name for each layer."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from functools import partial
from math import prod
from typing import Any

from cnn_shapes.importing.arrangement import Arranged, size_of
from cnn_shapes.importing.building import Draft, LayerBuilder, LayerNamed, NotReached, Refused
from cnn_shapes.importing.operations.operation import TorchOperation
from cnn_shapes.importing.operations.patterns import pattern_at
from cnn_shapes.importing.operations.table import find
from cnn_shapes.importing.recording import INPUT, RecordedCall, Recording, ResultOf
from cnn_shapes.importing.traced_model import TracedLayer, TracedModel, UnsupportedCall
from cnn_shapes.importing.wording.faults import NORMS, turned_axes, wrong_view
from cnn_shapes.importing.words import how_asked, words_of

_UNWRITABLE = re.compile(r"[^\w-]+")
RESERVED = ("prev", "input")


def layers_of(recording: Recording) -> TracedModel:
    """The model in the language's layers. What the language cannot say is in `unsupported`, by name."""
    return _Reading(recording).model()


class _Reading:
    def __init__(self, recording: Recording) -> None:
        self.recording = recording
        self.builder = LayerBuilder(recording)
        self.unsupported: list[UnsupportedCall] = []
        self.not_reached = 0
        self.inputs: list[tuple[str, int]] = []

    def model(self) -> TracedModel:
        place = 0
        calls = self.recording.calls
        while place < len(calls):
            pattern = pattern_at(calls, place)
            if pattern is None:
                self.read(calls[place])
                place += 1
            else:
                length, read = pattern
                together = calls[place : place + length]
                self.taken(together[-1], partial(read, self.builder, together))
                place += length
        self.mend_views()
        outputs = [self.output(name, result) for name, result in self.recording.outputs]
        self.builder.spared([value for value in outputs if value is not None])
        names = LayerNames([name for name, _ in self.inputs], self.builder)
        return TracedModel(
            self.recording.class_name,
            tuple((name, self.builder.shapes[value]) for name, value in self.inputs),
            tuple(names.layer(draft) for draft in self.builder.drafts),
            tuple(dict.fromkeys(names.of[value] for value in outputs if value is not None)),
            tuple(self.unsupported),
            self.not_reached,
            tuple(self.builder.left_out),
            self.recording.unregistered,
        )

    def mend_views(self) -> None:
        """Take a view with a wrong number as it is meant where the layer after it says the right one."""
        drafts, shapes = self.builder.drafts, self.builder.shapes
        for draft in drafts:
            if draft.kind != "reshape" or draft.helps or (draft.call.error is None and draft.fault is None):
                continue
            meant, wrong = (prod(shapes[draft.inputs[0]]),), shapes[draft.outputs[0]]
            chain, reader = [draft.outputs[0]], draft
            while not reader.beliefs and len(reader.outputs) == 1 and shapes[reader.outputs[0]] == wrong:
                chain.append(reader.outputs[0])
                readers = [one for one in drafts if reader.outputs[0] in one.inputs]
                if len(readers) != 1:
                    break
                (reader,) = readers
            if len(wrong) == 1 and wrong != meant and reader.beliefs.get("in_features") == meant[0]:
                draft.fault = wrong_view(draft.call, shapes[draft.inputs[0]], wrong)
                draft.fields["shape"] = [*meant]
                reader.call = replace(reader.call, error=None)
                for value in chain:
                    shapes[value] = meant

    def read(self, call: RecordedCall) -> None:
        if call.operation == INPUT:
            value = self.builder.new_value(call.shapes[0][1:])
            self.inputs.append((str(call.arguments[0]), value))
            self.builder.results[ResultOf(call.index)] = self.builder.fresh(value)
            return
        row = find(call.operation)
        if row is None:
            if any(result in self.builder.results for result in call.results):
                self.refuse(call, "it has no such layer")
            else:
                self.not_reached += 1
            return
        if call.order:
            self.read_turned(call, row)
        else:
            self.taken(call, lambda: row.read(self.builder, call, row.arguments(call)))

    def read_turned(self, call: RecordedCall, row: TorchOperation) -> None:
        """Read a call as it is meant: with the axes of its input in another order."""
        first = next(call.results)
        known = self.builder.results.get(first)
        if not isinstance(known, Arranged):
            self.not_reached += 1
            return
        meant = replace(call, error=None)
        drafts = len(self.builder.drafts)
        self.builder.wrong = True
        self.builder.results[first] = known.permuted(call.order)
        try:
            self.taken(meant, lambda: row.read(self.builder, meant, row.arguments(meant)))
        finally:
            self.builder.results[first] = known
        if len(self.builder.drafts) > drafts:
            shape = tuple(size_of(group) for group in known.dims if group != (known.batch,))
            self.builder.drafts[-1].fault = turned_axes(call, shape)
        result = self.builder.results.get(ResultOf(call.index))
        if isinstance(result, Arranged) and call.operation in NORMS:
            back = [call.order.index(axis) for axis in range(len(call.order))]
            self.builder.results[ResultOf(call.index)] = result.permuted(back)

    def taken(self, call: RecordedCall, read: Any) -> None:
        """Take what a reader makes of a call as its results, or note why there is none."""
        drafts = len(self.builder.drafts)
        results: list[Any] = []
        try:
            made = read()
            results = made if isinstance(made, list) else [made]
            self.compare(call, results)
        except NotReached:
            self.not_reached += 1
            made = None
        except Refused as refusal:
            self.refuse(call, str(refusal))
            made = None
        except (KeyError, IndexError, ValueError, TypeError, AttributeError, StopIteration):
            self.refuse(call, "its arguments are of a form that is not known")
            made = None
        if made is None:
            self.builder.forget(drafts)
            return
        for place, result in enumerate(results):
            if result is not None:
                self.builder.results[ResultOf(call.index, place)] = result

    def compare(self, call: RecordedCall, results: list[Any]) -> None:
        """Refuse what has another shape than the framework made: nothing is guessed.

        After a shape error the two go on in different ways.
        """
        self.builder.wrong = self.builder.wrong or call.error is not None
        for place, result in enumerate(results):
            if isinstance(result, Arranged) and not self.builder.wrong:
                sizes = tuple(map(size_of, result.dims))
                if sizes != call.shapes[place]:
                    raise Refused(f"it gives {call.shapes[place]}, which would be {sizes}")

    def refuse(self, call: RecordedCall, why: str) -> None:
        self.unsupported.append(UnsupportedCall(call.operation, why, call.index, call.modules, call.place))

    def output(self, name: str, result: ResultOf) -> int | None:
        found = self.builder.results.get(result)
        if not isinstance(found, Arranged) or found.value in [value for _, value in self.inputs]:
            return None
        return found.value


class LayerNames:
    """Names: of a module that makes one layer or is torch's its path, else that and the kind; each once."""

    def __init__(self, inputs: list[str], builder: LayerBuilder) -> None:
        self.builder = builder
        self.taken = {*RESERVED, *inputs}
        self.of: dict[int, str] = {}
        for value, name in enumerate(inputs):
            self.of[value] = name if len(inputs) > 1 else "input"
        made = Counter(_path(draft) for draft in builder.drafts)
        for draft in builder.drafts:
            path, modules = _path(draft), draft.call.modules
            alone = made[path] == 1 or (bool(modules) and modules[-1].of_torch and not draft.helps)
            base = path if path and alone else f"{path}-{draft.kind}" if path else draft.kind
            if base[:1].isdigit():
                base = f"{draft.kind}-{base}" if alone else f"layer-{base}"
            if len(draft.outputs) == 1:
                self.of[draft.outputs[0]] = self.free(base)
            else:
                for place, value in enumerate(draft.outputs):
                    self.of[value] = self.free(f"{base}-{place}")

    def free(self, wanted: str) -> str:
        name, count = wanted, 1
        while name in self.taken:
            count += 1
            name = f"{wanted}-{count}"
        self.taken.add(name)
        return name

    def layer(self, draft: Draft) -> TracedLayer:
        outputs = tuple(self.of[value] for value in draft.outputs)
        modules = draft.call.modules
        shapes = tuple(self.builder.shapes[value] for value in draft.outputs)
        fields = {
            name: self.of[value.value] if isinstance(value, LayerNamed) else value
            for name, value in draft.fields.items()
        }
        if draft.kind == "split":
            fields = self.split_fields(draft, outputs)
        words = {} if draft.helps else words_of(modules[-1] if modules else None, (*fields, *draft.beliefs))
        if draft.kind == "reshape" and not draft.helps:
            words["shape"] = how_asked(draft.call)
        return TracedLayer(
            draft.kind,
            outputs[0],
            fields,
            tuple(self.of[value] for value in draft.inputs),
            outputs,
            shapes,
            draft.beliefs,
            words,
            draft.call.index,
            draft.call.modules,
            draft.call.place,
            None if draft.helps else draft.call.error,
            draft.fault,
        )

    def split_fields(self, draft: Draft, outputs: tuple[str, ...]) -> dict[str, Any]:
        """The names of the parts, with their sizes where these differ."""
        shapes = [self.builder.shapes[value] for value in draft.outputs]
        whole = self.builder.shapes[draft.inputs[0]]
        changed = [axis for axis, size in enumerate(whole) if any(shape[axis] != size for shape in shapes)]
        sizes = [shape[changed[0] if changed else 0] for shape in shapes]
        into: Any = list(outputs) if len({*sizes}) == 1 else dict(zip(outputs, sizes, strict=True))
        axis = draft.fields["axis"]
        return {"into": into} | ({} if axis == "channels" else {"axis": axis})


def _path(draft: Draft) -> str:
    """The path of the innermost module of a call, in the letters that a name may have."""
    modules = draft.call.modules
    return _UNWRITABLE.sub("-", modules[-1].path) if modules else ""
