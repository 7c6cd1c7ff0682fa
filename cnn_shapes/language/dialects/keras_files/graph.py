"""The calls of a model in a file, in the order of their making: nested models are taken apart.

A model is a chain (Sequential) or a graph whose layers say what they are called with (`inbound_nodes`), in
the form of Keras 2, `[[["conv", 0, 0, {}]]]`, or of Keras 3, `[{"args": [...], "kwargs": {}}]`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush
from typing import Any, NamedTuple

from cnn_shapes.diagnostics import closest
from cnn_shapes.language.dialects.keras.call import Tensor
from cnn_shapes.language.dialects.keras_files.json_text import JsonValue
from cnn_shapes.language.dialects.keras_files.node_arguments import (
    NodeArguments,
    TensorOf,
    arguments_of,
    outputs_of,
    tensor_names,
)
from cnn_shapes.language.dialects.writing import TooLong
from cnn_shapes.language.reading.wording import MISSING_FIELD, UNKNOWN_KEY, WRONG_INPUTS
from cnn_shapes.source import Span

GRAPHS, CHAIN, INPUT = ("Functional", "Model", "Network"), "Sequential", "InputLayer"
_DEEPEST = 30  # models in models
_MOST_CALLS = 10_000

# of a layer, beside its config
KEYS = (
    *("module", "class_name", "registered_name", "config", "build_config", "compile_config", "name"),
    *("inbound_nodes", "shared_object_id", "dtype"),
)

Tell = Callable[..., None]


class CallResult(NamedTuple):
    """What comes out of a call, by its number and which of its outputs, or of an input of the model."""

    call: int
    part: int = 0


NOT_KNOWN = CallResult(-1)  # what it is is told already


@dataclass(slots=True, eq=False)
class GraphCall:
    """A layer that is called: `name` is its path in nested models; the `owner` has its weights.

    `is_again` where it was called before. `inputs` are what it reads, in order; `arguments` have a `Tensor`
    for each.
    """

    layer: JsonValue
    name: str
    inputs: list[CallResult]
    arguments: tuple[Any, ...] = ()
    named: Mapping[str, Any] = field(default_factory=dict)
    is_again: int = 0
    is_old: bool = False  # in the form of Keras 2

    @property
    def class_name(self) -> str:
        return self.layer.text_of("class_name") or ""

    @property
    def is_input(self) -> bool:
        return not self.inputs and self.class_name == INPUT

    @property
    def config(self) -> JsonValue | None:
        return self.layer.get("config")

    @property
    def place(self) -> Span:
        """The class, which is what is wrong where nothing smaller is."""
        return place_of(self.layer)


def place_of(layer: JsonValue) -> Span:
    found = layer.get("class_name")
    return found.place if found is not None else Span(layer.start, layer.start + 1)


def name_of(layer: JsonValue) -> str:
    """The name of a layer as the graph refers to it."""
    config = layer.get("config")
    own = None if config is None else config.text_of("name")
    return layer.text_of("name") or own or (layer.text_of("class_name") or "layer").lower()


def layers_in(model: JsonValue) -> list[JsonValue]:
    """The layers of a model; of a Sequential of old the config is their list."""
    config = model.get("config")
    if config is None:
        return []
    found = config if config.items else config.get("layers")
    return [] if found is None else [one for one in found.items if isinstance(one.value, dict)]


def is_model(layer: JsonValue) -> bool:
    config = layer.get("config")
    if layer.text_of("class_name") == CHAIN:
        return True
    return config is not None and config.get("layers") is not None and config.get("input_layers") is not None


class CallsOfModel:
    """Takes a model apart. `calls` are in an order in which each comes after what it reads."""

    def __init__(self, tell: Tell, text: str) -> None:
        self.tell, self.text = tell, text
        self.calls: list[GraphCall] = []
        self.made: dict[str, int] = {}  # calls of each layer, by its path
        self.models = 0

    def read(self, model: JsonValue) -> list[CallResult]:
        """Add the calls of the outermost model; what comes out of it."""
        return self._model(model, "", None, 0)

    def _model(
        self, model: JsonValue, path: str, given: list[CallResult] | None, depth: int
    ) -> list[CallResult]:
        if depth > _DEEPEST:
            template = "models lie in models more than {limit} deep, the limit"
            self.tell(WRONG_INPUTS, template, place_of(model), limit=_DEEPEST)
            return [NOT_KNOWN]
        self.models += 1
        if self.models > _MOST_CALLS:
            raise TooLong("more than {limit} calls of models, the limit", _MOST_CALLS, place_of(model))
        if not layers_in(model):
            self.tell(MISSING_FIELD, "this model has no layers in its config", place_of(model))
            return [NOT_KNOWN]
        if model.text_of("class_name") == CHAIN:
            return self._chain(model, path, given, depth)
        return self._graph(model, path, given, depth)

    # chains

    def _chain(
        self, model: JsonValue, path: str, given: list[CallResult] | None, depth: int
    ) -> list[CallResult]:
        layers = layers_in(model)
        for layer in layers:
            self._tell_unknown(layer)
        values = given
        if layers[0].text_of("class_name") == INPUT:
            first, *layers = layers
            values = [self._input(first, path)] if given is None else given
        elif given is None:
            if is_model(layers[0]):
                values = None  # the inner one has the input
            else:
                values = [self._input(_with_shape(layers[0], model), path)]
        for layer in layers:
            arguments = tuple(Tensor(place) for place in range(len(values or ())))
            values = self._called(layer, path, values, arguments, {}, depth)
        return values or [NOT_KNOWN]

    # graphs

    def _graph(
        self, model: JsonValue, path: str, given: list[CallResult] | None, depth: int
    ) -> list[CallResult]:
        config = model.get("config")
        assert config is not None
        layers = {name_of(layer): layer for layer in layers_in(model)}
        places = {one.layer: place for place, one in enumerate(tensor_names(config.get("input_layers")))}
        values: dict[TensorOf, list[CallResult] | None] = {}
        waiting: list[tuple[JsonValue, str, int, NodeArguments]] = []
        order = {name: number for number, name in enumerate(layers)}
        for name, layer in layers.items():
            nodes = layer.get("inbound_nodes")
            found = [] if nodes is None else [arguments_of(node) for node in nodes.items]
            is_clear = self._tell_unknown(layer)
            if not found and layer.text_of("class_name") != INPUT and name not in places:
                template = (
                    "{name} reads nothing, and is not an input of the model: its inbound_nodes are missing"
                )
                if is_clear:
                    self.tell(WRONG_INPUTS, template, place_of(layer), name=name)
                values[TensorOf(name, 0, 0)] = self._broken(layer, path)
            elif layer.text_of("class_name") == INPUT or not found:
                place = places.get(name, -1)
                if given is not None and 0 <= place < len(given):
                    values[TensorOf(name, 0, 0)] = [given[place]]
                else:
                    values[TensorOf(name, 0, 0)] = [self._input(layer, path)]
            waiting += [(layer, name, number, node) for number, node in enumerate(found)]
        nested = {name for name, layer in layers.items() if is_model(layer)}
        counts = Counter(name for _, name, _, _ in waiting)
        nested_calls = _NestedCalls(nested, counts, [node for _, _, _, node in waiting])
        resolved = [
            (layer, name, number, node, self._references(node, layers, nested_calls))
            for layer, name, number, node in waiting
        ]
        self._in_order(resolved, order, values, path, depth)
        found_outputs = outputs_of(config.get("output_layers"))
        if not found_outputs:
            return [NOT_KNOWN]
        results = []
        for reference, at in found_outputs:
            own = nested_calls.as_output(reference, layers)
            made = values.get(TensorOf(own.layer, own.call, 0))
            if reference.layer not in layers:
                self._unknown(reference.layer, at, layers, "output_layers names {name}, which is not a layer")
            results.append(_part(made, own.part))
        return results

    def _references(
        self,
        node: NodeArguments,
        layers: Mapping[str, JsonValue],
        nested_calls: _NestedCalls,
    ) -> list[TensorOf] | None:
        """What a node reads; None where one is wrong, which is told."""
        found = []
        for reference, place in node.tensors:
            if reference.layer not in layers:
                self._unknown(
                    reference.layer, place, layers, "it reads {name}, which is not a layer of the model"
                )
                return None
            found.append(nested_calls.as_input(reference))
        return found

    def _in_order(
        self,
        nodes: list[tuple[JsonValue, str, int, NodeArguments, list[TensorOf] | None]],
        order: Mapping[str, int],
        values: dict[TensorOf, list[CallResult] | None],
        path: str,
        depth: int,
    ) -> None:
        """Call each node when all that it reads is there."""
        readers: dict[TensorOf, list[int]] = {}
        missing: list[int] = []
        ready = []
        for place, (_, _, _, _, reads) in enumerate(nodes):
            wanted = {TensorOf(one.layer, one.call, 0) for one in reads or ()} - values.keys()
            missing.append(len(wanted))
            for one in wanted:
                readers.setdefault(one, []).append(place)
            if not wanted:
                ready.append(place)
        heapify(ready)
        done = 0
        while ready:
            place = heappop(ready)
            layer, name, number, node, reads = nodes[place]
            done += 1
            made = TensorOf(name, number, 0)
            if reads is None:
                values[made] = self._broken(layer, path)
            else:
                inputs = [_part(values[TensorOf(one.layer, one.call, 0)], one.part) for one in reads]
                values[made] = self._called(
                    layer, path, inputs, node.arguments, node.named, depth, node.is_old
                )
            for reader in readers.get(made, ()):
                missing[reader] -= 1
                if not missing[reader]:
                    heappush(ready, reader)
        if done < len(nodes):
            left = [place for place, count in enumerate(missing) if count]
            self._tell_cycle([nodes[place] for place in left], values)

    def _tell_cycle(
        self,
        left: list[tuple[JsonValue, str, int, NodeArguments, list[TensorOf] | None]],
        values: Mapping[TensorOf, Any],
    ) -> None:
        """Tell of the first node that waits for ever, for itself or for a call that there is not."""
        there = {(name, number) for _, name, number, _, _ in left}
        for _, name, _, node, reads in left:
            for read, (reference, place) in zip(reads or (), node.tensors, strict=True):
                if TensorOf(read.layer, read.call, 0) not in values and (read.layer, read.call) not in there:
                    template = "{name} reads call {call} of {other}, which is not called so often"
                    facts = {"name": name, "call": reference.call, "other": reference.layer}
                    self.tell(WRONG_INPUTS, template, place, **facts)
                    return
        reads_of = {
            (name, number): [
                ((read.layer, read.call), place)
                for read, (_, place) in zip(reads or (), node.tensors, strict=True)
                if (read.layer, read.call) in there
            ]
            for _, name, number, node, reads in left
        }
        current = (left[0][1], left[0][2])
        seen: dict[tuple[str, int], Span] = {}
        while current not in seen:
            following, place = reads_of[current][0]
            seen[current] = place
            current = following
        names = [name for name, _ in [*seen][[*seen].index(current) :]]
        shown = " reads ".join([*names[:4], *(["..."] if names[4:] else []), names[0]])
        self.tell(WRONG_INPUTS, "a cycle: {shown}", seen[current], shown=shown)

    def _tell_unknown(self, layer: JsonValue) -> bool:
        """Report the keys of a layer that none has. Whether it has none such."""
        unknown = [(word, value) for word, value in layer.value.items() if word not in KEYS]
        for word, value in unknown:
            near = closest(word, KEYS)
            template = "unknown key {word} of a layer" + (": did you mean {near}?" if near else "")
            place = value.key_in(self.text, word)
            self.tell(UNKNOWN_KEY, template, place, word=word, near=near or "")
        return not unknown

    # calls

    def _input(self, layer: JsonValue, path: str) -> CallResult:
        return self._add(GraphCall(layer, f"{path}{name_of(layer)}", []))

    def _broken(self, layer: JsonValue, path: str) -> list[CallResult]:
        return [self._add(GraphCall(layer, f"{path}{name_of(layer)}", [NOT_KNOWN]))]

    def _add(self, call: GraphCall) -> CallResult:
        self.calls.append(call)
        if len(self.calls) > _MOST_CALLS:
            raise TooLong("more than {limit} layers, the limit", _MOST_CALLS, call.place)
        return CallResult(len(self.calls) - 1)

    def _called(
        self,
        layer: JsonValue,
        path: str,
        inputs: list[CallResult] | None,
        arguments: tuple[Any, ...],
        named: Mapping[str, Any],
        depth: int,
        is_old: bool = False,
    ) -> list[CallResult]:
        name = f"{path}{name_of(layer)}"
        if is_model(layer):
            return self._model(layer, f"{name}/", inputs, depth + 1)
        if inputs == []:
            template = "{name} is called with nothing: its inbound_nodes name no layer"
            self.tell(WRONG_INPUTS, template, place_of(layer), name=name)
            return self._broken(layer, path)
        again = self.made[name] = self.made.get(name, -1) + 1
        call = GraphCall(layer, name, list(inputs or ()), arguments, named, again, is_old)
        return [self._add(call)]

    def _unknown(self, name: str, place: Span, layers: Mapping[str, JsonValue], template: str) -> None:
        near = closest(name, layers)
        template += ": did you mean {near}?" if near else ""
        self.tell(WRONG_INPUTS, template, place, name=name, near=near or "")


class _NestedCalls:
    """The calls of the models in a graph, by their numbers among the layer's nodes.

    Keras counts them from 1, since a model has a node of its own; Keras 3 from 0 in `inbound_nodes`.
    """

    def __init__(self, nested: set[str], counts: Mapping[str, int], nodes: Sequence[NodeArguments]) -> None:
        self.counts = {name: counts[name] for name in nested}
        seen: dict[str, set[int]] = {}
        for node in nodes:
            for reference, _ in node.tensors if nested else ():
                if reference.layer in nested:
                    seen.setdefault(reference.layer, set()).add(reference.call)
        is_new = any(not node.is_old for node in nodes)
        self.first = {
            name: 0 if 0 in calls or (is_new and max(calls) < counts[name]) else 1
            for name, calls in seen.items()
        }

    def as_input(self, reference: TensorOf) -> TensorOf:
        return self._counted(reference, self.first.get(reference.layer, 0))

    def as_output(self, reference: TensorOf, layers: Mapping[str, JsonValue]) -> TensorOf:
        if reference.layer not in self.counts:
            return reference
        return self._counted(reference, 0 if _counts_from_0(layers[reference.layer]) else 1)

    def _counted(self, reference: TensorOf, first: int) -> TensorOf:
        count = self.counts.get(reference.layer)
        if count is None:
            return reference
        call = reference.call - first
        return reference._replace(call=call if 0 <= call < count else max(0, min(reference.call, count - 1)))


def _part(made: list[CallResult] | None, part: int) -> CallResult:
    """One of what a layer makes; how many a call makes that is not a model is not known here."""
    if made is None or part < 0:
        return NOT_KNOWN
    if part < len(made):
        return made[part]
    return CallResult(made[0].call, part) if len(made) == 1 and made[0] != NOT_KNOWN else NOT_KNOWN


def _counts_from_0(layer: JsonValue) -> bool:
    """Whether calls of a nested model are counted from 0: a Sequential of Keras 3 has none of its own."""
    nodes = layer.get("inbound_nodes")
    is_new = nodes is not None and bool(nodes.items) and isinstance(nodes.items[0].value, dict)
    return is_new and layer.text_of("class_name") == CHAIN


def _with_shape(layer: JsonValue, model: JsonValue) -> JsonValue:
    """The layer, or the model, whichever says the shape that comes in."""
    config = layer.get("config")
    if config is not None and any(config.get(word) for word in ("batch_input_shape", "batch_shape")):
        return layer
    return model
