"""What a number is for, as a row of the table of costs: the size of a pool is not that of a convolution."""

from __future__ import annotations

from cnn_shapes.layers.base import Layer
from cnn_shapes.layers.conv import ConvTranspose
from cnn_shapes.layers.pool import Pool

# what a number may be for, the closest to a size first, and the field that is: decides its cost and reach
SPATIAL_ROLES = {
    "kernel_size": "kernel_size",
    "pool size": "kernel_size",
    "padding": "padding",
    "pool padding": "padding",
    "taken away": "padding",
    "stride": "stride",
    "dilation": "dilation",
    "output_padding": "output_padding",
    "amount": "amount",
    "scale": "scale",
    "factor": "factor",
    "output_size": "output_size",
}
ROLES = {**SPATIAL_ROLES, **{name: name for name in ("filters", "units", "groups", "multiplier")}}


def role_of(layer: type[Layer] | None, field: str) -> str:
    """The row of the table of costs that a field of a layer belongs to."""
    if field == "kernel_size" and layer is not None and issubclass(layer, Pool):
        return "pool size"
    if field == "padding" and layer is not None and issubclass(layer, Pool):
        return "pool padding"
    if field == "padding" and layer is not None and issubclass(layer, ConvTranspose):
        return "taken away"
    return field
