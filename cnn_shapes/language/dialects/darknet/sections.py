"""The sections of a Darknet cfg and their options, each with its place in the text."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from cnn_shapes.diagnostics import closest
from cnn_shapes.language.dialects.writing import MOST_ENTRIES, Given, Told, TooLong, told, verbatim
from cnn_shapes.language.reading.wording import BAD_VALUE, UNKNOWN_KEY
from cnn_shapes.source import DUPLICATE_KEY, YAML_SYNTAX, Source, Span

Tell = Callable[..., None]  # a rule, a template, a place, and the facts
_SECTION = re.compile(r"\[([^\]\r\n]*)\]?")
_INTEGER = re.compile(r"[-+]?\d{1,10}")
_LARGEST = 2**31 - 1
_ACTIVATIONS = {
    "linear": None,
    **{word: word for word in ("relu", "relu6", "selu", "gelu", "elu", "tanh", "mish")},
    "leaky": "leaky_relu",
    "swish": "silu",
    "logistic": "sigmoid",
    "hardtan": "hardtanh",
}
_OTHER_ACTIVATIONS = ("loggy", "ramp", "relie", "plse", "lhtan", "stair", "revleaky", "hard_mish")
OTHER_WORDS = {
    "network": "net",
    "conv": "convolutional",
    "deconv": "deconvolutional",
    "max": "maxpool",
    "local_avg": "local_avgpool",
    "avg": "avgpool",
    "conn": "connected",
    "soft": "softmax",
    "lrn": "normalization",
    "gaussian_yolo": "Gaussian_yolo",
}
_OF_HEADS = (
    "anchors num jitter ignore_thresh truth_thresh random scale_x_y objectness_smooth resize "
    "iou_thresh map iou_normalizer cls_normalizer obj_normalizer uc_normalizer iou_loss "
    "iou_thresh_kind nms_kind beta_nms beta1 new_coords max_delta label_smooth_eps focal_loss "
    "max counters_per_class track_history_size sim_thresh dets_for_track dets_for_show "
    "track_ciou_norm embedding_layer show_details bias_match absolute thresh softmax rescore "
    "sqrt object_scale noobject_scale class_scale coord_scale background log tree mask_scale "
    "forced"
)
# keys that change no size and no weight, by section
_IDLE = {
    "": "stopbackward dontload dontloadscales onlyforward train_only_bn dont_update burnin_update "
    "learning_rate",
    "net": "batch subdivisions momentum decay angle saturation exposure hue burn_in max_batches "
    "policy steps scales seq_scales min_crop max_crop power aspect mosaic mosaic_bound "
    "letter_box ema_alpha label_smooth_eps cutmix mixup blur gaussian_noise sgdr_cycle "
    "sgdr_mult max_epochs time_steps track augment_speed init_sequential_subdivisions "
    "sequential_subdivisions try_fix_nan loss_scale dynamic_minibatch contrastive "
    "optimized_memory workspace_size_limit_MB adversarial_lr attention "
    "badlabels_rejection_percentage unsupervised num_sigmas_reject_badlabels "
    "equidistant_point show_receptive_field weights_reject_freq adam B1 B2 eps step gamma "
    "min_ratio max_ratio center clip flip use_cuda_graph cuda_graph random notruth scale "
    "learning_rate_min batches_per_cycle batches_cycle_mult contrastive_jit_flip "
    "contrastive_color resize_step max_chart_loss",
    "convolutional": "flipped dot binary xnor bin_output reverse temperature grad_centr angle rotate stretch "
    "stretch_sway sway deform assisted_excitation use_bin_output cbn",
    "crop": "flip angle saturation exposure noadjust shift",
    "dropout": "dropblock dropblock_size_rel dropblock_size_abs",
    "softmax": "groups temperature tree spatial noloss tree_file",
    "cost": "type scale ratio noobj thresh",
    "normalization": "alpha beta kappa size",
    "shortcut": "weights_normalization",
    "scale_channels": "scale_wh",
    "upsample": "scale",
    "yolo": _OF_HEADS,
    "Gaussian_yolo": f"{_OF_HEADS} yolo_point",
    "region": _OF_HEADS,
    "detection": _OF_HEADS,
    "contrastive": f"{_OF_HEADS} classes steps temperature yolo_layer detection",
}


# keys by which a section is known whose own line is missing
_OWNERS = {
    "layers": "route",
    "from": "shortcut",
    **dict.fromkeys(("mask", "anchors", "classes"), "yolo"),
    **dict.fromkeys(("filters", "batch_normalize"), "convolutional"),
    "output": "connected",
}


class Option(NamedTuple):
    """`key=value` of a section, and the places of the key and of the value."""

    key: Span
    text: str
    place: Span

    @property
    def whole(self) -> Span:
        return Span(self.key.start, self.place.end)


class Section:
    """A section with the place of its word; `end` is where its last line ends.

    What is wrong with an option is told where it is read.
    """

    def __init__(self, word: str, place: Span, tell: Tell) -> None:
        self.word, self.place, self.end = OTHER_WORDS.get(word, word), place, place.end
        self.options: dict[str, Option] = {}
        self._tell, self._read = tell, {*_IDLE[""].split(), *_IDLE.get(self.word, "").split()}

    def option(self, key: str) -> Option | None:
        self._read.add(key)
        return self.options.get(key)

    def number(self, key: str, default: int) -> int:
        option = self.option(key)
        if option is None:
            return default
        if _INTEGER.fullmatch(option.text) and abs(int(option.text)) <= _LARGEST:
            return int(option.text)
        template = "{key} must be a whole number, found {found}"
        self._tell(BAD_VALUE, template, option.place, key=key, found=option.text or "nothing")
        return default

    def numbers(self, key: str) -> list[tuple[int, Span]]:
        """The numbers of a list with their places."""
        option = self.option(key)
        found = []
        for part in re.finditer(r"[^,\s]+", option.text if option is not None else ""):
            assert option is not None
            place = Span(option.place.start + part.start(), option.place.start + part.end())
            if _INTEGER.fullmatch(part[0]):
                found.append((int(part[0]), place))
            else:
                self._tell(
                    BAD_VALUE, "{key} holds whole numbers, found {found}", place, key=key, found=part[0]
                )
        return found

    def told(self, key: str, value: int) -> Told:
        """A value, and the option that says it; without the option it has no place."""
        option = self.options.get(key)
        if option is not None and option.text == str(value):
            return verbatim(str(value), option.place)
        return told(value, None if option is None else option.place)

    def activation(self, default: str) -> Told | None:
        """The layer that the activation is, None for linear and for a word that is unknown, which is told.

        One that the language has not, and that keeps its input's shape, is a `custom` layer.
        """
        option = self.option("activation")
        word = default if option is None else option.text
        if word in _OTHER_ACTIVATIONS:
            return Told("custom", option and option.place)
        if word not in _ACTIVATIONS:
            assert option is not None
            near = closest(word, (*_ACTIVATIONS, *_OTHER_ACTIVATIONS))
            template = "Darknet has no activation {word}" + (": did you mean {near}?" if near else "")
            self._tell(BAD_VALUE, template, option.place, word=word, near=near or "")
        known = _ACTIVATIONS.get(word)
        return None if known is None else Told(known, option and option.place)

    def strides(self) -> tuple[int, int]:
        """The strides along height and width."""
        stride = self.number("stride", 1)
        down, across = (self.number(key, -1) for key in ("stride_y", "stride_x"))
        return down if down > 0 else stride, across if across > 0 else stride

    def told_strides(self) -> dict[str, Given]:
        """The field of the strides: `stride_y` and `stride_x` where they are given, else `stride`."""
        strides = self.strides()
        keys = [key if self.number(key, -1) > 0 else "stride" for key in ("stride_y", "stride_x")]
        if keys == ["stride", "stride"]:
            return {"stride": self.told("stride", strides[0])} if "stride" in self.options else {}
        return {"stride": [self.told(key, size) for key, size in zip(keys, strides, strict=True)]}

    def told_norm(self) -> dict[str, Given]:
        if not self.number("batch_normalize", 0):
            return {}
        return {"bias": told(False), "norm": told("batch", self.options["batch_normalize"].place)}

    def padding(self, size: int) -> int:
        """What is added at each end: `pad=1` is half the size, and beats `padding`."""
        own = self.number("padding", 0)
        return size // 2 if self.number("pad", 0) else own

    @property
    def pads_half(self) -> bool:
        """Whether `pad=1` says the padding."""
        return self.number("pad", 0) != 0

    def told_padding(self, size: int, dilation: int) -> dict[str, Given]:
        """The field of the padding; it is wider by what Darknet leaves out of the size: the dilation."""
        padding, widened = self.padding(size), (dilation - 1) * (size - 1)
        key = "pad" if self.pads_half or "padding" not in self.options else "padding"
        place = self.options[key].whole if key in self.options else None

        def write(text: str) -> str | None:
            if text in ("half", str(size // 2)) and key == "pad":
                return "pad=1"
            return f"padding={text}" if _INTEGER.fullmatch(text) and not widened else None

        if self.pads_half and size % 2:
            return {"padding": Told("half", place, write)}
        if widened % 2:
            begin = padding + widened // 2
            return {"padding": [[told(begin, place), told(begin + 1, place)]] * 2}
        whole = padding + widened // 2
        return {"padding": Told(str(whole), place, write)} if whole or place is not None else {}

    def is_idle(self, key: str) -> bool:
        """Whether a key changes no size and no weight, as far as is known before the section is read."""
        return key in self._read

    def tell_unknown(self) -> None:
        """Report the keys that mean nothing here."""
        for key, option in self.options.items():
            if key not in self._read:
                near, owner = closest(key, sorted(self._read)), _OWNERS.get(key)
                template = "unknown key {key} in [{section}]"
                if near:
                    template += ": did you mean {near}?"
                elif owner:
                    template += ": it is one of [{owner}], whose line may be missing above it"
                facts = {"key": key, "section": self.word, "near": near or "", "owner": owner or ""}
                self._tell(UNKNOWN_KEY, template, option.key, **facts)


def sections_of(source: Source, tell: Tell) -> list[Section]:
    """The sections of a cfg, none where the first is not [net]; what is wrong with its lines is told."""
    sections: list[Section] = []
    before: list[Span] = []  # lines of no section
    for number in range(1, source.line_count + 1):
        line = source.line_text(number)
        text = line.strip()
        if not text or text[0] in "#;":
            continue
        start = source.offset(number, 1) + line.index(text)
        if text[0] == "[" and (found := _SECTION.match(text)) is not None:
            place = Span(start, start + found.end())
            if len(sections) > MOST_ENTRIES:
                raise TooLong("more than {limit} layers, the limit", MOST_ENTRIES, place)
            sections.append(Section(re.sub(r"\s", "", found[1]), place, tell))
            continue
        key, equals, value = text.partition("=")
        word = re.sub(r"\s", "", key)
        if not sections:
            before.append(Span(start, start + len(text)))
            continue
        if not equals or not word:
            template = "a line is [section], key=value or a comment that begins with #, found {line}"
            place = Span(start, start + len(text))
            tell(YAML_SYNTAX, template, place, line=text[:60])
            continue
        bare = re.split(r"[#;]", value)[0].strip()
        begin = start + len(key) + 1 + value.index(bare)
        option = Option(Span(start, start + len(key.rstrip())), bare, Span(begin, begin + len(bare)))
        section = sections[-1]
        section.end = start + len(text)
        first = section.options.setdefault(word, option)
        if first is not option and first.text != bare and not section.is_idle(word):
            template = (
                "{key} is already given on line {line}, and Darknet takes that: remove one of the two, or "
                "write the [section] that is missing between them"
            )
            facts = {"key": word, "line": source.position(first.key.start)[0]}
            tell(DUPLICATE_KEY, template, option.key, **facts)
    if before or not sections or sections[0].word != "net":
        place = [*before, *(section.place for section in sections), Span(0, 0)][0]
        tell(YAML_SYNTAX, "a cfg begins with [net], its width, height and channels", place)
        return []
    return sections
