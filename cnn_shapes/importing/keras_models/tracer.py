"""Calls a Keras model on tensors without values, and tells which layers and operations it is made of.

Like the script `importing/tracer.py`, which loads it, this runs in the interpreter that has the user's Keras,
and imports nothing of the package but the files beside it. `recording.py` says what the answer holds. A model
that raises while it is built is gone through up to the call that raises.
"""

# mypy: ignore-errors

from __future__ import annotations

import inspect
import sys
from collections.abc import Mapping

from . import watching
from .graphs import ancestors, graph_of
from .recorder import KerasRecorder, Stopped, called, core_of, weights_of
from .watching import (
    OLDEST,
    RAISED,
    RUNNING,
    flat,
    is_installed,
    is_model,
    is_of_user,
    is_old,
    prepare,
    version,
    watch,
)

__all__ = ["is_asked_for", "is_installed", "is_model", "prepare", "trace", "trace_model"]
NOT_INPUTS = ("training", "mask")  # what Keras itself gives to a model's call


def is_asked_for(found):
    """Whether something may make a Keras model: a class of one, or a function where Keras is used."""
    return is_model(found) or (
        "keras" in sys.modules and callable(found) and not isinstance(found, type) and not is_torch(found)
    )


def is_torch(found):
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(found, torch.nn.Module)


def construct(found, arguments):
    """What `found` is or makes; RAISED, which then has the call, where a call of Keras raises."""
    if is_old():
        message = f"this is Keras {version()}, from {OLDEST}.0 on a model can be read"
        raise watching.tracer.Failed(watching.tracer.IMPORT, "old-keras", message)
    if is_model(found) and not isinstance(found, type):
        if arguments:
            message = "it is an instance already, which takes no arguments"
            raise watching.tracer.Failed(watching.tracer.CONSTRUCT, "unknown-argument", message, arguments)
        return found
    watching.tracer.check_arguments(found, arguments)
    RAISED.clear()
    try:
        return found(**arguments)
    except BaseException as error:
        if RAISED and isinstance(error, Exception):
            return RAISED
        raise watching.tracer.raised(watching.tracer.CONSTRUCT, error) from error


def record(model, inputs, batch, finished, likely=()):
    """Run a model on tensors without values, and put what it calls into the answer."""
    import keras

    recorder = KerasRecorder(batch)
    finished["keras"] = f"{version()} with {keras.backend.backend()}"
    finished["class"] = type(model).__name__ if is_of_user(model) else str(model.name)[:200]
    finished["batch"] = batch
    finished["calls"], finished["entries"] = recorder.calls, recorder.entries
    finished["outputs"], finished["layout"] = [], keras.config.image_data_format()
    tensors = inputs_of(model, inputs, recorder, likely)
    RUNNING.append(recorder)
    try:
        out = model(*tensors) if isinstance(tensors, list) else model(**tensors)
        finished["outputs"] = list(outputs_of(out, recorder))
        finished["unreached"] = weights_of(model, recorder.read)
    except Stopped:
        pass
    except watching.tracer.Failed:
        raise
    except BaseException as error:
        raise watching.tracer.raised(watching.tracer.RUN, error) from None
    finally:
        RUNNING.clear()
    return finished


def record_raised(batch, inputs, finished):
    """The same up to the call that raised while the model was built. Raises Failed where it is not found."""
    import keras

    operation, args, kwargs, error, place = RAISED[0]
    failed = watching.tracer.raised(watching.tracer.CONSTRUCT, error)
    failed.message, failed.place = core_of(error), failed.place or place
    recorder = KerasRecorder(batch)
    nodes, roots = ancestors(flat((args, kwargs)))
    values = {}
    given = list(inputs.values()) if isinstance(inputs, Mapping) else list(inputs)
    for number, root in enumerate(roots):
        sizes = [given[number][axis] if size is None and number < len(given) and axis < len(given[number])
                 else size for axis, size in enumerate(root.shape[1:])]  # fmt: skip
        if None in sizes:
            raise failed
        name = root._keras_history.operation.name
        values[id(root)] = new_input(recorder, name, sizes, root.dtype)
    finished["keras"] = f"{version()} with {keras.backend.backend()}"
    finished["class"], finished["batch"] = "model", batch
    finished["calls"], finished["entries"] = recorder.calls, recorder.entries
    finished["outputs"], finished["layout"] = [], keras.config.image_data_format()
    finished["built"] = False
    RUNNING.append(recorder)
    try:
        recorder.run_nodes(nodes, values)
        swapped = keras.tree.map_structure(lambda one: values.get(id(one), one), (list(args), dict(kwargs)))
        recorder.forced.append(place)
        called(operation, *swapped)
    except Stopped:
        return finished
    except BaseException:
        pass
    finally:
        RUNNING.clear()
    for key in ("calls", "entries", "batch", "keras"):
        finished.pop(key, None)
    raise failed


def new_input(recorder, name, sizes, dtype):
    import keras

    tensor = keras.Input(batch_shape=(recorder.batch, *sizes), dtype=dtype)
    recorder.where[id(tensor)] = [len(recorder.calls), 0]
    recorder.kept.append(tensor)
    recorder.calls.append({"operation": "input", "name": name, "shapes": [[recorder.batch, *sizes]]})
    return tensor


def by_name(inputs, names, likely):
    """The sizes of each input under its name, where those that are a list have the `likely` names.

    They do if all of these are names of the model; else they stay a list.
    """
    if isinstance(inputs, Mapping) or len(likely) != len(inputs) or not {*likely} <= {*names}:
        return inputs
    return dict(zip(likely, inputs))  # noqa: B905


def inputs_of(model, inputs, recorder, likely=()):
    """A tensor for each input: those that the model says itself, with the sizes that are given."""
    import keras

    graph = graph_of(model)
    if graph is None:
        return free_inputs(model, inputs, recorder, likely)
    names = [one._keras_history.operation.name for one in graph.inputs]
    inputs = by_name(inputs, names, likely)
    if isinstance(inputs, Mapping):
        unknown = [name for name in inputs if name not in names]
        if unknown:
            message = f"the model has no input {', '.join(unknown)}"
            raise watching.tracer.Failed(watching.tracer.RUN, "unknown-input", message, names)
        given = dict(inputs)
    else:
        if len(inputs) > len(names):
            takes = f"{len(names)} input{'' if len(names) == 1 else 's'}"
            message = f"the model takes {takes}, but gets {len(inputs)}"
            raise watching.tracer.Failed(watching.tracer.RUN, "unknown-input", message, names)
        given = dict(zip(names, inputs))  # noqa: B905
    missing = [
        name for name, one in zip(names, graph.inputs)  # noqa: B905
        if name not in given and None in one.shape[1:]
    ]  # fmt: skip
    if missing:
        raise watching.tracer.Failed(
            watching.tracer.RUN, "needs-sizes", f"the model needs {', '.join(missing)}", missing
        )
    tensors = []
    for name, one in zip(names, graph.inputs):  # noqa: B905
        sizes = list(given.get(name, one.shape[1:]))
        fixed = list(one.shape[1:])
        if len(fixed) != len(sizes) or any(a not in (None, b) for a, b in zip(fixed, sizes)):  # noqa: B905
            has = "x".join("?" if size is None else str(size) for size in fixed)
            message = f"the input {name} of the model is {has}, found {'x'.join(map(str, sizes))}"
            raise watching.tracer.Failed(watching.tracer.RUN, "wrong-sizes", message, [name])
        tensors.append(new_input(recorder, name, sizes, one.dtype))
    return [keras.tree.pack_sequence_as(graph._inputs_struct, tensors)]


def free_inputs(model, inputs, recorder, likely=()):
    """The inputs of a model that says none: what its call takes."""
    parameters = [
        one for one in inspect.signature(model.call).parameters.values() if one.name not in NOT_INPUTS
    ]
    names = [one.name for one in parameters if one.kind is not one.VAR_KEYWORD]
    needed = [name for name in watching.tracer.required(parameters) if name in names]
    inputs = by_name(inputs, names, likely)
    if not isinstance(inputs, Mapping):
        if len(inputs) > len(names):
            takes = f"{len(names)} input{'' if len(names) == 1 else 's'}"
            message = f"call takes {takes}, but gets {len(inputs)}"
            raise watching.tracer.Failed(watching.tracer.RUN, "unknown-input", message, names)
        inputs = dict(zip(names, inputs))  # noqa: B905
    unknown = [name for name in inputs if name not in names]
    if unknown:
        message = f"call has no {', '.join(unknown)}"
        raise watching.tracer.Failed(watching.tracer.RUN, "unknown-input", message, names)
    missing = [name for name in needed if name not in inputs]
    if missing:
        raise watching.tracer.Failed(
            watching.tracer.RUN, "needs-sizes", f"call needs {', '.join(missing)}", missing
        )
    return {name: new_input(recorder, name, sizes, None) for name, sizes in inputs.items()}


def outputs_of(value, recorder, name=""):
    """The tensors of whatever comes out, each with its keys and places in it."""
    if id(value) in recorder.where:
        yield [name, recorder.where[id(value)]]
    elif isinstance(value, (list, tuple)):
        for place, one in enumerate(value):
            yield from outputs_of(one, recorder, f"{name}.{place}" if name else str(place))
    elif isinstance(value, Mapping):
        for key, one in value.items():
            yield from outputs_of(one, recorder, f"{name}.{key}" if name else str(key))


def in_order_of(model, inputs):
    """Inputs that are channels first in the order of a model: that of its first layer that says one."""
    import keras

    said = (getattr(layer, "data_format", None) for layer in model._flatten_layers())
    if next((one for one in said if one), keras.config.image_data_format()) == "channels_first":
        return inputs
    if isinstance(inputs, Mapping):
        return {name: [*sizes[1:], *sizes[:1]] for name, sizes in inputs.items()}
    return [[*sizes[1:], *sizes[:1]] for sizes in inputs]


def trace(found, arguments, request, finished, at):
    """The answer for what a target means; where it makes no Keras model, what it makes."""
    inputs, batch = request.get("inputs") or [], int(request.get("batch", 2))
    at(watching.tracer.CONSTRUCT)
    model = construct(found, arguments)
    if model is RAISED:
        return record_raised(batch, inputs, finished)
    if not is_model(model):
        return model
    if isinstance(model, type):
        raise watching.tracer.Failed(
            watching.tracer.IMPORT, "not-a-module", f"it makes a class, no model: {model.__name__}"
        )
    at(watching.tracer.RUN)
    if request.get("channels_first"):
        inputs = in_order_of(model, inputs)
    return record(model, inputs, batch, finished, request.get("names") or ())


def copied(model):
    """A Sequential of the same layers; another model itself: its settings are not all that it is."""
    from keras import Sequential

    if type(model) is not Sequential:
        return model
    try:
        return Sequential.from_config(model.get_config())
    except Exception:  # a layer of the user's that does not say what it is set to
        return model


def trace_model(loader, model, inputs, batch, finished):
    """The same for a model of this very process, which stays as it is.

    One of the user's own class that is not built yet is built for its inputs, as by its first call.
    """
    from keras import Layer

    watching.tracer = loader
    if is_old():
        return construct(model, {})
    if not model.built:
        model = copied(model)  # it would be built for these inputs, and stay so
    end = watch()
    layers = [model, *model._flatten_layers()] if isinstance(model, Layer) else [model]
    nodes = [(one, len(one._inbound_nodes), len(one._outbound_nodes)) for one in layers]
    try:
        return record(model, inputs, batch, finished)
    finally:
        for one, inbound, outbound in nodes:
            del one._inbound_nodes[inbound:], one._outbound_nodes[outbound:]
        end()
