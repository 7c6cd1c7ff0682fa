"""A mean, maximum or sum along whole axes."""

from __future__ import annotations

from cnn_shapes.layers.axes import CHANNELS_AXIS, SeveralAxes, axis_of
from cnn_shapes.layers.base import Layer
from cnn_shapes.layers.fields import Word
from cnn_shapes.receptive_field import View
from cnn_shapes.shapes import Shape


class Reduce(Layer):
    """The mean, maximum or sum along one axis or several, each of which becomes 1."""

    kind = "reduce"
    family = "sizes"
    shorthand = "by"
    example = "- reduce: {by: max, axis: channels, expect: [28, 28, 1]}\n"
    counts_axes = True
    by = Word("what is taken", ("mean", "max", "sum"), "mean")
    axis = SeveralAxes("the axis that becomes 1, or a list of them", CHANNELS_AXIS)

    @property
    def gradient_needs_input(self) -> bool:  # type: ignore[override]
        return bool(self.by == "max")

    @property
    def treats_axes_apart(self) -> bool:
        return self.axis != (CHANNELS_AXIS,)

    def shape(self, *inputs: Shape) -> Shape:
        x = inputs[0]
        taken = [axis_of(name, x) for name in self.axis]
        return Shape(1 if axis in taken else size for axis, size in enumerate(x))

    def guess(self, *inputs: Shape | None) -> Shape | None:
        return None if inputs[0] is None else self.shape(inputs[0])

    def views(self, views: tuple[View, ...], inputs: tuple[Shape, ...]) -> tuple[View | None, ...] | None:
        taken = [axis_of(name, inputs[0]) for name in self.axis]
        return tuple(None if axis in taken else view for axis, view in enumerate(views, 1))
