"""Traces torchvision's CNNs and compares parameters, MACs and every layer's shape with those of our engine.

Run by hand, in an environment with the `oracle` extra: `python -m tests.tools.trace_torchvision [MODEL ...]`.
Weights are never loaded. What is compared, and with what, is as in `trace_timm`.
"""

from __future__ import annotations

import argparse
import time
import warnings
from functools import partial
from typing import Any

from tests.tools.trace_timm import compared, on_meta

TRANSFORMERS = ("maxvit", "mvit", "swin", "vit")
VIDEO = ("mc3_18", "r2plus1d_18", "r3d_18", "s3d")
SIZES = dict.fromkeys(VIDEO, (3, 16, 112, 112)) | {
    "inception_v3": (3, 299, 299),
    "s3d": (3, 16, 224, 224),
}  # the others take (3, 224, 224)


def names() -> list[str]:
    """The CNNs that classify or segment images, or classify videos."""
    from tests.oracle.vision import models

    listed = [name for part in (models, models.segmentation) for name in models.list_models(module=part)]
    return [name for name in [*listed, *VIDEO] if not name.startswith(TRANSFORMERS)]


def sizes_of(name: str) -> tuple[int, ...]:
    """The input of a model, without the batch: an image, or 16 frames."""
    return SIZES.get(name, (3, 224, 224))


def build(name: str) -> Any:
    """A model of torchvision on the meta device, without any weights."""
    from tests.oracle.vision import models

    backbone = {"weights_backbone": None} if name in models.list_models(module=models.segmentation) else {}
    return on_meta(partial(models.get_model, name, weights=None, **backbone))


def compare(name: str) -> dict[str, Any]:
    """What is equal and what is not, with the reasons by name."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of how weights are drawn, which are none here
        return compared(build(name), sizes_of(name))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("models", nargs="*")
    options = parser.parse_args()
    equal, chosen = 0, options.models or names()
    for name in chosen:
        begun = time.perf_counter()
        row = compare(name)
        equal += row["equal"]
        print(name, "equal" if row["equal"] else row, f"{time.perf_counter() - begun:.1f} s", flush=True)
    print(equal, "equal of", len(chosen))


if __name__ == "__main__":
    main()
