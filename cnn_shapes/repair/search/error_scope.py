"""What an error is about: sizes, channels, one axis. So a search tries nothing that cannot reach it."""

from __future__ import annotations

from cnn_shapes.layers.merge import Elementwise, Join
from cnn_shapes.layers.reshape import Permute, Reshape
from cnn_shapes.network import Network
from cnn_shapes.repair.outcome import Outcome
from cnn_shapes.shapes import (
    BAD_PADDING,
    EXPECT_MISMATCH,
    GROUPS_NOT_DIVISIBLE,
    NOT_WHOLE,
    SHAPE_MISMATCH,
    UNKNOWN,
    WINDOW_TOO_LARGE,
    Shape,
)

_SPATIAL = (*NOT_WHOLE, WINDOW_TOO_LARGE, BAD_PADDING)
_PER_AXIS = (
    *("kernel_size", "stride", "padding", "dilation", "output_padding"),
    *("scale", "size", "output_size", "amount"),
)


def what_is_wrong(outcome: Outcome) -> tuple[bool, bool]:
    """Whether an error is about sizes, and whether about channels."""
    node, error = outcome.node, outcome.error
    if node is None or error is None:
        return False, False
    if error.rule in _SPATIAL:
        return True, False
    if error.rule == GROUPS_NOT_DIVISIBLE:
        return False, True
    if error.rule == EXPECT_MISMATCH:
        if error.field == "in_channels":
            return False, True
        if error.field == "in_features":
            return True, True
        expected, found = error.facts["expected"], error.facts["found"]
        vector = len(expected) == 1
        return expected[1:] != found[1:] or vector, bool(expected[0]) and expected[0] != found[0]
    if error.rule == SHAPE_MISMATCH:
        shapes = [x for source in node.inputs if (x := outcome.shape(source)) is not None]
        if not isinstance(node.layer, Join):
            return isinstance(node.layer, Reshape), True
        return len({x[1:] for x in shapes}) > 1, len({x[0] for x in shapes}) > 1
    return False, False


def wrong_axis(outcome: Outcome) -> int | None:
    """The first axis whose size is wrong, where the error tells: what mends it changes something there."""
    node, error = outcome.node, outcome.error
    if node is None or error is None:
        return None
    facts = error.facts
    wrong: list[bool] = []
    if error.rule in NOT_WHOLE and "rest" in facts:
        wrong = [bool(rest) for rest in facts["rest"]]
    elif error.rule in NOT_WHOLE and "pool" in facts:
        wrong = [bool(size % pool) for size, pool in zip(facts["size"], facts["pool"], strict=True)]
    elif error.rule == EXPECT_MISMATCH and "found" in facts:
        if len(facts["found"]) == len(facts["expected"]):
            pairs = zip(facts["expected"][1:], facts["found"][1:], strict=True)
            wrong = [wanted not in (UNKNOWN, found) for wanted, found in pairs]
    elif error.rule == SHAPE_MISMATCH and isinstance(node.layer, Join):
        shapes = [x for source in node.inputs if (x := outcome.shape(source)) is not None]
        if len({len(x) for x in shapes}) == 1:
            stretched = {1} if isinstance(node.layer, Elementwise) else set()
            wrong = [
                len(set(sizes) - stretched) > 1 for sizes in zip(*(x.sizes for x in shapes), strict=True)
            ]
    return wrong.index(True) if True in wrong else None


def keeps_axes_apart(network: Network) -> bool:
    """Whether the size of an axis never depends on another axis."""
    return not any(isinstance(node.layer, Reshape | Permute) for node in network.layers)


def is_symmetric(network: Network, shape: Shape | None) -> bool:
    """Whether all axes are alike everywhere: then no change of one axis alone can be the smaller one."""
    if shape is None or len(set(shape.sizes)) > 1:
        return False
    for node in network.layers:
        layer, output = node.layer, node.output
        if node.expected is not None or (output is not None and output.rank and len(set(output.sizes)) > 1):
            return False
        if isinstance(layer, Reshape | Permute) or getattr(layer, "in_features", None) is not None:
            return False
        if isinstance(layer, Elementwise) and (output is None or not output.rank):
            return False  # the axes meet in the number of features
        for name in _PER_AXIS if layer is not None else ():
            value = getattr(layer, name, None)
            if isinstance(value, tuple) and len(set(value)) > 1:
                return False
    return True
