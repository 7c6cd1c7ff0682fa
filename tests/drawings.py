"""What is in a picture, read from its SVG as any reader of XML would."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple
from xml.etree import ElementTree

SVG = "{http://www.w3.org/2000/svg}"
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


class Place(NamedTuple):
    """A rectangle."""

    left: float
    top: float
    width: float
    height: float


class DrawnBox(NamedTuple):
    """A box of a landscape: what its title says, the front of its first box."""

    title: str
    front: Place

    @property
    def sizes(self) -> tuple[int, ...]:
        """The shape that its title says."""
        line = next(line for line in self.title.split("\n") if re.fullmatch(r"[\d×?]+", line))
        return tuple(int(size) for size in line.split("×") if size != "?")


def parsed(svg: str) -> ElementTree.Element:
    """The root. Raises ParseError for what is not XML."""
    return ElementTree.fromstring(svg)


def view_box(svg: str) -> Place:
    return Place(*map(float, parsed(svg).attrib["viewBox"].split()))


def classes(svg: str) -> set[str]:
    """Every class that anything has."""
    return {name for element in parsed(svg).iter() for name in element.attrib.get("class", "").split()}


def texts(svg: str) -> list[str]:
    """All that is written, a text with pieces as one."""
    return ["".join(element.itertext()) for element in parsed(svg).iter(f"{SVG}text")]


def titles(svg: str) -> list[str]:
    """What each group says of itself."""
    return [
        element.text or ""
        for group in parsed(svg).iter(f"{SVG}g")
        for element in group.findall(f"{SVG}title")
    ]


def arrows(svg: str) -> list[tuple[str, ...]]:
    """The names that each arrow says it goes from, through and to."""
    return [tuple(title.split(" → ")) for title in titles(svg) if " → " in title]


def boxes(svg: str) -> Iterator[DrawnBox]:
    """The boxes of a landscape, as they are drawn."""
    for group in parsed(svg).iter(f"{SVG}g"):
        front = next((one for one in group if "-front" in one.attrib.get("class", "")), None)
        title = group.findtext(f"{SVG}title")
        if front is not None and front.tag == f"{SVG}path" and title is not None:
            yield DrawnBox(title, bounds(front.attrib["d"]))


def bounds(path: str) -> Place:
    """Around a path of absolute corners."""
    numbers = [*map(float, _NUMBER.findall(path))]
    xs, ys = numbers[::2], numbers[1::2]
    return Place(min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))


def rectangles(svg: str, name: str) -> list[Place]:
    """The rectangles of a class."""
    return [
        Place(*(float(one.attrib[key]) for key in ("x", "y", "width", "height")))
        for one in parsed(svg).iter(f"{SVG}rect")
        if f"cs-{name}" in one.attrib.get("class", "").split()
    ]
