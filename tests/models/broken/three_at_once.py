# cnn-shapes check three_at_once.py:Net --input 3x32x32
import torch
from torch import nn
from torch.nn import functional as F


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.c1 = nn.Conv2d(3, 16, 3)
        self.c2 = nn.Conv2d(16, 32, 3)
        self.c3 = nn.Conv2d(64, 64, 3, padding=1)
        self.fc1 = nn.Linear(32 * 6 * 6, 120)
        self.fc2 = nn.Linear(120, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.c1(x)), 2)
        y = F.max_pool2d(F.relu(self.c2(x)), 2)
        z = F.relu(self.c3(y))
        both = torch.cat([y[:, :, 1:, :], z], 1)
        x = torch.flatten(both, 1)
        return self.fc2(F.relu(self.fc1(x)))
