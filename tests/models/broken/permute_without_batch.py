# cnn-shapes check permute_without_batch.py:Net --input 1x32x32
from torch import nn


class Net(nn.Module):
    """Three axes for a tensor of four: the batch was forgotten."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 8, 3)
        self.out = nn.Conv2d(8, 4, 3)

    def forward(self, x):
        x = self.conv(x)
        x = x.permute(2, 0, 1)
        return self.out(x)
