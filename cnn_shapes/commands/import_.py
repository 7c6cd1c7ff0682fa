"""`cnn-shapes import`: a spec of a model of PyTorch or Keras, or of a file of another tool."""

import os
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
    SHOWN,
    SUCCESS,
    USAGE,
    cannot_write,
    checked,
    not_empty,
    overrides_of,
    show_problems,
    stop,
)
from cnn_shapes.importing import is_model
from cnn_shapes.language.dialects import is_binary

if TYPE_CHECKING:
    from cnn_shapes.checking import CheckResult
    from cnn_shapes.importing.findings.model_source import ModelSource
    from cnn_shapes.importing.keras_models.recording import KerasRecording
    from cnn_shapes.importing.recording import Recording
    from cnn_shapes.importing.traced_model import TracedModel

GROUP = "Build"
_MOST_NAMED = 8  # of what was left out or never reached


def import_(
    source: Annotated[
        str,
        typer.Argument(
            metavar="SOURCE",
            help="A model of PyTorch or Keras, net.py:Model or package.module:Model, whose code runs; or a "
            "file of another tool: yolov3.cfg, model.onnx.",
        ),
    ],
    output: Annotated[
        str | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Write there, where no file is yet, instead of standard output.",
            callback=not_empty,
            rich_help_panel=SHOWN,
        ),
    ] = None,
    flat: Annotated[
        bool,
        typer.Option(
            "--flat",
            help="One layer a line, in its framework's words: no blocks and repeats.",
            rich_help_panel=SHOWN,
        ),
    ] = False,
    input: ModelInputOption = None,
    arguments: ArgumentsOption = None,
    python: PythonOption = None,
    timeout: TimeoutOption = TIMEOUT,
) -> None:
    """Write the spec of a model: its blocks, repeats and residuals. A file is never written over.

    As in: cnn-shapes import net.py:Model --input 3x224x224 -o net.yaml
    """
    from cnn_shapes.importing.findings.model_source import ModelSource
    from cnn_shapes.importing.folding.folded_spec import flat_text, folded_spec
    from cnn_shapes.importing.model_check import check_model
    from cnn_shapes.importing.model_fixes import advised
    from cnn_shapes.importing.recording import RunFailure
    from cnn_shapes.importing.running import record

    models.refuse_python([source])
    if output not in (None, "-") and os.path.lexists(output):
        _stays(output)
    if not is_model(source):
        raise typer.Exit(_import_file(source, input or [], output, flat))
    run = models.run_of(input or [], arguments or [], python, timeout)
    settings = models.settings_of(source)
    recording = record(source, run.arguments, run.inputs, python=run.python, timeout=run.timeout)
    report = check_model(source, recording, settings, run.python)
    if isinstance(recording, RunFailure) or not isinstance(report.source, ModelSource):
        show_problems(advised(report))
        raise typer.Exit(USAGE)
    model = report.source.model
    comment = [_comment(source, input or [], arguments or [], recording)]
    if model.unsupported:
        comment.append("Not the whole model: some of its calls cannot be said in the language.")
    made = flat_text(model, comment) if flat else folded_spec(model, comment)
    if not report.ok:
        show_problems(advised(report))
    _write(output, made.text)
    _tell_lost(model, recording)
    _tell_unfolded(made.unfolded)
    raise typer.Exit(SUCCESS if report.ok else FOUND)


def _import_file(path: str, inputs: list[str], output: str | None, flat: bool) -> int:
    """Write the spec that a file of another tool is; the exit code."""
    from cnn_shapes.importing.findings.model_source import ModelSource
    from cnn_shapes.importing.folding.folded_spec import folded_file
    from cnn_shapes.source import on_one_line
    from cnn_shapes.source.translated import TranslatedSource

    if not os.path.lexists(path):
        stop(f"there is no {path}: name a file, or a model as in net.py:Model or package.module:Model")
    report = next(checked([path], overrides_of(inputs, [])))
    source = report.source
    given = "".join(f" with --input {one}" for one in inputs)
    comment = f"Imported from {on_one_line(os.path.basename(path))}{given}."
    if isinstance(source, ModelSource):
        return _import_graph(source, report, comment, output, flat)
    if not isinstance(source, TranslatedSource):
        if report.trace is None:
            show_problems(report)
        if is_binary(path):
            return USAGE
        stop(f"{path} is not a file of another tool: {'it is a spec already' if report.ok else 'see above'}")
    if not report.ok:
        show_problems(report)
    if report.trace is None:
        return USAGE
    # modules that its readers know by name fold it already
    made = None if flat or source.words.has_modules else folded_file(report, [comment])
    _write(output, made or f"# {comment}\n{source.spec_text}")
    return SUCCESS if report.ok else FOUND


def _import_graph(
    source: "ModelSource", report: "CheckResult", comment: str, output: str | None, flat: bool
) -> int:
    """Write the spec of a file that is a graph. The flat one has the lines that a check of the file names."""
    from cnn_shapes.importing.folding.folded_spec import folded_spec

    if not report.ok:
        show_problems(report)
    unfolded = ""
    if flat:
        first, rest = source.text.split("\n", 1)
        text = f"{first}  # {comment}\n{rest}"
    else:
        incomplete = "Not the whole model: some of its operations cannot be said in the language."
        made = folded_spec(source.model, [comment, *([incomplete] if source.model.unsupported else [])])
        text, unfolded = made.text, made.unfolded
    _write(output, text)
    _tell_left_out(source.model)
    _tell_unfolded(unfolded)
    return SUCCESS if report.ok else FOUND


def _stays(file: str) -> None:
    stop(f"{file} is there already and stays as it is: -o FILE writes to another, -o - shows the spec")


def _comment(
    source: str, inputs: list[str], arguments: list[str], recording: "Recording | KerasRecording"
) -> str:
    given = [f"--input {one}" for one in inputs] + [f"--arg {one}" for one in arguments]
    how = f" with {' '.join(given)}" if given else ""
    return f"Imported from {source}{how}, by {recording.made_by}."


def _write(output: str | None, text: str) -> None:
    from cnn_shapes.edit import files
    from cnn_shapes.formats.parts import streams

    if output in (None, "-"):
        with streams.opened(None, streams.NEVER) as out:
            out.text(text)
        return
    assert output is not None
    try:
        files.write_new(output, text.encode())
    except files.FileThere:
        _stays(output)
    except OSError as error:
        cannot_write(output, error)
    _say(f"wrote {output}: cnn-shapes check {output} shows its sizes")


def _tell_lost(model: "TracedModel", recording: "Recording | KerasRecording") -> None:
    """Say what the spec has not: operations without a layer, and parameters that no operation took."""
    _tell_left_out(model)
    unreached = recording.unreached
    if unreached:
        count = sum(one.count for one in unreached)
        names = _some([one.name for one in unreached])
        what = "1 parameter was" if count == 1 else f"{count:,} parameters were"
        _say(f"{what} never reached, and are not in the spec: {names}")


def _tell_left_out(model: "TracedModel") -> None:
    if model.left_out:
        _say(f"left out, for they change no shape and learn nothing: {_some(list(model.left_out))}")


def _tell_unfolded(why: str) -> None:
    if why:
        _say(f"written one layer a line: {why}")


def _some(names: list[str]) -> str:
    more = len(names) - _MOST_NAMED
    return ", ".join(names[:_MOST_NAMED]) + (f" and {more:,} more" if more > 0 else "")


def _say(text: str) -> None:
    from cnn_shapes.formats.parts.streams import messages

    messages().paragraph(text)
