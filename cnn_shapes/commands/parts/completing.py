"""What the shell completes out of a spec: its layers, params and fields.

A spec may be anybody's, and shells evaluate what they are given: only names of letters, digits and `_.-` are
offered, and a spec that cannot be read offers none.
"""

import os
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from cnn_shapes.checking import CheckResult

_HARMLESS = re.compile(r"[\w.-]+(=[\w.-]+)?")
_MOST = 200
# where bash parts a word at a colon, what is before it
_BEFORE_COLON = "_CNN_SHAPES_BEFORE_COLON"


def join_words(environment: "os._Environ[str] | dict[str, str]", variable: str) -> None:
    """Make one word again of `net.yaml:co`, which bash gives as three.

    What comes back takes the place of the last of them alone: so that is the word, and what is before the
    colon is kept apart.
    """
    if environment.get(variable) != "complete_bash":
        return
    words = environment.get("COMP_WORDS", "").split("\n")
    place = int(environment.get("COMP_CWORD", "0"))
    word = words[place] if place < len(words) else ""
    colon = place if word == ":" else place - 1
    if colon < 2 or words[colon] != ":":
        return
    environment[_BEFORE_COLON] = words[colon - 1]
    environment["COMP_WORDS"] = "\n".join([*words[: colon - 1], "" if word == ":" else word])
    environment["COMP_CWORD"] = str(colon - 1)


def layers(incomplete: str) -> list[str] | None:
    """The layers of the spec in `SPEC:LAYER`, a level of blocks at a time; None where that is not typed."""
    before = os.environ.get(_BEFORE_COLON)
    path, colon, begun = (before, "", incomplete) if before is not None else incomplete.rpartition(":")
    if not path:
        return None
    report = _report(path)
    if report is None or report.trace is None:
        return []
    found: dict[str, None] = {}
    for node in report.trace.network.layers:
        name = node.name
        if not name.startswith(begun):
            continue
        end = name.find(".", len(begun))
        found[name if end < 0 else name[:end]] = None
        if end == len(begun):  # a group that is typed already: what is in it, too
            inner = name.find(".", end + 1)
            found[name if inner < 0 else name[:inner]] = None
    head = path + colon if before is None else ""
    return [head + name for name in _harmless(found)]


def params(context: typer.Context, incomplete: str) -> list[str]:
    """The params of the spec on the command line, each with its value."""
    values: dict[str, str] = {}
    for path in _paths(context):
        report = _report(path)
        if report is not None and report.spec is not None:
            for name, (_, node) in report.spec.param_nodes.items():
                values.setdefault(name, getattr(node, "text", ""))
    offered = _harmless(f"{name}={value}" for name, value in values.items())
    return [text for text in offered if text.startswith(incomplete)]


def fields(context: typer.Context, incomplete: str) -> list[str]:
    """What a repair may change, after the names that are given already."""
    from cnn_shapes.repair.report.options import changeable

    before, comma, begun = incomplete.rpartition(",")
    given = before.split(",")
    reports = [_report(path) for path in _paths(context)]
    spec = next((report.spec for report in reports if report is not None), None)
    known = {meant: name for name, meant in reversed(changeable(spec).items())}
    return [
        f"{before}{comma}{name}"
        for name in _harmless(sorted({*known.values()}))
        if name.startswith(begun) and name not in given
    ]


def _paths(context: typer.Context) -> Iterator[str]:
    """The specs of the command line; where its end is an option without a value, all words are arguments."""
    for name in ("path", "paths"):
        given: Any = context.params.get(name)
        if given:
            yield from [given] if isinstance(given, str) else given
    yield from (word for word in context.args if os.path.isfile(word))


def _report(path: str) -> "CheckResult | None":
    from cnn_shapes.checking import check_path
    from cnn_shapes.discovery import shipped

    try:
        return check_path(shipped.path(path) if path in shipped.names() else path) if path != "-" else None
    except Exception:  # nothing that is wrong may be printed into the line that is typed
        return None


def _harmless(names: Iterable[str]) -> list[str]:
    return [name for name in names if _HARMLESS.fullmatch(name)][:_MOST]
