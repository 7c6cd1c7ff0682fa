"""Modules of torch.nn in an Ultralytics YAML: but for ConvTranspose2d, each is taken to keep its channels."""

from __future__ import annotations

from cnn_shapes.language.dialects.ultralytics.modules import Make, read_from
from cnn_shapes.language.dialects.ultralytics.reading import Argument
from cnn_shapes.language.dialects.ultralytics.so_far import ModelSoFar
from cnn_shapes.language.dialects.writing import Given, Told, told

_FIELDS = {"k": "kernel_size", "s": "stride", "p": "padding", "d": "dilation", "g": "groups", "r": "factor"}
_IDLE = ("inplace", "return_indices", "align_corners", "padding_mode", "negative_slope")  # no size or weight
_MODES = ("nearest", "bilinear", "bicubic")
_ACTIVATIONS = {
    "SiLU": "silu",
    "ReLU": "relu",
    "ReLU6": "relu6",
    "GELU": "gelu",
    "Mish": "mish",
    "Hardswish": "hardswish",
    "Sigmoid": "sigmoid",
    "Tanh": "tanh",
    "ELU": "elu",
    "SELU": "selu",
    "LeakyReLU": "leaky_relu",
    "Softplus": "softplus",
}


def activation_of(text: str) -> str | None:
    """The activation that `activation: nn.SiLU()` names: it is read, never run."""
    word = text.strip().removeprefix("torch.").removeprefix("nn.").partition("(")[0]
    return _ACTIVATIONS.get(word)


def _fields(here: ModelSoFar, found: dict[str, Argument]) -> dict[str, Given] | None:
    read = here.fields({key: one for key, one in found.items() if key not in _IDLE}, "")
    return None if read is None else {_FIELDS.get(key, key): value for key, value in read.items()}


def _keeping(kind: str, signature: str = "") -> Make:
    """A module that keeps its channels, whose arguments are fields of ours."""

    def make(here: ModelSoFar, name: str) -> bool:
        found, source = here.arguments(signature), here.single()
        number = here.module.sources[0][0]
        here.done(name, here.channels_of(number), here.out_of(number))
        fields = None if found is None else _fields(here, found)
        if fields is None or source is None:
            return False
        ceil = fields.pop("ceil_mode", None)
        if isinstance(ceil, Told) and ceil.text == "true":
            fields["rounding"] = told("ceil", ceil.place)
        here.repeated(kind, name, fields, read_from(here, source))
        return True

    return make


def _upsample(here: ModelSoFar, name: str) -> bool:
    signature = "size=None scale_factor=None mode='nearest' align_corners=None"
    found, source = here.arguments(signature), here.single()
    number = here.module.sources[0][0]
    here.done(name, here.channels_of(number), here.out_of(number))
    if found is None or source is None:
        return False
    size, scale, mode = found.get("size"), found.get("scale_factor"), found.get("mode")
    fields: dict[str, Given] = {}
    if mode is not None and mode.value not in (*_MODES, None):
        here.wrong("mode", f"one of {', '.join(_MODES)}", mode)
        return False
    if size is not None and size.value is not None:
        if not size.is_number or size.value < 1:
            here.wrong("size", "a whole number from 1, or None", size)
            return False
        fields["size"] = Told(str(size.value), size.place, str if size.verbatim else None)
    elif scale is None or type(scale.value) not in (int, float) or not 0 < scale.value < 2**31:
        here.wrong("scale_factor", "a number above 0", scale or here.module.repeats)
        return False
    else:
        fields["scale"] = Told(str(scale.value), scale.place, str if scale.verbatim else None)
    if mode is not None and mode.value not in ("nearest", None):
        fields["mode"] = told(mode.value, mode.place)
    here.repeated("upsample", name, fields, read_from(here, source))
    return True


def _zero_pad(here: ModelSoFar, name: str) -> bool:
    found, source = here.arguments("padding"), here.single()
    number = here.module.sources[0][0]
    here.done(name, here.channels_of(number), here.out_of(number))
    if found is None or source is None:
        return False
    amount = found["padding"]
    sides = amount.value if isinstance(amount.value, list) else [amount] * 4
    if len(sides) != 4 or not all(one.is_number and one.value >= 0 for one in sides):
        here.wrong("padding", "a whole number, or [left, right, top, bottom]", amount)
        return False
    left, right, top, bottom = (told(one.value, one.place) for one in sides)
    here.repeated("pad", name, {"amount": [[top, bottom], [left, right]]}, read_from(here, source))
    return True


def _conv(here: ModelSoFar, name: str) -> bool:
    """Other channels come out than Ultralytics takes it to have."""
    found, source = here.arguments("c1 c2 k s=1 p=0 d=1 g=1 bias=True padding_mode=None"), here.single()
    number = here.module.sources[0][0]
    before = here.channels_of(number)
    if found is None or source is None:
        here.done(name, before, None)
        return False
    for key in ("c1", "c2"):
        if not found[key].is_number or found[key].value < 1:
            here.wrong(key, "a whole number from 1", found[key])
            here.done(name, before, None)
            return False
    channels = {
        word: Told(str(found[key].value), found[key].place, str if found[key].verbatim else None)
        for word, key in (("in_channels", "c1"), ("filters", "c2"))
    }
    rest = _fields(here, {key: one for key, one in found.items() if key not in ("c1", "c2")})
    here.done(name, before, found["c2"].value)
    if rest is None:
        return False
    here.repeated("conv", name, {**channels, **rest}, read_from(here, source))
    return True


def _conv_transpose(here: ModelSoFar, name: str) -> bool:
    """The one module of torch.nn whose channels are scaled."""
    found, source = here.arguments("c2 k s=1 p=0 output_padding=0 g=1 bias=True d=1"), here.single()
    if found is None or source is None or not found["c2"].is_number or found["c2"].value < 1:
        if found is not None and source is not None:
            here.wrong("c2", "a whole number from 1", found["c2"])
        here.done(name, None)
        return False
    count, text = here.scaled(found.pop("c2"))
    fits = not here.misled() and not here.cannot_repeat(count)
    rest = _fields(here, found)
    here.done(name, count)
    if rest is None or not fits:
        return False
    here.repeated("conv_transpose", name, {"filters": text, **rest}, read_from(here, source))
    return True


def _batch_norm(here: ModelSoFar, name: str) -> bool:
    """Ultralytics gives it the channels itself."""
    source = here.single()
    number = here.module.sources[0][0]
    misled = source is not None and here.misled()
    here.done(name, here.channels_of(number))
    if source is None or misled:
        return False
    here.repeated("batchnorm", name, {}, read_from(here, source))
    return True


def _dropout(here: ModelSoFar, name: str) -> bool:
    found, source = here.arguments("p=0.5 inplace=False"), here.single()
    number = here.module.sources[0][0]
    here.done(name, here.channels_of(number), here.out_of(number))
    if found is None or source is None:
        return False
    rate = found.get("p")
    if rate is not None and (type(rate.value) not in (int, float) or not 0 <= rate.value <= 1):
        here.wrong("p", "a number from 0 to 1", rate)
        return False
    fields: dict[str, Given] = {} if rate is None else {"rate": told(rate.value, rate.place)}
    here.repeated("dropout", name, fields, read_from(here, source))
    return True


_POOL = "k s=None p=0 d=1 return_indices=False ceil_mode=False"
MAKERS: dict[str, Make] = {
    "Upsample": _upsample,
    "ZeroPad2d": _zero_pad,
    "Conv2d": _conv,
    "ConvTranspose2d": _conv_transpose,
    "BatchNorm2d": _batch_norm,
    "Dropout": _dropout,
    "Dropout2d": _dropout,
    "Identity": _keeping("identity"),
    "MaxPool2d": _keeping("maxpool", _POOL),
    "AvgPool2d": _keeping("avgpool", "k s=None p=0 ceil_mode=False"),
    **{word: _keeping(kind, "inplace=False") for word, kind in _ACTIVATIONS.items()},
}
