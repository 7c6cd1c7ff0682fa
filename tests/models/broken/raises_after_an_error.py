# cnn-shapes check raises_after_an_error.py:Net --input 3x32x32
from torch import nn


class Net(nn.Module):
    """The code ends after the wrong channels: both are told, each at its line."""

    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(3, 8, 3)
        self.second = nn.Conv2d(16, 8, 3)

    def forward(self, x):
        x = self.second(self.first(x))
        if x.shape[2] != 1:
            raise ValueError("a height of 1 is wanted")
        return x
