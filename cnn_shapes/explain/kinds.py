"""The explanation of a layer kind, a structure or a field, out of the declarations."""

from __future__ import annotations

from typing import Any

from cnn_shapes.layers import KINDS, VARIANTS, layer_of
from cnn_shapes.layers.base import ASSERTIONS, Layer
from cnn_shapes.layers.fields import Field
from cnn_shapes.layers.short_text import short
from cnn_shapes.layers.structure import STRUCTURES, Structure
from cnn_shapes.shown_text import cells, padded
from cnn_shapes.words import ENGLISH, say, say_as_is, spoken, told

_RANK = 2  # a field's default and what it takes are shown for images
_COMMON = "every layer also takes name, from, if and expect, one with weights also share"
_STRUCTURES = "structures"
_LAST = (*ASSERTIONS, "norm", "activation", "rounding")


def kind(name: str) -> dict[str, Any]:
    """What a kind is, or a class that takes other arguments than its kind."""
    layer = layer_of(name)
    others = [one for one, variant in VARIANTS.items() if variant.kind == name]
    return {
        "type": "kind",
        "name": name,
        "family": KINDS[layer.kind].family,
        "text": _paragraphs(layer.__doc__ or ""),
        "shorthand": layer.shorthand,
        "fields": sorted((_field(field) for field in layer.fields.values()), key=_first_things_first),
        "aliases": [one for one in (*layer.aliases, *others) if one != name],
        "example": _example(layer),
    }


def structure(name: str) -> dict[str, Any]:
    declared = STRUCTURES[name]
    described = {**declared.lists, **declared.values}
    return {
        "type": "structure",
        "name": name,
        "family": _STRUCTURES,
        "text": _paragraphs(declared.__doc__ or ""),
        "shorthand": declared.shorthand,
        "fields": [
            {"name": field, "text": text, "required": field in declared.required}
            for field, text in described.items()
        ],
        "aliases": [],
        "example": _example(declared),
    }


def field(name: str) -> dict[str, Any] | None:
    """The kinds that have a field of this name, under this or another of its names; None where none has."""
    owners = [
        {"kind": layer.kind, **_field(declared)}
        for layer in KINDS.values()
        for declared in layer.fields.values()
        if name == declared.name or name in declared.aliases
    ]
    return {"type": "field", "name": name, "owners": owners} if owners else None


def families() -> dict[str, Any]:
    """All kinds by family, in the order of the guide."""
    grouped: dict[str, list[dict[str, str]]] = {}
    for layer in KINDS.values():
        grouped.setdefault(layer.family, []).append({"name": layer.kind, "text": _summary(layer)})
    grouped[_STRUCTURES] = [{"name": name, "text": _summary(each)} for name, each in STRUCTURES.items()]
    return {"type": "kinds", "families": [{"name": name, "kinds": kinds} for name, kinds in grouped.items()]}


def _example(declared: type[Layer] | type[Structure]) -> str:
    """A whole spec that has a layer or structure of this kind."""
    entries = "".join(f"  {line}\n" for line in declared.example.splitlines())
    return f"input: {declared.example_input}\nlayers:\n{entries}"


def text(found: dict[str, Any]) -> str:
    if found["type"] == "kinds":
        return _families_text(found)
    if found["type"] == "field":
        return _owners_text(found)
    parts = [f"{found['name']} ({_family(found['family'])})", "\n\n".join(map(_own_words, found["text"]))]
    if found["fields"]:
        parts.append(f"{say('fields')}:\n" + _table([_field_cells(field) for field in found["fields"]]))
    if found["shorthand"]:
        text = say("shorthand: {kind}: ...  sets {field}", kind=found["name"], field=found["shorthand"])
        parts.append(f"{text}; {say(_COMMON)}")
    else:
        parts.append(say(_COMMON))
    if found["aliases"]:
        parts.append(_wrapped(say("read as the same: {names}", names=", ".join(found["aliases"]))))
    parts.append(
        f"{say('example')}:\n" + "".join(f"  {line}\n" for line in found["example"].splitlines()).rstrip("\n")
    )
    return "\n\n".join(parts) + "\n"


def _families_text(found: dict[str, Any]) -> str:
    blocks = [
        f"{_family(family['name'])}:\n"
        + _table([[kind["name"], _own_words(kind["text"])] for kind in family["kinds"]])
        for family in found["families"]
    ]
    return "\n\n".join(blocks) + f"\n\n{say('`cnn-shapes explain KIND` lists its fields, with an example')}\n"


def _family(name: str) -> str:
    """A family of kinds; in another language one word is not both a family and a figure."""
    return name if spoken() == ENGLISH else say(f"kinds: {name}")


def _own_words(text: str) -> str:
    """A documentation in the language that is spoken here."""
    return text if spoken() == ENGLISH else say_as_is(" ".join(text.split()))


def _owners_text(found: dict[str, Any]) -> str:
    groups: dict[tuple[str, ...], list[str]] = {}
    for owner in found["owners"]:
        groups.setdefault(tuple(_field_cells(owner)), []).append(owner["kind"])
    blocks = [
        "\n".join(
            [
                f"{cells[0]}: {cells[2]}",
                f"  {say('takes: {values}', values=cells[3])}",
                *([f"  {cells[1]}"] if cells[1] else []),
                _wrapped(f"  {say('of: {kinds}', kinds=', '.join(kinds))}"),
            ]
        )
        for cells, kinds in groups.items()
    ]
    return "\n\n".join(blocks) + "\n"


def _first_things_first(field: dict[str, Any]) -> tuple[bool, bool]:
    """What a layer must have comes before what it may have, and the fields of _LAST come last."""
    return not field["required"], field["name"] in _LAST


def _field(declared: Field[Any]) -> dict[str, Any]:
    initial = None if declared.required else declared.initial(_RANK)
    return {
        "name": declared.name,
        "text": declared.doc,
        "takes": declared.expected_of_any(_RANK),
        "required": declared.required,
        "default": None if initial is None else short(initial),
        "aliases": list(declared.aliases),
    }


def _field_cells(field: dict[str, Any]) -> list[str]:
    if field["required"]:
        default = say("required")
    else:
        default = say("default {value}", value=field["default"]) if field.get("default") is not None else ""
    names = " = ".join([field["name"], *field.get("aliases", ())])
    return [names, default, say_as_is(field["text"]), told(field.get("takes", ""))]


def _table(rows: list[list[str]]) -> str:
    """Columns side by side; of a field, what it takes is under what it is."""
    first = max(len(row[0]) for row in rows)
    if len(rows[0]) == 2:
        return "\n".join(f"  {name.ljust(first)}  {text}".rstrip() for name, text in rows)
    second = max(cells(row[1]) for row in rows)
    lines = []
    for name, default, text, takes in rows:
        lines.append(f"  {name.ljust(first)}  {padded(default, second)}  {text}".rstrip())
        if takes:
            lines.append(" " * (first + second + 6) + takes)
    return "\n".join(lines)


def _paragraphs(docstring: str) -> list[str]:
    return [_wrapped(" ".join(part.split())) for part in docstring.strip().split("\n\n")]


def _summary(declared: type[Layer] | type[Any]) -> str:
    return " ".join((declared.__doc__ or "").strip().partition("\n\n")[0].split())


def _wrapped(text: str) -> str:
    from textwrap import fill

    return fill(text, 88, break_long_words=False, break_on_hyphens=False)
