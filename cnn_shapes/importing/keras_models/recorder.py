"""Writes down the calls of a Keras model that runs on tensors without values."""

# mypy: ignore-errors

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping

from . import watching
from .graphs import ancestors, graph_of, is_mask, parts_of
from .watching import CONSTRUCTED, MADE_NODES, class_of_keras, flat, is_of_user

LONGEST_TEXT = 2000
LONGEST_LIST = 1000
DEEPEST = 12  # lists and mappings inside one another
MOST_CALLS = 50_000
SHAPE_ERRORS = (RuntimeError, ValueError, IndexError, TypeError, AssertionError, NotImplementedError,
                ZeroDivisionError)  # fmt: skip
# what is said of tensors whose values are asked for
WITHOUT_VALUES = ("KerasTensor", "symbolic", "meta tensor", "Meta tensor", "'meta'", "data-dependent")
# settings that change neither a shape nor a count, and are long
LEFT_OUT = ("_initializer", "_regularizer", "_constraint")


class Stopped(BaseException):
    """The call that was recorded last does not fit: what comes after it is not known.

    It is no `Exception`, so that no code of the user's goes on after it.
    """


class KerasRecorder:
    """The calls of one run: layers and operations of Keras, their settings, shapes and places."""

    def __init__(self, batch):
        self.batch = batch
        self.calls, self.entries, self.stack = [], [], []
        self.where, self.kept, self.around = {}, [], []
        self.numbers, self.layers, self.variables, self.read = {}, {}, {}, set()
        self.paused = False
        self.forced = []  # the places of the calls that a graph holds

    def layer(self, call, layer, args, kwargs):
        """A call of a layer: that itself, or what is in it."""
        graph, parts = graph_of(layer), parts_of(layer)
        if graph is not None:
            return self.inside(layer, lambda: self.run_graph(graph, args, kwargs))
        if parts is not None:
            return self.inside(layer, lambda: chained(parts, next(flat((args, kwargs)))))
        if not is_of_user(layer):
            return self.noted(call, layer, args, kwargs)
        before = len(self.calls), len(self.entries), len(self.forced), dict(self.numbers)
        try:
            return self.inside(layer, lambda: call(layer, *args, **kwargs))
        except Exception as error:
            # its code wants values, or another framework's functions: as a whole it may be known all the same
            del self.calls[before[0] :], self.entries[before[1] :], self.forced[before[2] :]
            self.numbers = before[3]
            self.forced.append(watching.tracer.place_of_error(error))
            try:
                return self.noted(call, layer, args, kwargs, core_of(error) or type(error).__name__)
            except watching.tracer.Failed:
                failed = watching.tracer.raised(watching.tracer.RUN, error)
                failed.message = core_of(error)
                raise failed from None
            finally:
                self.forced.pop()

    def inside(self, layer, run):
        number = self.numbers[id(layer)] = self.numbers.get(id(layer), 0) + 1
        outer = self.entries[self.stack[-1]]["path"] if self.stack else ""
        own = self.name_of(layer) if self.stack else ""
        self.entries.append(
            {
                "path": f"{outer}.{own}" if outer else own,
                "class": type(layer).__name__,
                "number": number,
                "within": self.stack[-1] if self.stack else None,
                "constructed": CONSTRUCTED.get(id(layer)),
            }
        )
        self.stack.append(len(self.entries) - 1)
        self.around.append(layer)
        try:
            return run()
        finally:
            self.stack.pop()
            self.around.pop()

    def name_of(self, operation):
        """The name that the user gives, or the attribute where Keras has counted."""
        name = str(operation.name)[:200]
        counted = re.fullmatch(r"(.*?)(_\d+)?", name)[1]
        if counted.replace("_", "") != type(operation).__name__.lower():
            return name
        return next((self.attributes_of(one)[id(operation)] for one in reversed(self.around)
                     if id(operation) in self.attributes_of(one)), name)  # fmt: skip

    def attributes_of(self, layer):
        """Under which attribute code of the user's knows the layers in a layer, by their identity."""
        from keras import Layer

        if not is_of_user(layer):
            return {}
        attributes = {**vars(layer), **(vars(layer).get("_modules") or {})}
        found = {}
        for name, value in attributes.items():
            if name.startswith("_"):
                continue
            if isinstance(value, Layer):
                found.setdefault(id(value), name)
            elif isinstance(value, (list, tuple)):
                for place, one in enumerate(value):
                    if isinstance(one, Layer):
                        found.setdefault(id(one), f"{name}.{place}")
        return found

    def run_graph(self, graph, args, kwargs):
        """The nodes of a graph in the order in which they were made, on other tensors."""
        from keras import tree

        given = list(flat(args)) or list(flat(kwargs))
        if args and isinstance(args[0], Mapping):
            names = [one._keras_history.operation.name for one in graph.inputs]
            given = [args[0][name] for name in names]
        values = {id(inner): outer for inner, outer in zip(graph.inputs, given)}  # noqa: B905
        nodes, _ = ancestors(graph.outputs, {id(one) for one in graph.inputs})
        self.run_nodes(nodes, values)
        return tree.map_structure(lambda one: values[id(one)], graph._outputs_struct)

    def run_nodes(self, nodes, values):
        for node in nodes:
            if node.is_input:
                continue
            args, kwargs = node.arguments.fill_in(values)
            kwargs = {name: value for name, value in kwargs.items() if not is_mask(name, value)}
            place = MADE_NODES.get(id(node), (0, None))[1]
            self.forced.append(place)
            try:
                made = called(node.operation, args, kwargs)
            finally:
                self.forced.pop()
            for inner, outer in zip(node.outputs, flat(made)):  # noqa: B905
                values[id(inner)] = outer

    def noted(self, call, operation, args, kwargs, opaque=None):
        """Write down a call that is made, with what comes out, and stop where it raises."""
        if len(self.calls) >= MOST_CALLS:
            raise watching.tracer.Failed(
                watching.tracer.RUN, "too-long", f"it makes more than {MOST_CALLS:,} calls"
            )
        place = self.place()
        try:
            self.paused = True
            out = call(operation, *args, **kwargs)
        except SHAPE_ERRORS as error:
            said = core_of(error)
            if opaque is not None or any(sign in said for sign in WITHOUT_VALUES):
                failed = watching.tracer.raised(watching.tracer.RUN, error)
                failed.message, failed.place = said, watching.tracer.place_of_error(error) or place
                raise failed from None
            self.note(operation, args, kwargs, [], place, error=f"{type(error).__name__}: {said}")
            raise Stopped from None
        finally:
            self.paused = False
        made = list(flat(out))
        self.note(operation, args, kwargs, made, place, opaque=opaque)
        return out

    def note(self, operation, args, kwargs, made, place, error=None, opaque=None):
        from keras import Layer

        known = type(operation) if opaque is not None else class_of_keras(operation)
        is_layer = isinstance(operation, Layer)
        if is_layer:
            self.read.update(map(id, operation.weights))
        entry = {
            "operation": known.__name__,
            "module": known.__module__,
            "name": self.name_of(operation),
            "layer": self.layers.setdefault(id(operation), len(self.layers)) if is_layer else None,
            "config": config_of(known, operation),
            "arguments": [self.encoded(one) for one in args],
            "named": {key: self.encoded(one) for key, one in kwargs.items() if one is not None},
            "shapes": [list(one.shape) for one in made if hasattr(one, "shape")],
            "weights": weights_of(operation) if is_layer else [],
            "within": self.stack[-1] if self.stack else None,
            "place": place,
            "constructed": CONSTRUCTED.get(id(operation)) if is_layer else None,
        }
        if error is not None:
            entry["error"] = error[:LONGEST_TEXT]
        if opaque is not None:
            entry["opaque"] = opaque[:LONGEST_TEXT]
        self.calls.append(entry)
        self.kept.append((operation, made))
        for place_, one in enumerate(made):
            self.where[id(one)] = [len(self.calls) - 1, place_]

    def place(self):
        here = watching.tracer.place_of(sys._getframe(1))
        forced = [place for place in self.forced if place is not None]
        # of a graph the calls are long made: what runs now is whoever asks for the model
        return forced[-1] if forced and not self.runs_code() else here

    def runs_code(self):
        """Whether code of the user's runs inside the innermost graph."""
        frame = sys._getframe(1)
        while frame is not None and frame.f_code is not KerasRecorder.run_nodes.__code__:
            if watching.tracer.is_of_user(frame.f_code.co_filename) and not is_ours(frame):
                return True
            frame = frame.f_back
        return False

    def encoded(self, value, depth=0):
        """An argument as JSON: a literal as it is, all else a mapping with one word that says what it is."""
        if id(value) in self.where:
            return {"result": self.where[id(value)]}
        if value is None or isinstance(value, (bool, str, int, float)):
            return plain(value)
        if isinstance(value, (list, tuple)) and len(value) <= LONGEST_LIST and depth < DEEPEST:
            return [self.encoded(one, depth + 1) for one in value]
        if isinstance(value, Mapping) and depth < DEEPEST:
            return {"mapping": {str(key): self.encoded(one, depth + 1) for key, one in value.items()}}
        if isinstance(value, slice):
            return {"slice": [self.encoded(one) for one in (value.start, value.stop, value.step)]}
        if value is Ellipsis:
            return {"ellipsis": True}
        shape = getattr(value, "shape", None)
        if shape is not None:
            from keras import Variable

            self.read.add(id(value))
            word = "weight" if isinstance(value, Variable) else "constant"
            learned = word == "weight" and bool(value.trainable)
            number = self.variables.setdefault(id(value), len(self.variables))
            self.kept.append(value)
            sizes = [int(size) for size in shape if size is not None]
            return {word: sizes, "learned": learned, "number": number}
        return plain(value)


def is_ours(frame):
    return os.path.dirname(os.path.abspath(frame.f_code.co_filename)) == os.path.dirname(__file__)


def called(operation, args, kwargs):
    from keras import Layer

    if isinstance(operation, Layer):
        return operation(*args, **kwargs)
    return operation.symbolic_call(*args, **kwargs)


def chained(parts, x):
    for part in parts:
        x = part(x)
    return x


def config_of(known, operation):
    """What a layer is set to, in Keras' words; None where it does not say."""
    try:
        config = known.get_config(operation)
        return plain({key: value for key, value in config.items() if not str(key).endswith(LEFT_OUT)})
    except Exception:
        return None


def plain(value, depth=0):
    """A value as JSON; what is no literal becomes a mapping that names its type."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return value[:200]
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return value if value == value and abs(value) != float("inf") else {"other": str(value)}
    if isinstance(value, (list, tuple)) and len(value) <= LONGEST_LIST and depth < DEEPEST:
        return [plain(one, depth + 1) for one in value]
    if isinstance(value, Mapping) and depth < DEEPEST:
        return {str(key)[:200]: plain(one, depth + 1) for key, one in value.items()}
    name = getattr(value, "name", None)
    return {"other": name[:200] if isinstance(name, str) else type(value).__name__}


def weights_of(layer, without=()):
    """The variables of a layer: name, shape, whether it is learned, also where it is frozen."""
    learned = {id(one) for part in layer._flatten_layers() for one in part._trainable_variables}
    return [
        [str(one.name)[:200], [int(size) for size in one.shape], id(one) in learned]
        for one in layer.weights
        if id(one) not in without
    ]


def core_of(error):
    """What Keras said, without the list of arguments that it puts around."""
    said = watching.tracer.text_of(error)
    inner = re.search(r"\x1b\[1m(.*?)\x1b\[0m", said, re.DOTALL)
    said = inner[1] if inner else said
    return re.sub(r"\x1b\[[0-9;]*m", "", said).strip()
