"""`cnn-shapes verify`: whether a spec is the network that a model is."""

import os
from itertools import islice
from typing import TYPE_CHECKING, Annotated

import typer

from cnn_shapes.commands.parts import models
from cnn_shapes.commands.parts.model_options import (
    TIMEOUT,
    ArgumentsOption,
    ModelInputOption,
    PythonOption,
    TimeoutOption,
)
from cnn_shapes.commands.parts.shared import (
    FOUND,
    ParamsOption,
    Tally,
    checked,
    overrides_of,
    show_problems,
)
from cnn_shapes.importing import is_model

if TYPE_CHECKING:
    from cnn_shapes.checking import CheckResult
    from cnn_shapes.importing.verifying import ComparedLayer, Difference

GROUP = "Elsewhere"


def _model(target: str) -> str:
    if not is_model(target) and (target.endswith(".py") or not os.path.isfile(target)):
        raise typer.BadParameter(
            f"a model is net.py:Model, package.module:Model or a file, found {target}", param_hint="MODEL"
        )
    return target


def verify(
    path: Annotated[str, typer.Argument(metavar="SPEC", help="A file, or - for standard input.")],
    target: Annotated[
        str,
        typer.Argument(
            metavar="MODEL",
            help="A PyTorch or Keras model, net.py:Model or package.module:Model, or a file of another tool.",
            callback=_model,
        ),
    ],
    input: ModelInputOption = None,
    params: ParamsOption = None,
    arguments: ArgumentsOption = None,
    python: PythonOption = None,
    timeout: TimeoutOption = TIMEOUT,
) -> None:
    """Name the first layer in which a spec and a model differ: kind, window, groups, bias, shape, count.

    The model gets the spec's input, unless --input says another, which the spec then gets too.

    As in: cnn-shapes verify net.yaml net.py:Model
    """
    from cnn_shapes.diagnostics import CHANNELS_FIRST
    from cnn_shapes.formats.parts import streams
    from cnn_shapes.importing.verifying import compared, different_outputs, first_difference
    from cnn_shapes.settings import Configuration
    from cnn_shapes.shapes import listed
    from cnn_shapes.source import shown_path

    tally = Tally()
    spec = next(tally.counted(checked([path], overrides_of(None, params or []))))
    if not spec.ok or spec.trace is None:
        show_problems(spec)
        raise typer.Exit(max(tally.code, FOUND))
    run = models.run_of(input or [], arguments or [], python, timeout)
    if input:
        # what is no input of the spec is told before the model runs
        models.with_input(path, spec, run, params or [], CHANNELS_FIRST)
    else:
        nodes = spec.trace.network.inputs
        called = tuple(node.name for node in nodes) if len(nodes) > 1 else ()
        sizes = [tuple(node.output or ()) for node in nodes]
        run = run._replace(inputs=sizes, names=called, channels_first=True)
    if is_model(target):
        model = next(tally.counted(models.reports([models.NamedModel(target, run)], Configuration())))
        layout = model.layout  # the order of its framework, which it is run to know
    else:
        model, layout = None, CHANNELS_FIRST
    if input and (model is None or model.spec is not None):
        spec = models.with_input(path, spec, run, params or [], layout)
        if not spec.ok:
            show_problems(spec)
            raise typer.Exit(FOUND)
    if model is None:
        model = next(tally.counted(models.file_report(target, spec)))
    if not model.ok or model.trace is None or spec.trace is None:
        show_problems(model)
        raise typer.Exit(max(tally.code, FOUND))
    ours = compared(spec.trace)
    theirs = compared(model.trace, [node.name for node in spec.trace.network.inputs])
    difference = first_difference(ours.layers, theirs.layers, spec.layout)
    alone = ([], []) if difference is not None else different_outputs(ours, theirs)
    with streams.opened(None, streams.NEVER) as out:
        if any(alone):
            out.line(f"{shown_path(path)} and {target} have the same layers and differ in their outputs:")
            for which, names in zip(("spec", "model"), alone, strict=True):
                if names:
                    out.line(f"  only the {which} gives {listed(names)}")
            raise typer.Exit(FOUND)
        if difference is None:
            same = f"{len(ours.layers)} layers and {spec.trace.totals.params:,} parameters"
            out.line(f"{shown_path(path)} is {target}: {same} are the same")
            return
        out.line(f"{shown_path(path)} and {target} differ in layer {difference.place}:")
        for line in islice(_told(difference, spec, model), 20):
            out.line(f"  {line}")
    raise typer.Exit(FOUND)


def _told(difference: "Difference", spec: "CheckResult", model: "CheckResult") -> list[str]:
    rows = [
        _row(difference.spec, spec, spec.layout, difference.alone == "model"),
        _row(difference.model, model, spec.layout, difference.alone == "spec"),
    ]
    width = max(len(place) for place, _ in rows)
    return [*(f"{place:{width}}  {text}" for place, text in rows if place), *difference.told]


def _row(layer: "ComparedLayer | None", report: "CheckResult", layout: str, is_next: bool) -> tuple[str, str]:
    """Where a layer is written, and what it is; `is_next`: that it is what comes there instead of another."""
    from cnn_shapes.diagnostics import format_shape
    from cnn_shapes.source import shown_path

    if layer is None:
        return "", ""
    node = layer.node
    source, span = report.source.written(node.place.span)
    place = f"{shown_path(source.path)}:{source.position(span.start)[0]}"
    what = node.layer.describe() if node.layer is not None else node.kind
    shape = format_shape(node.output, layout)
    text = f"{node.name}: {what}    {shape}, {layer.step.params:,} parameters"
    return place, f"next is {text}" if is_next else text
