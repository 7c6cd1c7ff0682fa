"""What a layer of a graph is called with, as `inbound_nodes` says it in the forms of Keras 2 and Keras 3."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from cnn_shapes.language.dialects.keras.call import Tensor, Variable
from cnn_shapes.language.dialects.keras_files.json_text import JsonValue
from cnn_shapes.source import Span

_CONSTANT = "_CONSTANT_VALUE"
# which say what of a tensor counts, and change no shape
_MASKS = ("mask", "query_mask", "value_mask", "key_mask", "attention_mask")


class TensorOf(NamedTuple):
    """A tensor by the layer that makes it, the number of that call, and which of its outputs it is."""

    layer: str
    call: int
    part: int


@dataclass(slots=True)
class NodeArguments:
    """The arguments of one call; the tensors among them are a `Tensor` with their place in `tensors`."""

    tensors: list[tuple[TensorOf, Span]] = field(default_factory=list)
    arguments: tuple[Any, ...] = ()
    named: Mapping[str, Any] = field(default_factory=dict)
    is_old: bool = False

    def add(self, reference: TensorOf, place: Span) -> Tensor:
        """Its place is that of the first of equal ones, yet each counts as an input."""
        known = [one for one, _ in self.tensors]
        self.tensors.append((reference, place))
        return Tensor(known.index(reference) if reference in known else len(known))


def arguments_of(node: JsonValue) -> NodeArguments:
    found = NodeArguments()
    if isinstance(node.value, dict):
        args, kwargs = node.get("args"), node.get("kwargs")
        found.arguments = tuple(_value(one, found) for one in args.items) if args is not None else ()
        if kwargs is not None and isinstance(kwargs.value, dict):
            found.named = {
                name: _value(one, found) for name, one in kwargs.value.items() if name not in _MASKS
            }
        return found
    found.is_old = True
    # one tensor alone is not in a list of its own in some versions
    entries = [node] if _reference(node) is not None else node.items
    named: dict[str, Any] = {}
    first: list[Any] = []
    for entry in entries:
        if entry.items[:1] and entry.items[0].text == _CONSTANT:
            first.append(entry.items[2].plain if len(entry.items) > 2 else None)
        elif (reference := _reference(entry)) is not None:
            first.append(found.add(reference, entry.items[0].place))
        if len(entry.items) > 3 and isinstance(entry.items[3].value, dict):
            for name, one in entry.items[3].value.items():
                if name != "name" and name not in _MASKS:
                    named[name] = _old_value(one, found)
    found.arguments = (first[0],) if len(first) == 1 else (tuple(first),)
    found.named = named
    return found


def _value(value: JsonValue, found: NodeArguments) -> Any:
    """An argument as Keras 3 writes it."""
    if isinstance(value.value, list):
        return tuple(_value(one, found) for one in value.items)
    if not isinstance(value.value, dict):
        return value.value
    config = value.get("config")
    name = value.text_of("class_name")
    if name == "__keras_tensor__" and config is not None:
        history = config.get("keras_history")
        reference = None if history is None else _reference(history)
        if history is not None and reference is not None:
            return found.add(reference, history.items[0].place)
    if name in ("__numpy__", "__tensor__") and config is not None:
        return Variable(_sizes(config.get("value")), False)
    if name == "__slice__" and config is not None:
        ends = [config.get(word) for word in ("start", "stop", "step")]
        numbers = [None if one is None else one.value for one in ends]
        if all(one is None or type(one) is int for one in numbers):
            return slice(*numbers)
    if name == "__ellipsis__":
        return Ellipsis
    return value.plain


def _old_value(value: JsonValue, found: NodeArguments) -> Any:
    """An argument by name as Keras 2 writes it: a tensor is `["conv", 0, 0]`."""
    reference = _reference(value)
    if reference is not None:
        return found.add(reference, value.items[0].place)
    if value.items and all(_reference(one) is not None for one in value.items):
        return tuple(_old_value(one, found) for one in value.items)
    return value.plain


def _sizes(value: JsonValue | None) -> tuple[int, ...]:
    sizes = []
    while value is not None and isinstance(value.value, list):
        sizes.append(len(value.items))
        value = value.items[0] if value.items else None
    return tuple(sizes)


def _reference(value: JsonValue) -> TensorOf | None:
    items = value.items
    if len(items) < 3 or items[0].text is None or items[0].text == _CONSTANT:
        return None
    call, part = items[1].value, items[2].value
    return TensorOf(items[0].text, call, part) if type(call) is int and type(part) is int else None


def outputs_of(value: JsonValue | None) -> list[tuple[TensorOf, Span]]:
    """The tensors that `input_layers` or `output_layers` name: one alone, a list, or by keys."""
    if value is None:
        return []
    if (reference := _reference(value)) is not None:
        return [(reference, value.items[0].place)]
    inner = value.value.values() if isinstance(value.value, dict) else value.items
    return [one for entry in inner for one in outputs_of(entry)]


def tensor_names(value: JsonValue | None) -> list[TensorOf]:
    return [reference for reference, _ in outputs_of(value)]
