"""Layers copied out of a program, `Conv2D(32, (5, 5), strides=2)`, `nn.Conv2d(1, 32, 5)`, or a spec."""

from __future__ import annotations

import re
from collections.abc import Mapping

from cnn_shapes.layers import ALIASES, FROM_INPUT, KINDS, NO_SHAPE, VARIANTS, layer_of
from cnn_shapes.layers.base import ASSERTIONS, KERAS, TORCH, TORCHVISION, Layer
from cnn_shapes.layers.class_answers import answer
from cnn_shapes.prompt.language.grammar import Misread
from cnn_shapes.prompt.language.short_form import read_short_form
from cnn_shapes.prompt.language.typed_layer import TypedLayer, check_limited, yaml_value
from cnn_shapes.prompt.language.vocabulary import (
    COMMON,
    LineContext,
    check_rank,
    class_name,
    is_per_axis,
    key_of,
    kind_of,
)
from cnn_shapes.source import Map, Scalar, Sequence, Source, read_yaml
from cnn_shapes.words import say

_CALL = re.compile(
    r"(?:[\w.]+\s*=\s*)?(?:[\w.]+\.)?(?:add\(\s*)?(?:[a-z_]\w*\.)*([A-Za-z_]\w*)\s*\((.*)", re.DOTALL
)
_BARE_ENTRY = re.compile(r"-\s+([A-Za-z_]\w*)")
_INPUT = re.compile(
    r"(?:[\w.]+\s*=\s*)?(?:[\w.]+\.)?(?:add\(\s*)?(?:\w+\.)*Input(?:Layer)?\(\s*(.*)", re.DOTALL
)
_SPEC_LINE = re.compile(r"(?:-\s+)?([A-Za-z_][\w-]*):(?:\s+(.*))?", re.DOTALL)
_TAIL = re.compile(r"[)\],\s]*(?:\(\w+\))?[)\],\s]*")  # of a list, or `(x)` of a functional model
_FRAME = re.compile(
    r"(?:[\w.]+\s*=\s*)?(?:[\w.]+\.)?(?:Sequential\(\[?(?:\]?\))?|Model\(.*)|[()\[\]{},\s]+|layers:"
)
# lines around the layers of a program, or of a page that shows one
_AROUND = re.compile(
    r"(?:import|from)\s+[\w.]+(?:\s+(?:import|as)\s.*)?|```\w*|\w+\.(?:summary|compile|build|eval)\(.*",
    re.DOTALL,
)
_CLASS = re.compile(r"^[ \t]*class\s+(\w+)\s*\(.*\)\s*:", re.MULTILINE)
_TOP_LEVEL = ("input", "layers", "rounding", "layout", "name", "params", "defaults", "blocks", "outputs")
_INPUT_SHAPE = ("input_shape", "batch_input_shape", "input_dim")
_MAKERS = {TORCH: "PyTorch", TORCHVISION: "PyTorch", KERAS: "Keras"}
_NOT_OURS = (*FROM_INPUT, "dim", "axis", "start_dim", "end_dim", "name", "lower", "upper")


def _argument_table() -> dict[tuple[str, str], tuple[str, ...]]:
    """What the arguments of a class mean by place, also under its name without axes: Conv is torch.nn's.

    By framework and name; under an empty framework where it is not known whose class it is: then PyTorch's.
    """
    layers = (*KINDS.values(), *dict.fromkeys(VARIANTS.values()))
    classes = [names for layer in layers for names in layer.class_names]
    classes.sort(key=lambda names: names.framework != KERAS)
    placed = [(names, name) for names in classes for name in names.names if names.arguments]
    table = {("", re.sub(r"\d[dD]$", "", name)): names.arguments for names, name in placed if names.framework}
    table |= {("", name): names.arguments for names, name in placed}
    return table | {(names.framework, name): names.arguments for names, name in placed}


_ARGUMENTS = _argument_table()


def is_frame(text: str) -> bool:
    """Whether a line says nothing of layers: as `nn.Sequential(`, which opens a list, `import keras`."""
    return _FRAME.fullmatch(text) is not None or _AROUND.fullmatch(text) is not None


def refuse_class(text: str) -> None:
    """Raise Misread for a class: the order of its layers is known only where it is run."""
    found = _CLASS.search(text)
    if found is not None:
        raise Misread(
            say(
                "what {text} computes is known where its code runs: save it as net.py, and "
                "cnn-shapes import net.py:{text} writes its spec",
                text=found[1],
            )
        )


def read_pasted(text: str, context: LineContext) -> TypedLayer | None:
    """The layer that a line of a program or of a spec means; None where it is neither. Raises Misread."""
    return _bare_entry(text, context) or _spec_line(text) or _call(text, context)


def input_of(text: str) -> str | None:
    """The sizes of `keras.Input(shape=(28, 28, 1))`, as `input` takes them; None where a line is not one."""
    call = _INPUT.fullmatch(text)
    if call is None:
        return None
    for place, argument in enumerate(_arguments(call[1], text)):
        key, equals, value = map(str.strip, argument.partition("="))
        if (equals and key in ("shape", "input_shape")) or (not equals and not place):
            return (value if equals else argument).strip("()[] ").rstrip(",")
    return ""


def _bare_entry(text: str, context: LineContext) -> TypedLayer | None:
    """`- flatten`."""
    bare = _BARE_ENTRY.fullmatch(text)
    if bare is not None and (kind_of(bare[1]) or bare[1] in context.blocks):
        return read_short_form(bare[1], context)
    return None


def _spec_line(text: str) -> TypedLayer | None:
    """`- conv: {filters: 32, kernel_size: 5}`, kept as it is where its fields are not plain."""
    found = _SPEC_LINE.fullmatch(text)
    if found is None or found[1] in _TOP_LEVEL:
        return None
    kind = found[1]
    written = re.sub(r"^-\s+", "", text).strip()
    entry = _parsed_entry(f"- {written}\n")
    if not isinstance(entry, Map) or len(entry.pairs) != 1:
        raise Misread(
            say("a layer is a mapping with one key, its kind, as in conv: {{filters: 32, kernel_size: 5}}")
        )
    body = entry.pairs[0][1]
    if isinstance(body, Scalar) and body.value is None:
        raise Misread(
            say("{kind}: needs its fields on the same line, as in {kind}: {{...}}", kind=kind),
            incomplete=True,
        )
    named = kind_of(kind)
    if named is None or kind != named[0] or not isinstance(body, Map) or "*" in written:
        return TypedLayer(kind, verbatim=written)
    allowed = {*KINDS[kind].fields, *COMMON}
    if not all(key.text in allowed and isinstance(value, Sequence | Scalar) for key, value in body.pairs):
        return TypedLayer(kind, verbatim=written)
    fields = [(key.text, f"- {written}"[value.start : value.end]) for key, value in body.pairs]
    return TypedLayer(kind, tuple(fields))


def _parsed_entry(text: str) -> object:
    """The node of the one entry of a list. Raises Misread where it is not YAML."""
    document = read_yaml(Source("", text))
    if document.problems:
        problem = document.problems[0]
        message = problem.template.format_map(problem.facts)
        raise Misread(message, incomplete="never closed" in message)
    return document.root.items[0] if isinstance(document.root, Sequence) else None


def _call(text: str, context: LineContext) -> TypedLayer | None:
    """`self.c1 = nn.Conv2d(1, 32, 5)`; `conv(32, 5)` is the short form in brackets."""
    call = _CALL.match(text)
    if call is None:
        return None
    name = call[1]
    if name == "Activation" and (word := re.match(r"""\s*["'](\w+)["']""", call[2])):
        return TypedLayer(word[1])
    if said := answer(name):
        raise Misread(said)
    named = kind_of(name)
    if named is None or name in context.blocks:
        return None
    arguments = _arguments(call[2], text)
    if name.islower() and text.startswith(name) and KINDS[named[0]].shorthand is not None:
        return read_short_form(" ".join([name, *arguments]), context)
    owner = _owner(text[: call.start(1)], named[0], arguments)
    return _framework_layer(name, *named, arguments, context, owner)


def _owner(before: str, kind: str, arguments: list[str]) -> str:
    """The framework of a class: from what is written before it, else its arguments where those tell it."""
    if owner := _module_owner(before):
        return owner
    if not KINDS[kind].meanings:
        return ""
    keys = {argument.partition("=")[0].strip() for argument in arguments if "=" in argument}
    for framework, (word, _) in KINDS[kind].meanings.items():
        if word in keys:
            return framework
    return TORCH if len(arguments) - len(keys) > 1 else KERAS  # PyTorch's needs the channels first


def _module_owner(before: str) -> str:
    """The framework whose module is written before a class; empty where none is."""
    for framework, modules in ((TORCH, ("nn.", "torch.")), (KERAS, ("layers.", "keras.", "tf."))):
        if any(module in before for module in modules):
            return framework
    return ""


def _arguments(rest: str, text: str) -> list[str]:
    """What is between the brackets of a call, the first of which is open already."""
    depth, quote = 1, ""
    for place, sign in enumerate(rest):
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "\"'":
            quote = sign
        elif sign in "([{":
            depth += 1
        elif sign in ")]}":
            depth -= 1
            if not depth:
                if not _TAIL.fullmatch(rest[place + 1 :]):
                    raise Misread(
                        say("one layer a line: found {text} after it", text=rest[place + 1 :].strip(" ,"))
                    )
                return _parted(rest[:place])
    raise Misread(say("a bracket of {text} is not closed", text=text), incomplete=True)


def _parted(text: str) -> list[str]:
    """The arguments of a call: what commas outside brackets part; `16 * 5 * 5` is one."""
    parts, depth = [""], 0
    for token in re.findall(r""""[^"]*"|'[^']*'|.""", text, re.DOTALL):
        if token == "," and not depth:
            parts.append("")
            continue
        depth += (token in "([{") - (token in ")]}")
        parts[-1] += token
    return [part.strip() for part in parts if part.strip()]


def _framework_layer(
    name: str, kind: str, rank: int | None, arguments: list[str], context: LineContext, owner: str = ""
) -> TypedLayer:
    """The layer that a class of a framework makes of these arguments. Raises Misread.

    `owner` is the framework, where two have a class of this name.
    """
    fields: dict[str, str] = {}
    input_shape = ""
    name = class_name(name) if name not in KINDS else name
    name = name if name in KINDS or name in ALIASES else kind  # a synonym is nobody's class
    check_rank(name, kind, rank, context)
    layer = layer_of(name)
    ours = {alias: its for its, field in layer.fields.items() for alias in (its, *field.aliases)}
    idle = {*_NOT_OURS, *NO_SHAPE, *layer.without_effect, *layer.follows_input}
    for place, argument in enumerate(arguments):
        key, value = _key_and_value(name, place, argument, owner)
        if key in _INPUT_SHAPE and key not in ours:
            input_shape = value
        if key in layer.limited and key not in ours:
            check_limited(name, key, value, layer.limited[key])
        elif key and (key in ours or key not in idle):
            field = ours.get(key) or key_of(kind, key)
            value = _field_value(layer, field, key, value)
            known = layer.fields.get(field)
            # a class that is written as itself keeps its own words
            own = layer.is_variant or (known is not None and key in known.other_values)
            fields |= {key if own else field: value} if value else {}
    if owner in layer.meanings:
        said = layer.meanings[owner][1]
        fields |= {name: str(value).lower() for name, value in said.items() if name not in fields}
    fields = {**{its: value for its, value in _defaults(layer, name).items() if its not in fields}, **fields}
    for assertion in ASSERTIONS:  # goes after what it is about
        if assertion in fields:
            fields[assertion] = fields.pop(assertion)
    is_written = layer.is_variant or (rank is not None and rank != context.rank)
    written = name if is_written else kind
    return TypedLayer(written, tuple(fields.items()), input=input_shape, framework=_makers(name, owner))


def framework_of(text: str) -> str:
    """Who makes the class that a line of a program calls: PyTorch, Keras or both; else empty."""
    call = _CALL.match(text)
    if call is None or call[1].islower() or class_name(call[1]) not in ALIASES:
        return ""
    return _makers(class_name(call[1]), _module_owner(text[: call.start(1)]))


def _makers(name: str, owner: str) -> str:
    """Who makes a class; empty for a kind that is called like a function, which is nobody's."""
    if name in KINDS:
        return ""
    known = (
        [owner] if owner else [names.framework for names in layer_of(name).class_names if name in names.names]
    )
    makers = dict.fromkeys(_MAKERS[framework] for framework in known if framework in _MAKERS)
    return " and ".join(makers or dict.fromkeys(_MAKERS.values()))


def _defaults(layer: type[Layer], name: str) -> Mapping[str, str]:
    """What a class does without being told, and we must be told."""
    return next((names.defaults for names in layer.class_names if name in names.names), {})


def _key_and_value(name: str, place: int, argument: str, owner: str) -> tuple[str, str]:
    """An argument under the name that it has or that its place gives it; "" for one that says no field."""
    key, equals, value = map(str.strip, argument.partition("="))
    if equals and re.fullmatch(r"\w+", key):
        return key, value
    # `flatten(x)` calls a kind with its input
    names = () if name in KINDS else ((owner, name), ("", name), ("", class_name(name)))
    meant = next((found for key in names if (found := _ARGUMENTS.get(key))), None)
    if not meant:
        return "", argument
    if place >= len(meant):
        raise Misread(
            say(
                "{name} has {meant} arguments by place here, found {argument}: name it",
                name=name,
                meant=len(meant),
                argument=argument,
            )
        )
    return meant[place], argument


def _field_value(layer: type[Layer], field: str, key: str, value: str) -> str:
    """The value of an argument as YAML; "" where it says that there is none. Raises Misread."""
    declared = layer.fields.get(field)
    if declared is not None and key in declared.aliases and value in ("True", "False"):
        value = str(declared.translate(key, value == "True"))
    if field == "activation" and re.fullmatch(r"[\w.]+", value):
        value = value.rpartition(".")[2]  # tf.nn.relu
    if value == "None":
        return ""
    written = yaml_value(value, is_per_axis(layer, field))
    return "" if field == "activation" and written in ("linear", "null") else written
