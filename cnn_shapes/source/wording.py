"""What the YAML parser complains about, said to a beginner and at the right place."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import islice
from typing import Any

from cnn_shapes.source.text import LIMIT_EXCEEDED, YAML_SYNTAX, Edit, Problem, Source, Span

# Compiled at their first use, which most runs never come to.
COLON = r"\s*:"
JOINED = r"([^\W\d]\w*):(\S+)"
PROPERTY = r"(?:&[^\s,\[\]{}]+|(![^\s,\[\]{}]*))(?:\s+|#[^\r\n]*)*"
_FORBIDDEN = "[^\t\n\r -~\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"


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
    found = re.search(_FORBIDDEN, source.text)
    place = found.start() if found else min(position, len(source.text))
    code = f"U+{ord(source.text[place]):04X}" if place < len(source.text) else "it"
    template = "the character {code} cannot stand in a spec: remove it"
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
    text = source.text
    place = error.problem_mark.index
    context = error.context_mark.index if error.context_mark else place
    problem, what = error.problem, error.context or ""
    line, column = source.position(place)
    before = source.line_text(line)[: column - 1]
    found = text[place : place + 1]

    def say(template: str, start: int = place, end: int | None = None, **facts: Any) -> Problem:
        stop = min(start + 1, len(text)) if end is None else end
        return Problem(YAML_SYNTAX, template, Span(start, stop), short(facts))

    if (found == "\t" and not before.strip()) or "tab character" in problem:
        return say(
            "a tab cannot indent in YAML: use spaces",
            place,
            place + len(text[place:]) - len(text[place:].lstrip("\t")),
        )
    if "cannot start any token" in problem:
        return say("a value cannot begin with {found}: put it in quotes", found=found)
    if "quoted scalar" in what and ("end of" in problem or "document" in problem):
        return say("the quote {quote} is never closed", context, quote=text[context])
    if "escape" in problem or ("quoted scalar" in what and "expected escape" in problem):
        escape = text.find("\\", place - 1, place + 1)
        escape = place if escape < 0 else escape
        escaped = text[escape : escape + 2]
        end = escape + len(escaped)
        return say(
            "`{escaped}` means nothing inside double quotes: use single quotes",
            escape,
            end,
            escaped=escaped,
        )
    if "alphabetic or numeric" in problem:
        sign = text[context : context + 1]
        return say(
            "`{sign}` needs a name behind it: put the value in quotes if it is none", context, sign=sign
        )
    if "unexpected ':'" in problem:  # libyaml takes `{a:}` and `{a:[1]}` for neither a word nor a key
        if text[place + 1 : place + 2] in tuple(",]}?"):
            return say("no value behind the colon")
        fix = ("a space after the colon", (Edit(Span(place + 1, place + 1), " "),))
        return Problem(YAML_SYNTAX, "no space after the colon", Span(place, place + 1), {}, fix)
    if bracket is not None:
        opener = text[bracket]
        closer = "]" if opener == "[" else "}"
        if not text[place:].strip():
            return say(
                "the bracket `{opener}` is never closed: add `{closer}`",
                bracket,
                opener=opener,
                closer=closer,
            )
        if "," in problem:
            template = "found `{found}`, expected `,` or the `{closer}` for the `{opener}` on line {line}"
            line = source.position(bracket)[0]
            return say(template, found=found, closer=closer, opener=opener, line=line)
    if "node content" in problem:
        return say("found `{found}`, expected a value", found=found)
    if "mapping values are not allowed" in problem:
        return _second_colon(source, place, say)
    if "could not find expected ':'" in problem:
        row = source.position(context)[0]
        end = source.offset(row, len(source.line_text(row)) + 1)
        word = text[context:end].split(" #")[0].rstrip()
        if joined := re.fullmatch(JOINED, word):
            return no_space(joined, context)
        return say("`{found}` has no colon: write `key: value`", context, context + len(word), found=word)
    if "block scalar" in what:
        return say("found `{found}` behind `|` or `>`: begin the text on the next line", found=found)
    if "mapping keys are not allowed" in problem:
        return say("a value cannot begin with `? `: put it in quotes")
    if "entries are not allowed" in problem:
        return say("a list cannot begin behind its key: put `- ` on a line of its own, or write `[...]`")
    if "block" in what and ("did not find expected" in problem or "block end" in problem):
        opened, start = source.position(context)
        if before.strip():
            template = "found `{found}` behind the end of a value: put the whole value in quotes"
            return say(template, found=text[place : place + 20].split("\n")[0].split("\r")[0])
        if "collection" in what and start == column:
            return say("expected `- ` as on line {line}: this line stands among list items", line=opened)
        if start == column and found == "-":
            template = "a list item among the keys from line {line}: indent it like the other items"
            return say(template, line=opened)
        if found == ":":
            return say("no key before the colon")
        if start == column:
            return say("expected `key: value` as on line {line}", line=opened)
        what = "list" if "collection" in what else "mapping"
        template = (
            "this line is indented by {found}, which fits nothing above it: "
            "the {what} that began on line {line} is indented by {expected}"
        )
        return say(template, found=column - 1, what=what, line=opened, expected=start - 1)
    if "directive" in what:
        return say("a line cannot begin with %: put it in quotes", context)
    if "document start" in problem:
        return say("a spec is one document: remove what begins here")
    if "tag" in what or "tag" in problem:
        tag = re.compile(PROPERTY).match(text, context)
        name = tag[1] if tag and tag[1] else "!"
        return say(
            "tags such as {tag} are not part of a spec: remove it", context, context + len(name), tag=name
        )
    return say("this is not YAML: {problem}", problem=problem)


def _second_colon(source: Source, place: int, say: Callable[..., Problem]) -> Problem:
    """A colon where YAML allows none: the line holds two, or continues a value without meaning to."""
    line, column = source.position(place)
    before = source.line_text(line)[: column - 1]
    if re.search(r":\s", before):
        return say("a second `: ` on one line: put the value in quotes, or on lines of its own")
    above = line - 1
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
