"""Unfolding under an overlay gives what unfolding the patched text gives: the same patches, two ways."""

from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from cnn_shapes.checking import check_source
from cnn_shapes.diagnostics import Findings
from cnn_shapes.edit.patches import InsertBefore, LeaveOut, Patch, Replace, Rewrite, SetTop, apply
from cnn_shapes.edit.proof import Unsafe
from cnn_shapes.language.building import LayerPool
from cnn_shapes.language.entry import LAYER
from cnn_shapes.language.field_patches import NewValue, field_patches, replacing
from cnn_shapes.language.overlay import Overlay
from cnn_shapes.language.spec import Overrides, Spec
from cnn_shapes.language.unfolding.unfolder import LimitReached, Unfolder
from cnn_shapes.layers import KINDS
from cnn_shapes.network import Network
from cnn_shapes.source import Limits, Map, Scalar, Source, TreeNode
from tests.golden import ROOT
from tests.test_expand_random import ENTRIES

ANCHORS = """input: [24, 24, 8]
params: {k: 3, wide: 16}
defaults:
  conv: {kernel_size: k, padding: half}
  maxpool: {stride: 2}
blocks:
  Pair:
    params: {c: required, s: 1}
    let: {half: c // 2}
    layers:
      - conv: {filters: half, stride: s}
      - residual:
          - conv: &shared {filters: half, activation: relu}
          - conv: *shared
      - conv: {<<: *shared, filters: c}
layers:
  - conv: &first {filters: wide, kernel_size: 5}
  - conv: *first
  - &pool
    maxpool: {kernel_size: 2}
  - Pair: {c: 2*wide, s: 2}
  - repeat: {times: 2, layers: [Pair: {c: wide}]}
  - *pool
  - upsample: {scale: 2, name: up}
  - add: [up, prev]
  - flatten
  - dense: 10
"""
TEXTS = {file.stem: file.read_text(encoding="utf-8") for file in sorted((ROOT / "specs").glob("*.yaml"))}
SHORT = {"anchors": ANCHORS, **{name: text for name, text in TEXTS.items() if text.count("\n") < 60}}


@given(text=st.sampled_from([*SHORT.values()]), data=st.data())
@settings(max_examples=200, suppress_health_check=[HealthCheck.filter_too_much])
def test_on_known_networks(text: str, data: st.DataObject) -> None:
    compare(Source("spec.yaml", text), data)


@given(entries=ENTRIES, data=st.data())
@settings(suppress_health_check=[HealthCheck.filter_too_much])
def test_on_random_networks(entries: list[str], data: st.DataObject) -> None:
    block = "blocks: {Block: {params: {c: 2}, layers: [identity, conv: {filters: c}]}}"
    lines = ["input: [8, 8, 8]", "params: {c: 4}", block, "layers:"]
    lines += [f"  - {entry.replace('c_in', 'c')}" for entry in entries]
    compare(Source("spec.yaml", "\n".join(lines)), data)


@pytest.mark.parametrize(
    ("entry", "value", "sizes"),
    [
        (0, {"kernel_size": NewValue(3)}, ["24x24", "24x24"]),
        (0, {"padding": NewValue(0)}, ["20x20", "16x16"]),
        (1, {"padding": NewValue(0, alone=True)}, ["24x24", "20x20"]),
        (0, {"padding": NewValue(0, alone=True)}, ["20x20", "20x20"]),  # 24 - 5 + 1 = 20, and half keeps it
    ],
)
def test_what_an_anchor_shares(entry: int, value: dict[str, NewValue], sizes: list[str]) -> None:
    source = Source("spec.yaml", ANCHORS)
    spec = read(source)
    patches = field_patches(source, spec.items[entry], value, "filters")
    network = unfolded(spec, patches)
    assert network == shapes_of(apply(source, patches))
    assert [f"{shape[1]}x{shape[2]}" for _, shape, _ in network[:2]] == sizes


def compare(source: Source, data: st.DataObject) -> None:
    """Draw a patch or two of a text, and hold the two ways side by side."""
    report = check_source(source, rules=False)
    spec = report.spec
    assume(spec is not None and spec.shape is not None)
    assert spec is not None
    patches = data.draw(st.lists(st.sampled_from(possible(spec)), min_size=1, max_size=2, unique_by=id))
    try:
        changed = apply(source, patches)
    except (Unsafe, ValueError):
        assume(False)
    assert unfolded(spec, patches) == shapes_of(changed)


def possible(spec: Spec) -> list[Patch]:
    """Patches of all kinds that a spec can have."""
    patches = [Patch(spec.root, SetTop("rounding", "floor"))]
    assert spec.input_node is not None
    sizes = [part.value for part in getattr(spec.input_node, "items", ())]
    if sizes:
        patches.append(Patch(spec.input_node, Replace([size + 1 for size in sizes[:-1]] + sizes[-1:])))
    patches += [Patch(node, Rewrite("2")) for _, node in spec.param_nodes.values() if is_number(node)]
    for block in spec.blocks.values():
        patches += [Patch(one.node, Rewrite("2")) for one in block.params.values() if is_number(one.node)]
    for item in spec.entries:
        patches.append(Patch(item, InsertBefore("identity")))
        if item.form != LAYER or item.layer is None:
            continue
        if "stride" in item.layer.fields:
            change = {"stride": NewValue(2, alone=True)}
            patches += field_patches(spec.source, item, change, KINDS[item.kind].shorthand)
        body = item.body
        if isinstance(body, Map) and any(key.text == "padding" for key, _ in body.pairs):
            patches.append(Patch(item, LeaveOut(frozenset({"padding"}))))
        for setting in item.settings.values():
            node = setting.value.node
            if is_number(node):
                patches.append(replacing(setting, 2))
            elif setting.value.expression is not None and isinstance(node, Scalar) and node.plain:
                numbers = setting.value.expression.numbers
                patches += [Patch(node, Rewrite("3", start, end)) for start, end, _ in numbers]
    return patches


def is_number(node: TreeNode) -> bool:
    return isinstance(node, Scalar) and type(node.value) is int


def read(source: Source) -> Spec:
    spec = check_source(source, rules=False).spec
    assert spec is not None
    return spec


def unfolded(spec: Spec, patches: list[Patch]) -> Any:
    """What an overlay makes of a spec: its layers, or that it cannot be built."""
    findings = Findings()
    overlay = Overlay(spec, patches, findings)
    unfolder = Unfolder(
        spec, overlay, findings=findings, overrides=Overrides(), limits=Limits(), pool=LayerPool()
    )
    try:
        return rows(unfolder.run())
    except LimitReached:
        return None


def shapes_of(source: Source) -> Any:
    trace = check_source(source, rules=False).trace
    return rows(trace.network) if trace is not None else None


def rows(network: Network) -> list[Any]:
    return [
        (node.name, node.output, node.error and (node.error.rule, node.error.facts))
        for node in network.layers
    ]
