"""The explanation of a rule: its docstring, laid out."""

from __future__ import annotations

from typing import Any

from cnn_shapes.rules import RULES


def data(name: str) -> dict[str, Any]:
    rule = RULES[name]
    return {
        "type": "rule",
        "name": rule.name,
        "severity": rule.severity,
        "stage": rule.stage,
        "summary": rule.summary,
        "why": _one_line(rule.why),
        "source": _one_line(rule.source),
        "bad": rule.bad,
        "good": rule.good,
    }


def text(found: dict[str, Any]) -> str:
    from textwrap import fill, indent

    parts = [
        f"{found['name']} ({found['severity']})",
        found["summary"],
        fill(found["why"], 88),
    ]
    for head, word in (("bad", "bad:"), ("good", "good:")):
        if found[head]:
            parts.append(f"{word}\n{indent(found[head].rstrip(), '  ')}")
    parts.append(fill(f"source: {found['source']}", 88, break_long_words=False, break_on_hyphens=False))
    return "\n\n".join(parts) + "\n"


def _one_line(text: str) -> str:
    return " ".join(text.split())
