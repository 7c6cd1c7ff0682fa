"""Boxes in columns and rows, and arrows that go around them.

A column is as wide as its widest box or label, so that between two columns nothing is in the way of a
vertical line; between two rows there is room for horizontal ones. So no arrow goes through a box or a word.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from cnn_shapes.draw.kit import arrows
from cnn_shapes.draw.kit.svg import Picture, Point, text_width
from cnn_shapes.draw.whole import boxes
from cnn_shapes.draw.whole.boxes import Box

if TYPE_CHECKING:
    from cnn_shapes.checking import CheckResult

_LEAST_GAP, _TRACK, _BESIDE_TRACKS = 22.0, 8.0, 9.0  # between columns; between lines in it; beside them
_BAND, _BAND_TRACK = 10.0, 9.0  # between rows
_TO_LABEL = 5.0
_WORDS_SIZE = 9.5


class Link(NamedTuple):
    """An arrow. `words` are written on it: those of a layer that is drawn as the arrow itself."""

    source: Box
    target: Box
    title: str
    words: str = ""


class _Route:
    """How an arrow goes: along which line of which gap and band, each by its number.

    `first` and `last` are the gaps, counted by the column on their left; of a way that needs one of them
    alone, both are that one. `band` is the one above this row; None: along the source's or the target's row.
    """

    def __init__(self, link: Link) -> None:
        self.link = link
        self.first: int | None = None
        self.last: int | None = None
        self.band: int | None = None
        self.track = 0
        self.tracks: dict[int, int] = {}


class _Tracks:
    """Parallel lines, each with the stretches of it that are taken and by whom."""

    def __init__(self) -> None:
        self._lines: list[list[tuple[float, float, Box]]] = []

    def __len__(self) -> int:
        return len(self._lines)

    def take(self, low: float, high: float, owner: Box) -> int:
        """The number of the first line that is free there, or taken by the same owner alone."""
        for number, line in enumerate(self._lines):
            if all(owner is other or high < start or low > end for start, end, other in line):
                line.append((low, high, owner))
                return number
        self._lines.append([(low, high, owner)])
        return len(self._lines) - 1


class Grid:
    """The rows and columns of boxes that have their numbers, and the ways between them."""

    def __init__(self, placed: Sequence[Box], links: Sequence[Link]) -> None:
        self.boxes, self.links = placed, links
        self._of_row: dict[int, dict[int, Box]] = defaultdict(dict)
        for box in placed:
            self._of_row[box.row][box.column] = box
        self.rows = sorted(self._of_row)
        self.columns = max(box.column for box in placed) + 1
        self._row_uses: dict[int, list[tuple[int, int, object]]] = defaultdict(list)
        self._routes = self._routed()
        self._gap_tracks = self._assign_gap_tracks()
        self._band_tracks = self._assign_band_tracks()

    def _is_free(self, row: int, after: int, before: int, owner: object) -> bool:
        """Whether nothing is in a row between two columns, and no other arrow goes along it there."""
        if any(after < column < before for column in self._of_row[row]):
            return False
        return not any(
            start < before and end > after and other is not owner for start, end, other in self._row_uses[row]
        )

    def _routed(self) -> list[_Route]:
        routes = []
        by_length = sorted(self.links, key=lambda link: link.target.column - link.source.column)
        for link in by_length:
            source, target = link.source, link.target
            route = _Route(link)
            routes.append(route)
            if source.row == target.row:
                if self._is_free(source.row, source.column, target.column, source):
                    self._row_uses[source.row].append((source.column, target.column, source))
                    continue
            elif target.column == source.column + 1:
                route.first = route.last = source.column
                continue
            elif self._is_free(source.row, source.column, target.column, source):
                self._row_uses[source.row].append((source.column, target.column, source))
                route.first = route.last = target.column - 1
                continue
            elif self._is_free(target.row, source.column, target.column, target):
                self._row_uses[target.row].append((source.column, target.column, target))
                route.first = route.last = source.column
                continue
            route.first, route.last = source.column, target.column - 1
            place = self.rows.index(target.row)
            below = self.rows.index(source.row) > place
            # the band above the target's row, below it where the arrow comes from there
            route.band = self.rows[place + 1] if below else target.row
        return routes

    def _assign_gap_tracks(self) -> dict[int, int]:
        """The line of each way in each gap, so that two of another source and target share none."""
        place = {row: float(number) for number, row in enumerate(self.rows)}
        tracks: dict[int, _Tracks] = defaultdict(_Tracks)
        ways: list[tuple[float, float, int, Box, _Route]] = []
        for route in self._routes:
            link, first, last = route.link, route.first, route.last
            start, end = place[link.source.row], place[link.target.row]
            if first is None or last is None:
                continue
            if route.band is None:
                owner = link.source if first == link.source.column else link.target
                ways.append((start, end, first, owner, route))
                continue
            band = place[route.band] - 0.5
            ways.append((start, band, first, link.source, route))
            if first != last:
                ways.append((band, end, last, link.target, route))
            else:
                ways[-1] = (min(start, band, end), max(start, band, end), first, link.source, route)
        for start, end, gap, owner, route in sorted(ways, key=lambda way: -abs(way[0] - way[1])):
            route.tracks[gap] = tracks[gap].take(min(start, end), max(start, end), owner)
        return {gap: len(lines) for gap, lines in tracks.items()}

    def _assign_band_tracks(self) -> dict[int, int]:
        tracks: dict[int, _Tracks] = defaultdict(_Tracks)
        for route in self._routes:
            if route.band is not None and route.first is not None and route.last is not None:
                route.track = tracks[route.band].take(route.first, route.last, route.link.source)
        return {band: len(lines) for band, lines in tracks.items()}

    def place(self, with_labels: Callable[[Box], bool]) -> None:
        """Give each box its place, and each gap and band its own."""
        for box in self.boxes:
            box.has_label = with_labels(box)
        said: dict[int, float] = defaultdict(float)
        for link in self.links:
            wide = text_width(link.words, _WORDS_SIZE)
            said[link.target.column] = max(said[link.target.column], wide)
        x = 0.0
        self._gap_left: dict[int, float] = {}
        for column in range(self.columns):
            here = [box for box in self.boxes if box.column == column]
            left = max(max(box.front / 2, box.label_width / 2 - _lean(box)) for box in here)
            right = max(max(box.width - box.front / 2, box.label_width / 2 + _lean(box)) for box in here)
            tracks = self._gap_tracks.get(column, 0)
            # words on an arrow may reach into a gap in which nothing goes up or down
            right = max(right, said[column] - left - (0 if tracks else _LEAST_GAP))
            for box in here:
                box.x = x + left - box.front / 2
            self._gap_left[column] = x + left + right
            x = self._gap_left[column] + max(_LEAST_GAP, 2 * _BESIDE_TRACKS + _TRACK * (tracks - 1) + 6)
        self._place_rows()

    def _place_rows(self) -> None:
        spoken = {link.target.row for link in self.links if link.words}
        y = 0.0
        self._band_bottom: dict[int, float] = {}
        for row in self.rows:
            here = self._of_row[row].values()
            above = max(box.height / 2 + box.up / 2 + _above(box) for box in here)
            below = max(box.height / 2 + box.up / 2 + _below(box) for box in here)
            if row in spoken:
                above = max(above, max(box.height / 2 + box.up / 2 for box in here) + 14)
            y += self._band_tracks.get(row, 0) * _BAND_TRACK + _BAND + above
            self._band_bottom[row] = y - above - _BAND / 2
            for box in here:
                box.y = y
            y += below

    def draw(self, picture: Picture, report: CheckResult) -> None:
        """Draw arrows, boxes and labels."""
        for route in self._routes:
            link = route.link
            is_skip = link.target.column > link.source.column + 1 and not link.words
            points = self._points(route)
            arrows.draw(picture, points, link.title, arrows.SKIP if is_skip else arrows.EDGE)
            if link.words:
                self._write(picture, link, points)
        for box in self.boxes:
            boxes.draw(picture, box, report)
        for box in self.boxes:
            top = box.top - box.label_height - 3 if box.label_above else box.bottom + _TO_LABEL
            boxes.draw_label(picture, box, top)

    def _points(self, route: _Route) -> list[Point]:
        source, target = route.link.source, route.link.target
        start, end = (source.right, source.y), (target.x - 1, target.y)
        if route.first is None or route.last is None:
            return [start, end]
        first = self._line(route, route.first)
        if route.band is None:
            return [start, (first, source.y), (first, target.y), end]
        height = self._band_bottom[route.band] - route.track * _BAND_TRACK
        last = self._line(route, route.last)
        return [start, (first, source.y), (first, height), (last, height), (last, target.y), end]

    def _line(self, route: _Route, gap: int) -> float:
        return self._gap_left[gap] + _BESIDE_TRACKS + route.tracks[gap] * _TRACK

    def _write(self, picture: Picture, link: Link, points: Sequence[Point]) -> None:
        """Write the words of an arrow beside its end, on the side that it comes from."""
        target = link.target
        below = link.source.y > target.y
        y = target.bottom + 12 if below else target.top - 6
        picture.text(points[-2][0] + 6, y, link.words, "t d", _WORDS_SIZE, "start")


def _lean(box: Box) -> float:
    """How far its label's middle is to the right of that of its fronts."""
    return box.across / 2 if box.label_above else 0.0


def _above(box: Box) -> float:
    return box.label_height + 4 if box.label_above else 4.0


def _below(box: Box) -> float:
    return 6.0 if box.label_above else box.label_height + _TO_LABEL + 2
