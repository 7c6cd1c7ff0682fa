"""Clues about what holds for the whole file: its input, and the defaults of its layers."""

from __future__ import annotations

from collections.abc import Sequence as SequenceOf
from typing import Any

from cnn_shapes.checking import CheckResult
from cnn_shapes.diagnostics import Note, in_layout
from cnn_shapes.layers import KINDS
from cnn_shapes.repair.clues.case import Case
from cnn_shapes.source import Edit, Sequence, Span

_USUAL = (3, 5, 2)  # numbers that defaults give
_MOST = 20  # texts read for each of these clues


def other_input(case: Case) -> list[Note]:
    """An input whose sizes differ, or a length beside a rounder one, where with that there is no error."""
    spec = case.spec
    node, shape = spec.input_node, spec.shape
    if not isinstance(node, Sequence) or shape is None or not shape.rank or case.report.overrides.any:
        return []
    case.at_most(_MOST)
    wanted = set(shape.sizes) if len(set(shape.sizes)) == 2 else set()
    if shape.rank == 1:
        near = (shape[1] + sign * step for step in (1, 2, 4, 8) for sign in (1, -1))
        wanted = {size for size in near if size > 0 and _roundness(size) > _roundness(shape[1])}
    for size in sorted(wanted, key=_roundness, reverse=True):
        written = in_layout((None, *shape.sizes), spec.layout)
        pairs = zip(node.items, written, strict=True)
        if case.mends([Edit(item.span, str(size)) for item, own in pairs if own not in (None, size)]):
            facts = {"sizes": shape.sizes, "size": (size,) * shape.rank}
            return [Note("the input is {sizes}: with {size} the network has no error", facts)]
    return []


def _roundness(size: int) -> int:
    """How often a size can be halved, or divided by ten."""
    halved = (size & -size).bit_length()
    tenths = 0
    while size % 10 ** (tenths + 1) == 0:
        tenths += 1
    return max(halved, 2 * tenths)


def other_defaults(case: Case) -> list[Note]:
    """Defaults of a convolution that lack what most have, or have an even window, where that is all."""
    spec = case.spec
    case.at_most(_MOST)
    for kind, settings in spec.defaults.items() if case.failed is not None else ():
        keys = [setting.key for setting in settings.values() if setting.key is not None]
        if not KINDS[kind].is_convolution or KINDS[kind].is_transposed or not keys:
            continue
        first = min(keys, key=lambda key: key.start)
        line = spec.source.position(first.start)[0]
        facts: dict[str, Any] = {"kind": kind, "line": line}
        text = spec.source.line_text(line)
        indent = text[: len(text) - len(text.lstrip())]
        end = f"\n{indent}" if text.lstrip().startswith(first.text) else ", "
        for name, written in (("padding", "half"), ("kernel_size", "3")):
            new = Edit(Span(first.start, first.start), f"{name}: {written}{end}")
            if name not in settings and case.mends([new]):
                template = (
                    "the defaults of {kind} on line {line} give no {name}: with {name}: {value} in them "
                )
                facts |= {"name": name, "value": written}
                return [Note(template + "the network has no error", facts)]
        window = settings.get("kernel_size")
        own = window.value.raw if window is not None else None
        if window is None or type(own) is not int or own % 2:
            continue
        for value in (own + 1, own - 1):
            if case.mends([Edit(window.value.node.span, str(value))]):
                facts |= {
                    "line": spec.source.position(window.value.node.start)[0],
                    "own": own,
                    "value": value,
                }
                template = "line {line}: the defaults of {kind} have an even kernel_size {own}; with {value} "
                return [Note(template + "the network has no error", facts)]
    return []


def missing_default(case: Case) -> list[Note]:
    """A field that every layer of a kind lacks, and that the defaults of the kind may have lost."""
    case.at_most(_MOST)
    name, kind = case.first.facts.get("name"), case.first.facts.get("kind")
    settings = case.spec.defaults.get(str(kind), {})
    keys = [setting.key for setting in settings.values() if setting.key is not None]
    lacking = [item for item in case.kinds.get(str(kind), ()) if name not in item.settings]
    if not keys or len(lacking) < 2:
        return []
    first = min(keys, key=lambda key: key.start)
    found: list[tuple[int, CheckResult | None, SequenceOf[Edit]]] = []
    for value in _USUAL:
        if case.mends([Edit(Span(first.start, first.start), f"{name}: {value}, ")]):
            found.append((value, case.mended, case.edits))
    if not found:
        return []
    case.also += [edits for _, _, edits in found[1:]]
    value, case.mended, case.edits = found[0]
    facts = {"kind": kind, "line": case.spec.source.position(first.start)[0], "name": name, "value": value}
    template = "the defaults of {kind} on line {line} give no {name}: with {name}: {value} in them "
    return [Note(template + "the network has no error", facts)]
