"""A small spec for every kind of layer and structure; a test runs each."""

from __future__ import annotations

MAP, VECTOR = "[28, 28, 8]", "[64]"

# the layers of an example, and its input where that is not a feature map; kinds that are not here stand alone
LAYERS: dict[str, str] = {
    "conv": "- conv: {filters: 32, kernel_size: 3, stride: 1, padding: half}\n",
    "depthwise_conv": "- depthwise_conv: {kernel_size: 3, padding: half}\n",
    "separable_conv": "- separable_conv: {filters: 32, kernel_size: 3, padding: half}\n",
    "conv_transpose": "- conv_transpose: {filters: 16, kernel_size: 4, stride: 2, padding: 1}\n",
    "maxpool": "- maxpool: 2\n",
    "avgpool": "- avgpool: {kernel_size: 3, stride: 1, padding: 1}\n",
    "lppool": "- lppool: 2\n",
    "adaptive_avgpool": "- adaptive_avgpool: 7\n",
    "adaptive_maxpool": "- adaptive_maxpool: [7, null]\n",
    "dense": "- dense: 10\n",
    "groupnorm": "- groupnorm: 4\n",
    "add": (
        "- conv: {filters: 8, kernel_size: 3, padding: half, activation: relu, name: features}\n"
        "- add: [input, features]\n"
    ),
    "multiply": (
        "- conv: {filters: 8, kernel_size: 3, padding: half, activation: sigmoid, name: mask}\n"
        "- multiply: [input, mask]\n"
    ),
    "concat": (
        "- conv: {filters: 4, kernel_size: 3, padding: half, activation: relu, name: features}\n"
        "- concat: [input, features]\n"
    ),
    "split": "- split: [left, right]\n- concat: [right, left]\n",
    "pad": "- pad: [[1, 0], [1, 0]]\n",
    "crop": "- crop: 2\n",
    "upsample": "- upsample: {scale: 2, mode: bilinear}\n",
    "pixel_shuffle": "- pixel_shuffle: 2\n",
    "space_to_depth": "- space_to_depth: 2\n",
    "channel_shuffle": "- channel_shuffle: 4\n",
    "reshape": "- reshape: [-1, 8]\n",
    "permute": "- permute: [1, 0, 2]\n",
    "dropout": "- dropout: 0.5\n",
    "residual": (
        "- residual:\n"
        "    layers:\n"
        "      - conv: {filters: 8, kernel_size: 3, padding: half, activation: relu}\n"
        "      - conv: {filters: 8, kernel_size: 3, padding: half}\n"
        "    activation: relu\n"
    ),
    "parallel": (
        "- parallel:\n"
        "    branches:\n"
        "      narrow: [conv: {filters: 8, activation: relu}]\n"
        "      wide: [conv: {filters: 8, kernel_size: 3, padding: half, activation: relu}]\n"
        "    merge: concat\n"
    ),
    "gate": (
        "- gate:\n"
        "    - global_avgpool\n"
        "    - dense: {units: 2, activation: relu}\n"
        "    - dense: {units: 8, activation: sigmoid}\n"
    ),
    "repeat": (
        "- repeat:\n"
        "    times: 3\n"
        "    layers: [conv: {filters: 8 * (i + 1), kernel_size: 3, padding: half, activation: relu}]\n"
    ),
}
_INPUTS = {"dense": VECTOR}


def example(kind: str) -> str:
    """A whole spec that has a layer of this kind."""
    return f"input: {_INPUTS.get(kind, MAP)}\nlayers:\n" + "".join(
        f"  {line}\n" for line in LAYERS.get(kind, f"- {kind}\n").splitlines()
    )
