"""Recurrent layers over a sequence [length, channels].

Sources of the counts: torch.nn.LSTM, GRU and RNN (`weight_ih_l[k]`, `weight_hh_l[k]`, two biases), and
keras.layers.LSTM, GRU and SimpleRNN (`kernel`, `recurrent_kernel`, one bias; two in a GRU with reset_after).
"""

from __future__ import annotations

from typing import Any, ClassVar

from cnn_shapes.layers.base import KERAS, TORCH, ClassNames, Layer, Limit, need_channels
from cnn_shapes.layers.fields import Count, Flag
from cnn_shapes.receptive_field import View
from cnn_shapes.shapes import UNKNOWN, WRONG_RANK, Shape, ShapeError
from cnn_shapes.words import say

_FLAG = Flag("")
_MOST_LAYERS = 1_000  # each is weights of its own, and code that builds them would run for hours
_BIASES = "learned vectors that are added in each gate: 1, 2 as PyTorch has them, or 0"


class Biases(Count):
    """How many biases a gate has, from 0 to 2. `in_keras`: as many as Keras' layer has."""

    def __init__(self, in_keras: int = 1, aliases: tuple[str, ...] = ()) -> None:
        super().__init__(_BIASES, 1, ("bias", "use_bias", *aliases), minimum=0, maximum=2)
        self.in_keras = in_keras

    def translate(self, alias: str, raw: Any) -> Any:
        """The flags of the frameworks: PyTorch's `bias`, Keras' `use_bias` and `reset_after`."""
        if alias not in self.aliases:
            return raw
        if not isinstance(raw, bool):
            return _FLAG.read(raw, 0, "")  # raises
        most = self.in_keras if alias == "use_bias" else 2
        return most if raw else int(alias == "reset_after")

    def expected(self, rank: int) -> str:
        return "0, 1 or 2"

    def moved(self, value: Any, axes: tuple[int, ...], delta: int) -> Any:
        return None  # it changes no shape

    def alias_schema(self, alias: str) -> dict[str, Any]:
        return _FLAG.schema()


class Recurrent(Layer):
    """What the recurrent layers share: `gates` products of the step's input, and of the last step's output.

    Of a layer with `layers` above one, each reads the whole sequence of the one below. In both directions
    each has its own weights, and their outputs are concatenated. The last step is the last that a direction
    computes: of the backward one that is the first of the sequence.
    """

    family = "sequences"
    gradient_needs_input = True
    shorthand = "units"
    gates: ClassVar[int] = 1
    needs_feature_map = True
    keeps_axes = False
    weight_names = ("weights", "biases")
    multiplied = 1
    example_input = "[50, 8]"
    without_effect = (
        *("batch_first", "dropout", "recurrent_dropout", "activation", "recurrent_activation"),
        *("nonlinearity", "go_backwards", "stateful", "unroll", "return_state", "recurrent_initializer"),
        *("recurrent_regularizer", "recurrent_constraint", "unit_forget_bias", "use_cudnn"),
    )
    limited: ClassVar = {
        "proj_size": Limit(0, "the language has no projection in it, state it with custom"),
    }
    meanings: ClassVar = {TORCH: ("hidden_size", {"biases": 2}), KERAS: ("units", {"sequences": False})}
    vocabularies: ClassVar = {
        TORCH: ("num_layers", "bias", "input_size"),
        KERAS: ("return_sequences", "use_bias", "reset_after"),
    }
    units = Count("number of units, and so of channels of each direction", aliases=("hidden_size",))
    bidirectional = Flag("a second one reads from the end, and both outputs are concatenated", False)
    layers = Count(
        "how many are stacked, each on the sequence of the one below",
        1,
        ("num_layers",),
        maximum=_MOST_LAYERS,
    )
    sequences = Flag("every step comes out, else the last one alone", True, ("return_sequences",))
    biases = Biases()
    in_channels = Count("an assertion: the channels that the input must have", None, ("input_size",))

    @property
    def directions(self) -> int:
        return 2 if self.bidirectional else 1

    def shape(self, *inputs: Shape) -> Shape:
        x = inputs[0]
        if x.rank != 1:
            remedy = ": put reshape: [-1, {channels}] before it" if x.rank else ""
            raise ShapeError(
                WRONG_RANK,
                "{kind} needs a sequence [length, channels], found {found}" + remedy,
                pointer="gets {found}",
                kind=self.kind,
                found=say("{rank} spatial axes", rank=x.rank)
                if x.rank
                else say("a vector of {features} features", features=x[0]),
                channels=x[0],
            )
        need_channels(self.in_channels, x, "in_channels")
        return self._output(x)

    def guess(self, *inputs: Shape | None) -> Shape | None:
        x = inputs[0]
        return self._output(x if x is not None and x.rank == 1 else Shape((UNKNOWN, UNKNOWN)))

    def _output(self, x: Shape) -> Shape:
        channels = self.directions * self.units
        return Shape((channels, x[1])) if self.sequences else Shape((channels,))

    def weights(self, inputs: tuple[Shape, ...]) -> tuple[int, ...]:
        width = self.gates * self.units if not self.bidirectional else 2 * self.gates * self.units
        count = width * (inputs[0][0] + self.units)
        if self.layers > 1:
            below = 2 * self.units if self.bidirectional else self.units
            count = count + (self.layers - 1) * width * (below + self.units)
        biases = width * self.biases if self.layers == 1 else self.layers * width * self.biases
        return (count, biases) if self.biases else (count,)

    def positions(self, inputs: tuple[Shape, ...], output: Shape) -> tuple[int, ...]:
        return inputs[0].sizes

    def views(self, views: tuple[View, ...], inputs: tuple[Shape, ...]) -> tuple[View | None, ...] | None:
        return None


class Lstm(Recurrent):
    """Long short-term memory: 4*units*(channels + units) weights, and 4*units a bias, in each direction.

    The class LSTM is PyTorch's with hidden_size (two biases), Keras' with units (the last step alone, unless
    return_sequences).

    Source: Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000.
    """

    kind = "lstm"
    gates = 4
    class_names = (
        ClassNames(TORCH, {"LSTM": None}, ("in_channels", "units", "layers", "biases")),
        ClassNames(KERAS, {"LSTM": None}, ("units",)),
    )
    example = "- lstm: {units: 16, expect: [50, 16]}\n"


class Gru(Recurrent):
    """A gated recurrent unit: 3*units*(channels + units) weights, and 3*units a bias, in each direction.

    The class GRU is PyTorch's with hidden_size (two biases), Keras' with units (two by its reset_after,
    the last step alone, unless return_sequences).

    With one bias it is that of Cho et al. 2014; with two or none the reset gate works on the product, as in
    PyTorch and in Keras' `reset_after`.
    """

    kind = "gru"
    gates = 3
    class_names = (
        ClassNames(TORCH, {"GRU": None}, ("in_channels", "units", "layers", "biases")),
        ClassNames(KERAS, {"GRU": None}, ("units",)),
    )
    example = "- gru: {units: 16, bidirectional: true, expect: [50, 32]}\n"
    meanings: ClassVar = {
        TORCH: ("hidden_size", {"biases": 2}),
        KERAS: ("units", {"sequences": False, "biases": 2}),
    }
    biases = Biases(2, ("reset_after",))


class Rnn(Recurrent):
    """A plain recurrent layer (Elman 1990): units*(channels + units) weights, and units a bias.

    RNN is PyTorch's class, with hidden_size (two biases), SimpleRNN Keras', with units (the last step alone,
    unless return_sequences).
    """

    kind = "rnn"
    class_names = (
        ClassNames(TORCH, {"RNN": None}, ("in_channels", "units", "layers")),
        ClassNames(KERAS, {"SimpleRNN": None}, ("units",)),
    )
    answers: ClassVar = {
        "cell": "{kind} with a cell is Keras' class: write the layer of that cell, SimpleRNN, LSTM or GRU, "
        "as in LSTM: {{units: 64}}, or state it with custom",
    }
    example = "- rnn: {units: 16, sequences: false, expect: [16]}\n"
