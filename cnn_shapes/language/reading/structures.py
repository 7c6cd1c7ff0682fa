"""Reads what is under a structure (lists of layers, other values) and under the name of a block."""

from __future__ import annotations

from cnn_shapes.diagnostics import ERROR, Diagnostic, Findings, Fix, Label
from cnn_shapes.language.block import Block
from cnn_shapes.language.entry import Item, Setting
from cnn_shapes.language.expressions.error import UNKNOWN_NAME
from cnn_shapes.language.reading.common import (
    COMMON,
    SHARE,
    Reader,
    names_in,
    read_common,
    read_names,
    read_new_names,
    tell_inputs,
)
from cnn_shapes.language.reading.pairs import pairs_of
from cnn_shapes.language.reading.wording import (
    BAD_VALUE,
    MISSING_FIELD,
    WRONG_INPUTS,
    head,
    kind_of,
    must_be,
    unknown_key,
)
from cnn_shapes.language.values import read_value
from cnn_shapes.layers.fields import ActivationWord
from cnn_shapes.layers.structure import COLLECTS, MERGES, STRUCTURES, Structure
from cnn_shapes.shapes import listed
from cnn_shapes.source import Edit, Map, Scalar, Sequence, Source, Span, TreeNode
from cnn_shapes.words import either, say, say_as_is

_MOST_COMPARED = 20  # calls without an argument that are compared with the others
_MOST_STRANGERS = 200  # keys that may be misspelt
_ACTIVATION = ActivationWord("")
_OF_CALLS = ("into", SHARE)  # what a call may have that no layer has
_BRANCH = ["if", "layers"]  # the keys of a branch that is not a list alone
_VERBATIM = {"merge": MERGES, "collect": COLLECTS}


def read_structure(reader: Reader, item: Item, body: TreeNode | None) -> None:
    structure, findings = STRUCTURES[item.kind], reader.findings
    if isinstance(body, Sequence) and structure.shorthand:
        item.lists[structure.shorthand] = reader.entries(body, structure.kind)
        return
    if not isinstance(body, Map):
        item.broken = True
        _tell_bare(reader, item, body)
        return
    known = [*structure.lists, *structure.values, *COMMON]
    misspelt: set[str | None] = set()
    for key, node in pairs_of(body, reader.source, findings):
        word = key.text
        if node is None:
            item.broken = True
        elif word in COMMON:
            read_common(item, key, node, findings)
        elif word == "branches" and word in structure.lists:
            _read_branches(reader, item, node)
        elif word in structure.lists:
            item.lists[word] = reader.entries(node, word)
        elif word in structure.named:
            given = word == "outputs"  # names of what is in the pass, where inputs has new ones
            names = (
                read_names(word, node, findings, new=False) if given else read_new_names(word, node, findings)
            )
            setattr(item, word, names)
            item.broken = item.broken or len(names) < len(names_in(node))
        elif word in structure.values:
            _read_value(item, key, node, findings)
        elif isinstance(node, Sequence) and _is_branch(structure, body, word, findings):
            continue  # a branch, a level too high: that branches are missing says so
        else:
            misspelt.add(unknown_key(findings, key, structure.kind, known, known, value=node, beside=body))
    _check_carried(item, structure, findings)
    for name in structure.required:
        if name in misspelt:
            item.broken = True
        elif body.get(name) is None:
            item.broken = True
            _tell_missing(item, name, findings)


def _check_carried(item: Item, structure: type[Structure], findings: Findings) -> None:
    """Report where as many tensors do not come in as a pass has names for, or do not go out."""
    count = len(item.sources or [item.key])
    if item.broken or (count == 1 and not item.inputs and not item.outputs and not item.into):
        return
    if not structure.named:
        tell_inputs(item, (1,), findings)
        return
    inputs, outputs = max(1, len(item.inputs)), max(1, len(item.outputs))
    collects = item.settings.get("collect")
    for wrong, template, names in (
        (
            count != inputs,
            "{kind} gets {count} in from, and inputs has {inputs}: name each of them"
            if item.inputs
            else "{kind} takes one input, found {count}: to carry them from pass to pass, name them in "
            "inputs and outputs",
            item.sources or item.inputs,
        ),
        (
            inputs != outputs,
            "a pass takes {inputs} and hands on {outputs}: outputs has a name for each that inputs has",
            item.outputs or item.inputs,
        ),
        (
            bool(item.into) and len(item.into) != outputs,
            "{outputs} come out, and into has {into}: name each of them",
            item.into,
        ),
        (
            inputs > 1 and collects is not None,
            "collect joins what each pass makes of one tensor, and here {inputs} go through: leave it out",
            [] if collects is None or collects.key is None else [collects.key],
        ),
    ):
        if wrong:
            item.broken = True
            counts = {"count": count, "inputs": inputs, "outputs": outputs, "into": len(item.into)}
            span = Span(names[0].start, names[-1].end) if names else item.span
            findings.tell(WRONG_INPUTS, template, span, kind=item.kind, **counts)
            return


def _is_branch(structure: type[Structure], body: Map, word: str, findings: Findings) -> bool:
    """Whether a list under an unknown key is a branch that is not under `branches`."""
    named = "branches" in structure.lists and body.get("branches") is None
    return named and findings.meant(word, [*structure.lists, *structure.values, *COMMON]) is None


def _tell_missing(item: Item, name: str, findings: Findings) -> None:
    structure = STRUCTURES[item.kind]
    findings.tell(
        MISSING_FIELD,
        "{kind} needs {name}: {doc}, as in {example}",
        item.key.span,
        kind=item.kind,
        name=name,
        doc=say_as_is({**structure.lists, **structure.values}[name]),
        example=structure.form,
    )


def _tell_bare(reader: Reader, item: Item, body: TreeNode | None) -> None:
    """Report a structure whose fields are not under their names; a list of lists may be its branches."""
    structure = STRUCTURES[item.kind]
    fixes: tuple[Fix, ...] = ()
    if (
        isinstance(body, Sequence)
        and "branches" in structure.lists
        and all(isinstance(branch, Sequence) for branch in body.items)
        and (edits := _under("branches", body, reader.source))
    ):
        fixes = (Fix(say("write them under branches"), edits),)
    reader.findings.add(
        Diagnostic(
            MISSING_FIELD,
            ERROR,
            "{kind} needs {names}, found {found}: write it as in {example}",
            {
                "kind": item.kind,
                "names": listed(structure.required),
                "found": say("nothing") if body is None else kind_of(body),
                "example": structure.form,
            },
            item.key.span,
            fixes=fixes,
        )
    )


def _under(key: str, body: Sequence, source: Source) -> tuple[Edit, ...]:
    """The edits that put a list under a key of its own; none where the text has no good place for it."""
    if body.flow:
        return Edit(Span(body.start, body.start), f"{{{key}: "), Edit(Span(body.end, body.end), "}")
    start = source.text.rfind("\n", 0, body.start) + 1
    indent = source.text[start : body.start]
    if indent.strip(" "):
        return ()
    line = "\r\n" if source.text[:start].endswith("\r\n") else "\n"
    return (Edit(Span(start, start), f"{indent}{key}:{line}"),)


def _read_value(item: Item, key: Scalar, node: TreeNode, findings: Findings) -> None:
    """Read a field of a structure that is not a list of layers."""
    words = _VERBATIM.get(key.text)
    if words and not (isinstance(node, Scalar) and node.text in words):
        must_be(findings, key.text, either(words), node)
        return
    expected = _ACTIVATION.words if key.text == "activation" else ()
    value = read_value(node, findings, expected, verbatim=bool(words))
    item.broken = item.broken or value.broken
    item.settings[key.text] = Setting(value, key)


def _read_branches(reader: Reader, item: Item, node: TreeNode) -> None:
    if isinstance(node, Map):
        branches = [(key.text, branch) for key, branch in node.pairs]
    elif isinstance(node, Sequence):
        branches = [(str(place), branch) for place, branch in enumerate(node.items)]
    else:
        branches = []
    if not branches:
        item.broken = True
        must_be(reader.findings, "branches", "a mapping from label to layers, or a list of lists", node)
    for label, branch in branches:
        layers = _read_conditional(reader, item, label, branch) if isinstance(branch, Map) else branch
        if layers is not None:
            item.lists[label] = reader.entries(layers, say("branch {label}", label=label))


def _read_conditional(reader: Reader, item: Item, label: str, branch: Map) -> TreeNode | None:
    """The layers of a branch that an `if` may leave out; None where it has none, which is reported."""
    findings = reader.findings
    for key, node in branch.pairs:
        if key.text == "if":
            condition = read_value(node, findings)
            if not condition.broken:
                item.branch_conditions = {**item.branch_conditions, label: condition}
        elif key.text != "layers":
            unknown_key(
                findings, key, say("branch {label}", label=label), _BRANCH, _BRANCH, value=node, beside=branch
            )
    layers = branch.get("layers")
    if layers is None:
        item.broken = True
        template = "branch {label} needs layers, as in {{if: deep, layers: [conv: 32]}}"
        findings.tell(MISSING_FIELD, template, head(branch), label=label)
    return layers


def read_call(reader: Reader, item: Item, body: TreeNode | None) -> None:
    """Read the arguments of a block call."""
    block, findings = reader.blocks[item.kind], reader.findings
    if body is not None and not isinstance(body, Map):
        item.broken = True
        findings.tell(
            BAD_VALUE,
            "the arguments of a block are a mapping: {block}: {{{example}}}",
            head(body),
            block=block.name,
            example=", ".join(f"{name}: ..." for name in block.params),
        )
        return
    allowed = [*block.params, *COMMON, *_OF_CALLS]
    for key, node in pairs_of(body, reader.source, findings) if body is not None else []:
        if node is None:
            item.broken = True
        elif key.text in COMMON or (key.text == SHARE and SHARE not in block.params):
            read_common(item, key, node, findings)
        elif key.text == "into" and "into" not in block.params:
            item.into = read_new_names("into", node, findings)
            item.broken = item.broken or len(item.into) < len(names_in(node))
        elif key.text in block.params:
            value = read_value(node, findings)
            item.broken = item.broken or value.broken
            item.settings[key.text] = Setting(value, key)
        else:
            reader.strangers.append((item, key, node))
            crowded = len(reader.strangers) > _MOST_STRANGERS
            near = None if crowded else findings.meant(key.text, allowed)
            item.misread = item.misread or near is not None
            item.broken = item.broken or near in block.required or near == "from"
    _check_call(reader, item, block)


def _check_call(reader: Reader, item: Item, block: Block) -> None:
    """Report arguments and inputs that a call does not give."""
    findings = reader.findings
    missing = [name for name in block.required if name not in item.settings]
    if missing and not item.broken:
        item.broken = True
        reader.incomplete.append((item, missing))
    outputs = max(1, len(block.outputs))
    if item.into and not block.broken and len(item.into) != outputs and not item.broken:
        item.broken = True
        findings.tell(
            WRONG_INPUTS,
            "{block} gives {expected} ({outputs}), and into has {count}: name each of them",
            Span(item.into[0].start, item.into[-1].end),
            block=block.name,
            expected=say("{count} outputs" if outputs > 1 else "1 output", count=outputs),
            outputs=", ".join(one.text for one in block.outputs) or say("its last layer"),
            count=say("1 name" if len(item.into) == 1 else "{count} names", count=len(item.into)),
        )
    count = len(item.sources) if item.sources else 1
    if count != max(1, len(block.inputs)) and not item.broken and not block.broken:
        item.broken = True
        findings.tell(
            WRONG_INPUTS,
            "{block} takes {expected} ({inputs}), found {count}: name them in from",
            item.at("from"),
            block=block.name,
            expected=say("{count} inputs" if len(block.inputs) > 1 else "1 input", count=len(block.inputs)),
            inputs=", ".join(block.inputs) or "prev",
            count=count,
        )


def tell_arguments(reader: Reader) -> None:
    """Report, when all is read, what calls of blocks do not give, and what they give that no param takes."""
    owners = {}
    if reader.incomplete:
        from cnn_shapes.language.reading.calls import block_of_each  # most calls give all

        owners = block_of_each(reader.blocks)
    for number, (item, missing) in enumerate(reader.incomplete):
        owner = owners.get(id(item))  # a name may mean something else in another block
        alike = [one for one in reader.items if one.kind == item.kind and owners.get(id(one)) == owner]
        calls = alike if number < _MOST_COMPARED else []
        _tell_missing_arguments(reader, item, missing, calls)
    used = {name: block.names() for name, block in reader.blocks.items()} if reader.strangers else {}
    undeclared: dict[tuple[str, str], list[Scalar]] = {}
    for item, key, node in reader.strangers:
        block = reader.blocks[item.kind]
        if key.text in used[block.name] and not block.broken:
            undeclared.setdefault((block.name, key.text), []).append(key)
        elif not (block.broken and key.text in reader.findings.excused):
            allowed = [*block.params, *COMMON, *_OF_CALLS]
            unknown_key(reader.findings, key, block.name, allowed, allowed, value=node, beside=item.body)
        item.broken = item.broken or block.broken or key.text in used[block.name]
    for (name, word), keys in undeclared.items():
        _tell_undeclared(reader, reader.blocks[name], word, keys)


def _tell_missing_arguments(reader: Reader, item: Item, missing: list[str], calls: list[Item]) -> None:
    """Report arguments that a call does not give, with another call that does."""
    from cnn_shapes.language.reading.calls import given_elsewhere

    block, source = reader.blocks[item.kind], reader.source
    labels = [
        Label(block.params[name].node.span, "{name} has no default", {"name": name}) for name in missing
    ]
    note = given_elsewhere(source, item, missing, calls)
    notes = () if note is None else (note,)
    template = "{block} needs {names}, which this call does not give"
    facts = {"block": block.name, "names": listed(missing)}
    reader.findings.add(
        Diagnostic(MISSING_FIELD, ERROR, template, facts, item.key.span, labels=tuple(labels), notes=notes)
    )


def _tell_undeclared(reader: Reader, block: Block, word: str, keys: list[Scalar]) -> None:
    """Report a name that a block uses and its calls give, but that its params do not declare."""
    reader.findings.excused.add(word)
    calls = sum(item.kind == block.name for item in reader.items)
    default = "required"
    if len(keys) != calls:
        default = say("with a default for the calls that do not give it")
    template = "{block} uses {name} and is given it, but its params do not declare it: add {name}"
    template += ": {default}" if len(keys) == calls else ", {default}"
    near = reader.findings.meant(word, block.params)
    if near is not None:
        template = "{block} uses {name} and is given it, but its params have {near}: did you mean {name}?"
    labels = (Label(keys[0].span, "{name} is given here", {"name": word}),)
    facts = {"block": block.name, "name": word, "default": default, "near": near}
    reader.findings.add(Diagnostic(UNKNOWN_NAME, ERROR, template, facts, block.key.span, labels=labels))
