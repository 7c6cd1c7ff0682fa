"""The tables of the guide that the declarations of the layers make: kinds, fields, class names."""

from collections.abc import Iterable
from typing import Any

from cnn_shapes.language.expressions.functions import FUNCTIONS
from cnn_shapes.layers import ALIASES, KINDS
from cnn_shapes.layers.base import ASSERTIONS, Layer
from cnn_shapes.layers.class_answers import answers
from cnn_shapes.layers.fields import Field
from cnn_shapes.layers.short_text import short
from cnn_shapes.rules import DESIGN, RULES


def kinds() -> str:
    """Every kind with its fields. Kinds with the same fields share a row."""
    rows: dict[tuple[str, str, str], list[str]] = {}
    for kind, layer in KINDS.items():
        fields = ", ".join(_field(name, field, layer) for name, field in _fields(layer)) or "-"
        if layer.joins:
            fields = "**from**"
        elif 1 not in layer.takes:
            fields = f"**from**, {fields}"
        rows.setdefault((layer.family, layer.shorthand or "-", fields), []).append(kind)
    families = dict.fromkeys(family for family, _, _ in rows)
    ordered = [row for family in families for row in rows if row[0] == family]
    return _table(
        ("kinds", "alone it means", "fields (default)"),
        ((_codes(rows[row]), row[1], row[2]) for row in ordered),
    )


def _fields(layer: type[Layer]) -> list[tuple[str, Field[Any]]]:
    """The shorthand first, norm and activation last."""
    fields = [item for item in layer.fields.items() if item[0] not in ASSERTIONS]
    fields.sort(
        key=lambda item: (
            item[0] != layer.shorthand,
            item[0] in ("norm", "activation"),
            item[0] == "rounding",
        )
    )
    return fields


def _field(name: str, field: Field[Any], layer: type[Layer]) -> str:
    if field.required:
        return f"**{name}**"
    default = field.initial(2)
    if default is None:
        default = {"rounding": "the file's", "stride": "kernel_size"}.get(name, "-")
    return f"{name} ({short(default)})"


def fields() -> str:
    """The other names of fields."""
    names: dict[tuple[str, str], list[str]] = {}
    for kind, layer in KINDS.items():
        for name, field in layer.fields.items():
            for alias in field.aliases:
                names.setdefault((name, alias), []).append(kind)
    return _table(
        ("field", "also read as", "of"),
        ((name, f"`{alias}`", ", ".join(kinds)) for (name, alias), kinds in sorted(names.items())),
    )


def classes() -> str:
    """The class names that mean a kind."""
    names: dict[str, list[str]] = {}
    for alias, (kind, _) in ALIASES.items():
        names.setdefault(kind, []).append(alias)
    return _table(("kind", "also read as"), ((kind, _codes(names[kind])) for kind in KINDS if kind in names))


def refused() -> str:
    """The class names that mean something else here, and those that the language has nothing for."""
    said: dict[str, list[str]] = {}
    for name, answer in answers().items():
        sentence = answer.replace("PyTorch's {word}", "PyTorch's").replace("{{", "{").replace("}}", "}")
        sentence = sentence.replace("the language has no {word}, which", "it")
        sentence = sentence.replace("the language has no {word}: ", "").removeprefix(
            "the language has no {word}, "
        )
        sentence = sentence.removeprefix("{word} is not a layer here: ").replace("{word}", "it")
        said.setdefault(sentence, []).append(name)
    return _table(("not read", "because"), ((_codes(names), sentence) for sentence, names in said.items()))


def functions() -> str:
    parts = (function.doc.partition(": ") for function in FUNCTIONS.values())
    return _table(("call", "gives"), ((f"`{call}`", meaning) for call, _, meaning in parts))


def rules() -> str:
    """The rules of design."""
    found = (RULES[name] for name in RULES.of(DESIGN))
    return _table(
        ("name", "severity", "found where"),
        ((f"`{rule.name}`", rule.severity, rule.summary) for rule in found),
    )


TABLES = {
    "kinds": kinds,
    "fields": fields,
    "classes": classes,
    "refused": refused,
    "functions": functions,
    "rules": rules,
}


def _codes(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "".join(f"| {' | '.join(cell.replace('|', '&#124;') for cell in line)} |\n" for line in lines)
