"""The text of a folded model: its head, `defaults`, `blocks` and `layers`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from cnn_shapes.importing.folding.defaults import ANY, NONE_OR_HALF, defaults_of, layer_texts, plain_text
from cnn_shapes.importing.folding.items import (
    CALL,
    GATE,
    MISSING,
    PARALLEL,
    PREV,
    REPEAT,
    RESIDUAL,
    FoldedBlock,
    FoldedItem,
    PatternNode,
    Reference,
)
from cnn_shapes.importing.folding.leaves import HALF, INTO
from cnn_shapes.importing.folding.patterns import ADD_IF, REST, SHORTCUT_FIRST, TIMES, pattern_of
from cnn_shapes.importing.folding.repeats import COLLECT
from cnn_shapes.importing.folding.solving import literal, solve
from cnn_shapes.importing.folding.structures import LAYERS, SHORTCUT
from cnn_shapes.layers import KINDS, WORDS
from cnn_shapes.layers.base import Layer
from cnn_shapes.source.flow_style import listed, quoted, word

_LONGEST = 120  # characters of a line
_WIDTH = 100  # characters of a list on one line
_NO_NAME = re.compile(r"[^\w-]+")
_RESERVED = ("prev", "input")
_DEFAULTED = ("kernel_size", "stride", "padding", "bias", "norm", "activation", "rounding")
_ALWAYS = ("kernel_size", "stride", "rounding")  # defaults of these only where all layers have them
_FLOOR = "floor"
_ORDER = (
    *("filters", "units", "kernel_size", "stride", "padding", "output_padding", "dilation", "groups"),
    *("multiplier", "bias", "norm", "norm_groups", "activation", "rounding"),
)
Pairs = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class SpecHead:
    """What is written above the layers: texts that are YAML already, but for the comment's lines."""

    comment: Sequence[str]
    name: str
    inputs: Sequence[tuple[str, Sequence[int]]]
    outputs: Sequence[str]
    layout: str


@dataclass(frozen=True, slots=True)
class WrittenSpec:
    """The text, and for each block how many lines it has, how many entries call it, how often, and where."""

    text: str
    lines: Mapping[int, int]
    calls: Mapping[int, int]
    passes: Mapping[int, int]
    callers: Mapping[int, set[int]]


def write(head: SpecHead, items: Sequence[FoldedItem], blocks: Sequence[FoldedBlock]) -> WrittenSpec:
    """The spec of a folded model. Raises `NotSaid` where a layer reads what it cannot name."""
    names = [name for name, _ in head.inputs]
    nodes, known = pattern_of(items, names if len(names) > 1 else ["input"])
    solve(nodes, [0], [0])
    calls: Counter[int] = Counter()
    passes: Counter[int] = Counter()
    callers: dict[int, set[int]] = {}
    for caller, some in [(0, nodes), *((id(block), block.nodes) for block in blocks)]:
        for node, times in _with_passes(some):
            if node.block is not None:
                called = id(node.block)
                calls[called] += 1
                passes[called] += times
                callers.setdefault(called, set()).add(caller)
    used = [block for block in blocks if calls[id(block)]]
    defaults = defaults_of([nodes, *(block.nodes for block in used)])
    text = [f"# {comment_text(line)}" for line in head.comment]
    text += [
        f"name: {quoted(head.name)}",
        f"input: {_inputs(head)}",
        f"layout: {head.layout}",
        "rounding: floor",
    ]
    if defaults:
        text.append("defaults:")
        text += [f"  {kind}: {_mapping(list(fields.items()))}" for kind, fields in defaults.items()]
    lines = {}
    if used:
        text.append("blocks:")
    for block in used:
        made = _block(block, defaults)
        lines[id(block)] = len(made)
        text += made
    body = _Body(defaults, names if len(names) > 1 else ["input"], len(names) > 1)
    outputs = [known[value] for value in head.outputs]
    last = ("node", nodes[-1], nodes[-1].previous) if nodes else ("input", 0)
    tells = [] if outputs == [last] else outputs
    body.name_read(nodes, tells)
    text += ["layers:", *body.lines(nodes, 2)]
    if tells:
        text.append(f"outputs: {listed(word(body.name_of(one)) for one in tells)}")
    text = [part for line in text for part in _wrapped(line)]
    return WrittenSpec("\n".join([*text, ""]), lines, calls, passes, callers)


def _with_passes(nodes: Iterable[PatternNode], times: int = 1) -> Iterator[tuple[PatternNode, int]]:
    """The nodes of a pattern, each with how often the repeats around it, and its own, go through it."""
    for node in nodes:
        own = max((one for one in node.columns.get(TIMES, [1]) if one is not MISSING), default=1)
        yield node, times * own
        for inside in node.lists.values():
            yield from _with_passes(inside, times * own)


def comment_text(line: str) -> str:
    """What a comment may say: nothing that ends it, and no other comment, which may silence rules."""
    return "".join(sign if sign.isprintable() else "?" for sign in line if sign != "#")


def _wrapped(line: str) -> list[str]:
    """A line as several where it is too long; inside of braces YAML goes on."""
    start = -1 if line.startswith("#") or '"' in line else line.find("{")
    made = []
    while len(line) > _LONGEST and start >= 0:
        end = line.rfind(", ", start, _LONGEST)
        if end < 0:
            break
        made.append(line[: end + 1])
        line = " " * (start + 1) + line[end + 2 :]
    return [*made, line]


def _inputs(head: SpecHead) -> str:
    sizes = [listed(map(str, shape)) for _, shape in head.inputs]
    if len(sizes) == 1:
        return sizes[0]
    return _mapping([(word(name), size) for (name, _), size in zip(head.inputs, sizes, strict=True)])


def _block(block: FoldedBlock, defaults: Mapping[str, Mapping[str, str]]) -> list[str]:
    text = [f"  {block.name}:"]
    if block.params:
        params = [
            (param.name, "required" if param.default is MISSING else literal(param.default))
            for param in block.params
        ]
        text.append(f"    params: {_mapping(params)}")
    several = block.inputs > 1
    body = _Body(defaults, [f"x{number + 1}" for number in range(block.inputs)], several)
    end = block.outputs[0]
    plain = len(block.outputs) == 1 and end == ("node", block.nodes[-1], block.nodes[-1].previous)
    body.name_read(block.nodes, [] if plain else block.outputs)
    if several:
        text.append(f"    inputs: {listed(body.inputs)}")
    text += ["    layers:", *body.lines(block.nodes, 6)]
    if not plain:
        text.append(f"    outputs: {listed(word(body.name_of(one)) for one in block.outputs)}")
    return text


# -- lists of entries


class _Body:
    """Writes the entries of a block, or of the file."""

    def __init__(
        self, defaults: Mapping[str, Mapping[str, str]], inputs: Sequence[str], several: bool
    ) -> None:
        self.defaults, self.several = defaults, several
        self.inputs = list(inputs)
        self.names: dict[tuple[int, int], str] = {}

    def name_read(self, nodes: list[PatternNode], others: Iterable[Reference]) -> None:
        """Give names to what is read by name, and to the parts of splits and what calls give."""
        every = [one for node in nodes for one in node.everything()]
        read = {
            (id(reference[1]), reference[2])
            for node in every
            for reference in (*node.inputs, *node.references.values())
            if reference[0] == "node"
        } | {(id(one[1]), one[2]) for one in others if one[0] == "node"}
        taken = {*_RESERVED, *self.inputs}
        for node in every:
            for number in range(node.outputs):
                if node.outputs > 1 or (id(node), number) in read:
                    wanted = _local_name(node, number)
                    name, count = wanted, 1
                    while name in taken:
                        count += 1
                        name = f"{wanted}-{count}"
                    taken.add(name)
                    self.names[id(node), number] = name

    def name_of(self, reference: Reference) -> str:
        if reference == PREV:
            return "prev"
        if reference[0] == "input":
            return self.inputs[reference[1]] if self.several else "input"
        return self.names[id(reference[1]), reference[2]]

    def lines(self, nodes: Iterable[PatternNode], indent: int) -> list[str]:
        return [line for node in nodes for line in self.entry(node, indent)]

    def entry(self, node: PatternNode, indent: int) -> list[str]:
        pad = " " * indent
        flow = self.flow(node)
        if flow is not None:
            return [f"{pad}- {flow}"]
        text: list[str] = []
        tail = self.common(node)
        if node.kind == REPEAT:
            head = [f"{pad}    {name}: {value}" for name, value in self.times(node)]
            text += [f"{pad}- repeat:", *head, f"{pad}    layers:"]
            text += self.lines(node.lists[LAYERS], indent + 6)
        elif node.kind == PARALLEL or self.is_turned(node):
            text += self.parallel(node, indent)
        else:
            text += self.structure(node, indent, tail)
        if not (self.is_turned(node) and node.texts.get("activation", "none") != "none"):
            text += [f"{pad}    {name}: {value}" for name, value in tail]
            return text
        text += [f"{pad}    {name}: {value}" for name, value in tail if name != "name"]
        name = [(field, value) for field, value in tail if field == "name"]
        return [*text, f"{pad}- {node.texts['activation']}{': ' + _mapping(name) if name else ''}"]

    def structure(self, node: PatternNode, indent: int, tail: Pairs) -> list[str]:
        pad = " " * indent
        if node.kind == RESIDUAL:
            tail += [(name, node.texts[name]) for name in (ADD_IF, "activation") if name in node.texts]
        inside = node.lists[LAYERS]
        shortcut = node.lists.get(SHORTCUT)
        if self.is_reversed(node) and shortcut:
            inside, shortcut = shortcut, inside
        if not shortcut and not tail:
            return [f"{pad}- {node.kind}:", *self.lines(inside, indent + 4)]
        text = [f"{pad}- {node.kind}:", f"{pad}    layers:", *self.lines(inside, indent + 6)]
        if shortcut:
            text += [f"{pad}    shortcut:", *self.lines(shortcut, indent + 6)]
        return text

    def is_turned(self, node: PatternNode) -> bool:
        """Whether it is a residual whose shortcut is computed first, and which two branches can say."""
        return (
            self.is_reversed(node)
            and node.texts.get("activation", "none") in WORDS
            and ADD_IF not in node.texts
        )

    def is_reversed(self, node: PatternNode) -> bool:
        return node.kind == RESIDUAL and bool(node.fixed.get(SHORTCUT_FIRST))

    def parallel(self, node: PatternNode, indent: int) -> list[str]:
        pad = " " * indent
        if node.kind == RESIDUAL:
            branches, merge = [node.lists[SHORTCUT], node.lists[LAYERS]], "add"
        else:
            branches, merge = list(node.lists.values()), str(node.fixed["merge"])
        text = [f"{pad}- parallel:"]
        if merge != "concat":
            text.append(f"{pad}    merge: {merge}")
        text.append(f"{pad}    branches:")
        for branch in branches:
            flow = self.flow_list(branch)
            if flow is not None and (len(branch) < 3) and len(flow) + indent < _WIDTH:
                text.append(f"{pad}      - {flow}")
                continue
            inner = self.lines(branch, indent + 8)
            text += [f"{pad}      - {inner[0].lstrip()}", *inner[1:]]
        return text

    def common(self, node: PatternNode) -> Pairs:
        """`from`, `name`, `into`, `share` of an entry."""
        pairs: Pairs = []
        if node.lists and node.condition:
            pairs.append(("if", node.condition))
        if len(node.inputs) > 1:
            pairs.append(("from", listed(word(self.name_of(one)) for one in node.inputs)))
        elif node.inputs and node.inputs[0] != PREV:
            pairs.append(("from", word(self.name_of(node.inputs[0]))))
        pairs += [(name, word(self.name_of(one))) for name, one in node.references.items()]
        if node.outputs > 1 and node.kind != "split":
            names = [self.names[id(node), number] for number in range(node.outputs)]
            pairs.append(("into", listed(map(word, names))))
        elif (id(node), 0) in self.names and node.kind != "split":
            pairs.append(("name", word(self.names[id(node), 0])))
        return pairs

    # -- on one line

    def flow(self, node: PatternNode) -> str | None:
        """An entry on one line; None where that is too long, or it has lists that need lines of their own."""
        if node.kind == CALL:
            return self.call(node)
        if node.kind == REPEAT and len(node.lists[LAYERS]) == 1 and not node.lists[LAYERS][0].lists:
            inside = self.flow_list(node.lists[LAYERS])
            pairs = [*self.times(node), ("layers", inside or ""), *self.common(node)]
            return _entry("repeat", pairs)
        if node.kind == GATE and len(node.lists[LAYERS]) < 3 and not self.common(node):
            inside = self.flow_list(node.lists[LAYERS])
            return f"gate: {inside}" if inside is not None and len(inside) < _WIDTH else None
        if node.lists:
            return None
        return self.layer(node)

    def flow_list(self, nodes: list[PatternNode]) -> str | None:
        texts = [self.flow(node) for node in nodes]
        if any(text is None for text in texts):
            return None
        return listed(text for text in texts if text is not None)

    def times(self, node: PatternNode) -> Pairs:
        collected = [(COLLECT, str(node.fixed[COLLECT]))] if COLLECT in node.fixed else []
        return [("times", node.texts[TIMES]), *collected]

    def condition(self, node: PatternNode) -> Pairs:
        return [("if", node.condition)] if node.condition else []

    def call(self, node: PatternNode) -> str:
        block = node.block
        assert block is not None
        pairs: Pairs = []
        for param in block.params:
            first, rest = node.texts.get(param.name), node.texts.get(param.name + REST)
            default = "" if param.default is MISSING else literal(param.default)
            if first is None or (rest in (None, first) and first == default):
                continue
            pairs.append((param.name, first if rest in (None, first) else f"{first} if i == 0 else {rest}"))
        times = node.texts.get(TIMES, "1")
        if times == "1":
            return _entry(block.name, [*self.condition(node), *pairs, *self.common(node)])
        inner = f"[{_entry(block.name, pairs)}]"
        outer = [*self.condition(node), ("times", times), ("layers", inner), *self.common(node)]
        return _entry("repeat", outer)

    def layer(self, node: PatternNode) -> str:
        kind = KINDS[node.kind]
        pairs = self.fields(node, kind)
        own = [*self.condition(node), *pairs]
        if node.kind == "split":
            names = [self.names[id(node), number] for number in range(node.outputs)]
            sizes = [node.texts[f"{INTO}{part}"] for part in range(node.outputs - 1)]
            into = (
                listed(map(word, names))
                if _is_even(node)
                else _mapping([(word(name), size) for name, size in zip(names, [*sizes, "-1"], strict=True)])
            )
            own = [("into", into), *own]
        tail = self.common(node)
        if len(own) + len(tail) == 1:
            field, value = [*own, *tail][0]
            if field == kind.shorthand and value[:1] != "{":
                return f"{node.kind}: {value}"
        return _entry(node.kind, [*own, *tail])

    def fields(self, node: PatternNode, kind: type[Layer]) -> Pairs:
        """The fields that differ from what is said once, and from what they are without being written."""
        texts = layer_texts(node)
        defaults = self.defaults.get(node.kind, {})
        if kind.is_pool and texts.get("stride") == texts.get("kernel_size", defaults.get("kernel_size")):
            texts.pop("stride", None)
        made: Pairs = []
        for name in sorted({*texts, *defaults}, key=lambda name: (*_ORDER, name).index(name)):
            plain = plain_text(kind, name)
            if name not in texts and name == "stride" and kind.is_pool:
                continue
            said = texts.get(name, plain)
            if said == ANY or (said == NONE_OR_HALF and defaults.get(name, "0") in ("0", HALF)):
                continue
            said = "0" if said == NONE_OR_HALF else said
            if said != defaults.get(name, plain):
                made.append((name, said))
        return made


def _is_even(node: PatternNode) -> bool:
    """Whether a split makes equal parts in all groups."""
    columns = [node.columns[name] for name in node.columns if name.startswith(INTO)]
    return all(column == columns[0] for column in columns)


def _entry(word: str, pairs: Pairs) -> str:
    return f"{word}: {_mapping(pairs)}" if pairs else word


def _mapping(pairs: Pairs) -> str:
    return "{" + ", ".join(f"{name}: {value}" for name, value in pairs) + "}"


def _local_name(node: PatternNode, number: int) -> str:
    """The path of a module in its block, or of a nameless one its kind; of a part with its number."""
    base = _NO_NAME.sub("-", node.title).strip("-")
    if not base or base.isdigit():
        base = node.block.name.lower() if node.block is not None else node.kind
    elif base[0].isdigit():
        base = f"layer-{base}"
    return base if node.outputs == 1 else f"{base}-{number}"
