"""The folded spec of a model, which is proved to be the flat one in fewer words; else the flat one."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass

from cnn_shapes.checking import CheckResult, check_source, fault
from cnn_shapes.diagnostics import in_layout
from cnn_shapes.importing.flat_spec import flat_spec
from cnn_shapes.importing.folding.items import FoldedBlock
from cnn_shapes.importing.folding.leaves import CallName, leaves_of
from cnn_shapes.importing.folding.patterns import NotSaid
from cnn_shapes.importing.folding.proof import difference
from cnn_shapes.importing.folding.trees import fold
from cnn_shapes.importing.folding.writing import SpecHead, WrittenSpec, comment_text, write
from cnn_shapes.importing.of_network import model_of
from cnn_shapes.importing.traced_model import TracedModel
from cnn_shapes.source import Source

_MOST_ROUNDS = 30
_MOST_OF_STAGE = 4  # params of a block of blocks, beyond which its calls say less than what is in it


@dataclass(frozen=True, slots=True)
class ImportedSpec:
    """The text of a spec. `unfolded` says why it is the flat one, and is empty where it is folded."""

    text: str
    unfolded: str = ""


def flat_text(model: TracedModel, comment: Sequence[str] = ()) -> ImportedSpec:
    """The spec of a model one layer a line, with what its framework's layers say of their inputs."""
    head = "".join(f"# {comment_text(line)}\n" for line in comment)
    return ImportedSpec(head + flat_spec(model, as_written=True).text)


def folded_spec(model: TracedModel, comment: Sequence[str] = ()) -> ImportedSpec:
    """The spec of a model with blocks, repeats and residuals; flat where it could not be proved the same."""
    flat = flat_text(model, comment).text
    before = check_source(Source("<flat>", flat), rules=False)
    if not model.layers or not before.ok:
        return ImportedSpec(flat, "it has errors" if model.layers else "")
    try:
        try:
            text = _folded(model, comment)
        except NotSaid:
            text = _folded(model, comment, calls_share=False)
    except NotSaid as error:
        return ImportedSpec(flat, f"{error} is read where it has no name")
    except Exception as error:  # what is right is there already
        if sys.flags.dev_mode:
            raise
        return ImportedSpec(flat, fault(error))
    after = check_source(Source("<folded>", text), rules=False)
    found = difference(before, after)
    if found:
        return ImportedSpec(flat, f"in blocks it was not proved to be the same, for {found}")
    return ImportedSpec(text)


def folded_file(report: CheckResult, comment: Sequence[str]) -> str | None:
    """The spec of a file of another tool with repeats and residuals; None where it is not proved the same."""
    model = model_of(report)
    made = None if model is None else folded_spec(model, comment)
    if made is None or made.unfolded:
        return None
    after = check_source(Source("<folded>", made.text), rules=False)
    return None if difference(report, after) else made.text


def _folded(model: TracedModel, comment: Sequence[str], calls_share: bool = True) -> str:
    """The shortest text: blocks that do not pay are dissolved, one round after the other."""
    dissolved: set[CallName] = set()
    inputs = model.inputs if len(model.inputs) > 1 else (("input", model.inputs[0][1]),)
    inputs_in_layout = [(name, in_layout(shape, model.layout)) for name, shape in inputs]
    head = SpecHead(comment, model.name, inputs_in_layout, model.outputs, model.layout)
    best: str | None = None
    for _ in range(_MOST_ROUNDS):
        leaves, values = leaves_of(model, calls_share)
        sharing = {*values.shared_calls, *values.shared_calls.values()}
        folded = fold(leaves, values, dissolved)
        written = write(head, folded.items, folded.blocks)
        if best is None or written.text.count("\n") <= best.count("\n"):
            best = written.text
        spare = [
            block
            for block in folded.blocks
            if not _pays(block, written) and sharing.isdisjoint(folded.calls[id(block)])
        ]
        if not spare:
            break
        # a block that is called once, but in a block that goes, may pay after that
        kept = {id(block) for block in spare}
        outer = [block for block in spare if kept.isdisjoint(written.callers.get(id(block), ()))]
        for block in outer or spare:
            dissolved.update(folded.calls[id(block)])
    assert best is not None
    return best


def _pays(block: FoldedBlock, written: WrittenSpec) -> bool:
    """Whether a block makes the text shorter, or the reading easier."""
    calls, passes = written.calls[id(block)], written.passes[id(block)]
    lines = written.lines.get(id(block), 0)
    body = lines - (2 if not block.params else 3)
    if _is_stage(block) and (len(block.params) > _MOST_OF_STAGE or _has_options(block)):
        return False
    return passes > 1 and body > 1 and body * passes > lines + calls


def _is_stage(block: FoldedBlock) -> bool:
    """Whether it does no more than call other blocks."""
    leaves = [node for top in block.nodes for node in top.everything() if not node.lists]
    return 2 * sum(node.block is not None for node in leaves) >= len(leaves)


def _has_options(block: FoldedBlock) -> bool:
    return any(param.field == "if" for param in block.params)
