"""Reads `blocks`: their params, let, inputs and layers, and that none calls itself."""

from __future__ import annotations

import re
from collections.abc import Collection

from cnn_shapes.diagnostics import Findings
from cnn_shapes.language.block import REQUIRED, Block
from cnn_shapes.language.entry import Item
from cnn_shapes.language.expressions.functions import INCOMING
from cnn_shapes.language.reading.common import names_in, read_new_names, read_output_names
from cnn_shapes.language.reading.entries import EntryReader
from cnn_shapes.language.reading.pairs import pairs_of
from cnn_shapes.language.reading.params import is_value_name, read_params
from cnn_shapes.language.reading.wording import (
    BAD_VALUE,
    DUPLICATE_NAME,
    MISSING_FIELD,
    RECURSIVE_BLOCK,
    head,
    is_empty,
    must_be,
    unknown_key,
)
from cnn_shapes.language.values import Value, broken_value, read_value
from cnn_shapes.layers import KINDS
from cnn_shapes.layers.reserved import RESERVED
from cnn_shapes.source import Map, Scalar, TreeNode
from cnn_shapes.words import say

_KEYS = ["params", "let", "inputs", "layers", "outputs"]
_BLOCK_NAME = r"[A-Z][A-Za-z0-9_]*"


def declare_blocks(reader: EntryReader, node: TreeNode, params: Collection[str]) -> None:
    """Fill `reader.blocks` with all but the entries of their layers, which may call any of them.

    `params` are the names of the file's.
    """
    findings = reader.findings
    if not isinstance(node, Map):
        must_be(findings, "blocks", "a mapping from name to block", node)
        return
    for key, body in node.pairs:
        if key.text in RESERVED or key.text in KINDS:
            findings.tell(
                DUPLICATE_NAME,
                "{name} is a layer already: choose another name for the block",
                key.span,
                name=key.text,
            )
        elif not re.fullmatch(_BLOCK_NAME, key.text):
            findings.tell(
                BAD_VALUE,
                "a block's name starts with a capital, then letters, digits and _, found {name}",
                key.span,
                name=key.text,
            )
            reader.broken_blocks.append(key.text)
        elif isinstance(body, Map):
            reader.blocks[key.text] = _declare(reader, key, body, params)
        else:
            must_be(findings, say("the block {name}", name=key.text), "a mapping with layers", body, key.span)


def _declare(reader: EntryReader, name: Scalar, body: Map, known: Collection[str]) -> Block:
    block, findings = Block(name), reader.findings
    misspelt: set[str | None] = set()
    for key, node in body.pairs:
        if key.text not in _KEYS:
            misspelt.add(unknown_key(findings, key, say("a block"), _KEYS, _KEYS, value=node, beside=body))
            block.broken = True
        elif key.text == "layers":
            block.layers = node
        elif is_empty(node):
            continue
        elif key.text == "params":
            params = read_params(node, findings, [*known, *INCOMING])
            block.broken = block.broken or not isinstance(node, Map) or len(params) < len(node.pairs)
            for param, value in params:
                block.params[param.text] = Value(value.node, REQUIRED) if value.raw == "required" else value
        elif key.text == "let":
            _read_let(reader, block, node)
        elif key.text == "outputs":
            block.outputs = read_output_names(node, findings)
            block.broken = block.broken or len(block.outputs) < len(names_in(node))
        else:
            block.inputs = [name.text for name in read_new_names("inputs", node, findings)]
            if len(block.inputs) < len(names_in(node)):
                block.broken = True
                findings.excuse(node)
    if block.layers is None and "layers" not in misspelt:
        findings.tell(MISSING_FIELD, "the block {name} needs layers", name.span, name=name.text)
    return block


def _read_let(reader: EntryReader, block: Block, node: TreeNode) -> None:
    findings = reader.findings
    if not isinstance(node, Map):
        must_be(findings, "let", "a mapping from name to expression", node)
        return
    for key, value in pairs_of(node, reader.source, findings):
        if not is_value_name(key, findings):
            continue
        if key.text in block.params:
            findings.tell(
                DUPLICATE_NAME,
                "{name} is a param of {block} already",
                key.span,
                name=key.text,
                block=block.name,
            )
        elif value is None:
            block.let[key.text] = broken_value(key)
        elif isinstance(value, Map) or is_empty(value):
            expected = "a number, true, false, a word or an expression"
            must_be(findings, key.text, expected, value, head(value) if isinstance(value, Map) else key.span)
            block.let[key.text] = broken_value(key)
        else:
            block.let[key.text] = read_value(value, findings)


def read_block_layers(reader: EntryReader) -> None:
    """Read the entries of every declared block."""
    blocks = reader.blocks
    for block in blocks.values():
        if block.layers is not None:
            block.items = reader.entries(block.layers, say("layers of {name}", name=block.name))
    _cut_recursion(blocks, reader.findings)
    for block in blocks.values():
        block.uses_channels = "c_in" in block.names()


def _cut_recursion(blocks: dict[str, Block], findings: Findings) -> None:
    """Report each call that leads back to the block it is in, and take it out."""
    done: set[str] = set()
    for start in blocks:
        path: list[tuple[str, list[Item]]] = [(start, blocks[start].calls())]
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
                findings.tell(
                    RECURSIVE_BLOCK,
                    "{block} calls itself without end: {route}",
                    call.span,
                    block=call.kind,
                    route=route,
                )
            elif call.kind not in done:
                path.append((call.kind, blocks[call.kind].calls()))
