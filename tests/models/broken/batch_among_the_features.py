# cnn-shapes check batch_among_the_features.py:Net --input 3x32x32
import torch
from torch import nn
from torch.nn import functional as F


class Net(nn.Module):
    """Three views that take the batch for features, as works with one sample alone."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 16, 5, stride=2)
        self.fc1 = nn.Linear(16 * 14 * 14, 64)
        self.fc2 = nn.Linear(16 * 14 * 14, 64)
        self.fc3 = nn.Linear(16 * 14 * 14, 64)

    def forward(self, x):
        x = F.relu(self.conv(x))
        a = self.fc1(x.view(1, -1))
        b = self.fc2(torch.flatten(x))
        flat = x.reshape(1, 16 * 14 * 14)
        return a + b + self.fc3(flat)
