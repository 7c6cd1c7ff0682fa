"""The heads of Ultralytics' models: of each map, boxes, classes and what the task wants more.

In use, the maps are laid out one after the other, and a box is the mean of a distribution (`DFL`). With
`end2end` a second set of maps is learned, which alone is used.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from cnn_shapes.language.dialects.ultralytics.modules import Make
from cnn_shapes.language.dialects.ultralytics.reading import Argument
from cnn_shapes.language.dialects.ultralytics.so_far import ModelSoFar
from cnn_shapes.language.dialects.writing import Given, Told, told
from cnn_shapes.language.reading.wording import BAD_VALUE

_FLOW = 12 * (64 * 2 + 64 + 64 * 64 + 64 + 2 * 64 + 2)  # weights of Pose26 that are used by its loss alone
_OLD_SIGNATURE = "nc anchors"  # of YOLOv5's own repository


class DetectionHead(NamedTuple):
    """A head: what it reads, and the numbers that decide its sizes: first how many `classes` there are.

    `more` are the values that it says of a place beside box and classes.
    """

    name: str
    sources: list[Told]
    nc: int
    classes: Told
    reg_max: int
    more: int = 0

    @property
    def values(self) -> int:
        return 4 * self.reg_max + self.nc + self.more


# what a head has beside boxes and classes, None where an argument is wrong, which is told
_Task = Callable[[ModelSoFar, DetectionHead, dict[str, Argument]], DetectionHead | None]


def _count(here: ModelSoFar, found: dict[str, Argument], name: str, default: int) -> int | None:
    argument = found.get(name)
    if argument is None:
        return default
    if argument.is_number and argument.value >= 1:
        return int(argument.value)
    here.wrong(name, "a whole number from 1", argument)
    return None


def _detect(here: ModelSoFar, head: DetectionHead, found: dict[str, Argument]) -> DetectionHead | None:
    return head


def _segment(here: ModelSoFar, head: DetectionHead, found: dict[str, Argument]) -> DetectionHead | None:
    masks = _count(here, found, "nm", 32)
    if masks is None or _count(here, found, "npr", 256) is None:
        return None
    return head._replace(more=masks)


def _angles(here: ModelSoFar, head: DetectionHead, found: dict[str, Argument]) -> DetectionHead | None:
    angles = _count(here, found, "ne", 1)
    return None if angles is None else head._replace(more=angles)


def _keypoints(here: ModelSoFar, found: dict[str, Argument]) -> tuple[int, int] | None:
    argument = found.get("kpt_shape")
    if argument is None:
        return 17, 3
    shape = [one.value for one in argument.value] if isinstance(argument.value, list) else []
    if len(shape) == 2 and all(type(one) is int and 1 <= one < 2**15 for one in shape):
        return shape[0], shape[1]
    here.wrong("kpt_shape", "two whole numbers, as [17, 3]", argument)
    return None


def _pose(here: ModelSoFar, head: DetectionHead, found: dict[str, Argument]) -> DetectionHead | None:
    shape = _keypoints(here, found)
    if shape is None:
        return None
    points = shape[0] * shape[1]
    return head._replace(more=points)


def _pose_26(here: ModelSoFar, head: DetectionHead, found: dict[str, Argument]) -> DetectionHead | None:
    """Each point has two deviations more, on the same way."""
    shape = _keypoints(here, found)
    if shape is None:
        return None
    values = shape[0] * (shape[1] + 2)
    return head._replace(more=values)


def _masks(here: ModelSoFar, head: DetectionHead, found: dict[str, Argument]) -> None:
    """The maps that masks are sums of, out of the finest map alone."""
    _proto(here, head, found, head.sources[0])


def _proto(here: ModelSoFar, head: DetectionHead, found: dict[str, Argument], source: Told) -> None:
    name = here.added(f"{head.name}_masks")
    fields: dict[str, Given] = {"npr": _hidden(here, found), "nm": told(head.more)}
    here.entry(here.block("Proto"), name, fields, source)
    here.outputs.append(name)


def _hidden(here: ModelSoFar, found: dict[str, Argument]) -> Told:
    argument = found.get("npr")
    return told(here.scaling.channels(256)) if argument is None else here.scaled(argument)[1]


def _masks_26(here: ModelSoFar, head: DetectionHead, found: dict[str, Argument]) -> None:
    """The coarser maps are added to the finest, which tells classes of pixels too."""
    hidden = _hidden(here, found)
    summed: list[Given] = [head.sources[0]]
    for number, source in enumerate(head.sources[1:], 1):
        refined = here.added(f"{head.name}_refined_{number}")
        here.entry(here.block("ProtoRefined"), refined, {}, [head.sources[0], source])
        summed.append(told(refined))
    if len(summed) > 1:
        here.entry("add", here.added(f"{head.name}_sum"), {}, summed)
    fused = here.added(f"{head.name}_fused")
    here.entry(here.block("Conv"), fused, {"c2": hidden, "k": told(3)}, None if summed[1:] else summed[0])
    _proto(here, head, found, told(fused))
    name = here.added(f"{head.name}_classes")
    here.entry(here.block("ProtoClasses"), name, {"npr": hidden, "nc": head.classes}, told(fused))
    here.outputs.append(name)


def _flow(here: ModelSoFar, head: DetectionHead, found: dict[str, Argument]) -> None:
    """A small network on points, which the loss of Pose26 uses: no map goes through it."""
    name = here.added(f"{head.name}_flow")
    here.entry("custom", name, {"params": told(_FLOW)}, told(f"{head.name}_0"))
    here.outputs.append(name)


def _nothing(here: ModelSoFar, head: DetectionHead, found: dict[str, Argument]) -> None:
    pass


class HeadKind(NamedTuple):
    """A head by its arguments, its task, and what it has but for its maps.

    `plain`: its classes may have convolutions that are not depthwise. `twice`: it has two sets of maps.
    """

    signature: str
    task: _Task
    besides: Callable[[ModelSoFar, DetectionHead, dict[str, Argument]], None] = _nothing
    plain: bool = True
    twice: bool = False


ROWS = {
    "Detect": HeadKind("nc=80", _detect),
    "Segment": HeadKind("nc=80 nm=32 npr=256", _segment, _masks),
    "Pose": HeadKind("nc=80 kpt_shape=None", _pose),
    "OBB": HeadKind("nc=80 ne=1", _angles),
    "Segment26": HeadKind("nc=80 nm=32 npr=256", _segment, _masks_26),
    "Pose26": HeadKind("nc=80 kpt_shape=None", _pose_26, _flow),
    "OBB26": HeadKind("nc=80 ne=1", _angles),
    "v10Detect": HeadKind("nc=80", _detect, plain=False, twice=True),
}


def _make(here: ModelSoFar, name: str) -> bool:
    module = here.module
    row = ROWS[module.word]
    if module.word == "Detect" and len(module.arguments) == 2 and module.arguments[1].word == "anchors":
        return _make_of_anchors(here, name)
    found, sources = here.arguments(row.signature), here.all_sources()
    here.done(name, None)
    if found is None or sources is None:
        return False
    classes = _classes(here, found)
    if classes is None:
        return False
    head = row.task(here, DetectionHead(name, sources, *classes, here.count_of("reg_max")), found)
    if head is None:
        return False
    plain = row.plain and here.plain_head
    maps = _maps(here, head, plain, "")
    here.outputs += maps
    used = maps
    if row.twice or here.keys.get("end2end") is True:
        used = _maps(here, head, plain, "_one")
        here.outputs += used
    row.besides(here, head, found)
    _predictions(here, head, used)
    return True


def _classes(here: ModelSoFar, found: dict[str, Argument]) -> tuple[int, Told] | None:
    """How many classes there are, and what says it: a number, or the key."""
    argument = found.get("nc")
    if argument is None:
        return 80, told(80)
    if argument.is_number and argument.value >= 1:
        if argument.word == "nc":
            return argument.value, told("nc", argument.place)
        text = str(argument.value)
        return argument.value, Told(text, argument.place, str if argument.verbatim else None)
    here.wrong("nc", "a whole number from 1", argument)
    return None


def _maps(here: ModelSoFar, head: DetectionHead, plain: bool, suffix: str) -> list[str]:
    """For each map that comes in, the map of what is said of its places."""
    fields: dict[str, Given] = {
        "nc": head.classes,
        "reg_max": told(head.reg_max),
        "legacy": told(plain),
    }
    if head.more:
        fields["more"] = told(head.more)
    names = []
    for number, source in enumerate(head.sources):
        name = here.added(f"{head.name}{suffix}_{number}")
        here.entry(here.block("DetectScale"), name, fields, [head.sources[0], source])
        names.append(name)
    return names


def _predictions(here: ModelSoFar, head: DetectionHead, maps: list[str]) -> None:
    """All places of all maps, one after the other."""
    decodes = head.reg_max > 1
    joins = len(maps) > 1
    flat = []
    for name in maps:
        flat.append(here.added(f"{name}_flat") if joins or decodes else head.name)
        here.entry("reshape", flat[-1], {"shape": [told(head.values), told(-1)]}, told(name))
    if joins:
        joined = here.added(f"{head.name}_all") if decodes else head.name
        here.entry("concat", joined, {"axis": told("length")}, [told(name) for name in flat])
    if decodes:
        boxes = 4 * head.reg_max
        fields: dict[str, Given] = {"reg_max": told(head.reg_max), "others": told(head.values - boxes)}
        here.entry(here.block("Predictions"), head.name, fields)
    here.outputs.append(head.name)


def _make_of_anchors(here: ModelSoFar, name: str) -> bool:
    """The head of YOLOv5's own repository: for each map one convolution, of all its anchors."""
    found, sources = here.arguments(_OLD_SIGNATURE), here.all_sources()
    here.done(name, None)
    if found is None or sources is None:
        return False
    classes, anchors = _classes(here, found), found["anchors"]
    counts = _anchors(anchors)
    if classes is None or counts is None or len(counts) != len(sources):
        if classes is not None:
            template = "anchors holds a list of pairs for each of the {count} maps, as [10,13, 16,30, 33,23]"
            here.tell(BAD_VALUE, template, anchors.place, count=len(sources))
        return False
    for number, (source, count) in enumerate(zip(sources, counts, strict=True)):
        one = here.added(f"{name}_{number}") if number < len(sources) - 1 else name
        filters = told(count * (classes[0] + 5), classes[1].place)
        here.entry("conv", one, {"filters": filters}, source)
        here.outputs.append(one)
    return True


def _anchors(argument: Argument) -> list[int] | None:
    """How many anchors each map has."""
    maps = argument.value if isinstance(argument.value, list) else []
    if not all(isinstance(one.value, list) and one.value and len(one.value) % 2 == 0 for one in maps):
        return None
    return [len(one.value) // 2 for one in maps]


def _classify(here: ModelSoFar, name: str) -> bool:
    found, source = here.arguments("c2 k=1 s=1 p=None g=1"), here.single()
    here.done(name, None)
    if found is None or source is None or here.misled():
        return False
    classes = found.pop("c2")
    if not classes.is_number or classes.value < 1:
        here.wrong("c2", "a whole number from 1", classes)
        return False
    fields = here.fields(found, "")
    if fields is None:
        return False
    count = told("nc", classes.place)
    if classes.word != "nc":
        count = Told(str(classes.value), classes.place, str if classes.verbatim else None)
    read = None if here.module.sources[0][0] == -1 else source
    here.entry(here.block("Classify"), name, {"c2": count, **fields}, read)
    here.outputs.append(name)
    return True


MAKERS: dict[str, Make] = {**dict.fromkeys(ROWS, _make), "Classify": _classify}
