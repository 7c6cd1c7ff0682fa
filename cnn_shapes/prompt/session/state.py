"""What a session is: plain values, so that every step is a pure function; and the report of its text."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from cnn_shapes.checking import CheckResult, check_source
from cnn_shapes.diagnostics import ERROR, Fix
from cnn_shapes.formats import DisplayOptions
from cnn_shapes.source import Source
from cnn_shapes.trace import Step

UNTITLED = "untitled"


class Pending(NamedTuple):
    """A wrong layer that was not taken over: the text with it, its number, whether it would replace one.

    `has_fix` says that something mends it.
    """

    source: Source
    number: int
    replaces: bool
    has_fix: bool = False


class Unfinished(NamedTuple):
    """What was not done of a line that failed: from the wrong part on, and what comes after that."""

    failed: str
    after: str


class Session(NamedTuple):
    """A spec's text with the texts before and after it.

    `saved` is the text of the file at `source.path` as it was last read or written; None where there is none.
    `editing` is the layer that the next line replaces, `misread` what was said to the last one if it could
    not be read. `unfinished` is what is left of a line whose wrong layer can be mended. `learned` are the
    exercises that are done, `lesson` the one under way with the place of its task, `judged` the text that was
    judged last. `options` say how to show; `linear` wants sentences.
    """

    source: Source = Source(UNTITLED, "")
    saved: str | None = None
    done: tuple[Source, ...] = ()
    undone: tuple[Source, ...] = ()
    pending: Pending | None = None
    editing: int = 0
    knows_fix: bool = False
    misread: str = ""
    learned: int = 0
    lesson: tuple[int, int] | None = None
    judged: str = ""
    options: DisplayOptions = DisplayOptions()
    linear: bool = False
    unfinished: Unfinished | None = None

    @property
    def text(self) -> str:
        return self.source.text

    @property
    def is_unsaved(self) -> bool:
        """Whether leaving would lose something."""
        return bool(self.text.strip()) and self.text != self.saved

    @property
    def report(self) -> CheckResult:
        return report_of(self.source)

    def as_one_change(self, before: Session) -> Session:
        """The session with all that was changed since `before` as one change, which undo takes back."""
        count = len(before.done)
        if len(self.done) <= count or self.done[:count] != before.done:
            return self
        return self._replace(done=self.done[: count + 1])

    def changed(self, source: Source) -> Session:
        """The session with another text, which undo takes back."""
        if source.text == self.text and source.path == self.source.path:
            return self._replace(pending=None, editing=0, misread="")
        return self._replace(
            source=source,
            done=(*self.done, self.source),
            undone=(),
            pending=None,
            editing=0,
            misread="",
        )


@lru_cache(maxsize=16)
def report_of(source: Source) -> CheckResult:
    """The report of a text; a step asks for the same one several times."""
    return check_source(source)


def count_of(report: CheckResult) -> int:
    """How many entries the list of layers has."""
    return len(report.spec.items) if report.spec is not None else 0


def steps_of(report: CheckResult, number: int) -> list[Step]:
    """The steps of the trace that an entry of the list of layers unfolds into."""
    return [step for step in report.trace.steps if step.node.entry == number] if report.trace else []


def fixes_of(report: CheckResult) -> tuple[CheckResult, list[Fix]]:
    """The report with its proved repairs, and these: what makes the whole network valid comes first."""
    from cnn_shapes.repair import advise

    advised = advise(report)
    found: dict[tuple[str, tuple[object, ...]], Fix] = {}
    for problem in advised.diagnostics:
        if problem.severity == ERROR:
            for fix in problem.fixes:
                found.setdefault((fix.title, fix.edits), fix)
    return advised, sorted(found.values(), key=lambda fix: (not fix.valid, fix.remaining))
