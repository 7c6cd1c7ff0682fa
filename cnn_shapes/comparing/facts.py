"""What a layer is, apart from where it is, what it is called and what comes into it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from cnn_shapes.layers.base import ASSERTIONS, WRITTEN_AFTER
from cnn_shapes.layers.short_text import short
from cnn_shapes.shapes import ShapeError

if TYPE_CHECKING:
    from cnn_shapes.layers.base import Layer
    from cnn_shapes.network import Node
    from cnn_shapes.shapes import Shape

ROUNDING, PADDING, KIND = "rounding", "padding", "kind"
WHOLE_ENTRY = "entry"  # of a layer that is in error, and was not made


class FieldDifference(NamedTuple):
    """A field of which two layers have other values, as the engine keeps them."""

    name: str
    before: Any
    after: Any


class Facts:
    """The facts of layers, each layer looked at once: entries that state the same share one."""

    def __init__(self) -> None:
        self._facts: dict[int, dict[str, Any]] = {}
        self._keys: dict[Any, int] = {}
        self._key_of: dict[int, int] = {}
        self._kept: list[Layer] = []  # so that no other layer gets the identity of one

    def of(self, layer: Layer) -> dict[str, Any]:
        """The values of a layer's fields by name, but of what is a layer of its own or only asserts."""
        found = self._facts.get(id(layer))
        if found is None:
            found = self._facts[id(layer)] = _facts(layer)
            self._kept.append(layer)
        return found

    def key(self, node: Node) -> int:
        """A number that is the same for layers that do the same, however it is written."""
        layer = node.layer
        if layer is None:
            return self._number((node.kind, "not built"))
        number = self._key_of.get(id(layer))
        if number is None:
            number = self._key_of[id(layer)] = self._number(_key(layer, self.of(layer)))
        return number

    def differences(self, before: Node, after: Node) -> list[FieldDifference]:
        """In what two layers differ by themselves; their kind alone, where that is another one.

        Of one that fails that is not known: it is the WHOLE_ENTRY then.
        """
        old, new = before.layer, after.layer
        if old is new is not None and before.error is after.error is None:
            return []
        if old is None or new is None:
            name = KIND if before.kind != after.kind else WHOLE_ENTRY
            return [FieldDifference(name, before.kind, after.kind)]
        if before.kind != after.kind or old.is_part != new.is_part:
            same = _as_others_say(before) == _as_others_say(after)
            return [] if same else [_of_kind(before, after)]
        found = self._of_fields(before, after, old, new)
        if not found and before.input_shapes == after.input_shapes:
            # of two that are the same one fails: by what it asserts, or by what it is called
            fails = (before.error is None) != (after.error is None)
            return [FieldDifference(WHOLE_ENTRY, "", "")] if fails else []
        return found

    def _of_fields(self, before: Node, after: Node, old: Layer, new: Layer) -> list[FieldDifference]:
        first, second = self.of(old), self.of(new)
        if first == second and old.fields.keys() == new.fields.keys():
            return []
        found = []
        for name in {**first, **second}:
            one, other = first.get(name), second.get(name)
            if one == other or (old.follows(name) and new.follows(name)):
                continue
            if name == PADDING and _slide_alike(before, after):
                continue
            if name == ROUNDING and not _rounds_otherwise(before, after):
                continue
            found.append(FieldDifference(name, one, other))
        return found

    def _number(self, key: Any) -> int:
        return self._keys.setdefault(key, len(self._keys))


def shown(value: Any) -> str:
    """The value of a field in a few characters."""
    if value is None:
        return "none"
    return short(value)


def _facts(layer: Layer) -> dict[str, Any]:
    if layer.is_part:
        split: Any = layer.split  # type: ignore[attr-defined]
        sizes = tuple("equal" if size is None else size for _, size in split.into)
        return {"into": sizes, "axis": split.axis}
    return {
        name: getattr(layer, field.attribute)
        for name, field in layer.fields.items()
        if name not in WRITTEN_AFTER
        and name not in ASSERTIONS
        and name != layer.reference
        and not layer.follows_from_reference(name)
        and not layer.says_nothing(name)
    }


def _key(layer: Layer, facts: dict[str, Any]) -> tuple[Any, ...]:
    values = {name: value for name, value in facts.items() if name != ROUNDING}
    if layer.has_windows and PADDING in values:
        ends = layer.numbers(PADDING)
        values[PADDING] = values[PADDING] if ends is None else tuple(map(tuple, ends))
    part = getattr(layer, "position", None) if layer.is_part else None
    return (layer.kind, part, *((name, _hashable(value)) for name, value in values.items()))


def _hashable(value: Any) -> Any:
    try:
        hash(value)
    except TypeError:
        return str(value)
    return (type(value) is bool, value)


def _of_kind(before: Node, after: Node) -> FieldDifference:
    return FieldDifference(KIND, before.kind, after.kind)


def _as_others_say(node: Node) -> Any:
    """What frameworks say in several ways, in one: a depthwise convolution, a pool of the whole map."""
    layer, x = node.layer, node.input_shapes[0] if node.input_shapes else None
    if layer is None or x is None:
        return node
    facts: dict[str, Any] = _facts(layer)
    if layer.is_convolution and layer.has_windows and not layer.is_transposed:
        multiplier, groups = facts.pop("multiplier", None), facts.pop("groups", None)
        filters = facts.pop("filters", None)
        if multiplier is not None and groups is None and filters is None:
            groups, filters = x.channels, x.channels * multiplier
        facts.pop(PADDING, None)
        facts.pop(ROUNDING, None)
        return ("conv", groups, filters, _windows(node), str(sorted(facts.items(), key=str)))
    if layer.is_pool and node.output is not None and all(size == 1 for size in node.output.sizes):
        linear = "mean" if layer.is_linear else "other"
        return ("pool of the map", linear, node.output) if not layer.has_windows else node
    return node


def _windows(node: Node) -> Any:
    """The windows of a layer over its input, None where it has none or they are not known."""
    layer, x = node.layer, node.input_shapes[0] if node.input_shapes else None
    if layer is None or not layer.has_windows or x is None or not x.known or not 1 <= x.rank == layer.rank:
        return None
    return [(one.kernel_size, one.stride, one.before, one.after, one.dilation) for one in layer.windows(x)]


def _slide_alike(before: Node, after: Node) -> bool:
    """Whether the windows of two layers are known, and the same."""
    windows = _windows(before)
    return windows is not None and bool(windows == _windows(after))


def _rounds_otherwise(before: Node, after: Node) -> bool:
    """Whether it makes another size that the two round in other ways."""
    old, new = before.layer, after.layer
    assert old is not None
    assert new is not None
    shapes = [shape for shape in before.input_shapes if shape is not None and shape.known]
    if len(shapes) < len(before.input_shapes) or not shapes:
        return False
    rounded = old.altered(rounding=new.rounding)  # type: ignore[attr-defined]
    return bool(_made(old, shapes) != _made(rounded, shapes))


def _made(layer: Layer, shapes: list[Shape]) -> Any:
    try:
        return layer.shape(*shapes)
    except ShapeError as error:
        return error.floored, error.rule
