# cnn-shapes check silenced_by_comments.py:Net --input 3x32x32
import torch
from torch import nn
from torch.nn import functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 32, 3)
        # cnn-shapes: ignore[expect-mismatch] the weights are cut out later
        self.body = nn.Conv2d(64, 48, 3)
        self.last = nn.Conv2d(48, 48, 3)
        self.head = nn.Linear(10, 10)

    def forward(self, x):
        x = F.relu(self.body(F.relu(self.stem(x))))
        x = F.relu(self.last(self.last(x)))  # cnn-shapes: ignore[missing-activation]
        x = x.mean((2, 3))
        x = torch.flatten(x)  # cnn-shapes: ignore[shape-mismatch] one sample at a time
        return self.head(x)  # cnn-shapes: ignore[expect-mistmatch]
