"""A model as a flat spec, whose every line knows where the user's code says it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cnn_shapes.importing.flat_spec import flat_spec
from cnn_shapes.importing.traced_model import TracedModel
from cnn_shapes.importing.wording.comments import comments_at, of_files
from cnn_shapes.source import CodePlace, DerivedSource, Origin, Source, Span, on_one_line

Remark = tuple[str, CodePlace | None]


class ModelSource(DerivedSource):
    """The flat spec of a model. `lines` are those of its layers, by name.

    At its end is a comment for each of the `remarks`, texts with their places in the user's code.
    """

    __slots__ = ("_remarks", "lines", "model")

    def __init__(
        self, path: str, model: TracedModel, files: Mapping[str, Source], remarks: Sequence[Remark] = ()
    ) -> None:
        flat = flat_spec(model, as_written=True)
        lines = flat.text.split("\n")
        for line, layer in flat.lines.items():
            lines[line - 1] += comments_at((layer.called, layer.constructed), files)
        lines[-1:] = [f"# {_plain(remark)}{comments_at([place], files)}" for remark, place in remarks]
        text = "\n".join([*lines, *of_files(files), ""])
        origins = [Origin(None, None)] * (text.count("\n") + 1)
        for line, layer in flat.lines.items():
            made = layer.constructed or layer.called
            origins[line - 1] = Origin(layer.called, made, not layer.is_module)
        self._remarks = flat.text.count("\n") + 1
        for line, (_, place) in enumerate(remarks, self._remarks):
            origins[line - 1] = Origin(place, None)
        first = next((layer.called for layer in model.layers if layer.called is not None), None)
        origins[1] = Origin(first, None)  # the input is where it is read first
        super().__init__(path, text, origins, files)
        self.model = model
        self.lines = {layer.name: line for line, layer in flat.lines.items()}

    @property
    def goes_on_as_declared(self) -> bool:
        failing = (one for one in self.model.layers if one.error is not None or one.fault is not None)
        return any(one.shapes for one in failing)

    def line_span(self, line: int) -> Span:
        start = self.offset(line, 1)
        return Span(start, start + len(self.line_text(line)))

    def remark_span(self, number: int) -> Span:
        return self.line_span(self._remarks + number)


def _plain(remark: str) -> str:
    """What a comment of a spec may hold."""
    return "".join(sign if sign.isprintable() else "?" for sign in on_one_line(remark))
