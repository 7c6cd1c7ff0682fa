"""Calls whose input has its axes in another order, or the batch among them: what is said of each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from math import prod

from cnn_shapes.importing.recording import RecordedCall, SizeOf
from cnn_shapes.importing.traced_model import Fault
from cnn_shapes.importing.words import how_asked

NORMS = (
    "batch_norm",
    "instance_norm",
    "group_norm",
    "layer_norm",
    "rms_norm",
)  # what comes out is turned back
_STATE = re.compile(r"Expected hidden(?:\[\d\])? size \((\d+, \d+, \d+)\), got \[(\d+, \d+, \d+)\]")
_LAST = ("layer_norm", "rms_norm")
_OF_LAST = ("linear", "lstm", "gru", "rnn_tanh", "rnn_relu", "multi_head_attention_forward")


def turned_axes(call: RecordedCall, shape: Sequence[int]) -> Fault:
    """The channels are along another axis than that which the call takes for them.

    `shape` is that of its input, without the batch.
    """
    turned = (0, 2, 1) if call.operation == "multi_head_attention_forward" else call.order
    order = ", ".join(map(str, turned))
    back = ", ".join(str(turned.index(axis)) for axis in range(len(turned)))
    first = call.operation not in (*_LAST, *_OF_LAST)
    channels = shape[turned[1 if first else -1] - 1]
    sizes = "x".join(map(str, shape))
    name = call.modules[-1].class_name if call.modules and call.modules[-1].of_torch else call.operation
    if first:
        said = f"{name} takes the axis after the batch for the channels"
        found = f"in its input {sizes} the {channels} channels are the last axis"
    else:
        said = f"{name} takes the last axis for the features"
        found = f"in its input {sizes} the {channels} channels come first"
    message = f"{said}, but {found}"
    if call.operation in _LAST:
        sizes_of_all = ", ".join(map(str, shape))
        return Fault(
            message,
            (
                f"nn.GroupNorm(1, {channels}), over the channels and all places",
                f"{{of_x}}permute({order}) before it, and permute({back}) after it",
                f"nn.LayerNorm([{sizes_of_all}]), for this size of input alone",
            ),
        )
    if call.operation in NORMS:
        before = f"{{of_x}}permute({order}) before it, and permute({back}) after it"
        return Fault(message, (before, f"nn.LayerNorm({channels}), which takes the last axis"))
    return Fault(message, (f"{{of_x}}permute({order}) before it",))


def mixed_batch(call: RecordedCall, x: Sequence[int], asked: Sequence[object]) -> Fault:
    """The batch becomes a part of the features; `x` is the shape of a sample, `asked` what a view asks."""
    sizes = call.shapes[0]
    if len(asked) > 1 and asked[0] == sizes[0]:
        message = "the batch is written as 1, so that no other number of samples has this shape"
        rest = ", ".join(map(str, asked[1:]))
    else:
        of_each = f"{'x'.join(map(str, x))} = {prod(x)}" if len(x) > 1 else f"{prod(x)}"
        message = (
            "the batch becomes a part of the features: this is one vector of all samples together, each of "
            f"which has {of_each} values"
        )
        rest = "-1"
    fixes = (f"{{x}}.view({{x}}.size(0), {rest})", "torch.flatten({x}, 1)")
    return Fault(message, fixes if len(sizes) == 2 else fixes[:1])


def wrong_view(call: RecordedCall, x: Sequence[int], sizes: Sequence[int]) -> Fault:
    """A view of a sample of shape `x` to so many values, where the layer after it wants all of them."""
    asked, right = (how_asked(call).format(", ".join(map(str, one))) for one in (sizes, [prod(x)]))
    changes = "changes the batch" if "(-1" in asked else "does not fit"
    found = f"{'x'.join(map(str, x))} = {prod(x)}"
    message = f"{asked} {changes}: a sample has {found} values, not {prod(sizes)}"
    return Fault(message, (right, "torch.flatten({x}, 1)"))


def wrong_factor(call: RecordedCall, x: Sequence[int]) -> Fault | None:
    """A view to several axes of which one is a wrong number: those that fit a sample of shape `x`."""
    sizes = call.arguments[1:]
    if len(sizes) == 1 and isinstance(sizes[0], tuple):
        sizes = sizes[0]
    numbers = [size.size if isinstance(size, SizeOf) else size for size in sizes[1:]]
    if len(numbers) < 2 or any(type(number) is not int or number < 1 for number in numbers):
        return None
    fitting = []
    for place, size in enumerate(sizes[1:]):
        others = prod(numbers) // numbers[place]
        if not isinstance(size, SizeOf) and prod(x) % others == 0:
            fitting.append([*numbers[:place], prod(x) // others, *numbers[place + 1 :]])
    how = how_asked(call)
    asked, *right = (how.format(", ".join(map(str, one))) for one in (numbers, *fitting))
    found = f"{'x'.join(map(str, x))} = {prod(x)}"
    message = f"{asked} does not fit: a sample has {found} values, not {prod(numbers)}"
    return Fault(message, tuple(reversed(right))[:3]) if right else None


def wrong_state(call: RecordedCall, batch: int) -> Fault | None:
    """A recurrent layer is given a first state of another shape than it has; None where that is not said."""
    found = _STATE.search(call.error or "")
    if found is None:
        return None
    wanted, given = (
        tuple(
            "batch" if place == 1 and int(size) == batch else size
            for place, size in enumerate(one.split(", "))
        )
        for one in found.groups()
    )
    shapes = [f"({', '.join(one)})" for one in (wanted, given)]
    message = f"the first state must be {shapes[0]}, found {shapes[1]}"
    if wanted[0] != given[0]:
        message += ": its first axis is num_layers, twice as many if bidirectional"
    return Fault(message, (f"torch.zeros({wanted[0]}, {{x}}.size(0), {wanted[2]})",))


def stretched(call: RecordedCall, old: Sequence[int], asked: Sequence[int]) -> Fault:
    """An expand of sizes that are not 1 to others. Both shapes have the batch."""
    sizes = ", ".join(map(str, (-1, *call.shapes[0][1:])))
    message = (
        f"{call.operation} cannot stretch {_sizes(old)} to {_sizes(asked)}: only axes of size 1 are stretched"
    )
    return Fault(message, (f"{{x}}.expand({sizes})",))


def _sizes(shape: Sequence[int]) -> str:
    return "x".join(map(str, shape[1:]))
