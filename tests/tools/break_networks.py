"""Breaks one number at a time in the zoo's specs and counts how often the repair brings it back.

    python -m tests.tools.break_networks [--count 2000] [--seed 1] [--verbose]

A breakage counts when it makes the check fail. `first` means that the first repair restores the text to the
byte, `three` that one of the first three does, `repaired` that some repair of the whole network exists.
"""

from __future__ import annotations

import argparse
import random
import time
from collections import Counter
from typing import NamedTuple

from cnn_shapes.checking import check_source
from cnn_shapes.discovery import shipped as zoo
from cnn_shapes.repair import repairs
from cnn_shapes.source import Edit, Map, Scalar, Sequence, Source, Span, TreeNode, read_yaml

_WINDOW = {
    "kernel_size": "kernel_size",
    "stride": "stride",
    "padding": "padding",
    "k": "kernel_size",
    "s": "stride",
}
_POOLS = ("maxpool", "avgpool")
_CHANNELS = ("filters", "units", "c", "w", "groups", "into")
_JOINS = ("concat", "add", "multiply", "from")


class Place(NamedTuple):
    """A number or name in a spec that can be broken: its kind in the table, its span, what is there."""

    kind: str
    span: Span
    value: int | str
    names: tuple[str, ...] = ()


class Row(NamedTuple):
    """One breakage and what became of it."""

    kind: str
    first: bool
    three: bool
    repaired: bool
    seconds: float


def places(source: Source) -> list[Place]:
    """Every place of a spec that is a field of a window, the input, units of a block or a join."""
    root = read_yaml(source).root
    assert isinstance(root, Map)
    found: list[Place] = []
    names = tuple(_names(root))
    for key, node in root.pairs:
        if key.text == "input":
            shapes = [value for _, value in node.pairs] if isinstance(node, Map) else [node]
            # a size that is an expression, or a vector, is not one of a picture
            sizes = [item for shape in shapes for item in shape.items[:-1]]  # type: ignore[union-attr]
            whole = [size for size in sizes if isinstance(size, Scalar) and type(size.value) is int]
            found += [Place("input", item.span, item.value) for item in whole]
        elif key.text in ("layers", "blocks", "defaults"):
            _walk(node, key.text, found, names)
    return found


def _names(node: TreeNode) -> list[str]:
    if isinstance(node, Sequence):
        return [name for item in node.items for name in _names(item)]
    if isinstance(node, Map):
        own = [value.text for key, value in node.pairs if key.text == "name" and isinstance(value, Scalar)]
        return own + [name for _, value in node.pairs for name in _names(value)]
    return []


def _walk(node: TreeNode, key: str, found: list[Place], names: tuple[str, ...], kind: str = "") -> None:
    if isinstance(node, Map):
        for inner, value in node.pairs:
            inside = inner.text if inner.text in _POOLS else kind
            _walk(value, inner.text, found, names, inside)
    elif isinstance(node, Sequence):
        for item in node.items:
            _walk(item, key, found, names, "" if key == "layers" else kind)
    elif key in _JOINS and node.text in names:
        found.append(Place("join", node.span, node.text, names))
    elif type(node.value) is int:
        if key in _POOLS or (kind in _POOLS and key == "kernel_size"):
            found.append(Place("pool", node.span, node.value))
        elif key in _WINDOW:
            found.append(Place(_WINDOW[key], node.span, node.value))
        elif key in _CHANNELS or (len(key) <= 3 and key[:1] in "cr"):
            found.append(Place("units", node.span, node.value))


def broken(place: Place, chance: random.Random) -> str:
    """Another value for a place, as a slip of the hand would give."""
    if isinstance(place.value, str):
        return chance.choice([name for name in place.names if name != place.value] or [place.value])
    if place.kind == "units":
        return str(
            max(1, chance.choice([place.value + 1, place.value - 1, 2 * place.value, place.value // 2 + 1]))
        )
    step = chance.choice([1, -1, 2]) if place.kind != "input" else chance.choice([1, -1, 2, -2, 4, 8])
    return str(max(0 if place.kind == "padding" else 1, place.value + step))


def run(count: int, seed: int, verbose: bool = False) -> list[Row]:
    """Break until `count` breakages failed the check."""
    chance = random.Random(seed)
    specs = [Source(name, zoo.text(name)) for name in zoo.names()]
    all_places = [(source, places(source)) for source in specs]
    rows: list[Row] = []
    for _ in range(200 * count):
        if len(rows) >= count:
            break
        source, found = chance.choice(all_places)
        place = chance.choice(found)
        text = broken(place, chance)
        if text == source.text[place.span.start : place.span.end]:
            continue
        changed = source.edited([Edit(place.span, text)])
        report = check_source(changed)
        if report.ok:
            continue
        start = time.process_time()
        answers = repairs(report)
        seconds = time.process_time() - start
        texts = [changed.edited(repair.edits).text for repair in answers.found]
        row = Row(place.kind, texts[:1] == [source.text], source.text in texts, bool(texts), seconds)
        rows.append(row)
        if verbose and not row.first:
            line = source.position(place.span.start)[0]
            print(f"{source.path}:{line} {place.kind} {place.value} -> {text}, {seconds:.2f} s:")
            print(*(f"    {repair.title}\n" for repair in answers.found), sep="", end="")
    return rows


def table(rows: list[Row]) -> str:
    """The figures by kind of breakage."""
    lines = [
        f"{'kind':<12} {'broken':>7} {'first':>7} {'three':>7} {'repaired':>9} {'seconds':>8} {'slowest':>8}"
    ]
    kinds = [*Counter(row.kind for row in rows), "all"]
    for kind in kinds:
        some = [row for row in rows if kind in (row.kind, "all")]
        share = [
            f"{100 * sum(flags) / len(some):.1f}%"
            for flags in zip(*((r.first, r.three, r.repaired) for r in some), strict=True)
        ]
        mean = sum(row.seconds for row in some) / len(some)
        slowest = max(row.seconds for row in some)
        shares = f"{share[0]:>7} {share[1]:>7} {share[2]:>9}"
        lines.append(f"{kind:<12} {len(some):>7} {shares} {mean:>8.3f} {slowest:>8.2f}")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    print(table(run(options.count, options.seed, options.verbose)))


if __name__ == "__main__":
    main()
