"""How surprising a value is in a network, in bits: -log2 of its share among the networks that people publish.

A window has the share of the networks in `windows.tsv` that hold it, smoothed, and where the table has few of
its family or none, backed off to its parts: the share of its kernel_size, of its stride, of the way it is
padded and of its dilation. In a file with other layers of the family half of the weight and more is theirs.
Where there is no survey, for transposed convolutions, sizes of an input, channels and groups, a rule is in
the place of a share; each says why.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache
from math import log2
from pathlib import Path
from typing import NamedTuple

from cnn_shapes.layers.base import Layer
from cnn_shapes.repair.changes.costs import SPATIAL_ROLES

CONVOLUTION, DEPTHWISE, POOL, TRANSPOSED = "conv", "depthwise_conv", "pool", "conv_transpose"
BACKED_OFF = 0.2  # the weight of what follows from the parts of a window, against what the table says of it
RARE = 9  # bits, from which on a window is rare: each further one counts a quarter
OWN_FILE = 2  # other layers of the file whose word counts as much as that of all networks
SMOOTHED = 10  # the weight of a value that no network has, in networks
AXES_APART = 3  # bits, for a window that is not the same along all axes
END_LARGER = 3  # bits, for padding that has more at the end, as TensorFlow and Darknet pad
START_LARGER = 6  # bits, for padding that has more at the beginning
WHOLE_MAP = 3  # bits at most, for a window that reads the whole map: a layer in place of a dense one
NOT_A_MULTIPLE = 8  # bits, for a transposed window that does not enlarge a map as many times as its stride
KNOWN_SIZE = 3  # bits fewer, for an input that is a size which networks are published for
OFF_STEP = 3  # bits, for an input that is not a multiple of the network's own step
_LEAST_SHARE = 2.0**-1000  # of a window of any size
_COUNTED = ("kernel_size", "stride", "dilation")  # parts of a window whose numbers are counted
_PADDED_HALF, _NOT_PADDED, _PADDED_OTHERWISE = "half", "none", "other"
KNOWN_SIZES = frozenset(
    (28, 32, 64, 96, 112, 128, 160, 192, 224, 240, 256, 288, 299, 320, 384, 416, 448, 512, 640)
)


class AxisWindow(NamedTuple):
    """The numbers of a window along one axis, to be counted: what it makes of a size, `shapes.Window` says.

    `extra` is the output_padding of a transposed one.
    """

    kernel_size: int
    stride: int
    padding: tuple[int, int] = (0, 0)
    dilation: int = 1
    extra: int = 0

    @property
    def extent(self) -> int:
        return self.dilation * (self.kernel_size - 1) + 1

    @property
    def even(self) -> AxisWindow:
        """The same window with padding that is alike at both ends, rounded down."""
        half = sum(self.padding) // 2
        return self._replace(padding=(half, half))

    @property
    def way_of_padding(self) -> str:
        total = sum(self.padding)
        if total == 0 and self.extent > 2:
            return _NOT_PADDED
        return _PADDED_HALF if total // 2 == (self.extent - 1) // 2 else _PADDED_OTHERWISE


Axes = tuple[AxisWindow, ...]


class WindowFamily:
    """The windows of one family of layers, as many networks hold them."""

    def __init__(self, name: str, windows: Mapping[Axes, int]) -> None:
        self.name, self.windows = name, windows
        self.total = sum(windows.values())
        each = [(one, count) for axes, count in windows.items() for one in {*axes}]
        self.all = sum(count for _, count in each) or 1
        self.parts: dict[str, Counter[object]] = {name: Counter() for name in (*_COUNTED, "padding")}
        for one, count in each:
            for name, value in _parts(one):
                self.parts[name][value] += count

    def share(self, axes: Axes) -> float:
        """The smoothed share of a window that is the same along all axes, or not."""
        if self.name == TRANSPOSED:
            return float(2.0 ** -max(map(_transposed, axes)))
        apart = len(axes) > 1
        likely = min(map(self._likely, axes)) * 2.0 ** -(AXES_APART * apart)
        known = self.windows.get(axes, 0) / self.total if self.total else 0
        return (1 - BACKED_OFF) * known + BACKED_OFF * likely

    def _likely(self, one: AxisWindow) -> float:
        """The share that follows from the parts of a window."""
        likely = 1.0
        for name, value in _parts(one):
            likely *= self.part(name, value)
        if one.way_of_padding == _PADDED_OTHERWISE:  # the further from what is usual, the less likely
            likely *= 2.0 ** -abs(sum(one.padding) // 2 - (one.extent - 1) // 2)
        return likely

    def part(self, name: str, value: object) -> float:
        """The smoothed share of one part of a window."""
        rare = 0.1 if isinstance(value, str) else _rare(int(str(value)))
        return (self.parts[name][value] + SMOOTHED * rare) / (self.all + SMOOTHED)


def _parts(one: AxisWindow) -> list[tuple[str, object]]:
    padding = [("padding", one.way_of_padding)] if one.kernel_size > 1 else []
    numbers = [(name, getattr(one, name)) for name in _COUNTED]
    return [*numbers, *padding]


def _rare(number: int) -> float:
    """The share among rare numbers: the smaller the likelier, an odd one twice as likely as an even one."""
    return float(2.0 ** -(2 + number / 2 + (number % 2 == 0 and number > 2)))


def _transposed(one: AxisWindow) -> float:
    """Bits for a transposed window: it is there to enlarge a map as many times as its stride."""
    if one.stride == 1:
        return 4 + NOT_A_MULTIPLE * (one.extra > 0) + 3 * (one.dilation > 1)
    multiplies = one.extent - sum(one.padding) + one.extra == one.stride
    kernel = {2 * one.stride: 1, one.stride: 1, 2 * one.stride - 1: 2}.get(one.kernel_size, 3)
    return kernel + NOT_A_MULTIPLE * (not multiplies) + 3 * (one.dilation > 1) + min(3, abs(one.stride - 2))


@cache
def _lines() -> list[str]:
    return Path(__file__).with_name("windows.tsv").read_text(encoding="utf-8").splitlines()


def surveyed() -> int:
    """How many networks the table is of."""
    return int(_lines()[0].split()[-2])


@cache
def families() -> Mapping[str, WindowFamily]:
    """The families of the table, and that of transposed convolutions, which it has not."""
    windows: dict[str, dict[Axes, int]] = {TRANSPOSED: {}}
    for line in _lines()[2:]:
        family, *parts, networks = line.split("\t")
        axes = [[int(number) for number in part.split("x")] for part in parts]
        most = max(map(len, axes))
        kernels, strides, paddings, dilations = (part * most if len(part) == 1 else part for part in axes)
        window = tuple(
            AxisWindow(kernel, stride, (padding, padding), dilation)
            for kernel, stride, padding, dilation in zip(kernels, strides, paddings, dilations, strict=True)
        )
        windows.setdefault(family, {})[window] = int(networks)
    return {name: WindowFamily(name, rows) for name, rows in windows.items()}


def family_of(layer: Layer) -> str | None:
    """The family whose windows a layer has; None for one that has none."""
    return family_of_kind(type(layer)) if layer.has_windows else None


def family_of_kind(layer: type[Layer]) -> str:
    """The family of the layers of a class that has windows."""
    if layer.is_transposed:
        return TRANSPOSED
    if layer.is_pool:
        return POOL
    return DEPTHWISE if "multiplier" in layer.fields else CONVOLUTION


def axes_of(layer: Layer) -> Axes:
    """The windows of a layer along its axes; one where they are all alike."""
    if layer.rank < 1:
        return ()

    def numbers(name: str, missing: object) -> tuple[object, ...]:
        value = layer.numbers(name) if name in layer.fields else None
        return value if isinstance(value, tuple) else (missing if value is None else value,) * layer.rank

    columns = [numbers("kernel_size", 1), numbers("stride", 1), numbers("padding", None)]
    columns += [numbers("dilation", 1), numbers("output_padding", 0)]
    axes = []
    for kernel, stride, padding, dilation, extra in zip(*columns, strict=True):
        one = AxisWindow(kernel, stride, (0, 0), dilation, extra)
        half = (one.extent - 1) // 2
        axes.append(one._replace(padding=padding if isinstance(padding, tuple) else (half, half)))
    return collapsed(tuple(axes))


def collapsed(axes: Axes) -> Axes:
    return axes[:1] if len({*axes}) == 1 else axes


class OwnFile(NamedTuple):
    """What the other layers of a family in a file have: how often each window, and how many they are."""

    windows: Counter[Axes]
    total: int

    @classmethod
    def of(cls, windows: Iterable[Axes]) -> OwnFile:
        """These windows."""
        counts = Counter(windows)
        return cls(counts, counts.total())


NO_FILE = OwnFile(Counter(), 0)


def of_window(family: str, axes: Axes, own: OwnFile = NO_FILE, whole_map: bool = False) -> float:
    """Bits for a window in a file where other layers of its family have `own` windows.

    `whole_map`: it reads the whole of its input at once.
    """
    even = collapsed(tuple(one.even for one in axes))
    bits = max((uneven(*one.padding) for one in axes), default=0)
    surprise = _bits(families()[family].share(even), own.windows[even], own.total)
    if family != TRANSPOSED:
        surprise = min(surprise, RARE + (surprise - RARE) / 4)
    return bits + (min(surprise, WHOLE_MAP) if whole_map and family != TRANSPOSED else surprise)


def _bits(share: float, seen: int, total: int) -> float:
    """Bits for a share among all networks, beside `seen` of `total` in the file itself."""
    if total:
        weight = total / (total + OWN_FILE)
        share = weight * seen / total + (1 - weight) * share
    return -log2(max(share, _LEAST_SHARE))


def uneven(before: int, after: int) -> int:
    """Bits for padding that is larger at one end."""
    return END_LARGER if after > before else START_LARGER if before > after else 0


def of_number(role: str, number: int, siblings: Counter[int]) -> float:
    """Bits for a number that windows get from elsewhere, of which `siblings` are given for the same thing."""
    field = SPATIAL_ROLES[role]
    if field in _COUNTED:
        share = families()[POOL if role.startswith("pool") else CONVOLUTION].part(field, number)
    else:
        share = 2.0 ** -(1 + abs(number))
    return _bits(share, siblings[number], siblings.total())


def of_channels(number: int) -> float:
    """Bits for a number of channels: powers of two are the likeliest, odd numbers the least."""
    if number & (number - 1) == 0 or number == 3:
        return 1
    twos = min(5, (number & -number).bit_length() - 1)
    return min(7 - twos, 4 if number % 10 == 0 else 7)


def of_groups(number: int) -> float:
    """Bits for a number of groups: one, and powers of two, are the likeliest."""
    return 1 if number == 1 else 2 if number & (number - 1) == 0 else 5


def of_input(size: int, step: int) -> float:
    """Bits for a size of an input, where `step` is how many times the network makes it smaller."""
    twos = min(5, (size & -size).bit_length() - 1)
    bits = 5 - twos + OFF_STEP * (size % step != 0 if step > 1 else False)
    return max(0, bits - KNOWN_SIZE * (size in KNOWN_SIZES))
