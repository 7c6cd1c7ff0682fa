"""The top level of a spec: input, layout, rounding, params, defaults, blocks, layers, outputs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cnn_shapes.diagnostics import (
    CHANNELS_FIRST,
    CHANNELS_LAST,
    Findings,
    Fix,
    from_layout,
    is_respelling,
    spelling,
)
from cnn_shapes.language.entry import Item
from cnn_shapes.language.reading.defaults import read_defaults
from cnn_shapes.language.reading.entries import EntryReader
from cnn_shapes.language.reading.input import is_axes, read_input, read_inputs
from cnn_shapes.language.reading.structures import tell_arguments
from cnn_shapes.language.reading.wording import (
    BAD_VALUE,
    MISSING_FIELD,
    is_empty,
    kind_of,
    must_be,
    unknown_key,
)
from cnn_shapes.language.spec import NamedInput, Overrides, Spec, Waives
from cnn_shapes.language.values import Unevaluated, Value
from cnn_shapes.shapes import EXACT, FLOOR, Shape
from cnn_shapes.source import Edit, Map, Scalar, Sequence, Source, Span, TreeNode
from cnn_shapes.words import either, say

KEYS = (
    "version",
    "name",
    "input",
    "layout",
    "rounding",
    "params",
    "defaults",
    "blocks",
    "layers",
    "outputs",
    "budget",
)
_FOR_ALL = ("input", "layout", "rounding", "params", "defaults", "blocks")  # what every layer may depend on
# what else the key is called, in small letters without `_` and `-`: a message says which is meant
_SYNONYMS = {
    "name": "title modelname networkname",
    "input": "inputshape inputsize inputdim inputdims imagesize imageshape imgsize imgsz inshape",
    "layout": "dataformat memoryformat",
    "params": "parameters constants variables hyperparameters args",
    "layers": "network net model architecture arch structure body backbone sequential modules nodes",
    "outputs": "heads",
    "budget": "budgets limits constraints",
}
_MEANT = {word: key for key, words in _SYNONYMS.items() for word in words.split()}


def read_spec(
    source: Source,
    root: TreeNode | None,
    findings: Findings,
    overrides: Overrides,
    waives: Waives | None = None,
) -> Spec | None:
    """Read the top level; None where it is not a spec at all. Everything wrong is reported to `findings`."""
    if not isinstance(root, Map):
        found = "nothing" if root is None else kind_of(root)
        findings.tell(
            MISSING_FIELD,
            "this is not a spec: a spec is a mapping with input and layers, found {found}",
            Span(0, 0) if root is None else _first_character(root),
            found=found,
        )
        return None
    meant = {
        unknown_key(findings, key, say("a spec"), list(KEYS), list(KEYS), _synonym(root, key), value, root)
        for key, value in root.pairs
        if key.text not in KEYS
    }
    findings.misread = not meant.isdisjoint(_FOR_ALL)
    _check_version(root, findings)
    name = _read_name(root, findings)
    layout = _read_word(root, "layout", (CHANNELS_LAST, CHANNELS_FIRST), findings)
    rounding = _read_word(root, "rounding", (EXACT, FLOOR), findings)
    given = dict(overrides.params)
    declared = _read_params(root, findings)
    params = {**evaluated_params(declared, given, findings), **given}
    reader = EntryReader(source, findings)
    blocks, defaults = _given(root, "blocks"), _given(root, "defaults")
    if blocks is not None:
        from cnn_shapes.language.reading.blocks import (  # many specs have none
            declare_blocks,
            read_block_layers,
        )

        declare_blocks(reader, blocks, params)
    if defaults is not None:
        read_defaults(reader, defaults, params)
    if blocks is not None:
        read_block_layers(reader)
    input_node = _given(root, "input")
    inputs: dict[str, NamedInput] = {}
    if isinstance(input_node, Map) and not is_axes(input_node):
        inputs = read_inputs(input_node, layout, params, findings, overrides)
        first = next(iter(inputs.values()), None)
        input_node = input_node if first is None else first.node
        shape = None if first is None else first.shape
    else:
        sizes = _read_input(root, input_node, layout, params, findings, "input" in meant)
        if input_node is not None and overrides.input is not None:
            sizes = overrides.input
        shape = None if sizes is None else Shape(from_layout(sizes, layout))
    items = _read_layers(root, reader, "layers" in meant)
    budget_node = _given(root, "budget")
    budget = None
    if budget_node is not None:
        from cnn_shapes.language.reading.budget import read_budget  # most specs have none

        budget = read_budget(budget_node, findings)
    tell_arguments(reader)
    return Spec(
        source=source,
        root=root,
        name=name,
        layout=layout,
        rounding=rounding,
        params=params,
        param_nodes={name: (key, value.node) for name, (key, value) in declared.items()},
        derived={
            name: value for name, (_, value) in declared.items() if not value.constant and name not in given
        },
        defaults=reader.defaults,
        blocks=reader.blocks,
        input_node=input_node,
        shape=shape,
        items=items,
        outputs=_read_outputs(root, findings),
        entries=reader.items,
        inputs=inputs,
        waives=waives,
        budget=budget,
    )


def _synonym(root: Map, key: Scalar) -> str | None:
    """The key that another word means, where it is not given besides."""
    meant = _MEANT.get(spelling(key.text))
    return meant if meant is not None and root.get(meant) is None else None


def _given(root: Map, key: str) -> TreeNode | None:
    """What is under a key; None where the key is missing or has nothing under it."""
    node = root.get(key)
    return None if node is None or is_empty(node) else node


def _place_of(root: Map, key: str) -> Span:
    """Where to point when there is nothing under a key: at the nothing, or at the beginning of the spec."""
    node = root.get(key)
    return Span(root.start, root.start) if node is None else node.span


def _check_version(root: Map, findings: Findings) -> None:
    version = root.get("version")
    if version is not None and not (
        isinstance(version, Scalar) and version.value == 1 and version.value is not True
    ):
        must_be(findings, "version", "1", version)


def _read_name(root: Map, findings: Findings) -> str | None:
    name = _given(root, "name")
    if isinstance(name, Scalar):
        return name.text
    if name is not None:
        must_be(findings, "name", "a word", name)
    return None


def _read_word(root: Map, key: str, words: tuple[str, str], findings: Findings) -> str:
    """The word under a key; the first of the words where there is none, or another."""
    node = _given(root, key)
    if isinstance(node, Scalar) and node.text in words:
        return node.text
    if key == "rounding" and isinstance(node, Scalar) and node.text == "ceil":
        findings.tell(
            BAD_VALUE, "rounding: ceil belongs to a pool or upsample, not to the whole file", node.span
        )
    elif node is not None:
        near = findings.meant(node.text, words) if isinstance(node, Scalar) else None
        if near is None or not isinstance(node, Scalar):
            must_be(findings, key, either(words), node)
        else:
            fix = Fix(f"{node.text} -> {near}", (Edit(node.span, near),), safe=is_respelling(node.text, near))
            template = "{name} must be {expected}, found {found}: did you mean {near}?"
            facts = {"name": key, "expected": either(words), "found": node.text, "near": near}
            findings.suggest(BAD_VALUE, template, node.span, fix, **facts)
        findings.misread = True
    return words[0]


def _read_params(root: Map, findings: Findings) -> dict[str, tuple[Scalar, Value]]:
    node = _given(root, "params")
    if node is None:
        return {}
    from cnn_shapes.language.reading.params import read_params  # many specs have none

    return {key.text: (key, value) for key, value in read_params(node, findings)}


def evaluated_params(
    declared: Mapping[str, tuple[Scalar, Value]], given: Mapping[str, Any], findings: Findings
) -> dict[str, Any]:
    """The params in order, each with what those above it give.

    One without a value is reported, and left out.
    """
    params: dict[str, Any] = {}
    for name, (_, value) in declared.items():
        try:
            params[name] = given[name] if name in given else value.evaluate(params)
        except Unevaluated as error:
            error.report(findings)
            findings.excused.add(name)
    return params


def _read_input(
    root: Map,
    node: TreeNode | None,
    layout: str,
    params: Mapping[str, Any],
    findings: Findings,
    misspelt: bool,
) -> tuple[int, ...] | None:
    """The sizes of the input in the file's layout; None where they cannot be known, which is reported."""
    if node is not None:
        return read_input(node, layout, params, findings)
    if not misspelt or root.get("input") is not None:  # else the unknown key is the one problem
        findings.tell(
            MISSING_FIELD,
            "a spec needs input: height, width and channels, as in input: [28, 28, 1]",
            _place_of(root, "input"),
        )
    return None


def _read_layers(root: Map, reader: EntryReader, misspelt: bool) -> list[Item]:
    node = _given(root, "layers")
    if node is None and misspelt and root.get("layers") is None:
        return []  # the unknown key is the one problem
    if node is None or (isinstance(node, Sequence) and not node.items):
        reader.findings.tell(
            MISSING_FIELD,
            "a spec needs layers: a list with at least one, as in - conv: {{filters: 32, kernel_size: 5}}",
            _place_of(root, "layers"),
        )
        return []
    return reader.entries(node, "layers")


def _read_outputs(root: Map, findings: Findings) -> list[Scalar]:
    """The names of the outputs."""
    node = _given(root, "outputs")
    if node is None:
        return []
    names = []
    for output in node.items if isinstance(node, Sequence) else [node]:
        if isinstance(output, Scalar) and output.value is not None:
            names.append(output)
        else:
            must_be(findings, "outputs", "names of layers", output)
    return names


def _first_character(node: TreeNode) -> Span:
    return Span(node.start, min(node.end, node.start + 1)) if not isinstance(node, Scalar) else node.span
