"""Comments that silence a rule at one place or in one file, each with the rules it means; none silences all.

    - maxpool: 2  # cnn-shapes: ignore[pixels-dropped] the border is padding anyway
    # cnn-shapes: ignore-file[bias-before-norm, heavy-flatten] as published

A comment on a line, or above it, means what is found on that line and in the layer that is written there, not
the layers inside of it. What is in quotes is not a comment.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from cnn_shapes.diagnosis.nesting import Nested, nodes_of
from cnn_shapes.diagnostics import ERROR, WARNING, Diagnostic, Fix, closest
from cnn_shapes.rules import READING, RULES, SUPPRESSION
from cnn_shapes.shapes import NOT_WHOLE
from cnn_shapes.source import Edit, Scalar, Source, Span, TreeNode
from cnn_shapes.words import either, say

LINE, FILE = "ignore", "ignore-file"
UNUSED_SUPPRESSION, BAD_SUPPRESSION = "unused-suppression", "bad-suppression"
# Compiled at their first use: most specs have no such comment.
_COMMENT = (
    r"(?:^|(?<=[ \t]))#[ \t]*cnn-shapes:[ \t]*([^\[\s]*)[ \t]*(\[[^\]\r\n]*\]?)?"
    r"(?:(?![ \t]#[ \t]*cnn-shapes:)[^\r\n])*"
)
_NO_ENTRY = (
    r"\s*(?:-\s+)*(?:#|-?\s*$)"  # a comment, an empty line, or a dash whose entry begins on a later line
)
_CROWDED = 100  # problems beyond which nobody reads what else may have been meant
_SLIP = 2  # letters that a misspelt name has more or less


class Suppression(NamedTuple):
    """One comment: its span, the rules it names with their spans, and what it means.

    That is what is found on a line (0: in the whole file), and in the smallest layer that is there.
    """

    span: Span
    rules: tuple[tuple[str, Span], ...]
    line: int = 0
    entry: Span | None = None


class Suppressions:
    """The suppressions of one text."""

    def __init__(self, source: Source, root: TreeNode) -> None:
        self.source = source
        self.found: list[Suppression] = []
        self.problems: list[Diagnostic] = []
        self._next: dict[int, int] = {}  # for a line that is no entry, the next that may be one
        entries: list[Span] = []
        scalars: list[Span] = []
        for node, is_layer in nodes_of(root):
            if isinstance(node, Scalar):
                scalars.append(node.span)
            if is_layer:
                entries.append(node.span)
        self._entries, texts = Nested(entries), Nested(scalars)
        for match in re.compile(_COMMENT, re.MULTILINE).finditer(source.text):
            if texts.around(match.start()) is None:
                self._read(match)
        # the comments that mean a rule, by a line (0: the file) or by an entry
        self._meaning: dict[tuple[str, int | Span | None], list[Span]] = {}
        for place in self.found:
            for rule, _ in place.rules:
                self._meaning.setdefault((rule, place.line), []).append(place.span)
                if place.entry is not None:
                    self._meaning.setdefault((rule, place.entry), []).append(place.span)

    def hiding(self, rule: str, span: Span) -> list[Span]:
        """The comments that hide what a rule finds at a place."""
        return [comment for key in self._keys(rule, span) for comment in self._meaning[key]]

    def _keys(self, rule: str, span: Span) -> list[tuple[str, int | Span | None]]:
        """Those that comments mean: a rule in the file, on the line, in the entry of a place."""
        places = (0, self._line(span.start), self._entries.around(span.start))
        return [(rule, place) for place in places if (rule, place) in self._meaning]

    def reason(self, rule: str, span: Span) -> str | None:
        """The reason in the comments that hide a rule at a place, perhaps empty; None where none hides it."""
        hiding = self.hiding(rule, span)
        said = [_said(self.source.text[comment.start : comment.end]) for comment in hiding]
        return "; ".join(dict.fromkeys(filter(None, said))) if hiding else None

    def apply(self, found: list[Diagnostic], judged: bool) -> list[Diagnostic]:
        """What is left of the findings, and what is wrong with the suppressions.

        `judged`: all rules were run, so that a suppression without effect can be reported.
        """
        meant: set[tuple[str, int | Span | None]] = set()
        left = []
        for one in found:
            keys = self._keys(one.rule, one.span)
            meant.update(keys)
            if not keys:
                left.append(one)
        used = {(span, key[0]) for key in meant for span in self._meaning[key]}
        if judged:
            self._tell_unused(used, found, left)
        return left + self.problems

    def _line(self, offset: int) -> int:
        return self.source.position(offset)[0]

    def _read(self, match: re.Match[str]) -> None:
        word, listed = match.group(1), match.group(2)
        if word not in (LINE, FILE):
            self._tell_unknown_word(match, word)
            return
        rules, reasons = self._listed(match)
        if not rules or listed is None or not listed.endswith("]"):
            self._tell_unlisted(match, word)
            return
        span = Span(*match.span())
        if reasons:
            names = f"[{', '.join(name for name, _ in rules)}]"
            fix = Fix(
                say("put the reason after the rules"),
                (Edit(Span(*match.span(2)), f"{names} {', '.join(reasons)}"),),
                safe=True,
            )
            self._tell(
                "only names of rules go in the brackets: put {found} after them",
                Span(*match.span(2)),
                fix,
                found=", ".join(reasons),
            )
        known = tuple(self._known(rules, span))
        if word == FILE:
            self.found.append(Suppression(span, known))
            return
        line = self._meant(span)
        starts = self.source.offset(line, 1)
        ends = starts + len(self.source.line_text(line))
        self.found.append(Suppression(span, known, line, self._entries.around(starts, ends)))

    def _listed(self, match: re.Match[str]) -> tuple[tuple[tuple[str, Span], ...], list[str]]:
        """The names in the brackets with their places, and what else is said there: no name has blanks."""
        rules: list[tuple[str, Span]] = []
        reasons: list[str] = []
        if match.group(2) is None:
            return (), []
        for part in re.compile(r"[^\[\],]+").finditer(self.source.text, *match.span(2)):
            words = [
                (word[0].rstrip(":"), Span(part.start() + word.start(), part.start() + word.end()))
                for word in re.finditer(r"\S+", part[0])
            ]
            known = next((at for at, (word, _) in enumerate(words) if word not in RULES), len(words))
            if len(words) == 1:
                known = 1
            rules += words[:known]
            if known < len(words):
                reasons.append(self.source.text[words[known][1].start : words[-1][1].end])
        return tuple(rules), reasons

    def _meant(self, span: Span) -> int:
        """The line that a comment is on; where it is alone there, the next that is not a comment."""
        line = self._line(span.start)
        if not self._is_alone(span):
            return line
        passed = []
        while line not in self._next and line < self.source.line_count:
            if not re.match(_NO_ENTRY, self.source.line_text(line)):
                break
            passed.append(line)
            line += 1
        line = self._next.get(line, line)
        self._next.update(dict.fromkeys(passed, line))
        return line

    def _is_alone(self, span: Span) -> bool:
        line, column = self.source.position(span.start)
        before = self.source.line_text(line)[: column - 1].lstrip(" \t-")  # the dash of what comes next
        return not before or before.startswith("#")

    def _known(self, rules: tuple[tuple[str, Span], ...], span: Span) -> Iterator[tuple[str, Span]]:
        """The rules that can be ignored; the others are reported."""
        for place, (name, where) in enumerate(rules):
            if name in RULES and RULES.stage(name) not in (READING, SUPPRESSION):
                yield name, where
                continue
            reason = self.source.text[rules[-1][1].end : span.end].partition("]")[2].strip()
            removal = (
                None if reason and len(rules) == 1 else self._without(rules, {place}, span)
            )  # a reason stays
            if name in RULES:
                self._tell("{rule} cannot be ignored: mend what it finds", where, removal, rule=name)
            elif len(self.problems) < _CROWDED and (near := closest(name, RULES)):
                # what is more than a slip of a key could silence what was never meant
                slip = abs(len(name) - len(near)) <= _SLIP
                fix = Fix(f"{name} -> {near}", (Edit(where, near),), safe=slip)
                self._tell("there is no rule {rule}: did you mean {near}?", where, fix, rule=name, near=near)
            else:
                self._tell(
                    "there is no rule {rule}: `cnn-shapes explain rules` lists them",
                    where,
                    removal,
                    rule=name,
                )

    def _tell_unlisted(self, match: re.Match[str], word: str) -> None:
        """No rule is in the brackets, or there are no brackets: they are put around the rules that follow."""
        start = match.end(1)
        rules, end = [], start
        one_more = re.compile(r"[ \t\[]*([\w-]+)" if match.group(2) else r"[ \t]+([\w-]+)")
        while (name := one_more.match(self.source.text, end, match.end())) and name[1] in RULES:
            rules.append(name[1])
            end = name.end()
            one_more = re.compile(r"[ \t,]+([\w-]+)")
        if rules:
            listed = f"[{', '.join(rules)}]"
            fix = Fix(f"{word} -> {word}{listed}", (Edit(Span(start, end), listed),), safe=True)
            self._tell(
                "write the rules in brackets: {word}{listed}", Span(start, end), fix, word=word, listed=listed
            )
            return
        template = "name the rules to ignore, as in {word}[pixels-dropped]: there is no form for all of them"
        self._tell(template, self._whole(match.span()), self._removal_of_nothing(match), word=word)

    def _tell_unknown_word(self, match: re.Match[str], word: str) -> None:
        span = Span(*match.span(1)) if word else self._whole(match.span())
        fix = None if word else self._removal_of_nothing(match)
        if (near := closest(word, (LINE, FILE))) and self._names_follow(match):
            fix = Fix(f"{word} -> {near}", (Edit(span, near),), safe=True)
        elif word in RULES:
            fix = Fix(f"{word} -> {LINE}[{word}]", (Edit(span, f"{LINE}[{word}]"),), safe=True)
        template = "expected ignore[...] or ignore-file[...] with names of rules, found {found}"
        self._tell(template, span, fix, found=word or "nothing")

    def _names_follow(self, match: re.Match[str]) -> bool:
        """Whether a word is misspelt, and not the first of a sentence."""
        rest = self.source.text[match.end(1) : match.end()].split()
        return not rest or rest[0].startswith("[") or rest[0].rstrip(",:") in RULES

    def _removal_of_nothing(self, match: re.Match[str]) -> Fix | None:
        """Take the comment out where it says nothing else: what a person wrote is not ours to delete."""
        start = match.end(1) if match.group(2) is None else match.end(2)
        return None if self.source.text[start : match.end()].strip() else self._removal(match.span())

    def _tell_unused(
        self, used: set[tuple[Span, str]], found: list[Diagnostic], left: list[Diagnostic]
    ) -> None:
        """Report what hides nothing. After an error not every rule could look: then nothing is reported."""
        if any(one.severity == ERROR for one in left):
            return
        # a size that is rounded down where the user says so stops no rule
        sound = all(one.severity != ERROR or one.rule in NOT_WHOLE for one in found)
        for place in self.found:
            unused = [
                number
                for number, (name, _) in enumerate(place.rules)
                if (place.span, name) not in used and (sound or RULES[name].severity == ERROR)
            ]
            if not unused:
                continue
            names = [place.rules[number][0] for number in unused]
            where = Span(place.rules[unused[0]][1].start, place.rules[unused[-1]][1].end)
            self.problems.append(
                Diagnostic(
                    UNUSED_SUPPRESSION,
                    WARNING,
                    "no {rules} is found {where}: the comment hides nothing",
                    {"rules": either(names), "where": say("here" if place.line else "in this file")},
                    where,
                    fixes=(self._without(place.rules, set(unused), place.span),),
                )
            )

    def _tell(self, template: str, span: Span, fix: Fix | None, **facts: str) -> None:
        fixes = () if fix is None else (fix,)
        self.problems.append(Diagnostic(BAD_SUPPRESSION, WARNING, template, facts, span, fixes=fixes))

    def _whole(self, place: tuple[int, int]) -> Span:
        start, end = place
        return Span(start, start + len(self.source.text[start:end].rstrip()))

    def _without(self, rules: tuple[tuple[str, Span], ...], removed: set[int], comment: Span) -> Fix:
        """Take some rules out of a comment; the comment with them where none is left."""
        if len(removed) == len(rules):
            return self._removal(comment)
        edits = []
        number = 0
        while number < len(rules):
            first = number
            while number in removed:
                number += 1
            if number == first:
                number += 1
            elif number < len(rules):
                edits.append(Edit(Span(rules[first][1].start, rules[number][1].start), ""))
            else:
                edits.append(Edit(Span(rules[first - 1][1].end, rules[number - 1][1].end), ""))
        names = ", ".join(rules[number][0] for number in sorted(removed))
        return Fix(say("remove {names}", names=names), tuple(edits), safe=True)

    def _removal(self, comment: tuple[int, int]) -> Fix:
        """Take a comment out: with its line where it is alone there, else with the blanks before it."""
        text = self.source.text
        start, end = comment
        while start and text[start - 1] in " \t":
            start -= 1
        if start == 0 or text[start - 1] in "\r\n":
            end += 2 if text.startswith("\r\n", end) else 1 if end < len(text) else 0
        return Fix(say("remove the comment"), (Edit(Span(start, end), ""),), safe=True)


def _said(comment: str) -> str:
    """The reason after the names of the rules."""
    return comment.partition("]")[2].strip()
