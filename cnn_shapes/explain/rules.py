"""The explanation of a rule: its docstring, laid out."""

from __future__ import annotations

from typing import Any

from cnn_shapes.rules import DESIGN, READING, RULES, SHAPE, SUPPRESSION

_GROUPS = {
    READING: "errors of reading, always reported",
    SHAPE: "errors of shape",
    DESIGN: "design: what works out, and is likely not meant",
    SUPPRESSION: "comments that silence findings",
}


def groups() -> dict[str, Any]:
    """Every rule with its severity and summary, in groups."""
    listed = [
        {
            "name": text,
            "rules": [
                {"name": rule.name, "severity": rule.severity, "summary": rule.summary}
                for rule in map(RULES.__getitem__, RULES.of(stage))
            ],
        }
        for stage, text in _GROUPS.items()
    ]
    return {"type": "rules", "groups": listed}


def groups_text(found: dict[str, Any]) -> str:
    rules = [rule for group in found["groups"] for rule in group["rules"]]
    name, severity = (max(len(rule[key]) for rule in rules) for key in ("name", "severity"))
    blocks = [
        "\n".join(
            [
                f"{group['name']}:",
                *(
                    f"  {rule['name']:{name}}  {rule['severity']:{severity}}  {rule['summary']}"
                    for rule in group["rules"]
                ),
            ]
        )
        for group in found["groups"]
    ]
    return "\n\n".join(blocks) + "\n\n`cnn-shapes explain RULE` says why, with a bad and a good spec\n"


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
