"""A row of the table of operations: which arguments a torch function takes, and what reads them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cnn_shapes.importing.building import LayerBuilder, Refused
from cnn_shapes.importing.recording import RecordedCall, SizeOf

# what an operation gives: a tensor, or one for each of its results, None for one that is not known
Reader = Callable[[LayerBuilder, RecordedCall, Mapping[str, Any]], Any]


@dataclass(frozen=True, slots=True)
class TorchOperation:
    """`parameters` are the names of its arguments in order, the last one with a star takes all that remain.

    `ignored` are those that change no shape and no count.
    """

    read: Reader
    parameters: tuple[str, ...]
    ignored: frozenset[str] = frozenset()

    def arguments(self, call: RecordedCall) -> dict[str, Any]:
        """The call's arguments by their names. Raises Refused for one that the row does not know."""
        names, given = list(self.parameters), list(call.arguments)
        found: dict[str, Any] = {}
        if names and names[-1].startswith("*"):
            rest = names.pop()[1:]
            found[rest] = tuple(given[len(names) :])
            del given[len(names) :]
        if len(given) > len(names):
            raise Refused(f"its {len(given)} arguments, of which {len(names)} are known")
        found.update(zip(names, given, strict=False))
        for name, value in call.named.items():
            if name in names or name.endswith("dims") or name in found or name in ("shape", "size"):
                found[name] = value
            elif name not in self.ignored:
                raise Refused(f"its argument {name}")
        return {name: value for name, value in found.items() if name not in self.ignored}


def operation(read: Reader, parameters: str, ignored: str = "") -> TorchOperation:
    return TorchOperation(read, tuple(parameters.split()), frozenset(ignored.split()))


def several(value: Any, count: int) -> list[int]:
    """One number for each axis."""
    if isinstance(value, Sequence) and not isinstance(value, str):
        numbers = [whole(one) for one in value]
        return numbers * count if len(numbers) == 1 else numbers
    return [whole(value)] * count


def whole(value: Any) -> int:
    """A literal whole number, or the size of a tensor."""
    if isinstance(value, SizeOf):
        return value.size
    if isinstance(value, bool) or not isinstance(value, int | float) or value != int(value):
        raise Refused(f"the argument {value!r}, which is not a whole number")
    return int(value)


def short(numbers: Sequence[Any]) -> Any:
    """One number where all axes are alike."""
    return numbers[0] if len({*map(str, numbers)}) == 1 else list(numbers)


def sizes_in(values: Sequence[Any]) -> list[int]:
    """The numbers of `view(2, -1)` and of `view((2, -1))`."""
    if len(values) == 1 and isinstance(values[0], Sequence):
        values = values[0]
    return [whole(one) for one in values]


def rank_of(name: str) -> int:
    """The spatial axes that the name of a function says: 2 of `conv2d`."""
    return int(name.rstrip("d_")[-1])
