"""Korean: what each English template is in it, and particles that fit the facts. Loaded where it is told."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from string import Formatter
from typing import Any

from cnn_shapes.korean.catalogue import CATALOGUE as CATALOGUE
from cnn_shapes.korean.particles import particle

_SPEC = re.compile(r"(.*?)([가-힣]*)")
_JOINTS = (": ", "; ", ", ", " ")  # at which a message is put together of parts, the strongest first
_FACT = re.compile(r"\{\w*(?::[^{}]*)?\}")


class _Korean(Formatter):
    """Formats as `str.format` does; of `{size:은}` or `{count:,은}` the end is a particle."""

    def format_field(self, value: Any, format_spec: str) -> str:
        found = _SPEC.fullmatch(format_spec)
        assert found is not None
        own, form = found.groups()
        text = format(value, own)
        return text + particle(text, form) if form else text


_KOREAN = _Korean()


def said(template: str, facts: Mapping[str, Any]) -> str:
    """An English template in Korean, filled in; in English where the catalogue does not have it."""
    return str(_KOREAN.vformat(translated(template) or template, (), facts))


def rule_texts() -> Mapping[str, tuple[str, str, str]]:
    """By the name of a rule: the checksum of its English, its summary, and why it is one."""
    from cnn_shapes.korean.texts.rule_texts import TEXTS

    return TEXTS


@lru_cache(maxsize=1)
def concepts() -> Mapping[str, tuple[tuple[str, ...], str, str]]:
    """By the English name of a concept: its Korean names, its sentence, the rest of its screen."""
    text = Path(__file__).with_name("texts").joinpath("concepts.txt").read_text(encoding="utf-8")
    sections = re.split(r"^== (.*)\n", text, flags=re.MULTILINE)[1:]
    found = {}
    for head, section in zip(sections[::2], sections[1::2], strict=True):
        names, _, english = head.partition(" | ")
        sentence, _, body = section.strip().partition("\n")
        found[english.strip()] = (tuple(names.split(", ")), sentence, body.strip("\n"))
    return found


@lru_cache(maxsize=4096)
def translated(template: str) -> str | None:
    """The Korean of a template, of its parts where it is put together; None where the catalogue has none."""
    if template in CATALOGUE:
        return CATALOGUE[template]
    if not re.search("[A-Za-z]", _FACT.sub("", template)):
        return template  # nothing but facts and signs
    if template[:1] == " " and (own := translated(template.lstrip(" "))) is not None:
        return " " * (len(template) - len(template.lstrip(" "))) + own
    for joint in _JOINTS:
        place = template.find(joint)
        while place >= 0:
            first, rest = CATALOGUE.get(template[:place]), template[place + len(joint) :]
            if first is not None and (second := translated(rest)) is not None:
                ended = joint == ", " and first.endswith("니다")
                return f"{first}{'. ' if ended else joint}{second}"
            place = template.find(joint, place + 1)
    return None
