"""What of an unfolded network follows from the sizes of its input, beside the shapes."""

from __future__ import annotations

from cnn_shapes.language.spec import Spec
from cnn_shapes.network import Network


def follows_sizes(spec: Spec, network: Network) -> bool:
    """Whether with other sizes of the input the layers themselves may be others.

    An expression may ask for a size, or in a block for its channels: those of a vector follow from the sizes.
    """
    return network.asked.sizes or any(
        block.uses_channels and _on_vector(network, block.name) for block in spec.blocks.values()
    )


def _on_vector(network: Network, block: str) -> bool:
    return any(
        node.group is not None
        and node.group.kind == block
        and any(x is None or not x.rank for x in node.input_shapes)
        for node in network.layers
    )


def is_recomputable(spec: Spec, network: Network) -> bool:
    """Whether a network of other sizes is this one, its shapes computed anew: all says so but the layers."""
    return not (
        spec.waives is not None
        or follows_sizes(spec, network)
        or any(
            node.layer is None
            or node.error is not None
            or node.like is not None  # it has the numbers of these sizes
            or node.shares is not None
            or node.layer.is_stated
            for node in network.layers
        )
    )
