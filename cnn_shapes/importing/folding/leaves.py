"""The layers of a traced model as items: in the words that are shortest, with norm and activation fused."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from cnn_shapes.importing.folding.items import FoldedItem, Values
from cnn_shapes.importing.recording import ModuleCall
from cnn_shapes.importing.traced_model import TracedLayer, TracedModel
from cnn_shapes.layers import KINDS, NORM_KINDS
from cnn_shapes.layers.fields import ACTIVATIONS
from cnn_shapes.shapes import CHANNELS, same_padding

_NORM_WORDS = {kind: norm for norm, kind in NORM_KINDS.items()}
_NORM_GROUPS = 32
HALF = "half"
CallName = tuple[str, int]  # the path of a module, and which of its calls
INTO, INTO_REST = "into", "into_rest"  # the size of each part of a split but the last, and of that


def leaves_of(model: TracedModel, calls_share: bool = True) -> tuple[list[FoldedItem], Values]:
    """The items in the order of computing, and their values.

    With `calls_share`, layers whose weights a whole call of a module shares do not say so.
    """
    shapes = {
        output: shape
        for layer in model.layers
        for output, shape in zip(layer.outputs, layer.shapes, strict=True)
    }
    inputs = model.inputs if len(model.inputs) > 1 else (("input", model.inputs[0][1]),)
    known = {**dict(inputs), **shapes}
    items = [_leaf(layer, known) for layer in model.layers]
    items = _padded(items, known, model.outputs)
    items = _pulled(_nested(_pooled(_fused(items, model.outputs), model.outputs)))
    for item, after in zip(items, [*items[1:], None], strict=True):
        item.title = _title(item, after)
    values = Values(inputs, model.outputs)
    if calls_share:
        values.shared_calls = take_shared_calls(items)
    values.add(items, shapes)
    return items, values


def _leaf(layer: TracedLayer, shapes: dict[str, Any]) -> FoldedItem:
    fields = {name: _plain(value) for name, value in layer.fields.items()}
    kind = KINDS[layer.kind].kind
    if layer.kind == "split":
        del fields["into"]
        whole = shapes[layer.inputs[0]]
        changed = [axis for axis, size in enumerate(whole) if any(one[axis] != size for one in layer.shapes)]
        sizes = [shape[changed[0] if changed else 0] for shape in layer.shapes]
        fields |= {f"{INTO}{part}": size for part, size in enumerate(sizes[:-1])} | {INTO_REST: sizes[-1]}
    came = shapes.get(layer.inputs[0])
    if kind == "reshape" and came is not None and len(came) == 1:
        fields["shape"] = _of_one_row(fields["shape"])
    if kind == "conv" and came is not None:
        kind = _depthwise(fields, came[0])
    if _may_be_half(kind) and fields.get("padding", 0) == _half(fields):
        fields["padding"] = HALF
    modules = layer.modules
    path = modules[-1].path if modules else ""
    if modules and modules[-1].of_torch:
        modules = modules[:-1]
    return FoldedItem(kind, fields, list(layer.inputs), list(layer.outputs), {}, modules, path)


def _title(item: FoldedItem, after: FoldedItem | None) -> str:
    """The path of the outermost module that ends with a layer."""
    inside = 0 if after is None else len(common(item.modules, after.modules))
    ended = [call.path for call in item.modules[inside:] if call.path]
    return ended[0] if ended else item.path


def _may_be_half(kind: str) -> bool:
    """Whether padding is called by its word: it is that of a convolution which is not transposed."""
    return KINDS[kind].is_convolution and not KINDS[kind].is_transposed


def _plain(value: Any) -> Any:
    """A value as one number where all axes have the same; a list otherwise."""
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value


def _half(fields: dict[str, Any]) -> Any:
    kernel, dilation = fields.get("kernel_size", 1), fields.get("dilation", 1)
    if isinstance(kernel, int) and isinstance(dilation, int):
        return dilation * (kernel - 1) // 2
    count = len(kernel) if isinstance(kernel, list) else len(dilation)
    kernels = kernel if isinstance(kernel, list) else [kernel] * count
    dilations = dilation if isinstance(dilation, list) else [dilation] * count
    halves = [d * (k - 1) // 2 for k, d in zip(kernels, dilations, strict=True)]
    return halves[0] if len({*halves}) == 1 else halves


def _of_one_row(sizes: list[int]) -> list[int]:
    """The sizes that a vector gets, where all but one are 1: as many as there are, in whichever model."""
    wide = [place for place, size in enumerate(sizes) if size != 1]
    return [-1 if [place] == wide else size for place, size in enumerate(sizes)]


def _depthwise(fields: dict[str, Any], channels: int) -> str:
    """Turn a convolution of each channel by itself into one in fewer words; the kind that it is then."""
    if fields.get("groups", 1) != channels or channels == 1 or fields["filters"] % channels:
        return "conv"
    multiplier = fields["filters"] // channels
    del fields["groups"], fields["filters"]
    if multiplier > 1:
        fields["multiplier"] = multiplier
    return "depthwise_conv"


def _uses(items: Sequence[FoldedItem], outputs: Iterable[str]) -> dict[str, int]:
    """How often each value is read. Who has the weights of a layer does not read it."""
    uses: dict[str, int] = {}
    likes = [item.fields["like"] for item in items if "like" in item.fields]
    for value in (*(value for item in items for value in item.inputs), *likes, *outputs):
        uses[value] = uses.get(value, 0) + 1
    return uses


def _padded(items: list[FoldedItem], shapes: dict[str, Any], outputs: Iterable[str]) -> list[FoldedItem]:
    """Zeros put around a map right before a convolution as the convolution's padding."""
    uses = _uses(items, outputs)
    padded: list[FoldedItem] = []
    for item in items:
        last = padded[-1] if padded else None
        if (
            last is None
            or last.kind != "pad"
            or last.fields.keys() != {"amount"}
            or item.inputs != last.outputs
            or uses[last.outputs[0]] != 1
            or not KINDS[item.kind].is_convolution
            or KINDS[item.kind].is_transposed
            or _number(item.fields.get("padding", 0), item.fields) != 0
        ):
            padded.append(item)
            continue
        pairs = _pairs(last.fields["amount"], len(shapes[last.inputs[0]]) - 1)
        sizes = shapes[last.inputs[0]][1:]
        item.fields["padding"] = (
            "same" if pairs == _same(item.fields, sizes) else _padding(pairs, item.fields)
        )
        item.inputs = last.inputs
        item.modules = common(last.modules, item.modules)
        padded[-1] = item
    return padded


def _number(padding: Any, fields: dict[str, Any]) -> Any:
    return _half(fields) if padding == HALF else padding


def _pairs(amount: Any, rank: int) -> list[tuple[int, int]]:
    """An amount of padding as begin and end of each axis."""
    each = amount if isinstance(amount, list) else [amount] * rank
    return [(one[0], one[1]) if isinstance(one, list) else (one, one) for one in each]


def _padding(pairs: list[tuple[int, int]], fields: dict[str, Any]) -> Any:
    """The padding of a convolution in the fewest words."""
    if any(pair != (pairs[0][0], pairs[0][0]) for pair in pairs):
        return [*map(list, pairs)]
    return HALF if _half(fields) == pairs[0][0] else pairs[0][0]


def _same(fields: dict[str, Any], sizes: Any) -> list[tuple[int, int]]:
    """The padding with which a convolution gives ceil(size/stride)."""

    def axis(name: str, place: int) -> int:
        value = fields.get(name, 1)
        return int(value[place] if isinstance(value, list) else value)

    extents = [axis("dilation", place) * (axis("kernel_size", place) - 1) + 1 for place in range(len(sizes))]
    return [
        same_padding(size, axis("stride", place), extent)
        for place, (size, extent) in enumerate(zip(sizes, extents, strict=True))
    ]


def _pooled(items: list[FoldedItem], outputs: Iterable[str]) -> list[FoldedItem]:
    """The mean of a map and its flattening right after it as one layer."""
    uses = _uses(items, outputs)
    pooled: list[FoldedItem] = []
    for item in items:
        last = pooled[-1] if pooled else None
        if (
            item.kind == "flatten"
            and last is not None
            and last.fields == {"keepdims": True}
            and item.inputs == last.outputs
            and uses[last.outputs[0]] == 1
        ):
            last.fields, last.outputs = {}, item.outputs
            last.modules = common(last.modules, item.modules)
        else:
            pooled.append(item)
    return pooled


def _fused(items: list[FoldedItem], outputs: Iterable[str]) -> list[FoldedItem]:
    """Norms and activations as fields of the layer right before them that nothing else reads."""
    uses = _uses(items, outputs)
    shared = {item.fields["share"] for item in items if "share" in item.fields}
    fused: list[FoldedItem] = []
    roots: dict[str, str] = {}  # of each layer that is part of a fused one, what that was called at first
    ends: dict[str, str] = {}  # and by that, what it is called now
    for item in items:
        last = fused[-1] if fused else None
        word = _field_for(item)
        if (
            last is None
            or word is None
            or word[0] not in KINDS[last.kind].fields
            or item.inputs != [last.outputs[-1]]
            or uses[last.outputs[-1]] != 1
            or word[0] in last.fields
            or (word[0] == "norm" and "activation" in last.fields)
            or not _may_share(last, item, shared, roots)
        ):
            fused.append(item)
            continue
        field, value = word
        last.fields[field] = value
        if value == "group" and item.fields["groups"] != _NORM_GROUPS:
            last.fields["norm_groups"] = item.fields["groups"]
        root = roots.setdefault(last.outputs[0], last.outputs[0])
        roots[item.outputs[0]] = root
        ends[root] = item.outputs[0]
        last.outputs = item.outputs
        last.modules = common(last.modules, item.modules)
    for item in fused:
        if "share" in item.fields:
            name = item.fields["share"]
            item.fields["share"] = ends.get(roots.get(name, name), name)
    return fused


def _field_for(item: FoldedItem) -> tuple[str, str] | None:
    """The field that says the same as a layer, where it is set to nothing but its defaults."""
    own = {name for name in item.fields if name != "share"}
    if item.kind in _NORM_WORDS and (not own or (item.kind == "groupnorm" and own == {"groups"})):
        return "norm", _NORM_WORDS[item.kind]
    if item.kind in ACTIVATIONS and not own:
        return "activation", item.kind
    return None


def _may_share(last: FoldedItem, item: FoldedItem, shared: set[str], roots: dict[str, str]) -> bool:
    """Whether what `share` says of the two is the same: a layer shares with its norm, or not at all."""
    if not KINDS[item.kind].has_weights:
        return True
    mine, its = last.fields.get("share"), item.fields.get("share")
    if mine is None and its is None:
        return (last.outputs[0] in shared) == (item.outputs[0] in shared)
    return mine is not None and its is not None and roots.get(its) == roots.get(mine, mine)


def common(one: tuple[ModuleCall, ...], other: tuple[ModuleCall, ...]) -> tuple[ModuleCall, ...]:
    """The module calls that two layers are both in."""
    count = 0
    while count < min(len(one), len(other)) and is_same_call(one[count], other[count]):
        count += 1
    return one[:count]


def is_same_call(one: ModuleCall, other: ModuleCall) -> bool:
    return one.path == other.path and one.number == other.number


def _nested(items: list[FoldedItem]) -> list[FoldedItem]:
    """Each concat that begins as an earlier one reads that instead: DenseNet's lists grow by one a layer."""
    have: dict[tuple[str, ...], str] = {}
    for item in items:
        if item.kind != "concat" or item.fields.get("axis", CHANNELS) != CHANNELS:
            continue
        whole = tuple(item.inputs)
        for count in range(len(whole) - 1, 1, -1):
            if whole[:count] in have:
                item.inputs = [have[whole[:count]], *whole[count:]]
                break
        have[whole] = item.outputs[0]
    return items


def _pulled(items: list[FoldedItem]) -> list[FoldedItem]:
    """A concat of what goes into a module and what comes out belongs to the module, not to the next one."""
    uses = _uses(items, ())
    for place, item in enumerate(items[1:], 1):
        last = items[place - 1]
        if item.kind != "concat" or len(item.inputs) != 2 or item.inputs[1] != last.outputs[-1]:
            continue
        if uses[last.outputs[-1]] != 1:
            continue
        outside = common(item.modules, last.modules)
        for depth in range(len(last.modules), len(outside), -1):
            first = place - 1
            while first and common(items[first - 1].modules, last.modules)[:depth] == last.modules[:depth]:
                first -= 1
            inside = {value for one in items[first:place] for value in one.outputs}
            entering = {value for one in items[first:place] for value in one.inputs} - inside
            if entering == {item.inputs[0]} and place - first > 1:
                item.modules = last.modules[:depth]
                break
    return items


def take_shared_calls(items: Sequence[FoldedItem]) -> dict[CallName, CallName]:
    """The outermost calls of modules all of whose layers share with those of the first call, and that.

    What their layers say of it is taken away: the calls will say it.
    """
    inside: dict[CallName, list[FoldedItem]] = {}
    for item in items:
        for call in item.modules:
            if call.path:
                inside.setdefault((call.path, call.number), []).append(item)
    taken: dict[CallName, CallName] = {}
    done: set[int] = set()
    for name, later in inside.items():  # outer calls come before those in them
        path, number = name
        first = inside.get((path, 1), [])
        if number == 1 or len(first) != len(later) or len(later) < 2 or id(later[0]) in done:
            continue
        if all(_has_weights_of(item, other) for item, other in zip(later, first, strict=True)):
            taken[name] = path, 1
            done.update(map(id, later))
    for item in items:
        if id(item) in done:
            item.fields.pop("share", None)
    return taken


def _has_weights_of(item: FoldedItem, other: FoldedItem) -> bool:
    """Whether one has the weights of the other, or none has any."""
    has_weights = KINDS[item.kind].has_weights or item.fields.get("norm", "none") != "none"
    if item.kind != other.kind or "share" in other.fields:
        return False
    return item.fields.get("share") == (other.outputs[0] if has_weights else None)
