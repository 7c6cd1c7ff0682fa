# cnn-shapes check residual_without_stride.py:Net --input 64x56x56
import torch
from torch import nn


class Block(nn.Module):
    """The block strides, its shortcut does not."""

    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride=stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.shortcut = nn.Conv2d(inputs, outputs, 1, bias=False)

    def forward(self, x):
        out = torch.relu(self.bn1(self.conv1(x)))
        out = self.bn2(self.conv2(out))
        return torch.relu(out + self.shortcut(x))


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.block = Block(64, 128, 2)
        self.head = nn.Linear(128, 10)

    def forward(self, x):
        return self.head(self.block(x).mean((2, 3)))
