"""Runs exported PyTorch code, and watches the shape of every variable that its `forward`s make."""

import ast
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import torch
from torch import nn

from cnn_shapes.checking import CheckResult
from cnn_shapes.export import export

MODULE = "exported"


class Run(NamedTuple):
    """What happened: the shape of each layer's output without the batch, in the order of computing.

    `comments` are the shapes that the code says of the same lines, None where a line ran before: a class has
    the comments of its first call.
    """

    network: nn.Module
    shapes: list[tuple[int, ...]]
    comments: list[str | None]
    outputs: list[tuple[int, ...]]


def build(code: str, record: Callable[..., None] = lambda *seen: None) -> nn.Module:
    """The network that a file defines: its last class."""
    module = ast.parse(code)
    lines = code.splitlines()
    classes = [statement for statement in module.body if isinstance(statement, ast.ClassDef)]
    for statement in classes:
        for method in statement.body:
            if isinstance(method, ast.FunctionDef) and method.name == "forward":
                method.body = [new for line in method.body for new in _watched(line, lines)]
    module.body = [part for part in module.body if not isinstance(part, ast.If)]  # the main guard
    namespace: dict[str, Any] = {"__name__": MODULE, "record_": record}
    exec(compile(ast.fix_missing_locations(module), MODULE, "exec"), namespace)
    network: nn.Module = namespace[classes[-1].name]()
    return network.eval()


def _watched(line: ast.stmt, lines: list[str]) -> list[ast.stmt]:
    """An assignment, and a call that records its targets, its comment and the attribute that made it."""
    if not isinstance(line, ast.Assign) or isinstance(line.value, ast.List):
        return [line]
    attribute = ""
    if isinstance(line.value, ast.Call) and isinstance(line.value.func, ast.Attribute):
        owner = line.value.func.value
        if isinstance(owner, ast.Name) and owner.id == "self":
            attribute = line.value.func.attr
    assert line.end_lineno is not None
    comment = lines[line.end_lineno - 1].partition("# ")[2]
    target = ast.unparse(line.targets[0])
    record = f"record_({line.lineno}, {comment!r}, self, {attribute!r}, {target})"
    return [line, *ast.parse(record).body]


def is_block(module: nn.Module) -> bool:
    """A class of the exported file, or a loop over such classes: its own lines are watched."""
    parts = list(module.children()) if isinstance(module, nn.Sequential) else [module]
    return bool(parts) and all(type(part).__module__ == MODULE for part in parts)


def run(
    code: str,
    shape: tuple[int, ...],
    batch: int = 2,
    around: Any = None,
    others: Sequence[tuple[int, ...]] = (),
) -> Run:
    """Run exported code on zeros, on the CPU; `around` is a context manager to run it in.

    `others` are the shapes of the inputs beside the first.
    """
    shapes: list[tuple[int, ...]] = []
    comments: list[str | None] = []
    seen: set[int] = set()

    def record(line: int, comment: str, module: nn.Module, attribute: str, made: Any) -> None:
        fresh = comment if line not in seen else None
        seen.add(line)
        if attribute and is_block(getattr(module, attribute)):
            return
        for tensor in made if isinstance(made, (tuple, list)) else (made,):
            shapes.append(tuple(tensor.shape[1:]))
            comments.append(fresh)

    network = build(code, record)
    with torch.no_grad(), around or torch.no_grad():
        outputs = network(*(torch.zeros(batch, *sizes) for sizes in (shape, *others)))
    listed = outputs if isinstance(outputs, tuple) else (outputs,)
    return Run(network, shapes, comments, [tuple(output.shape[1:]) for output in listed])


def differences(report: CheckResult, batch: int = 2) -> list[str]:
    """In what the exported code of a valid spec is not what our report says; nothing where all agrees."""
    assert report.trace is not None
    trace = report.trace
    assert trace.network.input.output is not None
    others = [node.output or () for node in trace.network.inputs[1:]]
    done = run(export(report, "pytorch"), trace.network.input.output, batch, others=others)
    ours = [node.output for node in trace.network.layers]
    learned = sum(parameter.numel() for parameter in done.network.parameters())
    wrong = [
        f"{node.name}: ours {node.output}, PyTorch {found}"
        for node, found in zip(trace.network.layers, done.shapes, strict=False)
        if node.output != found
    ]
    if len(ours) != len(done.shapes):
        wrong.append(f"{len(ours)} layers, but {len(done.shapes)} lines ran")
    if learned != trace.totals.params:
        wrong.append(f"parameters: ours {trace.totals.params}, PyTorch {learned}")
    if [node.output for node in trace.network.outputs] != done.outputs:
        wrong.append(f"outputs: {done.outputs}")
    for comment, shape in zip(done.comments, done.shapes, strict=True):
        written = "x".join(map(str, shape))
        if comment is not None and written not in comment.split(", "):
            wrong.append(f"the comment {comment} is after {written}")
    return wrong
