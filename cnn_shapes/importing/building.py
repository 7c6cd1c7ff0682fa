"""Collects the layers of a recording, with their inputs and shapes, and what the tensors of each call are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from cnn_shapes.importing.arrangement import (
    Arranged,
    Factor,
    Group,
    joined,
    plain,
    runs_between,
    size_of,
)
from cnn_shapes.importing.recording import Constant, RecordedCall, Recording, ResultOf, Weights
from cnn_shapes.importing.traced_model import Fault

MOST_AXES = 4  # of a shape: the channels and three spatial axes


class Refused(Exception):
    """The language cannot say a call: why."""


class NotReached(Exception):
    """A call takes what an unsupported one gave."""


@dataclass(frozen=True, slots=True)
class LayerNamed:
    """A field's value that is the name of the layer, or the part of a split, with this number."""

    value: int


@dataclass(slots=True, eq=False)
class Draft:
    """A layer that has no name yet. Its inputs and what comes out of it are numbers.

    `helps` are those that put axes in order for another layer of the same call. `spare` ones are left out
    where nothing reads them, since another layer says the same. `fault` is what is wrong with the call.
    """

    kind: str
    fields: dict[str, Any]
    inputs: list[int]
    outputs: list[int]
    call: RecordedCall
    beliefs: dict[str, Any] = field(default_factory=dict)
    helps: bool = False
    spare: bool = False
    fault: Fault | None = None


class Scores(NamedTuple):
    """A product of queries and keys, of which an attention may be made; `weighs` after its softmax."""

    query: Arranged
    keys: Arranged  # turned over, as they are multiplied
    weighs: bool = False


class Piece(NamedTuple):
    """A part of a split along an axis, whether or not something reads it."""

    start: int
    stop: int
    value: int
    taken: bool


Known = Arranged | Constant


class LayerBuilder:
    """What has been read of a recording: layers so far, and for each result of a call what it is."""

    def __init__(self, recording: Recording) -> None:
        self.recording = recording
        self.batch = Factor(recording.batch)
        self.drafts: list[Draft] = []
        self.shapes: list[tuple[int, ...]] = []
        self.results: dict[ResultOf, Known] = {}
        self.makers: dict[int, Draft] = {}
        self.scores: dict[int, Scores] = {}
        self.states: dict[ResultOf, tuple[Arranged, int]] = {}  # the last of several layers', and of how many
        self.left_out: dict[str, None] = {}
        self.wrong = False  # after an error the framework's shapes are not ours
        self._pieces: dict[tuple[int, int], list[Piece]] = {}
        self._helpers: dict[tuple[int, str, str], int] = {}
        self._owners: dict[tuple[str, ...], int] = {}
        outputs = [recording.shape(result) for _, result in recording.outputs]
        self.keeps_batch = all(shape[:1] == (recording.batch,) for shape in outputs)

    def known(self, result: Any) -> Known:
        """What an argument that is a result is. Raises NotReached after an unsupported call."""
        if isinstance(result, Constant):
            if not result.seen:
                raise Refused("a tensor that comes from code which the trace does not see")
            return result
        if not isinstance(result, ResultOf):
            raise Refused(f"{_what(result)} instead of a tensor that depends on the input")
        if result in self.states:
            raise Refused("the states of several recurrent layers, of which only the last one's are known")
        if result not in self.results:
            raise NotReached
        return self.results[result]

    def tensor(self, result: Any) -> Arranged:
        """The same, where only a tensor that depends on the input makes a layer."""
        known = self.known(result)
        if isinstance(known, Constant):
            raise Refused("a constant instead of a tensor that depends on the input")
        return known

    def new_value(self, shape: Sequence[int]) -> int:
        self.shapes.append(tuple(shape))
        return len(self.shapes) - 1

    def layer(
        self,
        call: RecordedCall,
        kind: str,
        fields: Mapping[str, Any],
        inputs: Sequence[int],
        shape: Sequence[int],
        *,
        weights: Sequence[Any] = (),
        beliefs: Mapping[str, Any] | None = None,
    ) -> int:
        """A layer of one output, whose number comes back. The weights of an earlier one are shared."""
        value = self.new_value(shape)
        draft = Draft(kind, dict(fields), list(inputs), [value], call, dict(beliefs or {}))
        names = tuple(
            name for one in weights if isinstance(one, Weights) and one.learned for name in one.names
        )
        if names:
            owner = self._owners.setdefault(names, value)
            if owner != value:
                draft.fields["share"] = LayerNamed(owner)
                first = self.makers[owner].inputs
                if call.error is not None and self.shapes[first[0]][0] == self.shapes[inputs[0]][0]:
                    draft.beliefs.clear()  # what is wrong with them is told of the first call
        self.drafts.append(draft)
        self.makers[value] = draft
        return value

    def split(self, call: RecordedCall, x: int, axis: str, shapes: Sequence[Sequence[int]]) -> list[int]:
        """A layer that cuts a value along an axis, and the numbers of its parts."""
        values = [self.new_value(shape) for shape in shapes]
        draft = Draft("split", {"axis": axis}, [x], values, call)
        self.drafts.append(draft)
        for value in values:
            self.makers[value] = draft
        return values

    def part(self, call: RecordedCall, x: int, axis: int, name: str, start: int, stop: int) -> int:
        """The places from `start` to before `stop` along an axis: a part of a split, which may have more."""
        shape = self.shapes[x]

        def sized(size: int) -> tuple[int, ...]:
            return (*shape[:axis], size, *shape[axis + 1 :])

        pieces = self._pieces.get((x, axis))
        if pieces is None:
            (value,) = self.split(call, x, name, [shape])
            pieces = self._pieces[x, axis] = [Piece(0, shape[axis], value, False)]
        for place, piece in enumerate(pieces):
            if (piece.start, piece.stop) == (start, stop):
                pieces[place] = piece._replace(taken=True)
                return piece.value
            if not piece.taken and piece.start <= start and stop <= piece.stop:
                bounds = [(piece.start, start), (start, stop), (stop, piece.stop)]
                cuts = [pair for pair in bounds if pair[0] < pair[1]]
                new = [
                    Piece(*pair, self.new_value(sized(pair[1] - pair[0])), pair == (start, stop))
                    for pair in cuts
                ]
                pieces[place : place + 1] = new
                draft = self.makers[piece.value]
                draft.outputs[:] = [one.value for one in pieces]
                for one in pieces:
                    self.makers[one.value] = draft
                return next(one.value for one in new if one.taken)
        del self._pieces[x, axis]  # the parts overlap: another split
        return self.part(call, x, axis, name, start, stop)

    def forget(self, first: int) -> None:
        """Take back the layers from this one on, which a call was refused after."""
        gone = {value for draft in self.drafts[first:] for value in draft.outputs}
        del self.drafts[first:]
        self._helpers = {key: value for key, value in self._helpers.items() if value not in gone}
        self._owners = {key: value for key, value in self._owners.items() if value not in gone}
        self._pieces = {
            key: pieces
            for key, pieces in self._pieces.items()
            if not any(one.value in gone for one in pieces)
        }

    def spared(self, outputs: Sequence[int]) -> None:
        """Leave out the spare layers that nothing reads, the last ones first."""
        read = {*outputs}
        kept = []
        for draft in reversed(self.drafts):
            if not draft.spare or not read.isdisjoint(draft.outputs):
                kept.append(draft)
                read.update(draft.inputs)
                read.update(one.value for one in draft.fields.values() if isinstance(one, LayerNamed))
        self.drafts[:] = reversed(kept)

    def fresh(self, value: int) -> Arranged:
        """A tensor whose dimensions are the axes of a value, after the batch."""
        return plain(value, self.shapes[value], self.batch)

    # -------------------------------------------------------------------------------- axes put in order

    def in_groups(self, call: RecordedCall, x: Arranged, groups: Sequence[Group]) -> Arranged:
        """The same tensor as a value with these axes, after the layers that this takes."""
        for kind, fields, shape in _steps(x.axes, groups):
            key = (x.value, kind, str(fields))
            value = self._helpers.get(key)
            if value is None:
                value = self._helpers[key] = self.layer(call, kind, fields, [x.value], shape)
                self.drafts[-1].helps = self.drafts[-1].spare = True
            x = Arranged(value, x.axes, x.dims, x.batch)
        return Arranged(x.value, tuple(groups), x.dims, x.batch)

    def as_plain(self, call: RecordedCall, x: Arranged) -> Arranged:
        """The same tensor as a value whose axes are the tensor's dimensions after the batch."""
        if x.is_plain:
            return x
        return self.in_groups(call, x, self.plain_groups(x))

    def plain_groups(self, x: Arranged) -> tuple[Group, ...]:
        first, *rest = x.dims
        if first != (x.batch,):
            if x.batch not in first:
                raise Refused("the batch is not the first dimension")
            # what is put together with the batch is for the language one axis more
            rest = [tuple(factor for factor in first if factor is not x.batch), *rest]
        if not rest:
            raise Refused("a tensor of the batch alone")
        if len(rest) > MOST_AXES:
            raise Refused(f"{len(rest)} axes beside the batch: the language has {MOST_AXES}")
        return tuple(rest)

    def with_channels_at(self, call: RecordedCall, x: Arranged, dim: int) -> Arranged:
        """The same tensor as a value whose channels are one of its dimensions."""
        dim %= len(x.dims)
        if x.dims[dim] == x.axes[0] and (x.dims[dim] or x.axis_of(dim) == 0):
            return x
        channels = x.dims[dim]
        if x.batch in channels:
            raise Refused("the batch is put together with the channels")
        others = [
            tuple(factor for factor in group if factor is not x.batch)
            for place, group in enumerate(x.dims)
            if place != dim and group != (x.batch,)
        ]
        kept = [group for group in others if group]
        if len(others) >= MOST_AXES:
            others = kept if len(kept) < MOST_AXES else [joined(kept)]
        return self.in_groups(call, x, (channels, *others))

    def effort(self, x: Arranged, groups: Sequence[Group]) -> int:
        """How many layers it takes to give a value these axes."""
        try:
            return len(_steps(x.axes, groups))
        except Refused:
            return 99


def _steps(
    axes: Sequence[Group], groups: Sequence[Group]
) -> list[tuple[str, dict[str, Any], tuple[int, ...]]]:
    """The layers that turn axes into others: kind, fields and the shape that comes out of each."""
    axes, groups = tuple(axes), tuple(groups)
    if axes == groups:
        return []
    current, wanted = joined(axes), joined(groups)
    if {*current} != {*wanted}:
        raise Refused("some of its axes are of another tensor")
    shape = tuple(map(size_of, groups))
    if current == wanted:
        return [_reshape(groups)]
    if axes[1:] == groups[1:] and len(runs := runs_between(axes[0], groups[0])) == 2:
        return [("channel_shuffle", {"groups": size_of(runs[1])}, shape)]
    runs = runs_between(current, wanted)
    if len(runs) > MOST_AXES:
        raise Refused(f"an order of {len(runs)} axes: the language has {MOST_AXES}")
    ordered = sorted(runs, key=lambda run: current.index(run[0]))
    steps = []
    if [*axes] != ordered:
        steps.append(_reshape(ordered))
    permuted = tuple(map(size_of, runs))
    steps.append(("permute", {"order": [ordered.index(run) for run in runs]}, permuted))
    if runs != [*groups]:
        steps.append(_reshape(groups))
    return steps


def _reshape(groups: Sequence[Group]) -> tuple[str, dict[str, Any], tuple[int, ...]]:
    shape = tuple(map(size_of, groups))
    if len(shape) == 1:
        return "flatten", {}, shape
    following = [place for place, group in enumerate(groups) if any(factor.follows for factor in group)]
    written = [-1 if following == [place] else size for place, size in enumerate(shape)]
    return "reshape", {"shape": written}, shape


def _what(value: Any) -> str:
    if isinstance(value, Weights):
        return f"the parameter {value.names[0]}" if value.learned else f"the buffer {value.names[0]}"
    return type(value).__name__
