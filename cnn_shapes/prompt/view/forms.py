"""One thing said at several lengths: what is shown is the longest that fits."""

from __future__ import annotations

from typing import NamedTuple

from cnn_shapes.formats.parts.terminal_text import cells

GREY, GOOD, RED = "grey", "good", "red"
_CUT = "..."


class Preview(NamedTuple):
    """`forms` say the same at less and less length."""

    forms: tuple[str, ...]
    style: str = GREY

    def fitting(self, width: int) -> str:
        """The longest form that fits; of the shortest as much as fits."""
        for form in self.forms:
            if cells(form) <= width:
                return form
        text = self.forms[-1] if self.forms else ""
        if width <= len(_CUT):
            return ""
        while text and cells(text) > width - len(_CUT):
            text = text[:-1]
        return text.rstrip() + _CUT if text else ""


def choices(names: list[str]) -> Preview:
    """Words to choose from, as many as there is room for."""
    shown = [", ".join(names[:most]) + (", ..." if len(names) > most else "") for most in (12, 8, 5, 3)]
    return Preview(tuple(dict.fromkeys(shown)))
