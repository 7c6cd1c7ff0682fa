# cnn-shapes check gate_of_another_width.py:Net --input 3x32x32
import torch
from torch import nn


class Squeeze(nn.Module):
    def __init__(self, channels, outputs, reduction=4):
        super().__init__()
        self.squeeze = nn.Conv2d(channels, channels // reduction, 1)
        self.expand = nn.Conv2d(channels // reduction, outputs, 1)

    def forward(self, x):
        weights = x.mean((2, 3), keepdim=True)
        weights = torch.sigmoid(self.expand(torch.relu(self.squeeze(weights))))
        return x * weights


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 64, 3, stride=2, padding=1)
        self.gate = Squeeze(64, 32)
        self.head = nn.Linear(64, 10)

    def forward(self, x):
        return self.head(self.gate(self.stem(x)).mean((2, 3)))
