# cnn-shapes check groups_do_not_divide.py:Net --input 3x32x32
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 30, 3, padding=1)
        self.norm = nn.GroupNorm(8, 32)
        self.conv = nn.Conv2d(32, 64, 3, padding=1, groups=4)

    def forward(self, x):
        return self.conv(torch.relu(self.norm(self.stem(x))))
