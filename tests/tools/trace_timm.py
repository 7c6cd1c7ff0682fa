"""Traces timm's CNNs and compares parameters, MACs and every layer's shape with those of our engine.

Run by hand, in an environment with the `oracle` extra:

    python -m tests.tools.trace_timm NAMES.json [--part 0/4] [--out RESULTS.json] [MODEL ...]

Weights are never loaded. The counts are torch's: the parameters of the modules, and the MACs of hooks on
convolutions, transposed ones and linear layers. Those of our attention and matrix products, which these
hooks do not see, are left out of the comparison.
"""

from __future__ import annotations

import argparse
import json
import time
import warnings
from collections import Counter
from collections.abc import Callable
from functools import partial
from math import prod
from pathlib import Path
from typing import Any

from cnn_shapes.checking import check_source
from cnn_shapes.importing.flat_spec import flat_spec
from cnn_shapes.importing.layers_of import layers_of
from cnn_shapes.importing.recording import Recording, RunFailure
from cnn_shapes.importing.running import record_module
from cnn_shapes.source import Source

WITHOUT_HOOKS = ("attention", "multihead_attention", "matmul")


def build(name: str) -> Any:
    """A model of timm, without any weights."""
    from tests.oracle.timm_models import create_model

    return on_meta(partial(create_model, name, pretrained=False))


def on_meta(make: Callable[[], Any]) -> Any:
    """A model on the meta device; some constructors read values, and need the CPU."""
    import torch

    try:
        with torch.device("meta"):
            return make()
    except RuntimeError:
        return make().to("meta")


def trace(model: Any, sizes: tuple[int, ...]) -> Recording:
    read = record_module(model, [sizes])
    if isinstance(read, RunFailure):
        raise RuntimeError(f"{read.stage}: {read.reason}: {read.message} at {read.place}")
    assert isinstance(read, Recording)
    return read


def hooked_macs(model: Any, sizes: tuple[int, ...]) -> int:
    """Multiplications of one image in convolutions, transposed ones and linear layers, by hooks on these."""
    import torch
    from torch import nn

    total = 0

    def count(module: Any, given: Any, made: Any) -> None:
        nonlocal total
        places = given[0] if getattr(module, "transposed", False) else made
        axes = places.shape[2:] if isinstance(module, nn.modules.conv._ConvNd) else places.shape[:-1]
        batch = 1 if isinstance(module, nn.modules.conv._ConvNd) else 1 / given[0].shape[0]
        total += round(prod(module.weight.shape) * prod(axes) * batch)

    kinds = (nn.modules.conv._ConvNd, nn.Linear)
    hooks = [one.register_forward_hook(count) for one in model.modules() if isinstance(one, kinds)]
    with torch.no_grad(), torch.device("meta"):
        model(torch.empty((1, *sizes), device="meta"))
    for hook in hooks:
        hook.remove()
    return total


def compare(name: str) -> dict[str, Any]:
    """The comparison of a model of timm at its default input."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = build(name)
        return compared(model, tuple(model.default_cfg["input_size"]))


def compared(model: Any, sizes: tuple[int, ...]) -> dict[str, Any]:
    """What is equal of a model on the meta device and what is not, with the reasons by name."""
    model.eval()
    params = sum(parameter.numel() for parameter in model.parameters())
    recording = trace(model, sizes)
    macs = hooked_macs(model, sizes)
    read = layers_of(recording)
    spec = flat_spec(read)
    row: dict[str, Any] = {"params": params, "macs": macs, "layers": len(read.layers)}
    row["unsupported"] = dict(Counter(f"{one.operation}: {one.why}" for one in read.unsupported))
    row["unreached"] = sum(one.count for one in recording.unreached)
    report = check_source(Source("<text>", spec.text))
    row["errors"] = [f"{one.rule}: {one}"[:300] for one in report.errors][:3]
    differing = []
    if report.trace is not None:
        nodes = {node.name.rpartition(".")[2]: node for node in report.trace.network.layers}
        costs = report.trace
        row["ours"] = costs.totals.params
        shared = sum(step.macs or 0 for step in costs.steps if step.node.kind in WITHOUT_HOOKS)
        row["our_macs"] = costs.totals.macs - shared
        for layer in read.layers:
            for output, shape in zip(layer.outputs, layer.shapes, strict=True):
                found = nodes.get(output)
                if found is None or found.output != shape:
                    differing.append(f"{output}: {found and found.output} for {shape}")
    row["differing"] = differing[:5]
    row["equal"] = (
        not row["unsupported"]
        and not row["errors"]
        and not differing
        and row["ours"] + row["unreached"] == params
        and row["our_macs"] == macs
    )
    return row


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("names", type=Path)
    parser.add_argument("models", nargs="*")
    parser.add_argument("--part", default="0/1")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    part, parts = map(int, options.part.split("/"))
    names = options.models or [*json.loads(options.names.read_text(encoding="utf-8"))][part::parts]
    rows: dict[str, Any] = {}
    for name in names:
        begun = time.perf_counter()
        try:
            rows[name] = compare(name)
        except Exception as error:
            rows[name] = {"equal": False, "failed": f"{type(error).__name__}: {error}"[:300]}
        row = rows[name]
        print(name, "equal" if row["equal"] else row, f"{time.perf_counter() - begun:.1f} s", flush=True)
        if options.out is not None:
            options.out.write_text(json.dumps(rows, indent=1), encoding="utf-8")
    print(sum(row["equal"] for row in rows.values()), "equal of", len(rows))


if __name__ == "__main__":
    main()
