"""The JSON Schema (draft-07) of the spec language, for editors, out of the declarations of kinds and fields.

One object holds all kinds as its properties, without `oneOf` or `anyOf`: under these an editor offers every
key of every kind, and answers a typo with a list of all that did not match. So the schema is a little wider
than the language: an expression is any string, a name with a capital may be a block, and `check` has the last
word.
"""

from __future__ import annotations

from typing import Any

from cnn_shapes.diagnostics import CHANNELS_FIRST, CHANNELS_LAST
from cnn_shapes.language.reading.common import SHARE
from cnn_shapes.layers import ALIASES, KINDS
from cnn_shapes.layers.base import Layer, Weighted
from cnn_shapes.layers.fields import Field
from cnn_shapes.layers.reserved import RESERVED
from cnn_shapes.layers.structure import COLLECTS, MERGES, STRUCTURES, Structure
from cnn_shapes.memory import DTYPES, FIGURES, FLOAT32
from cnn_shapes.shapes import EXACT, FLOOR

Schema = dict[str, Any]

FILE_NAME = "cnn-shapes.schema.json"
MODELINE = f"# yaml-language-server: $schema={FILE_NAME}"

_RANK = 2  # what a field takes is said for images
_SCALARS = ["number", "boolean", "string"]
_VALUES = {"type": [*_SCALARS, "array"], "items": {"type": _SCALARS}}  # of a param or an argument
_WORDS = ["string", "integer", "boolean"]  # `name: 1` is read as the word 1, `name: true` as the word true
_NAME = {
    "type": _WORDS,
    # JavaScript's \w knows no other script than Latin: so what a name has not is listed
    "pattern": r"^(?!(prev|input)$)[^\x00-\x20!-,./:-@\[-^`{-\x7f]+$",
    "patternErrorMessage": "a name has letters, digits, _ and - only, and is neither prev nor input",
}
_CLASSES = sorted(name for name in RESERVED if name[:1].isupper())
_BLOCK_NAME = rf"^(?!({'|'.join(_CLASSES)})$)[A-Z][A-Za-z0-9_]*$"

TOP_KEYS = {
    "version": "The version of the language. Optional.",
    "name": "A name for reports. Optional.",
    "input": "The sizes of what goes in, without the batch: height, width and channels, as in [28, 28, 1] or "
    "28x28x1. One number is a vector, two are [length, channels], four are [depth, height, width, channels]. "
    "Several inputs are a mapping from their names to their sizes.",
    "layout": "The order of sizes in input, expect, reshape, permute and in reports.",
    "rounding": "What happens when a size is not whole: exact makes it an error, floor rounds down as "
    "PyTorch and Keras do.",
    "params": "Values for expressions: numbers, booleans, words or lists. `--set width=0.5` overrides one.",
    "defaults": "Per kind: the fields of every layer of that kind that does not set them.",
    "blocks": "Named groups of layers with params, called like a layer. A name starts with a capital.",
    "layers": "The network. A layer is a bare word such as flatten, or a mapping with one key, its kind.",
    "outputs": "Names of the layers whose outputs are wanted. Default: the last layer.",
    "budget": "The most that the network may have: params, macs, layers, and bytes of weights, activations, "
    "training and peak, as in {params: 1M, peak: 256KiB, dtype: int8}.",
}
ENTRY_KEYS = {
    "name": "A name for reports, and for `from` of other layers.",
    "from": "The name of the input, or a list of names. Default: prev, the layer before.",
    "if": "An expression. Where it is false, it is as if the layer were not written.",
    "expect": "The output shape that must come out, in the file's layout; null for any size.",
}
SHARE_KEY = {SHARE: "The name of a layer or a call before it, whose weights it has."}
CALL_KEYS = {"into": "Names for what comes out, in the order of the block's outputs."}
BLOCK_KEYS = {
    "params": "The arguments of a call: a value is its default, `required` has none.",
    "let": "Local names for expressions, which may use params and what is above.",
    "inputs": "Names for several inputs, filled by `from` of the call.",
    "layers": "The layers of the block.",
    "outputs": "Names of what comes out; the last layer where they are left out.",
}


def schema() -> Schema:
    """The whole schema, as it is in the file `cnn-shapes.schema.json`."""
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "A spec of cnn-shapes",
        "type": "object",
        "required": ["input", "layers"],
        "additionalProperties": False,
        "properties": {key: _described(_top_level(key), text) for key, text in TOP_KEYS.items()},
        "definitions": {
            "layers": {"type": ["array"], "items": _reference("layer")},
            "layer": _layer(),
            **{key: _described(_common(key), text) for key, text in ENTRY_KEYS.items()},
            "activation": Weighted.fields["activation"].schema(),
            "block": _block(),
            "call": _call(),
            **{kind: _kind(layer) for kind, layer in KINDS.items()},
            **{kind: _structure(structure) for kind, structure in STRUCTURES.items()},
        },
    }


def text() -> str:
    """The schema as JSON, one file's worth."""
    import json

    return json.dumps(schema(), indent=1) + "\n"


def _top_level(key: str) -> Schema:
    """What one key of a file takes."""
    if key == "defaults":
        return _defaults()
    if key == "blocks":
        pattern = {_BLOCK_NAME: _reference("block")}
        return {"type": ["object", "null"], "patternProperties": pattern, "additionalProperties": False}
    simple: dict[str, Schema] = {
        "version": {"enum": [1], "default": 1},
        "name": {"type": [*_SCALARS, "null"]},
        "input": {
            **(sizes := _input_sizes()),
            "type": [*sizes["type"], "object"],
            "additionalProperties": sizes,
            "minProperties": 1,
        },
        "layout": {"enum": [CHANNELS_LAST, CHANNELS_FIRST, None], "default": CHANNELS_LAST},
        "rounding": {"enum": [EXACT, FLOOR, None], "default": EXACT},
        "params": {"type": ["object", "null"], "additionalProperties": _VALUES},
        "layers": {"type": ["array"], "items": _reference("layer"), "minItems": 1},
        "outputs": {"type": [*_WORDS, "array", "null"], "items": {"type": _WORDS}},
        "budget": _budget(),
    }
    return simple[key]


def _budget() -> Schema:
    """What a budget takes: an amount for each figure, and a number type."""
    amounts: Schema = {
        name: _described(
            {"type": ["integer", "string"], "minimum": 0, "pattern": r"^\d"}, f"At most so many {kind.noun}."
        )
        for name, kind in FIGURES.items()
    }
    dtype = _described({"enum": list(DTYPES), "default": FLOAT32}, "The numbers whose bytes count.")
    return {
        "type": ["object", "null"],
        "properties": {**amounts, "dtype": dtype},
        "additionalProperties": False,
    }


def _input_sizes() -> Schema:
    return {
        "type": ["array", "string", "integer"],
        "items": {"type": ["integer", "string"], "minimum": 1},
        "minItems": 1,
        "maxItems": 4,
        "minimum": 1,
    }


def _common(key: str) -> Schema:
    """What one key of an entry takes that every kind has."""
    sizes = {"type": ["integer", "string", "null"], "minimum": 1}
    common: dict[str, Schema] = {
        "name": dict(_NAME),
        "from": {"type": [*_WORDS, "array"], "items": {"type": _WORDS}, "minItems": 1},
        "if": {"type": ["boolean", "string"]},
        "expect": {"type": ["array", "integer", "string"], "minimum": 1, "items": sizes},
    }
    return common[key]


def _layer() -> Schema:
    """An entry of a list of layers. Only what is listed under `properties` is offered, so each kind once.

    A class name that a block may have is taken for a call, which may have any arguments.
    """
    classes: dict[str, list[str]] = {}
    for name, (kind, _) in ALIASES.items():
        if name in RESERVED:
            classes.setdefault(kind, []).append(name)
    known = "|".join([*KINDS, *sorted(RESERVED)])
    return {
        "type": ["object", "string"],
        "minProperties": 1,
        "maxProperties": 1,
        "properties": {kind: _reference(kind) for kind in (*KINDS, *STRUCTURES)},
        "patternProperties": {
            **{f"^({'|'.join(names)})$": _reference(kind) for kind, names in classes.items()},
            _BLOCK_NAME: _reference("call"),
        },
        "additionalProperties": False,
        "pattern": f"^({known}|[A-Z][A-Za-z0-9_]*)$",
        "patternErrorMessage": "unknown layer: `cnn-shapes explain layers` lists the kinds",
    }


def _kind(layer: type[Layer]) -> Schema:
    """What is under a kind: a mapping of fields, nothing, or the value of the shorthand."""
    properties: Schema = {}
    for name, field in layer.fields.items():
        properties[name] = _described(_field(field), *_documentation(field))
        for alias in field.aliases:
            properties[alias] = _described(field.alias_schema(alias), f"The same as {name}.")
            properties[alias]["doNotSuggest"] = True
    shorthand: Schema = {}
    if layer.shorthand == "from":
        shorthand = _common("from")
    elif layer.shorthand is not None:
        shorthand = layer.fields[layer.shorthand].schema()
    types = shorthand.pop("type", [])
    listed = [types] if isinstance(types, str) else types
    body = {
        "type": ["object", *(word for word in listed if word not in ("object", "null")), "null"],
        **shorthand,
        "properties": properties | _commons() | {SHARE: _share()},
        "additionalProperties": False,
    }
    return _described(body, *_paragraphs(layer))


def _share() -> Schema:
    return _described({"type": _WORDS}, SHARE_KEY[SHARE])


def _field(field: Field[Any]) -> Schema:
    found = field.schema()
    if not field.required and field.default is not None:
        found["default"] = field.default
    if field.words and "enum" not in found:
        found["examples"] = list(field.words)
    return found


def _documentation(field: Field[Any]) -> list[str]:
    """The paragraphs about a field: what it is, what it takes, its other names."""
    parts = [field.doc[:1].upper() + field.doc[1:] + ".", f"Takes {field.expected(_RANK)}."]
    if field.required:
        parts[0] += " Required."
    if field.aliases:
        parts.append(f"Also read as {', '.join(field.aliases)}.")
    return parts


def _structure(structure: type[Structure]) -> Schema:
    properties: Schema = {}
    for name, meaning in (structure.lists | structure.values).items():
        properties[name] = _described(_part(name), meaning[:1].upper() + meaning[1:] + ".")
    body: Schema = {"type": ["object"], "required": list(structure.required)}
    if structure.shorthand is not None:
        body["type"].append("array")
        body["items"] = _reference("layer")
    body |= {"properties": properties | _commons(), "additionalProperties": False}
    return _described(body, *_paragraphs(structure))


def _part(name: str) -> Schema:
    """What one key of a structure takes: a list of layers, if nothing else."""
    lists = _reference("layers")
    branch = {
        "type": ["array", "object"],
        "items": _reference("layer"),
        "properties": {"if": _reference("if"), "layers": lists},
        "required": ["layers"],
        "additionalProperties": False,
    }
    parts: dict[str, Schema] = {
        "branches": {
            "type": ["object", "array"],
            "additionalProperties": branch,
            "items": branch,
            "minItems": 1,
        },
        "merge": {"enum": list(MERGES), "default": MERGES[0]},
        "collect": {"enum": list(COLLECTS)},
        "activation": _reference("activation"),
        "add_if": {"type": ["boolean", "string"]},
        "times": {"type": ["integer", "string"], "minimum": 0},
        "inputs": _names(),
        "outputs": _names(),
        "into": _names(),
    }
    return parts.get(name, lists)


def _names() -> Schema:
    return {"type": [*_WORDS, "array"], "items": {"type": _WORDS}, "minItems": 1}


def _block() -> Schema:
    shapes: dict[str, Schema] = {
        "params": {"type": ["object", "null"], "additionalProperties": _VALUES},
        "let": {"type": ["object", "null"], "additionalProperties": {"type": [*_SCALARS, "array"]}},
        "inputs": {"type": [*_WORDS, "array", "null"], "items": dict(_NAME)},
        "layers": _reference("layers"),
        "outputs": _names(),
    }
    return {
        "type": ["object"],
        "required": ["layers"],
        "properties": {key: _described(shapes[key], meaning) for key, meaning in BLOCK_KEYS.items()},
        "additionalProperties": False,
    }


def _call() -> Schema:
    into = _described(_names(), CALL_KEYS["into"])
    properties = {**_commons(), "into": into, SHARE: _share()}
    body = {"type": ["object", "null"], "properties": properties, "additionalProperties": _VALUES}
    return _described(body, "A call of a block, with its arguments.")


def _defaults() -> Schema:
    kinds: Schema = {}
    classes: Schema = {}
    for kind, layer in KINDS.items():
        names = [*layer.fields, *(alias for field in layer.fields.values() for alias in field.aliases)]
        fields = {name: _reference(f"{kind}/properties/{name}") for name in names}
        kinds[kind] = {"type": ["object"], "properties": fields, "additionalProperties": False}
        if layer.aliases:
            reference = {"$ref": f"#/properties/defaults/properties/{kind}"}
            classes[f"^({'|'.join(layer.aliases)})$"] = reference
    return {
        "type": ["object", "null"],
        "properties": kinds,
        "patternProperties": classes,
        "additionalProperties": False,
    }


def _commons() -> Schema:
    return {key: _reference(key) for key in ENTRY_KEYS}


def _reference(name: str) -> Schema:
    return {"$ref": f"#/definitions/{name}"}


def _paragraphs(declared: type[Any]) -> list[str]:
    return [" ".join(part.split()) for part in (declared.__doc__ or "").strip().split("\n\n")]


def _described(found: Schema, *paragraphs: str) -> Schema:
    """The schema with its documentation, plain and as Markdown."""
    plain = "\n\n".join(paragraphs)
    return {"description": plain, "markdownDescription": _as_markdown(plain), **found}


def _as_markdown(text: str) -> str:
    """Text whose stars and underscores are not emphasis: `prod(kernel_size) * channels`."""
    for sign in "\\*_<[":
        text = text.replace(sign, f"\\{sign}")
    return text
