"""The short form: what is typed, and the line of YAML that it becomes or the question that it gets."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnn_shapes.layers import KINDS
from cnn_shapes.prompt.language.grammar import Misread, statements
from cnn_shapes.prompt.language.keyboard import keys_of, narrow
from cnn_shapes.prompt.language.reading import read_layer
from cnn_shapes.prompt.language.typed_layer import TypedLayer
from cnn_shapes.prompt.language.vocabulary import LineContext, command_of, kind_of
from cnn_shapes.prompt.session.commands import COMMANDS


def read(line: str) -> TypedLayer:
    (statement,) = statements(line)
    return read_layer(statement.text, LineContext(commands=COMMANDS, names=frozenset(("a", "amount"))))


@pytest.mark.parametrize(
    ("typed", "yaml"),
    [
        ("conv 32 5", "conv: {filters: 32, kernel_size: 5}"),
        ("conv 5x5x32", "conv: {filters: 32, kernel_size: 5}"),
        ("conv 5*5*32", "conv: {filters: 32, kernel_size: 5}"),
        ("conv 3x5x32", "conv: {filters: 32, kernel_size: [3, 5]}"),
        ("conv 32 3x5", "conv: {filters: 32, kernel_size: [3, 5]}"),
        ("conv 3x5 32", "conv: {filters: 32, kernel_size: [3, 5]}"),
        ("conv 32 (3, 5)", "conv: {filters: 32, kernel_size: [3, 5]}"),
        (
            "conv 32@5 s2 p1 relu",
            "conv: {filters: 32, kernel_size: 5, stride: 2, padding: 1, activation: relu}",
        ),
        ("conv 32 5 padding=same", "conv: {filters: 32, kernel_size: 5, padding: same}"),
        ("conv 32 5 same", "conv: {filters: 32, kernel_size: 5, padding: same}"),
        ("conv f=32 k=5", "conv: {filters: 32, kernel_size: 5}"),
        ("conv 32 k 5 s 2", "conv: {filters: 32, kernel_size: 5, stride: 2}"),
        ("conv 32, 5, stride = 2", "conv: {filters: 32, kernel_size: 5, stride: 2}"),
        ("conv 32 5 kern=3", None),
        ("conv 32 pad=1 act=tanh k=3", "conv: {filters: 32, kernel_size: 3, padding: 1, activation: tanh}"),
        ("conv out_channels=32 kernel_size=5 strides=2", "conv: {filters: 32, kernel_size: 5, stride: 2}"),
        (
            "conv 32 3 bn relu nobias",
            "conv: {filters: 32, kernel_size: 3, bias: false, norm: batch, activation: relu}",
        ),
        ("conv 32 3 p=((1,0),(2,1))", "conv: {filters: 32, kernel_size: 3, padding: [[1, 0], [2, 1]]}"),
        ("conv f=8*4 k=3", "conv: {filters: 8*4, kernel_size: 3}"),
        ("conv f=max(8,c) k=3", 'conv: {filters: "max(8,c)", kernel_size: 3}'),
        (
            "conv 32 3 name=합성곱1 from=input",
            "conv: {filters: 32, kernel_size: 3, name: 합성곱1, from: input}",
        ),
        ("conv 32 5 -> 24", "conv: {filters: 32, kernel_size: 5, expect: [24, 24, null]}"),
        ("conv 32 5 = 24", "conv: {filters: 32, kernel_size: 5, expect: [24, 24, null]}"),
        ("conv 32 5 → 24x24x32", "conv: {filters: 32, kernel_size: 5, expect: [24, 24, 32]}"),
        ("flatten -> 1024", "flatten: {expect: [1024]}"),
        ("pool 2", "maxpool: 2"),
        ("pool2", "maxpool: 2"),
        ("pool 2 2", "maxpool: 2"),
        ("pool 3x2", "maxpool: [3, 2]"),
        ("avgpool 3 s2", "avgpool: {kernel_size: 3, stride: 2}"),
        ("pool 3 s2 ceil", "maxpool: {kernel_size: 3, stride: 2, rounding: ceil}"),
        ("flatten", "flatten"),
        ("dense 10 softmax", "dense: {units: 10, activation: softmax}"),
        ("bn", "batchnorm"),
        ("bn(3)", "batchnorm"),
        ("gap", "global_avgpool"),
        ("gap keepdims", "global_avgpool: {keepdims: true}"),
        ("dropout 0.5", "dropout: 0.5"),
        ("dropout 50%", "dropout: 0.5"),
        ("dropout 12.5 %", "dropout: 0.125"),
        ("dropout rate=30%", "dropout: 0.3"),
        ("dropout 100%", "dropout: 1"),
        ("dropout -0.5", "dropout: -0.5"),  # the check says what is wrong
        ("max pool 2", "maxpool: 2"),
        ("max pooling layer 2 s1", "maxpool: {kernel_size: 2, stride: 1}"),
        ("Average Pooling 2", "avgpool: 2"),
        ("global average pooling", "global_avgpool"),
        ("batch norm", "batchnorm"),
        ("fully connected 10 relu", "dense: {units: 10, activation: relu}"),
        ("leaky relu", "leaky_relu"),
        ("conv layer f=32 k=5", "conv: {filters: 32, kernel_size: 5, norm: layer}"),  # a value of its own
        ("conv -1 3", "conv: {filters: -1, kernel_size: 3}"),  # the check says that filters are wrong
        ("conv 32.5 3", "conv: {filters: 32.5, kernel_size: 3}"),
        ("conv 32 -1", "conv: {filters: 32, kernel_size: -1}"),
        ("conv 3x5 -1", "conv: {filters: -1, kernel_size: [3, 5]}"),
        ("reshape 7 7 64", "reshape: [7, 7, 64]"),
        ("reshape 7x7x64", "reshape: [7, 7, 64]"),
        ("permute 2 0 1", "permute: [2, 0, 1]"),
        ("embedding 1000 16", "embedding: {count: 1000, units: 16}"),
        ("LSTM hidden_size=4", "LSTM: {hidden_size: 4}"),  # PyTorch's: two biases
        ("LSTM units=4", "LSTM: {units: 4}"),  # Keras': the last step
        ("GRU u=4 use_bias=false", "GRU: {units: 4, use_bias: false}"),
        ("SimpleRNN units=4 return_sequences", "SimpleRNN: {units: 4, return_sequences: true}"),
        ("RNN hidden_size=4 layers=2", "RNN: {hidden_size: 4, layers: 2}"),
        ("lstm 4", "lstm: 4"),
        ("lstm hidden_size=4", "lstm: {hidden_size: 4}"),  # as in a file: PyTorch's word, its biases
        ("lstm 4 bias=false", "lstm: {units: 4, biases: 0}"),
        ("gru 4 reset_after=false", "gru: {units: 4, biases: 1}"),
        ("softmax dim=1", "softmax: {dim: 1}"),  # the channels as PyTorch counts, an axis as Keras does
        ("prelu shared_axes=(1,2)", "prelu: {shared_axes: [1, 2]}"),
        ("custom 3 3 4", "custom: [3, 3, 4]"),
        ("max_unpool p", "max_unpool: p"),
        ("max_unpool like p", "max_unpool: p"),
        ("upsample a linear", "upsample: {like: a, mode: linear}"),
        ("crop a offset=1", "crop: {like: a, offset: 1}"),
        ("crop amount 2", "crop: 2"),
        ("reduce max height", "reduce: {by: max, axis: height}"),
        ("add a", "add: [a, prev]"),
        ("concat a b", "concat: [a, b]"),
        ("split a b", "split: [a, b]"),
        ("split a=4 b=-1", "split: {into: {a: 4, b: -1}}"),
        ("split {a: 4, b: -1}", "split: {into: {a: 4, b: -1}}"),
        ("split into={a: 4, b: -1}", "split: {into: {a: 4, b: -1}}"),
        ("split a=c_in//2 b=-1 axis=height", "split: {into: {a: c_in//2, b: -1}, axis: height}"),
        ("split a b axis height", "split: {into: [a, b], axis: height}"),
        ("concat a b axis width", "concat: {from: [a, b], axis: width}"),
        ("PReLU shared_axes=[1,2]", "prelu: {shared_axes: [1, 2]}"),
        ("GLU dim=1", "GLU: {dim: 1}"),
        ("UpSampling2D size=3", "UpSampling2D: {size: 3}"),
        ("reduce axis=[height, width]", "reduce: {axis: [height, width]}"),
        ("upsample 2 bilinear", "upsample: {scale: 2, mode: bilinear}"),
        ("pad 1x2", "pad: [1, 2]"),
        ("maxpool2d 2", "maxpool: 2"),
        ("Linear 10", "dense: 10"),
        ("Conv1d 8 3", "Conv1d: {filters: 8, kernel_size: 3}"),  # the check says that the rank is wrong
        ("채ㅜㅍ 32 5 ㄴ2", "conv: {filters: 32, kernel_size: 5, stride: 2}"),
        ("ｃｏｎｖ　３２　５", "conv: {filters: 32, kernel_size: 5}"),
        ("Conv2D(32, (5, 5), strides=2)", "conv: {filters: 32, kernel_size: 5, stride: 2}"),
        ("nn.Conv2d(1, 32, 5)", "conv: {filters: 32, kernel_size: 5, in_channels: 1}"),
        (
            "self.c = nn.Conv2d(in_channels=1, out_channels=32, kernel_size=(3, 5), padding='same'),",
            "conv: {filters: 32, kernel_size: [3, 5], padding: same, in_channels: 1}",
        ),
        (
            "model.add(layers.Conv2D(32, (3, 3), activation='relu', name='first'))",
            "conv: {filters: 32, kernel_size: 3, activation: relu}",
        ),
        ("x = layers.MaxPooling2D((2, 2))(x)", "maxpool: 2"),
        ("nn.MaxPool2d(3, 2, 1)", "maxpool: {kernel_size: 3, stride: 2, padding: 1}"),
        ("nn.MaxPool2d(3, stride=2, ceil_mode=True)", "maxpool: {kernel_size: 3, stride: 2, rounding: ceil}"),
        ("nn.Linear(64*4*4, 10, bias=False)", "dense: {units: 10, bias: false, in_features: 64*4*4}"),
        ("nn.BatchNorm2d(32, eps=1e-5)", "batchnorm"),
        ("nn.ReLU(inplace=True)", "relu"),
        ("nn.Dropout(p=0.25)", "dropout: 0.25"),
        ("Activation('relu')", "relu"),
        (
            "self.fc1 = nn.Linear(16 * 5 * 5, out_features = 120)",
            "dense: {units: 120, in_features: 16 * 5 * 5}",
        ),
        ("layers.Dense(9, tf.nn.relu)", "dense: {units: 9, activation: relu}"),
        ("Convolution2D(32, 5)", "conv: {filters: 32, kernel_size: 5}"),
        ("conv(32, 5, s=2)", "conv: {filters: 32, kernel_size: 5, stride: 2}"),
        ("flatten(x)", "flatten"),
        ("F.relu(x)", "relu"),
        ("convolution 32 5", "conv: {filters: 32, kernel_size: 5}"),
        ("conv 32 5 s-1", "conv: {filters: 32, kernel_size: 5, stride: -1}"),  # the check says what is wrong
        ("- flatten", "flatten"),
        (
            "nn.Conv2d(\n    1,  # grey\n    32,\n    5\n)",
            "conv: {filters: 32, kernel_size: 5, in_channels: 1}",
        ),
        ("conv: {filters: 32,\r\n       kernel_size: 5}", "conv: {filters: 32, kernel_size: 5}"),
        ("- conv: {filters: 32, kernel_size: 5}", "conv: {filters: 32, kernel_size: 5}"),
        ("maxpool: 2", "maxpool: 2"),
        ("Conv2d: {out_channels: 8, kernel_size: 3}", "Conv2d: {out_channels: 8, kernel_size: 3}"),
        ("residual: [conv: {filters: 8, kernel_size: 1}]", "residual: [conv: {filters: 8, kernel_size: 1}]"),
    ],
)
def test_a_layer(typed: str, yaml: str | None) -> None:
    if yaml is None:
        with pytest.raises(Misread):
            read(typed)
        return
    assert read(typed).yaml == yaml


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("conv 32 5 2", "2 may be the stride or the padding: write conv 32 5 s2 or conv 32 5 p2"),
        (
            "conv 5 32",
            "conv 5 32 would be 5 filters of 32x32, and filters come first: write conv 32 5 for 32 filters "
            "of 5x5, or f=5 k=32 if it is meant",
        ),
        (
            "conv 32x5x5",
            "32x5x5 may be a kernel with filters after it or before it: write conv 5x5x32 for 32 filters, "
            "or f=5 k=32x5",
        ),
        (
            "pool 3 2",
            "2 may be the stride or the second side of the pool: write maxpool 3 s2 or maxpool 3x2",
        ),
        (
            "dense 1024 10",
            "dense takes one number, its units: the input's features follow from the layer before. write "
            "dense 10, or dense 10 in_features=1024 to have them checked",
        ),
        ("cov 32 5", "there is no layer or command cov: did you mean conv?"),
        ("conv 32 5 stirde=2", "conv has no stirde: did you mean stride?"),
        ("conv 32 5 momentum=0.9", "momentum changes no shape: leave it out"),
        ("conv 32 5 s2 s3", "stride is given twice: keep one"),
        ("conv 32 5 stride=2,2", "2 may be the padding: write conv 32 5 stride=2 p2"),
        ("conv 32 5 s2 p1 2", "2 is one number too many: keep what is named"),
        ("conv 99999999999999999999 5", "a number is at most 2,147,483,647, found 99999999999999999999"),
        ("conv 32 k=", "k needs a value, as in kernel_size=2"),
        ("flatten 2", "flatten takes no number, found 2"),
        ("conv 32 (5, 5", "a bracket of (5, 5 is not closed"),
        ("32 5", "a line begins with a layer or a command, found 32: as in conv 32 5, pool 2, help"),
        (
            "LSTM 4",
            "LSTM is a class of PyTorch and of Keras, and they differ: write LSTM hidden_size=4 or "
            "LSTM units=4",
        ),
        (
            "GRU layers=2",
            "GRU is a class of PyTorch and of Keras, and they differ: write GRU hidden_size=64 or "
            "GRU units=64",
        ),
        ("split a b=4", "a has no size beside b=4: write a=-1 for the rest, or a number"),
        ("custom output 4,4,2", "output is given twice: keep one, or write a list, output=[4, 4, 2]"),
        ("reduce axis height,width", "axis is given twice: keep one, or write a list, axis=[height, width]"),
        ("conv 8 2**2", "2**2 needs its name, as in kernel_size=2**2"),
        ("conv 2**2", "2**2 needs its name, as in filters=2**2"),
        ("conv c_in // 2", "c_in//2 needs its name, as in filters=c_in//2"),
        ("conv 8 c_in // 2", "c_in//2 needs its name, as in kernel_size=c_in//2"),
        ("dense c_in", "c_in needs its name, as in units=c_in"),
        (
            "glu dim=2",
            "dim of glu must be 1, found 2: glu halves the channels, which are axis 1 in PyTorch",
        ),
        ("SimpleRNN 4", "SimpleRNN takes no number alone: write SimpleRNN units=4"),
        ("RNN", "RNN needs its units: write RNN hidden_size=64"),
        ("RandomFlip()", "RandomFlip changes no shape while it predicts: leave it out"),
        ("nn.Conv2d(1, 32, 5), nn.ReLU()", "one layer a line: found nn.ReLU() after it"),
        (
            "residual 3",
            "residual holds layers of its own: write it as in a spec, "
            "residual: [conv: {filters: 32, kernel_size: 3, padding: 1}]",
        ),
        ("conv: {filters: 32", "the bracket `{` is never closed: add `}`"),
    ],
)
def test_a_question(typed: str, said: str) -> None:
    with pytest.raises(Misread) as raised:
        read(typed)
    assert raised.value.message == said


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_and_alias_and_field_has_its_name(kind: str) -> None:
    assert kind_of(kind) == (kind, None)
    layer = KINDS[kind]
    for alias in layer.aliases:
        named = kind_of(alias)
        assert named is not None
        assert named[0] == kind
        assert kind_of(alias.lower()) is not None
    for name, field in layer.fields.items():
        for key in (name, *field.aliases):
            yaml = read(f"{kind} {key}=1").fields
            assert [field_name for field_name, _ in yaml] in ([name], [key])


@pytest.mark.parametrize(
    ("typed", "command"),
    [
        ("ed", "edit"),
        ("e", None),
        ("und", "undo"),
        ("q", "quit"),
        ("exit", "quit"),
        ("?", "help"),
        ("ro", "rounding"),
        ("노ㅐㅈ", "show"),
    ],
)
def test_commands_by_their_beginning(typed: str, command: str | None) -> None:
    if command is None:
        with pytest.raises(Misread, match="e may be edit or explain or export: type one letter more"):
            command_of(typed, COMMANDS)
    else:
        assert command_of(typed, COMMANDS) == command


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("conv 32 5; pool 2", ["conv 32 5", "pool 2"]),
        ("conv 32 5 # the first; not the last", ["conv 32 5"]),
        ("# don't\nconv 32 5", ["conv 32 5"]),
        ("conv 32 5\npool 2\r\nflatten", ["conv 32 5", "pool 2", "flatten"]),
        ("conv 32 (5;5)", ["conv 32 (5;5)"]),
        ("pool 2 ; ; # nothing", ["pool 2"]),
        ("name='a;b' ; c", ["name='a;b'", "c"]),
        ("ｐｏｏｌ　２；ｆｌａｔｔｅｎ", ["pool 2", "flatten"]),
        ("", []),
    ],
)
def test_statements(line: str, found: list[str]) -> None:
    assert [statement.text for statement in statements(line)] == found


@pytest.mark.parametrize(
    ("hangul", "latin"),
    [
        ("채ㅜㅍ", "conv"),
        ("ㅔㅐㅐㅣ", "pool"),
        ("랴ㅌ", "fix"),
        ("ㅕㅜ애", "undo"),
        ("미ㅣ", "all"),
    ],
)
def test_the_two_set_layout(hangul: str, latin: str) -> None:
    assert keys_of(hangul) == latin


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    assert len(narrow(text)) == len(text)
    for statement in statements(text):
        assert narrow(text)[statement.start : statement.end] == statement.text
        with suppress(Misread):
            assert read(statement.text).yaml


_FIELDS = st.fixed_dictionaries(
    {"filters": st.integers(12, 999), "kernel_size": st.integers(1, 11)},
    optional={
        "stride": st.integers(1, 9),
        "padding": st.sampled_from([0, 1, 2, "same", "half"]),
        "dilation": st.integers(1, 9),
        "activation": st.sampled_from(["relu", "softmax"]),
        "norm": st.sampled_from(["batch", "layer"]),
        "bias": st.sampled_from(["true", "false"]),
        "name": st.sampled_from(["a", "b1", "합성곱"]),
    },
)


@given(_FIELDS)
def test_the_short_form_of_a_layer_reads_as_the_layer(fields: dict[str, object]) -> None:
    typed = TypedLayer("conv", tuple((name, str(value)) for name, value in fields.items()))
    assert read(typed.short).yaml == typed.yaml
