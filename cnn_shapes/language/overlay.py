"""What a spec would say after some patches: unfolding asks the overlay, and neither text nor spec changes.

The patches are those that `edit.apply` writes into a text, and they are looked up by the tree's nodes: what
an anchor shares is one node, so all who name it see the change, as they would in the text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from cnn_shapes.diagnostics import Findings, from_layout
from cnn_shapes.edit.patches import (
    AddFields,
    InsertBefore,
    LeaveOut,
    Patch,
    Replace,
    ReplaceAlias,
    Rewrite,
    SetTop,
)
from cnn_shapes.language.block import Block
from cnn_shapes.language.entry import DEFAULTS, OWN, STRUCTURE, Item, Setting
from cnn_shapes.language.reading.entries import EntryReader
from cnn_shapes.language.reading.input import parse_sizes, read_input
from cnn_shapes.language.spec import Spec
from cnn_shapes.language.values import Unevaluated, Value, composed, read_value
from cnn_shapes.layers.structure import STRUCTURES
from cnn_shapes.shapes import Shape
from cnn_shapes.source import Map, Scalar, Source, TreeNode, read_yaml, resolve


class Overlay:
    """A spec with patches, and perhaps another input (`shape`) or other values of its params, laid over it.

    `inputs` are other shapes of inputs beside the first.
    What cannot be read of the patches is reported to `findings`.
    """

    def __init__(
        self,
        spec: Spec,
        patches: Iterable[Patch] = (),
        findings: Findings | None = None,
        shape: Shape | None = None,
        params: Mapping[str, Any] | None = None,
        inputs: Mapping[str, Shape] = {},
    ) -> None:
        self.spec = spec
        self.findings = findings if findings is not None else Findings()
        self.rounding: str | None = None
        self._values: dict[int, Value] = {}  # by the tree's node whose place they take
        self._names: dict[int, Scalar] = {}  # likewise, of names
        self._rewrites: dict[int, list[Rewrite]] = {}
        self._aliases: dict[int, Value] = {}  # by the key whose alias they take the place of
        self._added: dict[int, list[AddFields]] = {}
        self._left_out: dict[int, frozenset[str]] = {}
        self._inserted: dict[int, list[Item]] = {}
        self._originals: dict[int, Item] = {}
        self._lists: dict[int, Sequence[Item]] = {}
        self._kept: list[Any] = []  # what is known by its id must live
        self._blocks: dict[str, Block] = {}
        for patch in patches:
            _LAYING[type(patch.operation)](self, patch.route, patch.operation)
        self.params = self._file_params(params or {})
        self.params_changed = self.params != spec.params
        self.shape = shape or self._shape()
        self.inputs = {name: inputs.get(name, one.shape) for name, one in spec.inputs.items()}

    def items(self, items: Sequence[Item]) -> Sequence[Item]:
        """The entries that a list would have."""
        known = self._lists.get(id(items))
        if known is None:
            changed: list[Item] = []
            for item in items:
                changed += self._inserted.get(id(item), ())
                changed.append(self._item(item))
            known = self._lists[id(items)] = changed
            self._kept.append(items)
        return known

    def original(self, item: Item) -> Item:
        """The entry of the spec that an entry of the overlay came from; the entry itself where it is new."""
        return self._originals.get(id(item), item)

    def block(self, name: str) -> Block:
        """A block as it would be declared."""
        known = self._blocks.get(name)
        if known is None:
            known = self._blocks[name] = self._block(self.spec.blocks[name])
        return known

    # laying: what each operation means

    def _replace(self, node: TreeNode, operation: Replace) -> None:
        self._values[id(node)] = Value(node, operation.raw)

    def _replace_alias(self, key: Scalar, operation: ReplaceAlias) -> None:
        self._aliases[id(key)] = Value(key, operation.raw)

    def _rewrite(self, node: Scalar, operation: Rewrite) -> None:
        together = self._rewrites.setdefault(id(node), [])
        together.append(operation)
        text = node.text
        for rewrite in sorted(together, key=lambda rewrite: -rewrite.start):  # the last first: places stay
            text = rewrite.rewritten(text)
        new = Scalar(text, node.start, node.start + len(text), True, resolve(text))
        self._names[id(node)] = new
        self._values[id(node)] = read_value(new, self.findings)

    def _add(self, entry: Item, operation: AddFields) -> None:
        reach = entry.node if operation.alone or entry.body is None else entry.body
        self._added.setdefault(id(reach), []).append(operation)

    def _insert(self, entry: Item, operation: InsertBefore) -> None:
        self._inserted.setdefault(id(entry), []).extend(
            entries_of(self.spec, f"- {operation.written}", self.findings)
        )
        self._kept.append(entry)

    def _leave_out(self, entry: Item, operation: LeaveOut) -> None:
        self._left_out[id(entry.node)] = operation.keys

    def _set_top(self, root: Map, operation: SetTop) -> None:
        if operation.key != "rounding":
            raise ValueError(f"an overlay has no {operation.key}")
        self.rounding = operation.written

    # what the spec would say

    def _file_params(self, given: Mapping[str, Any]) -> dict[str, Any]:
        params: dict[str, Any] = {}
        for name, known in self.spec.params.items():
            _, node = self.spec.param_nodes.get(name, (None, None))
            value = self._values.get(id(node)) or self.spec.derived.get(name)
            try:
                found = known if value is None else value.evaluate(params)
            except Unevaluated as error:
                error.report(self.findings)
                found = known
            params[name] = given.get(name, found)
        return {**params, **given}

    def _shape(self) -> Shape | None:
        node, spec = self.spec.input_node, self.spec
        if node is None or not (self.params_changed or id(node) in self._values):
            return spec.shape
        value = self._values.get(id(node))
        if value is None:
            sizes = read_input(node, spec.layout, self.params, self.findings)
        else:
            sizes = parse_sizes(value.raw) if isinstance(value.raw, str) else tuple(value.raw)
        return None if sizes is None else Shape(from_layout(sizes, spec.layout))

    def _item(self, item: Item) -> Item:
        """An entry with all that is laid over it; itself where nothing is."""
        settings = self._settings(item)
        sources = item.sources
        if sources is not None and any(id(source) in self._names for source in sources):
            sources = [self._names.get(id(source), source) for source in sources]
        condition, expect = item.condition, item.expect
        condition = condition and self._value(condition)
        expect = expect and self._value(expect)
        lists = item.lists
        branches = {label: self._value(one) for label, one in item.branch_conditions.items()}
        for add in self._adds(item):
            for name, raw in add.fields.items():
                if name == "expect":
                    expect = Value(item.key, raw)
                elif item.form == STRUCTURE and name in STRUCTURES[item.kind].lists:
                    lists = {**lists, name: entries_of(self.spec, raw, self.findings)}
                else:
                    settings = {**settings, name: Setting(Value(item.key, raw), None, OWN, name)}
            if add.instead is not None and add.shorthand is not None and item.body is not None:
                value = Value(item.body, add.instead)
                settings = {**settings, add.shorthand: Setting(value, None, OWN, add.shorthand)}
        if (
            settings is item.settings
            and sources is item.sources
            and condition is item.condition
            and expect is item.expect
            and lists is item.lists
            and all(branches[label] is one for label, one in item.branch_conditions.items())
        ):
            return item
        changed = item.copy()
        changed.settings, changed.sources, changed.lists = settings, sources, lists
        changed.condition, changed.expect, changed.branch_conditions = condition, expect, branches
        changed.settle()
        self._originals[id(changed)] = item
        return changed

    def _adds(self, item: Item) -> list[AddFields]:
        if not self._added:
            return []
        shared = self._added.get(id(item.body), []) if item.body is not None else []
        return [*self._added.get(id(item.node), []), *shared]

    def _settings(self, item: Item) -> dict[str, Setting]:
        """The settings of an entry; those that it has where none is another."""
        out = self._left_out.get(id(item.node), frozenset()) if self._left_out else ()
        defaults = self.spec.defaults.get(item.kind, {})
        changed = {}
        for name, written in item.settings.items():
            setting: Setting | None = written
            if written.key is not None and written.key.text in out:
                setting = defaults.get(name)
            if setting is not None:
                value = self._setting_value(setting)
                changed[name] = setting if value is setting.value else setting._replace(value=value)
        same = all(changed.get(name) is setting for name, setting in item.settings.items())
        return item.settings if same else changed

    def _setting_value(self, setting: Setting) -> Value:
        alias = self._aliases.get(id(setting.key)) if self._aliases else None
        if alias is not None:
            return alias
        old = setting.value
        value = self._value(old)
        if setting.origin != DEFAULTS:
            return value
        if value is old and old.origin is not None and self.params_changed:
            value = self._value(old.origin)
        try:
            return value if value.constant else value.settled(self.params)
        except Unevaluated as error:
            error.report(self.findings)
            return old

    def _value(self, old: Value) -> Value:
        """A value with all that is laid over its node, or over nodes in it."""
        new = self._values.get(id(old.node))
        if new is not None:
            return new
        if isinstance(old.items, list):
            parts = [self._value(part) for part in old.items]
            return old if parts == old.items else composed(old.node, parts)
        return old

    def _block(self, block: Block) -> Block:
        params = {name: self._value(default) for name, default in block.params.items()}
        let = {name: self._value(value) for name, value in block.let.items()}
        if all(params[name] is block.params[name] for name in params) and all(
            let[name] is block.let[name] for name in let
        ):
            return block
        return block.changed(params, let)


def entries_of(spec: Spec, text: str, findings: Findings) -> list[Item]:
    """The entries that a list of layers, written by us, would be in a spec: its blocks and defaults hold."""
    root = read_yaml(Source("", text)).root
    if root is None:
        return []
    return EntryReader(Source("", text), findings, spec.blocks, spec.defaults).entries(root, "layers")


_LAYING: dict[type, Callable[[Overlay, Any, Any], None]] = {
    Replace: Overlay._replace,
    ReplaceAlias: Overlay._replace_alias,
    Rewrite: Overlay._rewrite,
    AddFields: Overlay._add,
    InsertBefore: Overlay._insert,
    LeaveOut: Overlay._leave_out,
    SetTop: Overlay._set_top,
}
