"""A learned factor for each channel, for each element, or for all."""

from __future__ import annotations

from cnn_shapes.layers.base import Layer
from cnn_shapes.layers.fields import Flag
from cnn_shapes.layers.shared_weights import CHANNEL, Per, weights_per
from cnn_shapes.shapes import Shape


class LearnedScale(Layer):
    """Multiplies with learned factors, one per channel, tensor or element, and with bias adds as many.

    LayerScale (Touvron et al. 2021, https://arxiv.org/abs/2103.17239) is per channel, SkipInit (De and Smith
    2020, https://arxiv.org/abs/2002.10444) per tensor.
    """

    kind = "scale"
    family = "dense and plain"
    shorthand = "per"
    example = "- scale: {per: channel, expect: [28, 28, 8]}\n"
    is_linear = True
    in_place = True
    gradient_needs_input = True
    weight_names = ("factors", "bias")
    per = Per("what has a factor of its own", CHANNEL)
    bias = Flag("a learned constant beside each factor", False, ("use_bias",))

    def weights(self, inputs: tuple[Shape, ...]) -> tuple[int, ...]:
        count = weights_per(self.per, inputs[0])
        return (count, count) if self.bias else (count,)
