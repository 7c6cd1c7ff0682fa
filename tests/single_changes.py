"""Single changes of a spec that is unfolded, one layer a line, and whether `verify` names the changed one.

A change is of a field of a layer, of what it reads, or of the layer itself, with its norm and activation.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

import yaml

from cnn_shapes.checking import CheckResult, check_source
from cnn_shapes.expand import expand
from cnn_shapes.importing.verifying import (
    ComparedLayer,
    Difference,
    compared_layers,
    first_difference,
)
from cnn_shapes.source import Source

DROPPED, DOUBLED, READ = "dropped", "doubled", "read"
_NAME = re.compile(r"\bname: ([\w.-]+)")
_WINDOWED = ("conv", "depthwise_conv", "maxpool", "avgpool")
_WEIGHTED = ("conv", "depthwise_conv", "dense")
_ENTRY = "  - "


class Change(NamedTuple):
    """What was changed of the layer in a line, counted from 1, and the spec afterwards."""

    what: str
    line: int
    text: str


def changes(text: str, chance: random.Random, only: int | None = None) -> Iterator[Change]:
    """Every layer changed in each way that it can be, in an order that is drawn; not every text is valid."""
    lines = text.splitlines(keepends=True)
    places = [
        place for place, line in enumerate(lines) if line.startswith(_ENTRY) and only in (None, place + 1)
    ]
    every = [(place, what) for place in places for what in (*_CHANGED, READ, DROPPED, DOUBLED)]
    chance.shuffle(every)
    for place, what in every:
        if what == READ:
            made = _reading(lines[place], _NAME.findall("".join(lines[:place])), chance)
        else:
            made = _changed(lines[place], what, chance)
        if made is not None:
            yield Change(what, place + 1, "".join([*lines[:place], made, *lines[place + 1 :]]))


def _changed(line: str, what: str, chance: random.Random) -> str | None:
    if what == DROPPED:
        return ""
    entry = yaml.safe_load(line)[0]
    if isinstance(entry, str):
        return line + line if what == DOUBLED else None
    ((kind, fields),) = entry.items()
    if what == DOUBLED:
        return line + _written(kind, _copied(fields))
    fields = dict(fields) if isinstance(fields, dict) else {_SHORTHAND.get(kind, "value"): fields}
    if not _CHANGED[what](kind, fields, chance):
        return None
    return _written(kind, fields)


def _reading(line: str, named: Sequence[str], chance: random.Random) -> str | None:
    """A layer that reads another one of those that have a name before it."""
    read = [name for name in re.findall(r"[\w.-]+", line.partition(" name: ")[0]) if name in named]
    others = [name for name in named if name not in read]
    if not read or not others:
        return None
    return re.sub(
        rf"(?<![\w.-]){re.escape(chance.choice(read))}(?![\w.-])", chance.choice(others), line, count=1
    )


def _copied(fields: Any) -> Any:
    """What is written of a layer that reads the one before it; who reads that by name still does."""
    if not isinstance(fields, dict):
        return fields
    return {
        name: one
        for name, one in fields.items()
        if name != "name" and not (name == "from" and isinstance(one, str))
    }


def _written(kind: str, fields: Any) -> str:
    flow = yaml.safe_dump({kind: fields}, default_flow_style=True, width=10**6, sort_keys=False)
    return f"{_ENTRY}{flow.strip()[1:-1]}\n"


_SHORTHAND = {"conv": "filters", "dense": "units", "maxpool": "kernel_size", "avgpool": "kernel_size"}
_Fields = dict[str, Any]


def _kernel_size(kind: str, fields: _Fields, chance: random.Random) -> bool:
    size = fields.get("kernel_size", 1)
    fields["kernel_size"] = [one + 2 for one in size] if isinstance(size, list) else size + 2
    return kind in _WINDOWED


def _stride(kind: str, fields: _Fields, chance: random.Random) -> bool:
    default = 1 if "conv" in kind else fields.get("kernel_size")
    fields["stride"] = 1 if fields.get("stride", default) != 1 else 2
    return kind in _WINDOWED


def _padding(kind: str, fields: _Fields, chance: random.Random) -> bool:
    padding = fields.get("padding", 0)
    if (
        kind not in _WINDOWED
        or isinstance(padding, list)
        or (padding == "half" and "kernel_size" not in fields)
    ):
        return False
    fields["padding"] = padding + 1 if isinstance(padding, int) else 0
    return True


def _filters(kind: str, fields: _Fields, chance: random.Random) -> bool:
    name = _SHORTHAND.get(kind, "")
    if kind not in ("conv", "dense"):
        return False
    fields[name] = chance.choice([2 * fields[name], fields[name] + 1, max(1, fields[name] // 2)])
    return True


def _groups(kind: str, fields: _Fields, chance: random.Random) -> bool:
    fields["groups"] = 2 if fields.get("groups", 1) == 1 else 1
    return kind == "conv"


def _bias(kind: str, fields: _Fields, chance: random.Random) -> bool:
    fields["bias"] = not fields.get("bias", True)
    return kind in _WEIGHTED


def _activation(kind: str, fields: _Fields, chance: random.Random) -> bool:
    others = {"relu", "silu", "none"} - {fields.get("activation", "none")}
    fields["activation"] = chance.choice(sorted(others))
    return kind in _WEIGHTED


def _norm(kind: str, fields: _Fields, chance: random.Random) -> bool:
    others = {"batch", "layer", "none"} - {fields.get("norm", "none")}
    fields["norm"] = chance.choice(sorted(others))
    return kind in _WEIGHTED


_CHANGED: dict[str, Callable[[str, _Fields, random.Random], bool]] = {
    "kernel_size": _kernel_size,
    "stride": _stride,
    "padding": _padding,
    "filters": _filters,
    "groups": _groups,
    "bias": _bias,
    "activation": _activation,
    "norm": _norm,
}


class Verified(NamedTuple):
    """A changed spec, and its first difference from the unchanged one."""

    change: Change
    report: CheckResult
    layers: list[ComparedLayer]
    difference: Difference | None


class Unfolded:
    """A spec that is valid, unfolded; `layers` are those that are compared."""

    def __init__(self, report: CheckResult) -> None:
        self.text = expand(report)
        self.report = check_source(Source("unfolded.yaml", self.text), rules=False)
        self.layers = _layers(self.report)
        position = self.report.source.position
        self.compared = {position(one.node.place.span.start)[0] for one in self.layers}  # the lines of these

    def changed(self, count: int, seed: int = 1) -> Iterator[Verified]:
        """So many valid changes of layers that are compared."""
        compared = (one for one in changes(self.text, random.Random(seed)) if one.line in self.compared)
        return islice(filter(None, map(self._verified, compared)), count)

    def names(self, verified: Verified) -> bool:
        """Whether the layer that is named is one of the changed line, or one that nobody can tell from it.

        It is that where some change of its own line makes the very same network, as in a run of equal layers,
        or where it is a join inside the changed one, which are one join.
        """
        change, difference = verified.change, verified.difference
        if difference is None:
            return False
        of_model = difference.alone == "model"
        source = (self.report if of_model else verified.report).source
        line, _ = source.position(difference.named.node.place.span.start)
        if change.what == DOUBLED and not of_model and line > change.line:
            line -= 1
        inside = line == change.line - 1 and line not in self.compared
        return line == change.line or inside or any(self._same(line, verified))

    def _same(self, line: int, verified: Verified) -> Iterator[bool]:
        for change in changes(self.text, random.Random(1), line):
            other = self._verified(change)
            yield other is not None and first_difference(other.layers, verified.layers) is None

    def _verified(self, change: Change) -> Verified | None:
        report = check_source(Source("changed.yaml", change.text), rules=False)
        if not report.ok:
            return None
        layers = _layers(report)
        return Verified(change, report, layers, first_difference(layers, self.layers))


def _layers(report: CheckResult) -> list[ComparedLayer]:
    assert report.trace is not None
    return compared_layers(report.trace)
