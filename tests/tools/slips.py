"""Makes slips of the hand in known specs, so that a reader can say whether the messages alone mend them.

    python -m tests.tools.slips make FOLDER --seed 7 [--count 100] [--networks DIR]
    python -m tests.tools.slips judge FOLDER

`make` writes, for each slip, `NN.yaml` with the broken spec and `NN.txt` with what `check` says of it, but no
fixes; `slips.tsv` says what was done, and is not for the reader. The reader writes the mended spec to
`NN.mended`, and a line `NN score` for each to `scores.txt`: how clear the message was, from 1 to 5. `judge`
checks the mended specs and prints the figures by kind of slip.
"""

from __future__ import annotations

import argparse
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator
from io import StringIO
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from cnn_shapes.checking import check_path, check_source
from cnn_shapes.discovery import shipped
from cnn_shapes.formats import show
from cnn_shapes.formats.parts.streams import Output
from cnn_shapes.formats.parts.terminal_text import DisplayOptions
from cnn_shapes.repair import advise
from cnn_shapes.source import Edit, Map, Scalar, Sequence, Source, Span, TreeNode, read_yaml
from tests.tools.break_networks import broken, places

_LISTS = ("layers", "shortcut")


class Slip(NamedTuple):
    """A slip: its kind, the line where it was made, and the text afterwards."""

    kind: str
    line: int
    text: str


def slip(source: Source, kind: str, chance: random.Random) -> Slip | None:
    """One slip of a kind, drawn from all that a spec has room for; None where it has none."""
    edits = list(_SLIPS[kind](source, chance))
    if not edits:
        return None
    chosen = chance.choice(edits)
    return Slip(kind, source.position(chosen[0].span.start)[0], source.edited(chosen).text)


def _numbers(source: Source, chance: random.Random) -> Iterator[list[Edit]]:
    for place in places(source):
        yield [Edit(place.span, broken(place, chance))]


def _dropped_keys(source: Source, _: random.Random) -> Iterator[list[Edit]]:
    """A key of a flow mapping with its value and one of the commas beside it."""
    for node in _nodes(read_yaml(source).root):
        if not isinstance(node, Map) or not node.flow or len(node.pairs) < 2 or node.merged:
            continue
        for place, (key, value) in enumerate(node.pairs):
            if place:
                yield [Edit(Span(node.pairs[place - 1][1].end, value.end), "")]
            else:
                yield [Edit(Span(key.start, node.pairs[1][0].start), "")]


def _entries(source: Source) -> Iterator[list[Span]]:
    """The entries of each list of layers that has each on lines of its own, comments after it included."""
    text = source.text
    for node in _nodes(read_yaml(source).root):
        if not isinstance(node, Map):
            continue
        for key, value in node.pairs:
            if key.text in _LISTS and isinstance(value, Sequence) and not value.flow and len(value.items) > 1:
                starts = [text.rfind("\n", 0, item.start) + 1 for item in value.items]
                last = text.find("\n", value.items[-1].end)
                ends = [*starts[1:], last + 1 if last >= 0 else len(text)]
                yield [Span(start, end) for start, end in zip(starts, ends, strict=True)]


def _dropped_lines(source: Source, _: random.Random) -> Iterator[list[Edit]]:
    for spans in _entries(source):
        for span in spans:
            yield [Edit(span, "")]


def _doubled_lines(source: Source, _: random.Random) -> Iterator[list[Edit]]:
    for spans in _entries(source):
        for span in spans:
            yield [Edit(Span(span.end, span.end), source.text[span.start : span.end])]


def _swapped_lines(source: Source, _: random.Random) -> Iterator[list[Edit]]:
    for spans in _entries(source):
        for first, second in pairwise(spans):
            one, other = (source.text[span.start : span.end] for span in (first, second))
            yield [Edit(Span(first.start, second.end), other + one)]


def _misspellings(source: Source, chance: random.Random) -> Iterator[list[Edit]]:
    """A letter that is left out, doubled or changes places with the next, in a key or a word."""
    for node in _nodes(read_yaml(source).root):
        words = [key for key, _ in node.pairs] if isinstance(node, Map) else []
        words += [node] if isinstance(node, Scalar) and node.plain else []
        for word in words:
            if not re.fullmatch(r"[A-Za-z_]{3,}", word.text):
                continue
            place = chance.randrange(len(word.text) - 1)
            before, after = word.text[:place], word.text[place:]
            changed = chance.choice(
                [before + after[1:], before + after[0] + after, before + after[1] + after[0] + after[2:]]
            )
            if changed != word.text:
                yield [Edit(word.span, changed)]


_SLIPS: dict[str, Callable[[Source, random.Random], Iterator[list[Edit]]]] = {
    "number": _numbers,
    "dropped key": _dropped_keys,
    "dropped line": _dropped_lines,
    "doubled line": _doubled_lines,
    "swapped lines": _swapped_lines,
    "misspelling": _misspellings,
}


WORDS = [kind for kind in _SLIPS if kind != "number"]


def _nodes(node: TreeNode | None) -> Iterator[TreeNode]:
    if node is None:
        return
    yield node
    if isinstance(node, Map):
        for _, value in node.pairs:
            yield from _nodes(value)
    elif isinstance(node, Sequence):
        for item in node.items:
            yield from _nodes(item)


def message(source: Source) -> str:
    """What `check` says of a spec without its table and its fixes; empty where it has no error."""
    report = check_source(source)
    if report.ok:
        return ""
    advised = advise(report)
    bare = [found._replace(fixes=()) for found in advised.diagnostics]
    out = StringIO()
    show("full", [advised.with_diagnostics(bare)], Output(out), DisplayOptions(quiet=True))
    return out.getvalue()


def make(folder: Path, count: int, seed: int, networks: Path | None) -> None:
    """Write `count` slips that `check` objects to, as many of each kind, with what it says."""
    chance = random.Random(seed)
    specs = [Source(name, shipped.text(name)) for name in shipped.names()]
    files = sorted(networks.glob("*.yaml")) if networks is not None else []
    specs += [Source(file.stem, file.read_text(encoding="utf-8")) for file in files]
    folder.mkdir(parents=True, exist_ok=True)
    rows: list[str] = []
    while len(rows) < count:
        kind = list(_SLIPS)[len(rows) % len(_SLIPS)]
        source = chance.choice(specs)
        made = slip(source, kind, chance)
        if made is None or made.text == source.text:
            continue
        name = f"{len(rows) + 1:02}"
        said = message(Source(f"{name}.yaml", made.text))
        if not said:
            continue
        (folder / f"{name}.yaml").write_text(made.text, encoding="utf-8")
        (folder / f"{name}.txt").write_text(said, encoding="utf-8")
        rows.append(f"{name}\t{made.kind}\t{source.path}\t{made.line}\n")
    (folder / "slips.tsv").write_text("".join(rows), encoding="utf-8")


def judge(folder: Path) -> str:
    """How many slips were mended, and how clear the messages were, by kind."""
    rows = [line.split("\t") for line in (folder / "slips.tsv").read_text(encoding="utf-8").splitlines()]
    lines = (folder / "scores.txt").read_text(encoding="utf-8").splitlines()
    scores = {name: float(score) for name, score in (line.split()[:2] for line in lines if line.strip())}
    mended = {name: _is_mended(folder / f"{name}.mended") for name, *_ in rows}
    out = [f"{'kind':<14} {'slips':>6} {'mended':>7} {'clear':>6} {'least':>6}"]
    for kind in [*Counter(row[1] for row in rows), "all"]:
        names = [row[0] for row in rows if kind in (row[1], "all")]
        given = [scores[name] for name in names if name in scores]
        clear = f"{sum(given) / len(given):.2f}" if given else "-"
        least = f"{min(given):g}" if given else "-"
        count = sum(mended[name] for name in names)
        out.append(f"{kind:<14} {len(names):>6} {count:>7} {clear:>6} {least:>6}")
    return "\n".join(out)


def _is_mended(file: Path) -> bool:
    return file.exists() and check_path(str(file)).ok


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("action", choices=("make", "judge"))
    parser.add_argument("folder", type=Path)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--networks", type=Path)
    options = parser.parse_args()
    if options.action == "make":
        make(options.folder, options.count, options.seed, options.networks)
    else:
        print(judge(options.folder))


if __name__ == "__main__":
    main()
