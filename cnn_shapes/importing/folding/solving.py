"""Says the columns of a pattern: constants, params, and expressions over `c_in` and the params."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cnn_shapes.importing.folding.items import GATE, MISSING, Column, Param, PatternNode
from cnn_shapes.importing.folding.leaves import HALF, INTO, INTO_REST
from cnn_shapes.importing.folding.patterns import ADD_IF, REST, TIMES, filled
from cnn_shapes.layers import WORDS
from cnn_shapes.source.flow_style import listed, word

_CHANNELS = ("filters", "units", "groups", INTO)  # counts that are multiples of one another by design
_EXPANSION = "expansion"
_ENOUGH = 3  # groups that show that a multiple is no accident
_LARGEST_FACTOR = 64
_WIDER = re.compile(r"(\d+)\*c_in")
_NAME = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)
_LONGEST_NAME = 24
_SAY_NOTHING = ("conv", "conv2d", "block", "blocks", "layer", "layers", "features", "body", "net", "op", "fn")
_EXPANDED, _SQUEEZED = "expanded", "squeezed"
# values have these names already, and params cannot be called so
_TAKEN = (
    "name",
    "from",
    "if",
    "expect",
    "i",
    "c_in",
    "h_in",
    "w_in",
    "l_in",
    "d_in",
    "into",
    "share",
    "prev",
)
_OWN_NAMES = {TIMES: "depth", ADD_IF: "shortcut", INTO: "channels"}


@dataclass(slots=True, eq=False)
class ColumnText:
    """A text with a param in it, or with `c_in`, and its values."""

    form: str
    param: Param | None
    values: Column

    def text(self) -> str:
        return self.form.replace("@", self.param.name) if self.param is not None else self.form


def literal(value: Any) -> str:
    """A value as it is written in a spec."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "null"
    if isinstance(value, list):
        return listed(map(literal, value))
    return word(value) if isinstance(value, str) else repr(value)


def solve(nodes: list[PatternNode], channels_in: Column, channels_out: Column) -> list[Param]:
    """Set the texts of all columns and conditions of a pattern; the params that they need, with names.

    `channels_in` and `channels_out` are of the groups' first inputs and outputs.
    """
    solver = _Solver(channels_in, channels_out)
    solver.note_roles(nodes, "")
    every = [one for node in nodes for one in node.everything()]
    for node in every:
        solver.columns(node)
    for node in nodes:
        solver.conditions(node, [True] * len(channels_in))
    solver.prefer_expansion()
    solver.name_params()
    for node, field, expression in solver.texts:
        if field == "":
            node.condition = expression.text()
        else:
            node.texts[field] = expression.text()
    return solver.ordered()


def _known(column: Column) -> list[Any]:
    return [value for value in column if value is not MISSING]


def _same(one: Any, other: Any) -> bool:
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


def _agree(one: Column, other: Column) -> bool:
    """Whether two columns are the same where both have values, and that tells something."""
    pairs = [(a, b) for a, b in zip(one, other, strict=True) if a is not MISSING and b is not MISSING]
    return all(_same(a, b) for a, b in pairs) and len({repr(a) for a, _ in pairs}) > 1


class _Solver:
    def __init__(self, channels_in: Column, channels_out: Column) -> None:
        self.channels_in, self.channels_out = channels_in, channels_out
        self.params: list[Param] = []
        self.roles: dict[int, str] = {}
        self.known: list[ColumnText] = []
        self.texts: list[tuple[PatternNode, str, ColumnText]] = []

    def note_roles(self, nodes: list[PatternNode], role: str) -> None:
        """What convolutions are for, where their modules have no names that say it."""
        for place, node in enumerate(nodes):
            after = nodes[place + 1].kind if place + 1 < len(nodes) else ""
            self.roles[id(node)] = role or (_EXPANDED if after == "depthwise_conv" else "")
            for inside in node.lists.values():
                self.note_roles(inside, _SQUEEZED if node.kind == GATE else "")

    # -- columns

    def columns(self, node: PatternNode) -> None:
        for name in sorted(node.columns, key=lambda name: name.endswith(REST)):
            if name in (ADD_IF, INTO_REST):
                continue
            column = _same_padding(node) if name == "padding" else filled(node, name)
            if _known(column):
                field = self.field_of(node, name.removesuffix(REST))
                self.texts.append((node, name, self.express(column, field, node, name)))

    def field_of(self, node: PatternNode, name: str) -> str:
        """What a column's values are of: of an argument, what the param of its block is of."""
        if node.kind == "split" and name.startswith(INTO):
            return INTO
        if node.block is None:
            return name
        return next((param.field for param in node.block.params if param.name == name), name)

    def express(self, column: Column, field: str, node: PatternNode, name: str) -> ColumnText:
        values = _known(column)
        if all(_same(values[0], value) for value in values[1:]):
            if field == "stride" and len(values) < len(column) and (own := self.of_all(column, field)):
                return own
            return ColumnText(literal(values[0]), None, column)
        found = self.existing(column, field) or self.derived(column, field)
        return found or self.param(column, field, node, name)

    def of_all(self, column: Column, field: str) -> ColumnText | None:
        """The param of all groups that is also what some of them have."""
        for text in self.known:
            if text.form == "@" and text.param is not None and text.param.field == field:
                pairs = zip(text.values, column, strict=True)
                if all(value is MISSING or _same(own, value) for own, value in pairs):
                    return text
        return None

    def existing(self, column: Column, field: str) -> ColumnText | None:
        for expression in self.known:
            param = expression.param
            if param is None or not _comparable(param.field, field):
                continue
            if _agree(expression.values, column) and self.fill(expression, column):
                return expression
        return None

    def fill(self, expression: ColumnText, column: Column) -> bool:
        """Give a param the values that it lacks and this column has; whether that can be."""
        param = expression.param
        assert param is not None
        missing = [
            place
            for place, (mine, its) in enumerate(zip(expression.values, column, strict=True))
            if mine is MISSING and its is not MISSING
        ]
        if not missing:
            return True
        if expression.form == "@":
            for place in missing:
                param.values[place] = column[place]
            self.refresh()
            return True
        if param.field == _EXPANSION and expression.form == "@*c_in":
            if any(column[place] % self.channels_in[place] for place in missing):
                return False
            for place in missing:
                param.values[place] = column[place] // self.channels_in[place]
            self.refresh()
            return True
        return False

    def refresh(self) -> None:
        for expression in self.known:
            param = expression.param
            if param is not None and expression.form == "@":
                expression.values = param.values
            elif param is not None and expression.form == "@*c_in":
                expression.values = _product(param.values, self.channels_in)

    def derived(self, column: Column, field: str) -> ColumnText | None:
        if not _is_count(field) or not all(type(value) is int for value in _known(column)):
            return None
        sources = [("c_in", None, self.channels_in)] + [
            ("@", one.param, one.values) for one in self.known if one.form == "@" and one.param is not None
        ]
        if _agree(self.channels_in, column):
            return self.note(ColumnText("c_in", None, self.channels_in))
        for form, param, values in sources:
            if param is not None and not _is_count(param.field):
                continue
            made = _multiple(form, param, values, column)
            if made is not None:
                return self.note(made)
        return self.expanded(column, field)

    def expanded(self, column: Column, field: str) -> ColumnText | None:
        """A whole multiple of what comes in, mostly the same one: MobileNet's expansion."""
        pairs = [
            (value, channels)
            for value, channels in zip(column, self.channels_in, strict=True)
            if value is not MISSING
        ]
        if field != "filters" or any(value % channels for value, channels in pairs):
            return None
        if _agree(self.channels_out, column) or any(param.field == _EXPANSION for param in self.params):
            return None
        ratios = Counter(value // channels for value, channels in pairs)
        if ratios.most_common(1)[0][0] < 2 or len(ratios) >= len({value for value, _ in pairs}):
            return None
        values = [
            MISSING if value is MISSING else value // channels
            for value, channels in zip(column, self.channels_in, strict=True)
        ]
        if len(ratios) == 1:
            return None
        param = Param(_EXPANSION, values)
        self.params.append(param)
        self.known.append(ColumnText("@", param, values))
        return self.note(ColumnText("@*c_in", param, _product(values, self.channels_in)))

    def note(self, expression: ColumnText) -> ColumnText:
        self.known.append(expression)
        return expression

    def param(self, column: Column, field: str, node: PatternNode, name: str) -> ColumnText:
        own = name.removesuffix(REST) if node.block is not None else ""
        param = Param(field, list(column), node.path, own)
        param.role = self.roles[id(node)] if node.block is None else _called(node)
        self.params.append(param)
        return self.note(ColumnText("@", param, param.values))

    # -- conditions

    def conditions(self, node: PatternNode, around: list[bool]) -> None:
        """What says whether a node is there and whether a residual adds; then the same of what is in it."""
        if node.present != around:
            column = [here if there else MISSING for here, there in zip(node.present, around, strict=True)]
            self.texts.append((node, "", self.condition(column, node, "")))
        if ADD_IF in node.columns:
            column = filled(node, ADD_IF)
            if len({*_known(column)}) > 1:
                self.texts.append((node, ADD_IF, self.condition(column, node, ADD_IF)))
            elif not _known(column)[0]:
                self.texts.append((node, ADD_IF, ColumnText("false", None, column)))
        for nodes in node.lists.values():
            for one in nodes:
                self.conditions(one, node.present)

    def condition(self, column: Column, node: PatternNode, name: str) -> ColumnText:
        if name == "":
            self.widened(node, column)
        for expression in self.candidates(column):
            if _agree(expression.values, column):
                return expression
        for expression in self.known:
            if expression.param is not None and expression.param.field == "if":
                if _agree(expression.values, column):
                    return expression
                if _agree([MISSING if one is MISSING else not one for one in expression.values], column):
                    return ColumnText("not @", expression.param, column)
        param = Param("if", column, "" if name else node.path, _OWN_NAMES.get(name, f"with_{_called(node)}"))
        self.params.append(param)
        return self.note(ColumnText("@", param, param.values))

    def widened(self, node: PatternNode, column: Column) -> None:
        """A layer that makes its input wider, or is not there, as one with an `expansion`, which may be 1."""
        wide = next((text for one, name, text in self.texts if one is node and name == "filters"), None)
        factor = None if wide is None else _WIDER.fullmatch(wide.form)
        if factor is None or MISSING in column or any(one.field == _EXPANSION for one in self.params):
            return
        param = Param(_EXPANSION, [int(factor[1]) if here else 1 for here in column])
        self.params.append(param)
        self.known.append(ColumnText("@", param, param.values))
        self.known.append(ColumnText("@*c_in", param, _product(param.values, self.channels_in)))

    def candidates(self, column: Column) -> Iterator[ColumnText]:
        for param in self.params:
            if param.field == _EXPANSION and _holes_say(param.values, column):
                param.values[:] = [1 if value is MISSING else value for value in param.values]
                self.refresh()
                yield ColumnText("@ != 1", param, [value != 1 for value in param.values])
        strides = [param for param in self.params if param.field == "stride" and MISSING not in param.values]
        ends = [
            expression
            for expression in self.known
            if MISSING not in expression.values
            and _is_whole(expression.values)
            and all(map(_same, expression.values, self.channels_out))
        ]
        equal = list(map(_same, self.channels_in, self.channels_out))
        for sign, both, wanted in (("!=", "or", False), ("==", "and", True)):
            for param in strides:
                ones = [(value == 1) == wanted for value in param.values]
                yield ColumnText(f"@ {sign} 1", param, ones)
            end: ColumnText | None = ends[0] if ends else None
            constant = len({*self.channels_out}) == 1
            if end is None and not constant:
                continue
            said = end.form if end is not None else str(self.channels_out[0])
            changed = [one == wanted for one in equal]
            yield ColumnText(f"c_in {sign} {said}", end.param if end else None, changed)
            for param in strides:
                ones = [(value == 1) == wanted for value in param.values]
                joined = [a or b if both == "or" else a and b for a, b in zip(ones, changed, strict=True)]
                yield _OfTwo(
                    f"# {sign} 1 {both} c_in {sign} {said}", end.param if end else None, joined, param
                )

    def prefer_expansion(self) -> None:
        """Say `expansion*c_in` also where the factor happened to be one number, and parts of it by it."""
        wide = next((one for one in self.known if one.form == "@*c_in"), None)
        if wide is None:
            return
        for place, (node, name, text) in enumerate(self.texts):
            if text.form.endswith("*c_in") and _agree(wide.values, filled(node, name)):
                self.texts[place] = node, name, wide
        for param in [one for one in self.params if _is_count(one.field)]:
            part = _multiple(wide.form, wide.param, wide.values, param.values)
            forms = {text.form for *_, text in self.texts if text.param is param}
            if part is None or "//" not in part.form or forms != {"@"}:
                continue
            self.params.remove(param)
            self.texts = [
                (node, name, part if text.param is param else text) for node, name, text in self.texts
            ]

    # -- names

    def name_params(self) -> None:
        taken = {*_TAKEN, *WORDS}
        for field in dict.fromkeys(param.field for param in self.params):
            same = [param for param in self.params if param.field == field]
            main = self.main(same) if field != "if" else None
            for param in [*([main] if main else []), *(one for one in same if one is not main)]:
                own = _OWN_NAMES.get(field, field)
                local = self.local(param)
                if param is main:
                    wanted = own
                elif param.name == own and not local and "conv" not in param.role:
                    wanted = f"{param.role}_{own}"
                elif param.name and (not local or (field != "if" and param.name != own)):
                    wanted = param.name
                elif field == "if":
                    wanted = local
                else:
                    before = local or param.role
                    wanted = f"{before}_{own}" if before and before != own else own
                param.name = _free(wanted, taken)
        for param in self.params:
            param.default = _default(param)

    def main(self, same: list[Param]) -> Param:
        """The param that has its field's plain name: that of the block's output, else the first."""
        ends = [
            param for param in same if list(map(repr, param.values)) == list(map(repr, self.channels_out))
        ]
        return (ends or same)[0]

    def local(self, param: Param) -> str:
        """The name that a module has in its block, without numbers of lists."""
        parts = [part for part in param.path.split(".") if part and not part.isdigit()]
        parts = [part for part in parts if part not in _SAY_NOTHING]
        for name in ("_".join(parts), parts[-1] if parts else ""):
            if len(name) <= _LONGEST_NAME and _NAME.fullmatch(name):
                return name
        return ""

    def ordered(self) -> list[Param]:
        """Those that a call must say first."""
        return sorted(self.params, key=lambda param: param.default is not MISSING)


@dataclass(slots=True, eq=False)
class _OfTwo(ColumnText):
    """An expression with two params, the second of which is written `#`."""

    second: Param

    def text(self) -> str:
        return ColumnText.text(self).replace("#", self.second.name)


def _same_padding(node: PatternNode) -> Column:
    """The paddings of a layer, `half` as `same` where others have that and it means the same: at stride 1."""
    column = filled(node, "padding")
    if {repr(value) for value in _known(column)} != {repr("same"), repr(HALF)}:
        return column
    alike = [
        value != HALF or (stride == 1 and isinstance(kernel, int) and kernel % 2 == 1)
        for value, stride, kernel in zip(
            column, filled(node, "stride"), filled(node, "kernel_size"), strict=True
        )
    ]
    return ["same" if value == HALF else value for value in column] if all(alike) else column


def _called(node: PatternNode) -> str:
    """The kind of a node, or the name of the block that it calls, in the letters of a param."""
    if node.block is None:
        return node.kind
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", node.block.name.removesuffix("Block")).lower()
    return parted if _NAME.fullmatch(parted) else "block"


def _free(wanted: str, taken: set[str]) -> str:
    name, count = wanted, 1
    while name in taken:
        count += 1
        name = f"{wanted}{count}" if not wanted[-1].isdigit() else f"{wanted}_{count}"
    taken.add(name)
    return name


def _default(param: Param) -> Any:
    """The value that most calls have; what every call has another of has none."""
    values = _known(param.values)
    counted = Counter(map(repr, values))
    most, count = counted.most_common(1)[0]
    if param.field == "stride" and any(_same(value, 1) for value in values):
        return 1
    if len(values) < len(param.values) or (
        not _is_count(param.field) and count > 1 and count * 2 >= len(values)
    ):
        return next(value for value in values if repr(value) == most)
    return MISSING


def _product(values: Column, others: Column) -> Column:
    return [MISSING if MISSING in (a, b) else a * b for a, b in zip(values, others, strict=True)]


def _multiple(form: str, param: Param | None, values: Column, column: Column) -> ColumnText | None:
    pairs = [
        (base, value)
        for base, value in zip(values, column, strict=True)
        if base is not MISSING and value is not MISSING
    ]
    if len(pairs) < min(_ENOUGH, len(_known(column))) or len(pairs) < _ENOUGH:
        return None
    if len(pairs) < len(_known(column)) or len({base for base, _ in pairs}) < 2:
        return None
    base, value = pairs[0]
    for up in (True, False):
        small, large = (base, value) if up else (value, base)
        factor, rest = divmod(large, small) if small else (0, 1)
        if rest or not 2 <= factor <= _LARGEST_FACTOR:
            continue
        if all(b * factor == v if up else v * factor == b for b, v in pairs):
            made = [MISSING if one is MISSING else one * factor if up else one // factor for one in values]
            return ColumnText(f"{factor}*{form}" if up else f"{form} // {factor}", param, made)
    return None


def _is_count(field: str) -> bool:
    return field in _CHANNELS


def _comparable(one: str, other: str) -> bool:
    """Whether two fields may have one value on purpose: a stride is no kernel size."""
    return one == other or (_is_count(one) and _is_count(other)) or (one == _EXPANSION and _is_count(other))


def _is_whole(values: Column) -> bool:
    return all(type(value) is int for value in values)


def _holes_say(values: Column, column: Column) -> bool:
    """Whether a param lacks its value just where a layer is not there, and is nowhere 1 where it is."""
    return all(
        (value is not MISSING and value != 1) if here else value in (MISSING, 1)
        for value, here in zip(values, column, strict=True)
    )
