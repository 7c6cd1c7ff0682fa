"""Writes tests/truth/*.json for the networks that torchvision does not have: PyTorch's own shapes and counts.

Run by hand, never by the tests: `python -m tests.tools.make_truth` in an environment with the `oracle` extra.
The modules here are written after the papers and PyTorch's tutorial, apart from the specs, so that the two
can disagree.
"""

# mypy: disallow-subclassing-any=False
# torch is not where the types are checked

import json
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from tests.golden import ROOT

FOLDER = ROOT / "tests" / "truth"


class Cat(nn.Module):
    """torch.cat over the channels, as a module, so that a hook sees it."""

    def forward(self, *parts: Tensor) -> Tensor:
        return torch.cat(parts, 1)


class Plus(nn.Module):
    """An addition, as a module, so that a hook sees it."""

    def forward(self, left: Tensor, right: Tensor) -> Tensor:
        return left + right


NAMES = {"Cat": "function:cat", "Plus": "function:add", "Mean": "function:mean"}


def mnist() -> nn.Module:
    return nn.Sequential(
        *(nn.Conv2d(1, 32, 5), nn.MaxPool2d(2), nn.Conv2d(32, 64, 5), nn.MaxPool2d(2)),
        *(nn.Flatten(), nn.Linear(1024, 128), nn.ReLU(), nn.Linear(128, 10)),
    )


def lenet5() -> nn.Module:
    return nn.Sequential(
        *(nn.Conv2d(1, 6, 5), nn.Tanh(), nn.AvgPool2d(2), nn.Conv2d(6, 16, 5), nn.Tanh(), nn.AvgPool2d(2)),
        *(nn.Conv2d(16, 120, 5), nn.Tanh(), nn.Flatten(), nn.Linear(120, 84), nn.Tanh(), nn.Linear(84, 10)),
    )


def audio_m5() -> nn.Module:
    """PyTorch's tutorial "Speech Command Classification with torchaudio", class M5."""
    layers: list[nn.Module] = []
    for c_in, c_out, kernel_size, stride in ((1, 32, 80, 16), (32, 32, 3, 1), (32, 64, 3, 1), (64, 64, 3, 1)):
        layers += [nn.Conv1d(c_in, c_out, kernel_size, stride), nn.BatchNorm1d(c_out), nn.ReLU()]
        layers += [nn.MaxPool1d(4)]
    return nn.Sequential(*layers, nn.AdaptiveAvgPool1d(1), nn.Flatten(), nn.Linear(64, 35))


def voxnet() -> nn.Module:
    return nn.Sequential(
        *(nn.Conv3d(1, 32, 5, 2), nn.LeakyReLU(), nn.Dropout(), nn.Conv3d(32, 32, 3), nn.LeakyReLU()),
        *(nn.MaxPool3d(2), nn.Dropout(), nn.Flatten(), nn.Linear(6912, 128), nn.ReLU(), nn.Dropout()),
        nn.Linear(128, 40),
    )


class Residual(nn.Module):
    """A main way, a shortcut, their sum, an activation."""

    def __init__(self, main: nn.Module, shortcut: nn.Module, activation: nn.Module) -> None:
        super().__init__()
        self.main, self.shortcut, self.plus, self.activation = main, shortcut, Plus(), activation

    def forward(self, x: Tensor) -> Tensor:
        return self.activation(self.plus(self.main(x), self.shortcut(x)))


def r3d_18() -> nn.Module:
    layers = [nn.Conv3d(3, 64, (3, 7, 7), (1, 2, 2), (1, 3, 3), bias=False), nn.BatchNorm3d(64), nn.ReLU()]
    width = 64
    for c, stride in ((64, 1), (64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), (512, 1)):
        main = nn.Sequential(
            *(nn.Conv3d(width, c, 3, stride, 1, bias=False), nn.BatchNorm3d(c), nn.ReLU()),
            *(nn.Conv3d(c, c, 3, 1, 1, bias=False), nn.BatchNorm3d(c)),
        )
        projection = nn.Sequential(nn.Conv3d(width, c, 1, stride, bias=False), nn.BatchNorm3d(c))
        layers.append(Residual(main, nn.Identity() if width == c else projection, nn.ReLU()))
        width = c
    return nn.Sequential(*layers, nn.AdaptiveAvgPool3d(1), nn.Flatten(), nn.Linear(512, 400))


class UNet(nn.Module):
    """Ronneberger et al. 2015; `padding` 0 is the paper's, 1 keeps the sizes."""

    def __init__(self, channels: int, padding: int) -> None:
        super().__init__()
        widths = [64, 128, 256, 512, 1024]
        self.downs = nn.ModuleList(
            self.double(before, c, padding) for before, c in zip([channels, *widths], widths, strict=False)
        )
        self.pools = nn.ModuleList(nn.MaxPool2d(2) for _ in range(4))
        self.ups = nn.ModuleList(nn.ConvTranspose2d(2 * c, c, 2, 2) for c in widths[3::-1])
        self.cats = nn.ModuleList(Cat() for _ in range(4))
        self.doubles = nn.ModuleList(self.double(2 * c, c, padding) for c in widths[3::-1])
        self.head = nn.Conv2d(64, 2, 1)

    @staticmethod
    def double(c_in: int, c: int, padding: int) -> nn.Module:
        return nn.Sequential(
            *(nn.Conv2d(c_in, c, 3, padding=padding), nn.ReLU()),
            *(nn.Conv2d(c, c, 3, padding=padding), nn.ReLU()),
        )

    def forward(self, x: Tensor) -> Tensor:
        skips = []
        for down, pool in zip(self.downs, self.pools, strict=False):
            skips.append(down(x))
            x = pool(skips[-1])
        x = self.downs[-1](x)
        for up, cat, double in zip(self.ups, self.cats, self.doubles, strict=True):
            x = up(x)
            skip = skips.pop()
            border = (skip.shape[-1] - x.shape[-1]) // 2
            end = skip.shape[-1] - border
            x = double(cat(skip[..., border:end, border:end], x))
        head: Tensor = self.head(x)
        return head


def conv(c_in: int, c: int, kernel_size: int = 1, stride: int = 1) -> nn.Module:
    padding = kernel_size // 2
    return nn.Sequential(
        nn.Conv2d(c_in, c, kernel_size, stride, padding, bias=False), nn.BatchNorm2d(c), nn.SiLU()
    )


class C2f(nn.Module):
    """Ultralytics' block: 1x1, halves, a chain on the second, everything side by side, 1x1."""

    def __init__(self, c_in: int, c: int, n: int, add: bool) -> None:
        super().__init__()
        half = c // 2
        self.first, self.last = conv(c_in, c), conv((2 + n) * half, c)
        pairs = [nn.Sequential(conv(half, half, 3), conv(half, half, 3)) for _ in range(n)]
        steps = [Residual(pair, nn.Identity(), nn.Identity()) if add else pair for pair in pairs]
        self.steps, self.all = nn.ModuleList(steps), Cat()

    def forward(self, x: Tensor) -> Tensor:
        kept, worked = self.first(x).chunk(2, 1)
        parts = [worked]
        for step in self.steps:
            parts.append(step(parts[-1]))
        joined: Tensor = self.last(self.all(kept, *parts))
        return joined


class SPPF(nn.Module):
    """Ultralytics' block: three pools of 5 in a row, everything side by side."""

    def __init__(self, c: int) -> None:
        super().__init__()
        self.first, self.last, self.cat = conv(c, c // 2), conv(2 * c, c), Cat()
        self.pools = nn.ModuleList(nn.MaxPool2d(5, 1, 2) for _ in range(3))

    def forward(self, x: Tensor) -> Tensor:
        parts = [self.first(x)]
        for pool in self.pools:
            parts.append(pool(parts[-1]))
        joined: Tensor = self.last(self.cat(*parts))
        return joined


class Head(nn.Module):
    """Ultralytics' Detect of one scale, without decoding: 4*16 box values and 80 class scores a cell."""

    def __init__(self, c: int) -> None:
        super().__init__()
        self.box = nn.Sequential(conv(c, 64, 3), conv(64, 64, 3), nn.Conv2d(64, 64, 1))
        self.classes = nn.Sequential(conv(c, 80, 3), conv(80, 80, 3), nn.Conv2d(80, 80, 1))
        self.cat = Cat()

    def forward(self, x: Tensor) -> Tensor:
        joined: Tensor = self.cat(self.box(x), self.classes(x))
        return joined


class YOLOv8n(nn.Module):
    """Ultralytics' yolov8.yaml at scale n: widths times 0.25, repeats times 0.33."""

    def __init__(self) -> None:
        super().__init__()
        self.to8 = nn.Sequential(
            *(conv(3, 16, 3, 2), conv(16, 32, 3, 2), C2f(32, 32, 1, True)),
            *(conv(32, 64, 3, 2), C2f(64, 64, 2, True)),
        )
        self.to16 = nn.Sequential(conv(64, 128, 3, 2), C2f(128, 128, 2, True))
        self.to32 = nn.Sequential(conv(128, 256, 3, 2), C2f(256, 256, 1, True), SPPF(256))
        self.up = nn.Upsample(scale_factor=2)
        self.cats = nn.ModuleList(Cat() for _ in range(4))
        self.neck16, self.neck8 = C2f(384, 128, 1, False), C2f(192, 64, 1, False)
        self.down16, self.out16 = conv(64, 64, 3, 2), C2f(192, 128, 1, False)
        self.down32, self.out32 = conv(128, 128, 3, 2), C2f(384, 256, 1, False)
        self.heads = nn.ModuleList(Head(c) for c in (64, 128, 256))

    def forward(self, x: Tensor) -> list[Tensor]:
        p8 = self.to8(x)
        p16 = self.to16(p8)
        p32 = self.to32(p16)
        n16 = self.neck16(self.cats[0](self.up(p32), p16))
        o8 = self.neck8(self.cats[1](self.up(n16), p8))
        o16 = self.out16(self.cats[2](self.down16(o8), n16))
        o32 = self.out32(self.cats[3](self.down32(o16), p32))
        return [head(o) for head, o in zip(self.heads, (o8, o16, o32), strict=True)]


class Steps(nn.Module):
    """Columns of a map one pixel high, (batch, channels, 1, steps), as (batch, steps, channels)."""

    def forward(self, x: Tensor) -> Tensor:
        return x.squeeze(2).transpose(1, 2)


class Turned(nn.Module):
    """Steps and channels the other way round."""

    def forward(self, x: Tensor) -> Tensor:
        return x.transpose(1, 2)


class Lstm(nn.Module):
    """A bidirectional LSTM, every step of which comes out."""

    def __init__(self, inputs: int, units: int) -> None:
        super().__init__()
        self.lstm = nn.LSTM(inputs, units, bidirectional=True, batch_first=True)

    def forward(self, x: Tensor) -> Tensor:
        made: Tensor = self.lstm(x)[0]
        return made


def crnn() -> nn.Module:
    """Shi, Bai and Yao 2015, table 1."""
    layers: list[nn.Module] = []
    channels = 1
    for c, kernel_size, norm, pool in (
        *((64, 3, False, nn.MaxPool2d(2)), (128, 3, False, nn.MaxPool2d(2)), (256, 3, True, None)),
        *((256, 3, False, nn.MaxPool2d(2, (2, 1), (0, 1))), (512, 3, True, None)),
        *((512, 3, False, nn.MaxPool2d(2, (2, 1), (0, 1))), (512, 2, True, None)),
    ):
        layers.append(
            nn.Conv2d(channels, c, kernel_size, padding=kernel_size // 2 if kernel_size == 3 else 0)
        )
        layers += [nn.BatchNorm2d(c)] if norm else []
        layers += [nn.ReLU(), *([pool] if pool is not None else [])]
        channels = c
    layers += [Steps(), Lstm(512, 256), Turned(), nn.Conv1d(512, 256, 1), Turned(), Lstm(256, 256), Turned()]
    return nn.Sequential(*layers, nn.Conv1d(512, 37, 1))


class TwoStream(nn.Module):
    """Simonyan and Zisserman 2014: CNN-M-2048 for a frame and for the optical flow; the mean of both."""

    def __init__(self) -> None:
        super().__init__()
        self.seen, self.moved, self.mean = self.stream(3), self.stream(20), Mean()

    @staticmethod
    def stream(channels: int) -> nn.Module:
        convs = [nn.Conv2d(c, 512, 3, padding=1) for c in (256, 512, 512)]
        return nn.Sequential(
            *(
                nn.Conv2d(channels, 96, 7, 2),
                nn.ReLU(),
                nn.LocalResponseNorm(5),
                nn.MaxPool2d(3, 2, ceil_mode=True),
            ),
            *(
                nn.Conv2d(96, 256, 5, 2, 1),
                nn.ReLU(),
                nn.LocalResponseNorm(5),
                nn.MaxPool2d(3, 2, ceil_mode=True),
            ),
            *(layer for conv in convs for layer in (conv, nn.ReLU())),
            *(
                nn.MaxPool2d(3, 2, ceil_mode=True),
                nn.Flatten(),
                nn.Linear(512 * 6 * 6, 4096),
                nn.ReLU(),
                nn.Dropout(0.9),
            ),
            *(nn.Linear(4096, 2048), nn.ReLU(), nn.Dropout(0.9), nn.Linear(2048, 101), nn.Softmax(1)),
        )

    def forward(self, frame: Tensor, flow: Tensor) -> Tensor:
        mean: Tensor = self.mean(self.seen(frame), self.moved(flow))
        return mean


class Mean(nn.Module):
    """The mean of two tensors, as a module, so that a hook sees it."""

    def forward(self, left: Tensor, right: Tensor) -> Tensor:
        return (left + right) / 2


def measured(
    name: str, model: nn.Module, shape: tuple[int, ...], others: tuple[tuple[int, ...], ...] = ()
) -> dict[str, Any]:
    """What PyTorch computes for one network, in the form of torchvision's files. Moves `model` to meta.

    `others` are the inputs beside the first.
    """
    model.to("meta").eval()
    ops: list[list[Any]] = []
    for path, module in model.named_modules():
        if list(module.children()):
            continue

        def seen(module: nn.Module, _: Any, output: Any, path: str = path) -> None:
            output = output[0] if isinstance(output, tuple) else output  # an LSTM gives its state besides
            kind = type(module).__name__
            size = sum(parameter.numel() for parameter in module.parameters())
            ops.append([path, NAMES.get(kind, kind), list(output.shape), size])

        module.register_forward_hook(seen)
    counter = FlopCounterMode(display=False)
    with counter, torch.no_grad():
        output = model(*(torch.empty(1, *sizes, device="meta") for sizes in (shape, *others)))
    outputs = [list(part.shape) for part in (output if isinstance(output, list) else [output])]
    params = sum(parameter.numel() for parameter in model.parameters())
    source = f"tests/tools/make_truth.py, PyTorch {torch.__version__.partition('+')[0]}"
    head = {"model": name, "source": source, "input": list(shape), "params": params}
    return head | {"macs": counter.get_total_flops() // 2, "outputs": outputs, "ops": ops}


NETWORKS = (
    ("mnist", mnist(), (1, 28, 28)),
    ("lenet5", lenet5(), (1, 32, 32)),
    ("audio_m5", audio_m5(), (1, 8000)),
    ("voxnet", voxnet(), (1, 32, 32, 32)),
    ("r3d_18", r3d_18(), (3, 16, 112, 112)),
    ("unet", UNet(3, 1), (3, 512, 512)),
    ("unet_valid", UNet(1, 0), (1, 572, 572)),
    ("yolov8", YOLOv8n(), (3, 640, 640)),
    ("crnn", crnn(), (1, 32, 100)),
    ("two_stream", TwoStream(), (3, 224, 224), ((20, 224, 224),)),
)


def main() -> None:
    for name, model, *shapes in NETWORKS:
        found = measured(name, model, *shapes)
        rows = ",\n".join(f" {json.dumps(op)}" for op in found.pop("ops"))
        text = f'{json.dumps(found)[:-1]},\n"ops": [\n{rows}\n]}}\n'
        (FOLDER / f"{name}.json").write_text(text, encoding="utf-8")
        print(name, found["params"], found["macs"], found["outputs"])


if __name__ == "__main__":
    main()
