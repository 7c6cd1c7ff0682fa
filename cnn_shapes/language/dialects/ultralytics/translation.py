"""Ultralytics' YAML of a model as its `parse_model` reads it: modules by their numbers, scaled by a letter.

Nothing that the file says is evaluated. What changes sizes or weights is read or refused by name.
"""

from __future__ import annotations

import re
from typing import Any

from cnn_shapes.diagnostics import closest
from cnn_shapes.language.dialects.ultralytics import heads, modules, torch_modules
from cnn_shapes.language.dialects.ultralytics.library import text_of
from cnn_shapes.language.dialects.ultralytics.reading import LARGEST, SECTIONS, Module, modules_of
from cnn_shapes.language.dialects.ultralytics.scaling import Scaling
from cnn_shapes.language.dialects.ultralytics.so_far import ModelSoFar, spell
from cnn_shapes.language.dialects.writing import UNSUPPORTED_LAYER, SpecWriter, names_listed, told
from cnn_shapes.language.reading.wording import BAD_VALUE, MISSING_FIELD, UNKNOWN_KEY, kind_of
from cnn_shapes.language.spec import Overrides
from cnn_shapes.source import Map, Scalar, Sequence, Source, Span, TreeNode, read_yaml
from cnn_shapes.source.flow_style import word
from cnn_shapes.source.translated import TranslatedSource

_SIZE, _SIZE_OF_CLASSIFIERS = 640, 224  # Ultralytics' own, where none is given
_SCALE = re.compile(r"yolo(?:e-)?v?\d+([nslmx])")  # as guess_model_scale finds it
_READ = ("nc", "scales", "depth_multiple", "width_multiple", "max_channels", "activation", "ch", "channels")
_OF_HEADS = ("kpt_shape", "reg_max", "end2end", "anchors")
_IDLE = (
    "names",
    "scale",
    "task",
    "yaml_file",
    "kpt_names",
    "flip_idx",
    "path",
    "train",
    "val",
    "test",
    "stride",
)
_NUMBERS = ("nc", "reg_max", "ch", "channels", "depth_multiple", "width_multiple", "max_channels")
# that Ultralytics has, and that cannot be said
_REFUSED = {
    **dict.fromkeys(("HGStem", "HGBlock", "AIFI", "RTDETRDecoder"), "it is one of RT-DETR's"),
    **dict.fromkeys(
        ("WorldDetect", "C2fAttn", "ImagePoolingAttn", "LRPCHead"), "it reads a text beside the image"
    ),
    **dict.fromkeys(("YOLOEDetect", "YOLOESegment", "YOLOESegment26"), "it reads a text beside the image"),
    **dict.fromkeys(("SemanticSegment", "Depth"), "this head is not read yet"),
    **dict.fromkeys(("TorchVision", "Index"), "it is a network of torchvision"),
    **dict.fromkeys(
        (
            "CBAM",
            "ChannelAttention",
            "SpatialAttention",
            "LightConv",
            "Proto",
            "DFL",
            "C3k",
            "CIB",
            "PSABlock",
        ),
        "Ultralytics has it, but its parse_model does not know it",
    ),
}
_OF_TORCH = {f"nn.{name}": make for name, make in torch_modules.MAKERS.items()}
_ALL = {**modules.MAKERS, **heads.MAKERS, **_OF_TORCH}


def translate(source: Source, overrides: Overrides) -> TranslatedSource:
    """The spec of a YAML. What cannot be read is told at its line."""
    writer = SpecWriter(source, spell)
    writer.has_modules = True
    document = read_yaml(source)
    writer.problems += document.problems
    root = document.root
    if not isinstance(root, Map):
        if root is not None:
            writer.tell(MISSING_FIELD, "this is not a model: it has no backbone and head", root.span)
        return writer.finished()
    given = dict(overrides.params)
    keys = _keys(root, given, writer)
    scale, scaling = _scaling(root, keys, source.path, given, writer)
    here = ModelSoFar(writer, keys, scaling, scale)
    if _lacks_sections(root, writer):
        return writer.finished()
    entries = modules_of(root, keys, writer.tell)
    _need_classes(root, entries, given, writer)
    if not entries:
        if not writer.problems:
            place = Span(root.start, root.start)
            writer.tell(MISSING_FIELD, "there is no module under backbone and head", place)
        return writer.finished()
    _write_top(here, root, entries, overrides)
    for entry in entries:
        _read(here, entry)
    if here.blocks:
        writer.line("blocks:")
        for line in text_of(here.blocks).splitlines():
            writer.line(line)
    if here.outputs:
        writer.line(f"outputs: {names_listed(here.outputs)}")
    return writer.finished()


def _lacks_sections(root: Map, writer: SpecWriter) -> bool:
    """Whether backbone or head is missing, which is told unless its misspelt word is."""
    missing = [name for name in SECTIONS if root.get(name) is None]
    if missing and not any(problem.rule == UNKNOWN_KEY for problem in writer.problems):
        template = "{missing} is missing: a model has modules under backbone and under head"
        writer.tell(MISSING_FIELD, template, Span(root.start, root.start), missing=" and ".join(missing))
    return bool(missing)


def _need_classes(root: Map, entries: list[Module | Span], given: dict[str, Any], writer: SpecWriter) -> None:
    """Report an argument that is nc where the file does not say how many classes there are."""
    if root.get("nc") is not None or "nc" in given or writer.problems:
        return
    modules = [entry for entry in entries if isinstance(entry, Module)]
    named = [one.place for module in modules for one in module.arguments if one.word == "nc"]
    if named:
        template = "nc, how many classes there are, is missing: write nc: 80 at the top"
        writer.tell(MISSING_FIELD, template, named[0])


def _keys(root: Map, given: dict[str, Any], writer: SpecWriter) -> dict[str, Any]:
    """The values at the top that arguments may name."""
    keys: dict[str, Any] = {"nc": 80, "reg_max": 16}
    known = [*_READ, *_OF_HEADS, *_IDLE, *SECTIONS]
    for key, node in root.pairs:
        name = key.text
        if name not in known:
            near = closest(name, [*_READ, *_OF_HEADS, *SECTIONS])
            template = "unknown key {key} in a model" + (": did you mean {near}?" if near else "")
            writer.tell(UNKNOWN_KEY, template, key.span, key=name, near=near or "")
            continue
        value = _value(node) if name not in (*_IDLE, *SECTIONS, "scales") else None
        if name in _NUMBERS and not _is_positive(value):
            template = "{key} must be a number above 0, found {found}"
            writer.tell(BAD_VALUE, template, node.span, key=name, found=kind_of(node))
        elif value is not None:
            keys[name] = value
    return keys | {name: value for name, value in given.items() if name in known}


def _is_positive(value: Any) -> bool:
    return type(value) in (int, float) and 0 < value <= LARGEST


def _value(node: TreeNode) -> Any:
    if isinstance(node, Sequence):
        return [_value(one) for one in node.items]
    return node.value if isinstance(node, Scalar) else None


def _scaling(
    root: Map, keys: dict[str, Any], path: str, given: dict[str, Any], writer: SpecWriter
) -> tuple[str, Scaling]:
    """The letter of the scale: the one that is asked for, or that of the file's name, else the first."""
    depth, width = keys.get("depth_multiple", 1.0), keys.get("width_multiple", 1.0)
    most = keys.get("max_channels", float("inf"))
    node = root.get("scales")
    if not isinstance(node, Map) or not node.pairs:
        return "", Scaling(depth, width, most)
    scales = {key.text: (key, value) for key, value in node.pairs}
    found = _SCALE.search(re.split(r"[\\/]", path)[-1])
    letter = str(given.get("scale", found[1] if found else ""))
    if letter not in scales:
        if letter:
            template = "scales has {names}, found {letter}"
            if "scale" not in given:
                template = (
                    "the name of this file asks for the scale {letter}, and scales has {names}: write it "
                    "there, or give --set scale={first}"
                )
            names, first = ", ".join(scales), next(iter(scales))
            facts = {"names": names, "first": first, "letter": letter[:40]}
            writer.tell(BAD_VALUE, template, node.pairs[0][0].span, **facts)
        letter = next(iter(scales))
    values = _value(scales[letter][1])
    numbers = values if isinstance(values, list) else []
    if len(numbers) != 3 or not all(map(_is_positive, numbers)):
        template = "a scale is [depth, width, max_channels], three numbers above 0, as [0.33, 0.25, 1024]"
        writer.tell(BAD_VALUE, template, scales[letter][0].span)
        return letter, Scaling(depth, width, most)
    return letter, Scaling(*numbers)


def _write_top(here: ModelSoFar, root: Map, entries: list[Module | Span], overrides: Overrides) -> None:
    writer = here.writer
    node = root.get("ch") or root.get("channels")
    here.input_channels = here.keys.get("ch", here.keys.get("channels", 3))
    last = entries[-1] if entries else None
    classifies = isinstance(last, Module) and last.word == "Classify"
    size = told(_SIZE_OF_CLASSIFIERS if classifies else _SIZE)
    channels = told(here.input_channels, None if node is None else node.span)
    if overrides.input is not None and len(overrides.input) == 3:
        here.input_channels = overrides.input[0]
    writer.top("input", [channels, size, size])
    writer.line("layout: channels_first")
    writer.line("rounding: floor")
    said = root.get("activation")
    if isinstance(said, Scalar) and said.value is not None:
        known = torch_modules.activation_of(said.text)
        if known is None:
            template = "activation {found} is not known: write one like nn.SiLU()"
            writer.tell(BAD_VALUE, template, said.span, found=said.text[:60])
        here.activation = known or here.activation
    here.activation = str(dict(overrides.params).get("activation", here.activation))
    params = {"nc": told(here.count_of("nc")), "activation": told(here.activation)}
    if here.scale:
        params["scale"] = told(word(here.scale))
        writer.asked = f", scale: {word(here.scale)}"
    writer.top("params", params)
    writer.line("layers:")


def _read(here: ModelSoFar, entry: Module | Span) -> None:
    if isinstance(entry, Span):
        name = here.writer.name_for(f"module_{len(here.names)}")
        here.writer.broken(entry, name)
        here.done(name, None)
        return
    here.module = entry
    short = entry.word.rpartition(".")[2]
    name = here.writer.name_for(f"{short}_{len(here.names)}")
    make = _ALL.get(entry.word.removeprefix("torch."))
    if make is None:
        _refuse(here, entry, name)
        here.done(name, None)
    elif not make(here, name):
        if not here.told and not here.writer.problems:
            here.tell(UNSUPPORTED_LAYER, "{word} cannot be read", entry.place, word=entry.word)
        here.writer.broken(entry.place, name)


def _refuse(here: ModelSoFar, entry: Module, name: str) -> None:
    why = _REFUSED.get(entry.word)
    if why is not None:
        template = "{word} cannot be read: {why}"
        here.writer.refuse(entry.place, name, template, word=entry.word, why=why)
        return
    near = closest(entry.word, [*_ALL, *_REFUSED])
    template = "{word} is not a module that is known" + (": did you mean {near}?" if near else "")
    here.writer.refuse(entry.place, name, template, word=entry.word, near=near or "")
