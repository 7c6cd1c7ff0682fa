"""Several calls that are one layer of the language."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cnn_shapes.importing.arrangement import Arranged
from cnn_shapes.importing.building import LayerBuilder, Refused
from cnn_shapes.importing.recording import RecordedCall, ResultOf, Weights

PatternReader = Callable[[LayerBuilder, Sequence[RecordedCall]], Arranged]
# global response normalisation (Woo et al. 2023): by the norm over the map, by its mean over the channels
_RESPONSE_NORMS = (
    ("norm", "mean", "add", "truediv", "mul", "addcmul", "add"),
    ("norm", "mean", "add", "div", "mul", "addcmul", "add"),
    ("norm", "mean", "add", "truediv", "mul", "mul", "add", "add"),
    ("norm", "mean", "add", "div", "mul", "mul", "add", "add"),
)
_SIGNS = {"radd": "add", "iadd": "add", "rmul": "mul", "imul": "mul", "rtruediv": "truediv"}


def pattern_at(calls: Sequence[RecordedCall], start: int) -> tuple[int, PatternReader] | None:
    """How many calls from `start` on are one layer, and what reads them."""
    if _bare(calls[start].operation) != "norm":
        return None
    for names in _RESPONSE_NORMS:
        found = calls[start : start + len(names)]
        if [_bare(call.operation) for call in found] == [*names]:
            return len(names), _response_norm
    return None


def _bare(name: str) -> str:
    bare = name.strip("_")
    return _SIGNS.get(bare, bare)


def _response_norm(b: LayerBuilder, calls: Sequence[RecordedCall]) -> Arranged:
    first, last = calls[0], calls[-1]
    x = b.tensor(first.arguments[0])
    weights = [
        one
        for call in calls
        for one in (*call.arguments, *call.named.values())
        if isinstance(one, Weights) and one.learned
    ]
    if len(weights) != 2 or any(one.count != x.shape[0] for one in weights):
        raise Refused("a norm over the map with other weights than a scale and a shift of each channel")
    inner = {ResultOf(call.index) for call in calls}
    outside = {result for call in calls for result in call.results} - inner
    if outside != {first.arguments[0]}:
        raise Refused("a norm over the map of which several layers are made")
    return x.holding(b.layer(last, "grn", {}, [x.value], x.shape, weights=weights))
