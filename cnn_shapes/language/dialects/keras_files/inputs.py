"""What comes into a model: the shapes that its input layers state."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from cnn_shapes.diagnostics import CHANNELS_FIRST, closest
from cnn_shapes.language.dialects.keras.call import MOST_AXES, Sizes
from cnn_shapes.language.dialects.keras_files.graph import KEYS, GraphCall, name_of
from cnn_shapes.language.dialects.keras_files.json_text import JsonValue
from cnn_shapes.language.dialects.writing import Told, told, verbatim
from cnn_shapes.language.reading.wording import BAD_VALUE, MISSING_FIELD, UNKNOWN_KEY
from cnn_shapes.language.spec import Overrides
from cnn_shapes.shapes import AXIS_NAMES, listed

_LARGEST = 2**31 - 1
_USUAL = 224  # what a message gives as an example
_OTHERS = ("input_shape", "batch_size")  # that are much like these
_SAYING = ("batch_shape", "batch_input_shape", "build_input_shape")

Tell = Callable[..., None]


class InputShape(NamedTuple):
    """An input: its name, its sizes in Keras' order without the batch, and where each is said."""

    name: str
    sizes: Sizes
    told: tuple[Told, ...]


def input_shapes(
    calls: Sequence[GraphCall], layout: str, overrides: Overrides, tell: Tell, text: str
) -> dict[int, InputShape] | None:
    """The inputs by the numbers of their calls; None where one is not known, which is told."""
    inputs = {number: call for number, call in enumerate(calls) if not call.inputs}
    if not inputs:
        return None
    given = dict(overrides.inputs)
    first = name_of(next(iter(inputs.values())).layer)
    if overrides.input is not None:
        given.setdefault(first, overrides.input)
    found: dict[int, InputShape] = {}
    for number, call in inputs.items():
        name = name_of(call.layer)
        sizes = given.get(name)
        if sizes is not None:
            found[number] = InputShape(name, sizes, tuple(told(size) for size in sizes))
            continue
        shape = _stated(call, name, layout, len(inputs) > 1, tell, text)
        if shape is None:
            return None
        found[number] = shape
    return found


def _stated(
    call: GraphCall, name: str, layout: str, several: bool, tell: Tell, text: str
) -> InputShape | None:
    """The shape that an input layer states; None where it does not, which is told."""
    stated = _saying(call.layer)
    before = f"{name}=" if several else ""
    settings = call.config.value if call.config is not None else None
    if stated is None and isinstance(settings, dict) and not settings.keys() & {*_SAYING}:
        near = next((word for word in settings if closest(word, _SAYING) and word not in _OTHERS), None)
        if near is not None:
            template = "unknown setting {word} of {type}: did you mean {near}?"
            facts = {"word": near, "type": call.class_name, "near": closest(near, _SAYING)}
            tell(UNKNOWN_KEY, template, settings[near].key_in(text, near), **facts)
            return None
    if stated is None or not stated.items:
        template = "the model does not say what comes into it: give --input {example}"
        example = before + _example([None] * 3, layout)
        if call.config is None and any(word not in KEYS for word in call.layer.value):
            return None  # the misspelt word is told
        tell(MISSING_FIELD, template, call.place, example=example)
        return None
    items = stated.items[1:]
    if not 1 <= len(items) <= MOST_AXES:
        template = "an input has from 1 to {most} sizes after the batch, found {count}"
        tell(BAD_VALUE, template, stated.place, most=MOST_AXES, count=len(items))
        return None
    for one in items:
        if one.value is not None and not (type(one.value) is int and 1 <= one.value <= _LARGEST):
            tell(BAD_VALUE, "a size is a whole number of at least 1", one.place)
            return None
    missing = [place for place, one in enumerate(items) if one.value is None]
    if missing:
        axes = _axes(len(items), layout)
        names = [axes[place] for place in missing]
        what = f"{listed(names)} of the input {'is' if len(names) == 1 else 'are'}"
        template = "{what} null, which is any size: give --input {example}"
        example = before + _example([one.value for one in items], layout)
        span = items[missing[0]].place._replace(end=items[missing[-1]].end)
        tell(MISSING_FIELD, template, span, what=what, example=example)
        return None
    sizes = tuple(one.value for one in items)
    return InputShape(name, sizes, tuple(verbatim(str(one.value), one.place) for one in items))


def _saying(layer: JsonValue) -> JsonValue | None:
    """The list with the batch that says a shape: of an input, of the first layer, or of the model built."""
    config, built = layer.get("config"), layer.get("build_config")
    for where in (config, built):
        for word in (*_SAYING, "input_shape"):
            found = None if where is None else where.get(word)
            if found is not None and found.items and (word != "input_shape" or where is built):
                return found
    return None


def _axes(count: int, layout: str) -> tuple[str, ...]:
    spatial = AXIS_NAMES.get(count - 1, ())
    return ("channels", *spatial) if layout == CHANNELS_FIRST else (*spatial, "channels")


def _example(sizes: Sequence[int | None], layout: str) -> str:
    axes = _axes(len(sizes), layout)
    return "x".join(
        str(size if size is not None else 3 if axis == "channels" else _USUAL)
        for size, axis in zip(sizes, axes, strict=True)
    )
