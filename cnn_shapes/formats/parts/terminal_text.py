"""Text on a terminal: what it can show, harmless user text, cells, colours, short numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from cnn_shapes.shown_text import HIDDEN, UNSAFE, spelled, spelled_out
from cnn_shapes.shown_text import plural as plural
from cnn_shapes.shown_text import short_number as short_number
from cnn_shapes.shown_text import size_in_memory as size_in_memory
from cnn_shapes.words import ENGLISH, say, told

if TYPE_CHECKING:
    from cnn_shapes.diagnostics import Fix

# The sixteen colours of a terminal follow its theme; yellow and cyan fade on a light one, so none is used.
STYLES = {
    "error": "1;31",
    "warning": "1;35",
    "info": "1;34",
    "bold": "1",
    "dim": "2",
    "frame": "1;34",
    "fix": "1;32",
    "assumed": "35",
}
_UNSAFE_IN_LINES = f"[\0-\x08\x0b\x0c\x0e-\x1f{HIDDEN}]|\r(?!\n)"  # where tabs and line ends are meant
# What CI systems obey in a log: `::name::` at the start of a line, which GitHub Actions trims first
# (actions/runner, ActionCommand.cs), and `##[name]`, `##vso[name]`, `##teamcity[name` anywhere in it.
_COMMANDS = r"##(?=[A-Za-z]*\[)|^\s*::"
_LEAST_ROOM = 20  # cells
_SYMBOLS = {"✗": "x", "→": "->", "█": "#"}


class DisplayOptions(NamedTuple):
    """How to write. `width` is the terminal's, in cells; None where there is none, and nothing is wrapped.

    Of a table, `columns` are the names of those that are asked for, `sort` is a word of SORTS by which the
    layers are sorted, and `top` how many of them there are.

    `language` is that of a person: formats for machines leave it alone.

    `dtype` and `batch` are those of the memory; where None, nobody has asked for more of it than a line.
    """

    color: bool = False
    width: int | None = None
    encoding: str = "utf-8"
    several: bool = False
    tables: bool | None = None
    depth: int | None = None
    quiet: bool = False
    columns: tuple[str, ...] = ()
    sort: str = ""
    top: int | None = None
    dtype: str | None = None
    batch: int | None = None
    language: str = ENGLISH

    @property
    def shows_tables(self) -> bool:
        if self.tables is None:
            return not self.several and not self.quiet
        return self.tables


class Styled(NamedTuple):
    """Text in one of the STYLES."""

    text: str
    style: str


Line = tuple[str | Styled, ...]


def plain(line: Line) -> str:
    """The text of a line, without its styles."""
    return "".join(piece if isinstance(piece, str) else piece.text for piece in line)


def clean(text: str, encoding: str = "utf-8") -> str:
    """Text out of a spec or a path, characters that a terminal would obey or cannot show spelled out."""
    if text.isascii() and text.isprintable():
        return text
    return _encodable(spelled_out(text), encoding)


def veiled(text: str) -> str:
    """A text as long as it was, with a ? for each character that `clean` would spell out."""
    return text if text.isascii() and text.isprintable() else re.sub(UNSAFE, "?", text)


def clean_lines(text: str, encoding: str = "utf-8") -> str:
    """A text of several lines: its tabs and line ends stay, what else `clean` spells out is spelled out."""
    return _encodable(re.sub(_UNSAFE_IN_LINES, spelled, text), encoding)


def disarmed(text: str, number_sign: str = r"\x23") -> str:
    """Lines in which no CI system finds a command: its first sign is spelled out, as `number_sign` says."""
    if "##" not in text and "::" not in text:
        return text

    def spelled(found: re.Match[str]) -> str:
        return f"{number_sign}#" if found[0] == "##" else f"{found[0][:-2]}\\x3a:"

    return re.sub(_COMMANDS, spelled, text, flags=re.MULTILINE)


def _encodable(text: str, encoding: str) -> str:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        text = text.encode(encoding, "backslashreplace").decode(encoding)
    return text


def symbol(wanted: str, encoding: str) -> str:
    """One of our own symbols, or its form in ASCII."""
    try:
        wanted.encode(encoding)
    except UnicodeEncodeError:
        return _SYMBOLS[wanted]
    return wanted


def cells(text: str) -> int:
    """The columns of a terminal that a text takes: two for a Korean syllable, none for a combining accent."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


def paint(text: str, style: str, color: bool) -> str:
    return f"\x1b[{STYLES[style]}m{text}\x1b[0m" if color and text and style else text


def wrapped(text: str, first: int, width: int | None, least: int = _LEAST_ROOM) -> list[str]:
    """The lines of a text that begins at column `first` and goes on there; one line where no width is set."""
    if width is None or first + cells(text) <= width:
        return [text]
    room = max(width - first, least)
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        if cells(longer) <= room or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def folded(line: str, width: int | None) -> list[str]:
    """A line on as many as a narrow terminal needs.

    Those that go on begin where its last column does, as in a table, or else two columns further in.
    """
    if width is None or cells(line) <= width:
        return [line]
    margin = len(line) - len(line.lstrip(" "))
    if margin + _LEAST_ROOM > width:  # what is so far to the right has no room there
        line, margin = f"    {line.lstrip(' ')}", 4
    indent = margin + 2
    column = re.match(r".*\S {2,}(?=\S)", line)
    if column is not None and cells(column[0]) + _LEAST_ROOM <= width:
        margin, indent = column.end(), cells(column[0])
    first, *more = wrapped(line[margin:], indent, width)
    return [f"{line[:margin]}{first}".rstrip(), *(f"{' ' * indent}{part.strip()}" for part in more)]


def headed(head: Styled, text: str, style: str, width: int | None) -> list[Line]:
    """A head and a text in another style, folded at words."""
    first, *more = folded(f"{head.text}{text}", width)
    return [(head, Styled(first.removeprefix(head.text), style)), *((Styled(line, style),) for line in more)]


def styled(lines: Iterable[str]) -> Iterator[Styled]:
    """Lines for a person, those that say what is below them in bold, problems as severe as they are."""
    before = ""
    listed = list(lines)
    for line, following in zip(listed, [*listed[1:], ""], strict=True):
        severity = re.match(r"(error|warning|info)\[", line)
        is_head = not before and line[:1] not in ("", " ") and following[:1] in ("", " ")
        is_fix = re.match(r"  \d+  \S.*    (cost|비용) ", line)
        yield Styled(line, severity[1] if severity else "bold" if is_head else "fix" if is_fix else "")
        before = line


def cut(text: str, width: int) -> list[str]:
    """A text in pieces of at most `width` cells."""
    pieces = [""]
    for character in text:
        if pieces[-1] and cells(pieces[-1]) + cells(character) > width:
            pieces.append("")
        pieces[-1] += character
    return pieces


def fix_text(fix: Fix) -> str:
    """A fix in one line: what to write, what follows from it, and what it leaves."""
    parts = [fix.headline, told(fix.outcome)]
    if not fix.valid:
        left = "{problems} remains" if fix.remaining == 1 else "{problems} remain"
        parts.append(say(left, problems=plural(fix.remaining, "problem")))
    return "    ".join(part for part in parts if part)


def counted(specs: int, with_errors: int, with_warnings: int) -> str:
    """`214 specs checked, 3 with errors`: what a run over several files says in the end."""
    parts = [say("{specs} checked", specs=plural(specs, "spec"))]
    parts.append(say("{count:,} with errors", count=with_errors))
    parts += [say("{count:,} with warnings", count=with_warnings)] if with_warnings else []
    return ", ".join(parts)
