"""The exporters' tables are total: every kind of each framework, every field of each kind; no one guesses."""

import pytest

from cnn_shapes.export import Unexportable, export, keras_layers, pytorch_layers
from cnn_shapes.export.table import SILENT, LayerTable
from cnn_shapes.layers import KINDS
from cnn_shapes.layers.base import KERAS, Layer
from cnn_shapes.layers.fields import Flag
from cnn_shapes.shapes import Shape
from tests.specs import check

TABLES: dict[str, LayerTable] = {"keras": keras_layers.TABLE, "pytorch": pytorch_layers.TABLE}
ROWS = [(framework, kind) for framework, table in TABLES.items() for kind in table.rows]

# by field, a value, and another one that the code must write differently; a flag needs no row
VALUES = {
    "like": ("input", "other"),
    "kernel_size": ("4", "2"),
    "stride": ("2", "1"),
    "padding": ("0", "1"),
    "output_padding": ("0", "1"),
    "dilation": ("1", "2"),
    "filters": ("8", "16"),
    "units": ("10", "20"),
    "groups": ("1", "2"),
    "multiplier": ("1", "2"),
    "rounding": ("floor", "ceil"),
    "output_size": ("7", "5"),
    "rate": ("0.5", "0.3"),
    "into": ("[a, b]", "[a, b, c, d]"),
    "amount": ("1", "2"),
    "scale": ("1.5", "2"),
    "size": ("20", "30"),
    "mode": ("nearest", "linear"),
    "factor": ("2", "4"),
    "shape": ("[-1, 8]", "[-1, 9]"),
    "per": ("channel", "element"),
    "axis": ("channels", "height"),
    "by": ("mean", "max"),
    "order": ("[1, 0, 2]", "[0, 2, 1]"),
    "layers": ("1", "2"),
    "biases": ("0", "1"),
    "count": ("100", "200"),
    "heads": ("4", "2"),
    "key_size": ("4", "2"),
    "value_size": ("4", "8"),
    "transpose": ("none", "b"),
}
# what is needed for a field to make a difference: a size that leaves a rest, a stride to choose within
BESIDE = {
    ("upsample", "size"): (),
    ("pad", "mode"): ("amount",),
    ("upsample", "rounding"): ("scale",),
    ("upsample", "mode"): ("scale",),
    ("conv_transpose", "output_padding"): ("stride",),
    # the default of one bias is none of PyTorch's
    **{(kind, field): ("biases",) for kind in ("lstm", "gru", "rnn") for field in KINDS[kind].fields},
}
# what is another thing in one kind than in the others
OF_KIND = {("pad", "mode"): ("zeros", "reflect"), ("max_unpool", "like"): ("other", "second")}
POOLS = (
    "  - maxpool: {kernel_size: 3, name: other}\n  - relu: {from: input, name: r}\n"
    "  - maxpool: {kernel_size: 3, name: second}\n"
)
SIZE = {"space_to_depth": 24, "pixel_shuffle": 24, "split": 24}
FAMILIES = ("sequences", "attention")  # that do not take any image


@pytest.mark.parametrize("framework", TABLES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_a_row_or_refused_by_name(kind: str, framework: str) -> None:
    table = TABLES[framework]
    assert (kind in table.rows) != (kind in table.refused)


@pytest.mark.parametrize("framework", TABLES)
def test_no_row_is_left_over(framework: str) -> None:
    assert {*TABLES[framework].rows, *TABLES[framework].refused} <= {*KINDS}


@pytest.mark.parametrize(("framework", "kind"), ROWS)
def test_every_field_is_said_or_need_not_be(framework: str, kind: str) -> None:
    row = TABLES[framework].rows[kind]
    said = [*row.fields, *row.silent]
    assert len({*said}) == len(said)
    assert not SILENT.keys() & {*said}
    assert {*said} == KINDS[kind].fields.keys() - SILENT.keys()
    assert all(reason for reason in (*row.silent.values(), *SILENT.values()))


@pytest.mark.parametrize(
    ("framework", "kind", "field"),
    [(framework, kind, field) for framework, kind in ROWS for field in TABLES[framework].rows[kind].fields],
)
def test_a_field_that_is_said_makes_a_difference(framework: str, kind: str, field: str) -> None:
    flag = isinstance(KINDS[kind].fields[field], Flag)
    values = ("true", "false") if flag else OF_KIND.get((kind, field)) or VALUES[field]
    written = [code_of(framework, kind, field, value) for value in values]
    assert written[0] != written[1]


def code_of(framework: str, kind: str, field: str, value: str) -> str:
    """The code of one layer with a value for a field, or why there is no code."""
    layer = KINDS[kind]
    beside = (*BESIDE.get((kind, field), ()), *layer.required)
    fields = {name: VALUES[name][0] for name in beside} | {field: value}
    if layer.joins:
        fields["from"] = "[prev, input]"
    if kind == "upsample" and field == "scale":
        fields = {"scale": value}
    size = SIZE.get(kind, 27)
    shape = f"[{size}, {size}, 16]" if not layer.needs_vector else "[64]"
    if layer.family in FAMILIES:
        shape = layer.example_input
    if 1 not in layer.takes:
        fields["from"] = "[input, input]"
    body = ", ".join(f"{name}: {text}" for name, text in fields.items())
    before = "  - identity: {name: other}\n" if field == "like" else ""
    before = POOLS if layer.undoes else before
    report = check(f"input: {shape}\nrounding: floor\nlayers:\n{before}  - {kind}: {{{body}}}\n")
    assert report.ok, [found.message() for found in report.errors]
    try:
        return export(report, framework)
    except Unexportable as error:
        return str(error)


class Crelu(Layer):
    """A concatenated relu: of each channel its positive part, then its negative part."""

    kind = "crelu"
    family = "activations"

    def shape(self, *inputs: Shape) -> Shape:
        return Shape((inputs[0][0] * 2, *inputs[0].sizes))


@pytest.mark.parametrize(("framework", "name"), [("keras", "Keras"), ("pytorch", "PyTorch")])
def test_a_kind_that_a_table_does_not_know(
    framework: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(KINDS, "crelu", Crelu)
    report = check("input: [8, 8, 4]\nlayers: [crelu]\n")
    assert report.ok
    with pytest.raises(Unexportable) as caught:
        export(report, framework)
    assert str(caught.value) == f"crelu1: the {name} export does not know the kind crelu"


@pytest.mark.parametrize(("framework", "name"), [("keras", "Keras"), ("pytorch", "PyTorch")])
@pytest.mark.parametrize("written", ["avgpool: 2", "avgpool: {kernel_size: 2, soft: true}"])
def test_a_field_that_a_table_does_not_know(
    framework: str, name: str, written: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    field = Flag("a weighted mean", False)
    field.__set_name__(Layer, "soft")
    monkeypatch.setitem(KINDS["avgpool"].fields, "soft", field)
    report = check(f"input: [8, 8, 4]\nlayers: [{written}]\n")
    assert report.ok
    with pytest.raises(Unexportable) as caught:
        export(report, framework)
    assert str(caught.value) == f"avgpool1: the {name} export does not know the field soft of avgpool"


@pytest.mark.parametrize(
    "kind",
    [
        kind
        for kind, layer in KINDS.items()
        if kind in keras_layers.TABLE.rows
        and not layer.is_activation
        and any(names.framework == KERAS for names in layer.class_names)
    ],
)
def test_a_layer_of_keras_is_written_as_it_is_read(kind: str) -> None:
    layer = KINDS[kind]
    text = f"input: {layer.example_input}\nlayers:\n" + "".join(
        f"  {line}\n" for line in layer.example.splitlines()
    )
    code = export(check(text), "keras")
    names = [name for one in layer.class_names if one.framework == KERAS for name in one.names]
    assert any(f"layers.{name}(" in code for name in names)
