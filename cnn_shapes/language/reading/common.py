"""The keys that every entry may have: name, from, if, expect."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Protocol

from cnn_shapes.diagnostics import Findings
from cnn_shapes.language.block import Block
from cnn_shapes.language.entry import Item, Setting
from cnn_shapes.language.reading.wording import BAD_VALUE, DUPLICATE_NAME, WRONG_INPUTS, must_be
from cnn_shapes.language.values import read_value
from cnn_shapes.source import Scalar, Sequence, Source, Span, TreeNode
from cnn_shapes.words import either, say

COMMON = ("name", "from", "if", "expect")
SHARE = "share"  # of what has weights
SHARING = (*COMMON, SHARE)  # of layers and calls of blocks
RESERVED = {"prev": "what comes before", "input": "the input of the file or the block"}
_TWICE = {
    "inputs": "give each input a name of its own",
    "into": "give each of what comes out a name of its own",
    "outputs": "write each name once",
}
_NAME = re.compile(r"[\w-]+")


class Reader(Protocol):
    """What the readers of single entries need of the reader of lists, which calls them."""

    source: Source
    findings: Findings
    blocks: dict[str, Block]
    defaults: dict[str, Mapping[str, Setting]]
    broken_defaults: set[str]
    items: list[Item]
    incomplete: list[tuple[Item, list[str]]]
    strangers: list[tuple[Item, Scalar, TreeNode]]

    def entries(self, node: TreeNode, what: str) -> list[Item]:
        """The entries of a list of layers; `what` names the list in messages."""


def read_common(item: Item, key: Scalar, node: TreeNode, findings: Findings) -> None:
    """Read the value of one of the keys in SHARING."""
    if key.text == "name":
        if not isinstance(node, Scalar):
            must_be(findings, "name", "a word", node)
        elif is_name(node, findings):
            item.name, item.name_node = node.text, node
        else:
            findings.excuse(node)
    elif key.text == "from":
        read_sources(item, node, findings)
    elif key.text == "if":
        item.condition = read_value(node, findings)
        if item.condition.broken:
            item.condition = None
    elif key.text == SHARE:
        _read_share(item, node, findings)
    else:
        item.expect = read_value(node, findings)
        if item.expect.broken:
            item.expect = None


def is_name(node: Scalar, findings: Findings) -> bool:
    """Whether a scalar can name a tensor; if not, it is reported."""
    if node.text in RESERVED:
        findings.tell(
            BAD_VALUE,
            "{name} is reserved: it means {meaning}; choose another name",
            node.span,
            name=node.text,
            meaning=say(RESERVED[node.text]),
        )
        return False
    if is_word(node.text) and node.value is not None:
        return True
    findings.tell(
        BAD_VALUE,
        "a name has letters, digits, _ and - only, found {name}",
        node.span,
        name=node.text or say("nothing"),
    )
    return False


def is_word(text: str) -> bool:
    """Whether a name can be written so."""
    return _NAME.fullmatch(text) is not None


def _read_share(item: Item, node: TreeNode, findings: Findings) -> None:
    """Read the name of the entry whose weights this one has."""
    if isinstance(node, Scalar) and node.value is not None:
        item.share = node
    else:
        must_be(findings, "share", "the name of a layer or a call before it", node)


def read_sources(item: Item, node: TreeNode, findings: Findings) -> None:
    """Read the names of an entry's inputs."""
    nodes = node.items if isinstance(node, Sequence) else [node]
    sources = [source for source in nodes if isinstance(source, Scalar) and source.value is not None]
    if len(sources) != len(nodes) or not sources:
        item.broken = True
        must_be(findings, "from", "a name or a list of names", node)
        return
    item.sources = sources
    joins = item.layer is not None and item.layer.joins
    if joins and len(sources) < 2:
        item.broken = True
        findings.tell(
            WRONG_INPUTS,
            "{kind} joins at least two inputs, found 1: list them, as in from: [{name}, prev]",
            sources[0].span,
            kind=item.text,
            name=sources[0].text if sources[0].text != "prev" else "a",
        )
    elif not joins and item.layer is not None and len(sources) not in item.layer.takes:
        tell_inputs(item, item.layer.takes, findings)


_COUNTS = {1: "one input", 2: "two inputs", 3: "three"}


def tell_inputs(item: Item, takes: tuple[int, ...], findings: Findings) -> None:
    """Report an entry that takes another number of inputs than it is given."""
    sources = item.sources or []
    item.broken = True
    remedy = ": join them first with add or concat" if takes == (1,) else ""
    findings.tell(
        WRONG_INPUTS,
        "{kind} takes {takes}, found {count}" + remedy,
        Span(sources[0].start, sources[-1].end),
        kind=item.text,
        takes=either(say(_COUNTS[count]) for count in takes),
        count=len(sources),
    )


def names_in(node: TreeNode) -> list[TreeNode]:
    """The names in a list, which may be one without its brackets; at least one is wanted."""
    return (node.items if isinstance(node, Sequence) else []) or [node]


def read_names(what: str, node: TreeNode, findings: Findings, new: bool = True) -> list[Scalar]:
    """The names of tensors in a list, or the one name; those that are none are reported.

    `new`: they are given here. Else they are of what is before, `prev` among it.
    """
    names = []
    for item in names_in(node):
        if not isinstance(item, Scalar) or item.value is None:
            must_be(findings, what, "a name or a list of names", item)
        elif not new or is_name(item, findings):
            names.append(item)
    return names


def read_new_names(what: str, node: TreeNode, findings: Findings) -> list[Scalar]:
    """The names that a list gives, `inputs` or `into`, each once; what is wrong is reported."""
    return _each_once(what, read_names(what, node, findings), findings)


def read_output_names(node: TreeNode, findings: Findings) -> list[Scalar]:
    """The names of what comes out, each once; what is wrong is reported."""
    return _each_once("outputs", read_names("outputs", node, findings, new=False), findings)


def _each_once(what: str, found: list[Scalar], findings: Findings) -> list[Scalar]:
    names: dict[str, Scalar] = {}
    for name in found:
        if name.text in names:
            findings.tell(
                DUPLICATE_NAME,
                "{what} has {name} twice: " + _TWICE[what],
                name.span,
                what=what,
                name=name.text,
            )
        names.setdefault(name.text, name)
    return [*names.values()]
