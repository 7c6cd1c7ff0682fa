"""What is written at a layer or a block in a picture: two short lines, and the whole for who points at it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from cnn_shapes.draw.kit.svg import shortened
from cnn_shapes.layers.structure import STRUCTURES
from cnn_shapes.outline import TableGroup, TableLayer, describe

if TYPE_CHECKING:
    from cnn_shapes.network import Group

# said by the shape already, or by nobody who explains a network
_UNSAID = ("padding", "bias", "biases", "rounding", "groups", "keepdims", "like", "mode", "axis", "momentum")
_LONGEST_HEAD = 28
_LONGEST_SUB = 30
_PARTS = ("pass", "branch", "shortcut")  # of structures
BRANCHING = tuple(kind for kind, structure in STRUCTURES.items() if structure.branches)
_UNNAMED = (*STRUCTURES, *_PARTS)  # groups that are no block of the user's


class Words(NamedTuple):
    """`head` and `sub` are the lines that are drawn, `whole` is all of it; `kind` the bare word."""

    head: str
    sub: str
    whole: str
    kind: str = ""


def layer_words(layer: TableLayer, shown: Mapping[str, str] | None = None) -> Words:
    """`conv 3×3, 64, stride 2` and `+ batch + relu`."""
    node = layer.steps[0].node
    whole = describe(layer, shown or {})
    written = whole.split(" + ")[1:] if len(layer.steps) > 1 else []
    if node.layer is None:
        return Words(shortened(node.kind, _LONGEST_HEAD), "", whole, node.kind)
    first, *fields = node.layer.describe().split(", ")
    said = [first.replace("_", " "), *(field for field in fields if field.split(" ")[0] not in _UNSAID)]
    while len(", ".join(said)) > _LONGEST_HEAD and len(said) > 1:
        said.pop()
    head = _times(", ".join(said))
    sub = shortened(f"+ {' + '.join(written)}", _LONGEST_SUB) if written else ""
    return Words(shortened(head, _LONGEST_HEAD), sub, whole, node.kind)


def block_words(group: TableGroup, repeat: int) -> Words:
    """`6 × Bottleneck` and `stage3`; the name that the user has given, and the block that it is."""
    named = [one.label for one in group.groups if getattr(one.place, "name", None) == one.label]
    kinds = [one.kind for one in group.groups if one.kind not in _UNNAMED]
    own = kinds[-1] if kinds else ""
    if repeat > 1:
        inner = group.children[0]
        deeper = [one.kind for one in getattr(inner, "groups", ()) if one.kind not in _UNNAMED]
        if isinstance(inner, TableLayer):
            deeper = [layer_words(inner).head]
        kind = deeper[0] if deeper else own or _listed(inner) or "block"
        beside = named[0] if named else own if own != kind else ""
        head = f"{repeat} × {kind}"
    else:
        structure = next((one.kind for one in group.groups if one.kind in BRANCHING), group.groups[-1].kind)
        kind = own or _branches(group) or structure
        head, beside = (named[0], kind) if named else (kind, "")
    return Words(shortened(head, _LONGEST_HEAD), shortened(beside, _LONGEST_SUB), group.title(), kind)


def _listed(child: TableGroup | TableLayer) -> str:
    """What is in one pass of a repeat, each kind once: `UIB, MQA`."""
    inner = child.children if isinstance(child, TableGroup) else []
    return ", ".join(dict.fromkeys(_kind(one) for one in inner))


def _kind(child: TableGroup | TableLayer) -> str:
    return layer_words(child).kind if isinstance(child, TableLayer) else block_words(child, 1).kind


def _branches(group: TableGroup) -> str:
    """`4 branches`, those of a structure of parallel ones; one that has no layer is not counted."""
    names = {
        one.name
        for layer in group.layers()
        for one in _groups_around(layer)
        if one.kind == "branch" and one.parent is group.groups[-1]
    }
    return f"{len(names)} branches" if len(names) > 1 else "branches" if names else ""


def _groups_around(layer: TableLayer) -> Iterator[Group]:
    group = layer.steps[0].node.group
    while group is not None:
        yield group
        group = group.parent


def _times(text: str) -> str:
    return re.sub(r"(?<=\d)x(?=\d)", "×", text)
