"""What a run of a PyTorch model calls, as `tracer.py` tells it: calls, their arguments, shapes and places."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import prod
from typing import Any, ClassVar

from cnn_shapes.importing.answers import LONGEST as _LONGEST
from cnn_shapes.importing.answers import place as _place
from cnn_shapes.importing.answers import shape as _shape
from cnn_shapes.importing.answers import text as _text
from cnn_shapes.importing.answers import whole as _whole
from cnn_shapes.source import CodePlace

CANNOT_IMPORT, CANNOT_CONSTRUCT, CANNOT_RUN = STAGES = ("cannot-import", "cannot-construct", "cannot-run")
INPUT = "input"  # the operation of the calls that stand for the model's inputs


@dataclass(frozen=True, slots=True)
class ResultOf:
    """An argument that is what an earlier call gave: the number of the call, and which of its results."""

    call: int
    output: int = 0


@dataclass(frozen=True, slots=True)
class SizeOf:
    """An argument that is the size of an earlier result along an axis, the batch being axis 0."""

    size: int
    result: ResultOf
    axis: int

    def __index__(self) -> int:
        return self.size


@dataclass(frozen=True, slots=True)
class Weights:
    """An argument that is a parameter or buffer, or is made of some of them alone."""

    names: tuple[str, ...]
    shape: tuple[int, ...]
    learned: bool

    @property
    def count(self) -> int:
        return prod(self.shape)


@dataclass(frozen=True, slots=True)
class Constant:
    """An argument that is a tensor made of nothing; `seen` is whether the trace saw how."""

    shape: tuple[int, ...]
    seen: bool


@dataclass(frozen=True, slots=True)
class OtherArgument:
    """An argument that is no literal: its type, or of a torch.dtype its name."""

    text: str


@dataclass(frozen=True, slots=True)
class ModuleCall:
    """A module whose forward runs: `number` counts its calls from 1, `path` is empty for the model itself."""

    path: str
    class_name: str
    of_torch: bool
    number: int
    constructed: CodePlace | None


@dataclass(frozen=True, slots=True)
class RecordedCall:
    """A call of a torch function. Shapes have the batch; `modules` are the running ones, outermost first.

    `error` is what the framework said, where its arguments do not fit: the shapes are then those that the
    operation declares. `mixes_batch`: what is wrong is that the batch becomes a part of the features, and the
    shapes are those of one sample's after all. `order`: with the axes of its input in this order it fits, and
    the shapes are those that come out then. `discrete` results hold whole numbers or truth values.
    """

    index: int
    operation: str
    arguments: tuple[Any, ...]
    named: Mapping[str, Any]
    shapes: tuple[tuple[int, ...], ...]
    modules: tuple[ModuleCall, ...] = ()
    place: CodePlace | None = None
    error: str | None = None
    discrete: bool = False
    mixes_batch: bool = False
    order: tuple[int, ...] = ()

    @property
    def results(self) -> Iterator[ResultOf]:
        """The earlier results that it takes, in the order of its arguments."""
        return _results((self.arguments, *self.named.values()))


@dataclass(frozen=True, slots=True)
class ModuleFacts:
    """A module of the model, called or not; `params` are its own learned ones, without its children's."""

    path: str
    class_name: str
    params: int
    constructed: CodePlace | None


@dataclass(frozen=True, slots=True)
class UnregisteredModule:
    """A module that runs though it is no submodule of the model: `container` is the list that it is in, or
    empty where it is in none that is an attribute."""

    path: str
    class_name: str
    container: str
    place: CodePlace | None


@dataclass(frozen=True, slots=True)
class NamedTensor:
    """A parameter (`learned`) or buffer of the model, and whether any call took it."""

    name: str
    shape: tuple[int, ...]
    learned: bool
    reached: bool

    @property
    def count(self) -> int:
        return prod(self.shape)


@dataclass(frozen=True, slots=True)
class Recording:
    """One run of a model. The first calls are its inputs; `params` are all learned parameters, each once.

    Those of `unregistered` modules are among `parameters`, though not of the model.

    `other_outputs` are those that no recorded call gave: numbers, constants, parameters.
    """

    torch: str
    class_name: str
    batch: int
    calls: tuple[RecordedCall, ...]
    outputs: tuple[tuple[str, ResultOf], ...]
    other_outputs: tuple[str, ...] = ()
    modules: tuple[ModuleFacts, ...] = ()
    parameters: tuple[NamedTensor, ...] = ()
    params: int = 0
    unregistered: tuple[UnregisteredModule, ...] = ()

    framework: ClassVar[str] = "PyTorch"

    @property
    def made_by(self) -> str:
        return f"{self.framework} {self.torch}"

    @property
    def inputs(self) -> tuple[RecordedCall, ...]:
        return tuple(call for call in self.calls if call.operation == INPUT)

    @property
    def errors(self) -> tuple[RecordedCall, ...]:
        return tuple(call for call in self.calls if call.error is not None)

    @property
    def unreached(self) -> tuple[NamedTensor, ...]:
        """The learned parameters that no call took."""
        return tuple(one for one in self.parameters if one.learned and not one.reached)

    def shape(self, result: ResultOf) -> tuple[int, ...]:
        return self.calls[result.call].shapes[result.output]


@dataclass(frozen=True, slots=True)
class RunFailure:
    """Why there is no whole recording: the stage at which it ended, and the reason as one word.

    `names` are those it is about: missing arguments, or the names that there are. `recording` is what was
    recorded before, where the model began to run.
    """

    stage: str
    reason: str
    message: str
    exception: str = ""
    names: tuple[str, ...] = ()
    place: CodePlace | None = None
    recording: Recording | None = field(default=None, repr=False)


def read_answer(answer: Any) -> Recording | RunFailure:
    """The recording or the failure that the tracer answered with. Raises ValueError where it is junk."""
    try:
        recording = _recording(answer) if "batch" in answer else None
        if "failure" not in answer:
            if recording is None:
                raise ValueError("neither a recording nor a failure")
            return recording
        failure = answer["failure"]
        if failure["stage"] not in STAGES:
            raise ValueError(f"no such stage: {failure['stage']!r}")
        return RunFailure(
            failure["stage"],
            _text(failure["reason"]),
            _text(failure["message"]),
            _text(failure["exception"]),
            tuple(map(_text, failure["names"])),
            _place(failure["place"]),
            recording,
        )
    except (KeyError, TypeError, IndexError, AttributeError) as error:
        raise ValueError(f"{type(error).__name__}: {error}") from None


def _results(value: Any) -> Iterator[ResultOf]:
    if isinstance(value, ResultOf):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _results(one)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for one in value:
            yield from _results(one)


def _recording(answer: Mapping[str, Any]) -> Recording:
    reader = _AnswerReader(answer)
    return Recording(
        torch=_text(answer["torch"]),
        class_name=_text(answer["class"]),
        batch=_whole(answer["batch"]),
        calls=tuple(reader.calls),
        outputs=tuple((_text(name), reader.result(result)) for name, result in answer["outputs"]),
        other_outputs=tuple(map(_text, answer["other_outputs"])),
        modules=tuple(
            ModuleFacts(_text(path), _text(name), _whole(params), _place(place))
            for path, name, params, place in answer["modules"]
        ),
        parameters=tuple(reader.parameters),
        params=_whole(answer["learned"]),
        unregistered=tuple(
            UnregisteredModule(_text(path), _text(name), _text(container), _place(place))
            for path, name, container, place in answer.get("unregistered", ())
        ),
    )


class _AnswerReader:
    """Reads the calls of an answer in their order, so that an argument can mean earlier ones only."""

    def __init__(self, answer: Mapping[str, Any]) -> None:
        self.parameters = [
            NamedTensor(_text(name), _shape(shape), bool(learned), bool(reached))
            for name, shape, learned, reached in answer["parameters"]
        ]
        self.stacks: list[tuple[ModuleCall, ...]] = []
        for entry in answer["entries"]:
            within = entry["within"]
            around = () if within is None else self.stacks[_whole(within)]
            self.stacks.append((*around, self._module(entry)))
        self.calls: list[RecordedCall] = []
        for call in answer["calls"]:
            self.calls.append(self._call(call))

    def _module(self, entry: Mapping[str, Any]) -> ModuleCall:
        return ModuleCall(
            _text(entry["path"]),
            _text(entry["class"]),
            bool(entry["of_torch"]),
            _whole(entry["number"]),
            _place(entry["constructed"]),
        )

    def _call(self, call: Mapping[str, Any]) -> RecordedCall:
        within, error = call.get("within"), call.get("error")
        return RecordedCall(
            index=len(self.calls),
            operation=_text(call["operation"]),
            arguments=tuple(map(self._argument, call["arguments"])),
            named={_text(name): self._argument(value) for name, value in call["named"].items()},
            shapes=tuple(map(_shape, call["shapes"])),
            modules=() if within is None else self.stacks[_whole(within)],
            place=_place(call.get("place")),
            error=None if error is None else _text(error),
            discrete=bool(call.get("discrete")),
            mixes_batch=bool(call.get("mixes")),
            order=_shape(call.get("order", ())),
        )

    def result(self, pair: Any) -> ResultOf:
        call, output = map(_whole, pair)
        self.calls[call].shapes[output]  # raises IndexError where there is no such result
        return ResultOf(call, output)

    def _argument(self, value: Any) -> Any:
        if isinstance(value, list):
            return tuple(map(self._argument, value))
        if not isinstance(value, dict):
            return value[:_LONGEST] if isinstance(value, str) else value
        if "result" in value:
            return self.result(value["result"])
        if "size" in value:
            return SizeOf(_whole(value["size"]), self.result(value["of"]), _whole(value["axis"]))
        if "parameters" in value:
            used = [self.parameters[_whole(index)] for index in value["parameters"]]
            names = tuple(one.name for one in used)
            return Weights(names, _shape(value["shape"]), any(one.learned for one in used))
        if "constant" in value:
            return Constant(_shape(value["constant"]), bool(value["seen"]))
        if "slice" in value:
            return slice(*map(self._argument, value["slice"]))
        if "ellipsis" in value:
            return Ellipsis
        if "mapping" in value:
            return {_text(key): self._argument(one) for key, one in value["mapping"].items()}
        return OtherArgument(_text(value["other"]))
