"""What each section of a cfg is in our language."""

from __future__ import annotations

from collections.abc import Callable

from cnn_shapes.language.dialects.darknet.sections import Section
from cnn_shapes.language.dialects.darknet.so_far import FeatureMap, LayersSoFar
from cnn_shapes.language.dialects.writing import Given, Told, told
from cnn_shapes.language.reading.wording import BAD_VALUE

EVEN_WINDOWS = """\
blocks:
  EvenWindow:
    params:
      {filters: required, size: required, stride: 1, groups: 1, bias: true, norm: none, activation: none}
    layers:
      - conv:
          {filters: filters, kernel_size: size, stride: stride, padding: size // 2, groups: groups,
           bias: bias, norm: norm, activation: activation}"""
# writes what a section says under a name, and gives what comes out
_Make = Callable[[LayersSoFar, Section, str], FeatureMap | None]


def _convolutional(here: LayersSoFar, section: Section, name: str) -> FeatureMap | None:
    filters, size = section.number("filters", 1), section.number("size", 1)
    given = section.number("dilation", 1)
    dilation = given if size > 1 else 1
    if section.number("antialiasing", 0):
        here.unsupported(name, "antialiasing of [convolutional] cannot be said in the language")
        return None
    # of an even size the padding is not the half of our language: a block of ours works it out
    is_even = section.pads_half and size % 2 == 0 and size > 0 and dilation == 1
    fields: dict[str, Given] = {
        "filters": section.told("filters", filters),
        "size" if is_even else "kernel_size": section.told("size", size),
        **section.told_strides(),
        **({} if is_even else section.told_padding(size, dilation)),
    }
    for key, value in (("dilation", dilation), ("groups", section.number("groups", 1))):
        if value != 1:
            fields[key] = section.told(key, value)
    fields |= section.told_norm()
    if (shared := section.option("share_index")) is not None:
        of = here.source_of("share_index", section.number("share_index", 0), shared.place)
        fields |= {} if of is None else {"share": of[0]}
    here.has_even_windows |= is_even
    kind = "EvenWindow" if is_even else "conv"
    here.activated(kind, name, fields, section.activation("logistic"))
    if here.before is None:
        return None
    return here.before.seen(size, section.strides(), 2 * section.padding(size), filters)


def _deconvolutional(here: LayersSoFar, section: Section, name: str) -> FeatureMap | None:
    filters, size = section.number("filters", 1), section.number("size", 1)
    padding = section.padding(size)
    place = section.options["pad" if section.pads_half else "padding"].whole if padding else None
    fields: dict[str, Given] = {
        "filters": section.told("filters", filters),
        "kernel_size": section.told("size", size),
        **section.told_strides(),
        **({"padding": told(padding, place)} if padding else {}),
        **section.told_norm(),
    }
    here.activated("conv_transpose", name, fields, section.activation("logistic"))
    if here.before is None:
        return None
    down, across = section.strides()
    high, wide, _ = here.before
    rest = size - 2 * padding
    return FeatureMap((high - 1) * down + rest, (wide - 1) * across + rest, filters)


def _local(here: LayersSoFar, section: Section, name: str) -> FeatureMap | None:
    """A convolution with weights of its own at each place: our `custom`, in full."""
    filters, size = section.number("filters", 1), section.number("size", 1)
    stride = max(1, section.number("stride", 1))
    padding = size - 1 if section.number("pad", 0) else 0  # of both ends together: local_layer.c
    high, wide = (f"(({axis} + {padding - size}) // {stride} + 1)" for axis in ("h_in", "w_in"))
    weights = f"{high} * {wide} * {size * size * filters} * c_in"
    fields: dict[str, Given] = {
        "output": [told(high), told(wide), told(filters)],
        "params": told(f"{weights} + {high} * {wide} * {filters}"),
        "macs": told(weights),
    }
    here.activated("custom", name, fields, section.activation("logistic"))
    return None if here.before is None else here.before.seen(size, (stride, stride), padding, filters)


def _pool(kind: str) -> _Make:
    def pool(here: LayersSoFar, section: Section, name: str) -> FeatureMap | None:
        size = section.number("size", section.number("stride", 1))
        padding = section.number("padding", size - 1)
        for key in ("maxpool_depth", "out_channels", "antialiasing"):
            if section.number(key, 0):
                here.unsupported(name, "{key} of [{word}] cannot be said in the language", key=key)
                return None
        fields: dict[str, Given] = {
            "kernel_size": section.told("size" if section.option("size") else "stride", size),
            "stride": told(1),
            **section.told_strides(),
        }
        if padding == size - 1 and "padding" not in section.options:
            fields["padding"] = told("same")
        elif padding:
            place = section.options["padding"].place
            ends = f"[{padding // 2}, {padding - padding // 2}]"
            fields["padding"] = Told(f"[{ends}, {ends}]", place)
        here.entry(kind, name, fields)
        if here.before is None:
            return None
        return here.before.seen(size, section.strides(), padding, here.before.channels)

    return pool


def _avgpool(here: LayersSoFar, section: Section, name: str) -> FeatureMap | None:
    here.entry("global_avgpool", name, {"keepdims": told(True)})
    return here.before and FeatureMap(1, 1, here.before.channels)


def _connected(here: LayersSoFar, section: Section, name: str) -> FeatureMap | None:
    units = section.number("output", 1)
    here.entry("flatten", here.writer.name_for(f"{name}_input"), {})
    fields: dict[str, Given] = {"units": section.told("output", units)}
    here.activated("dense", name, fields | section.told_norm(), section.activation("logistic"))
    return FeatureMap(1, 1, units)


def _route(here: LayersSoFar, section: Section, name: str) -> FeatureMap | None:
    found = here.sources("layers")
    groups, part = section.number("groups", 1), section.number("group_id", 0)
    if found is None or groups < 1 or not 0 <= part < groups:
        if found is not None:
            template = "group_id must be from 0 to groups - 1, found {part} of {groups}"
            place = section.options.get("group_id", section.options.get("groups"))
            here.tell(BAD_VALUE, template, place.place if place else section.place, part=part, groups=groups)
        here.writer.broken(section.place, name)
        return None
    maps = [comes for _, comes in found]
    names: list[Given] = [
        source if groups == 1 else _part_of(here, name, place, source, groups, part)
        for place, (source, _) in enumerate(found)
    ]
    if len(names) == 1:
        here.entry("identity", name, {}, names[0])
    else:
        here.entry("concat", name, {}, names)
    if maps[0] is None or None in maps:
        return None
    return maps[0]._replace(channels=sum(one.channels // groups for one in maps if one is not None))


def _part_of(here: LayersSoFar, name: str, place: int, source: Told, groups: int, part: int) -> Told:
    """One of the equal parts of a layer's channels, of which a [route] takes the same from each layer."""
    suffix = f"_{place}" if place else ""
    shown = f" of its layer {place + 1}" if place else ""
    parts = [
        here.writer.name_for(f"{name}{suffix}_part{number}", f"{name} with group_id {number}{shown}")
        for number in range(groups)
    ]
    last = here.names[-1] if here.names else "input"
    fields: dict[str, Given] = {"into": [told(one) for one in parts]}
    is_next = source.text == last and not place
    here.writer.entry(Told("split", here.section.place), fields | ({} if is_next else {"from": source}))
    return told(parts[part])


def _shortcut(here: LayersSoFar, section: Section, name: str) -> FeatureMap | None:
    """The sum of what comes in and other layers; of unequal channels the first that both have are added."""
    found, activation = here.sources("from"), section.activation("linear")
    weights = section.option("weights_type")
    if weights is not None and weights.text != "none":
        here.unsupported(name, "weights of [shortcut] cannot be said in the language")
        return here.before
    if found is None:
        here.writer.broken(section.place, name)
        return here.before
    before = here.before
    added = here.name_before(name, "add", activation)
    others = [comes for _, comes in found if before is None or comes is None or comes != before]
    unequal = [one for one in others if one is not None and before is not None and one[:2] == before[:2]]
    if not unequal or not here.names:  # where the sizes differ, Darknet gives up: so does an addition
        here.entry("add", added, {}, [*(source for source, _ in found), told("prev")])
    elif len(found) > 1:
        here.unsupported(name, "a [shortcut] of several layers with unequal channels cannot be said")
        return before
    else:
        assert before is not None
        _add_first(here, added, found[0][0], unequal[0].channels, before.channels)
    if activation is not None:
        here.entry(activation.text, name, {})
    return before


def _add_first(here: LayersSoFar, name: str, source: Told, count: int, channels: int) -> None:
    """Darknet adds the channels that both have, and keeps the rest of what comes in."""
    both = min(channels, count)
    whole = source.text if count > channels else here.names[-1]
    shown = f"the first {both} channels of {whole}", f"the other channels of {whole}"
    parts = [here.writer.name_for(f"{name}_part{number}", word) for number, word in enumerate(shown)]
    into: Given = {parts[0]: told(both), parts[1]: told(-1)}
    if count > channels:
        last = told(here.names[-1])
        here.writer.entry(Told("split", here.section.place), {"into": into, "from": source})
        here.entry("add", name, {}, [last, told(parts[0])])
        return
    here.writer.entry(Told("split", here.section.place), {"into": into})
    summed = here.writer.name_for(f"{name}_sum")
    here.entry("add", summed, {}, [told(parts[0]), source])
    here.entry("concat", name, {}, [told(summed), told(parts[1])])


def _scale(here: LayersSoFar, section: Section, name: str) -> FeatureMap | None:
    """`scale_channels` and `sam`: the product with another layer, whose size it has."""
    found, activation = here.sources("from"), section.activation("linear")
    if found is None:
        here.writer.broken(section.place, name)
        return here.before
    here.activated("multiply", name, {}, activation, [found[0][0], told("prev")])
    return found[0][1]


def _upsample(here: LayersSoFar, section: Section, name: str) -> FeatureMap | None:
    stride, before = section.number("stride", 2), here.before
    if stride < 1:
        here.unsupported(name, "a stride of {stride} cannot be said in the language", stride=stride)
        return None
    here.entry("upsample", name, {"scale": section.told("stride", stride)})
    return before and FeatureMap(before.height * stride, before.width * stride, before.channels)


def _reorg(here: LayersSoFar, section: Section, name: str) -> FeatureMap | None:
    stride, before = max(1, section.number("stride", 1)), here.before
    for key in ("flatten", "extra"):
        if section.number(key, 0):
            here.unsupported(name, "{key} of [reorg] cannot be said in the language", key=key)
            return None
    fields: dict[str, Given] = {"factor": section.told("stride", stride)}
    if section.number("reverse", 0):
        here.entry("pixel_shuffle", name, fields)
        return before and FeatureMap(
            before.height * stride, before.width * stride, before.channels // stride**2
        )
    here.entry("space_to_depth", name, fields)
    return before and FeatureMap(before.height // stride, before.width // stride, before.channels * stride**2)


def _crop(here: LayersSoFar, section: Section, name: str) -> FeatureMap | None:
    amounts: list[Given] = []
    sizes = []
    for axis, key in enumerate(("crop_height", "crop_width")):
        sizes.append(section.number(key, 1))
        lost = max(0, here.input[axis] - sizes[axis])
        option = section.option(key)
        amounts.append(Told(f"[{lost // 2}, {lost - lost // 2}]", None if option is None else option.place))
    here.entry("crop", name, {"amount": amounts})
    return here.before and FeatureMap(sizes[0], sizes[1], here.before.channels)


def _dropout(here: LayersSoFar, section: Section, name: str) -> FeatureMap | None:
    option = section.option("probability")
    rate = "0.5" if option is None else option.text
    try:
        whole = 0 <= float(rate) <= 1
    except ValueError:
        whole = False
    if not whole and option is not None:
        here.tell(BAD_VALUE, "probability is from 0 to 1, found {found}", option.place, found=rate)
    text = f"0{rate}" if rate.startswith(".") else rate
    here.entry("dropout", name, {"rate": Told(text if whole else "0.5", option and option.place)})
    return here.before


def _alike(kind: str) -> _Make:
    """A section that is one of our kinds, and keeps its channels."""

    def alike(here: LayersSoFar, section: Section, name: str) -> FeatureMap | None:
        here.entry(kind, name, {})
        return here.before

    return alike


def _activation(here: LayersSoFar, section: Section, name: str) -> FeatureMap | None:
    activation = section.activation("linear")
    here.entry("identity" if activation is None else activation.text, name, {})
    return here.before


def _head(per_anchor: int | None) -> _Make:
    """A detection head: it keeps what comes in, whose channels its anchors and classes decide.

    `per_anchor`: the values of an anchor beside its classes; None: `coords` and one.
    """

    def head(here: LayersSoFar, section: Section, name: str) -> FeatureMap | None:
        classes = section.number("classes", 20)
        each = classes + (section.number("coords", 4) + 1 if per_anchor is None else per_anchor)
        mask, count = [] if per_anchor is None else section.numbers("mask"), section.number("num", 1)
        for number, place in mask if "num" in section.options else ():
            if not 0 <= number < count:
                template = "mask names anchor {number}, and there are those from 0 to num - 1, {last}"
                here.tell(BAD_VALUE, template, place, number=number, last=count - 1)
        anchors = len(mask) or count  # without a mask, all of them
        option = section.option("classes")
        place = section.place if option is None else option.whole
        wanted: Given = [told(size, place) for size in (None, None, anchors * each)]
        here.entry("identity", name, {"expect": wanted})
        what = f"anchor{'' if anchors == 1 else 's'} {'in mask' if mask else 'of num'}"
        here.writer.explain(
            name,
            "[{word}] takes {wanted} channels, {anchors} {what} with {classes} classes and {others} "
            "more each ({anchors}*({classes} + {others})), but {found} come in",
            word=section.word,
            wanted=anchors * each,
            anchors=anchors,
            what=what,
            classes=classes,
            others=each - classes,
        )
        here.heads.append(name)
        return here.before

    return head


def _detection(here: LayersSoFar, section: Section, name: str) -> FeatureMap | None:
    """The head of the first YOLO: a vector of side*side cells."""
    side, boxes = section.number("side", 7), section.number("num", 1)
    wanted = side * side * ((1 + section.number("coords", 1)) * boxes + section.number("classes", 1))
    here.entry("identity", name, {"expect": [told(wanted, section.place)]})
    here.heads.append(name)
    return here.before


LAYERS: dict[str, _Make] = {
    "convolutional": _convolutional,
    "deconvolutional": _deconvolutional,
    "local": _local,
    "maxpool": _pool("maxpool"),
    "local_avgpool": _pool("avgpool"),
    "avgpool": _avgpool,
    "connected": _connected,
    "route": _route,
    "shortcut": _shortcut,
    "scale_channels": _scale,
    "sam": _scale,
    "upsample": _upsample,
    "reorg": _reorg,
    "reorg3d": _reorg,
    "crop": _crop,
    "dropout": _dropout,
    "softmax": _alike("softmax"),
    "batchnorm": _alike("batchnorm"),
    "normalization": _alike("lrn"),
    "cost": _alike("identity"),
    "empty": _alike("identity"),
    "contrastive": _alike("identity"),
    "logistic": _alike("sigmoid"),
    "l2norm": _alike("l2norm"),
    "activation": _activation,
    "yolo": _head(5),
    "Gaussian_yolo": _head(9),
    "region": _head(None),
    "detection": _detection,
}
