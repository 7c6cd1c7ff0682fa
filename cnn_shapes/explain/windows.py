"""Draws the windows of a layer along one axis: `[1 2 3][4 5 6] 7  <- 1 pixel left over`."""

from __future__ import annotations

from cnn_shapes.shapes import Window
from cnn_shapes.words import chained, say

PADDING, SKIPPED, OUTSIDE = ".", "-", "_"
_MOST_CELLS = 9  # of one window; beyond it the middle is left out
_MOST_WINDOWS = 8  # that are drawn one under the other
_WIDEST = 72


def draw(size: int, window: Window, outputs: int) -> list[str]:
    """The windows of an axis of `size` pixels, `outputs` of them: pixels by number, padding as a dot.

    Side by side on one line where they do not overlap; else one under the other, in their columns where these
    are few, by name where they are many. `-` is a pixel that dilation steps over, `_` what lies outside.
    """
    rest = _rest(size, window, outputs)
    if window.stride >= window.extent and window.dilation == 1:
        return _side_by_side(size, window, outputs, rest)
    last = (outputs - 1) * window.stride + window.extent + rest
    width = len(str(size)) + 1
    if outputs <= _MOST_WINDOWS and last * width <= _WIDEST:
        return _in_columns(size, window, outputs, rest, width)
    return _by_name(size, window, outputs, rest)


def legend(lines: list[str]) -> str:
    """What the signs in a drawing mean, of those that are in it."""
    drawn = "".join(line.partition("<-")[0] for line in lines).replace("...", "")
    meanings = (
        (PADDING, say("padding")),
        (SKIPPED, say("stepped over by dilation")),
        (OUTSIDE, say("outside")),
    )
    return chained(
        say("{sign} is {meaning}", sign=sign, meaning=meaning) for sign, meaning in meanings if sign in drawn
    )


def reach(size: int, window: Window, outputs: int) -> list[int]:
    """Of a transposed window: how many input pixels reach each of the first outputs."""
    counts = []
    for output in range(min(outputs, 2 * _MOST_WINDOWS)):
        place = output + window.before
        taps = (place - tap * window.dilation for tap in range(window.kernel_size))
        counts.append(sum(tap % window.stride == 0 and 0 <= tap // window.stride < size for tap in taps))
    return counts


def _rest(size: int, window: Window, outputs: int) -> int:
    """Cells after the last window, padding included."""
    return max(0, size + window.before + window.after - (outputs - 1) * window.stride - window.extent)


def _cell(place: int, size: int, window: Window) -> str:
    """A place counted from 0 at the first cell of the padding."""
    pixel = place - window.before + 1
    if 1 <= pixel <= size:
        return str(pixel)
    return PADDING if pixel < 1 or pixel <= size + window.after else OUTSIDE


def _cells(number: int, size: int, window: Window) -> list[str]:
    start = number * window.stride
    return [
        _cell(start + step, size, window) if step % window.dilation == 0 else SKIPPED
        for step in range(window.extent)
    ]


def _shortened(number: int, size: int, window: Window) -> str:
    start, extent = number * window.stride, window.extent
    if extent <= _MOST_CELLS:
        return " ".join(_cells(number, size, window))
    head = [
        _cell(start + step, size, window) if step % window.dilation == 0 else SKIPPED for step in range(3)
    ]
    return " ".join([*head, "...", _cell(start + extent - 1, size, window)])


def _left_over(size: int, window: Window, outputs: int, rest: int) -> tuple[str, str]:
    """The cells after the last window, and what to say of them; empty where there are none."""
    if not rest:
        return "", ""
    end = (outputs - 1) * window.stride + window.extent
    places = range(end, end + rest)
    cells = [_cell(place, size, window) for place in (*places[:3], *(places[-1:] if rest > 3 else ()))]
    if rest > 4:
        cells.insert(3, "...")
    padding = min(rest, window.after)
    pixels = rest - padding
    if not pixels:
        return " ".join(cells), say("{count} of padding left over", count=padding)
    text = say("1 pixel left over") if pixels == 1 else say("{count} pixels left over", count=pixels)
    if padding:
        text = say("{pixels}, and {count} of padding", pixels=text, count=padding)
    return " ".join(cells), text


def _side_by_side(size: int, window: Window, outputs: int, rest: int) -> list[str]:
    drawn = range(outputs) if outputs <= 4 else (0, 1, 2, outputs - 1)
    line, before = "", -1
    for number in drawn:
        if number - before > 1:
            line += " ... "
        elif number:
            line += _between(number - 1, size, window)
        line += f"[{_shortened(number, size, window)}]"
        before = number
    cells, text = _left_over(size, window, outputs, rest)
    return [_with_rest(f"{line} {cells}", text) if cells else line]


def _with_rest(drawn: str, text: str) -> str:
    """A drawing with what is said of the cells at its end."""
    return say("{drawn}  <- {text}", drawn=drawn, text=text)


def _between(number: int, size: int, window: Window) -> str:
    """The pixels that a stride larger than the kernel steps over."""
    start = number * window.stride + window.extent
    gap = window.stride - window.extent
    cells = [_cell(start + step, size, window) for step in range(min(gap, 3))]
    if gap > 3:
        cells.append("...")
    return f" {' '.join(cells)} " if cells else ""


def _in_columns(size: int, window: Window, outputs: int, rest: int, width: int) -> list[str]:
    lines = []
    for number in range(outputs):
        cells = "".join(cell.rjust(width) for cell in _cells(number, size, window))
        opened = cells[: width - len(cells.split()[0]) - 1] + "[" + cells.strip()
        lines.append(" " * (number * window.stride * width) + opened + "]")
    cells, text = _left_over(size, window, outputs, rest)
    if cells:
        column = (outputs - 1) * window.stride + window.extent
        first = cells.split()[0]
        drawn = " " * (column * width) + first.rjust(width) + cells[len(first) :]
        lines.append(_with_rest(drawn, text))
    return lines


def _by_name(size: int, window: Window, outputs: int, rest: int) -> list[str]:
    name = f"window {outputs}"
    drawn = range(outputs) if outputs <= 4 else (0, 1, outputs - 1)
    lines, before = [], -1
    for number in drawn:
        if number - before > 1:
            lines.append("...")
        lines.append(f"{f'window {number + 1}'.ljust(len(name))}  [{_shortened(number, size, window)}]")
        before = number
    cells, text = _left_over(size, window, outputs, rest)
    if cells:
        lines.append(_with_rest(f"{'then'.ljust(len(name))}   {cells}", text))
    return lines
