"""The same graph as text of Mermaid, which GitHub and many editors draw: nodes, arrows, no layout."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cnn_shapes.draw.blocks import MOST_LAYERS
from cnn_shapes.draw.kit.palette import FAMILIES
from cnn_shapes.draw.naming import group_of
from cnn_shapes.draw.scene import SceneItem, edges_of, inside, items_of
from cnn_shapes.shown_text import spelled_out

if TYPE_CHECKING:
    from cnn_shapes.checking import CheckResult

# Mermaid reads these in a label: as its end, as Markdown, as an entity, as markup.
_READ = {'"': "#quot;", "#": "#35;", "<": "#lt;", ">": "#gt;", "&": "#amp;", "`": "#96;", "\\": "#92;"}
_ERROR = "fill:#fff5f5,stroke:#e5484d,color:#a40e26,stroke-width:2px"


def flowchart(report: CheckResult, name: str = "") -> str:
    """The network, or the inside of the block of this name, as a flowchart. Raises Undrawable."""
    if name:
        outside, within = inside(report, group_of(report, name), MOST_LAYERS)
        items: Sequence[SceneItem] = [*outside, *within]
    else:
        items = items_of(report)
    number = {id(item): f"n{place}" for place, item in enumerate(items)}
    lines = ["flowchart LR"]
    lines += [f"  {number[id(item)]}{_node(item)}" for item in items]
    lines += [f"  {number[id(source)]} --> {number[id(target)]}" for source, target in edges_of(items)]
    used = dict.fromkeys(_class(item) for item in items)
    lines += [f"  classDef {family} {_style(family)}" for family in used]
    lines += [
        f"  class {','.join(number[id(item)] for item in items if _class(item) == family)} {family}"
        for family in used
    ]
    return "".join(f"{line}\n" for line in lines)


def _node(item: SceneItem) -> str:
    head = (
        f"{item.repeat:,} × {item.words.head}" if item.repeat > 1 and not item.is_block else item.words.head
    )
    label = "<br/>".join(_escaped(line) for line in (head, item.sub, item.text) if line)
    return f'(["{label}"])' if item.is_input else f'["{label}"]'


def _escaped(text: str) -> str:
    return "".join(_READ.get(character, character) for character in spelled_out(text))


def _class(item: SceneItem) -> str:
    return "wrong" if item.state == "error" else item.family


def _style(family: str) -> str:
    if family not in FAMILIES:
        return _ERROR
    _, top, _, outline = FAMILIES[family]
    return f"fill:{top},stroke:{outline},color:#1f2328"
