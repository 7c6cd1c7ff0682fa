"""The modules that a node was exported of: they name its layers, and blocks are found by them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from cnn_shapes.importing.onnx.stored.model_file import OnnxNode
from cnn_shapes.importing.recording import ModuleCall
from cnn_shapes.layers import KINDS

_DEEPEST, _LONGEST = 12, 100
_WEIGHTS = re.compile(r"([A-Za-z_][\w.]*)\.(?:weight|kernel)")
_UNWRITABLE = re.compile(r"[^\w.-]+")


def modules_of(node: OnnxNode, tensors: Mapping[str, Any]) -> tuple[ModuleCall, ...]:
    """The modules around a node, outermost first; the last one names its layers."""
    paths = _paths(node)
    named = next((found[1] for name in node.inputs[1:2] if (found := _WEIGHTS.fullmatch(name))), None)
    beside = named is not None and (not paths or _parent(named) == _parent(paths[-1]))
    if named is not None and beside and len(named) <= _LONGEST:
        # an exporter that puts a norm into a convolution gives it the norm's place
        around = named.split(".")
        paths = [".".join(around[: count + 1]) for count in range(len(around))]
    known = dict(zip(map(_plain, node.scopes), node.classes, strict=False))
    return tuple(
        ModuleCall(path, _class(known.get(path) or path), False, 1, None) for path in paths[-_DEEPEST:]
    )


def _paths(node: OnnxNode) -> list[str]:
    if node.scopes:
        return [_plain(path) for path in node.scopes]
    parts = [part for part in node.name.split("/") if part]
    if node.name.startswith("/") and len(parts) > 1:
        # /layer1/layer1.0/conv1/Conv: a list says its name again with the number
        paths: list[str] = []
        for part in parts[:-1]:
            above = paths[-1].split(".") if paths else []
            tails = (".".join(above[place:]) for place in range(len(above)))
            said = next((tail for tail in tails if part.startswith(f"{tail}.")), "")
            paths.append(".".join(above) + part[len(said) :] if said else ".".join([*above, part]))
        return [_plain(path) for path in paths]
    name = node.name if parts and not node.name.isdigit() else ""
    if not name:
        name = next((one for one in node.outputs if one and not one.isdigit()), "")
    return [_plain(name)] if name and not name.isdigit() else []


def _parent(path: str) -> str:
    return path.rpartition(".")[0]


def _plain(path: str) -> str:
    return _UNWRITABLE.sub("-", path).strip("-")[:_LONGEST] or "layer"


def _class(path: str) -> str:
    """What modules of one kind have in common in their names: the words without numbers."""
    words = [word for word in path.split(".") if not word.isdigit()]
    word = re.sub(r"\W+|[\d_-]+$", "", words[-1]) if words else ""
    word = word[:1].upper() + word[1:] or "Block"
    return f"{word}Block" if word.lower() in KINDS else word
