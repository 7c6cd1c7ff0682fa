"""What there is beside the text: code of a framework, the explanation of a rule, the examples."""

from __future__ import annotations

from cnn_shapes import explain, export
from cnn_shapes.discovery import shipped
from cnn_shapes.web.answers import Answer, checked

FIRST = ("mnist", "lenet5")  # of the examples: the course's own


def code(text: str, framework: str) -> Answer:
    """The code of a text in a framework; where there is none, `problem` says why."""
    try:
        return {"code": export.export(checked(text), framework), "problem": ""}
    except export.Unexportable as error:
        return {"code": "", "problem": f"no {framework} code: {error}"}


def rule(name: str) -> Answer:
    """What a rule means, as `explain` has it."""
    return {"text": explain.explain(name)}


def examples() -> Answer:
    """The names of all examples, those first that a beginner wants."""
    names = shipped.names()
    return {"names": [*FIRST, *(name for name in names if name not in FIRST)]}


def example(name: str) -> Answer:
    """The text of an example. A name that is not one of them raises KeyError."""
    return {"text": shipped.text(name, names_schema=False)}
