"""The one door for the page: a function by its name and its arguments, its answer as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from cnn_shapes.source import Source
from cnn_shapes.web import answers, exports, layers
from cnn_shapes.web.answers import Answer
from cnn_shapes.web.completion import complete
from cnn_shapes.web.places import Places


def completion(text: str, unit: int) -> Answer:
    """What may be written at a place of a text: `from` where what is begun begins."""
    source = Source(answers.NAME, text)
    places = Places(source)
    start, options = complete(source.text, places.offset(unit))
    return {"from": places.unit(start), "options": [option._asdict() for option in options]}


QUESTIONS: Mapping[str, Callable[..., Answer]] = {
    "check": answers.check,
    "advice": answers.advice,
    "picture": answers.picture,
    "printed": answers.printed,
    "layer": layers.layer,
    "completion": completion,
    "code": exports.code,
    "rule": exports.rule,
    "examples": exports.examples,
    "example": exports.example,
}


def ask(question: str, *arguments: Any) -> str:
    """The answer to one of the QUESTIONS, as JSON."""
    return json.dumps(QUESTIONS[question](*arguments))
