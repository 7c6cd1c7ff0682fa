# cnn-shapes check submodule_used_twice.py:Net --input 3x32x32
import torch
from torch import nn


class Net(nn.Module):
    """The same block is called twice, and fits its first input alone."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 32, 3, padding=1)
        self.mix = nn.Sequential(nn.Conv2d(32, 64, 3, padding=1), nn.BatchNorm2d(64), nn.ReLU())
        self.head = nn.Linear(64, 10)

    def forward(self, x):
        x = torch.relu(self.stem(x))
        x = self.mix(x)
        x = self.mix(x)
        return self.head(x.mean((2, 3)))
