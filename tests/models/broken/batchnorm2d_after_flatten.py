# cnn-shapes check batchnorm2d_after_flatten.py:Net --input 1x28x28
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 8, 3)
        self.flatten = nn.Flatten()
        self.norm = nn.BatchNorm2d(8 * 26 * 26)
        self.head = nn.Linear(8 * 26 * 26, 10)

    def forward(self, x):
        return self.head(self.norm(self.flatten(self.conv(x))))
