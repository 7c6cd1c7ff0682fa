"""Layers over sequences: shapes and counts as PyTorch and Keras have them, and what their class names say."""

import pytest

from tests.specs import check

# Sources: the shapes of the weights in the documentation of torch.nn (`weight_ih_l[k]`, `weight_hh_l[k]`, and
# two biases of gates*hidden_size) and keras.layers (`kernel`, `recurrent_kernel`, `bias`). MACs: the products
# with the input and with the last output, at each step. tests/oracle/test_sequences.py asks the frameworks.
ROWS = [
    # PyTorch's own example, nn.LSTM(10, 20, 2): 4*20*(10 + 20) + 2*4*20, then 4*20*(20 + 20) + 2*4*20
    ("[5, 10]", "LSTM: {hidden_size: 20, num_layers: 2}", "5x20", 5920, 5 * 5600),
    ("[5, 10]", "GRU: {hidden_size: 20, num_layers: 2}", "5x20", 4440, 5 * 4200),  # nn.GRU(10, 20, 2)
    ("[5, 10]", "RNN: {hidden_size: 20, num_layers: 2}", "5x20", 1480, 5 * 1400),  # nn.RNN(10, 20, 2)
    ("[5, 10]", "LSTM: {input_size: 10, hidden_size: 20, bias: false}", "5x20", 2400, 5 * 2400),
    # the second layer reads both directions: 2*4*20*(10 + 20), 2*4*20*(40 + 20), and 2*2*2*4*20
    ("[5, 10]", "LSTM: {hidden_size: 20, num_layers: 2, bidirectional: true}", "5x40", 15040, 5 * 14400),
    # Keras' guide to RNNs, LSTM(128) after an Embedding(1000, 64): 4*128*(64 + 128) + 4*128
    ("[7, 64]", "LSTM: {units: 128}", "128", 98816, 7 * 98304),
    # there too, GRU(256, return_sequences=True): 3*256*(64 + 256) + 2*3*256, and SimpleRNN(128) after it
    ("[7, 64]", "GRU: {units: 256, return_sequences: true}", "7x256", 247296, 7 * 245760),
    ("[7, 256]", "SimpleRNN: {units: 128}", "128", 49280, 7 * 49152),
    ("[7, 64]", "GRU: {units: 256, reset_after: false}", "256", 246528, 7 * 245760),
    ("[7, 64]", "GRU: {units: 256, use_bias: false}", "256", 245760, 7 * 245760),
    # the kinds themselves: one bias, every step
    ("[7, 64]", "lstm: 128", "7x128", 98816, 7 * 98304),
    ("[7, 64]", "gru: 256", "7x256", 246528, 7 * 245760),
    ("[7, 256]", "rnn: {units: 128, sequences: false}", "128", 49280, 7 * 49152),
    ("[7, 64]", "lstm: {hidden_size: 128}", "7x128", 99328, 7 * 98304),  # PyTorch's word, its biases
    ("[7, 8]", "lstm: {units: 4, layers: 1000}", "7x4", 144064, 7 * 128064),
    # nn.Embedding(1000, 64), Embedding(1000, 64): a vector of 64 for each
    ("50", "embedding: {count: 1000, units: 64}", "50x64", 64000, 0),
    ("50", "Embedding: {num_embeddings: 1000, embedding_dim: 64}", "50x64", 64000, 0),
    ("50", "Embedding: {input_dim: 1000, output_dim: 64}", "50x64", 64000, 0),
]


@pytest.mark.parametrize(("size", "layer", "output", "params", "macs"), ROWS)
def test_counts(size: str, layer: str, output: str, params: int, macs: int) -> None:
    report = check(f"input: {size}\nlayers:\n  - {layer}\n")
    assert report.errors == []
    assert report.trace is not None
    step = report.trace.steps[-1]
    assert step.node.output is not None
    assert "x".join(map(str, (*step.node.output.sizes, step.node.output[0]))) == output
    assert (step.params, step.macs) == (params, macs)
    if step.node.output.rank and step.node.kind != "embedding":
        assert report.trace.receptive_field(step) == (int(size.strip("[]").split(",")[0]),)


@pytest.mark.parametrize(
    ("size", "layer", "message"),
    [
        (
            "[5, 8]",
            "LSTM: 64",
            "LSTM is a class of PyTorch and of Keras, and they differ: write LSTM: {hidden_size: 64} or "
            "LSTM: {units: 64}",
        ),
        (
            "[5, 8]",
            "GRU",
            "GRU is a class of PyTorch and of Keras, and they differ: write GRU: {hidden_size: 64} or "
            "GRU: {units: 64}",
        ),
        ("[5, 8]", "SimpleRNN: 64", "SimpleRNN takes no number alone: write SimpleRNN: {units: 64}"),
        ("[5, 8]", "RNN: {num_layers: 2}", "RNN needs its units: write RNN: {hidden_size: 64}"),
        (
            "[5, 8]",
            "lstm",
            "lstm needs units: number of units, and so of channels of each direction, as in "
            "lstm: {units: 16}",
        ),
        ("[5, 8]", "gru: {units: 4, biases: 3}", "biases must be 0, 1 or 2, found 3"),
        ("[5, 8]", "gru: {units: 4, use_bias: 1}", "use_bias must be true or false, found 1"),
        ("[5, 8]", "lstm: {units: 4, layers: 0}", "layers must be a whole number from 1 to 1,000, found 0"),
        ("[5, 8]", "lstm: {units: 2147483647, bidirectional: true}",
         "5x4294967294 would come out: sizes end at 2**31-1, as in every framework"),
        (
            "[5, 8]",
            "lstm: {units: 4, input_size: 3}",
            "in_channels says 3, but the input 5x8 has 8: write 8 or leave in_channels out",
        ),
        (
            "[5, 6, 8]",
            "lstm: 4",
            "lstm needs a sequence [length, channels], found 2 spatial axes: put reshape: [-1, 8] before it",
        ),
        ("8", "lstm: 4", "lstm needs a sequence [length, channels], found a vector of 8 features: give the "
         "input its axes, or put reshape before it"),
        ("[5, 8]", "embedding: {count: 9, units: 4}", "embedding needs a list of numbers [length], found a "
         "5x8 map"),
        ("5", "embedding: 9", "embedding needs units: the length of each vector, and so the channels, as in "
         "embedding: {count: 1000, units: 16}"),
        ("[5, 8]", "lstm: {units: 4, batch_first: true}", "batch_first changes no shape: leave it out"),
    ],
)  # fmt: skip
def test_messages(size: str, layer: str, message: str) -> None:
    report = check(f"input: {size}\nlayers:\n  - {layer}\n")
    assert [found.message() for found in report.errors] == [message]


def test_a_default_beats_what_a_class_name_says() -> None:
    report = check(
        "input: [5, 8]\ndefaults: {lstm: {sequences: true}}\nlayers:\n  - LSTM: {units: 4, expect: [5, 4]}\n"
    )
    assert report.errors == []


@pytest.mark.parametrize("name", ["LSTM", "GRU", "RNN", "SimpleRNN", "Embedding"])
def test_a_block_of_the_file_wins(name: str) -> None:
    """These were no class names in the first version: a file may have a block that is called so."""
    report = check(
        f"input: [5, 8]\nblocks:\n  {name}: {{params: {{c: 4}}, "
        "layers: [conv: {filters: c, kernel_size: 1}]}\n"
        f"layers:\n  - {name}: {{c: 3, expect: [5, 3]}}\n  - {name}\n"
    )
    assert report.diagnostics == []
