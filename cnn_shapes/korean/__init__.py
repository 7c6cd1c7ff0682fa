"""Korean: what each English template is in it, and particles that fit the facts. Loaded where it is told."""

from __future__ import annotations

import re
from collections.abc import Mapping
from string import Formatter
from typing import Any

from cnn_shapes.korean.catalogue import CATALOGUE as CATALOGUE
from cnn_shapes.korean.particles import particle

_SPEC = re.compile(r"(.*?)([가-힣]*)")


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
    return str(_KOREAN.vformat(CATALOGUE.get(template, template), (), facts))
