"""For programs, version 1: both sides, the changes with what follows, every layer of either, the totals.

Keys are those of `check --format json`; a figure has `before`, `after`, `difference` and `percent`.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from cnn_shapes.comparing import words
from cnn_shapes.comparing.figures import receptive_field
from cnn_shapes.formats.json import VERSION, file_entry
from cnn_shapes.formats.parts.streams import IN_JSON

if TYPE_CHECKING:
    from cnn_shapes.checking import CheckResult
    from cnn_shapes.comparing import Comparison
    from cnn_shapes.comparing.effects import Effect, NetworkChange
    from cnn_shapes.comparing.figures import FigureBeside
    from cnn_shapes.formats.parts.compared_rows import Judged, ShownComparison
    from cnn_shapes.formats.parts.streams import Output
    from cnn_shapes.formats.parts.terminal_text import DisplayOptions

_OF_MEMORY = ("weights", "activations", "training", "peak")


def write(shown: ShownComparison, out: Output, options: DisplayOptions) -> None:
    out.text(f"{json.dumps(entry(shown))}\n", IN_JSON)


def entry(shown: ShownComparison) -> dict[str, Any]:
    """The whole answer."""
    comparison = shown.comparison
    sides = [file_entry(report, shown.dtype, shown.batch) for report in comparison.reports]
    rows = [side.pop("layers") for side in sides]
    figures = {name: _figure(beside) for name, beside in shown.totals.items()}
    return {
        "version": VERSION,
        "before": _side(sides[0], shown.names[0]),
        "after": _side(sides[1], shown.names[1]),
        "same": comparison.is_same,
        "changes": [_change(comparison, change) for change in comparison.changes],
        "together": [
            {"changes": list(numbers), **_effect(comparison, effect)}
            for numbers, effect in comparison.together.items()
        ],
        "renamed": [{"before": one.before, "after": one.after} for one in comparison.renamed],
        "layers": _layers(comparison, rows),
        "totals": {name: figure for name, figure in figures.items() if name not in _OF_MEMORY},
        "memory": {
            "dtype": shown.dtype,
            "batch": shown.batch,
            **{name: figure for name, figure in figures.items() if name in _OF_MEMORY},
        },
        "receptive_field": dict(zip(("before", "after"), map(_field, comparison.reports), strict=True)),
        "growth": [_judged(one) for one in shown.limits],
    }


def _side(side: dict[str, Any], name: str) -> dict[str, Any]:
    del side["totals"], side["memory"]
    return {**side, "path": name}


def _figure(beside: FigureBeside) -> dict[str, Any]:
    percent = beside.percent
    return {
        "before": beside.before,
        "after": beside.after,
        "difference": beside.difference,
        "percent": None if percent is None else round(float(percent), 6),
    }


def _change(comparison: Comparison, change: NetworkChange) -> dict[str, Any]:
    before, after = words.lines(comparison, change)
    return {
        "change": change.what,
        "title": words.title(comparison, change),
        "line": {"before": before, "after": after},
        "fields": [
            {
                "name": one.name,
                "of": one.owner or None,
                "before": one.before or None,
                "after": one.after or None,
            }
            for one in change.written
            if one.name
        ],
        **_effect(comparison, change.layers),
        "follow": _effect(comparison, change.follow),
    }


def _effect(comparison: Comparison, effect: Effect) -> dict[str, Any]:
    return {
        "layers": len(effect.places),
        "receptive_fields": effect.seen,
        "params": effect.params,
        "non_trainable_params": effect.non_trainable_params,
        "macs": effect.macs,
    }


def _layers(comparison: Comparison, rows: list[list[dict[str, Any]]]) -> list[dict[str, Any]]:
    found = []
    for place, pair in enumerate(comparison.pairs):
        before, after = (
            None if node is None else some[node.index - len(comparison.network(side).inputs)]
            for side, (node, some) in enumerate(zip(pair[:2], rows, strict=True))
        )
        found.append(
            {
                "status": comparison.status(place),
                "changes": list(comparison.of.get(place, ())),
                "before": before,
                "after": after,
            }
        )
    return found


def _field(report: CheckResult) -> list[int] | None:
    field = receptive_field(report.trace)
    return None if field is None else list(field)


def _judged(one: Judged) -> dict[str, Any]:
    figure = _figure(one.beside)
    return {
        "figure": one.limit.figure,
        "limit": one.limit.text,
        "difference": figure["difference"],
        "percent": figure["percent"],
        "exceeded": one.is_exceeded,
    }
