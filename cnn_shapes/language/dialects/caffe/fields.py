"""Which fields the messages of a layer have, and which of them may be repeated. Source: caffe.proto."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cnn_shapes.diagnostics import closest
from cnn_shapes.language.dialects.caffe.prototxt import Message
from cnn_shapes.language.dialects.writing import SpecWriter
from cnn_shapes.language.reading.wording import BAD_VALUE, UNKNOWN_KEY
from cnn_shapes.source import DUPLICATE_KEY, Span

OF_LAYERS = (
    *("name", "type", "bottom", "top", "param", "include", "exclude", "loss_weight", "phase", "blobs"),
    *("propagate_down", "blobs_lr", "weight_decay", "blob_share_mode", "debug_info"),
)
# which change no size
_ASIDE = ("transform_param", "loss_param")
_ONCE = ("name", "type", "phase", "debug_info")  # of a layer; its other words may come again
_REPEATED = {  # of its parameters
    "convolution_param": ("pad", "kernel_size", "stride", "dilation"),
    "slice_param": ("slice_point",),
    "eltwise_param": ("coeff",),
    "permute_param": ("order",),
    "crop_param": ("offset",),
}
_FILLER = ["type", "value", "min", "max", "mean", "std", "sparse", "variance_norm"]
_RULE = ["phase", "min_level", "max_level", "stage", "not_stage"]
# messages in messages, and what is in them
_INNER = {
    "param": ["name", "share_mode", "lr_mult", "decay_mult"],
    "include": _RULE,
    "exclude": _RULE,
    "loss_param": ["ignore_label", "normalization", "normalize"],
    "shape": ["dim"],
    **dict.fromkeys(("weight_filler", "bias_filler", "filler", "slope_filler", "scale_filler"), _FILLER),
}
_PHASES = ("TRAIN", "TEST")


def tell_wrong_fields(
    writer: SpecWriter, layer: Message, type_name: str, params_word: str, known: Sequence[str]
) -> None:
    """Report fields of a layer and of its parameters that it has not, or has once only."""
    lines = _FieldProblems(writer)
    lines.unknown(layer, type_name, [*OF_LAYERS, params_word], aside=_ASIDE)
    lines.again(layer, lambda word: word in (*_ONCE, params_word))
    lines.inner(layer)
    if not params_word:
        return
    for value in layer.all(params_word):
        if isinstance(value, Message):
            lines.unknown(value, params_word, known)
            lines.again(value, lambda word: word not in _REPEATED.get(params_word, ()))
            lines.inner(value, known)
        else:
            template = "{word} is a message, {word} {{ ... }}, found {found}"
            writer.tell(BAD_VALUE, template, value.place, word=params_word, found=value.shown)


def tell_wrong_phases(writer: SpecWriter, layer: Message) -> None:
    """Report rules of when a layer is there that Caffe cannot read: else they would be met by nothing."""
    rules = [*layer.messages("include"), *layer.messages("exclude")]
    for phase in [*layer.literals("phase"), *(one for rule in rules for one in rule.literals("phase"))]:
        if phase.text not in (*_PHASES, "0", "1"):
            near = closest(phase.text, _PHASES)
            template = "phase must be TRAIN or TEST, found {found}"
            facts = {"found": phase.shown, "near": near or ""}
            writer.tell(
                BAD_VALUE, template + (": did you mean {near}?" if near else ""), phase.place, **facts
            )


class _FieldProblems:
    """Reports what is wrong with fields."""

    def __init__(self, writer: SpecWriter) -> None:
        self.writer = writer

    def unknown(self, message: Message, owner: str, known: Sequence[str], aside: Sequence[str] = ()) -> None:
        for word, place, _ in message.fields:
            if word not in known and word not in aside:
                near = closest(word, [one for one in known if one])
                template = "unknown field {word} of {owner}" + (": did you mean {near}?" if near else "")
                self.writer.tell(UNKNOWN_KEY, template, place, word=word, owner=owner, near=near or "")

    def again(self, message: Message, is_once: Callable[[str], bool]) -> None:
        first: dict[str, Span] = {}
        for word, place, _ in message.fields:
            if is_once(word) and first.setdefault(word, place) is not place:
                line = self.writer.original.position(first[word].start)[0]
                template = (
                    "{word} is already given on line {line}, and Caffe takes it once: remove one of the two"
                )
                self.writer.tell(DUPLICATE_KEY, template, place, word=word, line=line)

    def inner(self, message: Message, known: Sequence[str] = ()) -> None:
        for word, place, value in message.fields:
            if not isinstance(value, Message):
                continue
            if word in _INNER:
                self.unknown(value, word, _INNER[word])
            elif word in known:
                template = "{word} is a value, as in {word}: 3, found a message"
                self.writer.tell(BAD_VALUE, template, place, word=word)
