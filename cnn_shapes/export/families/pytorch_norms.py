"""The normalisations in PyTorch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnn_shapes.export.code import SELF, Code, LayerCode, ValueSlot, X, call, option
from cnn_shapes.export.table import LayerRow, refused
from cnn_shapes.shapes import Shape

if TYPE_CHECKING:
    from cnn_shapes.network import Node

LRN_SIZE = 5  # AlexNet's; a spec does not say it, and it changes no shape


def _batch_norm(node: Node, layer: Any, x: Shape, output: Shape) -> LayerCode:
    if layer.affine and layer.scale != layer.center:
        raise refused("PyTorch", node, "with a scale or a center alone")
    learned = layer.affine and layer.scale
    channels, affine = ValueSlot(x.channels, "channels"), option(learned, True, "affine")
    return LayerCode(call(f"nn.BatchNorm{max(x.rank, 1)}d", channels, affine=affine), call(SELF, X))


def _instance_norm(node: Node, layer: Any, x: Shape, output: Shape) -> LayerCode:
    if x.rank == 0:
        raise refused("PyTorch", node, "of a vector")
    channels, affine = ValueSlot(x.channels, "channels"), option(layer.affine, False, "affine")
    return LayerCode(call(f"nn.InstanceNorm{x.rank}d", channels, affine=affine), call(SELF, X))


def _group_norm(node: Node, layer: Any, x: Shape, output: Shape) -> LayerCode:
    groups, channels = ValueSlot(layer.groups, "groups"), ValueSlot(x.channels, "channels")
    affine = option(layer.affine, True, "affine")
    return LayerCode(call("nn.GroupNorm", groups, channels, affine=affine), call(SELF, X))


def _layer_norm(node: Node, layer: Any, x: Shape, output: Shape) -> LayerCode:
    affine = option(layer.affine, True, "affine")
    made = call("nn.LayerNorm", ValueSlot(x.channels, "channels"), elementwise_affine=affine)
    return LayerCode(made, _over_channels(x))


def _over_channels(x: Shape) -> Code:
    """The call of a layer that normalises over the last axis."""
    return call(SELF, X) if x.rank == 0 else (*call(SELF, (X, ".movedim(1, -1)")), ".movedim(-1, 1)")


def _rms_norm(node: Node, layer: Any, x: Shape, output: Shape) -> LayerCode:
    affine = option(layer.affine, True, "affine")
    made = call("nn.RMSNorm", ValueSlot(x.channels, "channels"), elementwise_affine=affine)
    return LayerCode(made, _over_channels(x))


def _grn(node: Node, layer: Any, x: Shape, output: Shape) -> LayerCode:
    """Over their mean is over their sum, times as many as there are."""
    shape = ValueSlot((x.channels, *(1,) * x.rank), "shape")
    made: Code = ("nn.ParameterList([torch.zeros(", shape, "), torch.zeros(", shape, ")])")
    dims = ValueSlot(tuple(range(2, x.rank + 2)), "dim")
    norms: Code = ("torch.linalg.vector_norm(", X, ", dim=", dims, ", keepdim=True)")
    shares = call("F.normalize", norms, ("p=1",), ("dim=1",))
    channels = ValueSlot(x.channels, "channels")
    called: Code = (X, " + ", SELF, "[1] + ", SELF, "[0] * ", X, " * ", channels, " * ", *shares)
    return LayerCode(made, called)


def _lrn(node: Node, layer: Any, x: Shape, output: Shape) -> LayerCode:
    # of three axes PyTorch takes a view, which a permuted tensor does not have
    source: Code = (X, ".contiguous()") if x.rank > 2 else (X,)
    return LayerCode(None, call("F.local_response_norm", source, ValueSlot(LRN_SIZE, "size")))


ROWS = {
    "batchnorm": LayerRow(_batch_norm, ("affine", "scale", "center")),
    "layernorm": LayerRow(_layer_norm, ("affine",)),
    "instancenorm": LayerRow(_instance_norm, ("affine",)),
    "groupnorm": LayerRow(_group_norm, ("groups", "affine")),
    "rmsnorm": LayerRow(_rms_norm, ("affine",)),
    "grn": LayerRow(_grn),
    "l2norm": LayerRow(lambda node, layer, x, output: LayerCode(None, call("F.normalize", X, ("dim=1",)))),
    "lrn": LayerRow(_lrn),
}
