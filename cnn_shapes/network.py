"""The network as a flat list of nodes in the order of computing; adding a node computes its output shape.

Shapes are computed while a spec unfolds, because a block may ask for the channels of its input (`c_in`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from cnn_shapes.layers.base import Layer
from cnn_shapes.layers.fields import LARGEST
from cnn_shapes.layers.merge import Split
from cnn_shapes.shapes import (
    CHANNELS,
    EXPECT_MISMATCH,
    FLOOR,
    SHARE_MISMATCH,
    SIZES,
    UNKNOWN,
    Shape,
    ShapeError,
)
from cnn_shapes.source import LIMIT_EXCEEDED, Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

# the states of a node: how sure its output is, from best to worst
OK, ASSUMED, UNREACHED = 0, 1, 2
_ASSERTIONS = (EXPECT_MISMATCH, SHARE_MISMATCH)


class Place(Protocol):
    """Where a node is in the text: it turns the name of a field into a span."""

    @property
    def span(self) -> Span: ...
    def at(self, field: str) -> Span: ...


class Group:
    """A block call, structure, branch or pass: what a report may fold into one row.

    Of a block call, `inputs` are the nodes it is called with, and `values` what the names of its expressions
    mean. What comes out of it the network knows: a node knows its groups, and no group a node of its own.
    """

    __slots__ = ("inputs", "kind", "label", "name", "parent", "place", "values")

    def __init__(self, label: str, kind: str, parent: Group | None, place: Place):
        self.label, self.kind, self.parent, self.place = label, kind, parent, place
        self.inputs: tuple[Node, ...] = ()
        self.values: dict[str, Any] | None = None
        self.name: str = f"{parent.name}.{label}" if parent else label

    @property
    def is_split(self) -> bool:
        """Whether it holds the parts of a split, which are one layer to a reader."""
        return self.kind == Split.kind


class Node:
    """One layer of the network with its inputs and what comes out.

    `state` says how sure the input is: OK, ASSUMED (after a floored size), UNREACHED (after an unknown
    one). `error` is what went wrong here; `waived` what would have, had the user not silenced it: then the
    floored size is decided. `like` is the node that the field of this name names. `reads` are those whose
    shapes count: the inputs, and after them that one, or what goes into it; `input_shapes` are of these.
    `shares` is the node whose weights it has. `expected` is the output that the spec asserts. `owner` is the
    layer that a norm or activation was written on.
    """

    __slots__ = (
        *("entry", "error", "expected", "group", "index", "input_shapes", "inputs", "kind", "layer", "like"),
        *("name", "output", "owner", "place", "reads", "shares", "state", "uses", "waived"),
    )

    def __init__(
        self,
        name: str,
        kind: str,
        layer: Layer | None,
        inputs: tuple[Node, ...],
        place: Place,
        group: Group | None = None,
        owner: Node | None = None,
    ):
        self.name, self.kind, self.layer, self.inputs, self.place = name, kind, layer, inputs, place
        self.group, self.owner = group, owner
        self.reads = inputs
        self.like: Node | None = None
        self.shares: Node | None = None
        self.index = 0
        self.entry = 0
        self.input_shapes: tuple[Shape | None, ...] = ()
        self.output: Shape | None = None
        self.error: ShapeError | None = None
        self.waived: ShapeError | None = None
        self.expected: Shape | None = None
        self.state = OK
        self.uses = 0

    def at(self, field: str) -> Span:
        """The span of a field's value; of the layer's kind where the field is not written here.

        That of `share` may be on a call around it.
        """
        span, group = self.place.at(field), self.group
        while field == "share" and span == self.place.span and group is not None:
            outer = group.place.at(field)
            if outer != group.place.span:
                return outer
            group = group.parent
        return span

    def waive(self) -> None:
        """Take the floored size as decided: the layer rounds down, and that is not an error.

        A layer that cannot round, as space_to_depth, keeps its error.
        """
        if self.layer is not None and "rounding" in self.layer.fields:
            self.layer = self.layer.altered(rounding=FLOOR)
            self.waived, self.error = self.error, None

    @property
    def stage(self) -> int:
        """How sure the output is, for the nodes after it."""
        error = self.error
        if error is None:
            return self.state
        if error.floored is None:
            return UNREACHED
        # what comes out is known where only an assertion fails: nothing was rounded
        return self.state if error.rule in _ASSERTIONS else max(self.state, ASSUMED)


class Asked:
    """Whether an expression asked for a size that comes in: other inputs make other layers then."""

    __slots__ = ("sizes",)

    def __init__(self) -> None:
        self.sizes = False


class Network:
    """Nodes in the order of computing: the inputs first, `nodes[0]` is the first of them.

    `others` are the names, shapes and places of those beside it, which then has a name of its own too.
    """

    def __init__(
        self, shape: Shape, place: Place, name: str = "input", others: Iterable[tuple[str, Shape, Place]] = ()
    ) -> None:
        self.input = Node(name, "input", None, (), place)
        self.input.output = shape
        self.inputs = [self.input]
        for index, (name, size, where) in enumerate(others, 1):
            node = Node(name, "input", None, (), where)
            node.index, node.output = index, size
            self.inputs.append(node)
        self.nodes = [*self.inputs]
        self.ends: dict[int, Node] = {}  # by the position of an entry, what `prev` means after it
        self.names: dict[str, Node] = {}  # what the last of its layers could name in `from`
        self.shown: Mapping[str, str] = {}  # what a user calls layers whose names a spec cannot have
        self.asked = Asked()
        # what the name of a group means to later layers: of several nodes that come out the first
        self.group_outputs: dict[Group, Node] = {}
        self.outputs: list[Node] = []
        self.unshared: list[tuple[Span, str]] = []  # where `share` names what an `if` leaves out

    def add(self, node: Node, compute: Callable[[Node], None]) -> None:
        """Append a node and compute its output; a ShapeError stays on the node, never leaves it."""
        node.index = len(self.nodes)
        self.nodes.append(node)
        for source in node.reads:
            source.uses += 1
        compute(node)

    @property
    def layers(self) -> list[Node]:
        """All nodes but the inputs."""
        return self.nodes[len(self.inputs) :]

    def part(self, first: int) -> Network:
        """The nodes from the index `first` on, after the same inputs. They keep their indices."""
        assert self.input.output is not None
        part = Network(self.input.output, self.input.place)
        part.input, part.inputs = self.input, self.inputs
        part.nodes = [*self.inputs, *self.nodes[first:]]
        part.outputs += self.outputs
        part.group_outputs = self.group_outputs
        return part


def numbered(nodes: Iterable[Node]) -> dict[str, list[Node]]:
    """The layers as they are written, each with its norm and activation, by their numbers in the table.

    `3` is the third entry of the spec; where an entry holds several, they are `3.1`, `3.2` and so on.
    """
    entries: dict[int, list[list[Node]]] = {}
    last: list[Node] = []
    for node in nodes:
        if last and node.owner is not None and node.owner is last[0]:
            last.append(node)
        else:
            last = [node]
            entries.setdefault(node.entry, []).append(last)
    return {
        str(entry) if len(written) == 1 else f"{entry}.{place}": layer
        for entry, written in entries.items()
        for place, layer in enumerate(written, 1)
    }


def compute(node: Node) -> None:
    """Set a node's output, state and error from its inputs as they are now."""
    layer = node.layer
    inputs = node.reads
    if len(inputs) == 1:
        source = inputs[0]
        shapes: tuple[Any, ...] = (source.output,)
        state = source.state if source.error is None else source.stage
    else:
        shapes = tuple([source.output for source in inputs])
        state = max([source.stage for source in inputs])
    node.input_shapes, node.state, node.error = shapes, state, None
    if layer is None:
        node.output, node.state = None, UNREACHED
        return
    if state == UNREACHED and any(shape is None or UNKNOWN in shape for shape in shapes):
        node.output = layer.guess(*shapes)
        return
    if layer.keeps_shape:
        node.output = shapes[0]
        return
    try:
        node.output = output = layer.shape(*shapes)
        if max(output) > LARGEST:
            node.output = Shape((UNKNOWN,) * len(output))
            node.error = ShapeError(
                LIMIT_EXCEEDED,
                "{output} would come out: sizes end at 2**31-1, as in every framework",
                output=output,
            )
    except ShapeError as error:
        if (
            len(inputs) > 1 and state
        ):  # the cause is reported already: after a floored size a join is not judged
            node.output = guessed = layer.guess(*shapes)
            if guessed is None or UNKNOWN in guessed:
                node.state = UNREACHED
            return
        node.error = error.with_traceback(None)  # its frames would hold the network, and it holds the error
        node.output = error.floored or _known(layer, shapes)


def check_expectation(node: Node) -> None:
    """Fail a node whose output is not what the spec says must come out; UNKNOWN in `expected` is any size."""
    expected, output = node.expected, node.output
    if expected is None or output is None or UNKNOWN in output or node.stage != OK:
        return
    if not fits(expected, output):
        node.error = ExpectMismatch(expected, output)


class ExpectMismatch(ShapeError):
    """Another shape comes out than the spec says. What differs is worked out where it is asked for."""

    def __init__(self, expected: Shape, found: Shape) -> None:
        super().__init__(
            EXPECT_MISMATCH,
            "expect says {expected}, but {found} comes out",
            field="expect",
            floored=found,
            expected=expected,
            found=found,
        )
        self._expected, self._found = expected, found

    @property
    def about(self) -> tuple[str, ...]:
        expected, found = self._expected, self._found
        vector = expected.rank == 0  # its features come from sizes and channels
        # where a size is open, another one is as right
        sizes = (SIZES,) if vector or expected.sizes != found.sizes else ()
        return (*sizes, CHANNELS) if expected[0] not in (UNKNOWN, found[0]) else sizes

    @property
    def axes(self) -> tuple[int, ...]:
        if len(self._expected) != len(self._found):
            return ()
        pairs = zip(self._expected.sizes, self._found.sizes, strict=True)
        return tuple(axis for axis, (wanted, size) in enumerate(pairs) if wanted not in (UNKNOWN, size))


def fits(expected: Shape, output: Shape) -> bool:
    """Whether a shape is the expected one, UNKNOWN being any size."""
    return len(expected) == len(output) and all(
        wanted in (UNKNOWN, found) for wanted, found in zip(expected, output, strict=True)
    )


def _known(layer: Layer, shapes: Sequence[Any]) -> Shape | None:
    """What a failed layer's output is known to be: its channels, never a size."""
    guess = layer.guess(*shapes)
    if guess is None or guess.rank == 0:
        return guess
    return Shape((guess[0], *(UNKNOWN,) * guess.rank))
