"""Concepts that a beginner asks for, each a screen: what stride is, why 25 has no half, what a MAC counts.

They stand in `concepts.txt`, in the order in which a course would tell them.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from cnn_shapes.shown_text import cells, padded
from cnn_shapes.words import ENGLISH, concept_texts, say, spoken

_TEXTS = Path(__file__).with_name("concepts.txt")


class Concept(NamedTuple):
    """A concept: `sentence` says it in one, `body` in a screen with a drawing and numbers.

    `other_names` find it too; `rules` are those that it is the reason of.
    """

    name: str
    other_names: tuple[str, ...]
    rules: tuple[str, ...]
    sentence: str
    body: str


@cache
def concepts() -> tuple[Concept, ...]:
    """All concepts."""
    sections = re.split(r"^== (.*)\n", _TEXTS.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    return tuple(_read(head, text) for head, text in zip(sections[::2], sections[1::2], strict=True))


def _read(head: str, text: str) -> Concept:
    name, names, rules = ([part.strip() for part in half.split(",")] for half in head.split("|"))
    sentence, _, body = text.strip().partition("\n")
    return Concept(name[0], tuple(names), tuple(filter(None, rules)), sentence, body.strip("\n"))


def concept(name: str) -> Concept | None:
    """The concept of a name, however its words are joined: receptive field, receptive_field, or with -."""
    if not name.isascii():
        name = _by_korean_name().get(_key(name), name)
    return _by_name().get(_key(name))


def concept_of_rule(rule: str) -> Concept | None:
    """The concept that a rule follows from; None where it is about the text alone."""
    return next((one for one in concepts() if rule in one.rules), None)


def names() -> list[str]:
    """The names of all concepts."""
    return [one.name for one in concepts()]


def data(name: str) -> dict[str, Any] | None:
    """A concept as data."""
    found = concept(name)
    if found is None:
        return None
    return {"type": "concept", "name": found.name, "sentence": found.sentence, "text": found.body}


def text(found: dict[str, Any]) -> str:
    """The screen of a concept."""
    one = shown(str(found["name"]))
    return f"{one.name}\n\n{one.sentence}\n\n{one.body}\n"


def lines_of(found: Concept) -> list[str]:
    """The sentence of a concept, and where the whole of it is."""
    return [shown(found.name).sentence, say("explain {concept} draws it", concept=found.name)]


def every() -> dict[str, Any]:
    """Every concept with its sentence."""
    listed = [{"name": one.name, "sentence": one.sentence} for one in concepts()]
    return {"type": "concepts", "concepts": listed}


def every_text(found: dict[str, Any]) -> str:
    listed = [shown(str(one["name"])) for one in found["concepts"]]
    width = max(cells(one.name) for one in listed)
    lines = [f"{padded(one.name, width)}  {one.sentence}" for one in listed]
    last = say("`cnn-shapes explain NAME` draws it, as in cnn-shapes explain stride")
    return "\n".join([*lines, "", last, ""])


def shown(name: str) -> Concept:
    """A concept in the language that is spoken here, by its English name."""
    found = concept(name)
    assert found is not None
    if spoken() == ENGLISH:
        return found
    names, sentence, body = concept_texts()[found.name]
    return found._replace(name=f"{names[0]} ({found.name})", sentence=sentence, body=body)


@cache
def _by_name() -> dict[str, Concept]:
    return {_key(name): one for one in concepts() for name in (*one.other_names, one.name)}


@cache
def _by_korean_name() -> dict[str, str]:
    return {_key(name): english for english, (names, _, _) in concept_texts().items() for name in names}


def _key(name: str) -> str:
    return re.sub(r"[\s_-]+", " ", name.strip().lower())
