"""What a design rule sees: the spec and its trace, the questions that several rules ask once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from cnn_shapes.diagnostics import Fix, Label, Note
from cnn_shapes.language.spec import Spec
from cnn_shapes.layers.base import Layer
from cnn_shapes.network import OK, Node
from cnn_shapes.shapes import Shape
from cnn_shapes.source import Span
from cnn_shapes.trace import Trace

# what a finding is beside an error: its likely cause, or what it left behind in the text
CAUSE, TRACE = "cause", "trace"


class RuleFinding(NamedTuple):
    """What a rule found. The rule's name and severity are in its file: whoever runs it adds them.

    `severity` is given where a finding is worse than what the rule mostly finds.
    """

    span: Span
    template: str
    facts: Mapping[str, Any] = {}
    pointer: str = ""
    labels: tuple[Label, ...] = ()
    notes: tuple[Note, ...] = ()
    fixes: tuple[Fix, ...] = ()
    layer: str | None = None
    severity: str | None = None


class RuleContext:
    """A network under judgement.

    `sound`: it has no error. `whole`: all of the text could be read, so that what seems unused is.
    `nodes` are the layers whose input and output shapes are sure; where only the layers from the index
    `first` on are judged, those of them.
    """

    def __init__(self, spec: Spec, trace: Trace, sound: bool, whole: bool, first: int = 1) -> None:
        self.spec, self.trace, self.sound, self.whole = spec, trace, sound, whole
        self.network = trace.network
        self.outputs = {node.index for node in self.network.outputs}
        self.nodes: list[Node] = []
        self._kinds: dict[type[Layer], list[Node]] = {}
        for node in self.network.nodes[max(first, len(self.network.inputs)) :]:
            if is_sure(node):
                self.nodes.append(node)
                kind: Any = type(node.layer)
                self._kinds.setdefault(kind, []).append(node)
        self._readers: list[list[Node]] | None = None
        self._strided: list[Node] | None = None

    def of(self, trait: str) -> list[Node]:
        """The sure nodes of the kinds that have a trait of `Layer`, in the order of computing."""
        kinds = [nodes for kind, nodes in self._kinds.items() if getattr(kind, trait)]
        if len(kinds) < 2:
            return kinds[0] if kinds else []
        return sorted([node for nodes in kinds for node in nodes], key=lambda node: node.index)

    @staticmethod
    def where(question: Callable[[Any], bool], nodes: list[Node]) -> list[Node]:
        """The nodes whose layer answers yes; many share a layer, which is asked once."""
        asked = set(filter(question, {node.layer for node in nodes}))
        return [node for node in nodes if node.layer in asked] if asked else []

    @property
    def strided(self) -> list[Node]:
        """The sure nodes that slide a window by more than one pixel."""
        if self._strided is None:
            self._strided = self.where(lambda layer: layer.strides, self.of("has_windows"))
        return self._strided

    def readers(self, node: Node) -> list[Node]:
        """The layers that read what comes out of a node."""
        if self._readers is None:
            self._readers = [[] for _ in self.network.nodes]
            for reader in self.network.nodes:
                for source in reader.inputs:
                    if source.index < reader.index:
                        self._readers[source.index].append(reader)
        return self._readers[node.index]

    def is_output(self, node: Node) -> bool:
        return node.index in self.outputs


def is_sure(node: Node) -> bool:
    """Whether the shapes that go into a node and come out are those that the text means."""
    return node.state == OK and node.error is None


def slides(layer: Layer | None) -> bool:
    """Whether a layer is a convolution or a pool; not a transposed convolution."""
    return layer is not None and layer.has_windows and not layer.is_transposed


def layer_of(node: Node) -> Any:
    """The layer of a sure node, with the fields of its kind."""
    return node.layer


def shape_in(node: Node) -> Shape:
    """The shape of the first input of a sure node."""
    return node.inputs[0].output  # type: ignore[return-value]


def shape_out(node: Node) -> Shape:
    return node.output  # type: ignore[return-value]


def written(node: Node) -> str:
    """The layer that a reader finds in the text: of a norm or activation, the layer that it is written on."""
    return (node.owner or node).name
