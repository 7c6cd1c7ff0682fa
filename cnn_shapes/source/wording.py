"""What the YAML parser complains about, said to a beginner and at the right place."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import islice
from typing import Any

from cnn_shapes.source.text import LIMIT_EXCEEDED, YAML_SYNTAX, Edit, Problem, Source, Span
from cnn_shapes.words import say

# Compiled at their first use, which most runs never come to.
COLON = r"\s*:"
JOINED = r"([^\W\d]\w*):(\S+)"
ELEMENT = r"[\w(][\w*+/(). -]*\[[^\[\]{}:,\r\n]*\](?:[\w*+/(). -]|\[[^\[\]{}:,\r\n]*\])*(?<! )"
PROPERTY = r"(?:&[^\s,\[\]{}]+|(![^\s,\[\]{}]*))(?:\s+|#[^\r\n]*)*"
FORBIDDEN = "[^\t\n\r -~\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"


def short(facts: dict[str, Any]) -> dict[str, Any]:
    """A quoted word of a megabyte helps nobody; the span still covers it all."""
    return {
        name: f"{fact[:57]}..." if isinstance(fact, str) and len(fact) > 60 else fact
        for name, fact in facts.items()
    }


def no_space(joined: re.Match[str], start: int) -> Problem:
    """`stride:2` at `start`, which YAML takes for one word."""
    word, rest = joined.groups()
    middle = start + joined.end(1) + 1
    template = "no space after the colon of `{found}`: write `{word}: {rest}`"
    facts = short({"found": joined[0], "word": word, "rest": rest})
    fix = (f"{word}: {facts['rest']}", (Edit(Span(middle, middle), " "),))
    return Problem(YAML_SYNTAX, template, Span(start, start + len(joined[0])), facts, fix)


def forbidden(source: Source, position: int) -> Problem:
    """The first character that YAML does not allow."""
    found = re.search(FORBIDDEN, source.text)
    place = found.start() if found else min(position, len(source.text))
    code = f"U+{ord(source.text[place]):04X}" if place < len(source.text) else say("it")
    template = "the character {code} is not allowed in a spec: remove it"
    return Problem(YAML_SYNTAX, template, Span(place, place + 1), {"code": code})


def too_deep(span: Span, limit: int) -> Problem:
    return Problem(LIMIT_EXCEEDED, "nested deeper than {limit} levels, the limit", span, {"limit": limit})


def is_too_deep(error: Any) -> bool:
    """Whether libyaml (from 0.2.6) met its own limit while it looked ahead; ours is lower."""
    return "nesting depth" in (error.problem or "")


def bracket_at(text: str, start: int, number: int) -> Span:
    """The bracket that opens a flow container after so many others; the end of the text if there is none."""
    found = next(islice(re.compile(r"[\[{]").finditer(text, start), number, None), None)
    return Span(*found.span()) if found else Span(len(text), len(text))


def explain(source: Source, error: Any, bracket: int | None) -> Problem:
    """The parser's complaint in words for someone who meets YAML for the first time, at the place to mend.

    `bracket` is where the innermost open flow container begins.
    """
    complaint = _Complaint(source, error, bracket)
    for applies, problem_of in _COMPLAINTS:
        if applies(complaint):
            return problem_of(complaint)
    return complaint.say("this is not YAML: {problem}", problem=complaint.problem)


class _Complaint:
    """What the parser complains about (`problem`), and while it did what (`context`).

    `place` is where, `began` where that context began; `before` is what is on the line before it, `found` the
    character there.
    """

    def __init__(self, source: Source, error: Any, bracket: int | None) -> None:
        self.source, self.text, self.bracket = source, source.text, bracket
        self.place: int = error.problem_mark.index
        self.began: int = error.context_mark.index if error.context_mark else self.place
        self.problem: str = error.problem
        self.context: str = error.context or ""
        self.line, self.column = source.position(self.place)
        self.before = source.line_text(self.line)[: self.column - 1]
        self.found = self.text[self.place : self.place + 1]

    def say(self, template: str, start: int | None = None, end: int | None = None, **facts: Any) -> Problem:
        """The problem at a span; without one, at the character of the complaint."""
        first = self.place if start is None else start
        stop = min(first + 1, len(self.text)) if end is None else end
        return Problem(YAML_SYNTAX, template, Span(first, stop), short(facts))

    @property
    def in_block(self) -> bool:
        """Whether a line of a block list or mapping is not one of its lines."""
        return "block" in self.context and (
            "did not find expected" in self.problem or "block end" in self.problem
        )

    @property
    def opened(self) -> tuple[int, int]:
        """The line and column where the context began."""
        return self.source.position(self.began)

    @property
    def is_aligned(self) -> bool:
        """Whether the line begins in the column of the list or mapping that it does not belong to."""
        return self.opened[1] == self.column


def _tab(it: _Complaint) -> Problem:
    rest = it.text[it.place :]
    end = it.place + len(rest) - len(rest.lstrip("\t"))
    return it.say("a tab cannot indent in YAML: use spaces", it.place, end)


def _escape(it: _Complaint) -> Problem:
    start = it.text.find("\\", it.place - 1, it.place + 1)
    start = it.place if start < 0 else start
    escaped = it.text[start : start + 2]
    template = "`{escaped}` means nothing inside double quotes: use single quotes"
    return it.say(template, start, start + len(escaped), escaped=escaped)


def _joined_colon(it: _Complaint) -> Problem:
    """libyaml takes `{a:}` and `{a:[1]}` for neither a word nor a key."""
    after = it.place + 1
    if it.text[after : after + 1] in tuple(",]}?"):
        return it.say("no value after the colon")
    fix = (say("a space after the colon"), (Edit(Span(after, after), " "),))
    return Problem(YAML_SYNTAX, "no space after the colon", Span(it.place, after), {}, fix)


def _open_bracket(it: _Complaint) -> Problem:
    assert it.bracket is not None
    opener = it.text[it.bracket]
    closer = "]" if opener == "[" else "}"
    if not it.text[it.place :].strip():
        template = "the bracket `{opener}` is never closed: add `{closer}`"
        return it.say(template, it.bracket, opener=opener, closer=closer)
    template = "found `{found}`, expected `,` or the `{closer}` for the `{opener}` on line {line}"
    line = it.source.position(it.bracket)[0]
    return it.say(template, found=it.found, closer=closer, opener=opener, line=line)


def _element(it: _Complaint) -> Problem:
    """`{filters: widths[i]}`: in braces YAML takes the bracket for a list of its own."""
    line_end = it.text.find("\n", it.place)
    line = it.text[it.place - len(it.before) : line_end if line_end >= 0 else len(it.text)]
    found = next(one for one in re.finditer(ELEMENT, line) if one.end() > len(it.before))
    start = it.place - len(it.before) + found.start()
    span = Span(start, start + len(found[0]))
    fix = (f'"{found[0]}"', (Edit(span, f'"{found[0]}"'),))
    template = "in braces YAML takes `[` for a list: write {found} in quotes"
    return Problem(YAML_SYNTAX, template, span, short({"found": found[0]}), fix)


def _no_colon(it: _Complaint) -> Problem:
    row = it.opened[0]
    end = it.source.offset(row, len(it.source.line_text(row)) + 1)
    word = it.text[it.began : end].split(" #")[0].rstrip()
    if joined := re.fullmatch(JOINED, word):
        return no_space(joined, it.began)
    template = "`{found}` has no colon: write `key: value`"
    return it.say(template, it.began, it.began + len(word), found=word)


def _misindented(it: _Complaint) -> Problem:
    line, start = it.opened
    template = (
        "this line is indented by {found}, which fits nothing above it: "
        "the {what} that began on line {line} is indented by {expected}"
    )
    what = say("list" if "collection" in it.context else "mapping")
    return it.say(template, found=it.column - 1, what=what, line=line, expected=start - 1)


def _tag(it: _Complaint) -> Problem:
    tag = re.compile(PROPERTY).match(it.text, it.began)
    name = tag[1] if tag and tag[1] else "!"
    template = "tags such as {tag} are not part of a spec: remove it"
    return it.say(template, it.began, it.began + len(name), tag=name)


def _second_colon(it: _Complaint) -> Problem:
    """A colon where YAML allows none: the line holds two, or continues a value without meaning to."""
    source, place, say, before = it.source, it.place, it.say, it.before
    if re.search(r":\s", before):
        return say("a second `: ` on one line: put the value in quotes, or on lines of its own")
    above = it.line - 1
    while above > 1 and not source.line_text(above).strip():
        above -= 1
    words = source.line_text(above) if above else ""
    start = source.offset(above, 1) + len(words) - len(words.lstrip(" -"))
    word = words.lstrip(" -").split(" #")[0].rstrip()
    if joined := re.fullmatch(JOINED, word):
        return no_space(joined, start)
    if not word:
        return say("a colon where no key ends: put the text in quotes")
    indent = len(before) - len(before.lstrip(" -"))
    expected = len(words) - len(words.lstrip(" -"))
    if ":" in word or before.lstrip().startswith("- "):
        template = (
            "this line is indented by {found}, more than line {line} "
            "above it, whose value is complete: indent it by {expected}"
        )
        return say(template, place - len(before) + indent, place, found=indent, line=above, expected=expected)
    template = (
        "`{found}` has no colon: write `{found}:`" if indent else "`{found}` has no colon: write `key: value`"
    )
    return say(template, start, start + len(word), found=word)


_Row = tuple[Callable[[_Complaint], Any], Callable[[_Complaint], Problem]]
# the parser's complaints, and what is said of them: the first row that applies
_COMPLAINTS: tuple[_Row, ...] = (
    (
        lambda it: (it.found == "\t" and not it.before.strip()) or "tab character" in it.problem,
        _tab,
    ),
    (
        lambda it: "cannot start any token" in it.problem,
        lambda it: it.say("a value cannot begin with {found}: put it in quotes", found=it.found),
    ),
    (
        lambda it: "quoted scalar" in it.context and ("end of" in it.problem or "document" in it.problem),
        lambda it: it.say("the quote {quote} is never closed", it.began, quote=it.text[it.began]),
    ),
    (lambda it: "escape" in it.problem, _escape),
    (
        lambda it: "alphabetic or numeric" in it.problem,
        lambda it: it.say(
            "`{sign}` needs a name after it: put the value in quotes if no name is meant",
            it.began,
            sign=it.text[it.began : it.began + 1],
        ),
    ),
    (lambda it: "unexpected ':'" in it.problem, _joined_colon),
    (
        lambda it: (
            it.found == "["
            and it.bracket is not None
            and re.search(r"\w\Z", it.before) is not None
            and re.match(r"\[[^\[\]{}:,\r\n]*\]", it.text[it.place : it.place + 200]) is not None
        ),
        _element,
    ),
    (
        lambda it: it.bracket is not None and ("," in it.problem or not it.text[it.place :].strip()),
        _open_bracket,
    ),
    (
        lambda it: "node content" in it.problem,
        lambda it: it.say("found `{found}`, expected a value", found=it.found),
    ),
    (lambda it: "mapping values are not allowed" in it.problem, _second_colon),
    (lambda it: "could not find expected ':'" in it.problem, _no_colon),
    (
        lambda it: "block scalar" in it.context,
        lambda it: it.say(
            "found `{found}` after `|` or `>`: begin the text on the next line", found=it.found
        ),
    ),
    (
        lambda it: "mapping keys are not allowed" in it.problem,
        lambda it: it.say("a value cannot begin with `? `: put it in quotes"),
    ),
    (
        lambda it: "entries are not allowed" in it.problem,
        lambda it: it.say(
            "a list cannot begin on the line of its key: put `- ` on a line of its own, or write `[...]`"
        ),
    ),
    (
        lambda it: it.in_block and it.before.strip(),
        lambda it: it.say(
            "found `{found}` after the end of a value: put the whole value in quotes",
            found=it.text[it.place : it.place + 20].split("\n")[0].split("\r")[0],
        ),
    ),
    (
        lambda it: it.in_block and it.is_aligned and "collection" in it.context,
        lambda it: it.say(
            "expected `- ` as on line {line}: this line is among list items", line=it.opened[0]
        ),
    ),
    (
        lambda it: it.in_block and it.is_aligned and it.found == "-",
        lambda it: it.say(
            "a list item among the keys from line {line}: indent it like the other items", line=it.opened[0]
        ),
    ),
    (lambda it: it.in_block and it.found == ":", lambda it: it.say("no key before the colon")),
    (
        lambda it: it.in_block and it.is_aligned,
        lambda it: it.say("expected `key: value` as on line {line}", line=it.opened[0]),
    ),
    (lambda it: it.in_block, _misindented),
    (
        lambda it: "directive" in it.context,
        lambda it: it.say("a line cannot begin with %: put it in quotes", it.began),
    ),
    (
        lambda it: "document start" in it.problem,
        lambda it: it.say("a spec is one document: remove what begins here"),
    ),
    (lambda it: "tag" in it.context or "tag" in it.problem, _tag),
)
