"""How text and numbers look wherever they are shown: text of a user's made harmless, numbers made short."""

from __future__ import annotations

import re
from collections.abc import Iterable

from cnn_shapes.words import say_count

# Controls would move the cursor or change colours, marks of writing direction would reorder the line, and
# what takes no room would hide in it. The patterns are compiled when the first text that is not ASCII comes.
HIDDEN = (
    "\x7f-\x9f\xad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f"
)
UNSAFE = f"[\0-\x1f{HIDDEN}]"
_UNQUOTED = r"[\w./ %()-]*"  # no separator of any country's spreadsheet is in it
# What a spreadsheet takes for the beginning of a formula (owasp.org, CSV Injection), full width too.
_FORMULA = "[=+@\uff1d\uff0b\uff0d\uff20-]"
_AS_TEXT = "'"


def spelled_out(text: str) -> str:
    """A text on one line, each character that would be obeyed or hidden written as its escape: `\\x1b`."""
    if text.isascii() and text.isprintable():
        return text
    return re.sub(UNSAFE, spelled, text)


def spelled(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape").decode()


def short_number(number: int) -> str:
    """`832`, `460.8k`, `4.09G`: two decimals below ten, else one."""
    scaled, unit = number, ""
    for unit_scale, unit_name in ((10**12, "T"), (10**9, "G"), (10**6, "M"), (10**3, "k")):
        # what rounds up to a thousand of one unit is one of the next
        if number * 20_000 >= unit_scale * 19_999:
            scaled, unit = unit_scale, unit_name
            break
    if not unit:
        return str(number)
    hundredths = (number * 200 + scaled) // (2 * scaled)
    if hundredths < 1000:
        return f"{hundredths // 100}.{hundredths % 100:02d}{unit}"
    tenths = (number * 20 + scaled) // (2 * scaled)
    return f"{tenths // 10:,}.{tenths % 10}{unit}"


def cells(text: str) -> int:
    """The columns of a terminal that our own words take: two for a Korean syllable."""
    if text.isascii():
        return len(text)
    from unicodedata import east_asian_width

    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)


def padded(text: str, width: int) -> str:
    """A text with so many blanks after it that it takes `width` cells."""
    return text + " " * (width - cells(text))


def filled(text: str, width: int) -> str:
    """A text on lines of at most `width` cells, broken at blanks alone."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines[-1] else word
        if lines[-1] and cells(longer) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return "\n".join(lines)


def plural(count: int, noun: str) -> str:
    """`1 layer`, `1,024 layers`."""
    return say_count(count, noun)


def size_in_memory(count: int) -> str:
    """Bytes in binary units: `115.0 KiB`."""
    for power, unit in ((3, "GiB"), (2, "MiB"), (1, "KiB")):
        scale = 1024**power
        if count >= scale:
            tenths = (count * 20 + scale) // (2 * scale)
            return f"{tenths // 10:,}.{tenths % 10} {unit}"
    return plural(count, "byte")


def is_formula(text: str) -> bool:
    """Whether a spreadsheet would compute a text."""
    return re.match(_FORMULA, text) is not None


def csv_line(cells: Iterable[str | float | None]) -> str:
    """One line as RFC 4180 has it. A number is a number; None is empty.

    Text that a spreadsheet would compute has a ' before it; all that may hold a separator is in quotes.
    """
    return ",".join(map(_csv_cell, cells)) + "\r\n"


def _csv_cell(value: str | float | None) -> str:
    if not isinstance(value, str):
        return "" if value is None else str(value)
    if value.isalnum() and value.isascii():  # most are, and need no second look
        return value
    text = spelled_out(value)
    if is_formula(text):
        text = _AS_TEXT + text
    return text if re.fullmatch(_UNQUOTED, text, re.ASCII) else '"' + text.replace('"', '""') + '"'
