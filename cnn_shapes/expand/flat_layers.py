"""Which nodes make one line of the flat spec: a layer with its norm and activation, a whole split."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from cnn_shapes.diagnosis.suppressions import LINE as IGNORE
from cnn_shapes.diagnostics import MARK, in_layout
from cnn_shapes.expand.flow_style import fields_of
from cnn_shapes.language.entry import Item
from cnn_shapes.language.spec import Waives
from cnn_shapes.layers import KINDS
from cnn_shapes.layers.base import Weighted
from cnn_shapes.layers.merge import Add, Join, Multiply
from cnn_shapes.shapes import EXPECT_MISMATCH, UNKNOWN, Shape, ShapeError
from cnn_shapes.source.flow_style import listed, word

if TYPE_CHECKING:
    from cnn_shapes.network import Network, Node


# how the inputs of a line are written
PLAIN, RESIDUAL, GATE = "plain", "residual", "gate"


class FlatLayer:
    """One line, before it is written: the nodes it makes, the last of which is what `prev` means after it.

    `fields` are names and texts. `like` and `shares` are of the node, `shared` is the result of the line
    whose weights it has. `parts` are the nodes of a split. `form` is RESIDUAL or GATE where a plain
    `add` or `multiply` would not be the same.
    """

    __slots__ = (
        *(
            "comment",
            "expected",
            "fields",
            "form",
            "kind",
            "like",
            "node",
            "parts",
            "result",
            "shared",
            "shares",
        ),
        "sources",
    )

    def __init__(self, kind: str, fields: list[tuple[str, str]], nodes: list[Node]) -> None:
        self.kind, self.fields = kind, fields
        self.node, self.result = nodes[0], nodes[-1]
        self.sources, self.like, self.shares = nodes[0].inputs, nodes[0].like, nodes[0].shares
        self.shared: Node | None = None
        self.parts: list[Node] = []
        self.form = PLAIN
        self.comment = ""
        self.expected = _expected(self.result)

    @property
    def joined(self) -> tuple[Node, Node] | None:
        """Of a residual or gate: what goes in, and what it is joined with, which is named inside of it."""
        if self.form == PLAIN:
            return None
        first, second = self.sources
        return (second, first) if self.form == RESIDUAL else (first, second)

    def text(
        self, sources: list[str], name: str | None, parts: Mapping[Node, str], layout: str, others: list[str]
    ) -> str:
        """What is written after the dash, with the names of its sources, its own and those of its parts.

        `others` are those of the layer whose sizes it has, and of the one whose weights; empty where none.
        """
        like, share = others
        kind = self.kind
        pairs = [(key, like if key == "like" and like else text) for key, text in self.fields]
        shorthand = KINDS[kind].shorthand if kind in KINDS else None
        if self.parts:
            pairs = [("into", self._into(parts)), *self.fields]
            shorthand = "into" if pairs[0][1].startswith("[") else None
        if self.joined:
            kind, shorthand = self.form, None
            entering, joined = sources
            # what repeats no times is what it is given: a branch without a layer on it
            pairs = [("from", entering), ("layers", f"[repeat: {{times: 0, from: {joined}, layers: []}}]")]
        elif len(sources) > 1:
            pairs.append(("from", listed(sources)))
        elif sources != ["prev"]:
            pairs.append(("from", sources[0]))
        if share:
            pairs.append(("share", share))
        if name is not None:
            pairs.append(("name", word(name)))
        if self.expected is not None:
            sizes = ("null" if size == UNKNOWN else str(size) for size in in_layout(self.expected, layout))
            pairs.append(("expect", listed(sizes)))
        comment = f"  # {self.comment}" if self.comment else ""
        if not pairs:
            return kind + comment
        if len(pairs) == 1 and pairs[0][0] == shorthand:
            return f"{kind}: {pairs[0][1]}{comment}"
        return f"{kind}: {{{', '.join(f'{key}: {text}' for key, text in pairs)}}}{comment}"

    def _into(self, parts: Mapping[Node, str]) -> str:
        first = self.node.layer
        assert first is not None
        counts = [count for _, count in first.numbers("into")]
        names = [parts[part] for part in self.parts]
        if None in counts:
            return listed(names)
        return "{" + ", ".join(f"{name}: {count}" for name, count in zip(names, counts, strict=True)) + "}"


def flat_layers(
    network: Network, layout: str, rounding: str, waives: Waives | None = None
) -> list[FlatLayer]:
    """The lines of a network in the order of computing; `rounding` is the file's.

    `waives` says which errors are silenced: the flat spec has the same errors, and silences them too.
    """
    lines = []
    waiting = list(reversed(network.layers))
    while waiting:
        node = waiting.pop()
        if node.layer is not None and node.layer.is_part:
            parts = [node]
            while waiting and waiting[-1].group is node.group:
                parts.append(waiting.pop())
            axis = [("axis", node.layer.numbers("axis"))] if node.layer.treats_axes_apart else []
            line = FlatLayer("split", axis, parts)
            line.parts = parts
            lines.append(line)
            continue
        owned = []
        while waiting and waiting[-1].owner is node:
            owned.append(waiting.pop())
        lines += _with_owned(node, owned, layout, rounding)
    if waives is not None:
        for line in lines:
            line.comment = line.comment or _silencing(line, waives)
    return lines


def _with_owned(node: Node, owned: list[Node], layout: str, rounding: str) -> Iterator[FlatLayer]:
    """A node with its norm and activation: one line, unless defaults gave these fields of their own."""
    layer = node.layer
    if layer is None:
        yield _not_unfolded(node)
        return
    fields = fields_of(layer, layout, rounding)
    folded = isinstance(layer, Weighted) and not any(
        fields_of(part.layer, layout, rounding) for part in owned if part.layer
    )
    if folded:
        fields += [(part.name.rpartition(".")[2], _word(part)) for part in owned]
    else:
        fields = [field for field in fields if field[0] != "norm_groups"]  # the norm has them
    line = FlatLayer(_kind(node), fields, [node, *owned] if folded else [node])
    line.form = _form(node)
    yield line
    for part in [] if folded else owned:
        yield FlatLayer(part.kind, fields_of(part.layer, layout, rounding) if part.layer else [], [part])


def _not_unfolded(node: Node) -> FlatLayer:
    line = FlatLayer("identity", [], [node])
    line.sources = node.inputs[:1]
    broken = isinstance(node.place, Item) and node.place.broken
    why = "what is written is in error" if broken else "the channels of its input are not known"
    line.comment = f"{node.kind} {node.name} is not unfolded: {why}"
    return line


def _silencing(line: FlatLayer, waives: Waives) -> str:
    errors = [(node, node.error) for node in {line.node, line.result, *line.parts} if node.error is not None]
    silenced = {error.rule: waives(error.rule, node.at(error.field)) for node, error in errors}
    rules = sorted(rule for rule, reason in silenced.items() if reason is not None)
    if not rules:
        return ""
    reasons = "; ".join(dict.fromkeys(reason for rule in rules if (reason := silenced[rule])))
    return f"{MARK} {IGNORE}[{', '.join(rules)}] {reasons}".rstrip()


def _expected(node: Node) -> Shape | None:
    """What the spec says must come out; where two entries say it of one node, what failed."""
    failed = node.error.facts.get("expected") if node.error and node.error.rule == EXPECT_MISMATCH else None
    return failed if isinstance(failed, Shape) else node.expected


def _word(part: Node) -> str:
    """What `norm` or `activation` says for a layer: `batch` for batchnorm, an activation's own name."""
    return part.kind.removesuffix("norm")


def _kind(node: Node) -> str:
    """The canonical kind; but a class name whose rank is not the input's keeps its complaint."""
    item, x = node.place, node.inputs[0].output
    if isinstance(item, Item) and node.owner is None and item.rank is not None and x is not None:
        return node.kind if x.rank == item.rank else item.text
    return node.kind


def _form(node: Node) -> str:
    """PLAIN where `add` and `multiply` over names do the same as the join of the residual or the gate."""
    shapes = [x for x in node.input_shapes if x is not None and UNKNOWN not in x]
    known = len(shapes) == len(node.inputs)
    if node.layer is not None and node.layer.is_shortcut:
        # a residual stretches nothing
        return RESIDUAL if known and shapes[0] != shapes[1] and _joined(Add(0), shapes) else PLAIN
    if node.layer is not None and node.layer.is_gate:
        # a factor that is stretched counts for no receptive field; one of full size would
        fits = known and _joined(Multiply(0), shapes) == shapes[0]
        return PLAIN if fits and (shapes[0] != shapes[1] or shapes[0].rank == 0) else GATE
    return PLAIN


def _joined(join: Join, shapes: list[Shape]) -> Shape | None:
    try:
        return join.shape(*shapes)
    except ShapeError:
        return None
