"""What a picture shows of a network: an item for each written layer or folded block, and where it reads.

Blocks that are chains are opened while the picture stays readable, and a long network is folded again: by
the stages between two changes of size, then by number. So any network has at most `MOST_ITEMS` items.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from cnn_shapes.diagnostics import format_shape
from cnn_shapes.draw.kit.svg import shortened
from cnn_shapes.draw.naming import trace_of
from cnn_shapes.draw.words import BRANCHING, Words, block_words, layer_words
from cnn_shapes.outline import STATES, TableGroup, TableLayer, status, tree, why
from cnn_shapes.shown_text import plural

if TYPE_CHECKING:
    from cnn_shapes.checking import CheckResult
    from cnn_shapes.layers.base import Layer
    from cnn_shapes.network import Node
    from cnn_shapes.shapes import Shape
    from cnn_shapes.trace import Step, Trace

MOST_ITEMS = 30  # that a reader takes in, and that fit a page
_LONGEST_TOLD = 90  # characters of a line that a reader is told
_MOST_OPENED = 500  # items that are looked at one by one at all
Child = TableGroup | TableLayer

INPUT, BLOCK, PLAIN = "input", "block", "plain"
# The first of these traits that a layer has is its family, by which it is coloured.
_FAMILY_OF_TRAIT = (
    ("enlarges", "up"),
    ("is_convolution", "filters"),
    ("is_pool", "pool"),
    ("is_adaptive", "pool"),
    ("joins", "join"),
    ("is_part", "join"),
    ("is_norm", PLAIN),
    ("has_weights", "units"),
)


class SceneItem:
    """One thing that is drawn: a layer with what is written on it, a block, or a stretch of layers.

    `sources` are the items that it reads, in the order in which they are computed. `repeat` counts the passes
    of a block; `state` is the worst of its layers'. `jump` is how many pixels of the input one of its output
    is, None where that is not known.
    """

    def __init__(self, children: Sequence[Child], words: Words, family: str, repeat: int = 1) -> None:
        self.children, self.words, self.family, self.repeat = [*children], words, family, repeat
        self.layers = [layer for child in children for layer in child.layers()]
        self.steps: list[Step] = [step for layer in self.layers for step in layer.steps]
        self.sources: list[SceneItem] = []
        self.attached: list[str] = []  # words for layers that keep the shape and are drawn on this one
        self.output: Shape | None = None
        self.text = "?"
        self.state = "ok"
        self.jump: float | None = None
        self.node: Node | None = None
        self.place = 0

    @property
    def is_block(self) -> bool:
        return self.family == BLOCK

    @property
    def is_input(self) -> bool:
        return self.family == INPUT

    @property
    def nodes(self) -> list[Node]:
        """The nodes in it; of an input that one."""
        return [step.node for step in self.steps] or ([self.node] if self.node is not None else [])

    @property
    def name(self) -> str:
        """What it is called: a block by its own name, else by its last layer's."""
        last = self.children[-1] if self.children else None
        if isinstance(last, TableGroup) and last.groups:
            return last.groups[0].name
        return (self.node.owner or self.node).name if self.node is not None else ""

    @property
    def sub(self) -> str:
        """The second line of its label."""
        return " ".join(filter(None, (self.words.sub, *self.attached)))

    def told(self, report: CheckResult) -> str:
        """What a reader who points at it is told."""
        lines = [shortened(self.words.whole, _LONGEST_TOLD), self.text]
        if self.steps:
            first = self.steps[0].node
            if len(self.layers) == 1 and self.state != "unreached":
                lines.append(shortened(why(first, report.layout), _LONGEST_TOLD))
            elif len(self.layers) > 1:
                lines.append(plural(len(self.layers), "layer"))
            params = sum(step.params or 0 for step in self.steps)
            macs = sum(step.macs or 0 for step in self.steps)
            lines.append(f"{params:,} parameters, {macs:,} MACs")
        return "\n".join(line for line in lines if line)


def family_of(layer: Layer | None) -> str:
    """The family of a layer, by its traits."""
    return next((family for trait, family in _FAMILY_OF_TRAIT if getattr(layer, trait, False)), PLAIN)


def items_of(report: CheckResult, most: int = MOST_ITEMS) -> list[SceneItem]:
    """What the landscape shows, at most so many, the inputs first. Raises Undrawable."""
    traced = trace_of(report)
    children: list[Child] = [*tree(traced).children]
    if len(children) <= _MOST_OPENED:
        children = _opened(children, traced, most)
    items = [_item((child,), traced) for child in children]
    items = [*_inputs(traced), *items]
    _connect(items)
    items = _attached(items)
    if _count_drawn(items) > most:
        items = _folded(items, traced, most)
    _finish(items, report, traced)
    return items


def inside(report: CheckResult, group: TableGroup, most: int) -> tuple[list[SceneItem], list[SceneItem]]:
    """What a block shows: the items outside that it reads, and those in it, at most `most` of them."""
    traced = trace_of(report)
    children: list[Child] = [*group.children]
    while True:
        opened = [inner for child in children for inner in _inner(child)]
        if len(opened) == len(children) or len(opened) > most:
            break
        children = opened
    items = [_item((child,), traced) for child in children]
    own = {node.index for item in items for node in item.nodes}
    outside: dict[int, SceneItem] = {}
    for item in items:
        for node in item.nodes:
            for source in node.inputs:
                if source.index not in own and source.index not in outside:
                    outside[source.index] = _outer(source)
    _connect([*outside.values(), *items])
    if len(items) > most:
        items = _in_stretches(items, most, traced)
        _connect([*outside.values(), *items])
    _finish([*outside.values(), *items], report, traced)
    return [*outside.values()], items


def _inner(child: Child) -> list[Child]:
    """What is in a group, equal passes of one layer taken together; of a layer that itself."""
    if isinstance(child, TableLayer):
        return [child]
    if _is_run_of_layers(child):
        return [child]
    return child.children


def _is_run_of_layers(group: TableGroup) -> bool:
    """Whether a repeat is one layer again and again, of one size."""
    layers = [*group.layers()]
    return (
        bool(group.passes)
        and len(layers) == len(group.children)
        and len({(layer_words(layer).head, layer.steps[-1].node.output) for layer in layers}) == 1
    )


def _outer(node: Node) -> SceneItem:
    item = SceneItem((), Words(_short_name(node), "", node.name), INPUT)
    item.node = node
    return item


def _short_name(node: Node) -> str:
    """What the reader calls a node outside: the layer that it is written on, or the block it comes out of."""
    name = (node.owner or node).name
    return name.partition(".")[0]


def _inputs(traced: Trace) -> list[SceneItem]:
    found = []
    for node in traced.network.inputs:
        item = SceneItem(
            (), Words(node.name, "", f"input {node.name}" if node.name != "input" else "input"), INPUT
        )
        item.node = node
        found.append(item)
    return found


def _item(children: Sequence[Child], traced: Trace) -> SceneItem:
    child = children[0]
    shown = traced.network.shown
    if isinstance(child, TableLayer):
        return SceneItem(children, layer_words(child, shown), family_of(child.steps[0].node.layer))
    if _is_run_of_layers(child):
        first = next(child.layers())
        words, family = layer_words(first, shown), family_of(first.steps[0].node.layer)
        return SceneItem(children, words, family, len(child.children))
    repeat = 1
    for passes in child.passes.values():
        repeat *= passes
    return SceneItem(children, block_words(child, repeat), BLOCK, repeat)


def _connect(items: Sequence[SceneItem]) -> None:
    """Give each item the items that it reads."""
    owner: dict[int, SceneItem] = {node.index: item for item in items for node in item.nodes}
    places = {id(item): place for place, item in enumerate(items)}
    for item in items:
        sources: dict[int, SceneItem] = {}
        for step in item.steps:
            for node in step.node.inputs:
                source = owner.get(node.index)
                if source is not None and source is not item:
                    sources[places[id(source)]] = source
        item.sources = [sources[place] for place in sorted(sources)]


def _opened(children: list[Child], traced: Trace, most: int) -> list[Child]:
    """The children with every block opened that is a chain inside, as long as the picture stays readable."""
    tried: set[int] = set()
    while True:
        groups = [child for child in children if isinstance(child, TableGroup) and id(child) not in tried]
        if not groups:
            return children
        grown: list[Child] = []
        for child in children:
            if isinstance(child, TableGroup) and id(child) not in tried and _is_chain(child, traced):
                grown += child.children
            else:
                grown.append(child)
            tried.add(id(child))
        if _count_runs(grown) > most:
            return children
        children = grown


def _is_chain(child: Child, traced: Trace) -> bool:
    """Whether what is in a group is read one after another, and no part of it twice."""
    if not isinstance(child, TableGroup) or any(group.kind in BRANCHING for group in child.groups):
        return False
    if child.passes and any(isinstance(inner, TableGroup) for inner in child.children):
        # a repeat of blocks is one box with its number, where the maps of all are of one size
        outputs = [[*inner.layers()][-1].steps[-1].node.output for inner in child.children]
        if len({output.sizes if output is not None else () for output in outputs}) == 1:
            return False
    if any(isinstance(inner, TableGroup) and _is_bare_structure(inner) for inner in child.children):
        return False  # of branches that have no name the block around them has one
    inner = [_item((one,), traced) for one in child.children]
    _connect(inner)
    own = {node.index for item in inner for node in item.nodes}
    outside: list[set[int]] = [
        {source.index for node in item.nodes for source in node.inputs if source.index not in own}
        for item in inner
    ]
    for place, item in enumerate(inner):
        if item.sources != inner[max(place - 1, 0) : place]:
            return False
        if place and outside[place] & outside[0]:
            return False  # a shortcut around what came before
    return True


def _is_bare_structure(group: TableGroup) -> bool:
    return all(one.kind in BRANCHING for one in group.groups)


def _count_runs(children: Sequence[Child]) -> int:
    """How many items are drawn of these, equal layers one after another counted once."""
    keys = [
        (layer_words(child).head, child.steps[-1].node.output) if isinstance(child, TableLayer) else id(child)
        for child in children
    ]
    return sum(1 for _ in groupby(keys))


def _count_drawn(items: Sequence[SceneItem]) -> int:
    return len(runs_of(items))


def runs_of(items: Sequence[SceneItem]) -> list[list[SceneItem]]:
    """Items one after another that look alike and read but the one before, each run as one list."""
    found: list[list[SceneItem]] = []
    for item in items:
        last = found[-1][-1] if found else None
        if last is not None and item.sources == [last] and _look(item) == _look(last) and item.state == "ok":
            found[-1].append(item)
        else:
            found.append([item])
    return found


def _look(item: SceneItem) -> tuple[object, ...]:
    output = item.nodes[-1].output if item.nodes else None
    return item.words.head, item.words.sub, tuple(item.attached), output, item.state, item.repeat


def _attached(items: list[SceneItem]) -> list[SceneItem]:
    """The items without layers that keep the shape of the only one they read: that one says them too."""
    kept: list[SceneItem] = []
    home: dict[int, SceneItem] = {}
    for item in items:
        source = home.get(id(item.sources[0]), item.sources[0]) if len(item.sources) == 1 else None
        if source is not None and kept and source is kept[-1] and not source.is_input and _is_small(item):
            source.attached.append(("" if item.words.head.startswith("+") else "+ ") + item.words.kind)
            source.layers += item.layers
            source.steps += item.steps
            home[id(item)] = source
        else:
            kept.append(item)
    _connect(kept)
    return kept


def _is_small(item: SceneItem) -> bool:
    if len(item.layers) != 1 or item.is_block:
        return False
    node = item.layers[0].steps[0].node
    layer = node.layer
    if layer is None or node.error is not None or not layer.keeps_shape or layer.joins:
        return False
    return layer.is_activation or layer.is_norm or layer.drops_values or layer.is_identity


def _folded(items: list[SceneItem], traced: Trace, most: int) -> list[SceneItem]:
    """Few enough items: stretches of one size are one each, and where that is not enough, by number."""
    stretches: list[list[SceneItem]] = []
    for item in items:
        last = stretches[-1] if stretches else None
        if last is not None and _belongs(item, last):
            last.append(item)
        else:
            stretches.append([item])
    # the longest ones first, and no more than it takes
    spare = _count_drawn(items) - most
    chosen: set[int] = set()
    for stretch in sorted(stretches, key=len, reverse=True):
        if spare > 0 and len(stretch) > 1:
            chosen.add(id(stretch))
            spare -= _count_drawn(stretch) - 1
    folded = [
        one
        for stretch in stretches
        for one in ([_stretch(stretch, traced)] if id(stretch) in chosen else stretch)
    ]
    _connect(folded)
    return _in_stretches(folded, most, traced) if _count_drawn(folded) > most else folded


def _belongs(item: SceneItem, stretch: list[SceneItem]) -> bool:
    last = stretch[-1]
    if last.is_input or item.is_input or item.nodes[-1].error is not None or last.nodes[-1].error is not None:
        return False
    sizes = [one.nodes[-1].output for one in (item, last)]
    return sizes[0] is not None and sizes[1] is not None and sizes[0].sizes == sizes[1].sizes


def _in_stretches(items: list[SceneItem], most: int, traced: Trace) -> list[SceneItem]:
    """As many items as may be, each a stretch of about as many; inputs stay what they are."""
    first = [item for item in items if item.is_input][: most // 2]
    rest = [item for item in items if item not in first]
    room = most - len(first)
    size = -(-len(rest) // room)
    found = [*first, *(_stretch(rest[at : at + size], traced) for at in range(0, len(rest), size))]
    _connect(found)
    return found


def _stretch(items: Sequence[SceneItem], traced: Trace) -> SceneItem:
    """One item for several, called by how many layers it is."""
    if len(items) == 1:
        return items[0]
    children = [child for item in items for child in item.children]
    count = sum(len(item.layers) for item in items)
    names = f"{items[0].words.whole} to {items[-1].words.whole}"
    folded = SceneItem(children, Words(plural(count, "layer"), "", names), BLOCK)
    folded.layers = [layer for item in items for layer in item.layers]
    folded.steps = [step for item in items for step in item.steps]
    return folded


def _finish(items: Sequence[SceneItem], report: CheckResult, traced: Trace) -> None:
    """Tell each item what comes out of it."""
    for place, item in enumerate(items):
        item.place = place
        nodes = item.nodes
        node = item.node or _output_of(item)
        item.node, item.output = node, node.output
        item.text = shape_text(node.output, report.layout)
        item.state = max((status(one) for one in nodes), key=STATES.index)
        item.jump = _jump(traced, node) or _shrunk(traced, node)


def _output_of(item: SceneItem) -> Node:
    """The node that comes out: of a block the one that it names, where it is still its last child."""
    child = item.children[-1] if item.children else None
    own = {node.index for node in item.nodes}
    if isinstance(child, TableGroup) and len(item.children) == 1 and not item.attached:
        output = child.output
        if output is not None and output.index in own and output.output is not None:
            return output
    return item.nodes[-1]


def _jump(traced: Trace, node: Node) -> float | None:
    views = traced.views[node.index]
    if not views or views[-1] is None:
        return None
    try:
        return float(views[-1].jump)
    except (TypeError, ValueError):
        return _ratio(str(views[-1].jump))


def _shrunk(traced: Trace, node: Node) -> float | None:
    """How much smaller a map is than the input: of one that sees all of it, which has no jump."""
    whole, output = traced.whole(node), node.output
    if output is None or not output.rank or whole.rank != output.rank or not output.known:
        return None
    # of axes that have changed places the one that is shortened most tells the stage
    return max(size / out for size, out in zip(whole.sizes, output.sizes, strict=True))


def _ratio(text: str) -> float | None:
    above, _, below = text.partition("/")
    return int(above) / int(below) if above.isdigit() and below.isdigit() and int(below) else None


def shape_text(shape: Shape | None, layout: str) -> str:
    """`24×24×32`: a shape as a picture writes it, in the layout of the spec."""
    return format_shape(shape, layout).replace("x", "×")


def edges_of(items: Iterable[SceneItem]) -> list[tuple[SceneItem, SceneItem]]:
    """Which item reads which, each pair once."""
    return [(source, item) for item in items for source in item.sources]
