"""The commands of the prompt: each a function of the session and what stands behind its name."""

from __future__ import annotations

import os
import re
from collections.abc import Callable

from cnn_shapes.edit import Unsafe, proved
from cnn_shapes.formats.parts.terminal_text import clean
from cnn_shapes.layers.fields import LARGEST
from cnn_shapes.prompt.language.grammar import Misread
from cnn_shapes.prompt.language.pasted import read_pasted
from cnn_shapes.prompt.language.reading import read_layer
from cnn_shapes.prompt.language.typed import Typed
from cnn_shapes.prompt.language.values import sizes_of
from cnn_shapes.prompt.session import adding, looking, places
from cnn_shapes.prompt.session.places import Layers
from cnn_shapes.prompt.session.state import (
    DIM,
    UNTITLED,
    Answer,
    Line,
    Load,
    Pending,
    Quit,
    Reply,
    Save,
    Session,
    refused,
    report_of,
    said,
)
from cnn_shapes.prompt.terminal.keyboard import keys_of
from cnn_shapes.prompt.view.wording import (
    described,
    fix_lines,
    fixes_of,
    layer_lines,
    new_warnings,
    problem_lines,
    standing,
)
from cnn_shapes.source import Node, Scalar, Sequence, Source


def set_input(session: Session, rest: str) -> Answer:
    written = re.sub(r"\s*[,*×]\s*|\s+", "x", rest.strip("()[] "))
    sizes = sizes_of(written)
    if not sizes or len(sizes) > 4 or not all(1 <= size <= LARGEST for size in sizes):
        found = f", found {clean(rest)}" if rest else ""
        if sizes and max(sizes) > LARGEST:
            raise Misread(f"a size is at most {LARGEST:,}{found}")
        raise Misread(
            f"input takes 1 to 4 sizes from 1 without the batch, as in input 28x28x1 "
            f"(height, width, channels){found}",
            incomplete=re.fullmatch(r"[\dx ,]*", rest) is not None,
        )
    before = session.source if session.text.strip() else None
    session = session.changed(places.set_input(session.source, tuple(sizes)))
    report = session.report
    assert report.input is not None
    lines = [Line(f"  {described(report.input, report.layout)}")]
    if report.spec is not None and report.spec.items:
        lines += standing(session)
    return session, Reply((*lines, *new_warnings(session, before)))


def undo(session: Session, rest: str) -> Answer:
    _take_nothing("undo", rest)
    if not session.done:
        return session._replace(pending=None), refused("there is nothing to undo")
    *done, last = session.done
    undone = (*session.undone, session.source)
    session = session._replace(source=last, done=tuple(done), undone=undone, pending=None, editing=0)
    return session, Reply(tuple(standing(session)))


def redo(session: Session, rest: str) -> Answer:
    _take_nothing("redo", rest)
    if not session.undone:
        return session, refused("there is nothing to redo")
    *undone, following = session.undone
    done = (*session.done, session.source)
    session = session._replace(source=following, done=done, undone=tuple(undone), pending=None, editing=0)
    return session, Reply(tuple(standing(session)))


def edit(session: Session, rest: str) -> Answer:
    number, layer = _number(rest, "edit")
    layers = Layers(session.source)
    layers.need(number)
    if layer:
        return adding.replace(session, number, _typed(session, layer))
    text = short_form(session, number)
    session = session._replace(editing=number, pending=None)
    lines = (Line(f"  layer {number} is {text}: type what is to stand there instead", DIM),)
    return session, Reply(lines, prefill=text)


def short_form(session: Session, number: int) -> str:
    """A layer of the text as it would be typed."""
    layers = Layers(session.source)
    written = flow(layers.own_node(number), session.source)
    try:
        return _typed(session, written).short
    except Misread:
        return written


def flow(node: Node, source: Source, outermost: bool = True) -> str:
    """A node of the text on one line."""
    if isinstance(node, Scalar):
        return source.text[node.start : node.end]
    if isinstance(node, Sequence):
        return f"[{', '.join(flow(item, source, False) for item in node.items)}]"
    pairs = ", ".join(f"{key.text}: {flow(value, source, False)}".rstrip() for key, value in node.pairs)
    return pairs if outermost and len(node.pairs) == 1 else f"{{{pairs}}}"


def insert(session: Session, rest: str) -> Answer:
    number, layer = _number(rest, "insert")
    if not layer:
        raise Misread(f"insert {number} needs a layer, as in insert {number} pool 2", incomplete=True)
    if not session.text.strip():
        raise Misread(adding.NO_INPUT)
    return adding.add(session, _typed(session, layer), number)


def delete(session: Session, rest: str) -> Answer:
    number, more = _number(rest, "delete")
    if more:
        raise Misread(f"delete takes one number, found {clean(more)} behind it")
    gone = Layers(session.source).line(number)
    before = session.source
    session = session.changed(places.delete(session.source, number))
    lines = [Line(f"  deleted {clean(gone)}"), *standing(session), *new_warnings(session, before)]
    return session, Reply(tuple(lines))


def move(session: Session, rest: str) -> Answer:
    number, behind = _number(rest, "move")
    to, more = _number(behind, f"move {number}")
    if more:
        raise Misread(f"move takes two numbers, found {clean(more)} behind them")
    before = session.source
    session = session.changed(places.move(session.source, number, to))
    return session, Reply((*standing(session), *new_warnings(session, before)))


def fix(session: Session, rest: str) -> Answer:
    pending = session.pending
    target = pending.source if pending is not None else session.source
    report = report_of(target)
    if report.ok or not target.text.strip():
        return session, said("  nothing to fix: there is no problem", style=DIM)
    advised, fixes = fixes_of(report)
    session = session._replace(knows_fix=True)
    if not rest:
        first = advised.errors[0]
        lines = [*problem_lines(session, advised, first), *fix_lines(report, fixes)]
        lines.append(
            Line("  fix 1 takes the first" if fixes else "  no small change was found that mends it", DIM)
        )
        return session, Reply(tuple(lines))
    number, more = _number(rest, "fix")
    if more or not 1 <= number <= len(fixes):
        if not fixes:
            raise Misread("there is no fix to take: no small change was found that mends it")
        count = f"there are {len(fixes)}" if len(fixes) > 1 else "there is one"
        raise Misread(f"there is no fix {clean(rest)}: {count}")
    chosen = fixes[number - 1]
    try:
        changed = proved(target, chosen.edits)
    except Unsafe as error:
        raise Misread(f"this fix would change more than it should: {error}") from None
    session = session.changed(changed)
    lines = [Line(f"  {next(iter(fix_lines(report, [chosen]))).text.partition(': ')[2]}")]
    if pending is not None:
        lines += layer_lines(session, _pending_number(session, pending))
    return session, Reply((*lines, *standing(session)))


def _pending_number(session: Session, pending: Pending) -> int:
    """The number of the layer that a fix added; another layer may have come in before it."""
    more = len(Layers(session.source).chunks) - len(Layers(pending.source).chunks)
    return pending.number + max(more, 0)


def rounding(session: Session, rest: str) -> Answer:
    word = keys_of(rest).lower()
    matches = [one for one in ("exact", "floor") if one.startswith(word)] if word else []
    if len(matches) != 1:
        now = session.report.spec.rounding if session.report.spec else "exact"
        found = f", found {clean(rest)}" if rest else f"; it is {now} now"
        raise Misread(f"rounding takes exact or floor{found}", incomplete=not rest)
    if not session.text.strip():
        raise Misread(adding.NO_INPUT)
    before = session.source
    session = session.changed(places.set_rounding(session.source, matches[0]))
    meaning = {
        "exact": "every size must come out whole",
        "floor": "sizes are rounded down, as PyTorch and Keras do",
    }[matches[0]]
    lines = [Line(f"  rounding {matches[0]}: {meaning}"), *standing(session)]
    return session, Reply((*lines, *new_warnings(session, before)))


def save(session: Session, rest: str) -> Answer:
    if not session.text.strip():
        return session, refused("there is nothing to save yet")
    path = _path(rest)
    if not path and session.source.path == UNTITLED:
        raise Misread("save needs a file, as in save mnist.yaml", incomplete=True)
    return session, Reply(action=Save(path))


def load(session: Session, rest: str) -> Answer:
    path = _unquoted(rest)
    if not path:
        raise Misread("load needs a file, as in load mnist.yaml", incomplete=True)
    return session, Reply(action=Load(path))


def _unquoted(rest: str) -> str:
    path = rest.strip().strip("\"'")
    return os.path.expanduser(path) if path.startswith("~") else path


def _path(rest: str) -> str:
    path = _unquoted(rest)
    name = re.split(r"[/\\]", path)[-1]
    if path and not name:
        raise Misread(f"save needs a file, found the folder {clean(path)}")
    return f"{path}.yaml" if name and "." not in name else path


def leave(session: Session, rest: str) -> Answer:
    _take_nothing("quit", rest)
    return session, Reply(action=Quit())


def _take_nothing(command: str, rest: str) -> None:
    if rest:
        raise Misread(f"{command} takes nothing, found {clean(rest)}")


def _number(rest: str, command: str) -> tuple[int, str]:
    """The number that a command begins with, and what stands behind it."""
    match = re.match(r"(\d{1,18})(?:\s+|$)(.*)", rest, re.DOTALL)
    if match is None:
        found = f", found {clean(rest)}" if rest else ""
        raise Misread(f"{command} needs the number of a layer, as in {command} 2{found}", incomplete=not rest)
    return int(match[1]), match[2].strip()


def _typed(session: Session, text: str) -> Typed:
    context = adding.context_of(session.report)
    return read_pasted(text, context) or read_layer(text, context)


COMMANDS: dict[str, Callable[[Session, str], Answer]] = {
    "input": set_input,
    "show": looking.show,
    "undo": undo,
    "redo": redo,
    "edit": edit,
    "insert": insert,
    "delete": delete,
    "move": move,
    "fix": fix,
    "explain": looking.explain,
    "sizes": looking.sizes,
    "rounding": rounding,
    "save": save,
    "load": load,
    "help": looking.get_help,
    "quit": leave,
}
