# cnn-shapes check functional_call.py:Net --input 3x32x32
import torch
from torch import nn
from torch.nn import functional as F


class Net(nn.Module):
    """Weights of its own, and F.conv2d with the padding of another kernel."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(16, 3, 5, 5))
        self.bias = nn.Parameter(torch.empty(16))
        self.project = nn.Conv2d(3, 16, 1)

    def forward(self, x):
        y = F.conv2d(x, self.weight, self.bias, padding=1)
        return F.relu(y + self.project(x))
