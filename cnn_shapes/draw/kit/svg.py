"""SVG as text: shapes and words with their bounds, styles for light and dark, one file without a request."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from unicodedata import combining, east_asian_width

from cnn_shapes.draw.kit.palette import COLOURS, FONTS, STYLES
from cnn_shapes.shown_text import spelled_out

Point = tuple[float, float]

AUTO, LIGHT, DARK = THEMES = ("auto", "light", "dark")
LONGEST_NAME = 26  # characters of a name that are drawn; the whole name is in the title of its shape
# what no XML may hold, escaped or not
MOST_BYTES, _FEWEST = 24_000, 5  # of a picture of many things; and of these
_NOT_XML = "[\ufffe\uffff]"
# Advance widths of Helvetica for the characters from the space to the tilde, in thousandths of the size
_WIDTHS = (
    *(278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278),
    *(556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556),
    *(1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778),
    *(667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556),
    *(333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556),
    *(556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584),
)
# Other fonts of the same stack are wider, and so is bold.
_SANS_ROOM, _BOLD_ROOM, _MONO_WIDTH = 1.06, 1.22, 0.61


def within_limit(drawn: Callable[[int], str], most: int) -> str:
    """The picture of as many things as fit its bytes: where each reads all others, that may be few."""
    picture = drawn(most)
    while len(picture) > MOST_BYTES and most > _FEWEST:
        most = max(most * 2 // 3, _FEWEST)
        picture = drawn(most)
    return picture


def number(value: float) -> str:
    """A coordinate to a tenth: more is not seen, and costs bytes."""
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def escaped(text: str) -> str:
    """Text of a user's as text of an XML file: no markup, no control, no mark of direction."""
    text = spelled_out(text)
    if not text.isascii():
        text = re.sub(_NOT_XML, "?", text)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def shortened(text: str, most: int = LONGEST_NAME) -> str:
    """A text without its end where it is long."""
    text = spelled_out(text)
    return text if len(text) <= most else f"{text[: most - 1]}…"


def text_width(text: str, size: float, classes: str = "") -> float:
    """At most how wide a text is in any font of its stack, in the picture's units."""
    words = classes.split()
    text = spelled_out(text)
    if "m" in words:
        return (
            sum(_MONO_WIDTH if character.isascii() else _other_width(character) for character in text) * size
        )
    room = _SANS_ROOM * (_BOLD_ROOM if "b" in words else 1)
    ems = sum(
        _WIDTHS[ord(character) - 32] / 1000 if " " <= character <= "~" else _other_width(character)
        for character in text
    )
    return ems * room * size


def _other_width(character: str) -> float:
    if combining(character):
        return 0
    if character in "×·…→−⌊⌋⌈⌉✗":
        return 1.0 if character in "…→✗" else 0.61
    return 1.35 if east_asian_width(character) in "WF" else 1.0


class Picture:
    """What is drawn, from back to front, and the bounds of it all."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._used: set[str] = set()
        self.left = self.top = float("inf")
        self.right = self.bottom = float("-inf")

    def include(self, *points: Point) -> None:
        """Widen the bounds to these points."""
        for x, y in points:
            self.left, self.right = min(self.left, x), max(self.right, x)
            self.top, self.bottom = min(self.top, y), max(self.bottom, y)

    def classes(self, names: str) -> str:
        """The attribute for these classes, which the style then knows."""
        used = names.split()
        self._used.update(used)
        return f' class="{" ".join(f"cs-{name}" for name in used)}"' if used else ""

    def add(self, markup: str) -> None:
        """Draw what is SVG already."""
        self._parts.append(markup)

    def path(self, data: str, classes: str, points: Iterable[Point] = (), extra: str = "") -> None:
        """Draw a path. Its bounds are those of `points`."""
        self.include(*points)
        self.add(f'<path{self.classes(classes)} d="{data}"{extra}/>')

    def polygon(self, points: Sequence[Point], classes: str) -> None:
        corners = "L".join(f"{number(x)} {number(y)}" for x, y in points)
        self.path(f"M{corners}Z", classes, points)

    def rectangle(
        self, x: float, y: float, width: float, height: float, classes: str, radius: float = 0
    ) -> None:
        self.include((x, y), (x + width, y + height))
        size = f'width="{number(width)}" height="{number(height)}"'
        rounded = f' rx="{number(radius)}"' if radius else ""
        self.add(f'<rect{self.classes(classes)} x="{number(x)}" y="{number(y)}" {size}{rounded}/>')

    def text(
        self, x: float, y: float, text: str, classes: str = "t", size: float = 11, anchor: str = "middle"
    ) -> None:
        """Write a text whose baseline begins, ends or has its middle at a point."""
        wide = text_width(text, size, classes)
        left = {"start": x, "middle": x - wide / 2, "end": x - wide}[anchor]
        self.include((left, y - size), (left + wide, y + size * 0.3))
        placed = "" if anchor == "start" else f' text-anchor="{anchor}"'
        sized = "" if size in _own_sizes(classes) else f' style="font-size:{number(size)}px"'
        where = f'x="{number(x)}" y="{number(y)}"{placed}{sized}'
        self.add(f"<text{self.classes(classes)} {where}>{escaped(text)}</text>")

    def spans(self, x: float, y: float, spans: Sequence[tuple[str, str]], classes: str, size: float) -> None:
        """Write a text in several colours, from a point on: each piece with its classes."""
        wide = sum(text_width(text, size, f"{classes} {own}") for text, own in spans)
        self.include((x, y - size), (x + wide, y + size * 0.3))
        where = f'x="{number(x)}" y="{number(y)}" style="font-size:{number(size)}px" xml:space="preserve"'
        pieces = [f"<tspan{self.classes(own)}>{escaped(text)}</tspan>" for text, own in spans]
        self.add(f"<text{self.classes(classes)} {where}>{''.join(pieces)}</text>")

    def open_group(self, classes: str = "", title: str = "") -> None:
        """Begin what belongs together; the title is what a reader who points at it is told."""
        said = "\n".join(escaped(line) for line in title.split("\n")) if title else ""
        self.add(f"<g{self.classes(classes)}>" + (f"<title>{said}</title>" if said else ""))

    def close_group(self) -> None:
        self.add("</g>")

    def render(self, title: str, theme: str = AUTO, margin: float = 14) -> str:
        """The whole picture."""
        if theme not in THEMES:
            raise ValueError(f"the theme must be one of {', '.join(THEMES)}, found {theme}")
        x, y = self.left - margin, self.top - margin
        wide, high = self.right - self.left + 2 * margin, self.bottom - self.top + 2 * margin
        box = f"{number(x)} {number(y)} {number(wide)} {number(high)}"
        paper = (
            f'<rect{self.classes("bg")} x="{number(x)}" y="{number(y)}"'
            f' width="{number(wide)}" height="{number(high)}"/>'
        )
        style = _sheet(self._used, theme)
        return "\n".join(
            (
                f'<svg xmlns="http://www.w3.org/2000/svg" class="cs" viewBox="{box}"'
                f' width="{number(wide)}" height="{number(high)}" role="img">',
                f"<title>{escaped(title)}</title>",
                f"<style>{style}</style>",
                paper,
                *self._parts,
                "</svg>\n",
            )
        )


def _own_sizes(classes: str) -> list[float]:
    """The size that the font of a text has by itself."""
    return [size for name, size in FONTS.items() if name in classes.split()]


def _sheet(used: set[str], theme: str) -> str:
    """The style of the classes that are used; in `auto`, dark is said for a reader who asks for it."""
    base = 1 if theme == DARK else 0
    rules, dark = [], []
    for name, style in STYLES.items():
        if name not in used:
            continue
        said = {key: _coloured(value, base) for key, value in style.items()}
        other = {key: _coloured(value, 1) for key, value in style.items()}
        rules.append(_rule(name, said))
        changed = {key: value for key, value in other.items() if value != said[key]}
        if changed:
            dark.append(_rule(name, changed))
    if theme == AUTO and dark:
        rules.append(f"@media(prefers-color-scheme:dark){{{''.join(dark)}}}")
    return "".join(rules)


def _coloured(value: str, theme: int) -> str:
    return COLOURS[value][theme] if value in COLOURS else value


def _rule(name: str, style: Mapping[str, str]) -> str:
    """A rule that holds over those of a font, whichever comes first: a page may have several pictures."""
    inside = "" if name in FONTS else ".cs "
    return f"{inside}.cs-{name}{{{';'.join(f'{key}:{value}' for key, value in style.items())}}}"
