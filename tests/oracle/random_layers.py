"""Random layers of each kind in flow style for `random_networks.py`; not all of them fit."""

from collections.abc import Callable
from random import Random

from cnn_shapes.shapes import AXIS_NAMES

PLAIN = (
    "relu",
    "gelu",
    "batchnorm",
    "layernorm",
    "dropout",
    "identity",
    "prelu",
    "lrn",
    "softmax",
    "hardswish",
    "hardtanh",
    "log_softmax",
    "tanhshrink",
    "squareplus",
    "rmsnorm",
    "l2norm",
    "grn",
    "glu",
    "stochastic_depth",
)
# what a gradient of positive weights can be followed through without one way cancelling another
LINEAR = (
    "conv",
    "depthwise_conv",
    "conv_transpose",
    "avgpool",
    "pad",
    "rescaled",
    "space_to_depth",
    "pixel_shuffle",
)


def axis(random: Random, rank: int, least: int, most: int) -> str:
    """One number, or one per axis."""
    if random.random() < 0.6:
        return str(random.randint(least, most))
    return str([random.randint(least, most) for _ in range(rank)])


def window(random: Random, rank: int, pool: bool = False) -> str:
    fields = f"kernel_size: {axis(random, rank, 1, 5)}"
    if random.random() < 0.6:
        fields += f", stride: {axis(random, rank, 1, 3)}"
    form = random.random()
    if form < 0.2:
        fields += f", padding: {axis(random, rank, 0, 2)}"
    elif form < 0.4:
        pairs = [[random.randint(0, 2), random.randint(0, 2)] for _ in range(rank)]
        fields += f", padding: {pairs}"
    elif form < 0.8:
        fields += f", padding: {random.choice(('half', 'same', 'valid'))}"
    if pool and random.random() < 0.4:
        fields += f", rounding: {random.choice(('ceil', 'floor'))}"
    return fields


def conv(random: Random, shape: tuple[int, ...]) -> str:
    fields = window(random, len(shape) - 1)
    groups = random.choice([g for g in (1, 1, 2, 3, 4) if shape[0] % g == 0])
    if random.random() < 0.4:
        fields += f", dilation: {axis(random, len(shape) - 1, 1, 3)}"
    bias = random.choice(("true", "false"))
    return f"conv: {{filters: {groups * random.randint(1, 4)}, {fields}, groups: {groups}, bias: {bias}}}"


def depthwise(random: Random, shape: tuple[int, ...]) -> str:
    fields = f"{window(random, len(shape) - 1)}, multiplier: {random.randint(1, 2)}"
    return f"depthwise_conv: {{{fields}, dilation: {random.randint(1, 2)}}}"


def separable(random: Random, shape: tuple[int, ...]) -> str:
    fields = f"{window(random, len(shape) - 1)}, multiplier: {random.randint(1, 2)}"
    return f"separable_conv: {{filters: {random.randint(1, 8)}, {fields}, norm: batch, activation: relu6}}"


def transposed(random: Random, shape: tuple[int, ...]) -> str:
    rank = len(shape) - 1
    fields = f"kernel_size: {axis(random, rank, 1, 5)}, stride: {axis(random, rank, 1, 3)}"
    fields += f", dilation: {axis(random, rank, 1, 2)}, output_padding: {axis(random, rank, 0, 2)}"
    pairs = str([[random.randint(0, 2), random.randint(0, 2)] for _ in range(rank)])
    fields += f", padding: {random.choice((axis(random, rank, 0, 2), pairs))}"
    groups = random.choice([g for g in (1, 1, 2) if shape[0] % g == 0])
    return f"conv_transpose: {{filters: {groups * random.randint(1, 3)}, {fields}, groups: {groups}}}"


def maxpool(random: Random, shape: tuple[int, ...]) -> str:
    return f"maxpool: {{{window(random, len(shape) - 1, pool=True)}, dilation: {random.randint(1, 2)}}}"


def avgpool(random: Random, shape: tuple[int, ...]) -> str:
    return f"avgpool: {{{window(random, len(shape) - 1, pool=True)}}}"


def lppool(random: Random, shape: tuple[int, ...]) -> str:
    rank = len(shape) - 1
    fields = f"kernel_size: {axis(random, rank, 1, 4)}, stride: {axis(random, rank, 1, 3)}"
    return f"lppool: {{{fields}, rounding: {random.choice(('ceil', 'floor'))}}}"


def resized(random: Random, shape: tuple[int, ...]) -> str:
    mode = random.choice(("nearest", "linear"))
    if random.random() < 0.3:
        return f"upsample: {{size: {axis(random, len(shape) - 1, 2, 20)}, mode: {mode}}}"
    scale = random.choice(("2", "3", "1.5", "0.5", "1.4", "0.7", "2.5"))
    return f"upsample: {{scale: {scale}, mode: {mode}, rounding: {random.choice(('ceil', 'floor'))}}}"


def rescaled(random: Random, shape: tuple[int, ...]) -> str:
    """An upsampling that PyTorch samples with the same scale: rounded down, of a binary fraction."""
    mode = random.choice(("nearest", "linear"))
    if random.random() < 0.3:
        return f"upsample: {{size: {axis(random, len(shape) - 1, 2, 20)}, mode: {mode}}}"
    scale = random.choice(("2", "3", "1.5", "0.5", "2.5", "0.75"))
    return f"upsample: {{scale: {scale}, mode: {mode}, rounding: floor}}"


def ends(kind: str) -> Callable[[Random, tuple[int, ...]], str]:
    def write(random: Random, shape: tuple[int, ...]) -> str:
        pairs = [[random.randint(0, 3), random.randint(0, 3)] for _ in shape[1:]]
        return f"{kind}: {{amount: {random.choice((str(random.randint(0, 2)), str(pairs)))}}}"

    return write


def of_factor(kind: str) -> Callable[[Random, tuple[int, ...]], str]:
    return lambda random, shape: f"{kind}: {{factor: {random.randint(1, 3)}}}"


def reshape(random: Random, shape: tuple[int, ...]) -> str:
    return f"reshape: {{shape: [-1, {random.choice((1, 2, 3, 4))}]}}"


def permute(random: Random, shape: tuple[int, ...]) -> str:
    return f"permute: {{order: {random.sample(range(len(shape)), len(shape))}}}"


def adaptive(kind: str) -> Callable[[Random, tuple[int, ...]], str]:
    def write(random: Random, shape: tuple[int, ...]) -> str:
        sizes = [random.choice(("null", "1", "3", "7")) for _ in shape[1:]]
        return f"{kind}: {{output_size: [{', '.join(sizes)}]}}"

    return write


def reduced(random: Random, shape: tuple[int, ...]) -> str:
    by = random.choice(("mean", "max", "sum"))
    return f"reduce: {{by: {by}, axis: {random.choice(('channels', *AXIS_NAMES[len(shape) - 1]))}}}"


def padded(random: Random, shape: tuple[int, ...]) -> str:
    mode = random.choice(("reflect", "replicate", "circular"))
    return f"{ends('pad')(random, shape)[:-1]}, mode: {mode}}}"


WRITERS: dict[str, Callable[[Random, tuple[int, ...]], str]] = {
    "conv": conv,
    "depthwise_conv": depthwise,
    "separable_conv": separable,
    "conv_transpose": transposed,
    "maxpool": maxpool,
    "avgpool": avgpool,
    "lppool": lppool,
    "upsample": resized,
    "rescaled": rescaled,
    "pad": ends("pad"),
    "pad_by_mode": padded,
    "reduce": reduced,
    "scale": lambda random, shape: (
        f"scale: {{per: {random.choice(('channel', 'element'))}, bias: {random.choice(('true', 'false'))}}}"
    ),
    "crop": ends("crop"),
    "pixel_shuffle": of_factor("pixel_shuffle"),
    "space_to_depth": of_factor("space_to_depth"),
    "reshape": reshape,
    "permute": permute,
    "adaptive_avgpool": adaptive("adaptive_avgpool"),
    "adaptive_maxpool": adaptive("adaptive_maxpool"),
    "channel_shuffle": lambda random, shape: f"channel_shuffle: {{groups: {random.randint(1, 4)}}}",
    "groupnorm": lambda random, shape: f"groupnorm: {{groups: {random.randint(1, 4)}}}",
    "dense": lambda random, shape: f"dense: {{units: {random.randint(1, 12)}, activation: silu}}",
    "dropout": lambda random, shape: "dropout: {rate: 0.3}",
    "global_avgpool": lambda random, shape: (
        f"global_avgpool: {{keepdims: {random.choice(('true', 'false'))}}}"
    ),
}
WINDOWED = (
    "conv",
    "conv",
    "depthwise_conv",
    "separable_conv",
    "conv_transpose",
    "maxpool",
    "avgpool",
    "lppool",
)
OTHERS = (
    *[kind for kind in WRITERS if kind not in (*WINDOWED, "dense", "rescaled")],
    "global_maxpool",
    "flatten",
)
