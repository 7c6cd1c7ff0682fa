"""The top level of a spec: input, layout, rounding, params, defaults, blocks, layers, outputs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from cnn_shapes.diagnostics import CHANNELS_FIRST, CHANNELS_LAST, Findings, from_layout, spelling
from cnn_shapes.language.block import Block
from cnn_shapes.language.entry import Item
from cnn_shapes.language.reading.defaults import read_defaults
from cnn_shapes.language.reading.entries import EntryReader
from cnn_shapes.language.reading.input import read_input
from cnn_shapes.language.reading.wording import is_empty, kind_of, must_be, unknown_key
from cnn_shapes.shapes import EXACT, FLOOR, Shape
from cnn_shapes.source import Map, Node, Scalar, Sequence, Source, Span

KEYS = ("version", "name", "input", "layout", "rounding", "params", "defaults", "blocks", "layers", "outputs")
# what else the key is called, in small letters without `_` and `-`: a message tells which is meant
_SYNONYMS = {
    "name": "title modelname networkname",
    "input": "inputshape inputsize inputdim inputdims imagesize imageshape imgsize imgsz inshape",
    "layout": "dataformat memoryformat",
    "params": "parameters constants variables hyperparameters args",
    "layers": "network net model architecture arch structure body backbone sequential modules nodes",
    "outputs": "heads",
}
_MEANT = {word: key for key, words in _SYNONYMS.items() for word in words.split()}


class Overrides(NamedTuple):
    """What the command line tries instead of the file's own values; the input is in the file's layout."""

    input: tuple[int, ...] | None = None
    params: tuple[tuple[str, Any], ...] = ()
    rounding: str | None = None

    @property
    def any(self) -> bool:
        return self != Overrides()


class Spec:
    """A spec as it is written, before it unfolds into a network.

    `waives` tells of a rule and the place where it is broken the reason for which the user has silenced it
    there, None where it is not silenced. A size that is not whole is then rounded down, and what comes behind
    is judged by it.
    """

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
        self.waives: Callable[[str, Span], str | None] | None = None

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
    meant = {
        unknown_key(findings, key, "a spec", list(KEYS), list(KEYS), _synonym(root, key))
        for key, _ in root.pairs
        if key.text not in KEYS
    }
    _read_words(spec)
    _read_params(spec, overrides)
    blocks, defaults = _given(root, "blocks"), _given(root, "defaults")
    if blocks is not None:
        from cnn_shapes.language.reading.blocks import (  # many specs have none
            declare_blocks,
            read_block_layers,
        )

        declare_blocks(spec.reader, blocks)
    if defaults is not None:
        read_defaults(spec.reader, defaults, spec.params)
    if blocks is not None:
        read_block_layers(spec.reader)
    _read_input(spec, overrides, "input" in meant)
    _read_layers(spec, "layers" in meant)
    return spec


def _synonym(root: Map, key: Scalar) -> str | None:
    """The key that another word means, where it is not given besides."""
    meant = _MEANT.get(spelling(key.text))
    return meant if meant is not None and root.get(meant) is None else None


def _given(root: Map, key: str) -> Node | None:
    """What stands under a key; None where the key is missing or has nothing under it."""
    node = root.get(key)
    return None if node is None or is_empty(node) else node


def _place_of(root: Map, key: str) -> Span:
    """Where to point when there is nothing under a key: at the nothing, or at the beginning of the spec."""
    node = root.get(key)
    return Span(root.start, root.start) if node is None else node.span


def _read_words(spec: Spec) -> None:
    findings, root = spec.findings, spec.root
    version = root.get("version")
    if version is not None and not (isinstance(version, Scalar) and version.value == 1):
        must_be(findings, "version", "1", version)
    name = _given(root, "name")
    if isinstance(name, Scalar):
        spec.name = name.text
    elif name is not None:
        must_be(findings, "name", "a word", name)
    for key, words in (("layout", (CHANNELS_LAST, CHANNELS_FIRST)), ("rounding", (EXACT, FLOOR))):
        node = _given(root, key)
        if node is None:
            continue
        if isinstance(node, Scalar) and node.text in words:
            setattr(spec, key, node.text)
        elif key == "rounding" and isinstance(node, Scalar) and node.text == "ceil":
            findings.tell(
                "bad-value", "rounding: ceil belongs to a pool or upsample, not to the whole file", node.span
            )
        else:
            must_be(findings, key, " or ".join(words), node)


def _read_params(spec: Spec, overrides: Overrides) -> None:
    node = _given(spec.root, "params")
    if node is not None:
        from cnn_shapes.language.reading.params import read_params  # many specs have none

        for key, value in read_params(node, spec.findings):
            spec.params[key.text] = value.value
            spec.param_nodes[key.text] = (key, value)
    spec.params.update(overrides.params)


def _read_input(spec: Spec, overrides: Overrides, misspelt: bool) -> None:
    node = _given(spec.root, "input")
    if node is None and misspelt and spec.root.get("input") is None:
        return  # the unknown key is the one problem
    if node is None:
        spec.findings.tell(
            "missing-field",
            "a spec needs input: height, width and channels, as in input: [28, 28, 1]",
            _place_of(spec.root, "input"),
        )
        return
    spec.input_node = node
    sizes = read_input(node, spec.layout, spec.params, spec.findings)
    if overrides.input is not None:
        sizes = overrides.input
    if sizes is not None:
        spec.shape = Shape(from_layout(sizes, spec.layout))


def _read_layers(spec: Spec, misspelt: bool) -> None:
    node = _given(spec.root, "layers")
    if node is None and misspelt and spec.root.get("layers") is None:
        pass  # the unknown key is the one problem
    elif node is None or (isinstance(node, Sequence) and not node.items):
        spec.findings.tell(
            "missing-field",
            "a spec needs layers: a list with at least one, as in - conv: {{filters: 32, kernel_size: 5}}",
            _place_of(spec.root, "layers"),
        )
    else:
        spec.items = spec.reader.entries(node, "layers")
    outputs = _given(spec.root, "outputs")
    if outputs is not None:
        for output in outputs.items if isinstance(outputs, Sequence) else [outputs]:
            if isinstance(output, Scalar) and output.value is not None:
                spec.outputs.append(output)
            else:
                must_be(spec.findings, "outputs", "names of layers", output)


def _first_character(node: Node) -> Span:
    return Span(node.start, min(node.end, node.start + 1)) if not isinstance(node, Scalar) else node.span
