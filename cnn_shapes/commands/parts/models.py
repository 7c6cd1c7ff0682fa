"""Models of PyTorch and Keras as arguments: what they are made and run with, and their reports."""

import ast
import os
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import typer

from cnn_shapes.commands.parts.model_options import TIMEOUT
from cnn_shapes.commands.parts.shared import checked, guarded, overrides_of, stop
from cnn_shapes.importing import is_model

if TYPE_CHECKING:
    from cnn_shapes.checking import CheckResult
    from cnn_shapes.settings import Configuration, Settings


class ModelRun(NamedTuple):
    """What models are made and run with: `inputs` in the framework's order, or by name.

    `names`: what those that are a list are called elsewhere, perhaps in the model too. Of `channels_first`
    inputs, which are a spec's, the framework's order is not known.
    """

    inputs: list[tuple[int, ...]] | dict[str, tuple[int, ...]]
    arguments: dict[str, Any]
    python: str | None
    timeout: float
    names: tuple[str, ...] = ()
    channels_first: bool = False


class NamedModel(NamedTuple):
    """A model by its name, `package.module:Name` or `file.py:Name`, its run, and the folder where it runs."""

    target: str
    run: ModelRun
    folder: str = os.curdir


def run_of(inputs: list[str], arguments: list[str], python: str | None, timeout: float) -> ModelRun:
    """What `--input` and `--arg` say. Raises a usage error."""
    from cnn_shapes.language.reading.input import parse_sizes

    named: dict[str, tuple[int, ...]] = {}
    listed: list[tuple[int, ...]] = []
    for written in inputs:
        name, equals, sizes = written.rpartition("=")
        shape = parse_sizes(sizes) if len(sizes) < 100 else None
        if shape is None:
            found = sizes or "nothing"
            raise typer.BadParameter(
                f"expected the sizes without the batch as in 3x224x224, found {found}", param_hint="--input"
            )
        if equals:
            named[name.strip()] = shape
        else:
            listed.append(shape)
    if named and listed:
        raise typer.BadParameter("name all inputs, as in --input x=3x224x224, or none", param_hint="--input")
    return ModelRun(named or listed, dict(map(_argument, arguments)), python, timeout)


def _argument(text: str) -> tuple[str, Any]:
    """`name=value`: a value that Python could have written is that, another one is a text."""
    name, equals, written = text.partition("=")
    if not (equals and name.strip().isidentifier()):
        raise typer.BadParameter(f"expected name=value as in classes=10, found {text}", param_hint="--arg")
    return name.strip(), _value(written.strip())


def _value(written: str) -> Any:
    words = {"true": True, "false": False, "null": None}
    if written in words:
        return words[written]
    try:
        return ast.literal_eval(written)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return written


def configured(configuration: "Configuration") -> list[NamedModel]:
    """The models that the working folder's configuration names. Raises BadSettings."""
    import shlex

    from cnn_shapes.settings import BadSettings

    settings = configuration.of(os.curdir)
    found = []
    for written in settings.models:
        try:
            target, *words = shlex.split(written)
            options: dict[str, list[str]] = {"--input": [], "--arg": []} if is_model(target) else {}
            for name, value in zip(words[::2], words[1::2], strict=True):
                options[name].append(value)
            run = run_of(options["--input"], options["--arg"], None, TIMEOUT)
        except (ValueError, KeyError, typer.BadParameter):
            raise BadSettings(
                f"{settings.file}: models has {written}: write a model and its options, as in "
                "net.py:Model --input 3x224x224 --arg classes=10"
            ) from None
        found.append(NamedModel(target, run, settings.root))
    return found


def reports(models: list[NamedModel], configuration: "Configuration") -> "Iterator[CheckResult]":
    """The report of each model, each run in a process of its own."""
    for model in models:
        settings = settings_of(model.target, configuration)
        yield guarded(partial(_report, model, settings), model.target, settings)


def settings_of(target: str, configuration: "Configuration | None" = None) -> "Settings":
    """What is configured for a model's file, else for the working folder. Raises a usage error."""
    from cnn_shapes.settings import BadSettings, Configuration

    path = target.rpartition(":")[0]
    try:
        return (configuration or Configuration()).of_file(path if path.endswith(".py") else os.curdir)
    except BadSettings as error:
        stop(str(error))


def _report(model: NamedModel, settings: "Settings") -> "CheckResult":
    from cnn_shapes.importing.model_check import check_model
    from cnn_shapes.importing.running import record

    target, run, folder = model
    recording = record(
        target,
        run.arguments,
        run.inputs,
        python=run.python,
        timeout=run.timeout,
        folder=folder,
        names=run.names,
        channels_first=run.channels_first,
    )
    return check_model(target, recording, settings, run.python)


def file_report(path: str, spec: "CheckResult") -> "Iterator[CheckResult]":
    """The report of a file of another tool, with the input of a spec."""
    from cnn_shapes.diagnostics import CHANNELS_FIRST, in_layout
    from cnn_shapes.language.dialects import is_graph
    from cnn_shapes.language.spec import Overrides

    if is_graph(path) and spec.spec is not None:  # its sizes may be open until they are given
        named = {name: in_layout(one.shape, CHANNELS_FIRST) for name, one in spec.spec.inputs.items()}
        alone = None if named or spec.input is None else in_layout(spec.input, CHANNELS_FIRST)
        yield from checked([path], Overrides(alone, inputs=tuple(named.items())))
        return
    report = next(checked([path], Overrides()))
    if spec.spec is not None and report.spec is not None and not spec.spec.inputs and spec.input is not None:
        shape = in_layout(spec.input, report.layout)
        if report.input is None or len(report.input) == len(shape):
            report = next(checked([path], Overrides(shape)))
    yield report


def with_input(
    path: str, spec: "CheckResult", run: ModelRun, params: list[str], layout: str
) -> "CheckResult":
    """The report of a spec with the model's inputs, which are in the model's layout, by name or by place.

    Raises a usage error where the spec has not these inputs.
    """
    from cnn_shapes.diagnostics import from_layout, in_layout
    from cnn_shapes.language.spec import Overrides

    names = list(spec.spec.inputs if spec.spec is not None else ())
    by_name = bool(names) and isinstance(run.inputs, dict)
    if not by_name and len(run.inputs) != (len(names) or 1):
        has = f"{len(names)} inputs, {', '.join(names)}" if names else "one input"
        raise typer.BadParameter(
            f"{path} has {has}: give the sizes of each, found {len(run.inputs)}", param_hint="--input"
        )
    given = run.inputs if isinstance(run.inputs, dict) else dict(zip(names or [""], run.inputs, strict=False))
    sizes = {name: in_layout(from_layout(shape, layout), spec.layout) for name, shape in given.items()}
    own = sizes.pop("", None) if names else next(iter(sizes.values()))
    others = tuple(sizes.items()) if names else ()
    changed = Overrides(own, overrides_of(None, params).params, inputs=others)
    return next(checked([path], changed))


def refuse_python(paths: list[str]) -> None:
    """Stop where a file of Python is named without its model; nothing of it is run to find what it has."""
    for path in paths:
        if path.endswith(".py") and os.path.isfile(path):
            names = list(_classes(path))
            example = f"{path}:{names[0] if names else 'Model'}"
            has = f" (it has {', '.join(names[:8])})" if names else ""
            stop(f"{path} is Python: name the model in it, as in {example}{has}")


def _classes(path: str) -> Iterator[str]:
    try:
        with open(path, "rb") as file:
            tree = ast.parse(file.read(2**20))
    except (OSError, ValueError, SyntaxError, MemoryError, RecursionError):
        return
    for node in tree.body:
        bases = [ast.unparse(base) for base in node.bases] if isinstance(node, ast.ClassDef) else []
        if isinstance(node, ast.ClassDef) and any(map(_is_of_models, bases)):
            yield node.name


def _is_of_models(base: str) -> bool:
    """Whether a class is a model by the name of its base: nn.Module, LightningModule, keras.Model."""
    return base.endswith("Module") or base.rpartition(".")[2] == "Model"


def refuse_other_options(mixed: bool, params: list[str], changes: tuple[str, ...]) -> None:
    """Stop where an option is given that means specs."""
    if mixed:
        raise typer.BadParameter("a model's input is in its framework's order: check specs apart from models")
    if params:
        raise typer.BadParameter("--set is for the params of specs: give a model its arguments with --arg")
    if changes:
        raise typer.BadParameter(f"{changes[0]} writes into specs, not into a model's code")
