"""`learn`: exercises at the prompt, judged by the engine, never by the words that were typed."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from cnn_shapes.diagnostics import format_shape
from cnn_shapes.network import Node
from cnn_shapes.prompt.language.grammar import Misread
from cnn_shapes.prompt.session.replies import DIM, GOOD, PLAIN, Reply, ReplyLine, Transition, replied
from cnn_shapes.prompt.session.state import UNTITLED, Session, report_of
from cnn_shapes.source import Source
from cnn_shapes.words import say, say_as_is

_FILE = Path(__file__).parent.parent / "lessons.toml"
_STOP = ("stop", "off", "end")
_CODE = re.compile(r"[A-Za-z_][\w.]*\s*\(")  # a call, as a program has it


class Task(NamedTuple):
    """What is to be done; `start` is the text that it begins with, None where that is the one at hand."""

    text: str
    goal: Mapping[str, Any]
    hint: str
    start: str | None


class Lesson(NamedTuple):
    """An exercise."""

    title: str
    done: str
    tasks: tuple[Task, ...]


@cache
def lessons() -> tuple[Lesson, ...]:
    """All exercises."""
    table = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return tuple(
        Lesson(
            one["title"],
            one["done"],
            tuple(
                Task(task["text"].strip(), task["goal"], task["hint"], task.get("start", start))
                for task, start in zip(one["task"], [one["start"], *[None] * len(one["task"])], strict=False)
            ),
        )
        for one in table["lesson"]
    )


def learn(session: Session, rest: str) -> Transition:
    """Begin an exercise: the one of this number, or the first that is not done; `stop` leaves it."""
    word = rest.strip().lower()
    every = lessons()
    if word in _STOP:
        left = say("  left; learn comes back to it")
        said = left if session.lesson else say("  there is no exercise to leave")
        return session._replace(lesson=None), replied(ReplyLine(said, DIM))
    if word and not (word.isdigit() and 1 <= int(word[:4]) <= len(every)):
        raise Misread(
            say(
                "learn takes the number of an exercise from 1 to {every}, or stop, found {rest}",
                every=len(every),
                rest=rest,
            )
        )
    number = int(word) if word else min(session.learned + 1, len(every))
    lines = [
        ReplyLine(
            say(
                "  exercise {number} of {every}: {title}",
                number=number,
                every=len(every),
                title=say_as_is(every[number - 1].title),
            ),
            GOOD,
        )
    ]
    if session.is_unsaved and session.text != session.judged:
        lines.append(ReplyLine(say("  undo brings back what was here"), DIM))
    session, task = _begun(session, number, 0)
    return session, replied(*lines, *task)


def judged(session: Session, line: str, command: str, reply: Reply) -> Transition:
    """The reply to a line, which is a `command` or none, with what it means for the exercise under way."""
    if session.lesson is None:
        return session, reply
    number, place = session.lesson
    lesson = lessons()[number - 1]
    task = lesson.tasks[place]
    if not _is_reached(session, line if not command else f"{command} ", task.goal):
        told = _hint(session, line, task) if session.text != session.judged else ()
        return session._replace(judged=session.text), _with(reply, told)
    if place + 1 < len(lesson.tasks):
        session, lines = _begun(session, number, place + 1)
        return session, _with(reply._replace(wrong=False), lines)
    learned = max(session.learned, number)
    session = session._replace(lesson=None, learned=learned)
    lines = (ReplyLine(say("  done: {done}", done=say_as_is(lesson.done)), GOOD), _after(number))
    return session, _with(reply._replace(wrong=False), lines)


def _after(number: int) -> ReplyLine:
    every = lessons()
    if number == len(every):
        return ReplyLine(say("  these were all exercises; learn 1 begins again"), DIM)
    return ReplyLine(
        say(
            "  learn goes on with exercise {text}: {title}",
            text=number + 1,
            title=say_as_is(every[number].title),
        ),
        DIM,
    )


def _with(reply: Reply, lines: tuple[ReplyLine, ...]) -> Reply:
    for line in lines:
        reply = reply.with_fact(line)
    return reply


def _begun(session: Session, number: int, place: int) -> tuple[Session, tuple[ReplyLine, ...]]:
    """The session at a task, with the text that the task begins with."""
    tasks = lessons()[number - 1].tasks
    task = tasks[place]
    if task.start is not None:
        session = session.changed(Source(UNTITLED, task.start.lstrip("\n")))._replace(saved=None)
    session = session._replace(lesson=(number, place), judged=session.text)
    head, *more = task.text.split("\n")
    first = say("  {place}/{count}  {line}", place=place + 1, count=len(tasks), line=say_as_is(head))
    rest = [ReplyLine(say("       {line}", line=say_as_is(line)), PLAIN) for line in more]
    return session, (ReplyLine(first, PLAIN), *rest)


def _hint(session: Session, line: str, task: Task) -> tuple[ReplyLine, ...]:
    """What is still to be done, where the network is not on the way to it."""
    wanted = task.goal.get("shapes")
    if wanted is not None and not session.report.errors:
        shapes = _shapes(session)
        if shapes == wanted[: len(shapes)]:
            return ()
    if "pasted" in task.goal and _is_pasted(session, line, 1):
        return ()
    return (ReplyLine(say("  not yet: {hint}", hint=say_as_is(task.hint)), DIM),)


def _shapes(session: Session) -> list[str]:
    """What the layers put out one after another, each that changes the shape."""
    report = session.report
    nodes = report.trace.network.layers if report.trace is not None else []
    found: list[str] = []
    before = format_shape(report.input, report.layout) if report.input is not None else ""
    for node in nodes:
        shape = format_shape(node.output, report.layout)
        if shape != before:
            found.append(shape)
        before = shape
    return found


def _has_shapes(session: Session, line: str, wanted: list[str]) -> bool:
    report = session.report
    known = report.input is not None and format_shape(report.input, report.layout) == "28x28x1"
    # without a layer there is nothing to be wrong but that
    return known and _shapes(session) == wanted and (not report.errors or not wanted)


def _is_broken(session: Session, line: str, rule: str) -> bool:
    report = report_of(session.pending.source) if session.pending is not None else session.report
    return any(problem.rule == rule for problem in report.errors)


def _keeps_size(session: Session, line: str, kernel: int) -> bool:
    node = _last_window(session)
    if node is None or node.layer is None or session.report.errors:
        return False
    x, output = node.inputs[0].output, node.output
    sizes = node.layer.windows(x) if x is not None else ()
    return (
        output is not None
        and x is not None
        and x.sizes == output.sizes
        and all(window.kernel_size == kernel for window in sizes)
    )


def _last_window(session: Session) -> Node | None:
    """The last layer with a window that has weights: a norm or activation after it is written on it."""
    trace = session.report.trace
    nodes = trace.network.layers if trace is not None else []
    last = nodes[-1].owner or nodes[-1] if nodes else None
    fits = last is not None and last.layer is not None and last.layer.has_windows and last.layer.has_weights
    return last if fits else None


def _is_typed(session: Session, line: str, command: str) -> bool:
    return line.split()[:1] == [command]


def _is_pasted(session: Session, line: str, count: int) -> bool:
    trace = session.report.trace
    layers = trace.network.layers if trace is not None else []
    return len(layers) >= count and not session.report.errors and _CODE.match(line) is not None


_GOALS: dict[str, Callable[[Session, str, Any], bool]] = {
    "shapes": _has_shapes,
    "broken": _is_broken,
    "kernel": _keeps_size,
    "command": _is_typed,
    "pasted": _is_pasted,
}


def _is_reached(session: Session, line: str, goal: Mapping[str, Any]) -> bool:
    return all(_GOALS[name](session, line, wanted) for name, wanted in goal.items())
