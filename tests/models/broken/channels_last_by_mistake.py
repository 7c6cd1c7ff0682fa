# cnn-shapes check channels_last_by_mistake.py:Net --input 64x48x3
from torch import nn


class Net(nn.Module):
    """An image as a file has it, height x width x channels, goes into a network of PyTorch."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 16, 3, padding=1)
        self.conv2 = nn.Conv2d(16, 32, 3, padding=1)
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.head = nn.Linear(32, 10)

    def forward(self, x):
        x = self.conv2(self.conv1(x).relu()).relu()
        return self.head(self.pool(x).flatten(1))
