"""What every layer is: a kind declared by its fields, and pure functions of its input shapes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Self

from cnn_shapes.layers.fields import ACTIVATIONS, NORMS, Field, Word, Written
from cnn_shapes.receptive_field import View
from cnn_shapes.shapes import UNKNOWN, Shape, ShapeError


def ranked(*patterns: str, ranks: Iterable[int] = (1, 2, 3)) -> dict[str, int | None]:
    """`ranked("Conv{}d")`: the class names of a framework, each with the spatial rank it stands for."""
    return {pattern.format(rank): rank for pattern in patterns for rank in ranks}


# how a reader would list the fields; those that are not here come last
_ORDER = (
    *("filters", "units", "kernel_size", "stride", "padding", "output_padding", "dilation", "groups"),
    *("multiplier", "bias", "norm", "activation", "rounding"),
)


class Layer:
    """One layer with its values. Shapes are channels first, without the batch.

    Class attributes declare the kind: `kind`, `family` (a heading of the guide), `shorthand` (the field that
    a bare scalar sets), `aliases` (class names of torch.nn and keras.layers that mean the same, with the rank
    in the name) and `refused` (class names that mean something else, with what to write).
    """

    kind: ClassVar[str] = ""
    family: ClassVar[str] = ""
    shorthand: ClassVar[str | None] = None
    aliases: ClassVar[Mapping[str, int | None]] = {}
    refused: ClassVar[Mapping[str, str]] = {}
    fields: ClassVar[dict[str, Field[Any]]] = {}
    required: ClassVar[tuple[str, ...]] = ()
    keeps_shape: ClassVar[bool] = True
    has_weights: ClassVar[bool] = False
    has_macs: ClassVar[bool] = False
    moves_views: ClassVar[bool] = False
    joins: ClassVar[bool] = False  # takes several inputs
    rule: ClassVar[str] = ""  # what it is called where a size is not whole and `rounding` would decide it
    counts_axes: ClassVar[bool] = False  # its fields name the axes that come in, however many
    # arguments of the framework's layer that change no shape, beside those that no layer's do
    without_effect: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls) -> None:
        own = {value.name: value for value in vars(cls).values() if isinstance(value, Field)}
        dropped = {name for name, value in vars(cls).items() if value is None}
        inherited = {name: field for name, field in cls.fields.items() if name not in dropped}
        fields = {**inherited, **own}
        order = (cls.shorthand, *(name for name in _ORDER if name in fields), *fields)
        cls.fields = {name: fields[name] for name in order if name in fields}
        cls.required = tuple(name for name, field in cls.fields.items() if field.required)
        # most layers keep the shape, weigh nothing, look nowhere else: they need not be asked one by one
        cls.keeps_shape = cls.shape is Layer.shape
        cls.has_weights = cls.weights is not Layer.weights
        cls.has_macs = cls.macs is not Layer.macs
        cls.moves_views = cls.views is not Layer.views

    def __init__(self, rank: int, values: Mapping[str, Any] | None = None) -> None:
        self.rank = rank
        state = self.__dict__
        given = self.given = values or {}
        for name, field in self.fields.items():
            state[field.attribute] = given[name] if name in given else field.initial(rank)
        self.prepare()

    def altered(self, **values: Any) -> Self:
        """The same layer with other values for some fields, as the engine keeps them."""
        return type(self)(self.rank, {**self.given, **values})

    def prepare(self) -> None:
        """Derive what depends on the fields alone, once."""

    def shape(self, *inputs: Shape) -> Shape:
        """The output shape for fully known input shapes. Raises ShapeError."""
        return inputs[0]

    def guess(self, *inputs: Shape | None) -> Shape | None:
        """What is known of the output although an input is not, or the layer failed: often the channels."""
        return inputs[0]

    def weights(self, inputs: tuple[Shape, ...]) -> tuple[int, int]:
        """Learnable parameters, and values that are stored but not learned (running statistics)."""
        return 0, 0

    def macs(self, inputs: tuple[Shape, ...], output: Shape) -> int:
        """Multiply-accumulates of one sample; biases, activations and norms count nothing."""
        return 0

    def views(self, views: tuple[View, ...], inputs: tuple[Shape, ...]) -> tuple[View | None, ...] | None:
        """How each spatial axis of the output looks at the input; None where it sees the whole input."""
        return views

    def formula(self, inputs: tuple[Shape, ...], output: Shape | None) -> str:
        """The arithmetic of the output size with its numbers put in; empty where there is none to show."""
        return ""

    def describe(self) -> str:
        """The layer with its telling fields: `conv 5x5, 32, stride 2`."""
        words = [self.kind]
        first = self.fields.get(self.shorthand or "")
        if first is not None and getattr(self, first.attribute) is not None:
            words[0] += f" {short(getattr(self, first.attribute))}"
        words += [f"{name} {short(value)}" for name, value in self.telling(skip=(self.shorthand,))]
        return ", ".join(words)

    def telling(self, skip: tuple[str | None, ...] = ()) -> list[tuple[str, Any]]:
        """The fields that differ from their default and change the arithmetic."""
        silent = {"bias", "norm", "activation", "in_channels", "in_features", "rounding", *skip}
        return [
            (name, getattr(self, field.attribute))
            for name, field in self.fields.items()
            if name not in silent and getattr(self, field.attribute) != field.initial(self.rank)
        ]


def short(value: Any) -> str:
    """`3`, `3x5`, `1+0,1+0`: a field's value in a table cell."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, tuple):
        return str(value)
    if isinstance(value, Written):
        return value.text
    if value and isinstance(value[0], tuple):
        if all(begin == end for begin, end in value):
            return short(tuple(begin for begin, _ in value))
        return ",".join(f"{begin}+{end}" for begin, end in value)
    if len(set(value)) == 1:
        return str(value[0])
    return "x".join("keep" if item is None else str(item) for item in value)


class Weighted(Layer):
    """A layer with weights: a norm and an activation may stand behind it as layers of their own."""

    norm = Word("a normalisation behind this layer, as a layer of its own", NORMS, "none")
    activation = Word("an activation behind this layer (and its norm)", (*ACTIVATIONS, "none"), "none")


def need_feature_map(layer: Layer, x: Shape) -> None:
    """Raise `wrong-rank` where a layer that slides over axes gets a vector, or more axes than there are."""
    if not 1 <= x.rank <= 3:
        found = f"a vector of {x[0]} features" if x.rank == 0 else f"a tensor with {x.rank} spatial axes"
        raise ShapeError(
            "wrong-rank",
            "{kind} needs a feature map with 1 to 3 spatial axes, found {found}",
            pointer="gets {found}",
            kind=layer.kind,
            found=found,
        )


def need_channels(stated: int | None, x: Shape, field: str) -> None:
    """Check the assertion that `in_channels` or `in_features` makes."""
    if stated is not None and stated != x.channels:
        raise ShapeError(
            "expect-mismatch",
            "{assertion} says {stated}, but the input "
            + ("{input} has {channels}" if x.rank else "has {channels} features")
            + ": write {channels} or leave {assertion} out",
            field=field,
            assertion=field,
            pointer="the input has {channels}",
            stated=stated,
            channels=x.channels,
            input=x,
        )


def unknown_sizes(channels: int, x: Shape | None, rank: int) -> Shape:
    """A feature map of which only the channels are known; behind a vector two axes, as good as any."""
    return Shape((channels, *(UNKNOWN,) * ((x.rank if x else rank) or 2)))
