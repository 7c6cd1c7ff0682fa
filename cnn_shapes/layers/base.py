"""What every layer is: a kind declared by its fields and traits, and pure functions of its input shapes."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from math import prod
from typing import TYPE_CHECKING, Any, ClassVar, Self

from cnn_shapes.layers.class_names import KERAS as KERAS
from cnn_shapes.layers.class_names import TORCH as TORCH
from cnn_shapes.layers.class_names import TORCHVISION as TORCHVISION
from cnn_shapes.layers.class_names import ClassNames as ClassNames
from cnn_shapes.layers.class_names import Limit as Limit
from cnn_shapes.layers.class_names import ranked as ranked
from cnn_shapes.layers.division import Division as Division
from cnn_shapes.layers.fields import NORMS, ActivationWord, Count, Field, Word
from cnn_shapes.layers.short_text import short
from cnn_shapes.receptive_field import View
from cnn_shapes.shapes import (
    CHANNELS,
    EXPECT_MISMATCH,
    GROUPS_NOT_DIVISIBLE,
    SIZES,
    UNKNOWN,
    WRONG_RANK,
    Shape,
    ShapeError,
    Window,
    ending,
)
from cnn_shapes.words import say

if TYPE_CHECKING:
    from fractions import Fraction

    from cnn_shapes.layers.terms import CostTerm

# fields that say what comes in: they change nothing, and are checked
ASSERTIONS = ("in_channels", "in_features", "num_parameters")
# how a reader would list the fields; those that are not here come last
_ORDER = (
    *("filters", "units", "kernel_size", "stride", "padding", "output_padding", "dilation", "groups"),
    *("multiplier", "bias", "norm", "norm_groups", "activation", "rounding"),
)


class Layer:
    """One layer with its values. Shapes are channels first, without the batch.

    Class attributes declare the kind. What they say holds for every layer of the kind; what depends on the
    values of the fields or on the shapes is a property or a method.
    """

    # how it is written: `family` is a heading of the guide, `shorthand` the field that a bare scalar sets,
    # `example` entries that show the kind (`example_input` is what they take), `one_of` fields of which
    # exactly one is given
    kind: ClassVar[str] = ""
    family: ClassVar[str] = ""
    shorthand: ClassVar[str | None] = None
    class_names: ClassVar[tuple[ClassNames, ...]] = ()
    example: ClassVar[str] = ""
    example_input: ClassVar[str] = "[28, 28, 8]"
    one_of: ClassVar[tuple[str, ...]] = ()
    # fields that mean something beside another one only: that one, and the value that it must have then
    needs: ClassVar[Mapping[str, tuple[str, Any]]] = {}
    excludes: ClassVar[Mapping[str, tuple[str, ...]]] = {}  # by field, those that no default gives beside it
    # arguments that follow from what comes in, beside those of every layer: from what of it
    follows_input: ClassVar[Mapping[str, str]] = {}
    # arguments of the framework's layer that change no shape, beside those that no layer's do
    without_effect: ClassVar[tuple[str, ...]] = ()
    # arguments that are read with one value alone, which says nothing: the value, and what to do about others
    limited: ClassVar[Mapping[str, Limit]] = {}
    # arguments that make another layer of it: what to write instead
    answers: ClassVar[Mapping[str, str]] = {}
    is_variant: ClassVar[bool] = False  # how classes are written that take other arguments than the kind
    lacks: ClassVar[tuple[str, ...]] = ()  # fields of the kind that a variant does not have
    # where frameworks share a class name, by framework: its word for a field, which says whose layer it is,
    # and what that says of fields that are not given
    meanings: ClassVar[Mapping[str, tuple[str, Mapping[str, Any]]]] = {}
    vocabularies: ClassVar[Mapping[str, tuple[str, ...]]] = {}  # the other words that only one of them has

    # what comes in and goes out
    joins: ClassVar[bool] = False  # takes several inputs, any number from 2
    takes: ClassVar[tuple[int, ...]] = (1,)  # how many inputs a layer takes that is not a join
    reads_layout: ClassVar[bool] = False  # the order of the axes in the file is its `layout` when it is made
    verb: ClassVar[str] = ""  # what a join does with them, as in "cannot add"
    splits: ClassVar[bool] = False  # it is written as one layer and unfolds into `parts`
    is_part: ClassVar[bool] = False  # one of these parts
    needs_feature_map: ClassVar[bool] = False  # it has nothing to work on in a vector
    needs_vector: ClassVar[bool] = False
    keeps_axes: ClassVar[bool] = True  # the spatial axes that come in go out, of whatever size
    mixes_axes: ClassVar[bool] = False  # the size of an axis that goes out may be that of another one
    is_stated: ClassVar[bool] = False  # a user says what comes out and costs, with names of its own input
    flattens: ClassVar[bool] = False  # every pixel of a channel becomes a feature
    counts_axes: ClassVar[bool] = False  # its fields name the axes that come in, however many
    rule: ClassVar[str] = ""  # what it is called where a size is not whole and `rounding` would decide it

    # the field that names a layer whose sizes count; of a layer that undoes some kinds it names one of them,
    # and the sizes that went into that one are meant
    reference: ClassVar[str] = ""
    undoes: ClassVar[tuple[str, ...]] = ()

    # what it does to sizes
    has_windows: ClassVar[bool] = False  # `windows` along every spatial axis
    is_transposed: ClassVar[bool] = False  # its windows lie over its output, not over its input
    is_convolution: ClassVar[bool] = False
    is_pool: ClassVar[bool] = False  # of each window remains one value
    is_adaptive: ClassVar[bool] = False  # a pool whose windows follow from the size that comes in, or are it
    adds_margins: ClassVar[bool] = False  # its very work is to put `margins` around the input, or to cut them
    enlarges: ClassVar[bool] = False  # several units that go out lie on one that comes in
    interpolates: ClassVar[bool] = False  # enlarges by any factor, with values in between

    # what it does to values
    is_activation: ClassVar[bool] = False
    is_norm: ClassVar[bool] = False
    is_identity: ClassVar[bool] = False  # once trained, what goes out is what came in
    is_linear: ClassVar[bool] = False  # a linear function of its one input, once trained
    # its output may lie where its input lay, or one of its inputs: as kernels of frameworks do it
    in_place: ClassVar[bool] = False
    is_view: ClassVar[bool] = False  # what comes out is what came in, under another shape or name
    # what the backward pass needs again of the forward pass: all that came in, what went out
    gradient_needs_input: ClassVar[bool] = False
    gradient_needs_output: ClassVar[bool] = False
    never_negative: ClassVar[bool] = False
    clips_negative: ClassVar[bool] = False  # gives 0 for what is negative, and hands on all else
    subtracts_mean: ClassVar[bool] = False  # of each channel, and with it a constant that was added before
    uses_batch_statistics: ClassVar[bool] = False  # while training; later what it has stored of them
    uses_map_statistics: ClassVar[bool] = False  # of each channel of each image by itself, always
    drops_values: ClassVar[bool] = False  # while training
    is_elementwise: ClassVar[bool] = False  # a join of values that lie at one place
    is_product: ClassVar[bool] = False
    is_gate: ClassVar[bool] = False  # a product of the first input, which keeps its shape, and its branch
    is_shortcut: ClassVar[bool] = False  # a sum of equal shapes: it stretches nothing

    # what it costs: a name for each number that `weights` gives, the first `multiplied` of which are
    # multiplied with the input at each of the `positions`
    weight_names: ClassVar[tuple[str, ...]] = ()
    multiplied: ClassVar[int] = 0
    product_names: ClassVar[tuple[str, ...]] = ()  # of the numbers that `products` gives

    # derived from the declaration
    aliases: ClassVar[Mapping[str, int | None]] = {}  # all class names that mean the kind
    fields: ClassVar[dict[str, Field[Any]]] = {}
    required: ClassVar[tuple[str, ...]] = ()
    needs_names: ClassVar[bool] = False  # what comes in must be said
    keeps_shape: ClassVar[bool] = True
    has_weights: ClassVar[bool] = False
    has_products: ClassVar[bool] = False
    has_costs: ClassVar[bool] = False
    has_statistics: ClassVar[bool] = False
    moves_views: ClassVar[bool] = False
    _initial_values: ClassVar[dict[int, dict[str, Any]]] = {}

    def __init_subclass__(cls) -> None:
        declared, own, left_out = vars(cls), {}, [*cls.lacks]
        for name, value in declared.items():
            if isinstance(value, Field):
                own[value.name] = value
            elif value is None:  # a field that this kind has not
                left_out.append(name)
        if own or left_out or "shorthand" in declared or len(cls.__bases__) > 1:  # else as above it
            fields = {name: field for name, field in (cls.fields | own).items() if name not in left_out}
            order = dict.fromkeys((cls.shorthand, *_ORDER, *fields))
            cls.fields = {name: fields[name] for name in order if name in fields}
            cls.required = tuple([name for name, field in cls.fields.items() if field.required])
            cls._initial_values = {}
        cls.needs_names = cls.joins or 1 not in cls.takes
        if "class_names" in declared:
            cls.aliases = {name: rank for names in cls.class_names for name, rank in names.names.items()}
        # most layers keep the shape, weigh nothing, look nowhere else: they need not be asked one by one
        cls.keeps_shape = cls.shape is Layer.shape
        cls.has_weights = cls.weights is not Layer.weights
        cls.has_products = cls.products is not Layer.products
        cls.has_costs = cls.has_weights or cls.has_products
        cls.has_statistics = cls.statistics is not Layer.statistics
        cls.moves_views = cls.views is not Layer.views

    def __init__(self, rank: int, values: Mapping[str, Any] | None = None) -> None:
        self.rank = rank
        given = self.given = values or {}
        state = self.__dict__
        state.update(self._initial(rank))
        for name, value in given.items():
            if name in self.fields:
                state[self.fields[name].attribute] = value
        self.prepare()

    @classmethod
    def _initial(cls, rank: int) -> dict[str, Any]:
        """The values of a layer that sets no field, by attribute; kept, because many layers are made."""
        known = cls._initial_values.get(rank)
        if known is None:
            known = {field.attribute: field.initial(rank) for field in cls.fields.values()}
            cls._initial_values[rank] = known
        return known

    @classmethod
    def made(cls, rank: int, values: Mapping[str, Any]) -> Layer:
        """The layer of these values; of a variant, the layer of the kind that it is."""
        return cls(rank, values)

    @classmethod
    def meaning(cls, word: str, is_class: bool) -> Mapping[str, Any]:
        """What the word that a field is given under says of other fields; `is_class`: under a class name.

        Under the kind itself a field's own name says nothing more.
        """
        if word in cls.fields and not is_class:
            return {}
        return next((said for its, said in cls.meanings.values() if its == word), {})

    def altered(self, **values: Any) -> Self:
        """The same layer with other values for some fields, as the engine keeps them."""
        return type(self)(self.rank, {**self.given, **values})

    def written_on(self, owner: Weighted, stated: Container[str]) -> Layer:
        """This layer as a word on `owner` means it, whose fields `stated` are written there."""
        return self

    def signature(self) -> tuple[Any, ...]:
        """What distinguishes the layer from others: its class and the values of its fields."""
        return (type(self), *(getattr(self, field.attribute) for field in self.fields.values()))

    def prepare(self) -> None:
        """Derive what depends on the fields alone, once."""

    def settled(self, x: Shape, other: Shape) -> Self:
        """Of a layer with a `reference`: the same with the numbers that follow from its input and that one.

        Raises ShapeError where there are none.
        """
        return self

    def follows_from_reference(self, name: str) -> bool:
        """Whether the value of a field is no more than what `settled` made of the reference."""
        reference = self.reference
        return (
            bool(reference)
            and name in self.one_of
            and name != reference
            and getattr(self, reference) is not None
        )

    def says_nothing(self, name: str) -> bool:
        """Whether a field has no meaning beside the values of the others."""
        if name not in self.needs:
            return False
        needed, value = self.needs[name]
        beside = getattr(self, self.fields[needed].attribute)
        return beside is None if value is None else bool(beside != value)

    def parts(self) -> Sequence[tuple[str, Layer]]:
        """Of a layer with `splits`: the layers that it is, with the names that it gives them."""
        return ()

    def shape(self, *inputs: Shape) -> Shape:
        """The output shape for fully known input shapes. Raises ShapeError."""
        return inputs[0]

    def guess(self, *inputs: Shape | None) -> Shape | None:
        """What is known of the output although an input is not, or the layer failed: often the channels."""
        return inputs[0]

    def windows(self, x: Shape) -> tuple[Window, ...]:
        """The window of each spatial axis of an input of this shape; empty where a layer has none."""
        return ()

    def margins(self, x: Shape) -> tuple[tuple[int, int], ...]:
        """Pixels put around the input before and after each axis; negative where they are cut off."""
        return ()

    def downsampling(self, axis: int, x: Shape) -> Fraction:
        """How many times smaller it means to make a spatial axis: its stride, 1/2 where it doubles it.

        1 along an axis that the layer does not have.
        """
        from fractions import Fraction

        return Fraction(1)

    def stride_along(self, axis: int) -> int:
        """The steps of its window along a spatial axis; 1 where it has no window, or no such axis."""
        return 1

    @property
    def strides(self) -> bool:
        """Whether it steps over its input by more than one pixel."""
        return False

    @property
    def merges_pixels(self) -> bool:
        """Whether each unit that goes out is made of pixels side by side, none of them in the middle."""
        return False

    @property
    def is_of_one_size(self) -> bool:
        """Whether what comes out is stated for one input, so that nothing is known of others."""
        return False

    @property
    def is_causal(self) -> bool:
        """Whether its windows end where their output is, so that it sees nothing that comes after."""
        return False

    @property
    def is_grouped(self) -> bool:
        """Whether channels, or groups of them, are convolved apart."""
        return False

    @property
    def treats_axes_apart(self) -> bool:
        """Whether it does along one spatial axis, by its name, what it does not along others."""
        return False

    @property
    def needs_whole_quotient(self) -> bool:
        """Whether it fails where a size that it divides is not a multiple of the divisor."""
        return False

    def divides(self, x: Shape) -> tuple[Division, ...]:
        """What must divide what, for an input of this shape."""
        return ()

    def check_divisions(self, x: Shape) -> None:
        """Raise `groups-not-divisible` where one of `divides` does not."""
        for division in self.divides(x):
            if division.number % division.divisor:
                raise self.not_divisible(division)

    def not_divisible(self, division: Division) -> ShapeError:
        """The error of one of `divides`."""
        number, divisor = division.number, division.divisor
        return ShapeError(
            GROUPS_NOT_DIVISIBLE,
            f"{{channels}} channel{ending(number)} cannot be shared out into {{groups}} equal groups: "
            "{channels} = {groups}*{whole} + {rest}",
            field=division.field,
            about=(CHANNELS,),
            channels=number,
            groups=divisor,
            whole=number // divisor,
            rest=number % divisor,
        )

    def weights(self, inputs: tuple[Shape, ...]) -> tuple[int, ...]:
        """Learnable parameters, one number for each of `weight_names`; without a bias the last is missing."""
        return ()

    def statistics(self, inputs: tuple[Shape, ...]) -> int:
        """Values that are stored but not learned."""
        return 0

    def positions(self, inputs: tuple[Shape, ...], output: Shape) -> tuple[int, ...]:
        """Along each axis, at how many places the weights are multiplied with the input."""
        return ()

    def products(self, inputs: tuple[Shape, ...], output: Shape) -> tuple[int, ...]:
        """Multiply-accumulates beside those of `positions`, one number for each of `product_names`."""
        return ()

    def weight_terms(self, inputs: tuple[Shape, ...]) -> dict[str, CostTerm]:
        """`weights` by name, each with its arithmetic: `5*5*1*32`."""
        if not self.has_weights:
            return {}
        from cnn_shapes.layers.terms import CostTerm  # who asks for numbers alone does without

        shapes = tuple([Shape(map(CostTerm, x)) for x in inputs])
        weights = self._with_terms(CostTerm).weights(shapes)
        return dict(zip(self.weight_names, map(CostTerm.of, weights), strict=False))

    def mac_terms(self, inputs: tuple[Shape, ...], output: Shape) -> dict[str, CostTerm]:
        """The multiply-accumulates of one sample, each with its arithmetic: `5*5*1*32 * 24*24`.

        By weight, then by product. Biases, activations and norms count nothing.
        """
        from cnn_shapes.layers.terms import CostTerm

        positions = self.positions(inputs, output)
        places = "".join(f"{'*' if number else ' * '}{size}" for number, size in enumerate(positions))
        terms = list(self.weight_terms(inputs).items())[: self.multiplied]
        found = {
            name: CostTerm(int(term) * prod(positions), f"{term.factor}{places}") for name, term in terms
        }
        if self.has_products:
            shapes = tuple([Shape(map(CostTerm, x)) for x in inputs])
            products = self._with_terms(CostTerm).products(shapes, Shape(map(CostTerm, output)))
            found |= dict(zip(self.product_names, map(CostTerm.of, products), strict=False))
        return found

    def _with_terms(self, term: type[CostTerm]) -> Self:
        """The same layer whose numbers are terms: what it counts has texts."""
        copy = object.__new__(type(self))
        state = copy.__dict__
        state.update(vars(self))
        for field in self.fields.values():
            value = state[field.attribute]
            if type(value) is int:
                state[field.attribute] = term(value)
        return copy

    def seen_inputs(self, inputs: tuple[Shape | None, ...], output: Shape | None) -> Sequence[int]:
        """The inputs whose views count in what a join sees, by place."""
        return range(len(inputs))

    def views(self, views: tuple[View, ...], inputs: tuple[Shape, ...]) -> tuple[View | None, ...] | None:
        """How each spatial axis of the output looks at the input; None where it sees the whole input."""
        return views

    def formula(self, inputs: tuple[Shape, ...], output: Shape | None) -> str:
        """The arithmetic of the output size with its numbers put in; empty where there is none to show."""
        return ""

    def default(self, name: str) -> Any:
        """The value of a field that is not set, as the engine keeps it."""
        return self.fields[name].initial(self.rank)

    def numbers(self, name: str) -> Any:
        """The numbers that the value of a field is or means; None where it depends on the input."""
        return getattr(self, self.fields[name].attribute)

    def follows(self, name: str) -> bool:
        """Whether a field has its value from others, as `half` padding has."""
        return False

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
        silent = {"bias", "norm", "norm_groups", "activation", *ASSERTIONS, "rounding", *skip}
        return [
            (name, value)
            for name, field in self.fields.items()
            if name not in silent
            and not self.follows_from_reference(name)
            and (value := getattr(self, field.attribute)) != self.default(name)
        ]


# the fields of a layer with weights that become layers of their own after it
WRITTEN_AFTER = ("norm", "norm_groups", "activation")


class Weighted(Layer):
    """A layer with weights: a norm and an activation may be written on it, which are layers of their own."""

    gradient_needs_input = True
    needs: ClassVar[Mapping[str, tuple[str, Any]]] = {"norm_groups": ("norm", "group")}
    norm = Word("a normalisation after this layer, as a layer of its own", NORMS, "none")
    norm_groups = Count("groups of channels of norm: group", 32)
    activation = ActivationWord("an activation after this layer (and its norm)")


def need_feature_map(layer: Layer, x: Shape) -> None:
    """Raise `wrong-rank` where a layer that slides over axes gets a vector, or more axes than there are."""
    if not 1 <= x.rank <= 3:
        found = say("a tensor with {rank} spatial axes", rank=x.rank)
        if x.rank == 0:
            found = say("a vector of {features} features", features=x[0])
        raise ShapeError(
            WRONG_RANK,
            "{kind} needs a feature map with 1 to 3 spatial axes, found {found}",
            pointer="gets {found}",
            kind=layer.kind,
            found=found,
        )


def need_channels(stated: int | None, x: Shape, field: str) -> None:
    """Check the assertion that `in_channels`, `in_features` or `num_parameters` makes."""
    if stated is not None and stated != x.channels:
        raise ShapeError(
            EXPECT_MISMATCH,
            "{assertion} says {stated}, but the input "
            + ("{input} has {channels}" if x.rank else f"has {{channels}} feature{ending(x.channels)}")
            + ": write {channels} or leave {assertion} out",
            field=field,
            about=(SIZES, CHANNELS) if field == "in_features" else (CHANNELS,),
            assertion=field,
            pointer="the input has {channels}",
            stated=stated,
            channels=x.channels,
            input=x,
        )


def unknown_sizes(channels: int, x: Shape | None, rank: int) -> Shape:
    """A feature map of which only the channels are known; of a vector two axes, as good as any."""
    return Shape((channels, *(UNKNOWN,) * ((x.rank if x else rank) or 2)))
