"""Layers copied out of a program, `Conv2D(32, (5, 5), strides=2)`, `nn.Conv2d(1, 32, 5)`, or a spec."""

from __future__ import annotations

import re

from cnn_shapes.layers import ALIASES, FROM_INPUT, KINDS, NO_SHAPE, REFUSED
from cnn_shapes.layers.list_fields import AxisSizes, Ends, Padding, PerAxis, Scale
from cnn_shapes.prompt.language.grammar import Misread
from cnn_shapes.prompt.language.reading import Context, read_layer
from cnn_shapes.prompt.language.typed import Typed
from cnn_shapes.prompt.language.values import yaml_value
from cnn_shapes.prompt.language.vocabulary import COMMON, key_of, kind_of
from cnn_shapes.source import Map, Scalar, Sequence, Source, read_yaml

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
# The arguments by place. Sources: torch.nn's and keras.layers' signatures (PyTorch 2.14, Keras 3.15).
_TORCH = {
    "Conv": ("in_channels", "filters", "kernel_size", "stride", "padding", "dilation", "groups", "bias"),
    "ConvTranspose": (
        *("in_channels", "filters", "kernel_size", "stride", "padding", "output_padding"),
        *("groups", "bias", "dilation"),
    ),
    "MaxPool": ("kernel_size", "stride", "padding", "dilation", "", "ceil_mode"),
    "AvgPool": ("kernel_size", "stride", "padding", "ceil_mode"),
    "LPPool": ("", "kernel_size", "stride", "ceil_mode"),
    "AdaptiveAvgPool": ("output_size",),
    "AdaptiveMaxPool": ("output_size",),
    "Linear": ("in_features", "units", "bias"),
    "GroupNorm": ("groups",),
    "Upsample": ("size", "scale", "mode"),
    "Dropout": ("rate",),
    "PixelShuffle": ("factor",),
    "PixelUnshuffle": ("factor",),
    "ChannelShuffle": ("groups",),
}
_KERAS = {
    "Conv": ("filters", "kernel_size", "stride", "padding", "", "dilation", "groups", "activation", "bias"),
    "SeparableConv": (
        "filters",
        "kernel_size",
        "stride",
        "padding",
        "",
        "dilation",
        "multiplier",
        "activation",
    ),
    "DepthwiseConv": ("kernel_size", "stride", "padding", "multiplier"),
    "MaxPooling": ("kernel_size", "stride", "padding"),
    "AveragePooling": ("kernel_size", "stride", "padding"),
    "AdaptiveAveragePooling": ("output_size",),
    "AdaptiveMaxPooling": ("output_size",),
    "Dense": ("units", "activation", "bias"),
    "Dropout": ("rate",),
    "GroupNormalization": ("groups",),
    "Reshape": ("shape",),
    "ZeroPadding": ("amount",),
    "Cropping": ("amount",),
}
_RENAMED = {"p": "rate", "num_groups": "groups", "scale_factor": "scale", "upscale_factor": "factor"}
_RENAMED |= {"downscale_factor": "factor", "cropping": "amount"}
_NOT_OURS = (*FROM_INPUT, "dim", "axis", "start_dim", "end_dim", "name", "lower", "upper")
_PER_AXIS = (PerAxis, Padding, Ends, Scale, AxisSizes)


def is_frame(text: str) -> bool:
    """Whether a line only opens or closes a list of layers, as in `nn.Sequential(`: and says nothing."""
    return _FRAME.fullmatch(text) is not None


def read_pasted(text: str, context: Context) -> Typed | None:
    """The layer that a line of a program or of a spec means; None where it is neither. Raises Misread."""
    bare = _BARE_ENTRY.fullmatch(text)
    if bare is not None and (kind_of(bare[1]) or bare[1] in context.blocks):
        return read_layer(bare[1], context)
    spec_line = _SPEC_LINE.fullmatch(text)
    if spec_line is not None:
        return _from_spec(text, spec_line[1], context)
    call = _CALL.match(text)
    name = call[1] if call else ""
    if call is None or not (name in ALIASES or name in REFUSED or kind_of(name)):
        return None
    if name == "Activation" and (word := re.match(r"""\s*["'](\w+)["']""", call[2])):
        return Typed(word[1])
    if name in REFUSED:
        raise Misread(f"{name} is no layer here: {REFUSED[name]}")
    arguments = _arguments(call[2], text)
    if name.islower() and text.startswith(name) and KINDS[_kind(name)].shorthand is not None:
        return read_layer(" ".join([name, *arguments]), context)  # conv(32, 5) is the short form in brackets
    return _from_program(name, arguments, context)


def input_of(text: str) -> str | None:
    """The sizes of `keras.Input(shape=(28, 28, 1))`, as `input` takes them; None where a line is none."""
    call = _INPUT.fullmatch(text)
    if call is None:
        return None
    for place, argument in enumerate(_arguments(call[1], text)):
        key, equals, value = map(str.strip, argument.partition("="))
        if (equals and key in ("shape", "input_shape")) or (not equals and not place):
            return (value if equals else argument).strip("()[] ").rstrip(",")
    return ""


def _kind(name: str) -> str:
    named = kind_of(name)
    assert named is not None
    return named[0]


def _arguments(rest: str, text: str) -> list[str]:
    """What stands between the brackets of a call, the first of which is open already."""
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
                    raise Misread(f"one layer a line: found {rest[place + 1 :].strip(' ,')} behind it")
                return _parted(rest[:place])
    raise Misread(f"a bracket of {text} is not closed", incomplete=True)


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


def _from_program(name: str, arguments: list[str], context: Context) -> Typed:
    named = kind_of(name)
    assert named is not None
    kind, rank = named
    places = _places(name)
    fields: dict[str, str] = {}
    input_shape = ""
    for place, argument in enumerate(arguments):
        key, equals, value = map(str.strip, argument.partition("="))
        if equals and re.fullmatch(r"\w+", key):
            if key in ("input_shape", "batch_input_shape", "input_dim"):
                input_shape = value
                continue
            key = _RENAMED.get(key, key)
            if key in _NOT_OURS or (key in NO_SHAPE and key not in KINDS[kind].fields):
                continue
            field = key_of(kind, key)
        else:
            value = argument
            if place >= len(places) and places:
                raise Misread(f"{name} has {len(places)} arguments by place here, found {argument}: name it")
            field = places[place] if places else ""
            key = field
            if not field:
                continue
        if field == "ceil_mode" or key == "ceil_mode":
            field, value = "rounding", "ceil" if value == "True" else "floor"
        if value == "None":
            continue
        if field == "activation" and re.fullmatch(r"[\w.]+", value):
            value = value.rpartition(".")[2]  # tf.nn.relu
        declared = KINDS[kind].fields.get(field)
        fields[field] = yaml_value(value, isinstance(declared, _PER_AXIS))
    if fields.get("activation") in ("linear", "null"):
        del fields["activation"]
    if name == "Linear" or kind in ("conv", "conv_transpose"):  # the assertion behind what it is about
        for assertion in ("in_channels", "in_features"):
            if assertion in fields:
                fields[assertion] = fields.pop(assertion)
    written = name if rank is not None and rank != context.rank else kind
    return Typed(written, tuple(fields.items()), input=input_shape)


def _places(name: str) -> tuple[str, ...]:
    stem = re.sub(r"\d[dD]$", "", name).replace("Convolution", "Conv")
    tables = (_KERAS, _TORCH) if name.endswith("D") else (_TORCH, _KERAS)
    return next((table[stem] for table in tables if stem in table), ())


def _from_spec(text: str, key: str, context: Context) -> Typed | None:
    """An entry as it stands in a spec, kept as it is."""
    written = re.sub(r"^-\s+", "", text).strip()
    if key in ("input", "layers", "rounding", "layout", "name", "params", "defaults", "blocks", "outputs"):
        return None
    document = read_yaml(Source("", f"- {written}\n"))
    if document.problems:
        problem = document.problems[0]
        message = problem.template.format_map(problem.facts)
        raise Misread(message, incomplete="never closed" in message)
    root = document.root
    entry = getattr(root, "items", [None])[0]
    if not isinstance(entry, Map) or len(entry.pairs) != 1:
        raise Misread(
            "a layer is a mapping with one key, its kind, as in conv: {filters: 32, kernel_size: 5}"
        )
    body = entry.pairs[0][1]
    if isinstance(body, Scalar) and body.value is None:
        raise Misread(f"{key}: needs its fields on the same line, as in {key}: {{...}}", incomplete=True)
    known = kind_of(key)
    if known is not None and key == known[0] and isinstance(body, Map):
        names = KINDS[key].fields
        fields = [(name.text, f"- {written}"[value.start : value.end]) for name, value in body.pairs]
        simple = all(isinstance(value, Sequence | Scalar) for _, value in body.pairs)
        if simple and "*" not in written and all(name in names or name in COMMON for name, _ in fields):
            return Typed(key, tuple(fields))
    return Typed(key, verbatim=written)
