"""Patches Keras, to learn where layers are made and called, and to follow a model that runs.

The files of this folder that run beside the user's Keras import nothing of the package but one another.
"""

# mypy: ignore-errors
# (keras, whose types all of this is about, is not there when types are checked)

from __future__ import annotations

import functools
import importlib.util
import itertools
import json
import os
import sys
from collections.abc import Mapping

OLDEST = 3  # the first version of Keras whose tensors without values run through a model
BACKENDS = ("tensorflow", "jax", "torch")
BY_KERAS = ("keras",)

tracer = None  # the module that loaded this one: places and failures are told in its way
CONSTRUCTED = {}  # by the identity of a layer or operation, where the user's code makes it
MADE_NODES = {}  # by the identity of a node of a graph, how many were made before it, and where
RUNNING = []  # the recorder of the model that runs
RAISED = []  # the first call that raised while a model was built
COUNTER = itertools.count()


class PatchingFinder:
    """Patches Keras as soon as it is imported, so that models are seen that are made on import."""

    def find_spec(self, name, path=None, target=None):
        if name != "keras":
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.loader is not None:
            execute = spec.loader.exec_module

            def exec_module(module):
                execute(module)
                watch()

            spec.loader.exec_module = exec_module
        return spec


def prepare(loader):
    """Patch Keras now, or once the user's code imports it. `loader` is the module of `tracer.py`."""
    global tracer
    tracer = loader
    choose_backend()
    if "keras" in sys.modules:
        watch()
    elif not any(isinstance(one, PatchingFinder) for one in sys.meta_path):
        sys.meta_path.insert(0, PatchingFinder())


def choose_backend():
    """Take a backend that is installed, where nobody says which and that of Keras' settings is not."""
    if os.environ.get("KERAS_BACKEND"):
        return
    folder = os.environ.get("KERAS_HOME") or os.path.join(os.path.expanduser("~"), ".keras")
    wanted = BACKENDS[0]
    try:
        with open(os.path.join(folder, "keras.json"), encoding="utf-8") as file:
            wanted = json.load(file)["backend"]
    except (OSError, ValueError, KeyError, TypeError):
        pass
    installed = [name for name in (wanted, *BACKENDS) if importlib.util.find_spec(str(name)) is not None]
    if installed and installed[0] != wanted:
        os.environ["KERAS_BACKEND"] = installed[0]


def is_installed():
    return importlib.util.find_spec("keras") is not None


def version():
    return str(getattr(sys.modules.get("keras"), "__version__", "")) or "?"


def is_old():
    first = version().partition(".")[0]
    return not first.isdigit() or int(first) < OLDEST


def watch():
    """Learn where layers are made and called, and follow the calls of a model that runs.

    What comes back ends it.
    """
    if is_old():
        return lambda: None
    from keras.src.layers.layer import Layer
    from keras.src.ops.node import Node
    from keras.src.ops.operation import Operation

    if hasattr(Layer.__call__, "watched"):
        return lambda: None
    patched = [
        (Operation, "__new__", made_by(Operation.__new__)),
        (Node, "__init__", node_made_by(Node.__init__)),
        (Layer, "__call__", layer_called_by(Layer.__call__)),
        (Layer, "symbolic_call", layer_inside(Layer.symbolic_call)),
        (Operation, "symbolic_call", operation_called_by(Operation.symbolic_call)),
    ]
    before = [(owner, name, vars(owner)[name]) for owner, name, _ in patched]
    for owner, name, function in patched:
        function.watched = True
        setattr(owner, name, function)

    def end():
        for owner, name, function in before:
            setattr(owner, name, function)

    return end


def made_by(make):
    @functools.wraps(make)
    def new(cls, *args, **kwargs):
        made = make(cls, *args, **kwargs)
        CONSTRUCTED[id(made)] = tracer.place_of(sys._getframe(1))
        return made

    return new


def node_made_by(make):
    @functools.wraps(make)
    def init(self, *args, **kwargs):
        operation = args[0] if args else kwargs.get("operation")
        MADE_NODES[id(self)] = next(COUNTER), place_of_call(sys._getframe(1), operation)
        make(self, *args, **kwargs)

    return init


def place_of_call(frame, operation):
    """Where the user's code calls an operation; where a Sequential does, where the layer is made."""
    while frame is not None and not tracer.is_of_user(frame.f_code.co_filename):
        if os.path.basename(frame.f_code.co_filename) == "sequential.py" and CONSTRUCTED.get(id(operation)):
            return CONSTRUCTED[id(operation)]
        frame = frame.f_back
    return tracer.place_of(frame)


def layer_called_by(call):
    @functools.wraps(call)
    def called(self, *args, **kwargs):
        recorder = RUNNING[-1] if RUNNING else None
        if recorder is None:
            return watched(call, self, args, kwargs)
        if recorder.paused or not is_symbolic(args, kwargs):
            return call(self, *args, **kwargs)
        return recorder.layer(call, self, args, kwargs)

    return called


def layer_inside(symbolic):
    """A layer of the user's is what its own code calls: that runs on tensors of Keras, which know it."""

    @functools.wraps(symbolic)
    def called(self, *args, **kwargs):
        recorder = RUNNING[-1] if RUNNING else None
        if recorder is not None and not recorder.paused and is_of_user(self):
            return self.call(*args, **kwargs)
        return symbolic(self, *args, **kwargs)

    return called


def operation_called_by(symbolic):
    @functools.wraps(symbolic)
    def called(self, *args, **kwargs):
        recorder = RUNNING[-1] if RUNNING else None
        if recorder is None:
            return watched(symbolic, self, args, kwargs)
        if recorder.paused:
            return symbolic(self, *args, **kwargs)
        return recorder.noted(symbolic, self, args, kwargs)

    return called


def watched(call, operation, args, kwargs):
    """A call while a model is built: the first that raises is kept."""
    try:
        return call(operation, *args, **kwargs)
    except Exception as error:
        if not RAISED and is_symbolic(args, kwargs):
            place = place_of_call(sys._getframe(1), operation)
            RAISED.append((operation, args, kwargs, error, place))
        raise


def is_symbolic(args, kwargs):
    from keras import KerasTensor

    return any(isinstance(one, KerasTensor) for one in flat((args, kwargs)))


def is_of_user(layer):
    """Whether what a layer does is written in the user's code, or another library's."""
    for owner in type(layer).__mro__:
        if "call" in vars(owner):
            return owner.__module__.partition(".")[0] not in BY_KERAS
    return False


def class_of_keras(operation):
    """The class of Keras that an operation is, which the user's class may inherit from."""
    for owner in type(operation).__mro__:
        if owner.__module__.partition(".")[0] in BY_KERAS:
            return owner
    return type(operation)


def flat(value):
    if isinstance(value, (list, tuple)):
        for one in value:
            yield from flat(one)
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from flat(one)
    else:
        yield value


def is_model(found):
    """Whether something is a Keras model or layer, or a class of them."""
    keras = sys.modules.get("keras")
    if keras is None:
        return False
    bases = found.__mro__ if isinstance(found, type) else type(found).__mro__
    return any(one.__module__.partition(".")[0] in ("keras", "tf_keras") for one in bases)
