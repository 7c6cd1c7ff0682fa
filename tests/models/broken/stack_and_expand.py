# cnn-shapes check stack_and_expand.py:Net --input 3x32x32
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Conv2d(3, 8, 3)
        self.b = nn.Conv2d(3, 8, 5)
        self.head = nn.Linear(16, 10)

    def forward(self, x):
        a, b = self.a(x), self.b(x)
        both = torch.stack([a, b], 1)
        mask = a.mean(1, keepdim=True)
        mask = mask.expand(-1, 8, 32, 32)
        gated = torch.relu(a * mask)
        return self.head(both.mean((3, 4)).flatten(1)), gated
