"""The activations as each framework calls them. Where one has no function of that name, by its arithmetic."""

from __future__ import annotations

from cnn_shapes.export.code import Code, ValueSlot, X, call

_NUMBERS_MISSING = "(a spec does not say its threshold and value)"


def _torch(function: str, *more: str) -> Code:
    return call(function, X, *((argument,) for argument in more))


def _keras(word: str, x: Code = (X,)) -> Code:
    return (*call("layers.Activation", ValueSlot(word)), "(", *x, ")")


# PyTorch has the channels on axis 1, after the batch
PYTORCH: dict[str, Code] = {
    "relu": _torch("F.relu"),
    "relu6": _torch("F.relu6"),
    "leaky_relu": _torch("F.leaky_relu"),
    "elu": _torch("F.elu"),
    "selu": _torch("F.selu"),
    "gelu": _torch("F.gelu"),
    "silu": _torch("F.silu"),
    "mish": _torch("F.mish"),
    "sigmoid": _torch("torch.sigmoid"),
    "hardsigmoid": _torch("F.hardsigmoid"),
    "hardswish": _torch("F.hardswish"),
    "tanh": _torch("torch.tanh"),
    "softplus": _torch("F.softplus"),
    "hardtanh": _torch("F.hardtanh"),
    "softsign": _torch("F.softsign"),
    "logsigmoid": _torch("F.logsigmoid"),
    "celu": _torch("F.celu"),
    "hardshrink": _torch("F.hardshrink"),
    "softshrink": _torch("F.softshrink"),
    "tanhshrink": _torch("F.tanhshrink"),
    "softmin": _torch("F.softmin", "dim=1"),
    "log_softmax": _torch("F.log_softmax", "dim=1"),
    "rrelu": _torch("F.rrelu", "training=self.training"),
    "glu": _torch("F.glu", "dim=1"),
    "exponential": _torch("torch.exp"),
    "squareplus": ("(", X, " + (", X, " * ", X, " + 4).sqrt()) / 2"),
    "sparse_plus": ("(", X, ".clamp(-1, 1) + 1) ** 2 / 4 + F.relu(", X, " - 1)"),
    "sparse_sigmoid": ("((", X, " + 1) / 2).clamp(0, 1)"),
}
PYTORCH_REFUSED = {"sparsemax": "", "threshold": _NUMBERS_MISSING}
# Keras has the channels last, where its functions take them
KERAS: dict[str, Code] = {
    **{
        name: _keras(name)
        for name in (
            *("relu", "relu6", "leaky_relu", "elu", "selu", "gelu", "silu", "mish", "sigmoid", "tanh"),
            *("softplus", "softsign", "celu", "log_softmax", "exponential", "squareplus"),
            *("sparse_plus", "sparse_sigmoid", "sparsemax"),
        )
    },
    "hardsigmoid": _keras("hard_sigmoid"),
    "hardswish": _keras("hard_silu"),
    "hardtanh": _keras("hard_tanh"),
    "logsigmoid": _keras("log_sigmoid"),
    "hardshrink": _keras("hard_shrink"),
    "softshrink": _keras("soft_shrink"),
    "tanhshrink": _keras("tanh_shrink"),
    "softmin": _keras("softmax", ("ops.negative(", X, ")")),
    "glu": call("ops.glu", X, ("axis=-1",)),
}
KERAS_REFUSED = {"rrelu": "", "threshold": _NUMBERS_MISSING}
