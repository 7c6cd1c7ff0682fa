"""The sizes on the way to a layer that fails, and the layer on that way that went off."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from typing import Any, NamedTuple

from cnn_shapes.diagnosis.culprit import ancestors, name_of
from cnn_shapes.diagnosis.labels import Unfolded
from cnn_shapes.diagnostics import Note, format_shape, format_sizes
from cnn_shapes.language.spec import Spec
from cnn_shapes.layers.base import Layer
from cnn_shapes.layers.fields import BadValue
from cnn_shapes.network import Group, Node, Place
from cnn_shapes.shapes import Shape, ShapeError
from cnn_shapes.words import say

_SHOWN = 10  # steps of a way; of a longer one the middle is left out
_FIRST = 3
_MOST_NODES = 200  # between a layer and one that might be at fault
_MOST_WORK = 20_000  # layers computed in search of the one at fault
WAY_TO = "the sizes on the way"  # how these notes begin


class Stretch(NamedTuple):
    """One entry on a way: a layer, or all of a block or structure. `before` and `output` are around it."""

    node: Node
    group: Group | None
    before: Shape | None
    output: Shape | None

    @property
    def name(self) -> str:
        """The layer or the block in few words: `maxpool 2`, `Basic`."""
        if self.group is not None:
            number = self.group.label
            return (
                say("pass {number} of a repeat", number=number)
                if self.group.kind == "pass"
                else self.group.kind
            )
        layer = self.node.layer
        return (
            layer.describe().partition(",")[0] if layer is not None and layer.has_windows else self.node.kind
        )

    @property
    def place(self) -> Place:
        return self.group.place if self.group is not None else self.node.place

    def line(self, spec: Spec) -> int | str:
        return spec.source.line_of(self.place.span.start)


def way_to(node: Node, shared: Set[int] = frozenset()) -> tuple[Node, list[Stretch]]:
    """Where the way to a layer begins, and the steps up to it, the layer included.

    It begins at the input, at the last layer that is as its `expect` says, or at one of the `shared`, which
    are indices. What is in a block or a structure that the layer is not in is one step.
    """
    steps: list[Stretch] = []
    node = step = node.owner or node
    while step.inputs and step.index not in shared:
        group = _apart(step, node)
        first = step
        while group is not None and first.inputs and _apart(first.inputs[0], node) is group:
            first = first.inputs[0]
        before = first.inputs[0]
        steps.append(Stretch(step, group, before.output, step.output))
        if before.expected is not None and before.error is None:
            return before, steps[::-1]
        step = before.owner or before
    return step, steps[::-1]


def _apart(node: Node, other: Node) -> Group | None:
    """The largest group that holds a node and not the other; None where there is none."""
    around = set()
    group = other.group
    while group is not None:
        around.add(id(group))
        group = group.parent
    found, group = None, node.group
    while group is not None and id(group) not in around:
        found, group = group, group.parent
    return found


def ways_to_a_join(join: Node, spec: Spec) -> Iterator[Note]:
    """The notes that follow the sizes to the inputs of a join from where the ways part, if not short."""
    reached = [{node.index for node in (*ancestors(source), source)} for source in join.inputs]
    shared = set.intersection(*reached)
    for source in join.inputs:
        start, steps = way_to(source, shared)
        told = [step for step in steps if _tells(step, whole=False)]
        if len(told) > 1:
            note = _followed(start, told, spec, whole=False)
            template = note.template.replace("on the way", "on the way to {name}", 1)
            yield Note(template, {**note.facts, "name": name_of(source, join)})


def sizes_on_the_way(node: Node, spec: Spec, whole: bool, least: int = 2) -> Note | None:
    """The note that follows a size from where it was right to the layer that fails; None for a short way.

    `whole`: with the channels. `least`: of so many steps.
    """
    start, steps = way_to(node)
    layer = node.owner or node
    if node.error is not None and node.error.field != "expect":
        steps = [step for step in steps if step.node is not layer]  # what it would make is not known
    told = [step for step in steps if _tells(step, whole) or step.node is layer]
    return _followed(start, told, spec, whole) if len(told) >= least else None


def _as_written(step: Stretch, spec: Spec) -> Stretch:
    """The step, or the block around it that the user wrote, where the step is in a block that no user did."""
    group = step.group
    around = step.node.group if group is None else group.parent
    while around is not None and not spec.source.is_written(step.place.span):
        step, around = step._replace(group=around), around.parent
    return step


def _followed(start: Node, told: Sequence[Stretch], spec: Spec, whole: bool) -> Note:
    def size(shape: Shape | None) -> str:
        if shape is None or whole or not shape.rank:
            return format_shape(shape, spec.layout)
        return format_sizes(shape.sizes)

    told = [_as_written(step, spec) for step in told]
    parts = [
        say("{size} (line {line}, {name})", size=size(step.output), line=step.line(spec), name=step.name)
        for step in told
    ]
    if len(parts) > _SHOWN:
        parts = [*parts[:_FIRST], "...", *parts[_FIRST - _SHOWN :]]
    begin = say("input")
    if start.inputs:
        line = Stretch(start, _apart(start, told[-1].node), None, None).line(spec)
        begin = say("line {line}" if start.expected is None else "line {line}, as expected", line=line)
    parts.insert(0, say("{size} ({begin})", size=size(start.output), begin=begin))
    facts = {f"step{number}": part for number, part in enumerate(parts)}
    return Note(f"{WAY_TO}: " + " -> ".join(f"{{{name}}}" for name in facts), facts)


def _tells(step: Stretch, whole: bool) -> bool:
    """Whether a step changes what is told of, or is one that is there to do so."""
    layer, before, after = step.node.layer, step.before, step.output
    if before is None or after is None or len(before) != len(after):
        return True
    if before.sizes != after.sizes or (whole and before != after):
        return True
    return step.group is None and layer is not None and (layer.is_pool or layer.enlarges)


class Suspect(NamedTuple):
    """A layer that went off, and the size that it would have to give for the expected one to come out."""

    node: Node
    field: str
    needed: tuple[int, ...]


# the numbers of real networks that a slip may have replaced
_LIKELY: tuple[tuple[str, tuple[Any, ...]], ...] = (
    ("stride", (1, 2)),
    ("padding", ("half", 0, 1, 2, 3)),
    ("kernel_size", (1, 2, 3, 4, 5, 7)),
    ("scale", (2, 4)),
)


def suspect(failed: Node, expected: Shape, unfolded: Unfolded) -> Suspect | None:
    """The layer up to one that fails which, with one number of it changed, would make its size the expected.

    Of several the one whose changed number others of its kind have, or that does nothing as it is; then the
    nearest. Where there is none, the layer after which half the size would lead there, without a field.
    """
    output = failed.output
    if output is None or not output.known or len(output) != len(expected) or expected.sizes == output.sizes:
        return None
    wanted = tuple(size or found for size, found in zip(expected.sizes, output.sizes, strict=True))
    nodes = unfolded.network.nodes
    start, steps = way_to(failed)
    alone = [
        step.node for step in steps if step.group is None and failed.index - step.node.index <= _MOST_NODES
    ]
    found: list[tuple[int, int, Suspect]] = []
    work = 0

    def leads_there(node: Node, made: Shape | None) -> bool:
        nonlocal work
        between = nodes[node.index + 1 : failed.index + 1]
        work += len(between) + 1
        end = _through(node, made, between).get(failed.index) if made is not None else None
        return end is not None and end.sizes == wanted

    for distance, node in enumerate(reversed(alone)):
        for cost, field, layer in _others(node, unfolded) if work < _MOST_WORK else ():
            made = computed(layer, node.input_shapes)
            if made is not None and leads_there(node, made):
                found.append((cost, distance, Suspect(node, field, made.sizes)))
    if not found:
        for node in (*reversed(alone[:-1]), start):
            half = _halved(node.output)
            if half is not None and work < _MOST_WORK and leads_there(node, half):
                return Suspect(node, "", half.sizes)
    return min(found, key=lambda one: one[:2])[2] if found else None


def _halved(shape: Shape | None) -> Shape | None:
    """A map of half the size, as a pool or a stride makes it; None where that is not whole."""
    if shape is None or not shape.rank or any(size % 2 or not size for size in shape.sizes):
        return None
    return Shape((shape.channels, *(size // 2 for size in shape.sizes)))


def _others(node: Node, unfolded: Unfolded) -> Iterator[tuple[int, str, Layer]]:
    """The layer with one number changed to another likely one, each with how unlikely the slip is."""
    layer = node.layer
    if layer is None:
        return
    alike = unfolded.of_type(type(layer)) - {layer}
    for name, numbers in _LIKELY:
        field = layer.fields.get(name)
        if field is None or layer.numbers(name) is None:
            continue
        old = getattr(layer, field.attribute)
        shared = [getattr(one, field.attribute) for one in alike]
        for number in numbers:
            try:
                value = field.read(number, layer.rank, unfolded.spec.layout)
            except BadValue:  # a word that this layer does not know
                continue
            if value == old:
                continue
            idle = layer.is_pool and name == "kernel_size" and max(old) == 1
            yield (0 if idle or value in shared else 1), name, layer.altered(**{name: value})


def computed(layer: Layer | None, inputs: Sequence[Shape | None], floored: bool = False) -> Shape | None:
    """What a layer makes of inputs; None where that cannot be known, or it fails.

    `floored`: a size that is not whole is taken rounded down.
    """
    known = [shape for shape in inputs if shape is not None and shape.known]
    if layer is None or len(known) != len(inputs):
        return None
    try:
        return layer.shape(*known)
    except ShapeError as error:
        return error.floored if floored else None


def _through(node: Node, made: Shape, after: Sequence[Node]) -> dict[int, Shape]:
    """The shapes of the layers after a node that depend on it, if another shape came out of it."""
    shapes: dict[int, Shape] = {node.index: made}
    for later in after:
        if any(source.index in shapes for source in later.reads):
            inputs = [shapes.get(source.index, source.output) for source in later.reads]
            shape = computed(later.layer, inputs)
            if shape is None:
                break
            shapes[later.index] = shape
    return shapes
