"""What a run of a Keras model calls, as `tracer.py` tells it: layers, their settings, shapes and places."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any, ClassVar

from cnn_shapes.importing.answers import LONGEST as _LONGEST
from cnn_shapes.importing.answers import place as _place
from cnn_shapes.importing.answers import shape as _shape
from cnn_shapes.importing.answers import text as _text
from cnn_shapes.importing.answers import whole as _whole
from cnn_shapes.importing.recording import (
    INPUT,
    ModuleCall,
    NamedTensor,
    Recording,
    ResultOf,
    RunFailure,
    read_answer,
)
from cnn_shapes.language.dialects.keras.call import Variable
from cnn_shapes.source import CodePlace

_DEEPEST = 40
_COUNTER = "count"  # the variable of a normalisation that counts batches, which nobody calls a parameter


@dataclass(frozen=True, slots=True)
class KerasWeight:
    """A variable of a layer."""

    name: str
    shape: tuple[int, ...]
    learned: bool

    @property
    def count(self) -> int:
        return prod(self.shape)


@dataclass(frozen=True, slots=True)
class RecordedLayer:
    """A call of a layer or operation. Shapes have the batch; `modules` are the models around it.

    `layer` is the same number in all calls of one layer, None of an operation. `error` is what Keras said
    where its input does not fit, `opaque` why its own code could not be followed.
    """

    index: int
    operation: str
    name: str
    layer: int | None
    config: Mapping[str, Any] | None
    arguments: tuple[Any, ...]
    named: Mapping[str, Any]
    shapes: tuple[tuple[int, ...], ...]
    weights: tuple[KerasWeight, ...] = ()
    modules: tuple[ModuleCall, ...] = ()
    place: CodePlace | None = None
    constructed: CodePlace | None = None
    error: str | None = None
    opaque: str | None = None

    @property
    def results(self) -> Iterator[ResultOf]:
        """The earlier results that it takes, in the order of its arguments."""
        return _results((self.arguments, *self.named.values()))

    def parameters(self, learned: bool) -> int:
        """How many learned or stored values its variables hold, without counters."""
        return sum(one.count for one in self.weights if one.learned == learned and one.name != _COUNTER)


@dataclass(frozen=True, slots=True)
class KerasRecording:
    """One run of a model. The first calls are its inputs."""

    keras: str
    class_name: str
    batch: int
    layout: str
    calls: tuple[RecordedLayer, ...]
    outputs: tuple[tuple[str, ResultOf], ...]

    unreached: tuple[NamedTensor, ...] = ()

    framework: ClassVar[str] = "Keras"

    @property
    def made_by(self) -> str:
        return f"Keras {self.keras}"

    @property
    def inputs(self) -> tuple[RecordedLayer, ...]:
        return tuple(call for call in self.calls if call.operation == INPUT)

    @property
    def errors(self) -> tuple[RecordedLayer, ...]:
        return tuple(call for call in self.calls if call.error is not None)

    def shape(self, result: ResultOf) -> tuple[int, ...]:
        return self.calls[result.call].shapes[result.output]


def _results(value: Any) -> Iterator[ResultOf]:
    if isinstance(value, ResultOf):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _results(one)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for one in value:
            yield from _results(one)


def read_any_answer(answer: Any) -> Recording | KerasRecording | RunFailure:
    """What the tracer answered, of whichever framework the model is. Raises ValueError where it is junk."""
    if not isinstance(answer, Mapping) or "keras" not in answer:
        return read_answer(answer)
    if "failure" in answer:  # what ran before it is no model
        return read_answer({"failure": answer["failure"]})
    try:
        reader = _KerasAnswerReader(answer)
        return KerasRecording(
            _text(answer["keras"]),
            _text(answer["class"]),
            _whole(answer["batch"]),
            _text(answer["layout"]),
            tuple(reader.calls),
            tuple((_text(name), reader.result(result)) for name, result in answer["outputs"]),
            tuple(
                NamedTensor(_text(name), _shape(shape), True, False)
                for name, shape, learned in answer.get("unreached", ())
                if learned
            ),
        )
    except (KeyError, TypeError, IndexError, AttributeError) as error:
        raise ValueError(f"{type(error).__name__}: {error}") from None


class _KerasAnswerReader:
    """Reads the calls of an answer in their order, so that an argument can mean earlier ones only."""

    def __init__(self, answer: Mapping[str, Any]) -> None:
        self.stacks: list[tuple[ModuleCall, ...]] = []
        for entry in answer["entries"]:
            within = entry["within"]
            around = () if within is None else self.stacks[_whole(within)]
            call = ModuleCall(
                _text(entry["path"]),
                _text(entry["class"]),
                False,
                _whole(entry["number"]),
                _place(entry["constructed"]),
            )
            self.stacks.append((*around, call))
        self.calls: list[RecordedLayer] = []
        for one in answer["calls"]:
            self.calls.append(self._call(one))

    def _call(self, call: Mapping[str, Any]) -> RecordedLayer:
        within, layer, config = call.get("within"), call.get("layer"), call.get("config")
        return RecordedLayer(
            index=len(self.calls),
            operation=_text(call["operation"]),
            name=_text(call["name"]),
            layer=None if layer is None else _whole(layer),
            config=None if config is None else _setting(_mapping(config)),
            arguments=tuple(map(self._argument, call.get("arguments", ()))),
            named={_text(name): self._argument(value) for name, value in call.get("named", {}).items()},
            shapes=tuple(map(_shape, call["shapes"])),
            weights=tuple(
                KerasWeight(_text(name), _shape(shape), bool(learned))
                for name, shape, learned in call.get("weights", ())
            ),
            modules=() if within is None else self.stacks[_whole(within)],
            place=_place(call.get("place")),
            constructed=_place(call.get("constructed")),
            error=None if call.get("error") is None else _text(call["error"]),
            opaque=None if call.get("opaque") is None else _text(call["opaque"]),
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
        for word in ("weight", "constant"):
            if word in value:
                learned = bool(value.get("learned")) and word == "weight"
                return Variable(_shape(value[word]), learned, _whole(value["number"]))
        if "slice" in value:
            return slice(*map(self._argument, value["slice"]))
        if "ellipsis" in value:
            return Ellipsis
        if "mapping" in value:
            return {_text(key): self._argument(one) for key, one in _mapping(value["mapping"]).items()}
        return _setting(value)


def _setting(value: Any, depth: int = 0) -> Any:
    """A setting as it is, its texts cut."""
    if depth > _DEEPEST:
        raise ValueError("settings inside one another too deep")
    if isinstance(value, str):
        return value[:_LONGEST]
    if isinstance(value, list):
        return [_setting(one, depth + 1) for one in value]
    if isinstance(value, dict):
        return {_text(key): _setting(one, depth + 1) for key, one in value.items()}
    return value


def _mapping(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise TypeError(f"{value!r} is not a mapping")
    return value
