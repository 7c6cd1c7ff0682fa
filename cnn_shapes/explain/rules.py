"""The explanation of a rule: its docstring, laid out."""

from __future__ import annotations

from typing import Any

from cnn_shapes.rules import DESIGN, READING, RULES, SHAPE, SUPPRESSION
from cnn_shapes.shown_text import cells, filled, padded
from cnn_shapes.words import ENGLISH, rule_text, say, spoken

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
    name = max(len(rule["name"]) for rule in rules)
    severity = max(cells(say(rule["severity"])) for rule in rules)
    blocks = [
        "\n".join(
            [
                f"{say(group['name'])}:",
                *(
                    f"  {rule['name']:{name}}  {padded(say(rule['severity']), severity)}  {_summary(rule)}"
                    for rule in group["rules"]
                ),
            ]
        )
        for group in found["groups"]
    ]
    last = say("`cnn-shapes explain RULE` says why, with a bad and a good spec")
    return "\n\n".join(blocks) + f"\n\n{last}\n"


def _summary(rule: dict[str, Any]) -> str:
    return rule_text(rule["name"], rule["summary"], "")[0]


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

    summary, why = rule_text(found["name"], found["summary"], found["why"])
    parts = [
        f"{found['name']} ({say(found['severity'])})",
        summary,
        fill(why, 88) if spoken() == ENGLISH else filled(why, 88),
    ]
    for head in ("bad", "good"):
        if found[head]:
            parts.append(f"{say(head)}:\n{indent(found[head].rstrip(), '  ')}")
    parts.append(
        fill(f"{say('source')}: {found['source']}", 88, break_long_words=False, break_on_hyphens=False)
    )
    return "\n\n".join(parts) + "\n"


def _one_line(text: str) -> str:
    return " ".join(text.split())
