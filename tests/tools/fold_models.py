"""Folds the CNNs of timm and torchvision: lines of the flat and folded specs, and whether they are equal.

Run by hand, in an environment with timm 1.0.31, torch 2.13.0 and torchvision 0.28.0 beside this package's
dependencies; a model that starts with `torchvision:` is one of that:

    python -m tests.tools.fold_models --keep FOLDER [--names NAMES.json] [--specs FOLDER] [MODEL ...]

Recordings are kept in the folder and read from it the next time, which needs no torch. With `--specs`, the
folded specs are written into that folder.
"""

from __future__ import annotations

import argparse
import gzip
import json
import statistics
import time
import warnings
from pathlib import Path
from typing import Any

from cnn_shapes.importing.flat_spec import flat_spec
from cnn_shapes.importing.folding.folded_spec import folded_spec
from cnn_shapes.importing.layers_of import layers_of
from cnn_shapes.importing.recording import Recording, read_answer
from cnn_shapes.importing.running import BATCH

TORCHVISION = "torchvision:"
LONGEST = 0.3  # of the flat spec's lines, which the folded one may have at the median
Row = tuple[str, int, int, str]  # a model, the lines of its flat and folded spec, and why that is not folded


def kept(file: Path) -> Recording:
    """A recording that was stored."""
    recording = read_answer(json.loads(gzip.decompress(file.read_bytes())))
    assert isinstance(recording, Recording)
    return recording


def keep(name: str, file: Path) -> None:
    """Run a model and store what it calls, without places in files."""
    from cnn_shapes.importing import tracer
    from tests.tools.trace_timm import build

    answer: dict[str, Any] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if name.startswith(TORCHVISION):
            model, sizes = _of_torchvision(name.removeprefix(TORCHVISION))
        else:
            model = build(name)
            sizes = tuple(model.default_cfg["input_size"])
        tracer.trace_module(model.eval(), [sizes], BATCH, answer)  # type: ignore[no-untyped-call]
    for call in answer["calls"]:
        call.pop("place", None)
    for entry in answer["entries"]:
        entry["constructed"] = None
    answer["modules"] = [[*row[:3], None] for row in answer["modules"]]
    answer["torch"] = answer["torch"].partition("+")[0]
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(gzip.compress(json.dumps(answer, separators=(",", ":")).encode(), mtime=0))


def _of_torchvision(name: str) -> tuple[Any, tuple[int, ...]]:
    import torch

    from tests.oracle.vision import models

    options: dict[str, Any] = {"weights": None}
    if name in {*models.list_models(module=models.segmentation)}:
        options["weights_backbone"] = None
    if name in ("googlenet", "inception_v3"):
        options["init_weights"] = False
    try:
        with torch.device("meta"):
            model = models.get_model(name, **options)
    except NotImplementedError:  # RegNet reads its widths from a tensor
        model = models.get_model(name, **options)
    size = 299 if name == "inception_v3" else 224
    return model, (3, size, size)


def file_of(name: str, folder: Path) -> Path:
    return folder / f"{name.replace(':', '-')}.json.gz"


def fold(recording: Recording) -> tuple[int, int, str, str]:
    """The lines of the flat and of the folded spec, why that is not folded, and its text."""
    model = layers_of(recording)
    made = folded_spec(model)
    return flat_spec(model).text.count("\n"), made.text.count("\n"), made.unfolded, made.text


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("models", nargs="*")
    parser.add_argument("--keep", type=Path, required=True)
    parser.add_argument("--names", type=Path)
    parser.add_argument("--specs", type=Path)
    options = parser.parse_args()
    names = options.models or [*json.loads(options.names.read_text(encoding="utf-8"))]
    rows: list[Row] = []
    for name in names:
        file = file_of(name, options.keep)
        begun = time.perf_counter()
        if not file.exists():
            keep(name, file)
        flat, folded, why, text = fold(kept(file))
        rows.append((name, flat, folded, why))
        seconds = time.perf_counter() - begun
        print(f"{name}: {flat} {folded} {why or 'equal'} {seconds:.1f} s", flush=True)
        if options.specs is not None:
            options.specs.mkdir(exist_ok=True)
            (options.specs / f"{name.replace(':', '-')}.yaml").write_text(text, encoding="utf-8")
    equal = sum(not why for *_, why in rows)
    ratio = statistics.median(folded / flat for _, flat, folded, _ in rows)
    lines = statistics.median(flat for _, flat, *_ in rows), statistics.median(row[2] for row in rows)
    median = f"at the median {lines[0]:g} lines flat, {lines[1]:g} folded: {ratio:.3f}"
    print(f"{equal} equal of {len(rows)}; {median}")
    if ratio > LONGEST or equal < len(rows):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
