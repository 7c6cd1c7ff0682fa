"""Modules as people write them, for the tests of folding: blocks, stages, dense layers, a decoder."""

# mypy: disable-error-code="misc"

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class ConvNormAct(nn.Sequential):
    def __init__(
        self, channels: int, filters: int, kernel: int = 3, stride: int = 1, groups: int = 1
    ) -> None:
        super().__init__(
            nn.Conv2d(channels, filters, kernel, stride, kernel // 2, groups=groups, bias=False),
            nn.BatchNorm2d(filters),
            nn.ReLU(inplace=True),
        )


class BasicBlock(nn.Module):
    def __init__(self, channels: int, filters: int, stride: int) -> None:
        super().__init__()
        self.conv1 = ConvNormAct(channels, filters, stride=stride)
        self.conv2 = nn.Conv2d(filters, filters, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(filters)
        self.downsample: nn.Module | None = None
        if stride > 1 or channels != filters:
            self.downsample = nn.Sequential(nn.Conv2d(channels, filters, 1, stride), nn.BatchNorm2d(filters))

    def forward(self, x: Tensor) -> Tensor:
        y = self.bn2(self.conv2(self.conv1(x)))
        return F.relu(y + (x if self.downsample is None else self.downsample(x)))


class Net(nn.Module):
    """A ResNet."""

    def __init__(self, classes: int = 10, widths: tuple[int, ...] = (16, 32, 64)) -> None:
        super().__init__()
        self.stem = ConvNormAct(3, widths[0], 7, 2)
        stages: list[nn.Module] = []
        channels = widths[0]
        for place, filters in enumerate(widths):
            blocks: list[nn.Module] = []
            for number in range(3):
                blocks.append(BasicBlock(channels, filters, 2 if place and not number else 1))
                channels = filters
            stages.append(nn.Sequential(*blocks))
        self.stages = nn.Sequential(*stages)
        self.head = nn.Linear(channels, classes)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.stages(self.stem(x)).mean((2, 3)))


class SqueezeExcite(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.reduce, self.expand = (
            nn.Conv2d(channels, channels // 4, 1),
            nn.Conv2d(channels // 4, channels, 1),
        )

    def forward(self, x: Tensor) -> Tensor:
        y = F.adaptive_avg_pool2d(x, 1)
        return x * torch.sigmoid(self.expand(F.relu(self.reduce(y))))


class InvertedResidual(nn.Module):
    def __init__(self, channels: int, filters: int, expansion: int, stride: int) -> None:
        super().__init__()
        wide = channels * expansion
        layers: list[nn.Module] = [] if expansion == 1 else [ConvNormAct(channels, wide, 1)]
        layers += [ConvNormAct(wide, wide, stride=stride, groups=wide), SqueezeExcite(wide)]
        self.layers = nn.Sequential(*layers, nn.Conv2d(wide, filters, 1, bias=False), nn.BatchNorm2d(filters))
        self.adds = stride == 1 and channels == filters

    def forward(self, x: Tensor) -> Tensor:
        return x + self.layers(x) if self.adds else self.layers(x)


class Mobile(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        rows = [(8, 1, 1), (16, 4, 2), (16, 4, 1), (16, 4, 1), (24, 4, 2), (24, 4, 1), (32, 6, 2), (32, 6, 1)]
        self.stem = ConvNormAct(3, 8, stride=2)
        blocks: list[nn.Module] = []
        channels = 8
        for filters, expansion, stride in rows:
            blocks.append(InvertedResidual(channels, filters, expansion, stride))
            channels = filters
        self.blocks = nn.Sequential(*blocks)

    def forward(self, x: Tensor) -> Tensor:
        return self.blocks(self.stem(x))


class DenseLayer(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.norm, self.conv = nn.BatchNorm2d(channels), nn.Conv2d(channels, 8, 3, padding=1, bias=False)

    def forward(self, x: list[Tensor]) -> Tensor:
        return self.conv(F.relu(self.norm(torch.cat(x, 1))))


class Dense(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.ModuleList(DenseLayer(4 + 8 * place) for place in range(5))

    def forward(self, x: Tensor) -> Tensor:
        made = [x]
        for layer in self.layers:
            made.append(layer(made))
        return torch.cat(made, 1)


class DoubleConv(nn.Sequential):
    def __init__(self, channels: int, filters: int) -> None:
        super().__init__(ConvNormAct(channels, filters), ConvNormAct(filters, filters))


class Up(nn.Module):
    def __init__(self, filters: int) -> None:
        super().__init__()
        self.up = nn.ConvTranspose2d(2 * filters, filters, 2, 2)
        self.convs = DoubleConv(2 * filters, filters)

    def forward(self, x: Tensor, skip: Tensor) -> Tensor:
        return self.convs(torch.cat([skip, self.up(x)], 1))


class UNet(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        widths = [8, 16, 32, 64]
        self.downs = nn.ModuleList(map(DoubleConv, [3, *widths[:-1]], widths))
        self.ups = nn.ModuleList(map(Up, widths[-2::-1]))
        self.head = nn.Conv2d(8, 2, 1)

    def forward(self, x: Tensor) -> Tensor:
        skips = []
        for place, down in enumerate(self.downs):
            x = down(F.max_pool2d(x, 2) if place else x)
            skips.append(x)
        for up, skip in zip(self.ups, skips[-2::-1], strict=True):
            x = up(x, skip)
        return self.head(x)


class Heads(nn.Module):
    """Two scales under one head, whose weights both have."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = ConvNormAct(3, 8)
        self.head = nn.Sequential(ConvNormAct(8, 8), nn.Conv2d(8, 4, 1))

    def forward(self, x: Tensor) -> list[Tensor]:
        x = self.stem(x)
        return [self.head(x), self.head(F.max_pool2d(x, 2))]


Hostile = type("A\n- b: [\x1b[31m", (Net,), {"__module__": __name__})

# the model, its input, and how many lines its folded spec may have
MODELS: list[tuple[type[nn.Module], tuple[int, ...], int]] = [
    (Net, (3, 64, 64), 25),
    (Mobile, (3, 64, 64), 32),
    (Dense, (4, 16, 16), 18),
    (UNet, (3, 64, 64), 40),
    (Heads, (3, 32, 32), 18),
    (Hostile, (3, 64, 64), 25),
]
