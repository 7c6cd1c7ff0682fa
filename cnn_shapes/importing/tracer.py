"""Runs a PyTorch model on tensors without values, and tells what it calls, on through shape errors.

This is a script, run by the interpreter that has the user's torch: it imports nothing of the package that it
is part of. It reads a request from standard input, as JSON, and answers with one line of JSON on what was its
standard output; what the user's code prints goes to standard error. `running.py` starts it, and
`recording.py` says what the answer holds.
"""

# mypy: ignore-errors
# (torch, whose types all of this is about, is not there when types are checked)

from __future__ import annotations

import copy
import dataclasses
import functools
import importlib
import importlib.util
import inspect
import itertools
import json
import linecache
import math
import operator
import os
import sys
import sysconfig
import threading
from collections.abc import Mapping

IMPORT, CONSTRUCT, RUN = "cannot-import", "cannot-construct", "cannot-run"
FRAMEWORKS = ("torch", "keras", "tensorflow", "jax")
OF_KERAS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "keras_models")
LONGEST_LIST = 1000  # literals of an argument
LONGEST_TEXT = 2000
MOST_CALLS = 200_000
MOST_ELEMENTS = 100_000_000  # of tensors with values
MARGIN = 1.0  # seconds before the time is over, in which it is told where it was used up
SHAPE_ERRORS = (RuntimeError, ValueError, IndexError, TypeError, AssertionError)
UNSUPPORTED_ON_META = ("meta tensor", "Meta tensor", "'Meta' backend", "data-dependent", "aten::")
WITH_VALUES = ("item", "tolist", "numpy", "__bool__", "__int__", "__float__", "__index__", "__array__",
               "nonzero", "unique", "equal", "masked_select", "is_nonzero", "__contains__")  # fmt: skip


FLATTENING = ("view", "reshape", "flatten", "ravel")
TAKES_FEATURES = (
    *("linear", "bilinear", "matmul", "mm", "addmm", "batch_norm", "layer_norm", "lstm", "gru", "rnn_tanh"),
    *("conv1d", "conv2d", "conv3d"),
)


class Failed(Exception):
    """Why there is no recording: the stage, the reason as a word, and the names it is about."""

    def __init__(self, stage, reason, message, names=(), place=None, exception=""):
        super().__init__(message)
        self.stage, self.reason, self.message = stage, reason, message
        self.names, self.place, self.exception = list(names), place, exception

    def answer(self):
        return {
            "stage": self.stage,
            "reason": self.reason,
            "exception": self.exception,
            "message": self.message[:LONGEST_TEXT],
            "names": [str(name)[:200] for name in self.names][:50],
            "place": self.place,
        }


class TracedSize(int):
    """A size that was asked of a tensor: which one, and along which axis. A number made of it is plain."""


# ------------------------------------------------------------ places


@functools.cache
def is_of_user(file):
    """Whether code is the user's: neither torch's, nor Python's, nor this file's, and in a file at all."""
    ours = (
        os.path.abspath(file) == os.path.abspath(__file__)
        or os.path.dirname(os.path.abspath(file)) == OF_KERAS
    )
    if file.startswith("<") or ours:
        return False
    for name in FRAMEWORKS:
        face = getattr(sys.modules.get(name), "__file__", None)
        if face and file.startswith(os.path.dirname(face) + os.sep):
            return False
    packages = os.sep + "site-packages" + os.sep
    return not file.startswith(sysconfig.get_path("stdlib") + os.sep) or packages in file


def place_of(frame):
    """The file and line of the nearest frame of the user's code."""
    while frame is not None:
        if is_of_user(frame.f_code.co_filename):
            return [os.path.abspath(frame.f_code.co_filename), frame.f_lineno, *columns_of(frame)]
        frame = frame.f_back
    return None


def columns_of(frame):
    """The columns of the call that runs, from 1, where it is on one line: Python knows them from 3.11 on."""
    if not hasattr(frame.f_code, "co_positions"):
        return []
    known = itertools.islice(frame.f_code.co_positions(), frame.f_lasti // 2, None)
    line, end_line, start, end = next(known, (None,) * 4)
    if None in (start, end) or line != end_line or line != frame.f_lineno:
        return []
    text = linecache.getline(frame.f_code.co_filename, line).encode()  # Python counts bytes
    return [len(text[:place].decode("utf-8", "replace")) + 1 for place in (start, end)]


def place_of_error(error):
    """Where the user's code raised it, or called what raised it."""
    if isinstance(error, SyntaxError) and error.filename:
        return [os.path.abspath(error.filename), error.lineno or 1]
    place, trail = None, error.__traceback__
    while trail is not None:
        if is_of_user(trail.tb_frame.f_code.co_filename):
            place = [os.path.abspath(trail.tb_frame.f_code.co_filename), trail.tb_lineno]
        trail = trail.tb_next
    return place


def text_of(error):
    try:
        return str(error).strip()[:LONGEST_TEXT]
    except Exception:
        return ""


def raised(stage, error):
    """The failure that an exception of the user's code is."""
    place, name = place_of_error(error), type(error).__name__
    reason = "exits" if isinstance(error, SystemExit) else "raised"
    return Failed(stage, reason, text_of(error) + numbers_of(error), place=place, exception=name)


def numbers_of(error):
    """The numbers that a message of torch's names and does not say: `(out_channels is 48, groups is 32)`."""
    trail = error.__traceback__
    while trail is not None and trail.tb_next is not None:
        trail = trail.tb_next
    if trail is None or is_of_user(trail.tb_frame.f_code.co_filename):
        return ""
    known = trail.tb_frame.f_locals
    words = dict.fromkeys(text_of(error).replace(",", " ").split())
    if "groups" in words:  # it divides both
        words = ("in_channels", "out_channels", "groups")
    told = text_of(error).split()
    numbers = {word: known[word] for word in words if type(known.get(word)) is int}
    said = [f"{word} is {number}" for word, number in numbers.items() if f"({number})" not in told]
    return f" ({', '.join(said)})" if said else ""


# ------------------------------------------------------------ finding the model


def import_target(target):
    """What `package.module:Name` or `path/file.py:Name` means."""
    where, _, name = target.rpartition(":")
    if not where or not name:
        raise Failed(IMPORT, "no-name", "a model is package.module:Name or path/file.py:Name")
    module = import_file(where) if where.endswith(".py") else import_module(where)
    found = module
    for part in name.split("."):
        if not hasattr(found, part):
            raise Failed(IMPORT, "no-such-name", f"{where} has no {name}", models_in(module))
        found = getattr(found, part)
    return found


def import_file(path):
    if not os.path.isfile(path):
        raise Failed(IMPORT, "no-module", f"there is no file {path}")
    path = os.path.abspath(path)
    folder, parts = os.path.dirname(path), [os.path.basename(path)[:-3]]
    sys.path.insert(0, folder)
    while os.path.isfile(os.path.join(folder, "__init__.py")):
        folder, package = os.path.split(folder)
        parts.insert(0, package)
    if len(parts) > 1:  # its relative imports need its package
        sys.path.insert(0, folder)
        return import_module(".".join(parts))
    name = parts[0] if parts[0] not in sys.modules else f"{parts[0]}_of_the_user"
    specification = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(specification)
    sys.modules[name] = module
    return executed(lambda: specification.loader.exec_module(module) or module)


def import_module(name):
    try:
        return executed(lambda: importlib.import_module(name))
    except Failed as failed:
        missing = getattr(failed.__cause__, "name", None)
        if failed.exception == "ModuleNotFoundError" and f"{name}.".startswith(f"{missing}."):
            raise Failed(IMPORT, "no-module", f"there is no module {missing}", [missing]) from None
        raise


def executed(load):
    try:
        return load()
    except BaseException as error:
        raise raised(IMPORT, error) from error


def models_in(module):
    keras, torch = keras_tracer(), sys.modules.get("torch")
    names = []
    for name, value in vars(module).items():
        is_class = isinstance(value, type)
        if is_class and value.__module__ != module.__name__:
            continue
        of_torch = torch is not None and issubclass(value if is_class else type(value), torch.nn.Module)
        if of_torch or keras.is_model(value):
            names.append(name)
    return names


def construct(found, arguments):
    """The module itself: built on the meta device, or where that fails on the CPU and moved there."""
    import torch
    from torch import nn

    if isinstance(found, nn.Module):
        if arguments:
            message = "it is an instance already, which takes no arguments"
            raise Failed(CONSTRUCT, "unknown-argument", message, arguments)
        return found.to("meta")
    if not callable(found):
        kind = type(found).__name__
        raise Failed(IMPORT, "not-a-module", f"it is neither a torch.nn.Module nor makes one, but: {kind}")
    check_arguments(found, arguments)
    try:
        try:
            with torch.device("meta"):
                made = found(**arguments)
        except Exception:  # some constructors read values of tensors
            made = found(**arguments)
    except BaseException as error:
        raise raised(CONSTRUCT, error) from error
    if not isinstance(made, nn.Module):
        raise Failed(IMPORT, "not-a-module", f"it makes no torch.nn.Module, but: {type(made).__name__}")
    return made.to("meta")


def check_arguments(found, arguments):
    try:
        parameters = inspect.signature(found).parameters.values()
    except (TypeError, ValueError):
        return
    if not any(one.kind is one.VAR_KEYWORD for one in parameters):
        names = [one.name for one in parameters if one.kind not in (one.POSITIONAL_ONLY, one.VAR_POSITIONAL)]
        unknown = [name for name in arguments if name not in names]
        if unknown:
            message = f"it takes no argument {', '.join(unknown)}"
            raise Failed(CONSTRUCT, "unknown-argument", message, names)
    missing = [name for name in required(parameters) if name not in arguments]
    if missing:
        raise Failed(CONSTRUCT, "needs-arguments", f"it needs {', '.join(missing)}", missing)


def required(parameters):
    variable = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    return [one.name for one in parameters if one.default is one.empty and one.kind not in variable]


def named_inputs(model, inputs, likely=()):
    """The sizes of each input under the name of forward's parameter.

    Those that are a list have the `likely` names if all of these are parameters.
    """
    parameters = list(inspect.signature(model.forward).parameters.values())
    needed = required(parameters)
    single = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    names = [one.name for one in parameters if one.kind in single]
    if not isinstance(inputs, Mapping) and len(likely) == len(inputs) and {*likely} <= {*names}:
        inputs = dict(zip(likely, inputs))  # noqa: B905
    if not isinstance(inputs, Mapping):
        free = any(one.kind is one.VAR_POSITIONAL for one in parameters)
        while free and len(names) < len(inputs):
            names.append(f"input{len(names) + 1}")
        if len(inputs) > len(names):
            takes = f"{len(names)} input{'' if len(names) == 1 else 's'}"
            raise Failed(RUN, "unknown-input", f"forward takes {takes}, but gets {len(inputs)}", names)
        inputs = dict(zip(names, inputs))  # noqa: B905 - the interpreter may be an old one
    else:
        unknown = [name for name in inputs if name not in [one.name for one in parameters]]
        if unknown:
            raise Failed(RUN, "unknown-input", f"forward has no {', '.join(unknown)}", names)
    missing = [name for name in needed if name not in inputs]
    if missing:
        raise Failed(RUN, "needs-inputs", f"forward needs {', '.join(missing)}", missing)
    return inputs


# ------------------------------------------------------------ the recording


class Recorder:
    """The calls of one run: their arguments, the shapes that came out, and where they are."""

    def __init__(self, model, batch):
        self.batch = batch
        self.calls, self.entries, self.stack = [], [], []
        self.where, self.derived, self.fixed, self.kept = {}, {}, set(), []
        self.paths = {id(module): path for path, module in reversed(list(model.named_modules()))}
        self.numbers = {}
        self.parameters = list(model.named_parameters())
        self.count = len(self.parameters)
        self.parameters += list(model.named_buffers())
        self.places = {id(tensor): index for index, (_, tensor) in enumerate(self.parameters)}
        self.reached = set()
        self.features = {}  # which axis of a tensor has the channels, 1 or -1, by its id
        self.mixed = {}  # the calls that made the batch a part of a tensor's features, by its id
        self.unregistered, self.strangers = [], set()
        self.held = modules_in_plain_places(model)
        self.paused = False  # while this script itself makes tensors

    def enter(self, module):
        number = self.numbers[id(module)] = self.numbers.get(id(module), 0) + 1
        if id(module) not in self.paths:
            self.register(module)
        self.entries.append(
            {
                "path": self.paths[id(module)],
                "class": type(module).__name__,
                "of_torch": type(module).__module__.split(".")[0] == "torch",
                "number": number,
                "within": self.stack[-1] if self.stack else None,
                "constructed": CONSTRUCTED.get(id(module)),
            }
        )
        self.stack.append(len(self.entries) - 1)

    def register(self, module):
        """Take the parameters of a module that the model does not know of as if they were its own."""
        path, container = self.held.get(id(module), (type(module).__name__, ""))
        learned = []
        for name, one in module.named_modules():
            self.paths.setdefault(id(one), f"{path}.{name}" if name else path)
        for name, tensor in module.named_parameters():
            if id(tensor) not in self.places:
                learned.append(len(self.parameters))
                self.places[id(tensor)] = len(self.parameters)
                self.parameters.append((f"{path}.{name}", tensor))
        self.kept.append(module)  # so that no other module has its id
        if learned:
            self.strangers.update(learned)
            place = CONSTRUCTED.get(id(module)) or self.here()
            self.unregistered.append([path, type(module).__name__, container, place])

    def encoded(self, value):
        """An argument as JSON: a literal as it is, all else a mapping with one word that says what it is."""
        import torch

        if isinstance(value, torch.Tensor):
            return self.tensor(value)
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, TracedSize):
            return {"size": int(value), "of": value.of, "axis": value.axis}
        if isinstance(value, str):
            return value[:200]
        if isinstance(value, float):
            return value if math.isfinite(value) else {"other": str(value)}
        if isinstance(value, (list, tuple)):
            if len(value) > LONGEST_LIST and not all(isinstance(one, torch.Tensor) for one in value):
                return {"other": f"{type(value).__name__} of {len(value)}"}
            return [self.encoded(one) for one in value]
        if isinstance(value, Mapping):
            return {"mapping": {str(key): self.encoded(one) for key, one in value.items()}}
        if isinstance(value, slice):
            return {"slice": [self.encoded(one) for one in (value.start, value.stop, value.step)]}
        if value is Ellipsis:
            return {"ellipsis": True}
        try:
            return operator.index(value)
        except Exception:
            return {"other": str(value)[:100] if isinstance(value, torch.dtype) else type(value).__name__}

    def tensor(self, tensor):
        if id(tensor) in self.where:
            return {"result": self.where[id(tensor)]}
        indexes = self.sources(tensor)
        if indexes:
            self.reached.update(indexes)
            return {"parameters": indexes, "shape": list(tensor.shape)}
        return {"constant": list(tensor.shape), "seen": id(tensor) in self.fixed}

    def sources(self, tensor):
        index = self.places.get(id(tensor))
        return self.derived.get(id(tensor), []) if index is None else [index]

    def note(self, name, args, kwargs, made, error=None, order=None):
        """Write down a call that made tensors; of one of parameters alone only which ones they are.

        `order`: the error is mended by axes in this order, and what comes out is what comes out then.
        """
        if any(tensor.is_complex() for tensor in made):
            raise Failed(RUN, "complex-numbers", f"{name} gives complex numbers", [name], self.here())
        given = list(tensors_in((args, kwargs)))
        self.kept += made
        if not any(id(tensor) in self.where for tensor in given):
            indexes = sorted({index for tensor in given for index in self.sources(tensor)})
            for tensor in made:
                if indexes and id(tensor) not in self.places:
                    self.derived[id(tensor)] = indexes
                self.fixed.add(id(tensor))
            return
        if len(self.calls) >= MOST_CALLS:
            raise Failed(RUN, "too-long", f"it makes more than {MOST_CALLS:,} calls", place=self.here())
        floating = [bool(tensor.dtype.is_floating_point) for tensor in made]
        call = {
            "operation": name,
            "arguments": [self.encoded(one) for one in args],
            "named": {key: self.encoded(one) for key, one in kwargs.items()},
            "shapes": [list(tensor.shape) for tensor in made],
            "within": self.stack[-1] if self.stack else None,
            "place": self.here(),
        }
        if not all(floating):
            call["discrete"] = True
        if order is not None:
            call["order"] = order
        if error is not None:
            call["error"] = f"{type(error).__name__}: {text_of(error)}"
        self.calls.append(call)
        for index, tensor in enumerate(made):
            self.where[id(tensor)] = [len(self.calls) - 1, index]

    def mixes(self, numbers, sizes):
        """Calls that made the batch a part of the features: they go on as if they had kept it."""
        for number in numbers:
            call = self.calls[number]
            call["mixes"] = True
            call["error"] = "the batch became a part of the features"
            call["shapes"] = [sizes]

    def unmixed(self, value):
        """The arguments with the batch apart from the features again, which is an error from here on."""
        import torch

        def apart(tensor):
            numbers = self.mixed.get(id(tensor))
            if numbers is None:
                return tensor
            sizes = [self.batch, tensor.numel() // self.batch]
            self.mixes(numbers, sizes)
            self.paused = True
            made = torch.empty(sizes, dtype=tensor.dtype, device=tensor.device)
            self.paused = False
            self.kept.append(made)
            self.where[id(made)] = self.where[id(tensor)]
            return made

        return changed_tensors(value, apart)

    def here(self):
        return place_of(sys._getframe(1))

    def sized(self, tensor, sizes):
        """The sizes of a result, each of which knows whose it is."""
        import torch

        reference = self.where.get(id(tensor))
        if reference is None:
            return sizes
        made = []
        for axis, size in enumerate(sizes):
            one = TracedSize(size)
            one.of, one.axis = reference, axis
            made.append(one)
        return torch.Size(made)


def tensors_in(value):
    import torch

    if isinstance(value, torch.Tensor):
        yield value
    elif isinstance(value, (list, tuple)) and not isinstance(value, torch.Size):
        for one in value:
            yield from tensors_in(one)
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from tensors_in(one)


def outputs_of(value, name=""):
    """The tensors of whatever forward gives back, each with its keys and places in it."""
    import torch

    if isinstance(value, torch.Tensor):
        yield name, value
        return
    if dataclasses.is_dataclass(value) and not isinstance(value, (type, Mapping)):
        value = {field.name: getattr(value, field.name, None) for field in dataclasses.fields(value)}
    elif isinstance(value, tuple) and hasattr(value, "_fields"):
        value = dict(zip(value._fields, value))  # noqa: B905
    elif isinstance(value, (list, tuple)):
        value = dict(enumerate(value))
    if isinstance(value, Mapping):
        for key, one in value.items():
            yield from outputs_of(one, f"{name}.{key}" if name else str(key))


def make_mode(recorder):
    """The mode that records. A class of torch's is its base, so it is made after torch is imported."""
    import torch
    from torch.overrides import TorchFunctionMode

    class RecordingMode(TorchFunctionMode):
        def __torch_function__(self, func, types, args=(), kwargs=None):
            kwargs = kwargs or {}
            if recorder.paused:
                return func(*args, **kwargs)
            name = operation_name(func)
            error, order, batch_is_one = None, None, False
            if name in ("view", "reshape"):
                args, batch_is_one = with_batch(recorder, args)
            is_mixed = any(id(tensor) in recorder.mixed for tensor in tensors_in((args, kwargs)))
            if is_mixed and name in TAKES_FEATURES:
                args, kwargs = recorder.unmixed(list(args)), recorder.unmixed(kwargs)
                is_mixed = False
            try:
                try:
                    out = func(*args, **kwargs)
                except SHAPE_ERRORS:
                    if not is_mixed:
                        raise
                    args, kwargs = recorder.unmixed(list(args)), recorder.unmixed(kwargs)
                    is_mixed = False
                    out = func(*args, **kwargs)
                check_channels(name, args)
            except SHAPE_ERRORS as wrong:
                error = wrong
                if any(sign in text_of(wrong) for sign in UNSUPPORTED_ON_META) or name in WITH_VALUES:
                    raise self.with_values(name, wrong) from None
                turned = with_axes_turned(recorder, name, func, args, kwargs)
                if turned is None:
                    out, error = self.on_through(name, func, args, kwargs, wrong)
                else:
                    out, order = turned
            if name in ("get_shape", "size") and args and isinstance(args[0], torch.Tensor):
                if isinstance(out, torch.Size):
                    return recorder.sized(args[0], out)
                axis = args[1] if len(args) > 1 else kwargs.get("dim", 0)
                return recorder.sized(args[0], args[0].shape)[axis]
            made = [args[0]] if name == "__setitem__" else list(tensors_in(out))
            if made:
                recorder.note(name, args, kwargs, made, error, order)
                follow_features(recorder, name, args, made)
                if batch_is_one:
                    recorder.mixes([len(recorder.calls) - 1], list(out.shape))
                elif error is None:
                    mixed_by(recorder, name, args, kwargs, made)
            return out

        def on_through(self, name, func, args, kwargs, error):
            try:
                return on_through(name, func, args, kwargs, error)
            except TypeError:
                raise
            except SHAPE_ERRORS as wrong:  # the run ends with it
                recorder.note(name, args, kwargs, [], wrong)
                raise

        def with_values(self, name, error):
            known = name in WITH_VALUES
            what = f"what comes next depends on values, which {name} reads" if known else text_of(error)
            return Failed(RUN, "data-dependent", what, [name], recorder.here(), type(error).__name__)

    return RecordingMode()


def check_channels(name, args):
    """Raise where a transposed convolution gets other channels than it has: on meta it takes any."""
    if not name.startswith("conv_transpose") or len(args) < 2 or args[0].dim() != args[1].dim():
        return
    if args[0].shape[1] != args[1].shape[0]:
        raise RuntimeError(f"expected {args[1].shape[0]} channels, but got {args[0].shape[1]}")


def with_batch(recorder, args):
    """The arguments of a view whose first size is a written number: that is meant to be the batch.

    And whether it is 1 where the others are the sizes of one of several samples, which is an error.
    """
    x, *sizes = args
    if not isinstance(x, type(recorder.kept[0])) or id(x) not in recorder.where or not sizes:
        return args, False
    grouped = isinstance(sizes[0], (list, tuple))
    asked = list(sizes[0] if grouped else sizes)
    written = len(asked) > 1 and type(asked[0]) is int and asked[0] > 0
    if not written or asked[0] == x.shape[0] or x.shape[0] != recorder.batch:
        return args, False
    of_sample = -1 not in asked and math.prod(asked[1:]) * x.shape[0] == x.numel()
    if not of_sample and (len(asked) > 2 or -1 not in asked or asked[0] == 1):
        return args, False
    if len(asked) > 2 and asked[0] != 1:
        return args, False
    is_one = asked[0] == 1
    asked[0] = x.shape[0]
    return (x, asked) if grouped else (x, *asked), is_one


def mixed_by(recorder, name, args, kwargs, made):
    """Note which tensors have the batch among their features: of a flatten without a first axis, say."""
    given = [tensor for tensor in tensors_in((args, kwargs)) if id(tensor) in recorder.where]
    if not given or len(made) != 1:
        return
    (out,), x = made, given[0]
    is_flat = out.dim() == 1 or (out.dim() == 2 and out.shape[0] == 1)
    if name in FLATTENING and id(x) not in recorder.mixed:
        several = x.dim() > 1 and x.shape[0] == recorder.batch > 1 and x.numel() > recorder.batch
        if is_flat and several and out.numel() == x.numel():
            recorder.mixed[id(out)] = (len(recorder.calls) - 1,)
    elif all(id(tensor) in recorder.mixed for tensor in given) and is_flat:
        calls = {number for tensor in given for number in recorder.mixed[id(tensor)]}
        recorder.mixed[id(out)] = tuple(sorted(calls))


def modules_in_plain_places(model):
    """Modules in lists and mappings that do not register them: where each is, and in what."""
    from torch import nn

    found = {}
    for path, module in model.named_modules():
        for name, value in vars(module).items():
            if name.startswith("_") and name in ("_modules", "_parameters", "_buffers"):
                continue
            where = f"{path}.{name}" if path else name
            pairs = (
                value.items()
                if type(value) is dict
                else enumerate(value)
                if type(value) in (list, tuple)
                else ()
            )
            for key, one in pairs:
                if isinstance(one, nn.Module):
                    found.setdefault(id(one), (f"{where}.{key}", f"{type(value).__name__} {name}"))
    return found


# which axis of its input an operation takes for the channels, and where it puts its own
CHANNELS_FIRST = tuple(
    f"{kind}{axes}d" for kind in ("conv", "max_pool", "avg_pool", "conv_transpose") for axes in (1, 2, 3)
)
CHANNELS_LAST = ("linear", "embedding")
RECURRENT = ("lstm", "gru", "rnn_tanh", "rnn_relu")
NORMS = ("batch_norm", "instance_norm", "group_norm", "layer_norm", "rms_norm")


def follow_features(recorder, name, args, made):
    """Note along which axis the channels of a result are, where it is known."""
    out, x = made[0], args[0] if args else None
    if name in CHANNELS_FIRST or name in CHANNELS_LAST or name in RECURRENT:
        recorder.features[id(out)] = 1 if name in CHANNELS_FIRST else -1
    elif id(x) in recorder.features:
        side = recorder.features[id(x)]
        swaps = name in ("permute", "transpose", "swapaxes") and out.dim() == 3
        if swaps and (out.shape[0], out.shape[1], out.shape[2]) == (x.shape[0], x.shape[2], x.shape[1]):
            recorder.features[id(out)] = -side
        elif out.shape == x.shape or (side == 1 and name in ("flatten", "squeeze") and out.dim() > 2):
            recorder.features[id(out)] = side


def features_wanted(name, args, kwargs):
    """Which axis an operation takes for the channels, and how many it wants; None where it is not known."""
    weight = kwargs.get("weight", args[1] if len(args) > 1 else None)
    if name in ("layer_norm", "rms_norm"):
        normalized = kwargs.get("normalized_shape", args[1] if len(args) > 1 else ())
        return (-1, normalized[0]) if len(normalized) == 1 else None
    if name.startswith("conv") and name[-2:] == "1d":
        groups = kwargs.get("groups", args[6] if len(args) > 6 and name == "conv1d" else 1)
        return 1, weight.shape[0] if "transpose" in name else weight.shape[1] * groups
    if name == "batch_norm":
        return 1, weight.shape[0]
    if name == "linear":
        return -1, weight.shape[1]
    return None


def order_that_fits(recorder, x, side, wanted):
    """The order of axes that puts the channels where they are wanted, if they are known to be elsewhere."""
    if x.dim() not in (3, 4) or (x.dim() == 4 and side == 1) or x.shape[side] == wanted:
        return None
    place = 1 if side == -1 else x.dim() - 1
    number = recorder.where.get(id(x), (None,))[0]
    is_input = number is not None and recorder.calls[number]["operation"] == "input"
    known = recorder.features.get(id(x)) == -side or (is_input and x.dim() == 3)
    if x.shape[place] != wanted or not known:
        return None
    order = [axis for axis in range(x.dim()) if axis != place]
    order.insert(1 if side == 1 else x.dim() - 1, place)
    return order


def with_axes_turned(recorder, name, func, args, kwargs):
    """What comes out with the axes in another order, and the order, where it is that which is wrong."""
    try:
        if name == "multi_head_attention_forward":
            return heads_turned(recorder, func, args, kwargs)
        wanted = features_wanted(name, args, kwargs)
        if wanted is None or (name == "linear" and args[0].dim() != 3):
            return None
        order = order_that_fits(recorder, args[0], *wanted)
        if order is None:
            return None
        out = func(args[0].permute(order), *args[1:], **kwargs)
        if name in NORMS:
            out = out.permute([order.index(axis) for axis in range(len(order))])
    except Exception:
        return None
    return out, order


def heads_turned(recorder, func, args, kwargs):
    """The same for an attention of a tensor with itself, which has the steps first and then the batch."""
    query, embed = args[0], args[3]
    if any(one is not query for one in args[:3]) or query.dim() != 3 or query.shape[0] != embed:
        return None
    order = [2, 1, 0]
    return func(*(one.permute(order) for one in args[:3]), *args[3:], **kwargs), order


def operation_name(func):
    name = getattr(func, "__name__", None) or str(func)
    if name in ("__get__", "__set__"):
        return f"get_{getattr(getattr(func, '__self__', None), '__name__', '?')}"
    return name


# ------------------------------------------------------------ on through errors


def on_through(name, func, args, kwargs, error):
    """What comes out after all, and the error that this was, or None where there is none of shapes.

    Raises the error itself where nobody can say what would come out.
    """
    for changed in (moved_to_meta, as_float, with_whole_indices):
        if (again := changed(name, args, kwargs)) is None:
            continue
        try:
            return func(*again[0], **again[1]), None
        except SHAPE_ERRORS:
            pass
    declare = DECLARED.get(name.strip("_"))
    if declare is None:
        raise error
    error, out = with_values(func, args, kwargs, error)
    if error is None:
        return out, None
    try:
        out = declare(*args, **kwargs)
    except Exception:
        out = None
    if out is None:
        raise error
    return out, error


def with_values(func, args, kwargs, error):
    """The same error in the words that the user knows, of tensors with values: those on meta have others.

    Where it is none with values, what comes out. All values are one zero, which takes no memory.
    """
    import torch

    if sum(tensor.numel() for tensor in tensors_in((args, kwargs))) > MOST_ELEMENTS:
        return error, None
    try:
        given = changed_tensors(
            (list(args), kwargs), lambda one: torch.zeros((), dtype=one.dtype, device="cpu").expand(one.shape)
        )
        out = func(*given[0], **given[1])
    except SHAPE_ERRORS as told:
        return told.with_traceback(error.__traceback__), None
    except Exception:
        return error, None
    return None, changed_tensors(out, lambda one: one.to("meta"))


def changed_tensors(value, change):
    import torch

    if isinstance(value, torch.Tensor):
        return change(value)
    if type(value) in (list, tuple):
        return type(value)(changed_tensors(one, change) for one in value)
    return {key: changed_tensors(one, change) for key, one in value.items()} if type(value) is dict else value


def moved_to_meta(name, args, kwargs):
    if all(tensor.is_meta for tensor in tensors_in((args, kwargs))):
        return None
    return changed_tensors((list(args), kwargs), lambda tensor: tensor.to("meta"))


def as_float(name, args, kwargs):
    kinds = {tensor.dtype for tensor in tensors_in((args, kwargs)) if tensor.is_floating_point()}
    if len(kinds) < 2:
        return None
    return changed_tensors(
        (list(args), kwargs), lambda tensor: tensor.float() if tensor.is_floating_point() else tensor
    )


def with_whole_indices(name, args, kwargs):
    if name != "embedding" or not args[0].is_floating_point():
        return None
    return (args[0].long(), *args[1:]), kwargs


def each(value, axes):
    return list(value) if isinstance(value, (list, tuple)) else [value] * axes


def empty(like, *shape):
    return like.new_empty([max(1, int(size)) for size in shape])


def spatial(x, axes):
    """The sizes of a map's axes; of a vector, and where there are too few, 1."""
    sizes = list(x.shape[2:])
    return sizes if sizes else [1] * axes


def slid(x, channels, kernel, stride, padding, dilation, ceil=False):
    sizes = []
    axes = len(kernel)
    columns = [each(one, axes) for one in (kernel, stride, padding, dilation)]
    for axis, size in enumerate(spatial(x, axes)):
        window, step, pad, gap = (column[min(axis, axes - 1)] for column in columns)
        rest = size + 2 * pad - gap * (window - 1) - 1
        sizes.append((-(-rest // step) if ceil else rest // step) + 1)
    return empty(x, x.shape[0], channels, *sizes)


def declared_conv(input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    axes = weight.dim() - 2
    if padding == "same":
        return empty(input, input.shape[0], weight.shape[0], *spatial(input, axes))
    padding = 0 if padding == "valid" else padding
    return slid(input, weight.shape[0], list(weight.shape[2:]), stride, padding, dilation)


def declared_transposed(
    input, weight, bias=None, stride=1, padding=0, output_padding=0, groups=1, dilation=1
):
    axes = weight.dim() - 2
    columns = [each(one, axes) for one in (weight.shape[2:], stride, padding, output_padding, dilation)]
    sizes = []
    for axis, size in enumerate(spatial(input, axes)):
        window, step, pad, extra, gap = (column[min(axis, axes - 1)] for column in columns)
        sizes.append((size - 1) * step - 2 * pad + gap * (window - 1) + 1 + extra)
    return empty(input, input.shape[0], weight.shape[1] * groups, *sizes)


def declared_linear(input, weight, bias=None):
    if input.dim() > 3:  # a map, before which a flatten is missing
        return empty(input, input.shape[0], weight.shape[0])
    return empty(input, *input.shape[:-1], weight.shape[0])


def declared_pool(input, kernel_size, stride=None, padding=0, *others, **named):
    axes = max(1, input.dim() - 2)
    kernel = each(kernel_size, axes)
    dilation = named.get("dilation", 1) if "dilation" in named or not others else others[0]
    dilation = 1 if isinstance(dilation, bool) else dilation
    ceil = bool(named.get("ceil_mode", False))
    return slid(input, input.shape[1], kernel, stride or kernel, padding, dilation, ceil)


def declared_adaptive(input, output_size, *others, **named):
    axes = max(1, input.dim() - 2)
    kept = list(input.shape[2:]) or [1] * axes
    sizes = [old if new is None else new for new, old in zip(each(output_size, axes), kept)]  # noqa: B905
    return empty(input, *input.shape[:2], *sizes)


def declared_cat(tensors, dim=0, **named):
    sizes = list(tensors[0].shape)
    sizes[dim] = sum(one.shape[dim] if one.dim() == len(sizes) else 1 for one in tensors)
    return empty(tensors[0], *sizes)


def declared_sum(input, other, *others, **named):
    if not hasattr(other, "shape") or not hasattr(input, "shape"):
        return None
    large, small = (input, other) if input.dim() >= other.dim() else (other, input)
    if large.dim() != small.dim():
        return empty(large, *large.shape)
    pairs = zip(input.shape, other.shape)  # noqa: B905
    return empty(input, *(second if first == 1 else first for first, second in pairs))


def declared_product(input, other):
    return empty(input, *input.shape[:-1], other.shape[-1])


def declared_view(input, *sizes, shape=None):
    sizes = list(sizes[0] if sizes and isinstance(sizes[0], (list, tuple)) else sizes or shape)
    if -1 in sizes:
        place = sizes.index(-1)
        known = math.prod(size for size in sizes if size != -1)
        sizes[place] = input.shape[0] if place == 0 else input.numel() // known
    return empty(input, *sizes)


def declared_flatten(input, start_dim=0, end_dim=-1):
    return empty(input, input.shape[0], math.prod(input.shape[1:]))


def declared_same(input, *others, **named):
    return empty(input, *input.shape)


def declared_parts(input, sizes, dim=0):
    if not isinstance(sizes, (list, tuple)):
        return None
    return tuple(
        empty(input, *input.shape[:dim], size, *input.shape[dim % input.dim() + 1 :]) for size in sizes
    )


def declared_item(input, index):
    indexes = index if isinstance(index, tuple) else (index,)
    kept = [size for axis, size in enumerate(input.shape)
            if axis >= len(indexes) or not isinstance(indexes[axis], int)]  # fmt: skip
    return empty(input, *kept)


def declared_attention(query, key, value, *others, **named):
    return empty(query, *query.shape[:-1], value.shape[-1])


def declared_heads(query, *others, **named):
    return empty(query, *query.shape), None


def declared_shuffle(input, factor):
    return empty(
        input, input.shape[0], input.shape[1] // factor**2, *(size * factor for size in input.shape[2:])
    )


def declared_unshuffle(input, factor):
    sizes = [size // factor for size in input.shape[2:]]
    return empty(input, input.shape[0], input.shape[1] * factor**2, *sizes)


def declared_expanded(input, *sizes):
    if isinstance(sizes[0], (list, tuple)):
        sizes = sizes[0]
    elif hasattr(sizes[0], "shape"):
        sizes = sizes[0].shape
    given = [None] * (len(sizes) - input.dim()) + list(input.shape)
    pairs = zip(sizes, given)  # noqa: B905
    return empty(input, *(size if old in (1, None) and size != -1 else old for size, old in pairs))


def declared_stack(tensors, dim=0, **named):
    sizes = list(tensors[0].shape)
    sizes.insert(dim % (len(sizes) + 1), len(tensors))
    return empty(tensors[0], *sizes)


KEEP_SHAPE = (
    *("batch_norm", "instance_norm", "group_norm", "layer_norm", "rms_norm", "local_response_norm"),
    *("prelu", "glu", "permute", "transpose", "squeeze", "softmax", "interpolate", "channel_shuffle", "pad"),
)
# what comes out of an operation whose input does not fit, by its name without underscores around it
DECLARED = {
    **dict.fromkeys(("conv1d", "conv2d", "conv3d"), declared_conv),
    **dict.fromkeys(("conv_transpose1d", "conv_transpose2d", "conv_transpose3d"), declared_transposed),
    **dict.fromkeys((f"{kind}_pool{axes}d" for kind in ("max", "avg") for axes in (1, 2, 3)), declared_pool),
    **dict.fromkeys(
        (f"adaptive_{kind}_pool{axes}d" for kind in ("max", "avg") for axes in (1, 2, 3)), declared_adaptive
    ),
    **dict.fromkeys(("cat", "concat", "concatenate"), declared_cat),
    **dict.fromkeys(
        (f"{sign}{name}" for sign in ("", "i", "r") for name in ("add", "sub", "mul", "truediv", "div")),
        declared_sum,
    ),
    **dict.fromkeys(("subtract", "multiply", "true_divide", "maximum", "minimum"), declared_sum),
    **dict.fromkeys(("matmul", "bmm", "mm"), declared_product),
    **dict.fromkeys(("view", "reshape"), declared_view),
    **dict.fromkeys(KEEP_SHAPE, declared_same),
    "linear": declared_linear,
    "flatten": declared_flatten,
    **dict.fromkeys(("split", "split_with_sizes"), declared_parts),
    "getitem": declared_item,
    "scaled_dot_product_attention": declared_attention,
    "multi_head_attention_forward": declared_heads,
    "pixel_shuffle": declared_shuffle,
    "pixel_unshuffle": declared_unshuffle,
    **dict.fromkeys(("expand", "expand_as"), declared_expanded),
    "stack": declared_stack,
}


def module_on_through(recorder, module, args):
    """What a module of torch's own would call whose input it refuses before it calls anything, or None."""
    from torch import nn

    x = args[0] if args else None
    if isinstance(module, nn.modules.batchnorm._NormBase):
        batch = not isinstance(module, nn.modules.instancenorm._InstanceNorm)
        tensors = [module.running_mean, module.running_var, module.weight, module.bias]
        return "batch_norm" if batch else "instance_norm", [x, *tensors], declared_same(x), None
    if isinstance(module, nn.RNNBase):
        directions = 2 if module.bidirectional else 1
        order = order_that_fits(recorder, x, -1, module.input_size)
        turned = x if order is None else x.permute(order)
        batch = turned.shape[0 if module.batch_first else 1]
        made = empty(x, *turned.shape[:-1], module.hidden_size * directions)
        state = empty(x, directions * module.num_layers, batch, module.hidden_size)
        named = (state, empty(x, *state.shape)) if module.mode == "LSTM" else state
        flags = [module.bias, module.num_layers, 0.0, False, module.bidirectional, module.batch_first]
        return module.mode.lower(), [x, list(module._flat_weights), *flags], (made, named), order
    return None


# ------------------------------------------------------------ patches of torch


CONSTRUCTED = {}
RUNNING = []


def watch_modules():
    """Learn where each module is constructed, and, while a model runs, which calls are whose.

    What comes back ends it.
    """
    from torch import nn

    make, run = nn.Module.__init__, nn.Module.__call__

    @functools.wraps(make)
    def init(self, *args, **kwargs):
        frame = sys._getframe(1)
        while frame is not None and frame.f_code.co_name == "__init__" and is_first(frame, self):
            frame = frame.f_back
        CONSTRUCTED[id(self)] = place_of(frame)
        make(self, *args, **kwargs)

    @functools.wraps(run)
    def call(self, *args, **kwargs):
        if not RUNNING:
            return run(self, *args, **kwargs)
        recorder = RUNNING[-1]
        before = len(recorder.calls)
        recorder.enter(self)
        try:
            return run(self, *args, **kwargs)
        except SHAPE_ERRORS as error:
            instead = None
            if len(recorder.calls) == before and type(self).__module__.startswith("torch.nn."):
                recorder.paused = True
                try:
                    instead = module_on_through(recorder, self, args)
                except Exception:
                    instead = None
                finally:
                    recorder.paused = False
            if instead is None:
                raise
            operation, given, out, order = instead
            made = list(tensors_in(out))
            recorder.note(operation, given, {}, made, error, order)
            follow_features(recorder, operation, given, made)
            return out
        finally:
            recorder.stack.pop()

    def end():
        nn.Module.__init__, nn.Module.__call__ = make, run

    nn.Module.__init__, nn.Module.__call__ = init, call
    return end


def is_first(frame, module):
    names = frame.f_code.co_varnames
    return bool(names) and frame.f_locals.get(names[0]) is module


# ------------------------------------------------------------ the script


def trace(request, finished, at=lambda stage: None):
    """The answer to a request. What was recorded before a failure of the run is in the answer too."""
    os.environ.update(
        PYTORCH_JIT="0", TORCHDYNAMO_DISABLE="1"
    )  # compiled functions tell nothing of themselves
    keras = keras_tracer()
    keras.prepare(sys.modules[__name__])
    without_torch = start_torch(finished)
    if without_torch is not None and not keras.is_installed():
        raise without_torch
    try:
        found = import_target(request["target"])
    except Failed as failed:
        if without_torch is not None and getattr(failed.__cause__, "name", None) == "torch":
            raise without_torch from None
        raise
    arguments = request.get("arguments") or {}
    if keras.is_asked_for(found):
        made = keras.trace(found, arguments, request, finished, at)
        if made is finished:
            return finished
        found, arguments = made, {}
    if without_torch is not None:
        raise without_torch
    at(CONSTRUCT)
    model = construct(found, arguments)
    at(RUN)
    inputs, names = request.get("inputs") or [], request.get("names") or []
    return run(model, inputs, int(request.get("batch", 2)), finished, names)


@functools.cache
def keras_tracer():
    """The module that does the same for Keras: of a folder beside this file, also where this is a script."""
    if __package__:
        return importlib.import_module(f"{__package__}.keras_models.tracer")
    face = os.path.join(OF_KERAS, "__init__.py")
    specification = importlib.util.spec_from_file_location(
        "cnn_shapes_keras_models", face, submodule_search_locations=[OF_KERAS]
    )
    sys.modules[specification.name] = importlib.util.module_from_spec(specification)
    return importlib.import_module(f"{specification.name}.tracer")


def start_torch(finished):
    """Watch the modules of torch; the failure that it is where there is none, or one that is too old."""
    try:
        import torch
    except BaseException as error:
        missing = isinstance(error, ModuleNotFoundError) and error.name == "torch"
        reason = "no-torch" if missing else "raised"
        return Failed(IMPORT, reason, text_of(error), exception=type(error).__name__)
    if not hasattr(torch.overrides, "TorchFunctionMode") or int(torch.__version__.split(".")[0]) < 2:
        return Failed(IMPORT, "old-torch", f"this is torch {torch.__version__}, from 2.0 on it can be traced")
    finished["torch"] = str(torch.__version__)
    watch_modules()
    return None


def trace_module(model, inputs, batch, finished):
    """The same for a module of this very process, which keeps its weights: a copy on the meta device runs."""
    import torch
    from torch import nn

    finished["torch"] = str(torch.__version__)
    tensors = {
        id(one): nn.Parameter(one.detach().to("meta"), one.requires_grad) for one in model.parameters()
    }
    tensors.update({id(one): one.to("meta") for one in model.buffers()})
    places = [CONSTRUCTED.get(id(module)) for module in model.modules()]
    copied = copy.deepcopy(model, tensors)
    CONSTRUCTED.update(zip(map(id, copied.modules()), places))  # noqa: B905
    end = watch_modules()
    try:
        return run(copied, inputs, batch, finished)
    finally:
        end()


def run(model, inputs, batch, finished, names=()):
    """Run a model on the meta device, and put what it calls into the answer."""
    import torch

    model.eval()
    inputs = named_inputs(model, inputs, names)
    recorder = Recorder(model, batch)
    tensors = {}
    for name, sizes in inputs.items():
        tensors[name] = torch.empty((batch, *sizes), device="meta")
        recorder.kept.append(tensors[name])
        recorder.where[id(tensors[name])] = [len(recorder.calls), 0]
        shape = [list(tensors[name].shape)]
        recorder.calls.append({"operation": "input", "arguments": [name], "named": {}, "shapes": shape})
    finished["class"] = type(model).__name__
    finished["calls"], finished["entries"] = recorder.calls, recorder.entries
    outputs = []
    RUNNING.append(recorder)
    try:
        with torch.no_grad(), torch.device("meta"), make_mode(recorder):
            outputs = list(outputs_of(run_model(model, tensors)))
            for _, tensor in outputs:
                recorder.unmixed(tensor)
    except Failed:
        raise
    except BaseException as error:
        raise raised(RUN, error) from None
    finally:
        RUNNING.clear()
        finished.update(summary(model, recorder, outputs, batch))
    return finished


def run_model(model, tensors):
    single = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    kinds = {one.name: one.kind for one in inspect.signature(model.forward).parameters.values()}
    names = list(tensors)
    positional = []
    for name, wanted in zip(names, [name for name in kinds if kinds[name] in single] or names):  # noqa: B905
        if name != wanted:
            break
        positional.append(name)
    others = {name: tensors[name] for name in names if name not in positional and name in kinds}
    free = [tensors[name] for name in names if name not in kinds and name not in positional]
    return model(*(tensors[name] for name in positional), *free, **others)


def summary(model, recorder, outputs, batch):
    modules = []
    for path, module in model.named_modules():
        own = sum(count(tensor) for tensor in module.parameters(recurse=False))
        modules.append([path, type(module).__name__, own, CONSTRUCTED.get(id(module))])
    parameters = []
    for index, (name, tensor) in enumerate(recorder.parameters):
        learned = index < recorder.count or index in recorder.strangers
        shape = list(tensor.shape) if count(tensor) else []
        parameters.append([name, shape, learned, index in recorder.reached])
    return {
        "batch": batch,
        "modules": modules,
        "parameters": parameters,
        "learned": sum(count(tensor) for tensor in model.parameters()),
        **({"unregistered": recorder.unregistered} if recorder.unregistered else {}),
        "outputs": [
            [name, recorder.where[id(tensor)]] for name, tensor in outputs if id(tensor) in recorder.where
        ],
        "other_outputs": [name for name, tensor in outputs if id(tensor) not in recorder.where],
    }


def count(tensor):
    try:
        return tensor.numel()
    except Exception:  # of a lazy module that was never called
        return 0


class Answer:
    """Where the answer goes: one line, after lines that say which stage begins."""

    def __init__(self, file):
        self.file, self.process, self.stage = file, os.getpid(), IMPORT
        self.lock = threading.Lock()

    def at(self, stage):
        if os.getpid() == self.process:
            self.stage = stage
            self.write(f"@{stage}")

    def write(self, line):
        text = line.encode("ascii") + b"\n"
        while text:
            text = text[os.write(self.file, text) :]

    def end(self, finished):
        """Answer and end, with all threads that the user's code left."""
        if os.getpid() == self.process:  # a fork of the user's code must not answer too
            with self.lock:
                self.write(json.dumps(finished, ensure_ascii=True))
                os._exit(0)
        os._exit(0)

    def watch(self, seconds):
        """Tell where the time is used up, shortly before whoever waits ends the process."""
        main = threading.main_thread().ident or 0

        def tell():
            place = place_of(sys._current_frames().get(main))
            failed = Failed(
                self.stage, "timeout", f"it did not finish within {seconds:g} seconds", place=place
            )
            self.end({"failure": failed.answer()})

        timer = threading.Timer(max(seconds - MARGIN, seconds / 2), tell)
        timer.daemon = True
        timer.start()


def main():
    answer = Answer(os.dup(1))
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    request = json.loads(sys.stdin.buffer.read().decode("utf-8"))
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    answer.watch(float(request.get("timeout", 60)))
    finished = {}
    try:
        trace(request, finished, answer.at)
    except Failed as failed:
        finished["failure"] = failed.answer()
    except BaseException as error:
        finished["failure"] = raised(answer.stage, error).answer()
    answer.end(finished)


if __name__ == "__main__":
    here = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [os.getcwd(), *(entry for entry in sys.path if os.path.abspath(entry or ".") != here)]
    main()
