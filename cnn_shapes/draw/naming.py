"""What a name means that is to be drawn: a layer with a window, or what is inside of a block."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnn_shapes import explain
from cnn_shapes.outline import TableGroup, TableLayer, tree

if TYPE_CHECKING:
    from cnn_shapes.checking import CheckResult
    from cnn_shapes.network import Group
    from cnn_shapes.trace import Step, Trace


class Undrawable(LookupError):
    """There is nothing to draw: `str` says why."""


def trace_of(report: CheckResult) -> Trace:
    """The layers of a report. Raises Undrawable where its text is not a network."""
    if report.trace is None or report.input is None:
        raise Undrawable("there is no network to draw: the problems say why")
    return report.trace


def steps_of(report: CheckResult, name: str) -> list[Step]:
    """The layers that a name means, as in `explain`. Raises Undrawable."""
    traced = trace_of(report)
    try:
        return explain.layers.steps_of(traced, name)
    except explain.Unknown as error:
        called = [step for step in traced.steps if _is_in_block(step, name)]
        if not called:
            raise Undrawable(str(error)) from None
        return called


def group_of(report: CheckResult, name: str) -> TableGroup:
    """The block, repeat or structure that a name means, of a block's own name the first call.

    Raises Undrawable.
    """
    steps = steps_of(report, name)
    wanted = {step.node.index for step in steps}
    is_layer = all(step.node.owner is steps[0].node for step in steps[1:])
    found: TableGroup | None = None
    waiting: list[TableGroup | TableLayer] = list(reversed(tree(trace_of(report)).children))
    while waiting:
        child = waiting.pop()
        if not isinstance(child, TableGroup):
            continue
        inside = {step.node.index for layer in child.layers() for step in layer.steps}
        is_named = any(name in _names(group) for group in child.groups)
        if is_named or (wanted <= inside and not is_layer):
            found = child
            if inside <= wanted:
                break
        if found is None or wanted <= inside:
            waiting += reversed(child.children)
    if found is None:
        raise Undrawable(f"{name} is a {steps[0].node.kind}: it has no window, and no layers inside")
    return found


def _names(group: Group) -> tuple[str, ...]:
    """What a group may be called; the number of a pass alone is that of an entry."""
    return (group.name, group.kind) if group.kind == "pass" else (group.name, group.kind, group.label)


def layer_of(report: CheckResult, name: str) -> Step:
    """The one layer that a name means. Raises Undrawable."""
    steps = steps_of(report, name)
    if any(step.node.owner is not steps[0].node for step in steps[1:]):
        raise Undrawable(f"{name} is {len(steps)} layers: name one of them, as {steps[0].node.name}")
    return steps[0]


def _is_in_block(step: Step, name: str) -> bool:
    group = step.node.group
    while group is not None:
        if group.kind == name:
            return True
        group = group.parent
    return False
