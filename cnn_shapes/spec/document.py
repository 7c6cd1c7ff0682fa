"""The top level of a spec: input, layout, rounding, params, defaults, blocks, layers, outputs."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from cnn_shapes.diagnostics import CHANNELS_FIRST, CHANNELS_LAST, Findings, from_layout
from cnn_shapes.layers import ALIASES, KINDS
from cnn_shapes.layers.fields import LARGEST, whole
from cnn_shapes.shapes import EXACT, FLOOR, Shape
from cnn_shapes.source import Map, Node, Scalar, Sequence, Source, Span
from cnn_shapes.spec.blocks import REQUIRED, Block
from cnn_shapes.spec.entries import COMMON, EntryReader, kind_of
from cnn_shapes.spec.items import Item
from cnn_shapes.spec.values import Unevaluated, Value, read_value

KEYS = ("version", "name", "input", "layout", "rounding", "params", "defaults", "blocks", "layers", "outputs")
_BLOCK_KEYS = ("params", "let", "inputs", "layers")
_SIZES = re.compile(r"\s*\d+(\s*[xX×]\s*\d+)*\s*")
_VALUE_NAME = re.compile(r"[^\W\d]\w*")
_BLOCK_NAME = re.compile(r"[A-Z][A-Za-z0-9_]*")


class Overrides(NamedTuple):
    """What the command line tries instead of the file's own values; the input is in the file's layout."""

    input: tuple[int, ...] | None = None
    params: tuple[tuple[str, Any], ...] = ()
    rounding: str | None = None

    @property
    def any(self) -> bool:
        return self != Overrides()


class Spec:
    """A spec as it is written, before it unfolds into a network."""

    def __init__(self, source: Source, findings: Findings, root: Map) -> None:
        self.source, self.findings, self.root = source, findings, root
        self.name: str | None = None
        self.layout, self.rounding = CHANNELS_LAST, EXACT
        self.params: dict[str, Any] = {}
        self.param_nodes: dict[str, tuple[Scalar, Node]] = {}
        self.blocks: dict[str, Block] = {}
        self.items: list[Item] = []
        self.outputs: list[Scalar] = []
        self.shape: Shape | None = None
        self.input_node: Node | None = None
        self.reader = EntryReader(source, findings, self.blocks)

    @property
    def span(self) -> Span:
        return self.input_node.span if self.input_node else Span(0, 0)

    def at(self, field: str) -> Span:
        return self.span


def read_spec(source: Source, root: Node | None, findings: Findings, overrides: Overrides) -> Spec | None:
    """Read the top level; None where it is no spec at all. Everything wrong is reported to `findings`."""
    if not isinstance(root, Map):
        found = "nothing" if root is None else kind_of(root)
        findings.tell(
            "missing-field",
            "this is no spec: a spec is a mapping with input and layers, found {found}",
            Span(0, 0) if root is None else _first_character(root),
            found=found,
        )
        return None
    spec = Spec(source, findings, root)
    reader = spec.reader
    for key, node in root.pairs:
        if key.text not in KEYS:
            reader.unknown_key(key, list(KEYS), "a spec", list(KEYS))
    _read_words(spec)
    _read_params(spec, overrides)
    _read_blocks(spec)
    if (defaults := root.get("defaults")) is not None and not _empty(defaults):
        reader.read_defaults(defaults)
        _settle_defaults(spec)
    for block in spec.blocks.values():
        if block.layers is not None:
            block.items = reader.entries(block.layers, f"layers of {block.name}")
    _check_recursion(spec)
    for block in spec.blocks.values():
        block.uses_channels = "c_in" in block.names()
    _read_input(spec, overrides)
    _read_layers(spec)
    return spec


def _read_words(spec: Spec) -> None:
    findings, root = spec.findings, spec.root
    version = root.get("version")
    if (isinstance(version, Scalar) and version.value != 1) or isinstance(version, Map | Sequence):
        findings.tell("bad-value", "version must be 1, found {found}", version.span, found=kind_of(version))
    name = root.get("name")
    if isinstance(name, Scalar) and name.value is not None:
        spec.name = name.text
    elif name is not None and not isinstance(name, Scalar):
        findings.tell("bad-value", "name must be a word, found {found}", name.span, found=kind_of(name))
    for key, words in (("layout", (CHANNELS_LAST, CHANNELS_FIRST)), ("rounding", (EXACT, FLOOR))):
        node = root.get(key)
        if node is None or _empty(node):
            continue
        if isinstance(node, Scalar) and node.text in words:
            setattr(spec, key, node.text)
        elif key == "rounding" and isinstance(node, Scalar) and node.text == "ceil":
            findings.tell(
                "bad-value", "rounding: ceil belongs to a pool or upsample, not to the whole file", node.span
            )
        else:
            findings.tell(
                "bad-value",
                "{key} must be {words}, found {found}",
                node.span,
                key=key,
                words=" or ".join(words),
                found=kind_of(node),
            )


def _read_params(spec: Spec, overrides: Overrides) -> None:
    node = spec.root.get("params")
    if node is not None and not _empty(node):
        for key, value in read_params(spec, node, "params"):
            if isinstance(value, Scalar):
                spec.params[key.text] = value.value
                spec.param_nodes[key.text] = (key, value)
    for name, raw in overrides.params:
        spec.params[name] = raw


def read_params(spec: Spec, node: Node, what: str) -> list[tuple[Scalar, Node]]:
    """The pairs of a `params` mapping whose names and values are fit to be params."""
    if not isinstance(node, Map):
        spec.findings.tell(
            "bad-value",
            "{what} must be a mapping from name to value, found {found}",
            node.span,
            what=what,
            found=kind_of(node),
        )
        return []
    pairs = []
    for key, value in node.pairs:
        if not _value_name(spec, key):
            continue
        if not isinstance(value, Scalar) or value.value is None or not _is_param(value):
            spec.findings.tell(
                "bad-value",
                "the param {name} must be a number, true, false or a word, never an expression, found {found}",
                value.span if value.span != Span(0, 0) else key.span,
                name=key.text,
                found=kind_of(value),
            )
            continue
        pairs.append((key, value))
    return pairs


def _is_param(node: Scalar) -> bool:
    value = node.value
    if isinstance(value, str):
        return bool(_VALUE_NAME.fullmatch(value))
    return isinstance(value, bool) or -LARGEST <= value <= LARGEST


def _value_name(spec: Spec, key: Scalar) -> bool:
    if key.text in (*COMMON, "c_in"):
        spec.findings.tell(
            "bad-value", "a param cannot be called {name}: it has a meaning already", key.span, name=key.text
        )
        return False
    if _VALUE_NAME.fullmatch(key.text):
        return True
    spec.findings.tell(
        "bad-value",
        "the name of a value has letters, digits and _ only, found {name}",
        key.span,
        name=key.text,
    )
    return False


def _read_blocks(spec: Spec) -> None:
    node = spec.root.get("blocks")
    if node is None or _empty(node):
        return
    findings = spec.findings
    if not isinstance(node, Map):
        findings.tell(
            "bad-value",
            "blocks must be a mapping from name to block, found {found}",
            node.span,
            found=kind_of(node),
        )
        return
    for key, body in node.pairs:
        if key.text in ALIASES or key.text in KINDS:
            findings.tell(
                "duplicate-name",
                "{name} is a layer already: choose another name for the block",
                key.span,
                name=key.text,
            )
        elif not _BLOCK_NAME.fullmatch(key.text):
            findings.tell(
                "bad-value",
                "a block's name starts with a capital, then letters, digits and _, found {name}",
                key.span,
                name=key.text,
            )
        elif isinstance(body, Map):
            spec.blocks[key.text] = _read_block(spec, key, body)
        else:
            findings.tell(
                "bad-value",
                "the block {name} must be a mapping with layers, found {found}",
                key.span,
                name=key.text,
                found=kind_of(body),
            )


def _read_block(spec: Spec, name: Scalar, body: Map) -> Block:
    block = Block(name)
    for key, node in body.pairs:
        if key.text not in _BLOCK_KEYS:
            spec.reader.unknown_key(key, list(_BLOCK_KEYS), "a block", list(_BLOCK_KEYS))
        elif key.text == "layers":
            block.layers = node
        elif _empty(node):
            continue
        elif key.text == "params":
            for param, value in read_params(spec, node, "params"):
                if isinstance(value, Scalar):
                    block.params[param.text] = REQUIRED if value.value == "required" else value.value
                    block.param_nodes[param.text] = value
        elif key.text == "let":
            _read_let(spec, block, node)
        else:
            names = node.items if isinstance(node, Sequence) else [node]
            block.inputs = [
                item.text for item in names if isinstance(item, Scalar) and spec.reader.is_name(item)
            ]
    if block.layers is None:
        spec.findings.tell("missing-field", "the block {name} needs layers", name.span, name=name.text)
    return block


def _read_let(spec: Spec, block: Block, node: Node) -> None:
    if not isinstance(node, Map):
        spec.findings.tell(
            "bad-value",
            "let must be a mapping from name to expression, found {found}",
            node.span,
            found=kind_of(node),
        )
        return
    for key, value in spec.reader.pairs(node):
        if _value_name(spec, key):
            if key.text in block.params:
                spec.findings.tell(
                    "duplicate-name",
                    "{name} is a param of {block} already",
                    key.span,
                    name=key.text,
                    block=block.name,
                )
                continue
            block.let[key.text] = read_value(value, spec.findings)


def _settle_defaults(spec: Spec) -> None:
    """Evaluate the expressions in `defaults` once: they see the file's params and nothing else."""
    for settings in spec.reader.defaults.values():
        for name, setting in list(settings.items()):
            value = setting.value
            if value.constant:
                continue
            try:
                settled = Value(value.node, value.evaluate(spec.params))
            except Unevaluated as error:
                error.report(spec.findings)
                del settings[name]
                continue
            settled.names = value.names
            settings[name] = setting._replace(value=settled)


def _check_recursion(spec: Spec) -> None:
    """Report each call that leads back to the block it stands in, and take it out."""
    done: set[str] = set()
    for start in spec.blocks:
        path: list[tuple[str, list[Item]]] = [(start, spec.blocks[start].calls())]
        while path:
            name, calls = path[-1]
            if name in done or not calls:
                done.add(name)
                path.pop()
                continue
            call = calls.pop()
            within = [ancestor for ancestor, _ in path]
            if call.kind in within:
                call.broken = True
                route = " -> ".join([*within[within.index(call.kind) :], call.kind])
                spec.findings.tell(
                    "recursive-block",
                    "{block} calls itself without end: {route}",
                    call.span,
                    block=call.kind,
                    route=route,
                )
            elif call.kind not in done:
                path.append((call.kind, spec.blocks[call.kind].calls()))


def _read_input(spec: Spec, overrides: Overrides) -> None:
    node = spec.root.get("input")
    if node is None or _empty(node):
        spec.findings.tell(
            "missing-field",
            "a spec needs input: height, width and channels, as in input: [28, 28, 1]",
            Span(spec.root.start, spec.root.start) if node is None else node.span,
        )
        return
    spec.input_node = node
    sizes = _input_sizes(spec, node)
    if overrides.input is not None:
        sizes = overrides.input
    if sizes is not None:
        spec.shape = Shape(from_layout(sizes, spec.layout))


def parse_sizes(text: str) -> tuple[int, ...] | None:
    """`28x28x1` as numbers, in the order written; None where it is nothing of the kind."""
    if not _SIZES.fullmatch(text):
        return None
    sizes = tuple(int(part) for part in re.split("[xX×]", text))
    return sizes if len(sizes) <= 4 and all(1 <= size <= LARGEST for size in sizes) else None


def _input_sizes(spec: Spec, node: Node) -> tuple[int, ...] | None:
    order = {CHANNELS_LAST: "height, width, channels", CHANNELS_FIRST: "channels, height, width"}[spec.layout]
    wanted = f"sizes from 1: {order}"
    if isinstance(node, Scalar) and isinstance(node.value, str) and _SIZES.fullmatch(node.text):
        sizes = parse_sizes(node.text)
        if sizes is None:
            spec.findings.tell(
                "bad-value",
                "input must be {wanted}, found {found}",
                node.span,
                wanted=wanted,
                found=node.text,
            )
        return sizes
    value = read_value(node, spec.findings)
    if value.broken:
        return None
    try:
        raw = value.evaluate(spec.params)
    except Unevaluated as error:
        error.report(spec.findings)
        return None
    items = raw if isinstance(raw, list) else [raw]
    if not 1 <= len(items) <= 4:
        spec.findings.tell(
            "bad-value",
            "input has 1 to 4 sizes without the batch ({order}), found {count}",
            node.span,
            order=order,
            count=len(items),
        )
        return None
    found: list[int] = []
    for place, item in enumerate(items):
        number = whole(item)
        if number is None or not 1 <= number <= LARGEST:
            spec.findings.tell(
                "bad-value",
                "input must be {wanted} up to 2**31-1, found {found}",
                value.locate((place,)) if isinstance(node, Sequence) else node.span,
                wanted=wanted,
                found=_shown(item),
            )
            return None
        found.append(number)
    return tuple(found)


def _shown(raw: Any) -> str:
    if isinstance(raw, bool):
        return str(raw).lower()
    return "a number beyond 2**31-1" if isinstance(raw, int) and abs(raw) > 10**15 else f"{raw}"


def _read_layers(spec: Spec) -> None:
    node = spec.root.get("layers")
    if node is None or _empty(node) or (isinstance(node, Sequence) and not node.items):
        spec.findings.tell(
            "missing-field",
            "a spec needs layers: a list with at least one, as in - conv: {{filters: 32, kernel_size: 5}}",
            Span(spec.root.start, spec.root.start) if node is None else node.span,
        )
    else:
        spec.items = spec.reader.entries(node, "layers")
    outputs = spec.root.get("outputs")
    if outputs is not None and not _empty(outputs):
        nodes = outputs.items if isinstance(outputs, Sequence) else [outputs]
        for output in nodes:
            if isinstance(output, Scalar) and output.value is not None:
                spec.outputs.append(output)
            else:
                spec.findings.tell(
                    "bad-value",
                    "outputs must be names of layers, found {found}",
                    output.span,
                    found=kind_of(output),
                )


def _empty(node: Node) -> bool:
    return isinstance(node, Scalar) and node.value is None


def _first_character(node: Node) -> Span:
    return Span(node.start, min(node.end, node.start + 1)) if not isinstance(node, Scalar) else node.span
