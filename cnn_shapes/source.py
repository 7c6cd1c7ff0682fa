"""A spec's text, places in it, edits of it, and its YAML as a tree in which every value knows its place.

PyYAML's composer recurses, and its C form kills the process at a hundred thousand nested brackets. So the
tree is built here, in a loop, from the parser's events; that also gives YAML 1.2 scalars and exact places.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

import yaml

CParser: Any
try:
    from yaml._yaml import CParser
except ImportError:  # PyYAML was built without libyaml
    CParser = None

BOM = "\ufeff"


class Span(NamedTuple):
    """Character offsets into `Source.text`, the end exclusive."""

    start: int
    end: int


class Edit(NamedTuple):
    """`text` takes the place of what stands at `span`; an empty span inserts."""

    span: Span
    text: str


Fix = tuple[str, tuple[Edit, ...]]


class Problem(NamedTuple):
    """Something wrong with the text: a `template` to fill in with `facts`; `fix` is a title and its edits."""

    rule: str
    template: str
    span: Span
    facts: Mapping[str, Any] = {}
    fix: Fix | None = None


class Unreadable(Exception):
    """The bytes are no UTF-8 text. `source` holds them decoded as could be guessed, to show the place."""

    def __init__(self, problem: Problem, source: Source) -> None:
        super().__init__(problem.template.format_map(problem.facts))
        self.problem = problem
        self.source = source


class Limits(NamedTuple):
    """What one file may ask for. An alias counts for all the nodes that it stands for."""

    depth: int = 100
    nodes: int = 1_000_000
    layers: int = 100_000
    problems: int = 100


class Source:
    """A text and where it came from. Lines and columns count from 1, in characters.

    Only \\n, \\r\\n and \\r end a line: what YAML takes for a line break beside them, editors do not.
    """

    __slots__ = ("_starts", "bom", "path", "text")

    def __init__(self, path: str, text: str, bom: bool = False) -> None:
        if not bom and text.startswith(BOM):
            bom, text = True, text[1:]
        self.path = path
        self.text = text
        self.bom = bom
        self._starts: list[int] | None = None

    @classmethod
    def decode(cls, path: str, data: bytes) -> Source:
        """The text of a UTF-8 file, with or without byte order mark; anything else raises `Unreadable`."""
        if b"\0" not in data:
            try:
                text = data.decode()
            except UnicodeDecodeError as error:
                raise _unreadable(path, data, error.start) from None
            return cls(path, text[1:], True) if text.startswith(BOM) else cls(path, text)
        raise _unreadable(path, data, 0)

    def encode(self) -> bytes:
        """The bytes of the file, with the byte order mark if there was one."""
        return (BOM + self.text if self.bom else self.text).encode()

    @property
    def line_count(self) -> int:
        """Lines of the text; a final line break begins one more, empty line."""
        return len(self._lines())

    def position(self, offset: int) -> tuple[int, int]:
        """Line and column of a character offset; offsets outside the text mean its nearer end."""
        offset = min(max(offset, 0), len(self.text))
        starts = self._lines()
        line = bisect_right(starts, offset)
        return line, offset - starts[line - 1] + 1

    def offset(self, line: int, column: int) -> int:
        """The offset of a line and column; a column behind the line's end means that end."""
        starts = self._lines()
        if line < 1:
            return 0
        if line > len(starts):
            return len(self.text)
        return starts[line - 1] + min(max(column, 1) - 1, len(self.line_text(line)))

    def line_text(self, line: int) -> str:
        """The text of a line, without its line break."""
        starts = self._lines()
        end = starts[line] if line < len(starts) else len(self.text)
        found = self.text[starts[line - 1] : end]
        return found[:-2] if found.endswith("\r\n") else found[:-1] if found.endswith(("\n", "\r")) else found

    def edited(self, edits: Iterable[Edit]) -> Source:
        """A new source with the edits made, all else kept. Overlapping edits raise ValueError."""
        parts = []
        done = 0
        for (start, end), text in sorted(edits, key=lambda edit: edit.span):
            if not done <= start <= end <= len(self.text):
                raise ValueError(f"the edit of {start}:{end} overlaps another one or leaves the text")
            parts += [self.text[done:start], text]
            done = end
        return Source(self.path, "".join([*parts, self.text[done:]]), self.bom)

    def _lines(self) -> list[int]:
        if self._starts is None:
            self._starts = [0, *(found.end() for found in _BREAK.finditer(self.text))]
        return self._starts


_BREAK = re.compile(r"\r\n?|\n")


def _unreadable(path: str, data: bytes, start: int) -> Unreadable:
    """What the bytes are instead of UTF-8, as far as can be told."""
    encoding = _guess(data)
    if encoding is None:
        return Unreadable(Problem("yaml-syntax", "this is not a text file", Span(0, 0)), Source(path, ""))
    if encoding == "UTF-8":
        template = "the byte {byte} is not UTF-8: save the file as UTF-8"
    else:
        template = "this file looks like {encoding}: save it as UTF-8"
    text = data.decode(encoding, "replace")
    place = len(data[:start].decode(encoding, "replace"))
    facts = {"byte": f"0x{data[start]:02X}"} if encoding == "UTF-8" else {"encoding": encoding}
    span = Span(place, place + 1) if start else Span(0, 0)
    return Unreadable(Problem("yaml-syntax", template, span, facts), Source(path, text))


def _guess(data: bytes) -> str | None:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or data.count(b"\0") > len(data) // 4:
        # Every other byte of plain text in UTF-16 is NUL; a picture or an archive has few or scattered ones.
        zeros = data[:4096].count(b"\0"), data[:4096:2].count(b"\0"), data[1:4096:2].count(b"\0")
        if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
            return "UTF-16"
        if zeros[0] and max(zeros[1:]) > 0.9 * zeros[0]:
            return "UTF-16-LE" if zeros[2] > zeros[1] else "UTF-16-BE"
        return None
    if re.search(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]", data):
        return None
    text = data.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    if sum(not character.isascii() for character in text) > 2 * bad:
        return "UTF-8"
    try:
        if re.search("[\uac00-\ud7a3]", data.decode("cp949")):
            return "CP949"
    except UnicodeDecodeError:
        pass
    return "Latin-1"


class Scalar:
    """A single value. `text` is what YAML reads, `value` what it means; the span includes quotes."""

    __slots__ = ("end", "plain", "start", "text", "value")

    def __init__(self, text: str, start: int, end: int, plain: bool, value: Any) -> None:
        self.text = text
        self.start = start
        self.end = end
        self.plain = plain
        self.value = value

    @property
    def span(self) -> Span:
        return Span(self.start, self.end)


class Sequence:
    """A list. A block-style one ends where its last item does, a flow-style one behind its bracket."""

    __slots__ = ("end", "flow", "items", "start")

    def __init__(self, start: int, flow: bool) -> None:
        self.items: list[Node] = []
        self.start = start
        self.end = start
        self.flow = flow

    @property
    def span(self) -> Span:
        return Span(self.start, self.end)


class Map:
    """A mapping: its pairs in written order, those of `<<` last; `merged` names the keys of these."""

    __slots__ = ("_values", "end", "flow", "merged", "pairs", "start")

    def __init__(self, start: int, flow: bool) -> None:
        self.pairs: list[tuple[Scalar, Node]] = []
        self.start = start
        self.end = start
        self.flow = flow
        self.merged: set[str] | None = None
        self._values: dict[str, Node] = {}

    @property
    def span(self) -> Span:
        return Span(self.start, self.end)

    def get(self, key: str) -> Node | None:
        return self._values.get(key)


Node = Scalar | Sequence | Map


class Document(NamedTuple):
    """The tree of a text. `root` is None for an empty text and where the text is no YAML."""

    root: Node | None
    problems: list[Problem]


_HUGE = 10**40  # beyond every bound, and cheap to compare and to print
_WORDS: dict[str, Any] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
    **{sign + word: float(sign + "inf") for sign in ("", "+", "-") for word in (".inf", ".Inf", ".INF")},
}
_INT = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")


def resolve(text: str) -> Any:
    """What an unquoted scalar means in the core schema of YAML 1.2 (section 10.3.2)."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in "0123456789-+.":
        return text
    if _INT.fullmatch(text):
        if text[:2] in ("0o", "0x"):
            return min(int(text[2:], 8 if text[1] == "o" else 16), _HUGE)
        digits = text.lstrip("+-").lstrip("0")
        value = _HUGE if len(digits) > 40 else int(digits or "0")
        return -value if text[0] == "-" else value
    return float(text) if _FLOAT.fullmatch(text) else text


class _Anchor:
    """What `&name` stands for; `node` is None until it is complete."""

    __slots__ = ("height", "node", "nodes")

    def __init__(self, node: Node | None = None) -> None:
        self.node = node
        self.height = 0
        self.nodes = 0


_DEFAULT = Limits()


class _Stop(Exception):
    """Reading cannot go on."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem


def read_yaml(source: Source, limits: Limits = _DEFAULT, pure: bool = False) -> Document:
    """The tree of a text, and what is wrong with its YAML.

    `pure` takes PyYAML's Python parser, which also stands in where its C parser is missing. Where reading can
    go on as if the remedy in the message had been followed, it does; else the root is None.
    """
    reader = _Reader(source, limits)
    try:
        parser = yaml.Loader(source.text) if pure or CParser is None else CParser(source.text)
        return Document(reader.read(parser.get_event), reader.problems)
    except _Stop as stop:
        reader.problems.append(stop.problem)
    except (yaml.reader.ReaderError, UnicodeEncodeError) as error:
        reader.problems.append(_forbidden(source, getattr(error, "position", 0)))
    return Document(None, reader.problems)


class _Reader:
    """Builds the tree of one text out of parser events."""

    def __init__(self, source: Source, limits: Limits) -> None:
        self.source = source
        self.text = source.text
        self.limits = limits
        self.problems: list[Problem] = []
        self.anchors: dict[str, _Anchor] = {}

    def read(self, get_event: Callable[[], Any]) -> Node | None:
        """The root. One long loop: a call for each event would cost as much as the rest of the work."""
        text = self.text
        properties = "&" in text or "!" in text
        known = dict(_WORDS)
        scalar_event, map_event, sequence_event = (
            yaml.ScalarEvent,
            yaml.MappingStartEvent,
            yaml.SequenceStartEvent,
        )
        map_end, sequence_end, alias_event = yaml.MappingEndEvent, yaml.SequenceEndEvent, yaml.AliasEvent
        deepest_allowed, nodes_allowed = self.limits.depth, self.limits.nodes
        root: list[Node] = []
        # The open container: its items, or its pairs and values by key, and the key that waits for a value.
        items: list[Node] | None = root
        pairs: list[tuple[Scalar, Node]] = []
        values: dict[str, Node] = {}
        key: Any = None
        parent: Any = None
        anchor: _Anchor | None = None
        stack: list[tuple[Any, ...]] = []
        nodes = nodes_before = depth = deepest = last = 0
        node: Any
        try:
            while True:
                event = get_event()
                kind = type(event)
                if kind is scalar_event:
                    word = event.value
                    start = event.start_mark.index
                    last = event.end_mark.index
                    if style := event.style:
                        if style in "|>":  # up to the next node in the parser's view
                            last = start + len(text[start:last].rstrip())
                        node = Scalar(word, start, last, False, word)
                    else:
                        try:
                            node = Scalar(word, start, last, True, known[word])
                        except KeyError:
                            value = known[word] = resolve(word)
                            node = Scalar(word, start, last, True, value)
                        if not word and items is None and key is not None:
                            key, node = self._empty_value(key, node)
                            last = node.end
                    if properties and (event.anchor is not None or event.tag is not None):
                        self._properties(event, node, _Anchor(node))
                elif kind is map_event or kind is sequence_event:
                    start = event.start_mark.index
                    stack.append((parent, items, pairs, values, key, anchor, nodes_before, deepest))
                    depth += 1
                    anchor = None
                    if kind is map_event:
                        parent = Map(start, event.flow_style)
                        items, pairs, values = None, parent.pairs, parent._values
                    else:
                        # libyaml calls a block list that is not indented flow style
                        parent = Sequence(start, text[start : start + 1] == "[")
                        items = parent.items
                    key = None
                    if properties and (event.anchor is not None or event.tag is not None):
                        anchor = self._properties(event, parent, _Anchor())
                        if items is not None:
                            parent.flow = text[parent.start : parent.start + 1] == "["
                    if depth > deepest_allowed:
                        raise _Stop(self._too_deep(Span(parent.start, parent.start + 1)))
                    nodes_before, deepest = nodes, depth
                    continue
                elif kind is map_end or kind is sequence_end:
                    node = parent
                    if node.flow and text[node.start] in "[{":
                        last = event.end_mark.index
                    node.end = last
                    if items is None and "<<" in values:
                        self._merge(node)
                    nodes += 2 * len(pairs) if items is None else len(items)
                    if nodes > nodes_allowed:
                        raise _Stop(self._too_many(Span(node.start, node.start + 1)))
                    if anchor is not None:
                        anchor.node, anchor.height, anchor.nodes = (
                            node,
                            deepest - depth + 1,
                            nodes - nodes_before,
                        )
                    depth -= 1
                    below = deepest
                    parent, items, pairs, values, key, anchor, nodes_before, deepest = stack.pop()
                    if below > deepest:
                        deepest = below
                elif kind is alias_event:
                    last = event.end_mark.index
                    target = self._alias(event)
                    node = target.node
                    nodes += target.nodes
                    if depth + target.height > deepest:
                        deepest = depth + target.height
                        if deepest > deepest_allowed:
                            raise _Stop(self._too_deep(Span(event.start_mark.index, last)))
                    if nodes > nodes_allowed:
                        raise _Stop(self._too_many(Span(event.start_mark.index, last)))
                elif kind is yaml.DocumentStartEvent:
                    if root:
                        start, end = event.start_mark.index, event.end_mark.index
                        self._tell(
                            "a spec is one document: remove `---` and all that follows",
                            Span(start, end),
                        )
                        return root[0]
                    continue
                elif kind is yaml.StreamEndEvent or event is None:
                    return root[0] if root else None
                else:
                    continue

                if items is not None:
                    items.append(node)
                elif key is None:
                    key = node
                else:
                    if (
                        type(key) is Scalar
                        and key.value.__class__ is str
                        and (word := key.text) not in values
                    ):
                        values[word] = node
                        pairs.append((key, node))
                    else:
                        self._odd_pair(parent, key, node)
                    key = None
        except yaml.MarkedYAMLError as error:
            chain = [parent, *(frame[0] for frame in reversed(stack))]
            bracket = next((node.start for node in chain if node and text[node.start] in "[{"), None)
            raise _Stop(_explain(self.source, error, bracket)) from None

    def _tell(self, template: str, span: Span, fix: Fix | None = None, /, **facts: Any) -> None:
        self._add(Problem("yaml-syntax", template, span, _short(facts), fix))

    def _add(self, problem: Problem) -> None:
        # Beyond the limit only the number is of interest: a repeated problem costs no memory.
        self.problems.append(self.problems[-1] if len(self.problems) > self.limits.problems else problem)

    def _too_deep(self, span: Span) -> Problem:
        facts = {"limit": self.limits.depth}
        return Problem("limit-exceeded", "nested deeper than {limit} levels, the limit", span, facts)

    def _too_many(self, span: Span) -> Problem:
        template = "more than {limit} values, the limit; an alias counts for all that it stands for"
        return Problem("limit-exceeded", template, span, {"limit": self.limits.nodes})

    def _empty_value(self, key: Any, node: Scalar) -> tuple[Any, Scalar]:
        """Puts an empty value right behind its colon; reads `{stride:2}`, one word to YAML, as meant."""
        text = self.text
        if node.end > node.start or text[node.start - 1 : node.start] == ":":  # of an anchor, or in its place
            return key, node
        colon = re.compile(_COLON).match(text, key.end)
        node.start = node.end = colon.end() if colon else key.end
        if colon or type(key) is not Scalar or not key.plain:
            return key, node
        joined = re.fullmatch(_JOINED, key.text)
        if joined is None or text[key.start : key.end] != key.text:
            return key, node
        middle = key.start + joined.end(1)
        word, rest = joined.groups()
        self._add(_no_space(joined, key.start))
        value = Scalar(rest, middle + 1, key.end, True, resolve(rest))
        return Scalar(word, key.start, middle, True, resolve(word)), value

    def _properties(self, event: Any, node: Node, anchor: _Anchor) -> _Anchor:
        """Moves a node's start behind its anchor and tag, keeps the anchor, tells of the tag."""
        start, end = event.start_mark.index, len(self.text)
        properties = re.compile(_PROPERTY)
        if type(node) is Scalar:
            end = node.end
        while start < end and (found := properties.match(self.text, start, end)):
            if found[1]:
                tag = found.span(1)
                fix = (f"remove {found[1]}", (Edit(Span(tag[0], found.end()), ""),))
                template = "tags such as {tag} are not part of a spec: remove it"
                self._tell(template, Span(*tag), fix, tag=found[1])
            start = found.end()
        node.start = start
        if event.anchor is not None:
            self.anchors[event.anchor] = anchor
        return anchor

    def _alias(self, event: Any) -> _Anchor:
        name = event.anchor
        span = Span(event.start_mark.index, event.end_mark.index)
        target = self.anchors.get(name)
        if target is None:
            template = "`*{name}` stands for nothing: no `&{name}` is above it"
        elif target.node is None:
            template = "`*{name}` is inside of `&{name}`, so it would contain itself"
        else:
            return target
        raise _Stop(Problem("yaml-syntax", template, span, _short({"name": name})))

    def _odd_pair(self, parent: Map, key: Node, node: Node) -> None:
        """A pair whose key is no new string: told, then kept as far as its meaning is plain."""
        span = Span(key.start, key.end)
        if type(key) is not Scalar:
            what = "a list" if type(key) is Sequence else "a mapping"
            self._tell("a key must be a word, found {what}: put it in quotes", span, what=what)
            return
        word = key.text
        if not isinstance(key.value, str):
            if not word:
                self._tell("no key before the colon", span)
                return
            fix = (f'"{word}"', (Edit(span, f'"{word}"'),))
            what = (
                "nothing" if key.value is None else "a boolean" if isinstance(key.value, bool) else "a number"
            )
            template = "a key must be a word, but `{key}` is {what}: put it in quotes"
            self._tell(template, span, fix, key=word, what=what)
        if word in parent._values:
            if len(self.problems) > self.limits.problems:  # no search through the pairs for what nobody reads
                self._add(self.problems[-1])
                return
            first = next(other for other, _ in parent.pairs if other.text == word)
            line = self.source.position(first.start)[0]
            template = "`{key}` is already given on line {line}: remove one of the two"
            self._add(Problem("duplicate-key", template, span, _short({"key": word, "line": line})))
            return
        parent._values[word] = node
        parent.pairs.append((key, node))

    def _merge(self, node: Map) -> None:
        """Carries out `<<`: own keys win over merged ones, earlier merged ones over later."""
        place = next(place for place, (key, _) in enumerate(node.pairs) if key.text == "<<")
        key, value = node.pairs[place]
        if not key.plain:
            return
        del node.pairs[place], node._values["<<"]
        node.merged = set()
        for other in value.items if type(value) is Sequence else [value]:
            if type(other) is not Map:
                template = "`<<` takes a mapping or a list of mappings, found {found}"
                found = f"`{other.text}`" if isinstance(other, Scalar) else "a list"
                inside = key.end <= other.start and other.end <= node.end
                self._tell(template, other.span if inside else key.span, found=found)
                continue
            for name, item in other.pairs:
                if name.text not in node._values:
                    node._values[name.text] = item
                    node.pairs.append((name, item))
                    node.merged.add(name.text)


# Compiled at their first use, which most runs never come to.
_COLON = r"\s*:"
_JOINED = r"([^\W\d]\w*):(\S+)"
_PROPERTY = r"(?:&[^\s,\[\]{}]+|(![^\s,\[\]{}]*))(?:\s+|#[^\r\n]*)*"
_FORBIDDEN = "[^\t\n\r -~\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"


def _short(facts: dict[str, Any]) -> dict[str, Any]:
    """A quoted word of a megabyte helps nobody; the span still covers it all."""
    return {
        name: f"{fact[:57]}..." if isinstance(fact, str) and len(fact) > 60 else fact
        for name, fact in facts.items()
    }


def _no_space(joined: re.Match[str], start: int) -> Problem:
    """`stride:2` at `start`, which YAML takes for one word."""
    word, rest = joined.groups()
    middle = start + joined.end(1) + 1
    template = "no space after the colon of `{found}`: write `{word}: {rest}`"
    facts = _short({"found": joined[0], "word": word, "rest": rest})
    fix = (f"{word}: {facts['rest']}", (Edit(Span(middle, middle), " "),))
    return Problem("yaml-syntax", template, Span(start, start + len(joined[0])), facts, fix)


def _forbidden(source: Source, position: int) -> Problem:
    """The first character that YAML does not allow."""
    found = re.search(_FORBIDDEN, source.text)
    place = found.start() if found else min(position, len(source.text))
    code = f"U+{ord(source.text[place]):04X}" if place < len(source.text) else "it"
    template = "the character {code} cannot stand in a spec: remove it"
    return Problem("yaml-syntax", template, Span(place, place + 1), {"code": code})


def _explain(source: Source, error: Any, bracket: int | None) -> Problem:
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
        return Problem("yaml-syntax", template, Span(start, stop), _short(facts))

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
        return Problem("yaml-syntax", "no space after the colon", Span(place, place + 1), {}, fix)
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
        if joined := re.fullmatch(_JOINED, word):
            return _no_space(joined, context)
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
        tag = re.compile(_PROPERTY).match(text, context)
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
    if joined := re.fullmatch(_JOINED, word):
        return _no_space(joined, start)
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
