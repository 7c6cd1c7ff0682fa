"""PyTorch: an `nn.Module` for the network and one for each block, with the output's shape beside each layer.

Tensors are channels first with the batch in front, as PyTorch has them, whatever the layout of the spec.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from cnn_shapes.diagnostics import CHANNELS_FIRST, format_shape
from cnn_shapes.export.bodies import tree
from cnn_shapes.export.classes import all_slots, define
from cnn_shapes.export.code import Unexportable, docstring, literal, render, slots, wrapped
from cnn_shapes.export.naming import Identifiers, class_name, identifier, printable, title_of
from cnn_shapes.export.parts import ClassDefinition, CodeStatement
from cnn_shapes.export.pytorch_layers import TABLE
from cnn_shapes.export.variables import Variables

if TYPE_CHECKING:
    from cnn_shapes.checking import CheckResult
    from cnn_shapes.language.spec import Spec
    from cnn_shapes.network import Node

_INSIDE = " " * 8
_MAIN = """

if __name__ == "__main__":
    network = {name}().eval()
    with torch.no_grad():
        outputs = network(torch.zeros({zeros}))
    parameters = sum(parameter.numel() for parameter in network.parameters())
    print(f"{{parameters:,}} parameters")
    for output in outputs if isinstance(outputs, tuple) else (outputs,):
        print(tuple(output.shape))
"""


def write(report: CheckResult) -> str:
    """The file as text. Raises Unexportable where PyTorch has no such layer."""
    spec, traced = report.spec, report.trace
    assert spec is not None
    assert traced is not None
    network = traced.network
    names = Identifiers(spec.blocks)
    title = title_of(report)
    name = names.unique(class_name(title))
    root = tree(network, spec.blocks)
    classes = define(root, TABLE.write, Identifiers([name]))
    shapes = [format_shape(node.output, CHANNELS_FIRST) for node in (*network.inputs, *network.outputs)]
    count = len(network.inputs)
    what = f"{' and '.join(shapes[:count])} to {' and '.join(shapes[count:])}"
    text = [
        docstring(f"{printable(title)}: {what}. Written by cnn-shapes."),
        "",
    ]
    whole = ClassDefinition(name, root, 1)
    whole.texts = [None if slot.is_default else literal(slot.value) for slot in all_slots(root.body)]
    body: list[str] = []
    for definition in [*classes, whole]:
        body += ["", "", *_class(definition, _input_names(definition, spec))]
    uses = "\n".join(body)
    text += ["import torch"]
    text += ["import torch.nn.functional as F"] if "F." in uses else []
    text += ["from torch import nn", *body, ""]
    zeros = "), torch.zeros(".join(literal((1, *(node.output or ())))[1:-1] for node in network.inputs)
    return "\n".join(text) + _MAIN.format(name=name, zeros=zeros)


def _input_names(definition: ClassDefinition, spec: Spec) -> list[str]:
    """The block's own names of the inputs that its class takes; none where it gives none."""
    group = definition.sample.group
    if group is None and spec.inputs:
        return [identifier(name) for name in spec.inputs]
    block = spec.blocks.get(group.kind) if group is not None else None
    if group is None or block is None:
        return []
    names: dict[int, str] = {}
    for name, node in zip(block.inputs, group.inputs, strict=False):
        names.setdefault(node.index, name)
    return [names.get(node.index, "x") for node in definition.sample.inputs]


def _class(definition: ClassDefinition, inputs: Sequence[str]) -> Iterator[str]:
    branch = definition.sample
    yield f"class {definition.name}(nn.Module):"
    if definition.calls > 1 and branch.group is not None:
        yield f'    """The shapes are those of {printable(branch.group.name)}."""'
        yield ""
    attributes = Identifiers(definition.parameters)
    texts = iter(definition.texts)
    variables = Variables(branch.body, branch.inputs, branch.results, inputs)
    kept: list[str] = []
    forward: list[str] = []
    held: dict[int, tuple[CodeStatement, str]] = {}
    for statement in branch.body:
        attribute = ""
        if statement.shares is not None:
            attribute = _attribute_of(statement, held)
            for _ in slots(statement.made or ()):
                next(texts)
        elif statement.made is not None:
            attribute = f"self.{attributes.from_path(statement.label, statement.least)}"
            kept.append(wrapped(f"{_INSIDE}{attribute} = {render(statement.made, texts, (), '')}"))
        held.update({node.index: (statement, attribute) for node in statement.holds})
        used = [_in_forward(next(texts), definition.parameters) for _ in slots(statement.called)]
        forward += _lines(statement, variables, attribute, used)
    words = set(re.findall(r"self\.(\w+)", "\n".join(forward)))
    stored = [name for name in definition.parameters if name in words]
    arguments = ", ".join(["self", *definition.parameters])
    if kept or stored:
        yield wrapped(f"    def __init__({arguments})") + ":"
        yield f"{_INSIDE}super().__init__()"
        yield from (f"{_INSIDE}self.{name} = {name}" for name in stored)
        yield from kept
        yield ""
    yield f"    def forward({', '.join(['self', *variables.arguments])}):"
    yield from forward
    yield f"{_INSIDE}return {', '.join(variables[node] for node in branch.results)}"


def _attribute_of(statement: CodeStatement, held: Mapping[int, tuple[CodeStatement, str]]) -> str:
    """The attribute that holds the weights which a statement shares. Raises Unexportable where none does."""
    assert statement.shares is not None
    node = statement.targets[0]
    other, attribute = held.get(statement.shares.index, (None, ""))
    if other is None or not attribute or other.made != statement.made:
        raise Unexportable(
            f"{node.name}: it has the weights of {statement.shares.name} with other fields or in another "
            "block, which no module of PyTorch does"
        )
    return attribute


# a number too is one token, so that the `e` of 1e-05 is not taken for a name
_WORD = re.compile(r"(?:[0-9]|\.[0-9])(?:[eE][-+]|[\w.])*|[^\W\d]\w*")


def _in_forward(text: str | None, parameters: Sequence[str]) -> str | None:
    """An argument is kept on the module, so that `forward` can read it there."""
    if text is None or text[:1] == '"':
        return text
    return _WORD.sub(lambda word: ("self." if word[0] in parameters else "") + word[0], text)


def _lines(
    statement: CodeStatement, variables: Variables, attribute: str, texts: list[str | None]
) -> Iterator[str]:
    """The lines of one statement in `forward`."""
    sources = [variables[source] for source in statement.sources]
    targets = ", ".join(variables[target] for target in statement.targets)
    comment = ", ".join(dict.fromkeys(_shape(target) for target in statement.targets))
    if statement.collects:
        yield f"{_INSIDE}features = [{sources[0]}]"
        yield f"{_INSIDE}for layer in {attribute}:"
        yield f"{_INSIDE}    features.append(layer(features[-1]))"
        yield f"{_INSIDE}{targets} = torch.cat(features, dim=1)  # {comment}"
        return
    called = render(statement.called, iter(texts), sources, attribute)
    yield wrapped(f"{_INSIDE}{targets} = {called}", comment)


def _shape(node: Node) -> str:
    """As PyTorch prints it, without the batch."""
    return format_shape(node.output, CHANNELS_FIRST)
