"""What each module of Ultralytics is in our language, but for the heads."""

from __future__ import annotations

from collections.abc import Callable
from math import gcd
from typing import NamedTuple

from cnn_shapes.language.dialects.ultralytics.reading import Argument
from cnn_shapes.language.dialects.ultralytics.so_far import ModelSoFar
from cnn_shapes.language.dialects.writing import Given, Told, told
from cnn_shapes.language.reading.wording import BAD_VALUE
from cnn_shapes.shapes import EXPECT_MISMATCH

_Fields = dict[str, Given]
# writes what a module says under a name; False where it cannot be said, which is told
Make = Callable[[ModelSoFar, str], bool]


class Signature(NamedTuple):
    """A module with a block of its name: its arguments as in Python, after the channels that come in.

    `repeats`: it is told how often its inner modules are repeated. `keeps`: what comes in must have as many
    channels as come out. `given`: parse_model does not know it, so that the channels that come in are its
    first argument, none are scaled, and other modules take it to keep them. `special` changes the fields of
    the call.
    """

    signature: str
    repeats: bool = False
    keeps: bool = False
    given: bool = False
    special: Callable[[ModelSoFar, dict[str, Argument], _Fields], bool] | None = None


_WORDS = {
    "c2": "filters",
    "k": "kernel_size",
    "s": "stride",
    "p": "padding",
    "g": "groups",
    "d": "dilation",
}


def _pairs(*names: str) -> Callable[[ModelSoFar, dict[str, Argument], _Fields], bool]:
    """An argument that is a list of sizes, each of which the block has under a name of its own."""

    def special(here: ModelSoFar, found: dict[str, Argument], fields: _Fields) -> bool:
        argument = found.pop("ks", None)
        if argument is None:
            return True
        sizes = argument.value if isinstance(argument.value, list) else []
        if len(sizes) != len(names) or not all(one.is_number and one.value > 0 for one in sizes):
            here.wrong("k", f"a list of {len(names)} whole numbers", argument)
            return False
        for name, size in zip(names, sizes, strict=True):
            fields[name] = Told(str(size.value), size.place, str if size.verbatim else None)
        return True

    return special


def _window(here: ModelSoFar, found: dict[str, Argument], fields: _Fields) -> bool:
    """A kernel of two sizes, which is padded along each axis."""
    for name in ("k", "s", "p"):
        argument = found.get(name)
        if argument is None or not isinstance(argument.value, list):
            continue
        sizes = argument.value
        if len(sizes) != 2 or not all(one.is_number and one.value >= (name != "p") for one in sizes):
            here.wrong(name, "a whole number or two of them", argument)
            return False
        fields[name] = [Told(str(one.value), one.place, str if one.verbatim else None) for one in sizes]
        padding = found.get("p")
        if name == "k" and (padding is None or padding.value is None):
            fields["p"] = [told(one.value // 2) for one in sizes]
        del found[name]
    return True


def _depthwise(here: ModelSoFar, found: dict[str, Argument], fields: _Fields) -> bool:
    """As many groups as divide both channels."""
    before, after = here.channels_of(here.module.sources[0][0]), here.scaling.channels(found["c2"].value)
    if before is not None and before != after:
        fields["g"] = told(gcd(before, after))
    return True


def _forced(here: ModelSoFar, found: dict[str, Argument], fields: _Fields) -> bool:
    """C3k2 of the larger scales has the larger block, whatever its arguments say."""
    if here.scale and here.scale in "mlx":
        given = found.pop("c3k", None)
        fields["c3k"] = told(True, None if given is None else given.place)
    return True


def _large(here: ModelSoFar, found: dict[str, Argument], fields: _Fields) -> bool:
    """A2C2f of the two largest scales has a residual and a narrower MLP."""
    if here.scale and here.scale in "lx" and "residual" not in found:
        fields["residual"], fields["mlp_ratio"] = told(True), told(1.2)
    area = found.get("area")
    if area is not None and (area.value == -1 or found.get("a2", area).value is False):
        del found["area"]  # of no attention
    return True


def _without(*names: str) -> Callable[[ModelSoFar, dict[str, Argument], _Fields], bool]:
    """Arguments that the module takes and that change nothing in it."""

    def special(here: ModelSoFar, found: dict[str, Argument], fields: _Fields) -> bool:
        for name in names:
            found.pop(name, None)
        return True

    return special


def _beside(here: ModelSoFar, found: dict[str, Argument], fields: _Fields) -> bool:
    """Conv2: the convolution of one pixel beside it has the padding that keeps it in step, or none."""
    padding = found.get("p")
    if padding is not None and padding.value not in (None, 0):
        fields["beside"] = told(padding.value, padding.place)
    return True


def _rep(here: ModelSoFar, found: dict[str, Argument], fields: _Fields) -> bool:
    """RepConv asserts its kernel and padding."""
    for name, wanted in (("k", 3), ("p", 1)):
        argument = found.pop(name, None)
        if argument is not None and argument.value != wanted:
            here.wrong(name, f"{wanted}, which it asserts", argument)
            return False
    norm = found.pop("bn", None)
    if norm is not None and norm.value not in (False, 0):
        here.wrong("bn", "False: a third branch cannot be said", norm)
        return False
    for name in ("d", "deploy"):
        found.pop(name, None)
    return True


ROWS = {
    "Conv": Signature("c2 k=1 s=1 p=None g=1 d=1 act=True", special=_window),
    "DWConv": Signature("c2 k=1 s=1 d=1 act=True", special=_depthwise),
    "ConvTranspose": Signature("c2 k=2 s=2 p=0 bn=True act=True"),
    "Focus": Signature("c2 k=1 s=1 p=None g=1 act=True"),
    "GhostConv": Signature("c2 k=1 s=1 g=1 act=True"),
    "GhostBottleneck": Signature("c2 k=3 s=1"),
    "Bottleneck": Signature("c2 shortcut=True g=1 ks=3 e=0.5", special=_pairs("k1", "k2")),
    "BottleneckCSP": Signature("c2 shortcut=True g=1 e=0.5", repeats=True),
    "C1": Signature("c2", repeats=True),
    "C2": Signature("c2 shortcut=True g=1 e=0.5", repeats=True),
    "C2f": Signature("c2 shortcut=False g=1 e=0.5", repeats=True),
    "C3": Signature("c2 shortcut=True g=1 e=0.5", repeats=True),
    "C3TR": Signature("c2 shortcut=True g=1 e=0.5", repeats=True, special=_without("shortcut", "g")),
    "Conv2": Signature("c1 c2 k=3 s=1 p=None g=1 d=1 act=True", given=True, special=_beside),
    "RepConv": Signature(
        "c1 c2 k=3 s=1 p=1 g=1 d=1 act=True bn=False deploy=False", given=True, special=_rep
    ),
    "RepVGGDW": Signature("c1", given=True),
    "DWConvTranspose2d": Signature("c2 k=1 s=1 p=0 output_padding=0", special=_depthwise),
    "C3x": Signature("c2 shortcut=True g=1 e=0.5", repeats=True),
    "C3Ghost": Signature("c2 shortcut=True g=1 e=0.5", repeats=True, special=_without("shortcut", "g")),
    "RepC3": Signature("c2 e=1.0", repeats=True),
    "C3k2": Signature("c2 c3k=False e=0.5 attn=False g=1 shortcut=True", repeats=True, special=_forced),
    "C2fCIB": Signature("c2 shortcut=False lk=False g=1 e=0.5", repeats=True, special=_without("g")),
    "A2C2f": Signature(
        "c2 a2=True area=1 residual=False mlp_ratio=2.0 e=0.5 g=1 shortcut=True",
        repeats=True,
        special=_large,
    ),
    "C2PSA": Signature("c2 e=0.5", repeats=True, keeps=True),
    "C2fPSA": Signature("c2 e=0.5", repeats=True, keeps=True),
    "PSA": Signature("c2 e=0.5", keeps=True),
    "SPP": Signature("c2 ks=5", special=_pairs("k1", "k2", "k3")),
    "SPPF": Signature("c2 k=5 n=3 shortcut=False"),
    "SPPELAN": Signature("c2 c3 k=5"),
    "RepNCSPELAN4": Signature("c2 c3 c4 n=1"),
    "ELAN1": Signature("c2 c3 c4"),
    "AConv": Signature("c2"),
    "ADown": Signature("c2"),
    "SCDown": Signature("c2 k s"),
}
_CHANGE_HEADS = ("C3k2", "A2C2f", "C2fCIB")  # after which heads have depthwise convolutions


def make_block(here: ModelSoFar, name: str) -> bool:
    """A module of `ROWS`."""
    module = here.module
    row = ROWS[module.word]
    if module.word in _CHANGE_HEADS:
        here.plain_head = False
    found, source = here.arguments(row.signature), here.single()
    if row.given:
        return _make_given(here, name, row, found, source)
    channels = None
    if found is not None:
        channels = _channels(here, found["c2"])
    if found is None or source is None or channels is None or here.misled():
        here.done(name, None if channels is None else channels[0], None)
        return False
    count, text = channels
    fields: _Fields = {"c2": text}
    special = row.special is None or row.special(here, found, fields)
    found.pop("c2")
    more = here.fields(found, row.signature.partition(" ")[2]) if special else None
    if row.keeps and not _keeps(here, count):
        more = None
    if not row.repeats and here.cannot_repeat(count):
        more = None
    here.done(name, count)
    if more is None:
        return False
    fields = {**more, **fields}
    if module.word == "Conv" and (plain := _as_conv(here, fields)) is not None:
        here.repeated("conv", name, plain, read_from(here, source))
    elif row.repeats:
        fields["n"] = here.times()
        here.entry(here.block(module.word), name, fields, read_from(here, source))
    else:
        here.repeated(here.block(module.word), name, fields, read_from(here, source))
    return True


def _make_given(
    here: ModelSoFar, name: str, row: Signature, found: dict[str, Argument] | None, source: Told | None
) -> bool:
    """A module that parse_model does not know: it is built for the channels that its arguments say."""
    before = here.channels_of(here.module.sources[0][0])
    if found is None or source is None:
        here.done(name, before, None)
        return False
    counts = [found.pop(key) for key in ("c1", "c2") if key in found]
    wrong = next((one for one in counts if not one.is_number or one.value < 1), None)
    if wrong is not None:
        here.wrong("c1" if wrong is counts[0] else "c2", "a whole number from 1", wrong)
        here.done(name, before, None)
        return False
    comes = here.out_of(here.module.sources[0][0])
    fits = comes in (None, counts[0].value)
    if not fits:
        template = "c1 of {word} says {said}, but {found} channels come in: write {found}"
        facts = {"word": here.module.word, "said": counts[0].value, "found": comes}
        here.tell(EXPECT_MISMATCH, template, counts[0].place, **facts)
    fields: _Fields = {}
    if len(counts) > 1:
        fields["c2"] = Told(str(counts[1].value), counts[1].place, str if counts[1].verbatim else None)
    special = row.special is None or row.special(here, found, fields)
    more = here.fields(found, "") if special else None
    if here.cannot_repeat(counts[-1].value):
        more = None
    here.done(name, before, counts[-1].value)
    if more is None or not fits:
        return False
    here.repeated(here.block(here.module.word), name, {**more, **fields}, read_from(here, source))
    return True


def _as_conv(here: ModelSoFar, fields: _Fields) -> _Fields | None:
    """A Conv as a plain convolution; None where its padding is no `half`: of a kernel that is even."""
    size = fields.get("k", told(1))
    sizes = size if isinstance(size, list) else [size]
    if "p" not in fields and not all(isinstance(size, Told) and int(size.text) % 2 for size in sizes):
        return None
    plain: _Fields = {_WORDS[key]: value for key, value in fields.items() if key != "act"}
    plain.setdefault("padding", told("half"))
    act = fields.get("act", told(here.activation))
    return {**plain, "bias": told(False), "norm": told("batch"), "activation": act}


def read_from(here: ModelSoFar, source: Told) -> Told | None:
    """The `from` of an entry, None where it reads what is before it."""
    return None if here.module.sources[0][0] == -1 else source


def _channels(here: ModelSoFar, argument: Argument) -> tuple[int, Told] | None:
    if not argument.is_number or argument.value < 1:
        here.wrong("c2", "a whole number from 1", argument)
        return None
    return here.scaled(argument)


def _keeps(here: ModelSoFar, count: int) -> bool:
    before = here.channels_of(here.module.sources[0][0])
    if before is None or before == count:
        return True
    template = "{word} keeps the channels that come in: {expected} come in, but c2 is {found}"
    facts = {"word": here.module.word, "expected": before, "found": count}
    here.tell(EXPECT_MISMATCH, template, here.module.arguments[0].place, **facts)
    return False


def make_concat(here: ModelSoFar, name: str) -> bool:
    found, sources = here.arguments("dimension=1"), here.all_sources()
    if found is None or sources is None:
        here.done(name, None)
        return False
    numbers = [number for number, _ in here.module.sources]
    channels = [here.channels_of(number) for number in numbers]
    whole = sum(count for count in channels if count is not None) if None not in channels else None
    out = [here.out_of(number) for number in numbers]
    really = sum(count for count in out if count is not None) if None not in out else None
    here.done(name, whole, really)
    axis = found.get("dimension")
    if axis is not None and axis.value != 1:
        here.wrong("dimension", "1, the channels", axis)
        return False
    if len(sources) == 1:
        here.entry("identity", name, {}, sources[0])
    else:
        here.entry("concat", name, {}, sources)
    return True


def make_resnet_layer(here: ModelSoFar, name: str) -> bool:
    """`ResNetLayer` has the channels that come in among its arguments, and none are scaled."""
    signature = "c1 c2 s=1 is_first=False n=1 e=4"
    found, source = here.arguments(signature), here.single()
    if found is None or source is None:
        here.done(name, None)
        return False
    before, after = found.pop("c1"), found.pop("c2")
    if not after.is_number or not before.is_number or min(after.value, before.value) < 1:
        here.wrong("c2", "a whole number from 1", before if after.is_number else after)
        here.done(name, None)
        return False
    first, wide = found.get("is_first"), found.pop("e", None)
    times = 4 if wide is None or not wide.is_number else wide.value
    channels = after.value if first is not None and first.value else after.value * times
    expected = here.channels_of(here.module.sources[0][0])
    right = expected is None or expected == before.value
    if not right:
        template = "c1 of ResNetLayer says {said}, but {found} channels come in: write {found}"
        here.tell(EXPECT_MISMATCH, template, before.place, said=before.value, found=expected)
    fields = here.fields(found, "")
    here.done(name, channels)
    if fields is None or not right:
        return False
    whole = {"c2": Told(str(after.value), after.place, str if after.verbatim else None), **fields}
    if wide is not None:
        whole["e"] = told(times, wide.place)
    here.repeated(here.block("ResNetLayer"), name, whole, read_from(here, source))
    return True


def make_linear_parts(here: ModelSoFar, name: str) -> bool:
    """`CBLinear`: a convolution whose channels are cut into parts, which CBFuse picks from."""
    found, source = here.arguments("c2s k=1 s=1 p=None g=1"), here.single()
    here.done(name, None)
    if found is None or source is None:
        return False
    listed = found.pop("c2s")
    counts = listed.value if isinstance(listed.value, list) else []
    if not counts or not all(one.is_number and one.value > 0 for one in counts):
        here.wrong("c2s", "a list of channels, as [64, 128]", listed)
        return False
    fields = here.fields(found, "")
    if fields is None:
        return False
    whole: _Fields = {
        "filters": told(sum(one.value for one in counts), listed.place),
        "kernel_size": told(1),
    }
    whole |= {_WORDS[key]: value for key, value in fields.items()}
    parts = [here.added(f"{name}_{number}") for number in range(len(counts))]
    here.parts[len(here.names) - 1] = list(zip(parts, [one.value for one in counts], strict=True))
    if len(parts) == 1:
        here.entry("conv", parts[0], whole, read_from(here, source))
        return True
    here.entry("conv", here.added(f"{name}_all"), whole, read_from(here, source))
    into: Given = {part: told(one.value, one.place) for part, one in zip(parts, counts, strict=True)}
    here.entry("split", name, {"into": into})
    return True


def make_fuse(here: ModelSoFar, name: str) -> bool:
    """`CBFuse`: a part of each, enlarged to the size of the last, and added to it."""
    module = here.module
    found = here.arguments("idx")
    picked = found["idx"] if found is not None else None
    indices = picked.value if picked is not None and isinstance(picked.value, list) else []
    sources = module.sources
    if picked is not None and (len(indices) != len(sources) - 1 or not all(one.is_number for one in indices)):
        here.wrong("idx", f"a list of {len(sources) - 1} numbers, one for each but the last", picked)
        picked = None
    last = here.source(*sources[-1])
    before = here.channels_of(sources[-1][0])
    if picked is None or last is None or not module.listed:
        here.done(name, before)
        return False
    added: list[Given] = []
    for (number, place), picks in zip(sources[:-1], indices, strict=True):
        parts = here.parts.get(-1 if (index := here.index(number)) is None else index, [])
        if not 0 <= picks.value < len(parts):
            template = "CBFuse takes part {picked} of module {number}, which gives {count}"
            facts = {"picked": picks.value, "number": number, "count": len(parts) or "no list of parts"}
            here.tell(BAD_VALUE, template, picks.place, **facts)
            here.done(name, before)
            return False
        larger = here.added(f"{name}_{number}")
        part = Told(parts[picks.value][0], place)
        here.entry("upsample", larger, {"like": last}, part)
        added.append(told(larger))
    here.entry("add", name, {}, [*added, last])
    here.done(name, before)
    return True


MAKERS: dict[str, Make] = {
    **dict.fromkeys(ROWS, make_block),
    "Concat": make_concat,
    "ResNetLayer": make_resnet_layer,
    "CBLinear": make_linear_parts,
    "CBFuse": make_fuse,
}
