"""Breaks one thing at a time in known networks and counts how often the repair brings it back.

    python -m tests.tools.break_networks [FOLDER ...] [--count 2000] [--seed 1] [--words] [--zoo] [--verbose]

Broken are the specs that ship and those in the folders, a number at a time, or with `--words` a key, a line
or the spelling of a word. A breakage counts when it makes the check fail. `first` means that the first repair
restores the text to the byte (after a slip in words: the same network), `three` that one of the first three
does, `twin` that the place is told beside one of these, `repaired` that some repair of the whole network
exists, `fault` that an exception came out.

Networks that nobody here has written are the hundred of `timm_networks.txt`, folded to specs:

    python -m tests.tools.fold_models --keep FOLDER --specs FOLDER $(cat tests/tools/timm_networks.txt)

They were drawn by a hash of their names, at most five of a module of timm, and never chosen by how they do.

Costs are fitted to half of the networks alone. Which half one is in is decided by a hash of its name, so
that nobody chooses; figures of the other half say what to expect of a network that was never seen.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable, Iterable
from collections.abc import Sequence as SequenceOf
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from cnn_shapes.checking import CheckResult, check_source
from cnn_shapes.discovery import shipped as zoo
from cnn_shapes.repair import repairs
from cnn_shapes.source import Edit, Map, Scalar, Sequence, Source, Span, TreeNode, read_yaml

FITTED, MEASURED = "fitted", "measured"

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
    network: str
    first: bool
    three: bool
    twin: bool
    repaired: bool
    fault: bool
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


class Breakage(NamedTuple):
    """A text with one slip in it: its kind, the line and what was done there."""

    kind: str
    line: int
    what: str
    text: Source


def half(name: str) -> str:
    """Whether costs may be fitted to a network, or are only measured on it."""
    return FITTED if sha256(name.encode()).digest()[0] % 2 == 0 else MEASURED


def of_numbers(source: Source) -> Callable[[random.Random], Breakage | None]:
    """Draws a number or a name of a join, and puts another in its place."""
    found = places(source)

    def draw(chance: random.Random) -> Breakage | None:
        place = chance.choice(found)
        text = broken(place, chance)
        if text == source.text[place.span.start : place.span.end]:
            return None
        line = source.position(place.span.start)[0]
        return Breakage(place.kind, line, f"{place.value} -> {text}", source.edited([Edit(place.span, text)]))

    return draw


def of_words(source: Source) -> Callable[[random.Random], Breakage | None]:
    """Draws a kind of slip in words, and one place for it."""
    from tests.tools.slips import WORDS, slip

    def draw(chance: random.Random) -> Breakage | None:
        kind = chance.choice(WORDS)
        made = slip(source, kind, chance)
        if made is None or made.text == source.text:
            return None
        return Breakage(kind, made.line, "", Source(source.path, made.text))

    return draw


def run(
    count: int,
    seed: int,
    sources: SequenceOf[Source] = (),
    drawing: Callable[[Source], Callable[[random.Random], Breakage | None]] = of_numbers,
    verbose: bool = False,
) -> list[Row]:
    """Break until `count` breakages failed the check; without sources, the specs that ship."""
    chance = random.Random(seed)
    sources = sources or shipped()
    draws = [(source, drawing(source)) for source in sources]
    rows: list[Row] = []
    for _ in range(200 * count):
        if len(rows) >= count:
            break
        source, draw = chance.choice(draws)
        made = draw(chance)
        report = check_source(made.text) if made is not None else None
        if made is None or report is None or report.ok:
            continue
        rows.append(judged(source, made, report, verbose))
    return rows


def judged(source: Source, made: Breakage, report: CheckResult, verbose: bool) -> Row:
    """What the repairs of a broken text are worth."""
    start = time.process_time()
    try:
        answers = repairs(report)
    except Exception as error:
        print(f"{source.path}:{made.line} {made.kind} {made.what}: {error!r}", flush=True)
        return Row(made.kind, source.path, False, False, False, False, True, time.process_time() - start)
    seconds = time.process_time() - start
    texts = [report.source.edited(repair.edits) for repair in answers.found]
    hits = [is_restored(source, text, bool(made.what)) for text in texts]
    told = [
        is_restored(source, report.source.edited(twin.edits), bool(made.what))
        for repair in answers.found
        for twin in repair.twins
    ]
    row = Row(
        made.kind,
        source.path,
        hits[:1] == [True],
        True in hits,
        True in [*hits, *told],
        bool(hits),
        False,
        seconds,
    )
    if verbose and not row.first:
        at = hits.index(True) + 1 if row.three else "twin" if row.twin else "-"
        print(
            f"{source.path}:{made.line} {made.kind} {made.what}, {seconds:.2f} s, {at}: "
            f"{report.source.line_text(made.line).strip()}"
        )
        print(f"    {report.errors[0].message()} (line {report.source.line_of(report.errors[0].span.start)})")
        print(
            *(f"    {repair.cost:4} {repair.title}\n" for repair in answers.found), sep="", end="", flush=True
        )
    return row


def is_restored(source: Source, text: Source, to_the_byte: bool) -> bool:
    """Whether a text is the original again, or at least the same network."""
    if text.text == source.text or to_the_byte:
        return text.text == source.text
    return _network(check_source(source)) == _network(check_source(text))


def _network(report: CheckResult) -> list[object]:
    nodes = report.trace.network.nodes if report.trace is not None else []
    return [
        (
            node.kind,
            None if node.layer is None else node.layer.signature(),
            node.output,
            [one.index for one in node.inputs],
        )
        for node in nodes
    ]


def shipped() -> list[Source]:
    return [Source(name, zoo.text(name)) for name in zoo.names()]


def of_folders(folders: Iterable[Path]) -> list[Source]:
    """The specs of folders that have no error, under their names."""
    files = [file for folder in folders for file in sorted(folder.glob("*.yaml"))]
    found = [Source(file.stem, file.read_text(encoding="utf-8")) for file in files]
    return [source for source in found if check_source(source, rules=False).ok]


def table(rows: SequenceOf[Row]) -> str:
    """The figures by kind of breakage."""
    words = ("broken", "first", "three", "twin", "repaired", "faults")
    lines = [" ".join([f"{'kind':<14}", *(f"{word:>8}" for word in words), f"{'seconds':>8} {'slowest':>8}"])]
    for kind in [*sorted({row.kind for row in rows}), "all"]:
        some = [row for row in rows if kind in (row.kind, "all")]
        flags = zip(*((row.first, row.three, row.twin, row.repaired) for row in some), strict=True)
        share = " ".join(f"{100 * sum(one) / len(some):>7.1f}%" for one in flags)
        mean = sum(row.seconds for row in some) / len(some)
        slowest = max(row.seconds for row in some)
        faults = sum(row.fault for row in some)
        lines.append(f"{kind:<14} {len(some):>8} {share} {faults:>8} {mean:>8.3f} {slowest:>8.2f}")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--words", action="store_true", help="break words and lines, not numbers")
    parser.add_argument("--zoo", action="store_true", help="with folders: the specs that ship, too")
    parser.add_argument("--only", choices=(FITTED, MEASURED), help="the networks of one half alone")
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    sources = of_folders(options.folders)
    sources += shipped() if options.zoo or not options.folders else []
    if options.only:
        sources = [source for source in sources if half(source.path) == options.only]
    rows = run(
        options.count, options.seed, sources, of_words if options.words else of_numbers, options.verbose
    )
    for one in (FITTED, MEASURED):
        some = [row for row in rows if half(row.network) == one]
        if some:
            print(f"{one}: {len({row.network for row in some})} networks", table(some), "", sep="\n")
    print("both:", table(rows), sep="\n")


if __name__ == "__main__":
    main()
