# cnn-shapes check pools_until_nothing_is_left.py:Net --input 3x32x32
from itertools import pairwise

from torch import nn
from torch.nn import functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        widths = [3, 16, 32, 64, 128, 256, 512]
        self.convs = nn.ModuleList(nn.Conv2d(i, o, 3, padding=1) for i, o in pairwise(widths))
        self.fc = nn.Linear(512, 10)

    def forward(self, x):
        for conv in self.convs:
            x = F.max_pool2d(F.relu(conv(x)), 2)
        return self.fc(x.flatten(1))
