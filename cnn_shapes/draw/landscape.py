"""A whole network as boxes: in a row where its layers follow one another, else in stages or branches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from cnn_shapes.draw.kit.svg import AUTO, Picture, within_limit
from cnn_shapes.draw.scene import MOST_ITEMS, SceneItem, items_of, runs_of
from cnn_shapes.draw.whole import problems, row, rows
from cnn_shapes.draw.whole.boxes import Box
from cnn_shapes.draw.whole.grid import Grid, Link
from cnn_shapes.shown_text import short_number
from cnn_shapes.source import shown_path

if TYPE_CHECKING:
    from cnn_shapes.checking import CheckResult

_TALL, _TALL_IN_ROWS = 140.0, 104.0  # the largest map
_FEW = 14
Sources = dict[int, list[Box]]


def landscape(report: CheckResult, *, theme: str = AUTO) -> str:
    """The network of a report as SVG. Raises Undrawable where its text is not a network."""
    return within_limit(lambda most: _landscape(report, most, theme), MOST_ITEMS)


def _landscape(report: CheckResult, most: int, theme: str) -> str:
    items = items_of(report, most)
    runs = runs_of(items)
    picture = Picture()
    placed = _boxes(runs, _TALL if len(runs) < _FEW else _TALL - 16)
    links = _links(placed)
    home = {id(item): box for box in placed for item in box.items}
    problems.numbered(report, {node.index: home[id(item)] for item in items for node in item.nodes})
    in_row = [(source, target, title) for source, target, title, _ in links]
    sources = _sources(placed, links)
    if row.fits(placed, in_row) and not rows.goes_up_again(placed, sources):
        row.draw(picture, placed, in_row, report)
    else:
        placed = _draw_grid(picture, runs, report)
    failed = next((box for box in placed if box.item.state == "error"), None)
    if report.errors:
        problems.draw(picture, report, failed)
    else:
        _draw_totals(picture, report)
    return picture.render(_title(report), theme=theme)


def _boxes(runs: Sequence[Sequence[SceneItem]], tall: float) -> list[Box]:
    tallest: dict[int, int] = {}  # by rank: a sequence may be longer than any image
    for run in runs:
        shape = run[0].output
        if shape is not None and shape.rank:
            kind = min(shape.rank, 2)
            tallest[kind] = max(tallest.get(kind, 1), *shape.sizes)
    return [Box(run, tallest, tall) for run in runs]


def _links(placed: Sequence[Box]) -> list[Link]:
    """Each pair of boxes of which one reads the other, once."""
    home = {id(item): box for box in placed for item in box.items}
    return [
        Link(home[id(source)], box, f"{source.name} → {box.items[0].name}")
        for box in placed
        for source in box.items[0].sources
    ]


def _sources(placed: Sequence[Box], links: Sequence[Link]) -> Sources:
    found: Sources = {id(box): [] for box in placed}
    for link in links:
        found[id(link.target)].append(link.source)
    return found


def _draw_grid(picture: Picture, runs: Sequence[Sequence[SceneItem]], report: CheckResult) -> list[Box]:
    placed = _boxes(runs, _TALL_IN_ROWS)
    links = _links(placed)
    sources = _sources(placed, links)
    home = {id(item): box for box in placed for item in box.items}
    problems.numbered(
        report, {node.index: home[id(item)] for run in runs for item in run for node in item.nodes}
    )
    in_stages = rows.goes_up_again(placed, sources)
    if in_stages:
        found = rows.stages(placed, sources)
        placed, links = _with_changes_as_arrows(placed, links, found)
        sources = _sources(placed, links)
        rows.set_by_stage(placed, sources, found)
    else:
        rows.set_by_branch(placed, sources)
    grid = Grid(placed, links)
    grid.place(lambda box: not (in_stages and box.is_sign))
    grid.draw(picture, report)
    return placed


def _with_changes_as_arrows(
    placed: list[Box], links: list[Link], found: Mapping[int, int]
) -> tuple[list[Box], list[Link]]:
    """Pools and upsamplings between two rows are the arrows between them, where one box reads them."""
    readers: dict[int, list[Link]] = {}
    for link in links:
        readers.setdefault(id(link.source), []).append(link)
    arrows: dict[int, Link] = {}  # by the box that becomes an arrow, what it reads
    for link in links:
        box, after = link.target, readers.get(id(link.target), [])
        if (
            box.item.family in ("pool", "up")
            and box.item.state == "ok"
            and not box.item.sub
            and len(box.items) == 1
            and len(after) == 1
            and found[id(box)] == found[id(after[0].target)] != found[id(link.source)]
            and after[0].target.item.output is not None
            and after[0].target.item.output.rank
            and id(link.source) not in arrows
        ):
            arrows[id(box)] = link
    kept = []
    for link in links:
        if id(link.target) in arrows:
            continue
        before = arrows.get(id(link.source))
        if before is not None:
            through = link.source.item
            title = f"{before.source.item.name} → {through.name} → {link.target.items[0].name}"
            link = Link(before.source, link.target, title, through.words.head.partition(",")[0])
        kept.append(link)
    return [box for box in placed if id(box) not in arrows], kept


def _draw_totals(picture: Picture, report: CheckResult) -> None:
    if report.trace is None:
        return
    totals = report.trace.totals
    text = f"{totals.params:,} parameters · {short_number(totals.macs)} MACs"
    picture.text(picture.left, picture.bottom + 20, text, "t d", 10.5, "start")


def _title(report: CheckResult) -> str:
    name = report.spec.name if report.spec is not None else None
    return name or shown_path(report.source.path)
