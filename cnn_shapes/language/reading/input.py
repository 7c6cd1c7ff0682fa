"""Reads `input`: the sizes of what goes in, in the file's layout and without the batch."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from cnn_shapes.diagnostics import CHANNELS_FIRST, CHANNELS_LAST, Findings, from_layout
from cnn_shapes.language.reading.common import is_name
from cnn_shapes.language.reading.wording import BAD_VALUE, must_be
from cnn_shapes.language.spec import NamedInput, Overrides, Spec
from cnn_shapes.language.values import Unevaluated, read_value
from cnn_shapes.layers.fields import LARGEST, whole
from cnn_shapes.shapes import Shape
from cnn_shapes.source import Map, Scalar, Sequence, TreeNode, shown_path
from cnn_shapes.words import say

_AXES = ("height", "width", "depth", "length", "channels", "features", "h", "w", "d", "l", "c")
_SIZES = r"\s*\d+(\s*[xX×]\s*\d+)*\s*"
_BATCH = ("none", "batch", "batch_size", "?")
_ORDER = {CHANNELS_LAST: "height, width, channels", CHANNELS_FIRST: "channels, height, width"}


def parse_sizes(text: str) -> tuple[int, ...] | None:
    """`28x28x1` as numbers, in the order written; None where it is nothing of the kind."""
    if not re.fullmatch(_SIZES, text):
        return None
    parts = [part.strip().lstrip("0") for part in re.split("[xX×]", text)]
    if any(len(part) > len(str(LARGEST)) for part in parts):
        return None
    sizes = tuple(int(part or 0) for part in parts)
    return sizes if len(sizes) <= 4 and all(1 <= size <= LARGEST for size in sizes) else None


def read_input(
    node: TreeNode, layout: str, params: Mapping[str, Any], findings: Findings
) -> tuple[int, ...] | None:
    """The sizes as they are written; None where they are not sizes, which is reported."""
    wanted = say("sizes from 1 ({order})", order=say(_ORDER[layout]))
    if isinstance(node, Scalar) and isinstance(node.value, str) and re.fullmatch(_SIZES, node.text):
        sizes = parse_sizes(node.text)
        if sizes is None:
            must_be(findings, "input", wanted, node)
        return sizes
    if isinstance(node, Sequence) and node.items and _has_batch(node):
        rest = ", ".join(item.text for item in node.items[1:] if isinstance(item, Scalar))
        findings.tell(
            BAD_VALUE,
            "input has no batch: leave it out, as in input: [{rest}]",
            node.items[0].span,
            rest=rest,
        )
        return None
    if isinstance(node, Map):
        findings.tell(
            BAD_VALUE,
            "the sizes of an input are a list in the order {order}, as in input: {example}",
            node.pairs[0][0].span if node.pairs else node.span,
            order=say(_ORDER[layout]),
            example="[28, 28, 1]" if layout == CHANNELS_LAST else "[1, 28, 28]",
        )
        return None
    value = read_value(node, findings)
    if value.broken:
        return None
    try:
        raw = value.evaluate(params)
    except Unevaluated as error:
        error.report(findings)
        return None
    items = raw if isinstance(raw, list) else [raw]
    if not 1 <= len(items) <= 4:
        findings.tell(
            BAD_VALUE,
            "input has 1 to 4 sizes without the batch ({order}), found {count}",
            node.span,
            order=say(_ORDER[layout]),
            count=len(items),
        )
        return None
    found: list[int] = []
    for place, item in enumerate(items):
        number = whole(item)
        if number is None or not 1 <= number <= LARGEST:
            span = value.locate((place,)) if isinstance(node, Sequence) else node.span
            too_large = number is not None and number > LARGEST
            if too_large:
                wanted = say("sizes from 1 to 2**31-1 ({order})", order=say(_ORDER[layout]))
            must_be(findings, "input", wanted, item, span)
            return None
        found.append(number)
    return tuple(found)


def read_inputs(
    node: Map, layout: str, params: Mapping[str, Any], findings: Findings, overrides: Overrides
) -> dict[str, NamedInput]:
    """Several inputs by their names; none at all where one is wrong, which is reported."""
    if not node.pairs:
        expected = say("sizes from 1 ({order}), or a name for each of several", order=say(_ORDER[layout]))
        must_be(findings, "input", expected, node)
        return {}
    inputs: dict[str, NamedInput] = {}
    tried = dict(overrides.inputs)
    for number, (key, value) in enumerate(node.pairs):
        sizes = read_input(value, layout, params, findings) if is_name(key, findings) else None
        if number == 0 and overrides.input is not None:
            sizes = sizes and overrides.input
        if sizes is not None:
            shape = Shape(from_layout(tried.get(key.text, sizes), layout))
            inputs[key.text] = NamedInput(shape, value)
    if len(inputs) < len(node.pairs):
        for key, _ in node.pairs:
            findings.excused.add(key.text)
        return {}
    return inputs


def is_axes(node: Map) -> bool:
    """Whether a mapping has the sizes of one input by their axes: `{height: 28, width: 28, channels: 1}`."""
    return bool(node.pairs) and all(
        key.text.lower() in _AXES and isinstance(value, Scalar) for key, value in node.pairs
    )


def _has_batch(node: Sequence) -> bool:
    """Whether the first of the sizes is how frameworks write a batch of any size."""
    first, *rest = node.items
    return (
        isinstance(first, Scalar)
        and (first.value is None or first.value == -1 or first.text.lower() in _BATCH)
        and 1 <= len(rest) <= 4
        and all(isinstance(item, Scalar) and type(item.value) is int for item in rest)
    )


def misfit(spec: Spec, overrides: Overrides) -> str | None:
    """Why another input does not fit a spec: it has not as many sizes, as where a channel is forgotten."""
    name = shown_path(spec.source.path)
    given = [("input", spec.input_node, overrides.input)]
    for word, sizes in overrides.inputs:
        if word not in spec.inputs:
            known = f"its inputs are {', '.join(spec.inputs)}" if spec.inputs else "its input has no name"
            return f"{name} has no input {word}: {known}"
        given.append((f"input {word}", spec.inputs[word].node, sizes))
    for what, node, input in given:
        if node is None or input is None:
            continue
        written = len(node.items) if isinstance(node, Sequence) else 1
        if isinstance(node, Scalar):
            written = len(parse_sizes(node.text) or (1,))
        if len(input) != written:
            sizes_text = "x".join(map(str, input))
            plural = "size" if len(input) == 1 else "sizes"
            return f"{sizes_text} has {len(input)} {plural}, {what} in {name} has {written} ({spec.layout})"
    return None
