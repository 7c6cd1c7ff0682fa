"""Modules that the specs beside this file are, or are not."""

import torch
from torch import nn


class Net(nn.Module):
    def __init__(self, width=16, classes=10):
        super().__init__()
        self.stem = nn.Conv2d(3, width, 3, padding=1)
        self.down = nn.Conv2d(width, 2 * width, 3, stride=2, padding=1)
        self.head = nn.Linear(2 * width, classes)

    def forward(self, x):
        x = torch.relu(self.stem(x))
        x = torch.relu(self.down(x))
        return self.head(x.mean((2, 3)))


class Two(nn.Module):
    def __init__(self):
        super().__init__()
        self.left, self.right = nn.Conv2d(3, 8, 3, padding=1), nn.Conv2d(1, 8, 3, padding=1)

    def forward(self, image, depth):
        return self.left(image) + self.right(depth)


class Swapped(Two):
    """The same inputs in another order."""

    def forward(self, depth, image):
        return self.left(image) + self.right(depth)


class Both(Two):
    """One output more."""

    def forward(self, image, depth):
        left = self.left(image)
        return left + self.right(depth), left


class Broken(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b = nn.Conv2d(3, 8, 3), nn.Conv2d(16, 8, 3)

    def forward(self, x):
        return self.b(self.a(x))


class Unsaid(nn.Module):
    def forward(self, x):
        return torch.cumsum(x, 2)
