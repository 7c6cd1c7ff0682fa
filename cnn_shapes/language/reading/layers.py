"""Reads what is under the kind of a layer: its fields, or the shorthand for one of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from cnn_shapes.diagnostics import CHANNELS_LAST, ERROR, Diagnostic, Findings, Fix
from cnn_shapes.language.entry import DEFAULTS, MERGED, OWN, Item, Setting
from cnn_shapes.language.reading.common import (
    COMMON,
    SHARE,
    SHARING,
    Reader,
    is_name,
    read_common,
    read_sources,
)
from cnn_shapes.language.reading.pairs import pairs_of
from cnn_shapes.language.reading.wording import (
    BAD_VALUE,
    MISSING_FIELD,
    UNKNOWN_KEY,
    head,
    kind_of,
    shown,
    unknown_key,
)
from cnn_shapes.language.values import Value, read_value
from cnn_shapes.layers import FROM_INPUT, KINDS, NO_SHAPE
from cnn_shapes.layers.base import KERAS, TORCH, Layer, Limit
from cnn_shapes.layers.fields import Field
from cnn_shapes.shapes import listed
from cnn_shapes.source import DUPLICATE_KEY, Map, Scalar, Sequence, Source, Span, TreeNode
from cnn_shapes.words import either, say, say_as_is

Fields = Mapping[str, Field[Any]]
_RANKS = range(4)
_OF = {TORCH: "PyTorch's", KERAS: "Keras'"}


def read_layer(reader: Reader, item: Item, body: TreeNode | None) -> None:
    """Read the fields of a layer; the file's defaults give those that are not written on it."""
    assert item.layer is not None
    fields = item.layer.fields
    if isinstance(body, Map):
        for key, value in pairs_of(body, reader.source, reader.findings):
            if value is None:
                item.broken = True
            elif key.text in SHARING:
                read_common(item, key, value, reader.findings)
            else:
                origin = MERGED if body.merged and key.text in body.merged else OWN
                read_field(reader, item, fields, key, value, origin)
    elif body is not None:
        _read_shorthand(item, body, reader.findings)
    if item.kind in reader.defaults:
        _add_defaults(item, item.layer, reader.defaults[item.kind])
    if item.kind in reader.broken_defaults:
        item.broken = item.broken or any(name not in item.settings for name in item.layer.required)
    if item.layer.meanings and item.text != item.kind:
        _check_vocabulary(item, item.layer, reader.findings)
    _check_complete(item, fields, reader.findings)


def _check_vocabulary(item: Item, layer: type[Layer], findings: Findings) -> None:
    """Report words of one framework under a class whose other words make it that of another."""
    owners = [names.framework for names in layer.class_names if item.text in names.names]
    keys = [(name, setting.key) for name, setting in item.settings.items() if setting.origin != DEFAULTS]
    words = {key.text: (name, key) for name, key in keys if key is not None}
    meant = next((owner for owner, (word, _) in layer.meanings.items() if word in words), None)
    if meant is None:
        return
    deciding = layer.meanings[meant][0]
    for owner, (its_word, _) in layer.meanings.items():
        if meant not in owners and owner in owners:
            name, key = words[deciding]
            template = "{word} is {other} word, and {kind} is {owner} class: write {right}"
            _tell_mixed(item, key, template, findings, other=meant, owner=owner, right=its_word)
            return
        for word in layer.vocabularies[owner] if owner != meant else ():
            if word in words:
                name, key = words[word]
                template = (
                    "{kind} mixes the words of two frameworks, which differ in it: {deciding} is {owner}, "
                    "{word} {other}: write {right}, which goes with both"
                )
                facts = {"deciding": deciding, "right": name}
                _tell_mixed(item, key, template, findings, owner=meant, other=owner, **facts)
                return


def _tell_mixed(item: Item, key: Scalar, template: str, findings: Findings, **facts: str) -> None:
    item.broken = True
    facts |= {name: _OF[facts[name]] for name in ("owner", "other")}
    findings.tell(BAD_VALUE, template, key.span, kind=item.text, word=key.text, **facts)


def _add_defaults(item: Item, layer: type[Layer], defaults: Mapping[str, Setting]) -> None:
    """Give a layer the fields that it does not set itself, but for those that what it sets excludes."""
    settings, declared = item.settings, KINDS[item.kind]
    if layer is not declared or layer.one_of or layer.excludes:  # most are their kind, and have neither
        excluded = {*layer.one_of} if not settings.keys().isdisjoint(layer.one_of) else set()
        for its, others in layer.excludes.items():
            excluded |= {*others} if its in settings else set()
        same = {name for name, field in layer.fields.items() if field is declared.fields.get(name)}
        defaults = {name: one for name, one in defaults.items() if name in same - excluded}
    for name, setting in defaults.items():
        settings.setdefault(name, setting)
    for name, (needed, _) in layer.needs.items():
        if name in defaults and needed not in settings and settings[name].origin == DEFAULTS:
            del settings[name]


def read_field(reader: Reader, item: Item, fields: Fields, key: Scalar, node: TreeNode, origin: str) -> None:
    """Read one field, which is under its name or an alias of it."""
    word = key.text
    name = word if word in fields else _field_of(fields, word)
    if name is None:
        if item.layer is not None and word in item.layer.limited:
            _check_limited(item, item.layer.limited[word], key, node, reader.findings)
            return
        common = [*COMMON, *([SHARE] if item.layer is not None and item.layer.has_weights else [])]
        common = [] if origin == DEFAULTS else common
        _unknown_field(item, fields, key, node, common, reader.source, reader.findings)
    elif name in item.settings:
        if origin == MERGED:
            return  # an own field beats one that `<<` brings in, also under another name
        first = item.settings[name].key
        reader.findings.tell(
            DUPLICATE_KEY,
            "{word} is given twice: {first} on line {line} means the same, keep one",
            key.span,
            word=word,
            first=first.text if first else name,
            line=reader.source.position(first.start)[0] if first else "?",
        )
    else:
        _set(item, name, fields[name], key, node, origin, reader.findings)


def _check_limited(item: Item, limit: Limit, key: Scalar, node: TreeNode, findings: Findings) -> None:
    """Report an argument that has another value than the one which says nothing."""
    if isinstance(node, Scalar) and type(node.value) is type(limit.only) and node.value == limit.only:
        return
    findings.tell(
        BAD_VALUE,
        "{word} of {kind} must be {only}, found {found}: {remedy}",
        head(node),
        word=key.text,
        kind=item.text,
        only=limit.text,
        found=shown(node.value) if isinstance(node, Scalar) else kind_of(node),
        remedy=say_as_is(limit.remedy),
    )


def _read_shorthand(item: Item, body: TreeNode, findings: Findings) -> None:
    assert item.layer is not None
    shorthand = item.layer.shorthand
    if shorthand == "from":
        read_sources(item, body, findings)
    elif shorthand is None:
        item.broken = True
        meant = _field_that_takes(item, body)
        remedy = "write {kind}: {{{meant}: {found}}}" if meant else "write - {kind} alone"
        findings.tell(
            BAD_VALUE,
            "{kind} takes no value, found {found}: " + remedy,
            head(body),
            kind=item.text,
            found=shown(_plain(body)) if meant else kind_of(body),
            meant=meant,
        )
    elif item.layer.meanings and item.text != item.kind:
        item.broken = True
        value = body.text if isinstance(body, Scalar) else "..."
        _tell_whose(item, head(body), value, findings)
    elif (both := _filters_and_size(item, body)) is not None:
        item.broken = True
        findings.tell(
            BAD_VALUE,
            "{kind} takes one number alone: write {kind}: {{filters: {filters}, kernel_size: {size}}}",
            head(body),
            kind=item.text,
            filters=both[0],
            size=both[1],
        )
    else:
        _set(item, shorthand, item.layer.fields[shorthand], None, body, OWN, findings)


def _plain(body: TreeNode) -> Any:
    """What YAML reads, without names and expressions; None where it is a mapping or has one in it."""
    if isinstance(body, Sequence):
        parts = [_plain(part) for part in body.items]
        return None if None in parts else parts
    return body.value if isinstance(body, Scalar) else None


def _field_that_takes(item: Item, body: TreeNode) -> str:
    """The one field of a layer that could have a value which stands alone; "" for none or several."""
    assert item.layer is not None
    raw = _plain(body)
    fields = item.layer.fields.items() if raw is not None else ()
    meant = [name for name, field in fields if any(field.takes(raw, rank, CHANNELS_LAST) for rank in _RANKS)]
    return meant[0] if len(meant) == 1 else ""


def _tell_whose(item: Item, place: Span, value: str, findings: Findings) -> None:
    """Report a class name whose framework no word says, although the layers of frameworks differ."""
    assert item.layer is not None
    owners = [names.framework for names in item.layer.class_names if item.text in names.names]
    template = "{kind} is a class of PyTorch and of Keras, and they differ: write {forms}"
    if len(owners) == 1:
        template = "{kind} takes no number alone: write {forms}"
    findings.tell(
        BAD_VALUE if value else MISSING_FIELD,
        template if value else template.replace("takes no number alone", "needs its units"),
        place,
        kind=item.text,
        forms=either(
            [f"{item.text}: {{{item.layer.meanings[owner][0]}: {value or '64'}}}" for owner in owners]
        ),
    )


def _filters_and_size(item: Item, body: TreeNode) -> tuple[str, str] | None:
    """The two numbers of `conv: 32, 5` or `conv: [32, 5]`, as a framework takes them in this order."""
    assert item.layer is not None
    if item.layer.shorthand != "filters" or "kernel_size" not in item.layer.fields:
        return None
    if isinstance(body, Sequence):
        words = [part.text if isinstance(part, Scalar) else "" for part in body.items]
    else:
        words = body.text.strip("() ").split(",") if isinstance(body, Scalar) else []
    numbers = [word.strip() for word in words]
    return (numbers[0], numbers[1]) if len(numbers) == 2 and all(map(str.isdecimal, numbers)) else None


def _set(
    item: Item,
    name: str,
    field: Field[Any],
    key: Scalar | None,
    node: TreeNode,
    origin: str,
    findings: Findings,
) -> None:
    if type(node) is Scalar and type(node.value) is not str:  # by far the most common: a number
        value = Value(node, node.value)
    else:
        verbatim = field.verbatim or (field.names_tensors and isinstance(node, Sequence))
        value = read_value(node, findings, field.words, verbatim)
        if value.broken or (field.names_tensors and not _are_names(node, findings)):
            item.broken = True
            findings.excuse(node if field.names_tensors else None)
    item.settings[name] = Setting(value, key, origin, key.text if key else name)


def _are_names(parts: TreeNode, findings: Findings) -> bool:
    names = [part for part, _ in parts.pairs] if isinstance(parts, Map) else []
    if isinstance(parts, Sequence):
        names = [part for part in parts.items if isinstance(part, Scalar)]
    return all([is_name(part, findings) for part in names])  # noqa: C419 - report each


def _field_of(fields: Fields, alias: str) -> str | None:
    for name, field in fields.items():
        if alias in field.aliases:
            return name
    return None


def _unknown_field(
    item: Item,
    fields: Fields,
    key: Scalar,
    node: TreeNode,
    common: list[str],
    source: Source,
    findings: Findings,
) -> None:
    """Report a key that is no field; `common` are those that are no fields either, and may be here."""
    word = key.text

    follows = item.layer.follows_input if item.layer is not None else {}
    if word in follows:
        findings.tell(
            UNKNOWN_KEY,
            "{word} follows from {what}: leave it out",
            key.span,
            word=word,
            what=say_as_is(follows[word]),
        )
        return

    if item.layer is not None and word in item.layer.answers:
        item.broken = True
        findings.tell(UNKNOWN_KEY, item.layer.answers[word], key.span, kind=item.text)
        return

    def is_idle(word: str) -> bool:
        return word not in fields and (
            word in FROM_INPUT
            or word in NO_SHAPE
            or (item.layer is not None and word in item.layer.without_effect)
        )

    if is_idle(word):
        template = "{word} changes no shape: leave it out"
        if word in FROM_INPUT:
            template = "{word} follows from the input: leave it out"
        fixes = () if findings.crowded else _leaving_out(source, item, is_idle)
        findings.add(Diagnostic(UNKNOWN_KEY, ERROR, template, {"word": word}, key.span, fixes=fixes))
        return
    known = [*fields, *(alias for field in fields.values() for alias in field.aliases)]
    allowed = [*fields, *common]
    # a size of a pool is its kernel_size
    parts = [name for name in fields if word in name.split("_")]
    meant = parts[0] if len(parts) == 1 else None
    near = unknown_key(
        findings, key, item.text, [*known, *common], allowed, meant, value=node, beside=item.body
    )
    name = near if near in fields else _field_of(fields, near or "")
    item.misread = item.misread or name is not None
    if item.layer is not None and (name in item.layer.required or (near == "from" and item.layer.joins)):
        item.broken = True  # that the field is missing has the same cause


def _leaving_out(source: Source, item: Item, is_idle: Callable[[str], bool]) -> tuple[Fix, ...]:
    """The fix that takes all idle keys out of an entry at once; none where the text has no place for it."""
    from cnn_shapes.edit.patches import LeaveOut, Patch  # most specs have no such key

    keys = [key.text for key, _ in item.body.pairs if is_idle(key.text)] if isinstance(item.body, Map) else []
    edits = Patch(item, LeaveOut(frozenset(keys))).edits(source)
    return () if edits is None else (Fix(say("leave out {names}", names=listed(keys)), tuple(edits)),)


def _check_complete(item: Item, fields: Fields, findings: Findings) -> None:
    """Report what a layer cannot do without."""
    layer = item.layer
    assert layer is not None
    for name in layer.required:
        if name not in item.settings and not item.broken:
            item.broken = True
            if layer.meanings and item.text != item.kind:
                _tell_whose(item, item.key.span, "", findings)
                continue
            findings.tell(
                MISSING_FIELD,
                "{kind} needs {name}: {doc}, as in {example}",
                item.key.span,
                kind=item.text,
                name=name,
                doc=say_as_is(fields[name].doc),
                example=_example(layer, name),
            )
    if layer.needs_names and not item.sources and not item.broken:
        item.broken = True
        findings.tell(
            MISSING_FIELD,
            "{kind} needs from: a list of the names of its inputs, as in {kind}: [a, prev]",
            item.key.span,
            kind=item.text,
            name="from",
        )
    if layer.one_of:
        _check_one_of(item, layer.one_of, findings)
    for name, (needed, value) in layer.needs.items():
        if name in item.settings and item.settings[name].origin != DEFAULTS and not item.broken:
            _check_needed(item, name, needed, value, findings)


def _check_needed(item: Item, name: str, needed: str, value: Any, findings: Findings) -> None:
    """Report a field that says nothing, because another one is not there, or has not this value."""
    beside = item.settings.get(needed)
    # what an expression gives is another thing in each copy
    if beside is not None and (value is None or not beside.value.constant or beside.value.raw == value):
        return
    item.broken = True
    findings.tell(
        MISSING_FIELD,
        "{name} of {kind} needs {needed} beside it: without, leave {name} out",
        _key_of(item, name).span,
        name=name,
        kind=item.text,
        needed=needed if value is None else f"{needed}: {value}",
    )


def _key_of(item: Item, name: str) -> Scalar:
    """Where a field is given, under whichever of its names."""
    return item.settings[name].key or item.key


def _example(layer: type[Layer], name: str) -> str:
    """How a layer is written with the field `name` and all that it needs: `conv: {filters: 32}`."""
    if layer.is_variant:
        return layer.example.strip().removeprefix("- ")
    given = [(one, re.search(rf"\b{one}: ([^,}}]+)", layer.example)) for one in layer.required]
    stated = {one: found[1] for one, found in given if found is not None}
    if name in stated:
        return f"{layer.kind}: {{{', '.join(f'{one}: {value}' for one, value in stated.items())}}}"
    return layer.example.partition("\n")[0].removeprefix("- ")


def _check_one_of(item: Item, names: tuple[str, ...], findings: Findings) -> None:
    """Report a layer that has both or neither of two fields of which one must be given."""
    given = [name for name in names if name in item.settings]
    if not item.broken and len(given) != 1:
        item.broken = True
        findings.tell(
            MISSING_FIELD,
            "{kind} needs {fields}, one of them, found {found}",
            item.key.span,
            kind=item.kind,
            fields=listed(names, "or"),
            found=listed(given) if given else say("none"),
        )
