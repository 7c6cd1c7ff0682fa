"""Modules for the tests of importing: the first ones run, the last ones do not."""

# mypy: disable-error-code="misc"

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class Residual(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 16, 7, 2, 3, bias=False), nn.BatchNorm2d(16), nn.ReLU(True))
        self.pool = nn.MaxPool2d(3, 2, 1, ceil_mode=True)
        self.wide = nn.Conv2d(16, 32, 3, 2, 1, groups=4)
        self.short = nn.Conv2d(16, 32, 1, 2)
        self.head = nn.Linear(32, 10)

    def forward(self, x: Tensor) -> Tensor:
        x = self.pool(self.stem(x))
        x = F.relu(self.wide(x) + self.short(x))
        x = F.adaptive_avg_pool2d(x, 1)
        return self.head(torch.flatten(x, 1))


class ConvNext(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.depthwise = nn.Conv2d(8, 8, 7, padding=3, groups=8)
        self.norm = nn.LayerNorm(8)
        self.up, self.down = nn.Linear(8, 32), nn.Linear(32, 8)
        self.gamma = nn.Parameter(torch.ones(8))
        self.unused = nn.Parameter(torch.ones(5))

    def forward(self, x: Tensor) -> Tensor:
        y = self.norm(self.depthwise(x).permute(0, 2, 3, 1))
        y = self.gamma * self.down(F.gelu(self.up(y)))
        return x + y.permute(0, 3, 1, 2)


class Tokens(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.patches = nn.Conv2d(3, 24, 4, 4)
        self.qkv, self.out = nn.Linear(24, 72), nn.Linear(24, 24)
        self.heads = nn.MultiheadAttention(24, 4, batch_first=True)

    def forward(self, x: Tensor) -> Tensor:
        x = self.patches(x).flatten(2).transpose(1, 2)
        batch, count, width = x.shape
        q, k, v = self.qkv(x).reshape(batch, count, 3, 3, width // 3).permute(2, 0, 3, 1, 4)
        y = (q @ k.transpose(-2, -1) * 8**-0.5).softmax(-1) @ v
        x = x + self.out(y.transpose(1, 2).reshape(batch, count, width))
        return self.heads(x, x, x, need_weights=False)[0].mean(1)


class Decoder(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.down = nn.Conv2d(3, 8, 3, 2, 1)
        self.up = nn.ConvTranspose2d(8, 4, 3, 2, 1, output_padding=1)
        self.out = nn.Conv2d(7, 2, 1)

    def forward(self, x: Tensor) -> dict[str, Tensor]:
        low = self.down(x)
        high = F.interpolate(self.up(low), size=x.shape[-2:], mode="bilinear")
        return {"map": self.out(torch.cat([high, F.pad(x, (1, 1, 0, 0))[:, :, :, 1:-1]], dim=1)), "low": low}


class Pair(NamedTuple):
    shuffled: Tensor
    least: Tensor


class Gated(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.squeeze, self.excite = nn.Linear(12, 3), nn.Linear(3, 12)
        self.mix = nn.Conv2d(6, 12, 1)

    def forward(self, x: Tensor) -> Pair:
        scale = torch.sigmoid(self.excite(F.relu(self.squeeze(x.mean((2, 3))))))
        x = x * scale[:, :, None, None]
        first, second = x.chunk(2, 1)
        x = self.mix(torch.maximum(first, second))
        x = x.view(x.shape[0], 3, 4, *x.shape[2:]).transpose(1, 2).flatten(1, 2)
        return Pair(x, x[:, :3])


class Sequence(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.words = nn.Embedding(50, 16)
        self.steps = nn.LSTM(16, 12, num_layers=2, bidirectional=True, batch_first=True)
        self.conv = nn.Conv1d(24, 8, 3, padding="same")
        self.out = nn.Linear(8, 5)

    def forward(self, words: Tensor) -> Tensor:
        steps, _ = self.steps(self.words(words))
        return self.out(self.conv(steps.transpose(1, 2))[:, :, -1])


class StandardisedConv(nn.Conv2d):
    def __init__(self) -> None:
        super().__init__(3, 6, 3, padding=1)
        self.gain = nn.Parameter(torch.ones(6, 1, 1, 1))

    def forward(self, x: Tensor) -> Tensor:
        weight = (self.weight - self.weight.mean((1, 2, 3), keepdim=True)) * self.gain
        return F.conv2d(x, weight, self.bias, padding=1)


class Standardised(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = StandardisedConv()
        self.register_buffer("blur", torch.ones(6, 1, 3, 3) / 9)

    def forward(self, x: Tensor) -> Tensor:
        return F.conv2d(F.pad(self.conv(x), (1, 1, 1, 1), mode="reflect"), self.blur, stride=2, groups=6)


class FixedBatch(nn.Module):
    """A written batch of 1: with another one it is meant all the same."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.out = nn.Conv2d(3, 4, 3, 2), nn.Linear(36, 5)

    def forward(self, x: Tensor) -> Tensor:
        return self.out(self.conv(x).reshape((1, -1)))


class ThreeErrors(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Conv2d(3, 16, 3)
        self.second = nn.Conv2d(32, 32, 3, padding=1)
        self.out = nn.Linear(400, 10)

    def forward(self, x: Tensor) -> Tensor:
        x = self.first(x)
        y = self.second(x)
        x = torch.cat([x[:, :, 1:], y], dim=1)
        return self.out(x.flatten(1))


class NoFlatten(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3)
        self.norm = nn.BatchNorm2d(6)
        self.hidden, self.out = nn.Linear(8 * 14 * 14, 6), nn.Linear(6, 2)

    def forward(self, x: Tensor) -> Tensor:
        return self.out(self.norm(self.hidden(self.conv(x))))


class WrongView(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv1d(3, 8, 3)
        self.pool = nn.MaxPool2d(40)
        self.out = nn.Linear(128, 2)

    def forward(self, x: Tensor) -> Tensor:
        return self.out(self.pool(self.conv(x)).view(-1, 128))


class WrongHeads(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.norm = nn.GroupNorm(4, 12)
        self.up = nn.ConvTranspose2d(10, 8, 2, 2)

    def forward(self, x: Tensor) -> Tensor:
        return F.pixel_shuffle(self.up(self.norm(x)), 3) + x


class LostBatch(nn.Module):
    """PyTorch takes the view, which makes a batch of 8 of one of 2."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 16, 3, padding=1)
        self.out = nn.Linear(256, 2)

    def forward(self, x: Tensor) -> Tensor:
        return self.out(F.max_pool2d(self.conv(x), 2).view(-1, 256))


WORKING: dict[type[nn.Module], tuple[int, ...]] = {
    Residual: (3, 64, 64),
    ConvNext: (8, 14, 14),
    Tokens: (3, 32, 32),
    Decoder: (3, 30, 46),
    Gated: (12, 9, 9),
    Sequence: (20,),
    Standardised: (3, 16, 16),
    FixedBatch: (3, 8, 8),
}
BROKEN: dict[type[nn.Module], tuple[int, ...]] = {
    ThreeErrors: (3, 16, 16),
    NoFlatten: (3, 16, 16),
    WrongView: (3, 16, 16),
    WrongHeads: (12, 8, 8),
    LostBatch: (3, 16, 16),
}
