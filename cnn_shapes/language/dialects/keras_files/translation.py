"""Keras' models as `to_json()` writes them, of Keras 2 and Keras 3, alone or in a file of TensorFlow.js.

Nothing of a model runs: a Lambda's code stays a text. Weights and how a model is trained are left alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from cnn_shapes.diagnostics import CHANNELS_FIRST, CHANNELS_LAST, closest
from cnn_shapes.language.dialects.keras.call import KerasCall, SaidLayer, Sizes, UnknownSetting, Unsayable
from cnn_shapes.language.dialects.keras.settings import IDLE
from cnn_shapes.language.dialects.keras.table import LAYERS, OPERATIONS, said_layers
from cnn_shapes.language.dialects.keras_files.functions import LAYERS_OF_FUNCTIONS, operation_of
from cnn_shapes.language.dialects.keras_files.graph import (
    GRAPHS,
    KEYS,
    CallResult,
    CallsOfModel,
    GraphCall,
    is_model,
    layers_in,
)
from cnn_shapes.language.dialects.keras_files.inputs import InputShape, input_shapes
from cnn_shapes.language.dialects.keras_files.json_text import BadJson, JsonValue, read_json
from cnn_shapes.language.dialects.keras_files.shapes_ahead import ShapesAhead
from cnn_shapes.language.dialects.keras_files.told_settings import Misfit, ToldSettings, need_form
from cnn_shapes.language.dialects.keras_files.words import ADDED, missing_words, speller_of, words_of
from cnn_shapes.language.dialects.writing import Given, SpecWriter, Told, told
from cnn_shapes.language.reading.wording import BAD_VALUE, MISSING_FIELD, UNKNOWN_KEY
from cnn_shapes.language.spec import Overrides
from cnn_shapes.layers import KINDS
from cnn_shapes.shapes import WRONG_RANK
from cnn_shapes.source import DUPLICATE_KEY, YAML_SYNTAX, Edit, Source, Span
from cnn_shapes.source.flow_style import quoted
from cnn_shapes.source.translated import TranslatedSource

_LAYOUTS = (CHANNELS_FIRST, CHANNELS_LAST)
_WRAPPERS = ("modelTopology", "model_config")
_OWN_MODULES = ("keras", "tensorflow", "tf_keras", "builtins")
_UNSAID = re.compile(r"\bpadding: [\d\[]|\[\[")  # a padding is a word, and a layer of its own where it is not
_SETTING = re.compile(r"its (\w+) (?:is|are)\b")


def translate(source: Source, overrides: Overrides) -> TranslatedSource:
    """The spec of a model. What cannot be read is told at its place."""
    try:
        root, repeated = read_json(source)
        model = _model_in(root)
    except BadJson as error:
        writer = SpecWriter(source)
        writer.tell(YAML_SYNTAX, error.template, error.place, **error.facts)
        return writer.finished()
    if model is None or not is_model(model):
        return _without_model(source, root, model)
    writer = SpecWriter(source)
    writer.unsaid = _UNSAID
    for key, place in repeated:
        template = "{key} is given twice here, and the last counts: remove one of the two"
        writer.tell(DUPLICATE_KEY, template, place, key=key)
    calls = CallsOfModel(writer.tell, source.text)
    outputs = calls.read(model)
    layout = _layout_of(calls.calls)
    shapes = input_shapes(calls.calls, layout, overrides, writer.tell, source.text)
    if shapes is None:
        return writer.finished()
    rank = len(next(iter(shapes.values())).sizes) - 1
    writer.spell, writer.fields = speller_of(max(1, rank)), ADDED
    config = model.get("config")
    name = None if config is None else config.text_of("name")
    if name is not None and name.isprintable():
        writer.line(f"name: {quoted(name[:200])}")
    _ModelWriter(source, writer, layout).write(calls.calls, shapes, outputs)
    return writer.finished()


def _model_in(root: JsonValue) -> JsonValue | None:
    """The model in what may be around it; None where there is none."""
    found: JsonValue | None = root
    for word in _WRAPPERS:
        if found is not None and found.get("class_name") is None:
            found = found.get(word) or found
    return found if found is not None and found.get("class_name") is not None else None


def _without_model(source: Source, root: JsonValue, model: JsonValue | None) -> TranslatedSource:
    writer = SpecWriter(source)
    config = root.get("config")
    for holder, needed in ((root, ("class_name", "config")), (config, ("layers", "input_layers"))):
        keys = holder.value if holder is not None and isinstance(holder.value, dict) else {}
        for wanted in needed:
            others = [key for key in keys if key not in needed]
            near = closest(wanted, others) if keys and wanted not in keys else None
            if near is not None:
                template = "unknown key {word} of the model: did you mean {near}?"
                place = keys[near].key_in(source.text, near)
                writer.tell(UNKNOWN_KEY, template, place, word=near, near=wanted)
                return writer.finished()
    if model is None:
        template = "there is no model of Keras in it: that has class_name and config at the top"
        writer.tell(MISSING_FIELD, template, Span(0, min(1, len(source.text))))
        return writer.finished()
    found = model.get("class_name")
    place = found.place if found is not None else Span(0, 1)
    name = model.text_of("class_name") or "nothing"
    if layers_in(model) or name in GRAPHS:
        template = "{name} says nothing of its input_layers, or has no layers: this is not a whole model"
        writer.tell(MISSING_FIELD, template, place, name=name)
    else:
        template = (
            "{name} is a class of the user's own: its layers are in its code, which this file does not have"
        )
        writer.tell("unsupported-layer", template, place, name=name)
    return writer.finished()


def _layout_of(calls: Sequence[GraphCall]) -> str:
    """Where the channels are, as the first layer that says it has them."""
    for call in calls:
        found = None if call.config is None else call.config.text_of("data_format")
        if found in _LAYOUTS:
            return str(found)
    return CHANNELS_LAST


class _NotGiven(Exception):
    """A setting that a layer cannot do without is not there: which."""


class _OtherRank(Exception):
    """A layer of as many axes as its class names gets another number of them: what it says of that."""


class _Made:
    """What a call made: the layers of the spec and their sizes in Keras' order, None where not known."""

    __slots__ = ("names", "sizes")

    def __init__(self, names: list[str], sizes: list[Sizes | None]) -> None:
        self.names, self.sizes = names, sizes


class _ModelWriter:
    """Writes the layers of a model."""

    def __init__(self, source: Source, writer: SpecWriter, layout: str) -> None:
        self.source, self.writer, self.layout = source, writer, layout
        self.ahead = ShapesAhead(layout)
        self.made: dict[int, _Made] = {}
        self.owners: dict[tuple[str, int], str] = {}
        self.previous = "input"
        self.written: set[str] = set()

    def write(
        self, calls: Sequence[GraphCall], shapes: Mapping[int, InputShape], outputs: Sequence[CallResult]
    ) -> None:
        self._write_inputs(shapes)
        self.writer.line(f"layout: {self.layout}")
        self.writer.line("rounding: floor")
        self.writer.line("layers:")
        idle = _idle(calls, outputs)
        for number, call in enumerate(calls):
            if number not in shapes and number not in idle:
                self.made[number] = self._made_by(call)
        if not self.written:
            self.writer.line("  - identity")
            return
        names = [
            made[0] for one in outputs if (made := self._read(one)) is not None and made[0] in self.written
        ]
        if names and names != [self.previous]:
            self.writer.top("outputs", [told(name) for name in dict.fromkeys(names)])

    def _write_inputs(self, shapes: Mapping[int, InputShape]) -> None:
        several = len(shapes) > 1
        names = {
            number: self.writer.name_for(shape.name) if several else "input"
            for number, shape in shapes.items()
        }
        given: dict[str, Given] = {names[number]: list(shape.told) for number, shape in shapes.items()}
        self.writer.top("input", given if several else next(iter(given.values())))
        for number, shape in shapes.items():
            self.made[number] = _Made([names[number]], [shape.sizes])
        self.previous = next(iter(names.values()))

    def _read(self, value: CallResult) -> tuple[str, Sizes | None] | None:
        """The layer that makes a value, and its sizes; None where nothing does."""
        made = self.made.get(value.call)
        if made is None or value.part >= len(made.names):
            return None
        return made.names[value.part], made.sizes[value.part]

    def _made_by(self, call: GraphCall) -> _Made:
        found = [self._read(one) for one in call.inputs]
        try:
            class_name, config, arguments, is_layer = self._understood(call)
            if None in found or any(one is not None and one[1] is None for one in found):
                return self._broken(call)
            read = [one for one in found if one is not None]
            sizes = tuple(size for _, size in read if size is not None)
            if is_layer:
                need_form(call.config, class_rank_of(class_name))
                self._need_rank(call, class_rank_of(class_name), sizes)
            said = KerasCall(
                class_name,
                config,
                sizes,
                _stated_output(class_name, config),
                arguments,
                {} if not is_layer and call.is_old else call.named,
                self.layout,
            )
            entries = said_layers(said, is_layer)
        except _NotGiven as error:
            if call.config is None and any(word not in KEYS for word in call.layer.value):
                return self._broken(call)  # the misspelt word is told
            settings = {} if call.config is None else call.config.value
            written = [word for word in settings if word not in IDLE] if isinstance(settings, dict) else []
            if (near := closest(str(error), written)) is not None:
                self._tell_unknown(call, near, str(error))
                return self._broken(call)
            template = "{type} needs {word} in its config"
            self.writer.tell(MISSING_FIELD, template, call.place, type=call.class_name, word=str(error))
            return self._broken(call)
        except Misfit as error:
            place = call.place if call.config is None else (call.config.get(error.word) or call.layer).place
            template = "{word} of {name} must be {expected}, found {found}"
            facts = {"word": error.word, "expected": error.expected, "found": error.found}
            self.writer.tell(BAD_VALUE, template, place, name=call.name, **facts)
            return self._broken(call)
        except _OtherRank as error:
            self.writer.tell(WRONG_RANK, "{type} {why}", call.place, type=call.class_name, why=str(error))
            return self._broken(call)
        except UnknownSetting as unknown:
            self._tell_unknown(call, unknown.word, unknown.near)
            return self._broken(call)
        except Unsayable as refusal:
            return self._refused(call, str(refusal))
        return self._written(call, said, entries, [name for name, _ in read])

    def _understood(self, call: GraphCall) -> tuple[str, Mapping[str, Any], tuple[Any, ...], bool]:
        """The class, the settings, the arguments, and whether it is a layer. Raises Unsayable."""
        name, config = call.class_name, call.config
        plain = config.plain if config is not None and isinstance(config.value, dict) else {}
        module, registered = call.layer.text_of("module"), call.layer.text_of("registered_name")
        if name in LAYERS_OF_FUNCTIONS:
            function = plain.get("function")
            spoken = call.named
            class_name, settings, arguments = operation_of(str(function), call.arguments, spoken)
            return class_name, settings, arguments, False
        is_operation = module is not None and ".ops" in module and name in OPERATIONS
        known = name in LAYERS or is_operation
        foreign = (registered is not None and ">" in registered) or (
            module is not None and module.partition(".")[0] not in _OWN_MODULES
        )
        if foreign:
            raise Unsayable("it is a class of the user's own, whose code the file does not have")
        if not known:
            near = closest(name, [*LAYERS]) if not (module is not None and ".ops" in module) else None
            raise Unsayable(f"it is not a class that is known{f': did you mean {near}?' if near else ''}")
        if missing := ([] if is_operation else missing_words(call)):
            raise _NotGiven(missing[0])
        return name, plain, call.arguments, not is_operation

    def _need_rank(self, call: GraphCall, rank: int, sizes: tuple[Sizes, ...]) -> None:
        """Raise _OtherRank where a layer of images gets a sequence; of a vector its own error is told."""
        found = len(sizes[0]) - 1 if sizes else rank
        if rank and found and found != rank:
            axes, plural = "x".join(map(str, sizes[0])), "axis" if rank == 1 else "axes"
            raise _OtherRank(f"takes {rank} {plural} beside the channels, and {axes} comes in")

    # what is written

    def _written(
        self, call: GraphCall, said: KerasCall, entries: Sequence[SaidLayer], read: list[str]
    ) -> _Made:
        if not entries:
            return _Made(read[:1], [said.inputs[0]])
        settings = ToldSettings(self.source.text, call.config)
        shown = _shown(call)
        name, sizes = "", said.inputs[0]
        made = _Made([], [])
        before: tuple[list[str], tuple[Sizes, ...]] = (read, said.inputs)
        for number, entry in enumerate(entries):
            names, inputs = before
            if entry.takes is not None and not number:
                names, inputs = (
                    [read[one] for one in entry.takes],
                    tuple(said.inputs[one] for one in entry.takes),
                )
            if entry.parts > 1:
                return self._split(call, said, entry, names)
            last = number == len(entries) - 1
            name = self.writer.name_for(shown if last else f"{shown}_{entry.kind}", None if last else shown)
            fields = self._fields(call, entry, settings)
            if call.is_again and KINDS[entry.kind].has_weights and (call.name, number) in self.owners:
                fields["share"] = told(self.owners[call.name, number])
            self.owners.setdefault((call.name, number), name)
            self._entry(call, entry, name, fields, names, settings)
            after = self.ahead.after(entry, inputs)
            made = _Made([name], [after])
            if after is None and not last:
                after = entry.sizes
            sizes = after or sizes
            before = [name], (sizes,)
        return made

    def _fields(self, call: GraphCall, entry: SaidLayer, settings: ToldSettings) -> dict[str, Given]:
        words = words_of(call.class_name, entry.words)
        fields = {name: settings.told(value, words.get(name)) for name, value in entry.fields.items()}
        stride = settings.at("strides")
        is_open = KINDS[entry.kind].is_pool and "kernel_size" in fields and "stride" not in fields
        if is_open and stride is not None and stride.items:  # else it would follow another kernel_size
            fields["stride"] = settings.told(entry.fields["kernel_size"], "strides")
        return fields

    def _entry(
        self,
        call: GraphCall,
        entry: SaidLayer,
        name: str,
        fields: dict[str, Given],
        read: list[str],
        settings: ToldSettings,
    ) -> None:
        if len(read) > 1:
            fields["from"] = [told(one) for one in read]
        elif read and read[0] != self.previous:
            fields["from"] = told(read[0])
        words = words_of(call.class_name, entry.words)

        def add(field: str, text: str) -> Edit | None:
            return settings.added(words.get(field), text)

        self.writer.entry(Told(entry.kind, call.place), {**fields, "name": told(name)}, add)
        self.previous = name
        self.written.add(name)

    def _split(self, call: GraphCall, said: KerasCall, entry: SaidLayer, read: list[str]) -> _Made:
        """Parts of an axis: equal ones, or those between the places of a list."""
        axis = said.axis(said.config.get("axis", 0))
        cuts, size = said.config.get("indices_or_sections"), said.inputs[0][axis]
        places = [0, *cuts, size] if isinstance(cuts, list | tuple) else None
        lengths = [stop - start for start, stop in pairwise(places)] if places else None
        shown = _shown(call)
        names = [self.writer.name_for(f"{shown}[{part}]") for part in range(entry.parts)]
        into: Given = [told(name) for name in names]
        if lengths is not None:
            into = {name: told(length) for name, length in zip(names, lengths, strict=True)}
        fields: dict[str, Given] = {"into": into}
        if entry.fields.get("axis") != "channels":
            fields["axis"] = told(entry.fields["axis"])
        if read[0] != self.previous:
            fields["from"] = told(read[0])
        self.writer.entry(Told(entry.kind, call.place), fields)
        self.previous = names[-1]
        self.written.update(names)
        parts = lengths or [size // entry.parts] * entry.parts
        first = said.inputs[0]
        return _Made(names, [(*first[:axis], max(1, one), *first[axis + 1 :]) for one in parts])

    def _broken(self, call: GraphCall) -> _Made:
        name = self.writer.name_for(_shown(call))
        self.writer.broken(call.place, name)
        self.previous = name
        self.written.add(name)
        return _Made([name], [None])

    def _tell_unknown(self, call: GraphCall, word: str, near: str | None) -> None:
        """Report a setting that no layer of the class has, at its key."""
        found = call.config and call.config.get(word)
        place = call.place if not found else found.key_in(self.source.text, word)
        template = "unknown setting {word} of {type}" + (": did you mean {near}?" if near else "")
        facts = {"word": word, "type": call.class_name, "near": near or ""}
        self.writer.tell(UNKNOWN_KEY, template, place, **facts)

    def _refused(self, call: GraphCall, why: str) -> _Made:
        facts: dict[str, Any] = {"type": call.class_name or "a layer without a class", "why": why}
        setting = _SETTING.match(why)
        found = None if setting is None or call.config is None else call.config.get(setting[1])
        place = call.place if found is None else found.place
        template = "{type} cannot be said in the language: {why}"
        self.writer.tell("unsupported-layer", template, place, **facts)
        return self._broken(call)


def class_rank_of(class_name: str) -> int:
    """The spatial axes in the name of a class: 2 of Conv2D; 0 where it names none."""
    return KerasCall(class_name, {}, ()).class_rank


def _idle(calls: Sequence[GraphCall], outputs: Sequence[CallResult]) -> set[int]:
    """The operations that nothing reads, as those that make a mask."""
    read = {one.call for one in outputs}
    idle = set()
    for number in reversed(range(len(calls))):
        if number not in read and ".ops" in (calls[number].layer.text_of("module") or ""):
            idle.add(number)
        else:
            read.update(one.call for one in calls[number].inputs)
    return idle


def _shown(call: GraphCall) -> str:
    """The name of a call; of a later one of the same layer with its number, as Keras shows it."""
    return f"{call.name}[{call.is_again}]" if call.is_again else call.name


def _stated_output(class_name: str, config: Mapping[str, Any]) -> tuple[Sizes, ...] | None:
    """What a Lambda says comes out of it, without the batch."""
    stated = config.get("output_shape") if class_name == "Lambda" else None
    if isinstance(stated, list) and stated and all(type(one) is int and one > 0 for one in stated):
        return (tuple(stated),)
    return None
