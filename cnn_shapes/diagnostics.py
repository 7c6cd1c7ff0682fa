"""What a finding is: a rule, a message made of facts, a place in the text, and edits that would mend it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple, Protocol

from cnn_shapes.shapes import Shape, listed
from cnn_shapes.source import Edit, Map, Scalar, Source, Span, TreeNode
from cnn_shapes.words import ENGLISH, Said, filled, say, spoken, told

ERROR, WARNING, INFO = "error", "warning", "info"
SEVERITIES = (ERROR, WARNING, INFO)  # most severe first
NEVER = "never"  # in place of a severity: none
MARK = "cnn-shapes:"  # what a comment that silences a finding begins with
CHANNELS_LAST, CHANNELS_FIRST = "channels_last", "channels_first"


class Label(NamedTuple):
    """A second place in the text that a message speaks of, usually the cause."""

    span: Span
    template: str
    facts: Mapping[str, Any] = {}


class Note(NamedTuple):
    """A line of arithmetic or advice under a message."""

    template: str
    facts: Mapping[str, Any] = {}


class Fix(NamedTuple):
    """Edits of the user's text that mend a finding.

    `safe` edits change spelling or quoting, never a number. `valid` says that the whole network was checked
    again with the edits and has no error left; otherwise `remaining` errors stay. What is `by_hand` has no
    edits: the language of the text says it in another way, or in several places. `others` are other places or
    values that would do as well.
    """

    title: str
    edits: tuple[Edit, ...]
    safe: bool = False
    valid: bool = True
    remaining: int = 0
    outcome: str = ""
    by_hand: bool = False
    others: tuple[str, ...] = ()

    @property
    def headline(self) -> str:
        """The title, with what would do as well."""
        if not self.others:
            return told(self.title)
        others = say(", or ").join(map(told, self.others))
        return say("{title} (or {others})", title=told(self.title), others=others)


class Diagnostic(NamedTuple):
    """One finding. The message is `template` filled in with `facts` at the edge: see `render`.

    `is_older`: it is there without the error beside it too, and is no trace of the same slip. `waits`: with
    one change that is known to mend the error beside it, it is gone too, or is not about the same slip.
    """

    rule: str
    severity: str
    template: str
    facts: Mapping[str, Any]
    span: Span
    pointer: str = ""
    labels: tuple[Label, ...] = ()
    notes: tuple[Note, ...] = ()
    fixes: tuple[Fix, ...] = ()
    layer: str | None = None
    is_older: bool = False
    waits: bool = False

    def message(self, layout: str = CHANNELS_LAST) -> str:
        return render(self.template, self.facts, layout)


def at_least(severity: str) -> tuple[str, ...]:
    """The severities from `severity` on upwards; none for `never`."""
    return () if severity == NEVER else SEVERITIES[: SEVERITIES.index(severity) + 1]


def format_shape(shape: Shape | None, layout: str = CHANNELS_LAST) -> str:
    """`24x24x32`: a shape in the user's layout; an unknown axis is `?`."""
    if shape is None:
        return "?"
    ordered = in_layout(shape, layout)
    return "x".join(str(size or "?") for size in ordered)


def in_layout(shape: tuple[Any, ...], layout: str) -> tuple[Any, ...]:
    """The engine's channels-first order turned into the user's layout."""
    return shape if layout == CHANNELS_FIRST else (*shape[1:], shape[0])


def from_layout(sizes: tuple[Any, ...], layout: str) -> tuple[Any, ...]:
    """The user's order turned into the engine's: channels first."""
    return sizes if layout == CHANNELS_FIRST else (sizes[-1], *sizes[:-1])


def format_sizes(sizes: Iterable[int | None]) -> str:
    """`25x25`: sizes along the spatial axes, always in the order (D,) H, W."""
    return "x".join("?" if size is None else str(size) for size in sizes)


_LONGEST_PATH = 36  # characters of the name of a layer
_LONGEST_FACT = 300  # a word of a megabyte helps nobody; the span still covers it all


def render(template: str, facts: Mapping[str, Any], layout: str = CHANNELS_LAST) -> str:
    """Fill a template: a `Shape` is written in the user's layout, a tuple of sizes as 25x25.

    One size alone would not read as one: `a {size} feature map` is `a feature map of length 25` then.
    """
    words: dict[str, Any] = {}
    is_english = spoken() == ENGLISH
    if isinstance(template, Said):
        return told(template)
    written = template
    if is_english and any(type(value) is tuple and len(value) == 1 for value in facts.values()):
        template = _with_lengths(template, facts)
    for name, value in facts.items():
        if isinstance(value, Shape):
            words[name] = format_shape(value, layout)
        elif isinstance(value, tuple) and all(isinstance(item, int | None) for item in value):
            words[name] = format_sizes(value)
        elif isinstance(value, tuple):
            words[name] = ", ".join(told(one) if isinstance(one, str) else str(one) for one in value)
        elif isinstance(value, Said) and not is_english:
            words[name] = told(value)
        elif isinstance(value, str) and len(value) > _LONGEST_FACT:
            words[name] = f"{value[: _LONGEST_FACT - 3]}..."
        elif isinstance(value, str) and len(value) > _LONGEST_PATH:
            words[name] = short_path(value)
        else:
            words[name] = value
    if is_english and "a {" in template:
        template = re.sub(r"\ba (?=\{(\w+)\})", lambda found: _article(words.get(found[1])), template)
    return Said(written, words, filled(template, words))


def short_path(name: str) -> str:
    """`stage1.repeat1.0...shortcut.conv1`: a long name that blocks and repeats made, without its middle.

    Its last parts say which layer it is, its first ones where that is.
    """
    if len(name) <= _LONGEST_PATH or not re.fullmatch(r"[\w-]+(\.[\w-]+){3,}", name):
        return name
    first, *parts, before, last = name.split(".")
    kept, last = first, f"{before}.{last}"
    for part in parts:
        if len(kept) + len(part) + len(last) + 4 > _LONGEST_PATH:
            break
        kept += f".{part}"
    return f"{kept}...{last}"


def _with_lengths(template: str, facts: Mapping[str, Any]) -> str:
    def with_length(found: re.Match[str]) -> str:
        size = facts.get(found[1])
        one = type(size) is tuple and len(size) == 1 and isinstance(size[0], int)
        return f"{found[2]} of length {{{found[1]}}}" if one else found[0]

    return re.sub(r"\{(\w+)\} (feature map|pool|window|kernel|input)\b", with_length, template)


def _article(word: Any) -> str:
    """`an ` before a number that begins with a vowel when read aloud: an 8x8, an 11x11, an 18x18."""
    return "an " if re.match(r"8|1[18](?!\d)", str(word)) else "a "


_SHORT = 4


def closest(word: str, candidates: Iterable[str]) -> str | None:
    """The candidate that `word` was most likely meant to be, or None where nothing is near.

    Case and the separators `_` and `-` count for nothing, so that `Kernel-Size` finds `kernel_size`.
    """
    plain: dict[str, str] = {}
    for candidate in candidates:  # of `flatten` and `Flatten` the first that is named
        plain.setdefault(spelling(candidate), candidate)
    if spelling(word) in plain:
        return plain[spelling(word)]
    from difflib import get_close_matches

    likely = plain
    if len(word) <= _SHORT:  # nobody begins a short word with a wrong letter: a Stem is no LSTM
        likely = {
            one: name for one, name in plain.items() if len(one) != len(word) or one[0] == word[0].lower()
        }
    near = get_close_matches(spelling(word), likely, n=1, cutoff=0.7)
    if near:
        return plain[near[0]]
    letters = sorted(spelling(word))  # of a short word, two letters that changed places are half of it
    return next((candidate for one, candidate in plain.items() if sorted(one) == letters), None)


def no_such(what: str, word: str, known: Sequence[str]) -> str:
    """That a name does not exist, and what was likely meant: `there is no param k: did you mean n?`"""
    near = closest(word, known)
    if near is not None:
        advice = f"did you mean {near}?"
    else:
        advice = f"choose from {', '.join(known)}" if known else f"the spec has no {what}s"
    return f"there is no {what} {word}: {advice}"


@lru_cache(maxsize=4096)
def spelling(word: str) -> str:
    """A word without what is easily written otherwise: `Kernel-Size` is `kernelsize`."""
    return word.lower().replace("_", "").replace("-", "").replace(" ", "")


def is_respelling(word: str, meant: str) -> bool:
    """Whether another word in the place of one sets its spelling right, and no number: up2 is not up3."""
    return re.sub(r"\D", "", word) == re.sub(r"\D", "", meant)


_CROWDED = 200


class Call(Protocol):
    """The call of a block, for what is found in the layers that it makes."""

    body: Any

    @property
    def span(self) -> Span: ...


class Findings:
    """Collects diagnostics. A mistake that is met again, in another copy of a block, only counts up.

    While `call` is set, what is found was made by that call of a block, and says so; `source` is the text.
    `excused` are names whose declaration failed, which is reported: that they are not known follows from it.
    `misread`: something that is said for the whole file could not be read, which is reported.
    """

    def __init__(self, source: Source | None = None) -> None:
        self.source = source
        self.call: Call | None = None
        self.excused: set[str] = set()
        self.misread = False
        self._found: dict[tuple[str, Span, str], Diagnostic] = {}
        self._calls: dict[tuple[str, Span, str], list[Call | None]] = {}

    def add(self, diagnostic: Diagnostic) -> None:
        key = (diagnostic.rule, diagnostic.span, diagnostic.template)
        self._found.setdefault(key, diagnostic)
        self._calls.setdefault(key, []).append(self.call)

    def excuse(self, node: TreeNode | None) -> None:
        """Note every word of a declaration that could not be read: it may be a name, and is used later."""
        waiting = [] if node is None else [node]
        while waiting:
            part = waiting.pop()
            if isinstance(part, Map):
                waiting += [one for pair in part.pairs for one in pair]
            elif isinstance(part, Scalar):
                self.excused.add(part.text)
            else:
                waiting += part.items

    @property
    def any(self) -> bool:
        """Whether anything is found."""
        return bool(self._found)

    @property
    def crowded(self) -> bool:
        """So many findings that nobody reads them all: no more search for what may have been meant."""
        return len(self._found) > _CROWDED

    def meant(self, word: str, candidates: Iterable[str]) -> str | None:
        """The closest of the candidates."""
        return None if self.crowded else closest(word, candidates)

    def tell(self, rule: str, template: str, span: Span, **facts: Any) -> None:
        """Add an error that is nothing but a message at a place."""
        self.add(Diagnostic(rule, ERROR, template, facts, span))

    def suggest(self, rule: str, template: str, span: Span, fix: Fix, **facts: Any) -> None:
        """Add an error with its one fix."""
        self.add(Diagnostic(rule, ERROR, template, facts, span, fixes=(fix,)))

    def listed(self) -> list[Diagnostic]:
        return [self._with_calls(found, self._calls[key]) for key, found in self._found.items()]

    def _with_calls(self, found: Diagnostic, calls: list[Call | None]) -> Diagnostic:
        """A finding with the call of a block that it was met in first, and where else it was met."""
        first, *others = calls
        labels, notes = found.labels, found.notes
        if first is not None and self.source is not None:
            line = self.source.position(first.span.start)[0]
            marked = [found.span, *(label.span for label in labels)]
            if line not in [self.source.position(span.start)[0] for span in marked]:
                labels = (*labels, Label(first.span, "in this call"))
        if others:
            known: dict[tuple[int, int], Call] = {call.span: call for call in others if call is not None}
            if first is not None:
                known.pop(first.span, None)
            if known and self.source is not None:
                notes = (*notes, self._same_in(list(known.values()), self.source))
            else:
                notes = (*notes, _same_at(len(others)))
        return found._replace(labels=labels, notes=notes)

    def _same_in(self, calls: list[Call], source: Source) -> Note:
        shown = []
        for call in calls[:_MOST_CALLS]:
            line = say("line {line}", line=source.line_of(call.span.start))
            body = getattr(call.body, "span", Span(0, 0))
            arguments = source.text[body.start : body.end].strip("{} ")
            short = arguments and "\n" not in arguments and len(arguments) <= _LONGEST_CALL
            shown.append(say("{line} ({arguments})", line=line, arguments=arguments) if short else line)
        if len(calls) > _MOST_CALLS:
            shown.append(say("{count} more", count=len(calls) - _MOST_CALLS))
        where = listed(shown)
        if len(calls) == 1:
            return Note("the same in the call on {where}", {"where": where})
        return Note("the same in the calls on {where}", {"where": where})


_MOST_CALLS = 4  # that are listed
_LONGEST_CALL = 40  # characters of its arguments that are shown


def _same_at(copies: int) -> Note:
    if copies == 1:
        return Note("the same at one more layer that is built from this line")
    return Note("the same at {copies} more layers that are built from this line", {"copies": copies})
