"""A design space: what is varied in a spec and which values it has, as they are given on a command line."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import prod
from typing import Any, NamedTuple

from cnn_shapes.language.reading.input import parse_sizes
from cnn_shapes.language.reading.params import EXPECTED, given_value, is_value
from cnn_shapes.layers.fields import LARGEST

MOST = 10**10  # configurations of a sweep that is not a sample
MOST_SAMPLED = 10**7
_MOST_VALUES = 10**6  # of one axis
_STEPS = 3  # numbers of `first:last:step`
_NUMBER = r"[+-]?\d+(?:\.\d+)?"
_RANGE = re.compile(rf"({_NUMBER}):({_NUMBER})(?::({_NUMBER}))?")
_BETWEEN_VALUES = re.compile(r",(?![^\[]*\])")  # not within a list
INPUT = "input"


class BadSpace(ValueError):
    """A space that cannot be swept; `option` is the one that says it, as `--set`."""

    def __init__(self, message: str, option: str = "--set") -> None:
        super().__init__(message, option)
        self.option = option

    def __str__(self) -> str:
        return str(self.args[0])


class VariedAxis(NamedTuple):
    """One thing that is varied: a param, the sizes of an input, or a field by its path; and its values.

    Sizes are tuples in the file's layout, or one number, which all spatial axes have then.
    """

    name: str
    values: Sequence[Any]
    is_input: bool = False

    @property
    def column(self) -> str:
        """What the axis is called in a row: `input`, `input rgb`, or the name of a param or the path."""
        if not self.is_input:
            return self.name
        return f"{INPUT} {self.name}" if self.name else INPUT


class Space(NamedTuple):
    """All combinations of the values of some axes, numbered from 0: the last axis changes first."""

    axes: tuple[VariedAxis, ...]

    @property
    def size(self) -> int:
        """How many configurations there are."""
        return prod(len(axis.values) for axis in self.axes)

    def numbers(self, sample: int | None = None, seed: int = 0) -> Sequence[int]:
        """The numbers of all configurations, or of so many, drawn without putting any back; in order."""
        if sample is None or sample >= self.size:
            return range(self.size)
        return sorted(random.Random(seed).sample(range(self.size), sample))

    def configurations(self, numbers: Sequence[int]) -> Iterator[tuple[Any, ...]]:
        """The values of each axis, for the configurations of these numbers."""
        reverse = [(axis.values, len(axis.values)) for axis in reversed(self.axes)]
        for number in numbers:
            found = []
            for values, size in reverse:
                number, place = divmod(number, size)
                found.append(values[place])
            yield tuple(found[::-1])


class Steps(Sequence[int | float]):
    """The numbers of `first:last:step`, both ends included, exact: no rounding adds up."""

    def __init__(self, first: Fraction, last: Fraction, step: Fraction, whole: bool) -> None:
        self._first, self._step, self._whole = first, step, whole
        self._count = max(0, (last - first) // step + 1)
        self._known: dict[int, int | float] = {}

    def __reduce__(self) -> tuple[Any, ...]:
        last = self._first + (self._count - 1) * self._step
        return Steps, (self._first, last, self._step, self._whole)

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, place: Any) -> Any:
        if isinstance(place, slice):
            return [self[one] for one in range(*place.indices(self._count))]
        if not -self._count <= place < self._count:
            raise IndexError(place)
        place %= self._count
        if place not in self._known:
            value = self._first + place * self._step
            self._known[place] = int(value) if self._whole else float(value)
        return self._known[place]


def space_of(settings: Sequence[str], inputs: Sequence[str]) -> Space:
    """The space of `name=values` and of inputs, as `160,192` or `rgb=160x160x3`. Raises BadSpace."""
    axes = [_param_axis(text) for text in settings]
    axes += [_input_axis(text) for text in inputs]
    seen: set[str] = set()
    for axis in axes:
        if axis.column in seen:
            raise BadSpace(f"{axis.column} is given twice: list its values in one", _option(axis))
        seen.add(axis.column)
    return Space(tuple(axes))


def axis_of(name: str, values: Sequence[Any] | str) -> VariedAxis:
    """The axis of a name, which for an input is `input` or `input NAME`, and its values. Raises BadSpace."""
    kind, _, of = name.partition(" ")
    if kind == INPUT:
        if isinstance(values, str):
            return _input_axis(f"{of}={values}" if of else values)
        sizes = [tuple(value) if isinstance(value, Sequence) else value for value in values]
        if not sizes or not all(_is_size(size) for size in sizes):
            raise BadSpace(f"an input must be sizes from 1, found {values}", "--input")
        return VariedAxis(of, _distinct("the input", sizes, "--input"), is_input=True)
    if isinstance(values, str):
        return _param_axis(f"{name}={values}")
    wrong = next((value for value in values if not is_value(value)), None)
    if wrong is not None or not values:
        raise BadSpace(f"a value of {name} must be {EXPECTED}, found {wrong if values else 'none'}")
    return VariedAxis(name, _distinct(name, list(values), "--set"))


def _is_size(size: Any) -> bool:
    sizes = size if isinstance(size, tuple) else (size,)
    return bool(sizes) and all(type(one) is int and 1 <= one <= LARGEST for one in sizes)


def checked_size(space: Space, sample: int | None) -> None:
    """Raise BadSpace where a space is too large to be swept."""
    if sample is None and space.size > MOST:
        raise BadSpace(
            f"there are {space.size:,} configurations, at most {MOST:,} are swept: --sample N draws some",
            "--sample",
        )
    if sample is not None and min(sample, space.size) > MOST_SAMPLED:
        raise BadSpace(f"at most {MOST_SAMPLED:,} configurations are drawn, found {sample:,}", "--sample")


def _option(axis: VariedAxis) -> str:
    return "--input" if axis.is_input else "--set"


def _param_axis(text: str) -> VariedAxis:
    name, equals, written = text.partition("=")
    name, written = name.strip(), written.strip()
    if not (equals and name and written):
        raise BadSpace(f"expected name=values, as in width=0.5,1 or width=0.25:2:0.25, found {text}")
    if ":" in written:
        return VariedAxis(name, _steps(name, written))
    values = []
    for one in _BETWEEN_VALUES.split(written):
        value = given_value(one.strip()) if one.strip() else None
        if value is None or not is_value(value):
            raise BadSpace(f"a value of {name} must be {EXPECTED}, found {one.strip() or 'nothing'}")
        values.append(value)
    return VariedAxis(name, _distinct(name, values, "--set"))


def _steps(name: str, written: str) -> Steps:
    found = _RANGE.fullmatch(written)
    if found is None:
        raise BadSpace(f"the range of {name} must be first:last:step, as in 0.25:2:0.25, found {written}")
    first, last, step = (Fraction(part or 1) for part in found.groups())
    if step == 0:
        raise BadSpace(f"the step of {name} is 0, with which {written} never gets to its end")
    if (last - first) / step < 0:
        other = "downwards" if last < first else "upwards"
        raise BadSpace(f"{written} has no values: from {found[1]} to {found[2]} {name} goes {other}")
    steps = Steps(first, last, step, "." not in written)
    if len(steps) > _MOST_VALUES:
        raise BadSpace(f"{name} has {len(steps):,} values, at most {_MOST_VALUES:,} are tried")
    if not all(is_value(value) for value in (steps[0], steps[-1])):
        raise BadSpace(f"a value of {name} must be {EXPECTED}, found {written}")
    return steps


def _input_axis(text: str) -> VariedAxis:
    name, named, written = text.rpartition("=")
    name = name.strip()
    if named and not name:
        raise BadSpace(f"the name of the input is missing before =, found {text}", "--input")
    if ":" in written:
        try:
            steps = _steps("the input", written.strip())
        except BadSpace as error:
            raise BadSpace(str(error), "--input") from None
        if steps[0] != int(steps[0]) or steps[-1] != int(steps[-1]) or min(steps[0], steps[-1]) < 1:
            raise BadSpace(f"an input must be sizes from 1, found {written}", "--input")
        return VariedAxis(name, steps, is_input=True)
    sizes = []
    for one in written.split(","):
        shape = parse_sizes(one.strip()) if len(one) < 100 else None
        if shape is None:
            expected = "sizes from 1, as in 160,192 or 160x160x3,192x192x3"
            raise BadSpace(f"expected {expected}, found {one.strip() or 'nothing'}", "--input")
        sizes.append(shape if len(shape) > 1 else shape[0])
    return VariedAxis(name, _distinct("the input", sizes, "--input"), is_input=True)


def _distinct(name: str, values: list[Any], option: str) -> list[Any]:
    seen: set[tuple[type, str]] = set()
    for value in values:
        shown = (type(value), str(value))
        if shown in seen:
            raise BadSpace(f"{name} has the value {value} twice", option)
        seen.add(shown)
    return values
